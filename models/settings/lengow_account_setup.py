"""How far the setting up of an account is.

held ──► importing ──► (none)

held        its orders are fetched, and none becomes a sale order yet
importing   sale orders are created, while the checklist is still open
(none)      it is set up, or was connected by a program instead of a person
"""

from odoo import fields, models

# What the screens say that create an account: who connects one there is led through.
SETUP_CONTEXT = "lengow_setup"


class LengowAccountSetup(models.AbstractModel):
    """The state of an account's checklist: what was confirmed, what is still held."""

    _name = "lengow.account.setup"
    _description = "Setting up of a Lengow Account"

    setup_state = fields.Selection(
        [("held", "Before the First Import"), ("importing", "Importing")],
        readonly=True,
        copy=False,
        default=lambda self: "held" if self._is_set_up_by_hand() else False,
        help="How far the checklist on the overview is.",
    )
    setup_seen = fields.Json(
        readonly=True,
        copy=False,
        help="The steps of the checklist that somebody has confirmed.",
    )

    def _is_set_up_by_hand(self):
        """Whether a person creates an account on the screen."""
        return bool(self.env.context.get(SETUP_CONTEXT))

    # === STATE TRANSITIONS === #

    def _mark_seen(self, step):
        """Note that somebody has confirmed a step of the checklist.

        :param str step: its name
        """
        for account in self.sudo():
            account.setup_seen = sorted({*(account.setup_seen or ()), step})

    def _mark_importing(self):
        """Let orders become sale orders, while the checklist stays open."""
        self.sudo().filtered(
            lambda account: account.setup_state == "held"
        ).setup_state = "importing"

    def _mark_set_up(self):
        """Close the checklist."""
        self.sudo().setup_state = False
