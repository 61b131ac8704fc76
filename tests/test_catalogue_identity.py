"""What was published finds its product, whatever has become of it since."""

from odoo import Command, fields
from odoo.tests import tagged

from .common import line, package, payload
from .common.companies import CompaniesCase


@tagged("post_install", "-at_install")
class TestCatalogueIdentity(CompaniesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.catalogue = cls.create_catalogue()

    @classmethod
    def create_catalogue(cls, **values):
        return cls.env["lengow.catalogue"].create(
            {"name": "Shop", "account_id": cls.account.id, **values}
        )

    def publish(self, product, identifier, catalogue=None, **values):
        """Return the row of a product in the file that Lengow fetches."""
        return self.env["lengow.catalogue.row"].create(
            {
                "catalogue_id": (catalogue or self.catalogue).id,
                "product_id": product.id,
                "product_tmpl_id": product.product_tmpl_id.id,
                "identifier": identifier,
                "kind": "simple",
                "state": "listed",
                "published_at": fields.Datetime.now(),
                **values,
            }
        )

    def receive(self, number="A-1", sku="OLD", **values):
        return self.import_payload(payload(number, package(line(sku)), **values))

    def assertSold(self, order, product):
        self.assertEqual(order.import_state, "imported", order.error_message)
        self.assertEqual(order.line_ids.product_id, product)
        self.assertEqual(order.sale_order_ids.order_line.product_id, product)

    def assertUnknown(self, order):
        self.assertEqual(order.error_code, "product_missing")

    # === ROUND TRIP === #

    def test_what_was_published_is_sold_under_its_identifier(self):
        self.publish(self.shirt, "12_34")
        self.assertSold(self.receive(sku="12_34"), self.shirt)

    def test_a_reference_that_was_changed_finds_its_product(self):
        self.publish(self.shirt, "OLD")
        self.shirt.default_code = "NEW"
        self.assertSold(self.receive(sku="OLD"), self.shirt)
        self.assertSold(self.receive("A-2", "NEW"), self.shirt)

    def test_references_that_were_swapped_find_their_products(self):
        self.publish(self.shirt, "SHIRT")
        self.publish(self.mug, "MUG")
        self.shirt.default_code, self.mug.default_code = "MUG", "SHIRT"
        self.assertSold(self.receive("A-1", "SHIRT"), self.shirt)
        self.assertSold(self.receive("A-2", "MUG"), self.mug)

    def test_an_archived_product_is_sold_where_such_are(self):
        self.publish(self.shirt, "OLD")
        self.shirt.write({"default_code": "NEW", "active": False})
        self.account.unsaleable_products = "pass"
        self.assertSold(self.receive(sku="OLD"), self.shirt)

    def test_an_archived_product_is_named_and_not_the_one_with_its_reference(self):
        self.publish(self.shirt, "OLD")
        self.shirt.active = False
        self.mug.default_code = "OLD"
        order = self.receive(sku="OLD")
        self.assertEqual(order.error_code, "product_unusable")
        self.assertIn("Shirt", order.error_message)

    def test_its_orders_go_on_once_it_is_no_longer_archived(self):
        self.publish(self.shirt, "OLD")
        self.shirt.write({"default_code": "NEW", "active": False})
        order = self.receive(sku="OLD")
        self.assertEqual(order.error_code, "product_unusable")
        self.shirt.active = True
        self.assertEqual(order.import_state, "ready")
        self.sync()
        self.assertSold(order, self.shirt)

    def test_what_the_marketplace_appends_does_not_matter(self):
        self.publish(self.shirt, "OLD")
        self.assertSold(self.receive(sku="OLD_FBA"), self.shirt)

    def test_a_withdrawn_row_still_means_its_product(self):
        self.publish(self.shirt, "MUG", state="withdrawn")
        self.assertSold(self.receive(sku="MUG"), self.shirt)

    # === WHAT COMES BEFORE AND AFTER === #

    def test_an_alias_comes_before_it(self):
        self.publish(self.shirt, "OLD")
        self.env["lengow.product.alias"].create(
            {
                "account_id": self.account.id,
                "sku": "OLD",
                "product_id": self.mug.id,
            }
        )
        self.assertSold(self.receive(sku="OLD"), self.mug)

    def test_it_comes_before_the_field_that_lengow_names(self):
        self.publish(self.mug, self.shirt.barcode)
        named = line(
            "X", merchant_product_id={"field": "EAN", "id": self.shirt.barcode}
        )
        order = self.import_payload(payload("A-1", package(named)))
        self.assertSold(order, self.mug)

    def test_it_comes_before_the_field_that_is_chosen(self):
        self.publish(self.mug, self.shirt.barcode)
        self.account.product_match = "product.product.barcode"
        self.assertSold(self.receive(sku=self.shirt.barcode), self.mug)

    def test_a_removed_row_comes_last(self):
        self.publish(self.shirt, "MUG", state="removed")
        self.publish(self.shirt, "OLD", self.create_catalogue(), state="removed")
        self.assertSold(self.receive("A-1", "MUG"), self.mug)
        self.assertSold(self.receive("A-2", "OLD"), self.shirt)

    # === WHAT MEANS NOTHING === #

    def test_what_was_never_published_means_nothing(self):
        self.publish(self.shirt, "OLD", published_at=False)
        self.assertUnknown(self.receive(sku="OLD"))

    def test_the_row_of_a_parent_means_no_variant(self):
        self.publish(self.shirt, "T1", kind="parent")
        self.assertUnknown(self.receive(sku="T1"))

    def test_a_deleted_product_means_nothing_more(self):
        product = self.create_product("GONE")
        row = self.publish(product, "OLD")
        product.unlink()
        self.assertFalse(row.product_id)
        self.assertUnknown(self.receive(sku="OLD"))

    def test_what_another_account_published_means_nothing(self):
        self.account.active = False
        other = self.create_account(name="Other")
        other.action_connect()
        self.publish(self.shirt, "OLD")
        self.put(payload("A-1", package(line("OLD"))))
        self.sync(other)
        self.assertUnknown(self.order("A-1", other))

    def test_an_archived_catalog_is_still_remembered(self):
        self.publish(self.shirt, "OLD")
        self.catalogue.active = False
        self.assertSold(self.receive(sku="OLD"), self.shirt)

    # === SEVERAL CATALOGS === #

    def test_catalogs_that_agree_leave_no_doubt(self):
        self.publish(self.shirt, "OLD")
        self.publish(self.shirt, "OLD", self.create_catalogue())
        self.assertSold(self.receive(sku="OLD"), self.shirt)

    def test_catalogs_that_do_not_agree_stop_the_order_and_name_both(self):
        self.publish(self.shirt, "OLD")
        self.publish(self.mug, "OLD", self.create_catalogue())
        order = self.receive(sku="OLD")
        self.assertEqual(order.error_code, "product_ambiguous")
        self.assertIn("Shirt", order.error_message)
        self.assertIn("Mug", order.error_message)

    def test_what_is_offered_comes_before_what_was_withdrawn(self):
        self.publish(self.shirt, "OLD", state="withdrawn")
        self.publish(self.mug, "OLD", self.create_catalogue())
        self.assertSold(self.receive(), self.mug)

    def test_what_an_archived_catalog_lists_is_not_offered(self):
        """Nobody brings it up to date any more."""
        self.publish(self.shirt, "OLD")
        self.catalogue.active = False
        self.publish(self.mug, "OLD", self.create_catalogue())
        self.assertSold(self.receive(), self.mug)

    def test_what_was_withdrawn_by_two_stops_the_order_still(self):
        for catalogue, product in (
            (self.catalogue, self.shirt),
            (self.create_catalogue(), self.mug),
        ):
            self.publish(product, "OLD", catalogue, state="withdrawn")
        self.assertEqual(self.receive().error_code, "product_ambiguous")

    def test_own_company_comes_before_what_another_one_offers(self):
        self.add_rule(marketplace_id=self.shop.id)
        theirs = self.create_catalogue(name="B", company_id=self.company_b.id)
        self.publish(self.shirt, "OLD", state="withdrawn")
        self.publish(self.mug, "OLD", theirs)
        self.assertSold(self.receive(), self.shirt)

    def test_catalog_that_it_was_sold_from_comes_before_all_others(self):
        """Also where it offers the product no longer."""
        self.catalogue.lengow_number = 101
        self.publish(self.mug, "OLD", self.create_catalogue())
        row = self.publish(self.shirt, "OLD")
        for number, state in enumerate(("listed", "withdrawn", "removed")):
            row.state = state
            sold = line("OLD", feed_id=101)
            order = self.import_payload(payload(f"L-{number}", package(sold)))
            self.assertSold(order, self.shirt)
            order = self.import_payload(
                payload(
                    f"O-{number}", package(line("OLD")), order_meta={"feed_id": 101}
                )
            )
            self.assertSold(order, self.shirt)
        sold = line("OLD", feed_id=102)  # of which nobody knows anything
        self.assertSold(self.import_payload(payload("X", package(sold))), self.mug)

    def test_zero_is_no_number_of_a_catalog(self):
        self.publish(self.shirt, "MUG", state="removed")
        sold = line("MUG", feed_id=0)
        self.assertSold(self.import_payload(payload("Z", package(sold))), self.mug)

    def test_each_company_sells_what_it_has_published_itself(self):
        rule = self.add_rule(marketplace_id=self.shop.id)
        theirs = self.create_catalogue(name="B", company_id=self.company_b.id)
        self.publish(self.shirt, "OLD")
        self.publish(self.mug, "OLD", theirs)
        self.assertSold(self.receive("A-1"), self.shirt)
        order = self.receive("A-2", marketplace="cdiscount")
        self.assertEqual(order.company_id, rule.company_id)
        self.assertSold(order, self.mug)

    def test_a_product_of_another_company_is_refused_by_name(self):
        theirs = self.create_product("THEIRS", company_id=self.company_b.id)
        self.publish(theirs, "OLD")
        order = self.receive(sku="OLD")
        self.assertEqual(order.error_code, "product_unusable")

    # === WHO ASKS === #

    def test_a_user_matches_what_was_published_as_the_system_does(self):
        row = self.publish(self.shirt, "OLD")
        self.shirt.default_code = "NEW"
        row.published_at = False
        order = self.receive(sku="OLD")
        self.assertUnknown(order)
        row.published_at = fields.Datetime.now()
        order.with_user(self.user).action_import()
        self.assertSold(order, self.shirt)

    def test_a_batch_takes_one_query_more(self):
        self.publish(self.shirt, "OLD")
        self.assertEqual(self.shirt.with_user(self.user)._lengow_identifiers(), {"OLD"})

    def test_a_variant_is_found_and_not_its_sibling(self):
        color = self.env["product.attribute"].create(
            {
                "name": "Color",
                "value_ids": [Command.create({"name": n}) for n in ("Red", "Blue")],
            }
        )
        template = self.env["product.template"].create(
            {
                "name": "Cap",
                "taxes_id": [Command.set(self.tax.ids)],
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": color.id,
                            "value_ids": [Command.set(color.value_ids.ids)],
                        }
                    )
                ],
            }
        )
        red, blue = template.product_variant_ids
        self.publish(red, f"{template.id}_{red.id}", kind="child")
        self.publish(blue, f"{template.id}_{blue.id}", kind="child")
        self.publish(
            self.env["product.product"],
            f"T{template.id}",
            kind="parent",
            product_tmpl_id=template.id,
        )
        self.assertSold(self.receive("A-1", f"{template.id}_{blue.id}"), blue)
        self.assertUnknown(self.receive("A-2", f"T{template.id}"))
