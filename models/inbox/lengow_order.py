import json

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...lengow_api import SHIPPED_STATUSES, STATUS_LABELS
from ...mapper import ERROR_CODES
from .content_cache import ContentCache


class LengowOrder(models.Model):
    """A marketplace order as Lengow tells it, and what became of it in Odoo.

    Three things that are never mixed up: what Lengow says (`lengow_status`), what this
    addon did with it (`import_state`), and what was asked of the marketplace.
    """

    _name = "lengow.order"
    _description = "Lengow Order"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _check_company_auto = True
    _order = "order_date desc, id desc"
    # The buyer is the marketplace's customer: Odoo must not propose to write to them.
    _primary_email = None

    # === FIELDS: what Lengow says === #

    account_id = fields.Many2one(
        "lengow.account", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="account_id.company_id", store=True, index=True
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
        STATUS_LABELS, required=True, readonly=True, default="unknown", tracking=True
    )
    lengow_status_code = fields.Char(
        string="Lengow's Status Code",
        readonly=True,
        help="As Lengow sent it, for codes that this addon does not know yet.",
    )
    marketplace_status = fields.Char(readonly=True)
    order_date = fields.Datetime(readonly=True)
    lengow_updated_at = fields.Datetime(string="Changed at Lengow", readonly=True)
    customer_name = fields.Char(readonly=True)
    email = fields.Char(
        string="Buyer's E-mail",
        readonly=True,
        help="Usually a relay of the marketplace. Nothing is ever sent to it.",
    )
    country_id = fields.Many2one(
        "res.country", string="Delivery Country", readonly=True
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount_total = fields.Monetary(
        string="Total", readonly=True, help="As Lengow announces it, tax included."
    )
    amount_tax = fields.Monetary(string="Tax", readonly=True)
    amount_shipping = fields.Monetary(string="Shipping", readonly=True)
    amount_commission = fields.Monetary(string="Commission", readonly=True)
    amount_margin = fields.Monetary(
        string="Margin",
        compute="_compute_amount_margin",
        help="What the sale orders bring without tax, less the cost of their products "
        "and the marketplace's commission.",
    )
    is_express = fields.Boolean(string="Express", readonly=True)
    is_business = fields.Boolean(string="Business", readonly=True)
    is_prime = fields.Boolean(string="Prime", readonly=True)
    is_fulfilled_by_marketplace = fields.Boolean(
        string="Fulfilled by Marketplace", readonly=True
    )
    is_anonymised_by_lengow = fields.Boolean(readonly=True)
    accept_before = fields.Datetime(readonly=True)
    ship_before = fields.Datetime(readonly=True)
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

    # === FIELDS: what became of it === #

    partner_id = fields.Many2one(
        "res.partner", string="Buyer", readonly=True, index="btree_not_null"
    )

    # waiting ──► ready ◄─► imported           waiting: not yet at "waiting for
    # shipment" │         ▲  │       (import again)   ready:   to be imported by the
    # next run │         │  └────► error ──► ready   error:   somebody must look;
    # retried on a │         │                                    click or when the
    # order changes └──► ignored ◄──► ready               ignored: never a sale order,
    # says why
    import_state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("ready", "Ready"),
            ("imported", "Imported"),
            ("error", "To Fix"),
            ("ignored", "Ignored"),
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
    # In system mode: who may see the marketplace order may know that it has others.
    sale_order_count = fields.Integer(
        compute="_compute_sale_order_count", compute_sudo=True
    )
    picking_count = fields.Integer(compute="_compute_picking_count", compute_sudo=True)
    was_shipped_before_import = fields.Boolean(
        string="Already Shipped at Import", readonly=True
    )
    imported_at = fields.Datetime(readonly=True)

    _account_marketplace_name_uniq = models.Constraint(
        "UNIQUE(account_id, marketplace_id, name)",
        "Lengow's orders are unique by account, marketplace and number.",
    )
    _list_idx = models.Index("(order_date DESC, id DESC)")
    _status_idx = models.Index("(lengow_status, order_date DESC, id DESC)")
    _company_idx = models.Index("(company_id, order_date DESC, id DESC)")
    _to_do_idx = models.Index(
        "(import_state, account_id) WHERE import_state IN ('ready', 'error', 'waiting')"
    )

    # === COMPUTE METHODS === #

    @api.depends("payload")
    def _compute_payload_text(self):
        for order in self:
            order.payload_text = json.dumps(order.payload, indent=2, ensure_ascii=False)

    @api.depends(
        "amount_commission",
        "sale_order_ids.state",
        "sale_order_ids.amount_untaxed",
        "sale_order_ids.order_line.product_uom_qty",
    )
    def _compute_amount_margin(self):
        for order in self:
            sales = order.sudo().sale_order_ids.filtered(lambda s: s.state != "cancel")
            cost = 0.0
            for line in sales.order_line.filtered("product_id"):
                line_cost = line.product_id.standard_price * line.product_uom_qty
                cost += line.product_id.cost_currency_id._convert(
                    line_cost,
                    line.currency_id,
                    line.company_id,
                    line.order_id.date_order.date(),
                )
            revenue = sum(sales.mapped("amount_untaxed"))
            order.amount_margin = revenue - cost - order.amount_commission

    @api.depends("sale_order_ids")
    def _compute_sale_order_count(self):
        for order in self:
            order.sale_order_count = len(order.sale_order_ids)

    @api.depends("sale_order_ids.picking_ids")
    def _compute_picking_count(self):
        for order in self:
            order.picking_count = len(order.sale_order_ids.picking_ids)

    @api.depends("name", "marketplace_id.name")
    def _compute_display_name(self):
        for order in self:
            order.display_name = f"{order.name} ({order.marketplace_id.name})"

    # === ACTION METHODS === #

    def action_import(self):
        """Judge orders that are not imported yet once more, and import what can be.

        An order that was ignored or in error may be ready by now: a setting or a
        product changed.

        :return: a notification with the outcome
        """
        self.check_access("write")
        orders_sudo = self.sudo()  # creates customers and sale orders for the user
        orders_sudo._reset_import_state()
        ready = orders_sudo.filtered(lambda o: o.import_state == "ready")
        imported = ready._process()
        self._settle_errors()
        to_fix = orders_sudo.filtered(lambda o: o.import_state == "error")
        message = self.env._(
            "%(imported)s of %(count)s orders imported.",
            imported=imported,
            count=len(self),
        )
        if to_fix:
            message += " " + to_fix[0].error_message
        kind = "warning" if to_fix else "success" if imported else "info"
        return self.account_id[:1]._notification(kind, message)

    @api.model
    def action_sync_now(self):
        """Synchronise every connected account that the user sees.

        :return: a notification with the counts
        :raise UserError: if there is none
        """
        accounts = self.env["lengow.account"].search(
            [("state", "!=", "draft"), ("lengow_account_ref", "!=", False)]
        )
        if not accounts:
            raise UserError(
                self.env._(
                    "No Lengow account is connected yet. A manager connects one under "
                    "Configuration, Accounts."
                )
            )
        return accounts.action_sync_orders()

    def action_refresh(self):
        """Read these orders from Lengow again, now.

        :return: a notification with the outcome
        """
        self.check_access("write")
        missing = self.browse()
        for account, orders in self.sudo().grouped("account_id").items():
            missing |= orders._refresh_from(account)
        failing = self.account_id.filtered("error_message")
        if failing:
            return failing[0]._notification("danger", failing[0].error_message)
        if missing:
            return self.account_id[:1]._notification(
                "warning",
                self.env._(
                    "Lengow does not know %s any more.",
                    ", ".join(missing.mapped("name")),
                ),
            )
        return self.account_id[:1]._notification(
            "success", self.env._("Up to date with Lengow.")
        )

    def action_open_sale_orders(self):
        """Open the sale orders of these marketplace orders."""
        action = self.env["ir.actions.act_window"]._for_xml_id("sale.action_orders")
        action["domain"] = [("lengow_order_id", "in", self.ids)]
        action["context"] = {}
        if len(self.sale_order_ids) == 1:
            action.update(
                views=[(self.env.ref("sale.view_order_form").id, "form")],
                res_id=self.sale_order_ids.id,
            )
        return action

    def action_open_pickings(self):
        """Open the deliveries of these marketplace orders."""
        pickings = self.sale_order_ids.picking_ids
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "stock.action_picking_tree_all"
        )
        action["domain"] = [("id", "in", pickings.ids)]
        action["context"] = {}
        if len(pickings) == 1:
            action.update(views=[(False, "form")], res_id=pickings.id)
        return action

    # === STATE TRANSITIONS === #

    def _mark_waiting(self, reason):
        self.write(self._state_values("waiting", reason))

    def _mark_ignored(self, reason):
        self.write(self._state_values("ignored", reason))

    def _mark_ready(self):
        self.write(self._state_values("ready"))

    def _mark_imported(self):
        """Note that the sale orders exist, and whether they came after the shipment."""
        self.write(
            {**self._state_values("imported"), "imported_at": fields.Datetime.now()}
        )

    def _mark_error(self, problem):
        """Keep on the order what stopped it.

        :param ImportProblem problem: with a code and a translated sentence
        """
        self.write(
            {
                **self._state_values("error"),
                "error_code": problem.code,
                "error_message": problem.message,
            }
        )

    def _state_values(self, state, reason=False):
        return {
            "import_state": state,
            "state_reason": reason,
            "error_code": False,
            "error_message": False,
        }

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
        self._call_people(
            xmlid, {self: (summary, sentence)}, user, deadline, by_mail=by_mail
        )

    @api.model
    def _call_people(self, xmlid, calls, user=None, deadline=None, by_mail=False):
        """Put something about each of many orders on a to-do list, all in one go.

        :param str xmlid: see :meth:`_call_person`, also for the others
        :param calls: summary and sentence by order
        """
        if self.env.context.get("mail_activity_automation_skip"):
            return
        self.concat(*calls)._dismiss_calls([xmlid])
        kind = self.env.ref(xmlid, raise_if_not_found=False)
        values = {
            "activity_type_id": (kind or self._default_activity_type()).id,
            "automated": True,
            "date_deadline": deadline or fields.Date.context_today(self),
            "res_model_id": self.env["ir.model"]._get_id(self._name),
        }
        # Whoever does what calls for somebody need not have access to activities.
        Activity = self.env["mail.activity"].sudo()
        if not by_mail:
            Activity = Activity.with_context(mail_activity_quick_update=True)
        Activity.create(
            [
                {
                    **values,
                    "summary": summary,
                    "note": Markup("<p>%s</p>") % sentence,
                    "res_id": order.id,
                    "user_id": order._person_to_call(user).id,
                }
                for order, (summary, sentence) in calls.items()
            ]
        )

    def _person_to_call(self, user=None):
        if user is not None:
            return user
        return self.account_id._find_responsible() or self.env.user

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
        return self.lengow_status in SHIPPED_STATUSES
