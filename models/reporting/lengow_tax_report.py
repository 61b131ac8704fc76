from odoo import fields, models

from ...mapper.territories import TERRITORY_LABELS
from . import tax_report_sql as sql
from .lengow_order_report import PLANNING


class LengowTaxReport(models.Model):
    """What sale orders book of VAT, beside what the marketplaces told of it.

    A row per line of a sale order. The VAT that a marketplace tells once for its order
    is shared over the lines by the VAT that they book, unrounded, so that the shares
    sum up to it. Amounts are in the currency of the company that the user works in.
    """

    _name = "lengow.tax.report"
    _description = "Marketplace Taxes"
    _auto = False
    _rec_name = "order_id"
    _order = "order_date desc, id desc"

    # === FIELDS: of the order === #

    order_id = fields.Many2one("lengow.order", readonly=True)
    sale_order_id = fields.Many2one("sale.order", readonly=True)
    account_id = fields.Many2one(
        "lengow.account", string="Lengow Account", readonly=True
    )
    marketplace_id = fields.Many2one("lengow.marketplace", readonly=True)
    # What somebody searches by who keeps books alone, and may read no orders.
    order_name = fields.Char(related="order_id.name", string="Marketplace Order")
    marketplace_name = fields.Char(
        related="marketplace_id.name", string="Marketplace Name"
    )
    company_id = fields.Many2one("res.company", readonly=True)
    country_id = fields.Many2one(
        "res.country", string="Delivery Country", readonly=True
    )
    territory = fields.Selection(
        TERRITORY_LABELS,
        readonly=True,
        help="The part of the delivery country that has taxes of its own.",
    )
    order_date = fields.Datetime(readonly=True)
    is_business = fields.Boolean(string="Business", readonly=True)

    # === FIELDS: of the line === #

    fiscal_position_id = fields.Many2one("account.fiscal.position", readonly=True)
    tax_id = fields.Many2one(
        "account.tax",
        readonly=True,
        help="The first one that is a share of the price.",
    )
    product_id = fields.Many2one("product.product", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount_untaxed = fields.Monetary(string="Untaxed", readonly=True)
    amount_tax = fields.Monetary(
        string="VAT Booked",
        readonly=True,
        help="Of the sale orders that are not canceled, without what is due by the "
        "piece, such as an eco-contribution.",
    )
    amount_told = fields.Monetary(
        string="VAT Told",
        readonly=True,
        help="What the marketplace tells. Of consumers, zero means that it does not "
        "tell it; VAT that it pays itself is left out.",
    )
    amount_difference = fields.Monetary(
        string="Difference",
        readonly=True,
        help="What was told less what is booked, where it was told.",
    )
    order_count = fields.Integer(
        string="Orders", readonly=True, aggregator="count_distinct"
    )
    is_told = fields.Boolean(string="Told", readonly=True)
    is_different = fields.Boolean(
        string="Differs",
        readonly=True,
        help="The order's VAT differs by more than its lines are rounded.",
    )

    _depends = {
        "account.tax": ["amount", "amount_type", "children_tax_ids", "sequence"],
        "lengow.account": ["deemed_supplier_fiscal_position_id"],
        "lengow.marketplace": ["deemed_supplier_fiscal_position_id"],
        "lengow.routing.rule": ["company_id", "deemed_supplier_fiscal_position_id"],
        "lengow.order": [
            *("account_id", "marketplace_id", "company_id", "country_id"),
            *("tax_territory", "order_date", "is_business", "currency_id"),
            *("amount_tax", "left_out_fee", "currency_rate", "routing_rule_id"),
        ],
        "lengow.order.line": ["order_id", "amount_tax", "kept_share"],
        "sale.order": ["lengow_order_id", "state", "fiscal_position_id"],
        "sale.order.line": [
            *("order_id", "product_id", "display_type", "product_uom_qty"),
            *("price_subtotal", "price_total", "tax_ids", "lengow_line_ref"),
        ],
    }

    @property
    def _table_query(self):
        self.env.cr.execute(PLANNING)
        return sql.query(self.env)

    # === ACTION METHODS === #

    def action_open_order(self):
        """Open the order that a row is of: whoever only keeps books has no other."""
        self.ensure_one()
        self.check_access("read")
        if self.env["lengow.order"].has_access("read"):
            return self.order_id._get_records_action()
        return self.sale_order_id._get_records_action()
