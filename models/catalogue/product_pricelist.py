from functools import partial

from odoo import models

from .price_batch import CONTEXT_KEY


class ProductPricelist(models.Model):
    _inherit = "product.pricelist"

    def _get_applicable_rules(self, products, date, **kwargs):
        """Override of `product` to search the rules of a whole batch at once."""
        search = super()._get_applicable_rules
        batch = self.env.context.get(CONTEXT_KEY)
        if not (batch and self and batch.covers(products)) or kwargs:
            return search(products, date, **kwargs)
        return batch.rules_for(products, self, date, partial(search, date=date))
