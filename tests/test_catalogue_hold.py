"""What goes on while a catalog is on hold, and what a person lets go."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from .common import line, package, payload
from .common.catalogue import TenProductsCase


@tagged("post_install", "-at_install")
class TestCatalogueSoldOut(TenProductsCase):
    """Four of ten products have nothing left all at once."""

    def hold(self):
        self.sell_out(self.more[:4])
        self.refresh()
        self.assertTrue(self.catalogue.held_zero)

    def told(self, name):
        """Return what the files say is left of a product; they agree."""
        quantity = self.read_file()[name]["quantity"]
        self.assertEqual(self.read_file("stock.csv")[name]["stock_quantity"], quantity)
        row = self.catalogue.row_ids.filtered(lambda row: row.identifier == name)
        self.assertEqual(str(row.published_quantity), quantity)
        return int(quantity)

    def sell(self, number, sku, quantity, minutes=1, **values):
        """Let an order come in so long after what the files say was true."""
        order = self.import_payload(
            payload(number, package(line(sku, quantity=quantity, **values)))
        )
        self.env.flush_all()
        moment = self.catalogue.told_until + timedelta(minutes=minutes)
        self.env.cr.execute(
            "UPDATE lengow_order SET create_date = %s WHERE id = %s", [moment, order.id]
        )
        self.env.invalidate_all()
        return order

    def test_what_sells_out_by_mistake_waits_and_nothing_rises(self):
        self.left[self.mug.id] = 2
        self.left[self.hat.id] = 9
        self.sell_out(self.more[:4])
        self.refresh()
        self.assert_held("4 of 10 products in stock", "P-0, P-1, P-2", "30 %")
        self.assertIn("go on being sold", self.catalogue.hold_reason)
        self.assertEqual(self.read_file()["P-0"], self.before["P-0"])
        self.assertEqual([self.told(n) for n in ("P-0", "MUG", "HAT")], [5, 2, 5])
        self.left[self.mug.id] = 4
        self.refresh()
        self.assertEqual(self.told("MUG"), 2)
        self.catalogue.with_user(self.manager).action_release()
        self.assertEqual([self.told(n) for n in ("P-0", "MUG", "HAT")], [0, 4, 9])
        self.assertFalse(any(self.catalogue.row_ids.mapped("held_quantity")))

    def test_few_sold_out_products_do_not_wait(self):
        self.sell_out(self.more[:3])
        self.refresh()
        self.assertEqual(self.catalogue.state, "published")
        self.assertEqual(self.read_file()["P-0"]["quantity"], "0")

    def test_what_really_sells_out_meanwhile_is_sold_no_more(self):
        self.hold()
        self.left[self.mug.id] = 0
        self.sell("A-1", "P-0", 5)
        self.refresh()
        for name in ("MUG", "P-0"):
            self.assertEqual(self.told(name), 5 if name == "MUG" else 0)
        line_ = self.read_file()["P-0"]
        self.assertEqual(line_["availability"], "outofstock")
        self.assertIn("5 of 10", self.catalogue.hold_reason)

    def test_orders_since_lower_what_waits_once_each(self):
        self.hold()
        self.sell("A-1", "P-0", 2)
        self.sell("A-2", "P-1", 2, minutes=-60)
        self.sell("A-3", "P-2", 2, lengow_status="canceled")
        for _run in range(2):
            self.refresh()
            self.assertEqual([self.told(f"P-{n}") for n in range(4)], [3, 5, 5, 5])
        self.sell("A-4", "P-0", 1)
        self.refresh()
        self.assertEqual(self.told("P-0"), 2)
        self.assertIn("4 of 10", self.catalogue.hold_reason)

    def test_orders_of_weeks_are_counted_without_being_read(self):
        self.hold()
        self.sell("A-1", "P-0", 1)
        self.refresh()
        queries = self.queries_of_run()
        for number in range(2, 5):
            self.sell(f"A-{number}", "P-0", 1)
        self.refresh()
        self.assertEqual(self.told("P-0"), 1)
        self.assertEqual(self.queries_of_run(), queries)

    def queries_of_run(self):
        """Return how often a run that changes nothing asks for lines of orders."""
        queries, execute = [], type(self.env.cr).execute

        def noting(cursor, query, *args, **kwargs):
            queries.append(str(getattr(query, "code", query)))
            return execute(cursor, query, *args, **kwargs)

        with patch.object(type(self.env.cr), "execute", noting):
            self.refresh()
        lines = [q for q in queries if 'FROM "lengow_order_line"' in q]
        self.assertFalse([q for q in lines if '"title"' in q], "they are read")
        return len(lines)

    def test_what_is_sold_elsewhere_lowers_it_too(self):
        self.hold()
        sale = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Walk-in"}).id,
                "order_line": [
                    Command.create(
                        {"product_id": self.more[0].id, "product_uom_qty": 3}
                    )
                ],
            }
        )
        self.refresh()
        self.assertEqual(self.told("P-0"), 5)
        sale.action_confirm()
        self.refresh()
        self.assertEqual(self.told("P-0"), 2)

    def test_hold_ends_by_itself_once_the_stock_is_back(self):
        self.hold()
        self.left.clear()
        self.left[self.more[0].id] = 3
        self.refresh()
        self.assertEqual(self.catalogue.state, "published")
        self.assertEqual([self.told("P-0"), self.told("P-1")], [3, 5])
        self.assertFalse(any(self.catalogue.row_ids.mapped("held_quantity")))

    def test_nothing_is_written_as_long_as_nothing_changes(self):
        self.hold()
        checksum, published = self.catalogue.checksum, self.catalogue.published_at
        with self.counted_writes() as statements:
            self.refresh()
        self.assertEqual(statements, [])
        self.assertEqual(self.catalogue.checksum, checksum)
        self.assertEqual(self.catalogue.published_at, published)

    def test_texts_and_prices_wait_too(self):
        self.hold()
        self.mug.name = "Cup"
        self.prices[self.mug.id] = 45.0
        self.refresh()
        told = self.read_file()["MUG"]
        self.assertEqual((told["name"], told["price_incl_tax"]), ("Mug", "50.00"))

    def test_of_what_leaves_the_catalog_no_more_is_sold_than_there_is(self):
        self.mug.active = False
        self.left[self.mug.id] = 1
        self.hold()
        self.assertEqual(self.told("MUG"), 1)

    def test_what_cannot_be_offered_is_sold_as_long_as_it_is_there(self):
        Pricing = self.registry["lengow.catalogue.pricing"]
        read = Pricing._read

        def fail(service, catalogue, columns, products):
            found = read(service, catalogue, columns, products)
            for id_ in found.keys() & set(self.more[:4].ids):
                found[id_] = found[id_]._replace(problem="price_failed")
            return found

        self.left[self.more[0].id] = 1
        with patch.object(Pricing, "_read", fail):
            self.refresh(is_whole=True)
            self.assert_held("4 of 10 products in stock")
            self.assertEqual([self.told("P-0"), self.told("P-1")], [1, 5])

    def test_a_parent_says_what_is_told_of_its_variants(self):
        size = self.env["product.attribute"].create(
            {
                "name": "Size",
                "value_ids": [Command.create({"name": name}) for name in "SML"],
            }
        )
        values = [Command.set(size.value_ids.ids)]
        template = self.env["product.template"].create(
            {
                "name": "Jacket",
                "list_price": 80.0,
                "is_storable": True,
                "attribute_line_ids": [
                    Command.create({"attribute_id": size.id, "value_ids": values})
                ],
            }
        )
        variants = template.product_variant_ids
        for variant, name in zip(variants, "SML", strict=True):
            variant.default_code = f"JACKET-{name}"
        catalogue = self.create_catalogue(
            name="Jackets",
            domain=f"[('product_tmpl_id', '=', {template.id})]",
            with_parents=True,
        )
        self.catalogue.active = False
        self.catalogue = catalogue
        self.publish()
        self.sell_out(variants[:2])
        self.refresh()
        parent = f"T{template.id}"
        self.assertTrue(self.catalogue.held_zero)
        self.assertEqual(self.told(parent), 15)
        self.sell("A-1", "JACKET-S", 2)
        self.left[variants[2].id] = 4
        self.refresh()
        self.assertEqual(
            [self.told(f"JACKET-{name}") for name in "SML"] + [self.told(parent)],
            [3, 5, 4, 12],
        )


@tagged("post_install", "-at_install")
class TestCatalogueRelease(TenProductsCase):
    """A person lets go what they have seen, and nothing else."""

    def release(self, **context):
        catalogue = self.catalogue.with_user(self.manager).with_context(**context)
        answer = catalogue.action_release()["params"]
        self.env.invalidate_all()
        return answer

    def test_numbers_that_have_changed_since_are_shown_first(self):
        self.more[:3].active = False
        self.refresh()
        seen = self.catalogue.hold_stamp
        self.more[3].active = False
        self.refresh()
        answer = self.release(lengow_hold_seen=seen)
        self.assertEqual(answer["type"], "warning")
        self.assertIn("Nothing was released", answer["message"])
        self.assert_held("of 10 products would be lost", "4 of 10")
        self.assertEqual(self.read_file()["P-0"]["status"], "Enabled")
        answer = self.release(lengow_hold_seen=self.catalogue.hold_stamp)
        self.assertEqual(answer["type"], "success")
        self.assertEqual(self.read_file()["P-3"]["status"], "Disabled")

    def test_rows_that_changed_after_the_last_run_are_counted_first(self):
        self.more[:3].active = False
        self.refresh()
        self.more[3].active = False
        self.env["lengow.catalogue.refresher"]._refresh(
            self.catalogue, products=self.more[3]
        )
        self.assertIn("3 of 10", self.catalogue.hold_reason)
        self.assertEqual(self.release()["type"], "warning")
        self.assertIn("4 of 10", self.catalogue.hold_reason)
        self.assertEqual(self.release()["type"], "success")
        self.assertEqual(self.catalogue.state, "published")

    def test_the_language_of_who_releases_makes_no_difference(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.more[:3].active = False
        self.refresh()
        self.assertEqual(self.release(lang="fr_FR")["type"], "success")

    def test_what_is_no_longer_too_much_is_released_without_a_question(self):
        self.more[:3].active = False
        self.refresh()
        self.catalogue.hold_lost = 90
        self.assertEqual(self.release()["type"], "success")
        self.assertEqual(self.catalogue.state, "published")
        self.assertEqual(self.read_file()["P-0"]["status"], "Disabled")
