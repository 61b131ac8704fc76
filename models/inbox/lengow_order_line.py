from odoo import fields, models

from ...lengow_api import LEFT_OUT_LINE_STATUSES, STATUS_LABELS


class LengowOrderLine(models.Model):
    """A line of a marketplace order, as Lengow tells it."""

    _name = "lengow.order.line"
    _description = "Lengow Order Line"
    _inherit = ["lengow.status.tone", "lengow.guarded"]
    _order = "order_id, sequence, id"
    _rec_name = "title"

    order_id = fields.Many2one(
        "lengow.order", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    sequence = fields.Integer(readonly=True)
    lengow_line_ref = fields.Char(
        string="Marketplace Line",
        readonly=True,
        help="The number that the marketplace gives this line.",
    )
    package_index = fields.Integer(
        string="Package", readonly=True, help="Each package has a delivery address."
    )
    sku = fields.Char(string="SKU", readonly=True, index="btree_not_null")
    title = fields.Char(string="Description", readonly=True)
    quantity = fields.Float(readonly=True, digits="Product Unit")
    currency_id = fields.Many2one(related="order_id.currency_id")
    amount_total = fields.Monetary(
        string="Total", readonly=True, help="For the whole line, tax included."
    )
    amount_tax = fields.Monetary(string="Tax", readonly=True)
    amount_refunded = fields.Monetary(
        string="Refunded",
        readonly=True,
        help="What the marketplace gives back of the line, tax included.",
    )
    lengow_status = fields.Selection(STATUS_LABELS, readonly=True)
    ship_before = fields.Datetime(readonly=True)
    product_id = fields.Many2one(
        "product.product",
        readonly=True,
        index="btree_not_null",
        help="The product that the SKU was found to stand for.",
    )
    sale_line_id = fields.Many2one(
        "sale.order.line",
        string="Sale Order Line",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    def _is_kept(self):
        """Return whether the buyer gets this line: it is alive and not of nothing."""
        self.ensure_one()
        return self.quantity > 0 and self.lengow_status not in LEFT_OUT_LINE_STATUSES
