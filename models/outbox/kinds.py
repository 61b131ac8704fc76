"""What differs from one kind of action to another: checking, finding and making it.

    a marketplace's own action    found among the remote actions, or certainly absent
    `link`, our order number      telling it twice is telling it once
    `invoice`, our document       cannot be found at Lengow: a person looks

Whoever sends an action (`lengow.sender`) asks its kind for the three steps, and has a
document that is to go with it made before.
"""

import json
from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.exceptions import UserError

from ...lengow_api import MOMENTS, is_blank
from ..ui import bounded
from .apart import shows, takes

# Until a document is looked for again that another process is making.
MAKING_PAUSE = timedelta(minutes=1)
DECISION_KINDS = ("accept", "refuse")
PICKUP_KINDS = ("pickup_ready", "pickup_complete", "pickup_cancel")
# Of each, the first that is possible. Lengow has called partial ones both ways.
CANCEL_KINDS = ("cancel", "partial_cancel", "partially_cancel")
REFUND_KINDS = ("refund", "partial_refund", "partially_refund", "pickup_refund")

DECIDE_ACTIVITY = "lengow_connector.mail_activity_type_decide"
# What a person is called for is settled when the marketplace is asked for it, and not
# while that can still be undone.
ACTIVITIES = {
    **dict.fromkeys(DECISION_KINDS, DECIDE_ACTIVITY),
    **dict.fromkeys(CANCEL_KINDS, "lengow_connector.mail_activity_type_to_cancel"),
    **dict.fromkeys(REFUND_KINDS, "lengow_connector.mail_activity_type_to_refund"),
}


