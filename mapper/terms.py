"""What was paid on the marketplace for what Odoo books otherwise.

A sale order is booked at the exchange rate of its import, where Lengow converts, and
without the VAT that the marketplace pays itself. What Lengow tells later knows neither.
All other orders are booked as they are paid.
"""

from decimal import Decimal

from .sale_mapper import FEE_REF, SHIPPING_REF
from .taxes import is_collected_by_marketplace

AS_BOOKED = Decimal(1)


class Terms:
    """How much was paid for each unit of currency that is booked of an order."""

    def __init__(self, order):
        """Hold what Lengow tells now against what is booked.

        :param lengow.order order: imported, in system mode; where a document is for
            none or several, nothing differs
        """
        self.order = order
        is_known = len(order) == 1 and order.payload
        self.content = content = order._content() if is_known else None
        is_converted = content is not None and (
            content.original_total_order is not None
            and content.original_currency not in (None, content.currency)
        )
        self.differ = is_converted or (
            content is not None and is_collected_by_marketplace(content)
        )

    def of_line(self, line):
        """Return the ratio for a line, as far as it is sold.

        By the unit: some may be canceled already, here or there.

        :param lengow.order.line line: of the order
        :rtype: Decimal
        """
        rows = line._same_number() if line else line
        sold = line.sale_line_id or rows.sale_line_id[:1]
        if not (self.differ and sold.product_uom_qty):
            return AS_BOOKED
        told = dict(enumerate(self.content.lines)).get(line.sequence)
        if told is None or not told.quantity:
            return AS_BOOKED
        price = _decimal(sold.price_total) / _decimal(sold.product_uom_qty)
        units = _decimal(sold._lengow_units(float(told.quantity)))
        return _ratio(told.amount, price * units)

    def of_shipping(self):
        """Return the ratio for the shipping.

        :rtype: Decimal
        """
        if not self.differ:
            return AS_BOOKED
        living = self.order.sale_order_ids.order_line.filtered(
            lambda line: line.order_id.state != "cancel"
        )
        sold = living.filtered(lambda line: line.lengow_line_ref == SHIPPING_REF)
        booked = _decimal(sum(sold.mapped("price_total")))
        paid = self.content.shipping or Decimal(0)
        if not (self.order.left_out_fee or FEE_REF in living.mapped("lengow_line_ref")):
            paid += self.content.processing_fee or Decimal(0)  # sold as shipping
        return _ratio(paid, booked)

    def of_all(self):
        """Return the ratio for the order as a whole.

        :rtype: Decimal
        """
        if not self.differ:
            return AS_BOOKED
        lines = self.order.line_ids.filtered("sale_line_id")
        booked = {line: _decimal(line.sale_line_id.price_total) for line in lines}
        paid = sum(amount * self.of_line(line) for line, amount in booked.items())
        return _ratio(paid, sum(booked.values()))


def _ratio(paid, booked):
    return paid / booked if paid and booked else AS_BOOKED


def _decimal(amount):
    return Decimal(str(amount))
