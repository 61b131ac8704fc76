"""Looking again at orders by what settings and products say now.

a setting changes ──► the first orders are looked at once: judged, matched, offered
                            │
                            └─ the others are marked ──► by the import, batch by batch

Whoever saves a setting waits for a moment only, however many orders there are.
"""

from odoo import models

from ...mapper.products import spellings

# What whoever saves something waits for; as many as a click imports.
ORDERS_AT_ONCE = 500
# Their sale orders are changed, with deliveries.
LINES_AT_ONCE = 100


class LengowSecondLook(models.AbstractModel):
    """Judges and matches orders anew, those that are many a few at a time."""

    _name = "lengow.second.look"
    _description = "Second Look at Lengow Orders"

    def _look_soon(self, orders):
        """Look at orders now, as far as somebody can wait for it, and soon at the rest.

        :param lengow.order orders: of any account and state, in system mode
        """
        now = orders[:ORDERS_AT_ONCE]
        self._look(now)
        self._leave(orders - now)
        if "ready" in now.mapped("import_state"):
            self._trigger()

    def _match_soon(self, skus, told=None):
        """Match the orders again whose lines have one of some SKUs.

        :param skus: that have just got a product, or lost it
        :param lengow.order told: more orders, that tell them otherwise
        """
        named = spellings(skus)
        if not named:
            return
        lines = (
            self.env["lengow.order.line"]
            .sudo()
            .search(
                [
                    "|",
                    ("sku", "in", list(named)),
                    ("order_id", "in", told.ids if told else []),
                    "|",
                    ("order_id.import_state", "in", ("waiting", "error")),
                    ("is_to_match", "=", True),
                ]
            )
        )
        sold = lines.filtered("is_to_match")
        orders = (lines - sold).order_id
        self.env["lengow.matcher"]._match_waiting(orders[:ORDERS_AT_ONCE])
        self._leave(orders[ORDERS_AT_ONCE:])
        self._pair_soon(sold)

    def _pair_known(self, domain):
        """Exchange the fallback product of orders' lines, where it is known by now.

        Whoever named a SKU may not have seen an order that came in at that moment.

        :param domain: of the orders
        :return: the lines that were to be matched, in system mode
        :rtype: lengow.order.line
        """
        Line = self.env["lengow.order.line"].sudo()
        sold = Line.search([("is_to_match", "=", True), ("order_id", "any", domain)])
        self._pair_soon(sold)
        return sold

    def _pair_soon(self, lines):
        """Exchange the fallback product of lines whose SKUs are known by now.

        :param lengow.order.line lines: to be matched, in system mode
        """
        now = lines[:LINES_AT_ONCE]
        self.env["lengow.pairing"]._pair(now)
        self._leave((lines - now).order_id)

    def _leave(self, orders):
        if orders:
            orders.is_outdated = True
            self._trigger()

    def _trigger(self):
        self.env.ref("lengow_connector.cron_process_orders").sudo()._trigger()

    def _look(self, orders):
        """Decide anew what is to be done with orders.

        :param lengow.order orders: of any account and state, in system mode
        """
        orders.filtered("is_outdated").is_outdated = False
        imported = orders.filtered(lambda order: order.import_state == "imported")
        self.env["lengow.pairing"]._pair(imported.line_ids.filtered("is_to_match"))
        open_ones = orders - imported
        were_aside = open_ones.filtered(lambda order: order.import_state == "ignored")
        self.env["lengow.judge"]._judge(open_ones)
        # Who was called to decide need not come any more, or is to come after all.
        were_aside.filtered(
            lambda order: order.import_state != "ignored"
        ).auto_accept_examined = False
        self.env["lengow.acceptance"]._offer(open_ones)