class MarketplaceKind:
    """An action that the marketplace's definition declares."""

    is_repeatable = False
    """Whether sending it twice is the same as sending it once."""
    is_personal = True
    """Whether it may hold a buyer's data."""
    is_request = True
    """Whether the marketplace is asked to do something, with arguments of its own."""

    def __init__(self, name):
        """Keep the name.

        :param str name: Lengow's name of the action
        """
        self.name = name

    def lacks_document(self, _action):
        """Whether a document is to be made first: there is none."""
        return False

    def label(self, env):
        """Return what the action is called here, known by name or not.

        :rtype: str
        """
        known = {
            "accept": env._("Accept"),
            "refuse": env._("Refuse"),
            "ship": env._("Ship"),
            "cancel": env._("Cancel"),
            "partial_cancel": env._("Cancel partly"),
            "refund": env._("Refund"),
            "pickup_ready": env._("Ready for pickup"),
            "pickup_complete": env._("Pickup completed"),
            "pickup_cancel": env._("Cancel pickup"),
            "pickup_refund": env._("Refund pickup"),
        }
        return known.get(self.name) or self.name.replace("_", " ").capitalize()

    def progress(self, env):
        """Return what is said of an order while the action is under way.

        :rtype: str
        """
        known = {
            "accept": env._("Accepting…"),
            "refuse": env._("Refusing…"),
            "ship": env._("Shipping…"),
            **dict.fromkeys(CANCEL_KINDS, env._("Canceling…")),
            **dict.fromkeys(REFUND_KINDS, env._("Refunding…")),
        }
        return known.get(self.name) or f"{self.label(env)}…"

    def may_start(self, action):
        """Whether the order is still where the action is possible; if not, it ends."""
        order, env = action.order_id, action.env
        if takes(order, action):
            return True
        status = dict(order._fields["lengow_status"]._description_selection(env))
        message = env._(
            "Not sent: the order is “%(status)s” on the marketplace now.",
            status=status[order.lengow_status],
        )
        if shows(order, action):
            if action.attempt_count:  # it may have come of this very call
                action._mark_done()
            else:
                action._mark_canceled(message)
        else:
            action._mark_failed("impossible", message)
        return False

    def find_sent(self, action, client):
        """Look for the action at Lengow, and adopt it if it is there.

        One that is running is adopted before the first sending, whoever started it.
        After a sending, any that was not there before it is ours, or a case for a
        person, but never a reason to send again.

        :rtype: bool
        :raise LengowError: if Lengow cannot be asked
        """
        listed = list(
            client.iter_actions(
                marketplace=action.marketplace_id.code,
                marketplace_order_id=action.order_id.name,
                action_type=self.name,
            )
        )
        rule = action.order_id._find_action_rule(self.name)
        foreign = {*(action.seen_refs or []), *self._taken_refs(action, listed)}
        news = [remote for remote in listed if remote.id not in foreign]
        parameters = action.parameters or {}
        if not action.attempt_count:
            action.seen_refs = [remote.id for remote in listed]
            ours = [
                remote
                for remote in news
                if remote.outcome == "waiting" and remote.asks_for(parameters, rule)
            ]
        else:
            ours = [remote for remote in news if remote.came_of(parameters, rule)]
        if ours:
            found = min(ours, key=lambda remote: remote.outcome == "failed")
            if self._adopt(action, found):
                action.env["lengow.follower"]._take_outcome(action, found)
            return True
        strangers = self._strangers(action, news, rule) if action.attempt_count else []
        if strangers:
            self._ask_about(action, strangers)
        return bool(strangers)

    def _strangers(self, action, news, rule):
        """Return new remote actions of this kind and line that came of no call known.

        One of them may have come of this very call and be written otherwise.
        """
        ref = (action.parameters or {}).get("line")
        others = action.order_id.action_ids.filtered(
            lambda other: (
                other != action
                and other.kind == self.name
                and other.state in ("sending", "unknown")
            )
        )
        return [
            remote
            for remote in news
            if (ref is None or str(remote.arguments.get("line", ref)) == str(ref))
            and not any(remote.came_of(o.parameters or {}, rule) for o in others)
        ]

    def _ask_about(self, action, strangers):
        """Leave to a person whether one of these is what was sent."""
        refs = [remote.id for remote in strangers]
        action.seen_refs = [*(action.seen_refs or []), *refs]
        action._mark_failed(
            "expired",
            action.env._(
                "Since this was sent, Lengow has a new action of this kind for the "
                "order, written otherwise: %s. Look on the marketplace whether it was "
                "done: if so dismiss this, if not send it again.",
                ", ".join(refs),
            ),
            answer_of(strangers[0]),
        )

    def _taken_refs(self, action, listed):
        """Return the numbers of remote actions that are other actions of ours.

        The number of one that was refused is only in its answer any more.
        """
        refs = [remote.id for remote in listed]
        others = action.sudo().search_fetch(
            [
                ("account_id", "=", action.account_id.id),
                ("id", "!=", action.id),
                "|",
                ("remote_ref", "in", refs),
                "&",
                ("order_id", "=", action.order_id.id),
                ("state", "in", ("failed", "canceled")),
            ],
            ["remote_ref", "answer", "error_code"],
        )
        answered = (
            str((other.answer or {}).get("id"))
            for other in others
            if other.error_code == "marketplace"
        )
        return [*filter(None, others.mapped("remote_ref")), *answered]

    def _adopt(self, action, remote):
        """Note that a remote action is this one, unless it is another one of ours.

        :return: whether it is
        :rtype: bool
        """
        is_ours = str(remote.id) not in self._taken_refs(action, [remote])
        if is_ours:
            try:
                # Another worker may be noting the same number.
                with action.env.cr.savepoint():
                    action._mark_accepted(remote)
                return True
            except UniqueViolation:
                action.invalidate_recordset()
        action._mark_failed(
            "duplicate",
            action.env._(
                "Lengow answered with number %s, which is that of another action. It "
                "has probably taken both for one: look on the marketplace whether this "
                "was done, and dismiss it or send it again.",
                remote.id,
            ),
            answer_of(remote),
        )
        return False

    def make_call(self, action, client):
        """Ask the marketplace for the action, and note Lengow's answer.

        :raise LengowError: if there is no proper answer
        """
        remote = client.create_action(
            action.marketplace_id.code,
            action.order_id.name,
            self.name,
            action.parameters or {},
        )
        self._adopt(action, remote)


class LinkKind:
    """The numbers of our sale orders, for Lengow to show."""

    name = "link"
    is_repeatable = True
    is_personal = False
    is_request = False

    def lacks_document(self, _action):
        """Whether a document is to be made first: there is none."""
        return False

    def label(self, env):
        """Return what the action is called here."""
        return env._("Our order number")

    def may_start(self, _action):
        """Our numbers may be told at any time."""
        return True

    def find_sent(self, _action, _client):
        """Nothing to look for: telling a number twice is telling it once."""
        return False

    def make_call(self, action, client):
        """Tell Lengow the numbers of our sale orders, as they are now.

        :raise LengowError: if there is no proper answer
        """
        order = action.order_id
        sales = order.sale_order_ids.filtered(lambda sale: sale.state != "cancel")
        numbers = sales.mapped("name")
        action.parameters = {"merchant_order_id": numbers}
        client.set_merchant_order_ids(action.marketplace_id.code, order.name, numbers)
        action._mark_done({"merchant_order_id": numbers})


