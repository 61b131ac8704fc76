import math
from decimal import Decimal

from odoo import api, fields, models

from ...mapper import InvoicePart
from ...mapper.pricing import Pricing

# What conversions between units may lose, in pieces.
CONVERSION_LOSS = 1e-4


class SaleOrderLine(models.Model):
    _name = "sale.order.line"
    _inherit = ["sale.order.line", "lengow.guarded"]

    lengow_line_ref = fields.Char(
        string="Marketplace Line",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="The number that the marketplace gives this line, or what it is paid for.",
    )
    lengow_factor = fields.Float(
        string="Units per Marketplace Piece",
        digits="Product Unit",
        copy=False,
        readonly=True,
        help="How many of the product one piece on the marketplace is, such as 3 for a "
        "pack of three.",
    )
    lengow_is_to_match = fields.Boolean(
        string="To Be Matched",
        copy=False,
        readonly=True,
        help="Sold as the fallback product, because nobody knows its SKU.",
    )
    lengow_left_before_import = fields.Boolean(
        string="Already Shipped at Import",
        copy=False,
        readonly=True,
        help="The marketplace knew its shipment before the order was imported.",
    )

    _lengow_to_match_idx = models.Index("(order_id) WHERE lengow_is_to_match IS TRUE")

    # === PRICES: they are the marketplace's, whatever is edited around them === #

    def _compute_price_unit(self):
        """Override of `sale` to keep the price that the buyer paid."""
        return super(SaleOrderLine, self._lengow_priced_by_odoo())._compute_price_unit()

    def _compute_discount(self):
        """Override of `sale`: a pricelist has no say in what the buyer paid."""
        return super(SaleOrderLine, self._lengow_priced_by_odoo())._compute_discount()

    def _lengow_priced_by_odoo(self):
        return self.filtered(lambda line: not line.lengow_line_ref)

    def _prepare_invoice_line(self, **optional_values):
        """Override of `sale`: the invoices of a line sum to it, however many."""
        values = super()._prepare_invoice_line(**optional_values)
        if self.lengow_line_ref and values["display_type"] == "product":
            values.update(InvoicePart(self, values["quantity"]).values())
        return values

    # === GOODS IN THE MARKETPLACE'S OWN WAREHOUSE === #

    @api.depends("order_id.lengow_stays_out_of_stock")
    def _compute_qty_delivered_method(self):
        """Override of `sale_stock`: what is not in our stock is delivered by hand."""
        result = super()._compute_qty_delivered_method()
        for line in self:
            if line.order_id.lengow_stays_out_of_stock:
                line.qty_delivered_method = "manual"
        return result

    def _action_launch_stock_rule(self, **kwargs):
        """Override of `sale_stock`: the marketplace ships its own stock itself."""
        ours = self.filtered(lambda line: not line.order_id.lengow_stays_out_of_stock)
        return super(SaleOrderLine, ours)._action_launch_stock_rule(**kwargs)

    def _prepare_procurement_values(self):
        """Override of `sale_stock`: what is there already is not bought or made again.

        A product may be made to order, or sent by its supplier, wherever the
        marketplace does not ship it.
        """
        values = super()._prepare_procurement_values()
        order = self.order_id
        if order.lengow_is_fulfilled_by_marketplace:
            values["route_ids"] = order.warehouse_id.delivery_route_id
        return values

    def _lengow_mark_delivered_by_marketplace(self):
        """Count what the marketplace ships as delivered, so it can be invoiced."""
        for line in self:
            if line.order_id.lengow_stays_out_of_stock and line._lengow_is_goods():
                line.qty_delivered = line.product_uom_qty

    def _lengow_is_goods(self):
        """Whether a line is something to send, whoever sends it."""
        return self.product_id.type == "consu" and not self.display_type

    # === PIECES ON THE MARKETPLACE, UNITS HERE === #

    def _lengow_piece(self):
        """Return how many units one piece on the marketplace is, as this line counts.

        A pack is so many of the product, and somebody may count it in dozens here.

        :rtype: float
        """
        factor, own = self.lengow_factor or 1.0, self.product_id.uom_id
        counted = self.product_uom_id
        if counted == own or not (counted and own._has_common_reference(counted)):
            return factor
        return own._compute_quantity(factor, counted, round=False)

    def _lengow_units(self, pieces):
        """Return how many units here some pieces on the marketplace are.

        :param float pieces: as the marketplace counts
        :rtype: float
        """
        piece = self._lengow_piece()
        return pieces if piece == 1.0 else round(pieces * piece, 6)

    def _lengow_share(self, units):
        """Return how many pieces on the marketplace some units here are, exactly.

        It may be a part of a pack: no marketplace can be told so.

        :param float units: as this line counts
        :rtype: float
        """
        piece = self._lengow_piece()
        if piece == 1.0:
            return units
        share = units / piece
        return float(round(share)) if self._lengow_is_whole(share, piece) else share

    def _lengow_pieces(self, units):
        """Return how many whole pieces on the marketplace are complete in some units.

        Where a piece is one of the product, it is as many as there are.

        :param float units: as this line counts
        :rtype: float
        """
        share = self._lengow_share(units)
        is_pack = (self.lengow_factor or 1.0) != 1.0
        return float(math.floor(share)) if is_pack else share

    def _lengow_whole_share(self, units):
        """Return how many pieces some units are, None where one of them is a part.

        :param float units: as this line counts
        :rtype: float | None
        """
        share, piece = self._lengow_share(units), self._lengow_piece()
        is_told = (self.lengow_factor or 1.0) == 1.0
        return share if is_told or self._lengow_is_whole(share, piece) else None

    def _lengow_is_whole(self, share, piece):
        """Whether so many pieces are whole ones, but for what conversions have lost.

        Odoo rounds what it counts in another unit: of a dozen, a piece is 0.08.
        """
        loss = CONVERSION_LOSS
        if self.product_uom_id != self.product_id.uom_id:
            loss = max(loss, min(self.product_uom_id.rounding / piece / 2, 0.25))
        return abs(share - round(share)) <= loss

    # === WHAT IS STILL TO BE DELIVERED === #

    def _lengow_living_quantity(self):
        """Return how many are sold, none on a canceled sale order.

        :rtype: float
        """
        self.ensure_one()
        return 0.0 if self.order_id.state == "cancel" else self.product_uom_qty

    def _lengow_remaining(self):
        """Return how many are still to be delivered.

        :rtype: float
        """
        self.ensure_one()
        if self.product_id.type != "consu" or self.order_id.state == "cancel":
            return 0.0
        rest = max(0.0, self.product_uom_qty - self.qty_delivered)
        is_over = self.move_ids and all(
            move.state in ("done", "cancel") for move in self.move_ids
        )
        return 0.0 if is_over else rest

    def _lengow_reduce(self, quantity, total):
        """Sell fewer pieces, whose deliveries then are for fewer, too.

        A lock keeps people from editing; what the marketplace decided is no edit.

        :param float quantity: what is left of it
        :param Decimal total: what the buyer pays for that, with tax
        """
        self.ensure_one()
        values = {"product_uom_qty": quantity}
        if quantity:
            pricing = Pricing(
                self.company_id, self.currency_id, self.order_id.date_order
            )
            priced = pricing.line_values(
                self.product_id, Decimal(str(quantity)), total, self.tax_ids
            )
            values.update(
                (name, priced[name])
                for name in ("price_unit", "technical_price_unit", "extra_tax_data")
                if name in priced
            )
        locked = self.order_id.filtered("locked")
        locked.action_unlock()
        self.write(values)
        locked.action_lock()
        if not quantity:
            self._lengow_forget_unmatched()

    # === ANOTHER PRODUCT === #

    def unlink(self):
        """Override of `sale` to have nobody match what is not sold any more."""
        self.sudo()._lengow_forget_unmatched()
        return super().unlink()

    def _lengow_forget_unmatched(self):
        """Ask nobody to match what is not sold any more."""
        lines = self.filtered("lengow_is_to_match")
        if lines:
            rows = lines.order_id.lengow_order_id.line_ids
            rows.filtered(lambda row: row.sale_line_id in lines).is_to_match = False
            lines.lengow_is_to_match = False

    def _lengow_exchange(self, product, factor, taxes):
        """Sell another product for the same total, and deliver it instead.

        :param product.product product: that was meant
        :param float factor: how many of it one piece on the marketplace is
        :param account.tax taxes: of it, mapped by the fiscal position
        :raise UserError: if Odoo does not allow it any more
        """
        self.ensure_one()
        pieces = self._lengow_share(self.product_uom_qty)
        pricing = Pricing(self.company_id, self.currency_id, self.order_id.date_order)
        values = pricing.line_values(
            product,
            Decimal(str(pieces)) * Decimal(str(factor)),
            Decimal(str(self.price_total)),
            taxes,
        )
        locked = self.order_id.filtered("locked")
        locked.action_unlock()
        self.move_ids._action_cancel()
        if self.order_id.lengow_stays_out_of_stock:
            self.qty_delivered = 0.0  # counted below, as often as it is delivered now
        self.invalidate_recordset(["product_updatable"])
        self.with_context(skip_procurement=True).write(
            {
                "extra_tax_data": False,
                **values,
                "product_uom_id": product.uom_id.id,
                "lengow_factor": factor,
                "lengow_is_to_match": False,
            }
        )
        self._action_launch_stock_rule()
        self._lengow_mark_delivered_by_marketplace()
        locked.action_lock()

    # === WHAT THE MARKETPLACE INVOICES ITSELF === #

    @api.depends("order_id.lengow_order_id.marketplace_id.invoiced_by_marketplace")
    def _compute_invoice_status(self):
        """Override of `sale`: what the marketplace invoices is not to be invoiced."""
        result = super()._compute_invoice_status()
        for line in self:
            marketplace = line.order_id.sudo().lengow_order_id.marketplace_id
            if marketplace.invoiced_by_marketplace:
                line.invoice_status = "no"
        return result
