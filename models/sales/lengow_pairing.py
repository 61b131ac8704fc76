"""Products for lines that were sold as the fallback product, once their SKUs are known.

The line sells the product itself then, for the same total, and delivers it. Where Odoo
does not allow that any more the line stays as it is, and the order says why.
"""

import logging

from odoo import models

from ...lengow_api import Line
from ...mapper import ProductFinder
from ...mapper.taxes import TaxMapper
from ..errors import contained

_logger = logging.getLogger(__name__)


class LengowPairing(models.AbstractModel):
    """Gives sale order lines the products that were unknown when they were imported."""

    _name = "lengow.pairing"
    _description = "Lengow: Products of Unknown SKUs"

    def _pair(self, lines):
        """Exchange the fallback product of lines whose SKUs are known by now.

        :param lengow.order.line lines: to be matched, in system mode
        """
        lines = lines.filtered("sale_line_id")
        for (_account, company), some in lines.grouped(
            lambda line: (line.order_id.account_id, line.order_id.company_id)
        ).items():
            ours = some.with_company(company)
            items = {line: self._item_of(line) for line in ours}
            pairs = [(line.order_id.marketplace_id, items[line]) for line in ours]
            finder = ProductFinder(ours.order_id.account_id, pairs)
            for line, (marketplace, item) in zip(ours, pairs, strict=True):
                match = finder.find_one(marketplace, item)
                if match.product:
                    self._pair_one(line, match)

    def _item_of(self, line):
        """Return what Lengow sent of a line; its SKU where that is gone."""
        items = line.order_id._content().lines if line.order_id.payload else ()
        known = dict(enumerate(items)).get(line.sequence)
        return known or Line(merchant_product_id=line.sku)

    def _pair_one(self, line, match):
        sold = line.sale_line_id
        fallback = sold.product_id
        reason = self._reason_to_keep(sold)
        if not reason:
            with contained(self.env) as outcome:
                self._exchange(line, sold, match)
            reason, error = outcome.reason, outcome.error
            if error and not outcome.is_for_people:
                # Whatever another module raises concerns this line and no other.
                _logger.error(
                    "Line %s could not get its product", line.id, exc_info=error
                )
                self._note_failure(line, match, error)
                return
        values = {"sku": line.sku or "?", "product": match.product.display_name}
        if reason:
            sold.lengow_is_to_match = line.is_to_match = False
            note = self.env._(
                "%(sku)s is %(product)s, but stays sold as %(fallback)s: %(reason)s",
                fallback=fallback.display_name,
                reason=reason,
                **values,
            )
        else:
            note = self.env._(
                "%(sku)s is %(product)s now, instead of %(fallback)s.",
                fallback=fallback.display_name,
                **values,
            )
        line.order_id._log_note(note)
        sold.order_id._message_log(body=note)

    def _note_failure(self, line, match, error):
        """Say that a line could not get its product, which may be tried again.

        :param Exception error: that undid it
        """
        self.env.invalidate_all(flush=False)
        line.order_id._log_note(
            self.env._(
                "%(sku)s is %(product)s, which could not be sold instead of "
                "%(fallback)s (%(error)s). Match the SKU again; if it stays, give your "
                "administrator the server log of this moment.",
                sku=line.sku or "?",
                product=match.product.display_name,
                fallback=line.sale_line_id.product_id.display_name,
                error=type(error).__name__,
            )
        )

    def _exchange(self, line, sold, match):
        fiscal_position = sold.order_id.fiscal_position_id
        taxes = TaxMapper(line.order_id.account_id).taxes(
            match.product, fiscal_position
        )
        sold._lengow_exchange(match.product, match.factor, taxes)
        line.write(
            {
                "product_id": match.product.id,
                "factor": match.factor,
                "is_to_match": False,
            }
        )

    def _reason_to_keep(self, sold):
        """Return why a sale order line has to stay as it is, maybe False."""
        if sold.order_id.state == "cancel":
            return self.env._("its sale order is canceled.")
        if sold.qty_invoiced or sold.invoice_lines:
            return self.env._("it is invoiced already.")
        if sold.qty_delivered and not sold.order_id.lengow_stays_out_of_stock:
            return self.env._("it is delivered already, at least in part.")
        if any(move.state == "done" for move in sold.move_ids):
            return self.env._("it is being prepared in the warehouse already.")
        return False