class InvoiceKind:
    """Our invoice or credit note, for the marketplace to hand to the buyer."""

    name = "invoice"
    is_repeatable = False
    is_personal = True
    is_request = False

    def label(self, env):
        """Return what the action is called here."""
        return env._("Our invoice")

    def lacks_document(self, action):
        """Whether the document is wanted, and Odoo has not made it yet."""
        move = action.move_id
        return bool(
            action.state == "todo"
            and move.state == "posted"
            and action.marketplace_id._wants_invoices()
            and not move._get_invoice_legal_documents("pdf")
        )

    def make_document(self, action):
        """Have Odoo make the legal PDF of the invoice, and nothing else.

        Nobody is mailed, and no tax authority is told: whether and when that is done is
        the accountant's decision. Neither a format that the customer's country asks
        for, nor what another module would send on the way, has to do with a PDF for a
        marketplace. Localisations may commit meanwhile, so no savepoint may be open.

        :raise UserError: if Odoo cannot make it
        """
        move = action.move_id.with_company(action.company_id)
        if not move.try_lock_for_update(allow_referencing=True):
            return
        action.env["account.move.send"]._generate_and_send_invoices(
            move, sending_methods=[], extra_edis=set(), invoice_edi_format=False
        )
        self.document(action)

    def may_start(self, action):
        """Whether the document is there, and still wanted; if not, it ends."""
        env = action.env
        if action.move_id.state != "posted":
            action._mark_canceled(env._("The invoice is not posted any more."))
            return False
        if not action.marketplace_id._wants_invoices():
            action._mark_canceled(
                env._(
                    "The marketplace accepts no invoices, or is set to get none from "
                    "here."
                )
            )
            return False
        document = action.move_id._get_invoice_legal_documents("pdf")
        if not document:
            # Somebody else is making it just now.
            action._mark_waiting(fields.Datetime.now() + MAKING_PAUSE)
            return False
        if not document["content"]:
            # Odoo reads nothing of a file that is gone: that is no invoice.
            lost = env._("There is no PDF of %s.", action.move_id.name)
            action._mark_failed("document", lost)
            return False
        return True

    def find_sent(self, action, _client):
        """Call for somebody where the invoice may have arrived.

        Lengow has no list of the documents that it was sent, and a second invoice is
        worse than none.
        """
        if action.state == "todo":
            return False
        action._mark_failed(
            "expired",
            action.env._(
                "Lengow did not confirm the invoice. Look on the marketplace whether "
                "it is there: if so dismiss this, if not send it again."
            ),
        )
        return True

    def make_call(self, action, client):
        """Send the document with what the marketplace wants to know about it.

        :raise LengowError: if there is no proper answer
        """
        document = self.document(action)
        action.parameters = self._metadata(action.move_id)
        answer = client.upload_document(
            action.marketplace_id.code,
            action.order_id.name,
            document["filename"],
            document["content"],
            action.parameters,
        )
        action._mark_done(answer)

    def document(self, action):
        """Return the legal PDF of the invoice; a proforma is never taken for it.

        :rtype: dict
        :raise UserError: if there is none
        """
        move = action.move_id
        document = move._get_invoice_legal_documents("pdf")
        if not document:
            raise UserError(action.env._("There is no PDF of %s.", move.name))
        return document

    def _metadata(self, move):
        """Return what Mirakl's marketplaces ask for; amounts as on the document.

        Source: Lengow's help centre, "How to send customer invoices to the
        marketplace".

        :rtype: dict
        """
        issued = move.invoice_date or move.date
        return {
            "document_number": move.name,
            "issue_date": _as_moment(issued),
            "due_date": _as_moment(move.invoice_date_due or issued),
            "total_amount_excluding_taxes": round(move.amount_untaxed, 2),
            "total_tax_amount": round(move.amount_tax, 2),
        }


OWN_KINDS = {kind.name: kind for kind in (LinkKind(), InvoiceKind())}


def kind_of(name):
    """Return what is particular to a kind of action, by its name.

    :param str name: Lengow's name of an action, or of a kind of our own
    :rtype: MarketplaceKind | LinkKind | InvoiceKind
    """
    return OWN_KINDS.get(name) or MarketplaceKind(name or "")


def signature_of(kind, parameters):
    """Return what two actions of an order share that look the same to Lengow.

    :rtype: str
    """
    asked = {
        name: str(value)
        for name, value in (parameters or {}).items()
        if name not in MOMENTS and not is_blank(value)
    }
    return json.dumps([kind, asked], sort_keys=True)


def answer_of(remote):
    """Return what is kept of a remote action; `parameters` has its arguments.

    :param lengow_api.Action remote: as Lengow shows it
    :rtype: dict
    """
    return {
        "id": remote.id,
        "queued": remote.queued,
        "processed": remote.processed,
        "errors": bounded(remote.errors),
        "updated_at": remote.updated_at and remote.updated_at.isoformat(),
    }


def _as_moment(date):
    return f"{date.isoformat()}T00:00:00Z"
