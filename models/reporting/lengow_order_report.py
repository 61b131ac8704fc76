from odoo import api, fields, models
from odoo.tools import SQL

from . import order_report_sql as sql

# How PostgreSQL is to plan a query of the analysis. It would compile it, which takes
# longer than a year's orders; and its own figures are those of rotating disks and slow
# workers, so that it would read the lines of all years for the orders of a month.
PLANNING = """
    SET LOCAL jit = off;
    SET LOCAL random_page_cost = 1.1;
    SET LOCAL parallel_tuple_cost = 0.01;
"""


class LengowOrderReport(models.Model):
    """Marketplace orders in numbers: a row per order line, one for an order without.

    Amounts include tax and are in the currency of the company that the user works in,
    at the rate of the order's date. Odoo counts a currency that has no rate at all as
    if it were the company's; here such an order counts, and its amounts do not.

    What an order has once (commission, shipping) is shared over its lines by what is
    kept of them, unrounded, so that the shares sum up to it.
    """

    _name = "lengow.order.report"
    _description = "Marketplace Analysis"
    _auto = False
    _rec_name = "order_id"
    _order = "order_date desc, id desc"

    # === FIELDS: of the order === #

    order_id = fields.Many2one("lengow.order", readonly=True)
    account_id = fields.Many2one(
        "lengow.account", string="Lengow Account", readonly=True
    )
    marketplace_id = fields.Many2one("lengow.marketplace", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    country_id = fields.Many2one(
        "res.country", string="Delivery Country", readonly=True
    )
    order_date = fields.Datetime(readonly=True)
    lengow_status = fields.Selection(
        lambda self: self._labels_of("lengow_status"), readonly=True
    )
    import_state = fields.Selection(
        lambda self: self._labels_of("import_state"),
        string="Import",
        readonly=True,
    )
    order_currency_id = fields.Many2one("res.currency", readonly=True)

    # === FIELDS: of the line === #

    product_id = fields.Many2one("product.product", readonly=True)
    sku = fields.Char(string="SKU", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    quantity = fields.Float(
        string="Pieces",
        digits="Product Unit",
        readonly=True,
        help="What was ordered and not canceled.",
    )
    amount_ordered = fields.Monetary(
        string="Ordered",
        readonly=True,
        help="What was ordered, tax included, without shipping and fees.",
    )
    amount_canceled = fields.Monetary(
        string="Canceled Amount",
        readonly=True,
        help="What was canceled or refused of it.",
    )
    amount_total = fields.Monetary(
        string="Revenue",
        readonly=True,
        help="What was ordered and not canceled, tax included, without shipping and "
        "fees, which the amounts of the overview include. Refunds are not deducted.",
    )
    amount_refunded = fields.Monetary(
        string="Refunded Amount",
        readonly=True,
        help="What the marketplace gives back of the revenue, tax included.",
    )

    # === FIELDS: of the order, shared over its lines === #

    amount_shipping = fields.Monetary(
        string="Shipping",
        readonly=True,
        help="What the buyer pays for the shipping, tax included.",
    )
    amount_commission = fields.Monetary(
        string="Commission", readonly=True, help="As the marketplace tells it."
    )
    amount_net = fields.Monetary(
        string="Net of Commission",
        readonly=True,
        help="The revenue less the commission; refunds are not deducted.",
    )
    amount_margin = fields.Monetary(
        string="Margin",
        readonly=True,
        help="The margin of the sale order's lines, without tax, less the commission.",
    )

    # === FIELDS: orders that are counted, and how they did === #

    # Each holds the order's id in the rows that count, so that an order of several
    # lines, some of them filtered away, counts once.
    order_count = fields.Integer(
        string="Orders", readonly=True, aggregator="count_distinct"
    )
    late_count = fields.Integer(
        string="Late Orders",
        readonly=True,
        aggregator="count_distinct",
        help="Shipped after the marketplace's deadline, or past it and not shipped.",
    )
    canceled_count = fields.Integer(
        string="Canceled Orders",
        readonly=True,
        aggregator="count_distinct",
        help="Orders of which something was canceled or refused.",
    )
    refunded_count = fields.Integer(
        string="Refunded Orders",
        readonly=True,
        aggregator="count_distinct",
        help="Orders of which something is given back.",
    )
    is_late = fields.Boolean(string="Late", readonly=True)
    is_canceled = fields.Boolean(string="Canceled", readonly=True)
    is_refunded = fields.Boolean(string="Refunded", readonly=True)
    has_no_rate = fields.Boolean(
        string="Without Exchange Rate",
        readonly=True,
        help="The order's currency has no rate in Odoo: its amounts do not count.",
    )
    hours_to_accept = fields.Float(
        readonly=True,
        aggregator="avg",
        help="From the order to its acceptance, in hours; where both are known.",
    )
    hours_to_ship = fields.Float(
        readonly=True,
        aggregator="avg",
        help="From the order to its last parcel, in hours; where both are known.",
    )

    _depends = {
        "lengow.order": [
            *("account_id", "marketplace_id", "company_id", "country_id"),
            *("currency_id", "order_date", "lengow_status", "import_state"),
            *("amount_commission", "amount_shipping", "currency_rate"),
            *("accepted_at", "shipped_at", "ship_before"),
        ],
        "lengow.order.line": [
            *("order_id", "product_id", "sku", "sale_line_id"),
            *("quantity", "amount_total", "amount_refunded"),
            *("kept_share", "order_share"),
        ],
        "sale.order": ["state", "currency_rate"],
        "sale.order.line": ["order_id", "price_subtotal"],
    }

    @property
    def _table_query(self):
        self.env.cr.execute(PLANNING)
        return sql.query(self.env)

    # === FIELDS AS THEY ARE SHOWN === #

    @api.model
    def _labels_of(self, name):
        """Return the values of a selection of orders, with their labels."""
        field = self.env["lengow.order"]._fields[name]
        return field._description_selection(self.env)

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Override to offer the margin only where `sale_margin` tells it."""
        shown = super().fields_get(allfields, attributes)
        if not sql.has_margin(self.env):
            shown.pop("amount_margin", None)
        return shown

    def _read_group_select(self, aggregate_spec, query):
        """Override to average hours over orders, of however many lines they are."""
        name, _, aggregator = aggregate_spec.partition(":")
        if aggregator != "avg" or not name.startswith("hours_to_"):
            return super()._read_group_select(aggregate_spec, query)
        hours = self._field_to_sql(self._table, name, query)
        weight = SQL.identifier(self._table, "order_weight")
        return SQL(
            "SUM(%(hours)s * %(weight)s)"
            " / NULLIF(SUM(%(weight)s) FILTER (WHERE %(hours)s IS NOT NULL), 0)",
            hours=hours,
            weight=weight,
        )

    # === ACTION METHODS === #

    def action_open_order(self):
        """Open the marketplace order that a row is of."""
        self.ensure_one()
        self.check_access("read")
        return self.order_id._get_records_action()
