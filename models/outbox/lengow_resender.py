"""Sending again what an outage has kept from marketplaces, all of it at once.

failed ──► nothing has arrived, and it may go through now ──► to send
├─► it may have been carried out ──► somebody looks, then sends it again by itself
└─► refused for good             ──► somebody corrects or dismisses it
"""

import re

from odoo import models
from odoo.tools import split_every

from ..ui import notification
from .kinds import kind_of

AGAIN, UNCERTAIN, FINAL = "again", "uncertain", "final"
# Odoo could not prepare it, so that nothing was sent: what was wrong may be mended.
UNPREPARED = ("unexpected", "document")
# The marketplace has not even looked at it.
_PASSING = re.compile(
    r"unavailable|maintenance|temporar|try again|retry|too many requests|rate.?limit"
    r"|throttl|quota|overload|indisponible|r[ée]essay|nicht verf.gbar|wartung"
    r"|no disponible|intente|non disponibile|riprova|\b(429|503)\b",
    re.IGNORECASE,
)
# Nobody has heard what came of it.
_UNHEARD = re.compile(
    r"time.?d?.?out|gateway|no response|connection|\b(502|504)\b", re.IGNORECASE
)


class LengowResender(models.AbstractModel):
    """Sends again what failed for a reason that may be over."""

    _name = "lengow.resender"
    _description = "Lengow: Sending Again After an Outage"

    def _verdict_on(self, action):
        """Say whether a failed action may be sent again without a look at it.

        :param lengow.action action: failed
        :return: AGAIN, UNCERTAIN or FINAL
        :rtype: str
        """
        verdict = self._verdict_on_error(action)
        if verdict != AGAIN or kind_of(action.kind).is_repeatable:
            return verdict
        # Of what was asked for anew, and failed again, the last one is enough.
        is_asked_anew = self.env["lengow.outbox"]._find_successors(action, failed=True)
        return UNCERTAIN if is_asked_anew else AGAIN

    def _verdict_on_error(self, action):
        if kind_of(action.kind).is_repeatable and action.error_code == "expired":
            return AGAIN
        if action._may_have_arrived() or action.error_code == "duplicate":
            return UNCERTAIN
        if action.error_code == "expired" or action.error_code in UNPREPARED:
            return AGAIN
        if action.error_code != "marketplace":
            return FINAL
        message = action.error_message or ""
        if _UNHEARD.search(message):
            return UNCERTAIN
        return AGAIN if _PASSING.search(message) else FINAL

    def _counts(self, accounts):
        """Count the failed actions of accounts that may be sent again.

        :param lengow.account accounts: that the user sees
        :rtype: dict[lengow.account, int]
        """
        counts = dict.fromkeys(accounts, 0)
        for action in self._find_failed(accounts):
            if self._verdict_on(action) == AGAIN:
                counts[action.account_id] += 1
        return counts

    def _find_failed(self, accounts):
        """Return the failed actions of accounts; what is dismissed waits for nobody.

        :rtype: lengow.action
        """
        return self.env["lengow.action"].search(
            [
                ("account_id", "in", accounts.ids),
                ("state", "=", "failed"),
                ("order_id.dismissed_at", "=", False),
            ]
        )

    def _resend_among(self, chosen):
        """Send again those of some actions that may go through now.

        :param lengow.action chosen: by the user; without any, all that they see
        :return: a notification
        """
        accounts = self.env["lengow.account"].search([("active", "=", True)])
        return self._resend(chosen or self._find_failed(accounts))

    def _resend(self, actions):
        """Send again those of some actions that may go through now.

        :param lengow.action actions: that the user chose
        :return: a notification that says how many, and why not the others
        """
        actions.order_id.check_access("write")
        failed = actions.sudo().filtered(
            lambda action: action.state == "failed" and not action.order_id.dismissed_at
        )
        sorted_out = failed.grouped(self._verdict_on)
        again = sorted_out.get(AGAIN, failed.browse())
        silent = self._silent_marketplaces(again.marketplace_id)
        sendable = again.filtered(lambda action: action.marketplace_id not in silent)
        locked = sendable.try_lock_for_update(allow_referencing=True)
        for ids in split_every(500, locked.ids):
            locked.browse(ids)._mark_todo_again()
        self.env["lengow.announcer"]._note(locked, self._sentence)
        parts = [self.env._("Sent again: %s.", len(locked))]
        parts += [
            self.env._(
                "Not sent again: %(count)s of %(marketplace)s. %(reason)s",
                count=len(again.filtered(lambda a, m=market: a.marketplace_id == m)),
                marketplace=market.display_name,
                reason=reason,
            )
            for market, reason in silent.items()
        ]
        parts += self._why_not(sorted_out, sendable - locked)
        kind = "warning" if len(parts) > 1 else "success" if locked else "info"
        return notification(kind, " ".join(parts))

    def _why_not(self, sorted_out, held):
        """Return why the others are not sent again, a sentence for each reason."""
        if uncertain := sorted_out.get(UNCERTAIN):
            yield self.env._(
                "Not sent again, as they may have been carried out: %s. Look at the "
                "marketplace, then send each again or dismiss it.",
                len(uncertain),
            )
        if final := sorted_out.get(FINAL):
            yield self.env._(
                "Not sent again, as they were refused for good: %s. Correct or dismiss "
                "them.",
                len(final),
            )
        if held:
            yield self.env._("Being processed by somebody else: %s.", len(held))

    def _silent_marketplaces(self, marketplaces):
        """Return the marketplaces that nothing is sent to, with the reason.

        A pause ends: that is what somebody asks for here.

        :rtype: dict[lengow.marketplace, str]
        """
        marketplaces.account_id._resume()
        return {
            marketplace: reason
            for marketplace in marketplaces
            if (reason := marketplace._reason_to_send_nothing())
        }

    def _sentence(self, actions):
        kinds = ", ".join(dict.fromkeys(actions.mapped("kind_label")))
        return self.env._("Sent again: %s.", kinds)
