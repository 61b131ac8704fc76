import hashlib
import json
import time

from markupsafe import Markup

from odoo import api, fields, models

from ...lengow_api import SENT_STATUSES, STATUS_LABELS
from ...mapper import ERROR_CODES
from ..ui import bounded, notification
from .content_cache import ContentCache

# What a click on a selection may take.
BUTTON_SECONDS = 20
# More orders than these are read again, or imported, in the background.
MOST_REFRESHED = 40
MOST_IMPORTED = 200
# By which one error is told from another.
ERROR_FIELDS = (
    "import_state",
    "error_code",
    "error_message",
    "invoice_state",
    "invoice_error",
    "reported_error",
)


class LengowOrder(models.Model):
    """A marketplace order as Lengow tells it, and what became of it in Odoo.

    Three things that are never mixed up: what Lengow says (`lengow_status`), what this
    addon did with it (`import_state`), and what was asked of the marketplace.
    """

    _name = "lengow.order"
    _description = "Lengow Order"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "lengow.status.tone",
        "lengow.job",
        "lengow.order.rate",
        "lengow.guided",
        "lengow.routed",
        "lengow.recipient",
        "lengow.order.amounts",
        "lengow.trail",
        "lengow.phase",
        "lengow.findable",
        "lengow.order.views",
        "lengow.dismissable",
        "lengow.guarded",
    ]
    _check_company_auto = True
    _order = "order_date desc, id desc"
    # The buyer is the marketplace's customer: Odoo must not propose to write to them.
    _primary_email = None

    # === FIELDS: what Lengow says === #

    account_id = fields.Many2one(
        "lengow.account", required=True, readonly=True, ondelete="restrict"
    )
    marketplace_id = fields.Many2one(
        "lengow.marketplace",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    name = fields.Char(
        string="Marketplace Order", required=True, readonly=True, index="trigram"
    )
    lengow_status = fields.Selection(
        STATUS_LABELS,
        required=True,
        readonly=True,
        default="unknown",
        tracking=True,
        group_expand="_sort_statuses",
    )
    lengow_status_code = fields.Char(
        string="Lengow's Status Code",
        readonly=True,
        help="As Lengow sent it, for codes that this addon does not know yet.",
    )
    marketplace_status = fields.Char(readonly=True)
    order_date = fields.Datetime(readonly=True)
    lengow_updated_at = fields.Datetime(string="Changed at Lengow", readonly=True)
    customer_name = fields.Char(string="Buyer's Name", readonly=True, index="trigram")
    email = fields.Char(
        string="Buyer's E-mail",
        readonly=True,
        index="trigram",
        help="Usually a relay of the marketplace. Nothing is ever sent to it.",
    )
    country_id = fields.Many2one(
        "res.country", string="Delivery Country", readonly=True
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount_total = fields.Monetary(
        string="Total",
        readonly=True,
        help="As Lengow announces it: tax, shipping and fees included. Revenue in the "
        "analysis is without shipping and fees.",
    )
    amount_tax = fields.Monetary(string="Tax", readonly=True)
    amount_shipping = fields.Monetary(string="Shipping", readonly=True)
    amount_commission = fields.Monetary(string="Commission", readonly=True)
    is_express = fields.Boolean(string="Express", readonly=True)
    is_business = fields.Boolean(string="Business", readonly=True)
    is_prime = fields.Boolean(string="Prime", readonly=True)
    is_fulfilled_by_marketplace = fields.Boolean(
        string="Fulfilled by Marketplace", readonly=True
    )
    is_anonymised_by_lengow = fields.Boolean(readonly=True)
    accept_before = fields.Datetime(readonly=True)
    ship_before = fields.Datetime(readonly=True)
    accepted_at = fields.Datetime(
        readonly=True,
        copy=False,
        help="When the acceptance was sent from here, or else when Lengow showed it.",
    )
    shipped_at = fields.Datetime(
        readonly=True,
        copy=False,
        help="When the last of it left: as the marketplace shows it, or else as our "
        "deliveries do.",
    )
    comment = fields.Text(string="Buyer's Comment", readonly=True)
    pickup_ref = fields.Char(
        string="Pickup Point",
        readonly=True,
        help="The number of the relay point that the buyer chose.",
    )
    line_ids = fields.One2many("lengow.order.line", "order_id", readonly=True)
    payload = fields.Json(
        readonly=True,
        prefetch=False,
        groups="lengow_connector.group_manager",
        help="The order as Lengow sent it.",
    )
    payload_text = fields.Text(
        compute="_compute_payload_text", groups="lengow_connector.group_manager"
    )
    payload_digest = fields.Char(readonly=True, copy=False)
    # The state before what Lengow sent last could not be taken over: until that is
    # read, nothing is decided by what is kept of the order.
    unread_from = fields.Char(readonly=True, copy=False)
    # Whether it says that the order has ended, which nobody has decided about then.
    unread_end = fields.Boolean(readonly=True, copy=False)
    unread_since = fields.Datetime(readonly=True, copy=False)
    unread_retry_at = fields.Datetime(readonly=True, copy=False)

    # === FIELDS: what became of it === #

    partner_id = fields.Many2one(
        "res.partner", string="Buyer", readonly=True, index="btree_not_null"
    )

    # waiting ──► ready ◄─► imported
    #    │         ▲  │     (import again)
    #    │         │  └────► error ──► ready
    #    │         │
    #    └──► ignored ◄──► ready
    #
    # waiting   not yet at "waiting for shipment"
    # ready     to be imported by the next run
    # imported  the sale orders exist
    # error     somebody must look; retried on a click or when the order changes
    # ignored   never a sale order, says why; what a person dismissed stays so
    import_state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("ready", "Ready"),
            ("imported", "Imported"),
            ("error", "To Fix"),
            ("ignored", "Not Needed"),
        ],
        required=True,
        readonly=True,
        default="waiting",
        tracking=True,
    )
    state_reason = fields.Char(
        string="Reason", readonly=True, help="Why the order waits or is ignored."
    )
    error_code = fields.Selection(ERROR_CODES, string="Error", readonly=True)
    error_message = fields.Text(readonly=True)
    # Searching orders by their sale order's number needs no access to sale orders.
    sale_order_ids = fields.One2many(
        "sale.order", "lengow_order_id", readonly=True, bypass_search_access=True
    )
    was_shipped_before_import = fields.Boolean(
        string="Already Shipped at Import",
        readonly=True,
        help="All of it had left when it was imported.",
    )
    imported_at = fields.Datetime(readonly=True)
    is_asked_for = fields.Boolean(
        string="Asked For",
        readonly=True,
        copy=False,
        help="To be imported on request, however old it is and whoever else took it.",
    )
    is_error_new = fields.Boolean(
        compute="_compute_is_error_new",
        store=True,
        help="The responsible has not been notified of this error yet.",
    )
    reported_error = fields.Char(
        readonly=True,
        copy=False,
        help="What was reported last, so that the same error is never reported twice.",
    )

    _account_marketplace_name_uniq = models.Constraint(
        "UNIQUE(account_id, marketplace_id, name)",
        "Lengow's orders are unique by account, marketplace and number.",
    )
    _list_idx = models.Index("(order_date DESC, id DESC)")
    _status_idx = models.Index("(lengow_status, order_date DESC, id DESC)")
    # As lists show them: what is due first, then the newest.
    _due_idx = models.Index("(due_at, order_date DESC, id DESC)")
    _company_idx = models.Index("(company_id, due_at, order_date DESC, id DESC)")
    # What came in lately is counted, too.
    _came_in_idx = models.Index("(company_id, create_date)")
    _phase_idx = models.Index("(phase, due_at, order_date DESC, id DESC)")
    _to_do_idx = models.Index(
        "(import_state, account_id) WHERE import_state IN ('ready', 'error', 'waiting')"
    )
    _accept_warned_idx = models.Index(
        "(account_id) WHERE accept_warned_for IS NOT NULL"
    )
    _ship_warned_idx = models.Index("(account_id) WHERE ship_warned_for IS NOT NULL")
    _no_rate_idx = models.Index(
        "(currency_id) WHERE COALESCE(currency_rate, 0::numeric) = 0"
    )
    # As the ORM asks for it; the shorter condition would never be used.
    _new_error_idx = models.Index("(account_id) WHERE is_error_new IS TRUE")
    _reported_error_idx = models.Index(
        "(import_state) WHERE reported_error IS NOT NULL"
    )
    _unread_idx = models.Index("(account_id) WHERE unread_from IS NOT NULL")

    # === COMPUTE METHODS === #

    @api.depends("payload")
    def _compute_payload_text(self):
        for order in self:
            order.payload_text = json.dumps(order.payload, indent=2, ensure_ascii=False)

    @api.depends("name", "marketplace_id.name")
    def _compute_display_name(self):
        for order in self:
            order.display_name = f"{order.name} ({order.marketplace_id.name})"

    @api.depends(*ERROR_FIELDS)
    def _compute_is_error_new(self):
        for order in self:
            key = order._error_key()
            order.is_error_new = bool(key) and key != order.reported_error

    # === VIEWS === #

    @api.model
    @api.readonly
    def get_overview(self, domain=()):
        """Count the orders that wait for somebody, for the head of the list.

        :param list domain: of what is searched for, without the jobs
        :return: numbers by the name of the filter that shows the same orders
        :rtype: dict[str, int]
        """
        return self.env["lengow.overview"]._count(domain)

    # === ACTION METHODS === #

    def action_import(self):
        """Judge orders that are not imported yet once more, and import what can be.

        An order that was ignored or in error may be ready by now: a setting or a
        product changed.

        :return: a notification with the outcome, or how far it is in the background
        """
        self.check_access("write")
        if len(self) > MOST_IMPORTED:
            return self.env["lengow.background"]._begin("import", self)._open()
        already = self.filtered(lambda order: order.import_state == "imported")
        orders_sudo = self.sudo()  # creates customers and sale orders for the user
        self.env["lengow.judge"]._ask_for(orders_sudo)
        deadline = time.monotonic() + BUTTON_SECONDS
        imported, looked_at = orders_sudo.env["lengow.importer"]._import_within(
            orders_sudo, deadline
        )
        to_fix = looked_at.filtered(lambda o: o.import_state == "error")
        message = self.env._(
            "Orders imported: %(imported)s of %(count)s.",
            imported=imported,
            count=len(self),
        )
        if already:
            message += " " + self.env._("Imported before: %s.", len(already))
        if dismissed := self.filtered("dismissed_at"):
            message += " " + self.env._(
                "Dismissed, and to be taken up again first: %s.", len(dismissed)
            )
        if rest := self - looked_at - already:
            task = self.env["lengow.background"]._begin("import", rest)
            message += " " + self.env._("In the background: %s more.", len(rest))
            if task.news:  # nothing is done there just now
                message += f" {task.news}"
        if to_fix:
            message += " " + to_fix[0].error_message
        is_partial = to_fix or rest or dismissed
        kind = "warning" if is_partial else "success" if imported else "info"
        return notification(kind, message)

    def action_sync_now(self):
        """Synchronize every connected account that the user sees.

        The list offers it whatever is selected: the orders do not matter.

        :return: a notification with the counts
        :raise RedirectWarning: to the accounts, if none is connected
        """
        self.env["lengow.order"].check_access("read")
        return self.env["lengow.fetcher"]._get_connected().action_sync_orders()

    def action_refresh(self):
        """Read these orders from Lengow again, now.

        :return: a notification with the outcome, or how far it is in the background
        """
        self.check_access("write")
        if len(self) > MOST_REFRESHED:
            return self.env["lengow.background"]._begin("refresh", self)._open()
        orders_sudo = self.sudo()  # the system writes what Lengow says
        deadline = time.monotonic() + BUTTON_SECONDS
        reasons, rest = orders_sudo.env["lengow.inbox"]._refresh_within(
            orders_sudo, deadline
        )
        orders_sudo.env["lengow.fetcher"]._import_soon(orders_sudo)
        # Not one whose only trouble are some other orders.
        failing = self.account_id.filtered(lambda one: one.state != "connected")
        if failing:
            return notification("danger", failing[0].error_message)
        if rest:
            # With those that failed, which nothing would tell otherwise.
            rest = self.browse([*rest.ids, *(order.id for order in reasons)])
            return self.env["lengow.background"]._begin("refresh", rest)._open()
        if reasons:
            return notification("warning", bounded(" ".join(reasons.values())))
        return notification("success", self.env._("Up to date with Lengow."))

    # === WHAT FOLLOWS === #

    def _stages_after_inbox(self, changed):
        """Hand what Lengow sent to the stages after this one: these, in this order.

        Sales are told earlier, of each change with what it replaces: by the inbox,
        through `lengow.revision._write_payload`.

        :param lengow.order changed: those of them that are not new
        """
        self.env["lengow.outbox"]._close_left_behind(changed)
        self.env["lengow.acceptance"]._offer(self)
        self.env["lengow.fulfilment"]._follow(changed)
        self.env["lengow.anonymiser"]._follow(self)

    # === STATE TRANSITIONS === #

    def _mark_waiting(self, reason):
        self.write(_state_values("waiting", reason))

    def _mark_ignored(self, reason):
        self.write(_state_values("ignored", reason))

    def _mark_ready(self):
        self.write(_state_values("ready"))

    def _mark_imported(self):
        """Note that the sale orders exist, and whether they came after the shipment."""
        self.write({**_state_values("imported"), "imported_at": fields.Datetime.now()})

    def _mark_error(self, problem):
        """Keep on the order what stopped it.

        :param ImportProblem problem: with a code and a translated sentence
        """
        self.write(
            {
                **_state_values("error"),
                "error_code": problem.code,
                "error_message": problem.message,
            }
        )

    # === CONTENT === #

    def _content(self):
        """Return what Lengow sent, parsed; once in a transaction, however often asked.

        :rtype: lengow_api.Order
        :raise PayloadError: if there is no payload
        """
        self.ensure_one()
        order_sudo = self.sudo()  # only managers see a payload; everybody works with it
        # The value itself, since the field returns a copy of it.
        payload = order_sudo._cache.get("payload") or order_sudo.payload
        return self._content_of(payload)

    def _content_of(self, payload):
        """Return another payload of this order, parsed: an earlier one.

        :param dict payload: nobody may change it afterwards
        :rtype: lengow_api.Order
        """
        return ContentCache.of(self.env.cr).content(self.id, payload)

    # === WHAT A PERSON MUST DO === #

    def _call_person(
        self, xmlid, summary, sentence, user=None, deadline=None, by_mail=False
    ):
        """Put something on somebody's to-do list, instead of what was there before.

        :param str xmlid: of the activity type
        :param str summary: what happened
        :param str sentence: what to do, as plain text; without the buyer's data
        :param res.users user: who; none given means the account's responsible, or else
            the current user; an empty one leaves it to nobody in particular
        :param date deadline: until when; today if not given
        :param bool by_mail: whether to mail it, too; the list says it anyway
        """
        self.ensure_one()
        self.env["lengow.todo"]._call(
            xmlid, {self: (summary, sentence)}, user, deadline, by_mail=by_mail
        )

    def _dismiss_calls(self, xmlids):
        """Take calls for a person back: there is nothing to do any more.

        :param list xmlids: of the activity types
        """
        self.sudo().activity_unlink(xmlids)

    # === HELPERS === #

    def _mail_get_partner_fields(self, introspect_fields=False):
        """Override of `mail`: the buyer is nobody to write to."""
        return []

    def _log_note(self, body):
        """Write a note in the chatter without mailing anybody.

        :param str body: plain text; escaped here
        """
        self._message_log_batch(
            bodies={order.id: Markup("<p>%s</p>") % body for order in self}
        )

    def _has_passed_shipment(self):
        self.ensure_one()
        return self.lengow_status in SENT_STATUSES

    def _error_key(self):
        """Return what tells one error from another without quoting it, or False."""
        sentence = self._error_sentence()
        if sentence is False:
            return False
        kind = self.error_code if self.import_state == "error" else "invoice"
        return f"{kind}:{hashlib.sha256(sentence.encode()).hexdigest()[:16]}"

    def _error_sentence(self):
        if self.import_state == "error":
            return self.error_message or ""
        if self.invoice_state == "error":
            return self.invoice_error or ""
        return False

    def _error_label(self):
        """Return the kind of error, which holds no data of the buyer."""
        field = "error_code" if self.import_state == "error" else "invoice_state"
        labels = dict(self._fields[field]._description_selection(self.env))
        return labels.get(self[field], "")


def _state_values(state, reason=False):
    return {
        "import_state": state,
        "state_reason": reason,
        "error_code": False,
        "error_message": False,
    }
