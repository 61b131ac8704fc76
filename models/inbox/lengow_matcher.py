import logging

from odoo import models
from odoo.tools import SQL

from ...mapper import ProductFinder
from ...mapper.products import spellings
from ..companies import by_company
from ..errors import contained

_logger = logging.getLogger(__name__)

# Those that are ready are matched by the import itself, in a moment.
UNSOLD_STATES = ("waiting", "error")


class LengowMatcher(models.AbstractModel):
    """Notes which products the lines of orders stand for, before they are imported.

    Whoever decides on an order wants to see whether there is stock for it.
    """

    _name = "lengow.matcher"
    _description = "Matching of Lengow Order Lines"

    def _match_waiting(self, orders):
        """Match the orders that somebody may look at before they are imported.

        A failure stops nothing: what is noted here is only shown.

        :param lengow.order orders: in system mode
        """
        waiting = orders.filtered(
            lambda o: o.import_state in UNSOLD_STATES and o.payload_digest
        )
        for _account, ours in by_company(waiting):
            self._match_safely(ours)

    def _match_safely(self, orders):
        """Match orders; what fails concerns an order and no other.

        :param lengow.order orders: of one account and company, not imported
        """
        with contained(self.env) as outcome:
            self._match(orders)
        if not (error := outcome.error):
            return
        if len(orders) == 1:
            message = "The products of %s could not be noted"
            _logger.error(message, orders, exc_info=error)
            return
        for order in orders:
            self._match_safely(order)

    def _match(self, orders):
        """Note the products of orders, as far as they are known and not in doubt.

        :param lengow.order orders: of one account and company, in it, not imported
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
            # By position: a line that was added comes last until it is read again.
            lines = {line.sequence: line for line in order.line_ids}
            for sequence, item in enumerate(content.lines):
                line = lines.get(sequence)
                if not line:
                    continue
                match = finder.find_one(order.marketplace_id, item)
                known = line.product_id, line.factor or 1.0
                if known != (match.product, match.factor):
                    line.write({"product_id": match.product.id, "factor": match.factor})

    def _find_by_number(self, skus):
        """Return the open orders that call a product by one of some numbers.

        A line shows the merchant's SKU; the marketplace's own number, which an alias
        may stand for, too, is in the payload only.

        :param skus: as aliases have them
        :return: in system mode: whoever names a SKU need not see all its orders
        :rtype: lengow.order
        """
        Order = self.env["lengow.order"].sudo()
        Line = self.env["lengow.order.line"].sudo()
        Order.flush_model(["payload"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT told.id
                  FROM (
                    SELECT id, jsonb_path_query(
                        payload, '$.packages[*].cart[*].marketplace_product_id'
                    ) #>> '{}' AS number
                      FROM lengow_order
                     WHERE id IN (%s UNION %s)
                  ) told
                 WHERE told.number = ANY(%s)
                """,
                Order._search([("import_state", "in", UNSOLD_STATES)]).subselect(),
                Line._search([("is_to_match", "=", True)]).subselect("order_id"),
                list(spellings(skus)),
            )
        )
        return Order.browse(id_ for (id_,) in rows)

    def _find_to_match(self, skus):
        """Return the lines with some SKUs that are sold as the fallback product.

        :param skus: as the orders show them
        :return: in system mode: whoever names a SKU need not see all its orders
        :rtype: lengow.order.line
        """
        Line = self.env["lengow.order.line"].sudo()
        return Line.search([("is_to_match", "=", True), ("sku", "in", list(skus))])
