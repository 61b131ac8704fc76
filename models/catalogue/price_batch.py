"""The rules of pricelists for a batch of products, each found by what it is for.

Odoo searches the rules for all products at once and then tries every rule for every
product; and where a pricelist builds on another one it searches that one's for each
product anew. Here the rules of a batch are searched once for each pricelist, and a
product is tried with those alone that are for all products or for itself.
"""

from collections import defaultdict

# What a rule may be for alone, the only kinds that there are many of.
VARIANT, TEMPLATE = "0_product_variant", "1_product"
CONTEXT_KEY = "lengow_price_batch"


def with_bases(pricelists):
    """Return pricelists, and those that they build on.

    :param product.pricelist pricelists: any number
    :rtype: product.pricelist
    """
    found = every = pricelists
    while found:
        items = found.env["product.pricelist.item"].search(
            [("pricelist_id", "in", found.ids), ("base", "=", "pricelist")]
        )
        found = items.base_pricelist_id - every
        every |= found
    return every


class PriceBatch:
    """What pricelists ask their rules for, as long as a batch is priced."""

    def __init__(self, products):
        """Know no rules yet.

        :param product.product products: the batch
        """
        self._products = products
        self._ids = frozenset(products.ids)
        self._known = {}

    def covers(self, products):
        """Whether some products are one of the batch.

        :param products: of any model
        :rtype: bool
        """
        return (
            products._name == "product.product"
            and len(products) == 1
            and products.id in self._ids
        )

    def rules_for(self, product, pricelist, date, search):
        """Return the rules that may be for a product, in the order they are tried.

        :param product.product product: one that is covered
        :param product.pricelist pricelist: one
        :param date: at which the rules hold
        :param search: returns the rules for some products
        :rtype: product.pricelist.item
        """
        key = pricelist.id, date
        if key not in self._known:
            products = self._products.with_env(product.env)
            self._known[key] = _SortedRules(search(products))
        return self._known[key].of(product)


class _SortedRules:
    """Rules by the product that they are for alone, and those for more."""

    def __init__(self, rules):
        self._rules = rules
        self._general = []
        self._own = defaultdict(list)
        for place, rule in enumerate(rules):
            if rule.applied_on == VARIANT:
                self._own[VARIANT, rule.product_id.id].append(place)
            elif rule.applied_on == TEMPLATE:
                self._own[TEMPLATE, rule.product_tmpl_id.id].append(place)
            else:
                self._general.append(place)
        self._for_all = self._at(self._general)

    def of(self, product):
        own = [
            *self._own.get((VARIANT, product.id), ()),
            *self._own.get((TEMPLATE, product.product_tmpl_id.id), ()),
        ]
        return self._at(sorted([*own, *self._general])) if own else self._for_all

    def _at(self, places):
        ids = [self._rules._ids[place] for place in places]
        return self._rules.browse(ids).with_prefetch(self._rules._ids)
