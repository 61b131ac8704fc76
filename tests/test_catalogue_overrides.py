"""What modules beside us do in another way than Odoo: they are asked, as ever."""

import functools
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import tagged

from ..models.catalogue import quotes, standards, stock_counts
from ..models.catalogue.quotes import Quotes
from ..models.overrides import are_known
from .common.catalogue import CatalogueCase

VALUE = "product.template.attribute.value"


@tagged("post_install", "-at_install")
class TestCatalogueOverrides(CatalogueCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(su=True)
        cls.attribute = cls.env["product.attribute"].create(
            {
                "name": "Scent",
                "value_ids": [
                    Command.create({"name": f"Scent {number}"}) for number in range(24)
                ],
            }
        )
        ids = cls.attribute.value_ids.ids
        cls.column = cls.env["lengow.catalogue.column"].create(
            {
                "catalogue_id": cls.catalogue.id,
                "header": "variant",
                "source": "standard",
                "standard": "child_name",
            }
        )
        cls.candles = cls.env["product.template"].create(
            [
                {
                    "name": f"Candle {first}",
                    "attribute_line_ids": [
                        Command.create(
                            {
                                "attribute_id": cls.attribute.id,
                                "value_ids": [Command.set(ids[first : first + 3])],
                            }
                        )
                    ],
                }
                for first in range(0, 24, 3)
            ]
        )

    def names(self):
        """Return the names of all variants, and how many queries that takes."""
        # A batch is read together, as that of a run is.
        products = self.env["product.product"].browse(
            self.candles.product_variant_ids.ids
        )
        content = self.env["lengow.catalogue.content"]
        queries = []
        for _time in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            texts = content._read(self.catalogue, self.column, products)
            queries.append(self.env.cr.sql_log_count - before)
        return [texts[id_]["variant"] for id_ in products.ids], queries[-1]

    def test_names_take_no_more_queries_than_those_of_odoo(self):
        names, queries = self.names()
        self.assertEqual(names[0], "Candle 0 (Scent 0)")
        nobody = {VALUE: (set(), standards.COMBINATION_NAMES[VALUE][1])}
        with patch.dict(standards.COMBINATION_NAMES, nobody):
            asked, most = self.names()
        self.assertEqual(asked, names)
        self.assertLessEqual(queries, most)

    def test_a_module_that_hides_values_names_variants(self):
        Value = self.registry[VALUE]
        self.assertTrue(are_known(self.env, standards.COMBINATION_NAMES))
        with patch.object(
            Value, "_is_from_single_value_line", lambda _value, _only_active=True: True
        ):
            self.assertFalse(are_known(self.env, standards.COMBINATION_NAMES))

    def test_whoever_wraps_a_method_of_odoo_has_a_say(self):
        Product = self.registry["product.product"]

        @functools.wraps(Product._compute_quantities_dict)
        def nothing(products, *_args, **_kwargs):
            return {id_: {} for id_ in products.ids}

        self.assertTrue(are_known(self.env, stock_counts.COUNTED_BY))
        with patch.object(Product, "_compute_quantities_dict", nothing):
            self.assertFalse(are_known(self.env, stock_counts.COUNTED_BY))

    def test_a_module_that_computes_extra_prices_makes_the_price(self):
        product = self.candles.product_variant_ids[0]

        def fifty(products):
            products.price_extra = 50.0

        company = self.env.company
        with patch.object(product._fields["price_extra"], "compute", fifty):
            product.invalidate_recordset()
            read = Quotes(company, product, fields.Datetime.now())
            prices = read._prices_without_rules(company.currency_id)
        self.assertEqual(prices, {product.id: product.list_price + 50.0})
        self.assertTrue(are_known(self.env, quotes.WITHOUT_RULES))
