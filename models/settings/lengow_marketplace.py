from datetime import timedelta

from odoo import api, fields, models, tools

from ...lengow_api import MarketplaceDefinition
from ...mapper.shipment import CARRIER_ARGUMENTS

AUTO_ACCEPT_FIELDS = {
    "auto_accept",
    "auto_accept_known_skus",
    "auto_accept_stock",
    "auto_accept_stock_buffer",
    "auto_accept_incoming",
    "auto_accept_price_floor",
    "auto_accept_amount_limit",
    "auto_refuse",
    "auto_refuse_lines",
    "auto_refuse_reason",
}

ACCEPTANCE_KINDS = {"accept", "refuse"}

# Fields of these types have no value that means "nothing chosen".
NEVER_EMPTY = {"boolean", "integer", "float", "monetary"}


class LengowMarketplace(models.Model):
    """A marketplace of an account, with the rules that Lengow publishes for it."""

    _name = "lengow.marketplace"
    _description = "Lengow Marketplace"
    _inherit = [
        "mail.thread",
        "lengow.import.rules",
        "lengow.sale.settings",
        "lengow.product.settings",
        "lengow.people.settings",
        "lengow.delivery.settings",
        "lengow.amount.settings",
        "lengow.commission.settings",
        "lengow.order.counter",
        "lengow.mending",
        "lengow.guarded",
    ]
    _check_company_auto = True
    _order = "name, id"

    account_id = fields.Many2one(
        "lengow.account", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(
        related="account_id.company_id", store=True, index=True
    )
    company_currency_id = fields.Many2one(related="company_id.currency_id")
    active = fields.Boolean(
        string="Switched On",
        default=True,
        tracking=True,
        help="Off: its orders are listed and ignored, and nothing is sent to it, not "
        "even later. Switched on again, what is still to be shipped is imported.",
    )
    code = fields.Char(
        required=True, readonly=True, help="Lengow's name for it, e.g. amazon_fr."
    )
    legacy_code = fields.Char(
        readonly=True,
        help="Its earlier name at Lengow, which old orders may still use.",
    )
    name = fields.Char(required=True)
    country_id = fields.Many2one("res.country", readonly=True)
    definition = fields.Json(
        readonly=True,
        prefetch=False,
        groups="lengow_connector.group_manager",
        help="Statuses, actions and carriers as Lengow sent them.",
    )
    is_known = fields.Boolean(
        string="Known to Lengow",
        readonly=True,
        help="Off while only orders have named this marketplace and its rules are not "
        "here yet.",
    )
    workflow = fields.Selection(
        [
            ("quotation", "Quotation Only"),
            ("confirm", "Confirm"),
            ("invoice", "Confirm, Invoice and Register Payment"),
        ],
        default="confirm",
        required=True,
        tracking=True,
        help="What becomes of the sale order once its total equals the marketplace's.",
    )
    carrier_ids = fields.One2many("lengow.carrier", "marketplace_id")
    order_ids = fields.One2many("lengow.order", "marketplace_id")

    # === FIELDS: acceptance === #

    has_acceptance = fields.Boolean(
        compute="_compute_has_acceptance",
        help="Whether orders have to be accepted at this marketplace.",
    )
    auto_accept = fields.Boolean(
        string="Accept Automatically",
        tracking=True,
        help="Accept orders that pass every check below. The others wait for a person, "
        "with an activity that says why.",
    )
    auto_accept_known_skus = fields.Boolean(
        string="Only Known SKUs",
        tracking=True,
        default=True,
        help="Every line must stand for one of your products. The checks of stock and "
        "price need it.",
    )
    auto_accept_stock = fields.Boolean(
        string="Only With Free Stock",
        tracking=True,
        default=True,
        help="Every storable product must be free in the warehouse, also after what "
        "was accepted before and is not a sale order yet.",
    )
    auto_accept_stock_buffer = fields.Float(
        string="Safety Stock",
        tracking=True,
        digits="Product Unit",
        help="This much of each product must be left after the order.",
    )
    auto_accept_price_floor = fields.Float(
        string="Minimum Price (%)",
        tracking=True,
        help="Each unit must cost at least this share of the product's sales price. "
        "Zero: any price.",
    )
    auto_accept_amount_limit = fields.Monetary(
        string="Maximum Total",
        tracking=True,
        currency_field="company_currency_id",
        help="An order above this total waits for a person. Zero: no limit.",
    )
    acceptance_hours = fields.Float(
        string="Acceptance Deadline",
        default=48.0,
        tracking=True,
        help="How many hours after the order this marketplace lets you decide.",
    )

    # === FIELDS: shipments === #

    ship_waits_for_tracking = fields.Boolean(
        string="Wait for the Tracking Number",
        tracking=True,
        help="Report a delivery only once its tracking number is known, even where "
        "this marketplace accepts shipments without one. Where it requires one, Odoo "
        "always waits.",
    )
    unmapped_method_ids = fields.Many2many(
        "delivery.carrier",
        string="Delivery Methods without Carrier",
        compute="_compute_unmapped_method_ids",
        compute_sudo=True,
        help="Delivery methods of open or unreported deliveries that stand for none of "
        "this marketplace's carriers.",
    )
    proposal_count = fields.Integer(compute="_compute_proposal_count")

    # === FIELDS: invoices === #

    inherited_payment_journal = fields.Char(
        compute="_compute_inherited_payment_journal", compute_sudo=True
    )
    accepts_invoices = fields.Boolean(
        string="Accepts Our Invoices",
        compute="_compute_accepts_invoices",
        help="Whether Lengow can hand our invoices to this marketplace.",
    )
    send_invoices = fields.Boolean(
        string="Send Our Invoices",
        default=True,
        help="Invoices and credit notes of its orders are sent to the marketplace when "
        "they are posted, where it accepts them.",
    )
    invoiced_by_marketplace = fields.Boolean(
        help="The marketplace issues the invoice to the buyer itself, in your name: "
        "Odoo makes none for its orders, and sends none.",
    )

    _account_code_uniq = models.Constraint(
        "UNIQUE(account_id, code)", "An account has each marketplace once."
    )
    _auto_accept_not_negative = models.Constraint(
        "CHECK(auto_accept_stock_buffer >= 0 AND auto_accept_price_floor >= 0 "
        "AND auto_accept_amount_limit >= 0 AND acceptance_hours >= 0)",
        "The limits of automatic acceptance cannot be negative.",
    )
    _acceptance_hours_range = models.Constraint(
        "CHECK(acceptance_hours <= 8760)",
        "Orders have to be accepted within a year, which has 8,760 hours.",
    )

    # === COMPUTE METHODS === #

    @api.depends("definition")
    def _compute_has_acceptance(self):
        for marketplace in self:
            definition = marketplace._find_definition()
            marketplace.has_acceptance = not definition or bool(
                ACCEPTANCE_KINDS & definition.actions.keys()
            )

    @api.depends("definition")
    def _compute_accepts_invoices(self):
        for marketplace in self:
            definition = marketplace._find_definition()
            marketplace.accepts_invoices = bool(
                definition and definition.accepts_invoices
            )

    @api.depends("name", "account_id.name")
    @api.depends_context("allowed_company_ids", "hierarchical_naming")
    def _compute_display_name(self):
        """Override of `base` to tell the same marketplace of two accounts apart.

        Where marketplaces are listed below their accounts, Odoo asks for bare names.
        """
        Account = self.env["lengow.account"].sudo().with_context(active_test=False)
        theirs = [("served_company_ids", "in", self.env.companies.ids)]
        is_below = not self.env.context.get("hierarchical_naming", True)
        has_several = not is_below and Account.search_count(theirs, limit=2) > 1
        for marketplace in self:
            name, account = marketplace.name, marketplace.sudo().account_id.name
            marketplace.display_name = f"{name} ({account})" if has_several else name

    @api.depends("account_id.payment_journal_id.name")
    def _compute_inherited_payment_journal(self):
        for marketplace in self:
            journal = marketplace.account_id.payment_journal_id
            marketplace.inherited_payment_journal = journal and self.env._(
                "%s, as on the account", journal.name
            )

    @api.depends("carrier_ids.carrier_id", "carrier_ids.other_carrier_ids")
    def _compute_unmapped_method_ids(self):
        Picking = self.env["stock.picking"]
        for marketplace in self:
            used = Picking._read_group(
                [
                    ("sale_id.lengow_order_id.marketplace_id", "=", marketplace.id),
                    ("carrier_id", "!=", False),
                    "|",
                    ("state", "not in", ("done", "cancel")),
                    ("lengow_ship_state", "!=", False),
                ],
                ["carrier_id"],
            )
            methods = self.env["delivery.carrier"].union(*(row[0] for row in used))
            marketplace.unmapped_method_ids = methods.filtered(
                lambda method, m=marketplace: m._is_carrier_wanted(method)
            )

    @api.depends("carrier_ids.carrier_id", "carrier_ids.proposed_carrier_id")
    def _compute_proposal_count(self):
        for marketplace in self:
            marketplace.proposal_count = len(
                marketplace.carrier_ids.filtered(
                    lambda c: c.proposed_carrier_id and not c.carrier_id
                )
            )

    # === CRUD METHODS === #

    def write(self, vals):
        """Override to read, judge and examine anew by what has changed."""
        if "definition" in vals or "code" in vals:
            self.env.registry.clear_cache()
        switched = self.filtered(lambda m: m.active != vals.get("active", m.active))
        result = super().write(vals)
        if AUTO_ACCEPT_FIELDS & vals.keys():
            self._examine_waiting_orders()
        switched._follow_rules()
        switched.filtered(lambda m: not m.active)._withhold_what_waits()
        return result

    def _examine_waiting_orders(self):
        waiting = (
            self.env["lengow.order"]
            .sudo()
            .search(
                [
                    ("marketplace_id", "in", self.ids),
                    ("is_to_accept", "=", True),
                ]
            )
        )
        waiting.auto_accept_examined = False
        self.env["lengow.acceptance"]._offer(waiting)

    # === ACTION METHODS === #

    def action_open_orders(self):
        """Open the orders of this marketplace."""
        return self._open("lengow_order_action")

    def action_link_carriers(self):
        """Say what each delivery method is called at this marketplace."""
        self.check_access("write")
        return self.env["lengow.carrier.matrix"]._open_for(self)

    def action_open_carriers(self):
        """Open the carriers of this marketplace, to map them."""
        return self._open("lengow_carrier_action")

    def _open(self, xml_id):
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"lengow_connector.{xml_id}"
        )
        # The filters that the menu sets would hide what was asked for.
        return {
            **action,
            "domain": [("marketplace_id", "in", self.ids)],
            "context": {},
        }

    # === BUSINESS METHODS === #

    @api.model
    def _find_or_create_by_code(self, account, codes):
        """Return the account's marketplaces by code, creating those that are missing.

        :param lengow.account account: whose marketplaces they are
        :param codes: marketplace codes, as orders name them
        :rtype: dict[str, lengow.marketplace]
        """
        Marketplace = self.sudo().with_context(
            active_test=False, mail_create_nolog=True
        )
        found, earlier = {}, {}
        for marketplace in Marketplace.search(
            [
                ("account_id", "=", account.id),
                "|",
                ("code", "in", list(codes)),
                ("legacy_code", "in", list(codes)),
            ]
        ):
            found[marketplace.code] = marketplace
            earlier.setdefault(marketplace.legacy_code, []).append(marketplace)
        for legacy_code, successors in earlier.items():
            # An order that still uses the earlier name is not another order, as long as
            # it is clear whose name that was.
            if len(successors) == 1:
                found.setdefault(legacy_code, successors[0])
        missing = sorted(set(codes) - found.keys())
        for marketplace in Marketplace.create(
            [{"account_id": account.id, "code": code, "name": code} for code in missing]
        ):
            found[marketplace.code] = marketplace
        return found

    def _get_offered_carriers(self):
        """Return what a delivery method can be mapped to, code to label.

        The definition lists carriers on their own. Where the action takes nothing but
        its own list, that one counts. Conditions name values that no list need have:
        "Other".

        :rtype: dict[str, str]
        """
        definition = self._find_definition()
        offered = definition.carriers
        ship = definition.actions.get("ship")
        for argument in ship.arguments.values() if ship else ():
            if argument.name in CARRIER_ARGUMENTS:
                if argument.is_closed_list or not offered:
                    offered = argument.choices
                named = ship.values_named_for(argument.name)
                offered = {**dict(zip(named, named, strict=True)), **offered}
        return offered

    def _setting(self, name):
        """Return what is set for this marketplace: its own choice, or its account's.

        What can be empty is left to the account by being empty: a record, a text, a
        choice. A number or a yes/no cannot, so it counts as it is. For a yes/no of the
        account that a marketplace may choose otherwise, the marketplace therefore has
        a selection of the same name, with the values `yes` and `no`.

        :param str name: a field of the account, and maybe of the marketplace
        :return: the value, as the account's field has it
        """
        self.ensure_one()
        field, account = self._fields.get(name), self.account_id
        if field is None:
            return account[name]
        own = self[name]
        if field.type in NEVER_EMPTY:
            return own
        if not own:
            return account[name] if name in account._fields else own
        if field.type == "selection" and name in account._fields:
            is_yes_or_no = account._fields[name].type == "boolean"
            return own == "yes" if is_yes_or_no else own
        return own

    @tools.ormcache("self.id")
    def _find_definition(self):
        """Return the parsed definition, or None while Lengow has not sent one.

        It is kept between calls, so it must not be changed.

        :rtype: lengow_api.MarketplaceDefinition | None
        """
        self.ensure_one()
        payload = self.sudo().definition
        return (
            MarketplaceDefinition.from_payload(self.code, payload) if payload else None
        )

    # === ACCEPTANCE, SHIPMENTS, INVOICES === #

    def _acceptance_deadline(self, order_date):
        """Return until when an order of that date has to be accepted.

        :param datetime order_date: naive, UTC, or False
        :rtype: datetime | bool
        """
        self.ensure_one()
        return (
            order_date
            and self.acceptance_hours
            and order_date + timedelta(hours=self.acceptance_hours)
        )

    def _is_carrier_wanted(self, method):
        """Whether a delivery method should be mapped to a carrier here and is not.

        :param delivery.carrier method: the merchant's, may be none
        :rtype: bool
        """
        self.ensure_one()
        if not method or not self._asks_for_carrier():
            return False
        return not self.env["lengow.carrier"]._find_for(self, method)

    def _asks_for_carrier(self):
        """Whether shipments are told with one of the marketplace's own carriers.

        :rtype: bool
        """
        self.ensure_one()
        definition = self._find_definition()
        ship = definition and definition.actions.get("ship")
        return bool(ship) and any(
            ship.arguments[name].choices
            for name in CARRIER_ARGUMENTS
            if name in ship.arguments
        )

    def _has_orders(self):
        """Whether it has any order, which is quicker than counting them.

        :rtype: bool
        """
        self.ensure_one()
        domain = [
            ("account_id", "=", self.account_id.id),
            ("marketplace_id", "=", self.id),
        ]
        return bool(self.env["lengow.order"].search_count(domain, limit=1))

    def _report_waiting_shipments(self):
        """Report the deliveries that could not be reported, if they can be now."""
        waiting = (
            self.env["stock.picking"]
            .sudo()  # whoever maps a carrier may have no access to deliveries
            .search(
                [
                    ("lengow_ship_state", "!=", False),
                    ("sale_id.lengow_order_id.marketplace_id", "in", self.ids),
                ]
            )
        )
        waiting._lengow_report_shipment()

    def _wants_invoices(self):
        """Return whether our invoices are to be sent to this marketplace.

        :rtype: bool
        """
        return (
            self.accepts_invoices
            and self.send_invoices
            and not self.invoiced_by_marketplace
        )
