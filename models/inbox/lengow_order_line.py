from odoo import api, fields, models
from odoo.tools import float_compare

from ...lengow_api import (
    BEFORE_SHIPMENT_STATUSES,
    LEFT_OUT_LINE_STATUSES,
    MILESTONES,
    SENT_STATUSES,
    SHIPPED_STATUSES,
    STATUS_LABELS,
)
from ...mapper.shipment import number_text


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
    sku = fields.Char(string="SKU", readonly=True, index="trigram")
    title = fields.Char(string="Description", readonly=True)
    quantity = fields.Float(readonly=True, digits="Product Unit")
    currency_id = fields.Many2one(related="order_id.currency_id")
    amount_total = fields.Monetary(
        string="Total", readonly=True, help="For the whole line, tax included."
    )
    amount_tax = fields.Monetary(string="Tax", readonly=True)
    amount_unit = fields.Monetary(
        string="Unit Price", compute="_compute_amount_unit", help="Tax included."
    )
    # Of all lines with its number, which are one line at the marketplace: what is split
    # over packages keeps its number.
    whole_quantity = fields.Float(compute="_compute_whole", digits="Product Unit")
    whole_amount = fields.Monetary(compute="_compute_whole")
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
    factor = fields.Float(
        string="Units per Piece",
        digits="Product Unit",
        readonly=True,
        help="How many of the product one piece on the marketplace is.",
    )
    product_image = fields.Image(related="product_id.image_128", string="Image")
    has_own_status = fields.Boolean(
        compute="_compute_has_own_status",
        help="Whether its status is not that of its order.",
    )
    stock_label = fields.Char(
        string="Available",
        compute="_compute_stock",
        compute_sudo=True,
        help="What is free of the product where the order is to be delivered from, as "
        "long as nothing is reserved for it.",
    )
    is_short = fields.Boolean(compute="_compute_stock", compute_sudo=True)
    sale_line_id = fields.Many2one(
        "sale.order.line",
        string="Sale Order Line",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    is_to_match = fields.Boolean(
        string="To Be Matched",
        readonly=True,
        help="It is sold as the fallback product, because nobody knows its SKU.",
    )

    may_match = fields.Boolean(
        compute="_compute_may_match",
        help="Whether its SKU waits for somebody to say which product it is.",
    )

    _to_match_idx = models.Index("(order_id) WHERE is_to_match IS TRUE")
    # A whole SKU is looked for, too, and by more than people.
    _sku_idx = models.Index("(sku) WHERE sku IS NOT NULL")

    # === COMPUTE METHODS === #

    @api.depends(
        "order_id.line_ids.lengow_line_ref",
        "order_id.line_ids.quantity",
        "order_id.line_ids.amount_total",
    )
    def _compute_whole(self):
        for line in self:
            same = line._same_number()
            line.whole_quantity = sum(same.mapped("quantity"))
            line.whole_amount = sum(same.mapped("amount_total"))

    @api.depends("amount_total", "quantity")
    def _compute_amount_unit(self):
        for line in self:
            line.amount_unit = line.amount_total / (line.quantity or 1.0)

    @api.depends("lengow_status", "order_id.lengow_status")
    def _compute_has_own_status(self):
        for line in self:
            own = line.lengow_status
            line.has_own_status = bool(own) and own != line.order_id.lengow_status

    @api.depends(
        "product_id",
        "is_to_match",
        "quantity",
        "lengow_status",
        "order_id.import_state",
        "order_id.anonymised_at",
    )
    def _compute_may_match(self):
        for line in self:
            order = line.order_id
            waits = order.import_state in ("waiting", "error") and line._is_kept()
            is_unknown = line.is_to_match or (waits and not line.product_id)
            line.may_match = is_unknown and not order.anonymised_at

    @api.depends(
        "product_id", "quantity", "factor", "sale_line_id", "order_id.lengow_status"
    )
    @api.depends_context("lang")
    def _compute_stock(self):
        for line in self:
            line.stock_label, line.is_short = line._stock()

    # === ACTION METHODS === #

    def action_match(self):
        """Open the matching of the order's unknown SKUs with products.

        :return: the dialog
        """
        self.order_id.check_access("write")
        return self.env["lengow.order.resolve"]._open_for(self.order_id)

    # === HELPERS === #

    def _same_number(self):
        """Return the lines that the marketplace means by the number of this one.

        :return: in their order, itself among them
        :rtype: lengow.order.line
        """
        self.ensure_one()
        number = self.lengow_line_ref
        if not number:
            return self
        lines = self.order_id.line_ids.sorted(lambda line: (line.sequence, line.id))
        return lines.filtered(lambda line: line.lengow_line_ref == number)

    def _share_of(self, pieces):
        """Return how many of the pieces of its number are this line's, the first first.

        :param float pieces: of all lines with its number
        :rtype: float
        """
        for line in self._same_number():
            own = min(pieces, line.quantity)
            if line == self:
                return own
            pieces -= own
        return 0.0

    def _each_number(self):
        """Return the first of the lines of each number, and those without any.

        :rtype: lengow.order.line
        """
        first = {}
        for line in self.sorted(lambda line: (line.sequence, line.id)):
            first.setdefault(line.lengow_line_ref or line, line)
        return self.filtered(lambda line: first[line.lengow_line_ref or line] == line)

    def _stock(self):
        """Return what is free of the product in words, and whether it is too little.

        :rtype: tuple[str | bool, bool]
        """
        order, product = self.order_id, self.product_id
        is_open = (
            MILESTONES.get(order.lengow_status) == "to_accept"
            or order.lengow_status in BEFORE_SHIPMENT_STATUSES
        )
        if self.sale_line_id or not (is_open and product.is_storable):
            return False, False
        warehouse = order._find_warehouse()
        # Where the company has no warehouse, Odoo would look at those of all that are
        # allowed.
        free = product.with_context(
            warehouse_id=warehouse.id, allowed_company_ids=order.company_id.ids
        ).free_qty
        wanted = self._units()
        missing = wanted - free
        is_short = float_compare(missing, 0.0, precision_digits=2) > 0
        if not is_short:
            return self.env._("%s free", number_text(free)), False
        return (
            self.env._(
                "%(free)s free, %(missing)s missing",
                free=number_text(max(free, 0.0)),
                missing=number_text(min(missing, wanted)),
            ),
            True,
        )

    def _units(self):
        """Return how many of its product a line is.

        :rtype: float
        """
        self.ensure_one()
        return self.quantity * (self.factor or 1.0)

    def _is_kept(self):
        """Return whether the buyer gets this line: it is alive and not of nothing."""
        self.ensure_one()
        return self.quantity > 0 and self.lengow_status not in LEFT_OUT_LINE_STATUSES

    def _has_left(self):
        """Whether the marketplace shows that it has left for the buyer.

        Its own status decides, or else that of its order. What was refunded in part may
        have left or not: its parcels tell.

        :rtype: bool
        """
        order = self.order_id
        status = self.lengow_status or order.lengow_status
        if order._has_passed_shipment() or status in SENT_STATUSES:
            return True
        if status not in SHIPPED_STATUSES:
            return False
        ref = self.lengow_line_ref
        return any(
            parcel.number
            and parcel.shipped_at
            and ref in (parcel.marketplace_order_line_ids or [ref])
            for parcel in order._content().packages[self.package_index].trackings
        )
