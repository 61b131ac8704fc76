"""Which field of products SKUs are matched by, and what unsaleable products do."""

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import LengowCase, line, package, payload

HS_CODE = "product.template.hs_code"


@tagged("post_install", "-at_install")
class TestProductMatch(LengowCase):
    def receive(self, number="A-1", sku="4006381333931", **values):
        return self.import_payload(payload(number, package(line(sku)), **values))

    def assertSold(self, order, product):
        self.assertEqual(order.import_state, "imported", order.error_message)
        self.assertEqual(order.sale_order_ids.order_line.product_id, product)

    # === THE FIELD === #

    def test_the_reference_comes_before_the_barcode(self):
        self.mug.default_code = self.shirt.barcode
        self.assertSold(self.receive(), self.mug)

    def test_the_barcode_comes_first_where_it_is_set_so(self):
        self.mug.default_code = self.shirt.barcode
        self.account.product_match = "barcode"
        self.assertSold(self.receive(), self.shirt)
        self.assertSold(self.receive("A-2", "SHIRT"), self.shirt)

    def test_the_choice_counts_more_than_the_field_that_lengow_names(self):
        self.mug.default_code = self.shirt.barcode
        self.account.product_match = "barcode"
        named = line(
            "X", merchant_product_id={"field": "SKU", "id": self.shirt.barcode}
        )
        order = self.import_payload(payload("A-1", package(named)))
        self.assertSold(order, self.shirt)

    def test_a_marketplace_may_choose_otherwise(self):
        self.mug.default_code = self.shirt.barcode
        self.marketplace.product_match = "barcode"
        self.assertSold(self.receive(), self.shirt)
        self.assertSold(self.receive("A-2", marketplace="cdiscount"), self.mug)

    def test_another_field_is_the_only_one(self):
        self.account.product_match = "product.product.barcode"
        self.assertSold(self.receive(), self.shirt)
        order = self.receive("A-2", "SHIRT")
        self.assertEqual(order.error_code, "product_missing")

    def test_a_field_of_the_product_means_its_only_variant(self):
        self.account.product_match = HS_CODE
        self.mug.product_tmpl_id.hs_code = "691200"
        self.assertSold(self.receive(sku="691200"), self.mug)

    def test_a_field_of_a_product_with_variants_means_none_of_them(self):
        self.account.product_match = HS_CODE
        color = self.env["product.attribute"].create(
            {
                "name": "Color",
                "value_ids": [Command.create({"name": n}) for n in ("Red", "Blue")],
            }
        )
        template = self.env["product.template"].browse(self.mug.product_tmpl_id.id)
        template.hs_code = "691200"
        template.attribute_line_ids = [
            Command.create(
                {
                    "attribute_id": color.id,
                    "value_ids": [Command.set(color.value_ids.ids)],
                }
            )
        ]
        self.assertEqual(len(template.product_variant_ids), 2)
        order = self.receive(sku="691200")
        self.assertEqual(order.error_code, "product_ambiguous")
        self.assertIn("691200", order.error_message)

    def test_only_texts_of_products_can_be_chosen(self):
        values = dict(
            self.account._fields["product_match"]._description_selection(self.env)
        )
        self.assertIn(HS_CODE, values)
        self.assertIn("product.product.default_code", values)
        self.assertNotIn("product.template.name", values, "it is translated")
        with self.assertRaisesRegex(ValidationError, "Test Shop.*template.name"):
            self.account.product_match = "product.template.name"

    def test_a_field_that_is_gone_stops_the_order_and_says_so(self):
        self.env.cr.execute(
            "UPDATE lengow_account SET product_match = 'product.template.x_gone'"
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        order = self.receive(sku="SHIRT")
        self.assertEqual(order.error_code, "product_field_missing")
        self.assertIn("x_gone", order.error_message)
        action = (
            self.env["lengow.mend"]
            .with_user(self.manager)
            ._mend(order.with_user(self.manager))
        )
        self.assertEqual(action["res_model"], "lengow.account")
        self.account.with_user(self.manager).product_match = "reference"
        self.assertEqual(order.import_state, "ready")

    def test_a_value_that_is_mended_lets_waiting_orders_go_on(self):
        self.account.product_match = HS_CODE
        order = self.receive(sku="691200")
        self.assertEqual(order.error_code, "product_missing")
        self.mug.product_tmpl_id.hs_code = "691200"
        self.assertEqual(order.import_state, "ready")

    def test_waiting_orders_are_matched_anew(self):
        order = self.import_payload(
            payload(
                "A-1",
                package(line("691200", lengow_status="waiting_acceptance")),
                lengow_status="waiting_acceptance",
            )
        )
        self.mug.product_tmpl_id.hs_code = "691200"
        self.assertFalse(order.line_ids.product_id)
        self.account.product_match = HS_CODE
        self.assertEqual(order.line_ids.product_id, self.mug)

    # === WHAT CANNOT BE SOLD === #

    def test_what_is_archived_or_not_for_sale_stops_the_order(self):
        for number, values in (("A-1", {"active": False}), ("A-2", {"sale_ok": False})):
            product = self.create_product(f"UNFIT-{number}", **values)
            order = self.receive(number, product.default_code)
            self.assertEqual(order.error_code, "product_unusable")

    def test_it_passes_where_it_is_set_so(self):
        self.account.unsaleable_products = "pass"
        self.marketplace.workflow = "confirm"
        for number, values in (("A-1", {"active": False}), ("A-2", {"sale_ok": False})):
            product = self.create_product(f"UNFIT-{number}", **values)
            order = self.receive(number, product.default_code)
            self.assertSold(order, product)
            self.assertEqual(order.sale_order_ids.state, "sale")

    def test_a_marketplace_may_stop_what_others_let_pass(self):
        self.account.unsaleable_products = "pass"
        self.marketplace.unsaleable_products = "stop"
        self.create_product("UNFIT", active=False)
        order = self.receive(sku="UNFIT")
        self.assertEqual(order.error_code, "product_unusable")
        self.marketplace.unsaleable_products = False
        self.assertEqual(order.import_state, "ready")

    # === WHAT HEALS BY ITSELF === #

    def test_a_deleted_double_lets_its_order_go_on(self):
        self.create_product("TWICE")
        other = self.create_product("TWICE")
        order = self.receive(sku="TWICE")
        self.assertEqual(order.error_code, "product_ambiguous")
        other.unlink()
        self.assertEqual(order.import_state, "ready")

    def test_a_deleted_alias_leaves_the_sku_to_its_own_product(self):
        gone = self.create_product("GONE")
        alias = self.env["lengow.product.alias"].create(
            {"account_id": self.account.id, "sku": "SHIRT", "product_id": gone.id}
        )
        gone.active = False
        order = self.receive(sku="SHIRT")
        self.assertEqual(order.error_code, "product_unusable")
        alias.unlink()
        self.assertEqual(order.import_state, "ready")
        self.assertEqual(order.line_ids.product_id, self.shirt)

    def test_an_alias_with_another_sku_frees_the_one_that_it_had(self):
        alias = self.env["lengow.product.alias"].create(
            {"account_id": self.account.id, "sku": "SHIRT", "product_id": self.mug.id}
        )
        order = self.import_payload(
            payload(
                "A-1",
                package(line("SHIRT", lengow_status="waiting_acceptance")),
                lengow_status="waiting_acceptance",
            )
        )
        self.assertEqual(order.line_ids.product_id, self.mug)
        alias.sku = "SHIRT-2"
        self.assertEqual(order.line_ids.product_id, self.shirt)

    def test_an_alias_that_moves_to_another_marketplace_frees_its_sku(self):
        gone = self.create_product("GONE")
        alias = self.env["lengow.product.alias"].create(
            {
                "account_id": self.account.id,
                "marketplace_id": self.marketplace.id,
                "sku": "SHIRT",
                "product_id": gone.id,
            }
        )
        gone.active = False
        order = self.receive(sku="SHIRT")
        self.assertEqual(order.error_code, "product_unusable")
        alias.marketplace_id = self.find_marketplace("cdiscount")
        self.assertEqual(order.import_state, "ready")

    def test_an_alias_of_the_marketplaces_own_number_lets_its_orders_go_on(self):
        for number, own in (("N-1", "MP-9"), ("N-2", 4711)):
            order = self.import_payload(
                payload(number, package(line("X1", marketplace_product_id=own)))
            )
            self.assertEqual(order.error_code, "product_missing")
            self.env["lengow.product.alias"].create(
                {
                    "account_id": self.account.id,
                    "sku": str(own),
                    "product_id": self.mug.id,
                }
            )
            self.assertEqual(order.import_state, "ready", own)

    def test_lines_that_change_their_order_keep_their_products(self):
        item = line("SHIRT", lengow_status="waiting_acceptance")
        more = line("MUG", "10.00", lengow_status="waiting_acceptance")
        status = {"lengow_status": "waiting_acceptance"}
        self.import_payload(payload("W-1", package(item), **status))
        order = self.import_payload(payload("W-1", package(more, item), **status))
        self.assertEqual(
            {row.sku: row.product_id.default_code for row in order.line_ids},
            {"SHIRT": "SHIRT", "MUG": "MUG"},
        )
