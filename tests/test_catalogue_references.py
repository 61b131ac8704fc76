"""Under which identifier Lengow knows a product: for good, and only that product."""

from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from .common import line, package, payload
from .common.catalogue import CatalogueCase


@tagged("post_install", "-at_install")
class TestCatalogueReferences(CatalogueCase):
    def setUp(self):
        super().setUp()
        products = self.shirt | self.mug | self.hat | self.scarf
        self.catalogue.domain = f"[('id', 'in', {products.ids})]"
        self.catalogue.hold_lost = 100

    def identifiers(self):
        return {row.product_id: row.identifier for row in self.catalogue.row_ids}

    def issues(self, product):
        return self.row(product).issues

    def test_references_that_are_swapped_after_publication_move_no_identifier(self):
        self.publish()
        self.mug.default_code, self.hat.default_code = "HAT", "MUG"
        self.refresh()
        self.assertEqual(self.identifiers()[self.mug], "MUG")
        self.assertEqual(self.identifiers()[self.hat], "HAT")
        self.assertEqual(self.read_file()["MUG"]["sku"], "HAT")

    def test_references_that_are_swapped_before_publication_are_the_identifiers(self):
        self.catalogue.with_user(self.manager).action_refresh()
        self.mug.default_code, self.hat.default_code = "HAT", "MUG"
        self.publish()
        self.assertEqual(self.identifiers()[self.mug], "HAT")
        self.assertEqual(self.identifiers()[self.hat], "MUG")

    def test_two_products_with_one_reference_block_each_other_and_no_others(self):
        self.hat.default_code = "MUG"
        self.publish()
        self.assertEqual(set(self.read_file()), {"SHIRT", "SCARF"})
        for product, other in ((self.mug, self.hat), (self.hat, self.mug)):
            self.assertEqual(self.issues(product)[0], "duplicate_identifier")
            self.assertFalse(self.row(product).identifier)
            self.assertEqual(self.row(product).twins, other.display_name)
        self.hat.default_code = "HAT"
        self.refresh()
        self.assertEqual(len(self.read_file()), 4)
        self.assertFalse(self.row(self.mug).twins)

    def test_second_product_with_a_reference_before_publication_blocks_the_first(self):
        self.catalogue.with_user(self.manager).action_refresh()
        self.assertEqual(self.identifiers()[self.mug], "MUG")
        self.hat.default_code = "MUG"
        self.env["lengow.catalogue.refresher"]._refresh(
            self.catalogue, products=self.hat
        )
        self.assertEqual(self.issues(self.mug)[0], "duplicate_identifier")
        self.assertEqual(self.issues(self.hat)[0], "duplicate_identifier")

    def test_newcomer_with_a_published_reference_goes_without(self):
        self.hat.default_code = False
        self.publish()
        self.hat.default_code = "MUG"
        self.refresh()
        self.assertEqual(self.identifiers()[self.mug], "MUG")
        self.assertFalse(self.identifiers()[self.hat])
        self.assertEqual(self.issues(self.hat)[0], "duplicate_identifier")
        self.assertEqual(self.row(self.hat).twins, self.mug.display_name)
        self.assertFalse(self.row(self.mug).has_error)

    def test_newcomer_gets_the_reference_that_a_published_product_gave_up(self):
        self.hat.default_code = False
        self.publish()
        self.mug.default_code, self.hat.default_code = "CUP", "CAP"
        self.refresh()
        self.scarf.default_code = "X"
        new = self.create_product("SCARF")
        self.catalogue.domain = self.catalogue.domain.replace("]", f", {new.id}]", 1)
        self.refresh()
        # The scarf is known by it, whatever its reference is now.
        self.assertFalse(self.identifiers()[new])
        self.assertEqual(self.identifiers()[self.hat], "CAP")

    def test_successor_of_a_withdrawn_product_goes_on_under_its_identifier(self):
        self.mug.barcode = "5901234123457"
        self.publish()
        row = self.row(self.mug)
        self.mug.active = False
        self.refresh()
        self.assertEqual(row.state, "withdrawn")
        new = self.create_successor(barcode=self.mug.barcode)
        self.refresh()
        self.assertEqual(row.product_id, new)
        self.assertEqual(row.state, "listed")
        self.assertEqual(self.read_file()["MUG"]["status"], "Enabled")

    def test_other_goods_wait_for_an_identifier_until_nobody_orders_by_it(self):
        self.mug.barcode = "5901234123457"
        self.publish()
        row = self.row(self.mug)
        self.mug.active = False
        self.refresh()
        new = self.create_successor(barcode="9780201379624")
        self.refresh()
        self.assertEqual((row.product_id, row.state), (self.mug, "withdrawn"))
        self.assertEqual(self.issues(new)[0], "duplicate_identifier")
        self.assertEqual(self.row(new).twins, self.mug.display_name)
        order = self.import_payload(payload("A-1", package(line("MUG"))))
        self.assertNotEqual(order.line_ids.product_id, new)
        self.assertIn("Mug", order.error_message)
        row.withdrawn_at -= timedelta(days=16)
        self.refresh()
        self.assertEqual(self.identifiers()[new], "MUG")
        self.assertEqual(self.read_file()["MUG"]["status"], "Enabled")

    def test_product_that_only_left_the_selection_keeps_its_identifier(self):
        self.publish()
        row = self.row(self.mug)
        self.mug.default_code = "OLD"
        self.catalogue.domain = self.catalogue.domain.replace(f"{self.mug.id}, ", "")
        new = self.create_successor()
        self.refresh()
        self.assertEqual((row.product_id, row.state), (self.mug, "withdrawn"))
        self.assertFalse(self.identifiers()[new])

    def create_successor(self, **values):
        """Return a new product with the reference of the mug, in the catalog."""
        new = self.create_product("MUG", **values)
        self.catalogue.domain = self.catalogue.domain.replace("]", f", {new.id}]", 1)
        return new

    def test_successor_that_was_blocked_first_goes_on_under_the_identifier(self):
        self.publish()
        row = self.row(self.mug)
        new = self.create_product("MUG")
        self.catalogue.domain = self.catalogue.domain.replace("]", f", {new.id}]", 1)
        self.refresh()
        self.assertTrue(self.row(new).has_error)
        self.mug.product_tmpl_id.unlink()
        self.refresh()
        self.assertEqual(self.row(new), row)
        self.assertEqual(self.read_file()["MUG"]["status"], "Enabled")

    def test_identifiers_of_the_database_need_no_reference(self):
        self.catalogue.identity = "database"
        self.mug.default_code = self.hat.default_code = "SAME"
        self.publish()
        self.assertEqual(
            set(self.read_file()),
            {
                f"{product.product_tmpl_id.id}_{product.id}"
                for product in self.shirt | self.mug | self.hat | self.scarf
            },
        )

    # === PARENTS === #

    def create_variants(self):
        attribute = self.env["product.attribute"].create(
            {
                "name": "Size",
                "value_ids": [Command.create({"name": name}) for name in "SML"],
            }
        )
        template = self.env["product.template"].create(
            {
                "name": "Jacket",
                "is_storable": True,
                "list_price": 80.0,
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": attribute.id,
                            "value_ids": [Command.set(attribute.value_ids.ids)],
                        }
                    )
                ],
            }
        )
        for variant, name in zip(template.product_variant_ids, "SML", strict=True):
            variant.default_code = f"JACKET-{name}"
        self.catalogue.domain = f"[('product_tmpl_id', '=', {template.id})]"
        return template

    def test_parent_comes_before_its_variants_with_what_is_left_of_them(self):
        template = self.create_variants()
        self.catalogue.with_parents = True
        self.publish()
        lines = self.read_file()
        parent = f"T{template.id}"
        self.assertEqual(list(lines), [parent, "JACKET-S", "JACKET-M", "JACKET-L"])
        self.assertEqual(lines[parent]["type"], "parent")
        self.assertEqual(lines[parent]["quantity"], "15")
        self.assertEqual(lines[parent]["price_incl_tax"], "")
        self.assertEqual(lines[parent]["name"], "Jacket")
        self.assertEqual(lines["JACKET-S"]["parent_id"], parent)
        self.assertEqual(lines["JACKET-S"]["type"], "child")
        self.left[template.product_variant_ids[0].id] = 0
        self.addCleanup(self.left.clear)
        self.refresh()
        self.assertEqual(self.read_file()[parent]["quantity"], "10")
        sold_out = self.read_file()[template.product_variant_ids[0].default_code]
        self.assertEqual(sold_out["quantity"], "0", "and nothing of its parent's")
        with self.counted_writes() as statements:
            self.refresh(is_whole=True)
        self.assertEqual(statements, [])

    def test_variants_are_kept_together_without_a_row_of_their_parent(self):
        template = self.create_variants()
        self.publish()
        lines = self.read_file()
        self.assertEqual(len(lines), 3)
        self.assertEqual(
            {line["parent_id"] for line in lines.values()}, {f"T{template.id}"}
        )

    def test_parent_goes_with_the_last_of_its_variants(self):
        template = self.create_variants()
        self.catalogue.with_parents = True
        self.publish()
        template.product_variant_ids[:2].active = False
        self.refresh()
        parent = self.catalogue.row_ids.filtered(lambda row: row.kind == "parent")
        self.assertEqual((parent.state, parent.quantity), ("listed", 5))
        template.product_variant_ids.active = False
        self.refresh()
        self.assertEqual((parent.state, parent.quantity), ("withdrawn", 0))
