from odoo import models

from ...mapper import ProductFinder
from ...mapper.products import spellings


class LengowMatcher(models.AbstractModel):
    """Notes which products the lines of orders stand for, before they are imported.

    Whoever decides on an order wants to see whether there is stock for it.
    """

    _name = "lengow.matcher"
    _description = "Matching of Lengow Order Lines"

    def _match_waiting(self, orders):
        """Match the orders that somebody may look at before they are imported.

        Those that are ready are matched by the import itself, in a moment.

        :param lengow.order orders: of one account, in system mode
        """
        waiting = orders.filtered(
            lambda o: o.import_state in ("waiting", "error") and o.payload_digest
        )
        for account, of_account in waiting.grouped("account_id").items():
            self._match(of_account.with_company(account.company_id))

    def _match(self, orders):
        """Note the products of orders, as far as they are known and not in doubt.

        :param lengow.order orders: of one account, not imported
        """
        contents = {order: order._content() for order in orders}
        finder = ProductFinder(
            orders.account_id,
            [
                (order.marketplace_id, item)
                for order, content in contents.items()
                for item in content.lines
            ],
        )
        for order, content in contents.items():
            for line, item in zip(order.line_ids, content.lines, strict=False):
                match = finder.find_one(order.marketplace_id, item)
                known = line.product_id, line.factor or 1.0
                if known != (match.product, match.factor):
                    line.write({"product_id": match.product.id, "factor": match.factor})

    def _match_skus(self, skus):
        """Match the orders again whose lines have one of some SKUs.

        :param skus: that have just got a product, or lost it
        """
        named = spellings(skus)
        if not named:
            return
        Line = self.env["lengow.order.line"].sudo()
        lines = Line.search(
            [
                ("sku", "in", list(named)),
                "|",
                ("order_id.import_state", "in", ("waiting", "error")),
                ("is_to_match", "=", True),
            ]
        )
        sold = lines.filtered("is_to_match")
        self._match_waiting((lines - sold).order_id)
        self.env["lengow.pairing"]._pair(sold)

    def _find_to_match(self, skus):
        """Return the lines with some SKUs that are sold as the fallback product.

        :param skus: as the orders show them
        :return: in system mode: whoever names a SKU need not see all its orders
        :rtype: lengow.order.line
        """
        Line = self.env["lengow.order.line"].sudo()
        return Line.search([("is_to_match", "=", True), ("sku", "in", list(skus))])
