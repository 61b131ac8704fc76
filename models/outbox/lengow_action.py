import json

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...lengow_api import MOMENTS, is_blank

# What Lengow still has to be told, or may have been told already.
UNSENT_STATES = ("todo", "sending", "unknown")
OPEN_STATES = (*UNSENT_STATES, "accepted")


class LengowAction(models.Model):
    """The outbox: what a marketplace is to be told, and what became of it.

    A row is written in the transaction of whoever acts, without any call. A scheduled
    action sends it, and another one follows it until the marketplace has answered.
    Lengow has no idempotency key, so a row is never sent again before its remote
    actions were looked through.
    """

    _name = "lengow.action"
    _description = "Lengow Action"
    _check_company_auto = True
    _order = "id desc"

    # === FIELDS: what is to be done === #

    order_id = fields.Many2one(
        "lengow.order", required=True, readonly=True, index=True, ondelete="cascade"
    )
    account_id = fields.Many2one(related="order_id.account_id", store=True)
    marketplace_id = fields.Many2one(related="order_id.marketplace_id", store=True)
    # so that a search for a buyer's data finds it
    email = fields.Char(related="order_id.email", store=True)
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    kind = fields.Char(
        required=True,
        readonly=True,
        help="Lengow's name of the action, or `link` for our order number.",
    )
    kind_label = fields.Char(string="Action", compute="_compute_kind_label")
    parameters = fields.Json(
        "Raw Parameters",
        readonly=True,
        help="The arguments of the action, as they are sent.",
    )
    parameters_text = fields.Text(string="Details", compute="_compute_parameters_text")
    signature = fields.Char(
        compute="_compute_signature",
        store=True,
        help="The same for two actions that ask for the same thing.",
    )
    picking_id = fields.Many2one(
        "stock.picking",
        string="Delivery",
        readonly=True,
        index="btree_not_null",
        check_company=True,
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice or Credit Note",
        readonly=True,
        index="btree_not_null",
        check_company=True,
    )

    # === FIELDS: what became of it === #

    #           ┌─────────────────── refused, expired ───────────────────────┐
    #           │                                                            ▼
    #  ┌────► todo ──► sending ──► accepted ──► done                       failed
    #  │       │ ▲      │  │ ▲        ▲ │                                   ▲ │
    #  │       │ └──────┘  ▼ │        │ └── refused by the marketplace, ────┘ │
    #  │       │ ▲        unknown ────┘     no answer in three days           │
    #  │       │ └──────────┘                                                 │
    #  └───────┼────────────────────────── retry ─────────────────────────────┤
    #          └──────► canceled ◄──────────────────── dismissed ─────────────┘
    #
    # todo      written, not sent: waits for its turn, for `next_try_at`, or because
    #           nothing may be sent (see `wait_reason`)
    # sending   committed just before the call; found so later, its sender was killed
    # unknown   the call may have arrived, its answer was lost
    #           Both are settled by looking through the remote actions: found becomes
    #           accepted, certainly absent becomes todo again.
    # accepted  Lengow has it, the marketplace has not answered yet
    # done      the marketplace did it
    # failed    Lengow or the marketplace refused it, or time ran out: somebody looks
    # canceled  withdrawn before it was sent, or no longer needed
    state = fields.Selection(
        [
            ("todo", "To Send"),
            ("sending", "Sending"),
            ("unknown", "Being Verified"),
            ("accepted", "Sent"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("canceled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="todo",
    )
    wait_reason = fields.Char(string="Waits Because", compute="_compute_wait_reason")
    remote_ref = fields.Char(string="Lengow's Number", readonly=True, copy=False)
    seen_refs = fields.Json(
        readonly=True,
        copy=False,
        help="Remote actions of the same kind that were there before this was sent.",
    )
    answer = fields.Json(
        "Raw Answer", readonly=True, copy=False, help="What came back from Lengow."
    )
    answer_text = fields.Text(string="Answer", compute="_compute_answer_text")
    attempt_count = fields.Integer(string="Attempts", readonly=True, copy=False)
    planned_at = fields.Datetime(readonly=True, default=fields.Datetime.now)
    next_try_at = fields.Datetime(string="Next Try", readonly=True, copy=False)
    sent_at = fields.Datetime(string="Sent On", readonly=True, copy=False)
    closed_at = fields.Datetime(string="Closed On", readonly=True, copy=False)
    error_code = fields.Char(readonly=True, copy=False)
    error_message = fields.Text(string="Error", readonly=True, copy=False)

    _open_idx = models.Index(
        "(next_try_at, id) WHERE state IN ('todo', 'sending', 'unknown')"
    )
    _accepted_idx = models.Index("(account_id, sent_at) WHERE state = 'accepted'")
    _failed_idx = models.Index("(company_id, id) WHERE state = 'failed'")
    # Whatever two workers conclude at once, a remote action is one of ours once.
    _remote_ref_uniq = models.UniqueIndex(
        "(account_id, remote_ref) WHERE remote_ref IS NOT NULL",
        "This action of Lengow is already known.",
    )

    # === COMPUTE METHODS === #

    @api.depends("kind")
    def _compute_kind_label(self):
        labels = self._kind_labels()
        for action in self:
            kind = action.kind or ""
            action.kind_label = labels.get(kind) or kind.replace("_", " ").capitalize()

    @api.model
    def _kind_labels(self):
        """Return the names of the actions that are known by name.

        :rtype: dict[str, str]
        """
        return {
            "accept": self.env._("Accept"),
            "refuse": self.env._("Refuse"),
            "ship": self.env._("Ship"),
            "cancel": self.env._("Cancel"),
            "partial_cancel": self.env._("Cancel partly"),
            "refund": self.env._("Refund"),
            "pickup_ready": self.env._("Ready for pickup"),
            "pickup_complete": self.env._("Pickup completed"),
            "pickup_cancel": self.env._("Cancel pickup"),
            "pickup_refund": self.env._("Refund pickup"),
            "link": self.env._("Our order number"),
            "invoice": self.env._("Our invoice"),
        }

    @api.depends("parameters")
    def _compute_parameters_text(self):
        for action in self:
            action.parameters_text = _as_lines(action.parameters)

    @api.depends("answer")
    def _compute_answer_text(self):
        for action in self:
            action.answer_text = _as_lines(action.answer)

    @api.depends("kind", "parameters")
    def _compute_signature(self):
        for action in self:
            action.signature = action._signature_of(action.kind, action.parameters)

    @api.model
    def _signature_of(self, kind, parameters):
        """Return what two actions of an order share that look the same to Lengow.

        :rtype: str
        """
        asked = {
            name: str(value)
            for name, value in (parameters or {}).items()
            if name not in MOMENTS and not is_blank(value)
        }
        return json.dumps([kind, asked], sort_keys=True)

    @api.depends("state", "next_try_at", "account_id.state", "account_id.test_mode")
    def _compute_wait_reason(self):
        for action in self:
            action.wait_reason = (
                action.state in UNSENT_STATES and action._reason_to_wait()
            )

    def _reason_to_wait(self):
        """Say why an action that is not sent yet is not sent now, if anything."""
        if self.account_id:
            reason = self.account_id._reason_to_send_nothing()
            if reason:
                return reason
        if self.next_try_at and self.next_try_at > fields.Datetime.now():
            return self.error_message or self.env._("It is tried again in a moment.")
        return False

    @api.depends("kind", "order_id")
    def _compute_display_name(self):
        for action in self:
            action.display_name = f"{action.kind_label}, {action.order_id.name or ''}"

    # === ACTION METHODS === #

    def action_retry(self):
        """Send failed actions again.

        What may have arrived the first time is looked for before anything is sent.

        :raise UserError: if one of them was sent and has not failed
        """
        self._check_may_be_changed()
        self.sudo()._mark_todo_again()

    def action_cancel(self):
        """Withdraw actions that were not sent, or dismiss those that failed.

        :raise UserError: if one of them was sent and has not failed
        """
        self._check_may_be_changed()
        self.sudo()._mark_canceled(self.env._("Withdrawn by %s.", self.env.user.name))

    def action_correct(self):
        """Open what was sent, to be corrected and sent again."""
        self.ensure_one()
        self._check_may_be_changed()
        act = self.env["lengow.order.act"].create(
            {"order_id": self.order_id.id, "kind": self.kind, "action_id": self.id}
        )
        return act._open(self.env._("Correct and Send Again"))

    def _correct(self, parameters):
        """Send an action that failed again, with other parameters.

        :param dict parameters: argument name to value
        :raise UserError: naming the argument that is missing, unknown or unfit
        """
        self.ensure_one()
        self._check_may_be_changed()
        if self.error_code == "expired" and self.sent_at:
            # Other parameters could not be found at Lengow: it might be done twice.
            raise UserError(
                self.env._(
                    "Nobody knows yet whether the marketplace did this. Send it again "
                    "as it is, which looks for it first, or dismiss it."
                )
            )
        rule = self.order_id._check_action_possible(self.kind)
        self.order_id._check_arguments(rule, parameters)
        self.sudo().parameters = parameters
        self.sudo()._mark_todo_again()

    def _check_may_be_changed(self):
        """Refuse to touch what was sent.

        :raise UserError: if an action has neither failed nor waits to be sent
        """
        self.order_id.check_access("write")
        if self.filtered(lambda action: action.state not in ("failed", "todo")):
            raise UserError(
                self.env._(
                    "This action was already sent. Only the marketplace can undo it."
                )
            )

    def action_open_order(self):
        """Open the marketplace order of this action."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "lengow.order",
            "res_id": self.order_id.id,
            "view_mode": "form",
        }


def _as_lines(values):
    return "\n".join(f"{name}: {value}" for name, value in (values or {}).items())
