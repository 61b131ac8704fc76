from odoo import api, fields, models
from odoo.exceptions import UserError

from ..settings.lengow_account_health import SILENCING
from ..ui import bounded
from .arguments import check_arguments
from .details import as_lines, details
from .kinds import answer_of, kind_of, signature_of

# What Lengow still has to be told, or may have been told already.
UNSENT_STATES = ("todo", "sending", "unknown")
OPEN_STATES = (*UNSENT_STATES, "accepted")
# What the marketplace has, or may have.
TOLD_STATES = ("sending", "unknown", "accepted", "done")


class LengowAction(models.Model):
    """The outbox: what a marketplace is to be told, and what became of it.

    A row is written in the transaction of whoever acts, without any call. A scheduled
    action sends it, and another one follows it until the marketplace has answered.
    Lengow has no idempotency key, so a row is never sent again before its remote
    actions were looked through.
    """

    _name = "lengow.action"
    _description = "Lengow Action"
    _inherit = ["lengow.dismissable", "lengow.guarded"]
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
    kind_label = fields.Char(string="Action", compute="_compute_of_kind")
    is_request = fields.Boolean(compute="_compute_of_kind")
    parameters = fields.Json(
        "Raw Parameters",
        readonly=True,
        help="The arguments of the action, as they are sent.",
    )
    parameters_text = fields.Char(string="Details", compute="_compute_texts")
    signature = fields.Char(
        compute="_compute_signature",
        store=True,
        help="The same for two actions that ask for the same thing.",
    )
    # how many of its line were sold when a cancellation was asked for
    line_quantity = fields.Float(readonly=True, copy=False, digits="Product Unit")
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
    #          └──────► canceled ◄──────────► dismissed, taken up again ──────┘
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
    # withheld  never to be sent: test mode, a copy of the database, or switched off
    state = fields.Selection(
        [
            ("todo", "To Send"),
            ("sending", "Sending"),
            ("unknown", "Being Verified"),
            ("accepted", "Sent"),
            ("done", "Done"),
            ("failed", "Failed"),
            ("canceled", "Canceled"),
            ("withheld", "Not Sent"),
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
    answer_text = fields.Text(string="Answer", compute="_compute_texts")
    attempt_count = fields.Integer(string="Attempts", readonly=True, copy=False)
    planned_at = fields.Datetime(readonly=True, default=fields.Datetime.now)
    next_try_at = fields.Datetime(string="Next Try", readonly=True, copy=False)
    sent_at = fields.Datetime(string="Sent On", readonly=True, copy=False)
    closed_at = fields.Datetime(string="Closed On", readonly=True, copy=False)
    error_code = fields.Char(readonly=True, copy=False)
    error_message = fields.Text(string="Error", readonly=True, copy=False)
    is_taken_back = fields.Boolean(
        readonly=True,
        copy=False,
        help="Canceled by its document and not by a person: it may be planned anew.",
    )
    is_corrected = fields.Boolean(
        readonly=True,
        copy=False,
        help="Corrected by a person: its delivery changes it only once somebody has "
        "changed the delivery.",
    )

    _open_idx = models.Index(
        "(next_try_at, id) WHERE state IN ('todo', 'sending', 'unknown')"
    )
    _accepted_idx = models.Index("(account_id, sent_at) WHERE state = 'accepted'")
    _failed_idx = models.Index("(company_id, id) WHERE state = 'failed'")
    _dismissed_idx = models.Index("(account_id) WHERE dismissed_at IS NOT NULL")
    # Whatever two workers conclude at once, a remote action is one of ours once.
    _remote_ref_uniq = models.UniqueIndex(
        "(account_id, remote_ref) WHERE remote_ref IS NOT NULL",
        "This action of Lengow is already known.",
    )

    # === COMPUTE METHODS === #

    @api.depends("kind")
    @api.depends_context("lang")
    def _compute_of_kind(self):
        for action in self:
            action.kind_label = kind_of(action.kind).label(self.env)
            action.is_request = kind_of(action.kind).is_request

    @api.depends("parameters", "answer", "move_id")
    @api.depends_context("lang")
    def _compute_texts(self):
        for action in self:
            action.parameters_text = details(action)
            action.answer_text = as_lines(action.answer)

    @api.depends("kind", "parameters")
    def _compute_signature(self):
        for action in self:
            action.signature = signature_of(action.kind, action.parameters)

    @api.depends("state", "next_try_at", *SILENCING)
    def _compute_wait_reason(self):
        for action in self:
            is_unsent = action.state in UNSENT_STATES
            action.wait_reason = is_unsent and action._reason_to_wait()

    def _reason_to_wait(self):
        """Say why an action that is not sent yet is not sent now, if anything."""
        if self.marketplace_id:
            reason = self.marketplace_id._reason_to_send_nothing()
            if reason:
                return reason
        if self.next_try_at and self.next_try_at > fields.Datetime.now():
            if self._is_fresh():
                return self.env._("It can still be undone. It is sent in a moment.")
            return self.error_message or self.env._("It is tried again in a moment.")
        return False

    @api.depends("kind", "order_id")
    def _compute_display_name(self):
        for action in self:
            action.display_name = f"{action.kind_label}, {action.order_id.name or ''}"

    # === CRON METHODS === #

    @api.model
    def _cron_send_actions(self):
        """Send what is due, and settle what may have been sent."""
        self.env["lengow.sender"]._run()

    @api.model
    def _cron_follow_actions(self):
        """Ask what became of the actions that Lengow has."""
        self.env["lengow.follower"]._run()

    # === ACTION METHODS === #

    def action_retry(self):
        """Send failed actions again; what may have arrived is looked for first.

        :raise UserError: if one of them was sent and has not failed
        """
        self._check_may_be_changed()
        self.sudo()._mark_todo_again()

    def action_resend_failed(self):
        """Send again what may go through now; with none chosen, of all that failed."""
        return self.env["lengow.resender"]._resend_among(self)

    def action_cancel(self):
        """Withdraw actions that were not sent, or dismiss those that failed.

        :raise UserError: if one of them was sent and has not failed
        """
        self._check_may_be_changed()
        reason = self.env._("Withdrawn by %s.", self.env.user.name)
        failed = self.filtered(lambda action: action.state == "failed")
        self.env["lengow.dismissal"]._dismiss(failed, "not_needed")
        self.env["lengow.announcer"]._withdraw((self - failed).sudo(), reason)

    def action_undo(self):
        """Withdraw what was asked for a moment ago, as far as it was not sent yet."""
        self.order_id.check_access("write")
        return self.env["lengow.announcer"]._undo(self)

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
        if self._may_have_arrived():
            # Other parameters could not be found at Lengow: it might be done twice.
            raise UserError(
                self.env._(
                    "Nobody knows yet whether the marketplace did this. Send it again "
                    "as it is, which looks for it first, or dismiss it."
                )
            )
        rule = self.order_id._check_action_possible(self.kind)
        check_arguments(self.order_id, rule, parameters)
        self.sudo().write({"parameters": parameters, "is_corrected": True})
        self.sudo()._mark_todo_again()

    def _check_may_be_changed(self):
        """Refuse to touch what was sent.

        :raise UserError: if an action has neither failed nor waits to be sent, with
            what can be done instead
        """
        self.order_id.check_access("write")
        settled = self.filtered(lambda action: action.state not in ("failed", "todo"))
        if settled.filtered(lambda action: action.state in ("withheld", "canceled")):
            raise UserError(
                self.env._(
                    "This action is closed and is not sent any more. Open the order "
                    "and ask for it again."
                )
            )
        if settled:
            raise UserError(
                self.env._(
                    "This action was already sent. Only the marketplace can undo it."
                )
            )

    def action_open_order(self):
        """Open the marketplace order of this action."""
        self.ensure_one()
        return self.order_id._get_records_action()

    # === STATE TRANSITIONS === #

    def _mark_todo_again(self):
        """Give failed actions a new start, as a person asks for."""
        self.env["lengow.outbox"]._dismiss_calls_to(self)
        self.account_id._resume()
        self.filtered(lambda action: not action._may_have_arrived()).sent_at = False
        self.write(
            {
                "state": "todo",
                "planned_at": fields.Datetime.now(),
                "next_try_at": False,
                "closed_at": False,
                "error_code": False,
                "error_message": False,
            }
        )
        self._trigger_send()

    def _mark_sending(self, look_at):
        """Note that the call is about to be made.

        :param datetime look_at: when whoever finds it still so may look what became of
            it
        """
        self.write(
            {
                "state": "sending",
                "sent_at": fields.Datetime.now(),
                "next_try_at": look_at,
                "attempt_count": self.attempt_count + 1,
            }
        )

    def _mark_waiting(self, next_try_at, code=False, message=False):
        """Send it later: nothing arrived."""
        self._look_later("todo", next_try_at, code, message)

    def _mark_not_sent(self, code=False, message=False):
        """Note that nothing has arrived of what was sent, so that it is still to do."""
        self.sent_at = False
        self._mark_waiting(False, code, message)

    def _mark_unknown(self, look_at, code, message):
        """Note that the call may have arrived."""
        self._look_later("unknown", look_at, code, message)

    def _look_later(self, state, at, code, message):
        self.write(
            {
                "state": state,
                "next_try_at": at,
                "error_code": code,
                "error_message": message,
            }
        )

    def _mark_accepted(self, remote):
        """Note that Lengow has the action.

        :param lengow_api.Action remote: as Lengow shows it
        """
        # What a person has asked for again has three days again.
        is_anew = not self.sent_at or self.sent_at < self.planned_at
        self.write(
            {
                "state": "accepted",
                "remote_ref": remote.id,
                "sent_at": fields.Datetime.now() if is_anew else self.sent_at,
                "answer": answer_of(remote),
                "next_try_at": False,
                "error_code": False,
                "error_message": False,
            }
        )

    def _mark_done(self, answer=None):
        """Note that it happened.

        :param dict answer: what came back
        """
        self.env["lengow.outbox"]._dismiss_calls_to(self)
        self.write(
            {
                "state": "done",
                "answer": answer or self.answer,
                "closed_at": fields.Datetime.now(),
                "next_try_at": False,
                "error_code": False,
                "error_message": False,
            }
        )
        for action in self.filtered(lambda a: a.kind == "accept"):
            if not action.order_id.accepted_at:
                action.order_id.accepted_at = action.sent_at
        self.env["lengow.settlement"]._bring_home(self)

    def _mark_failed(self, code, message, answer=None):
        """Note that it will not happen by itself, and call for somebody.

        A remote action that was refused is not this one's any more: a retry makes a new
        one. One that merely took too long may still be the one, whatever stops the
        looking for it.

        :param str code: of :class:`lengow_api.LengowError`, or `marketplace` or
            `expired`
        :param str message: a translated sentence, or Lengow's own
        :param dict answer: what came back
        """
        for action in self:
            refused_ref = action.remote_ref if code == "marketplace" else None
            is_lost = action.state == "todo" and action._may_have_arrived()
            action.write(
                {
                    "state": "failed",
                    "remote_ref": False if refused_ref else action.remote_ref,
                    "seen_refs": [*(action.seen_refs or []), refused_ref]
                    if refused_ref
                    else action.seen_refs,
                    "answer": answer or action.answer,
                    "closed_at": fields.Datetime.now(),
                    "next_try_at": False,
                    "error_code": "expired" if is_lost else code,
                    "error_message": bounded(message),
                }
            )
        self.env["lengow.outbox"]._call_to_failed(self)

    def _mark_canceled(self, reason):
        """Note that it will not be sent, or that its failure matters no more."""
        self.env["lengow.outbox"]._dismiss_calls_to(self)
        self._close("canceled", reason)

    def _take_back(self, reason):
        """Cancel what has certainly not reached the marketplace, as it is not true now.

        :param str reason: a translated sentence
        """
        unsent = self.filtered(lambda action: action._is_revisable())
        locked = unsent.try_lock_for_update(allow_referencing=True)
        locked._mark_canceled(reason)
        locked.is_taken_back = True

    def _mark_withheld(self, reason):
        """Note that it was not meant in earnest, so that it is never sent."""
        self._close("withheld", reason)

    def _close(self, state, reason):
        self.write(
            {
                "state": state,
                "closed_at": fields.Datetime.now(),
                "next_try_at": False,
                "error_message": reason,
            }
        )

    # === HELPERS === #

    def _is_fresh(self):
        """Whether nobody has tried to send it yet, so that it can simply be undone.

        :rtype: bool
        """
        self.ensure_one()
        return self.state == "todo" and not (self.attempt_count or self.error_code)

    def _may_have_arrived(self):
        """Whether the marketplace has it, or nobody knows, even once it is asked again.

        :rtype: bool
        """
        if self.state == "failed":
            return self.error_code == "expired" and bool(self.sent_at)
        is_asked_again = self.state == "todo" and bool(self.sent_at)
        return is_asked_again or self.state in TOLD_STATES

    def _is_open(self):
        """Whether the marketplace is to do it, or may be doing it.

        :rtype: bool
        """
        is_lost = self.state == "failed" and self._may_have_arrived()
        return is_lost or self.state in OPEN_STATES

    def _is_revisable(self):
        """Whether it is planned, or has failed, and has certainly not arrived."""
        return self.state in ("todo", "failed") and not self._may_have_arrived()

    def _credits(self, move):
        """Whether this is what a credit note has the marketplace do.

        :rtype: bool
        """
        is_meant = self.state != "canceled" or self._is_said_done()
        return self.move_id == move and self.is_request and is_meant

    @api.model
    def _trigger_send(self, at=None):
        """Have actions sent after this transaction, or at a moment."""
        self.env.ref("lengow_connector.cron_send_actions").sudo()._trigger(at)
