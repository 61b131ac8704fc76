"""What a person does with catalogs in the browser."""

from unittest.mock import patch

from odoo.tests import tagged

from .common.catalogue_screens import CatalogueScreenCase
from .common.jobs import PRODUCTS, JobCase
from .test_catalogue_screens import REFRESH


@tagged("post_install", "-at_install")
class TestCatalogueTours(CatalogueScreenCase, JobCase):
    def test_three_fields_make_a_catalog(self):
        self.start_tour(
            "/odoo/lengow-catalogs", "lengow_new_catalogue", login=self.manager.login
        )
        catalogue = self.env["lengow.catalogue"].search(
            [("name", "=", "Our Shop in Spain")]
        )
        self.assertEqual(catalogue.state, "draft")
        self.assertTrue(catalogue.row_ids)

    def test_issue_is_mended_in_its_line_by_keyboard(self):
        self.manager.group_ids |= self.env.ref("product.group_product_manager")
        for product in self.mug | self.shirt:
            self.list_product(product, "no_weight")

        def refresh(service, catalogue, parts=(), products=None):
            rows = catalogue.row_ids.filtered(lambda r: r.product_id in products)
            rows.write({"issues": [], "has_warning": False})

        with patch(REFRESH, refresh):
            self.start_tour(
                "/odoo/lengow-catalog-issues",
                "lengow_mend_catalogue_issue",
                login=self.manager.login,
            )
        self.assertEqual(self.mug.weight, 0.4)

    def test_preview_shows_rows_and_sources(self):
        self.list_product(self.mug)
        self.start_tour(
            "/odoo/lengow-catalogs", "lengow_preview_catalogue", login=self.user.login
        )

    def test_catalog_is_published_and_its_address_asked_for(self):
        self.give_price_and_stock()
        self.start_tour(
            "/odoo/lengow-catalogs",
            "lengow_publish_catalogue",
            login=self.manager.login,
        )
        self.assertEqual(self.catalogue.state, "published")

    def test_what_is_held_back_is_looked_at_and_released(self):
        # Of two that are lost at least is asked.
        others = self.create_product("HAT") | self.create_product("SCARF")
        self.give_price_and_stock(others)
        catalogue = self.catalogue.with_user(self.manager)
        catalogue.action_publish()
        others.active = False
        catalogue.action_refresh()
        self.assertEqual(catalogue.state, "held")
        self.start_tour(
            "/odoo/lengow-catalogs",
            "lengow_release_catalogue",
            login=self.manager.login,
        )
        self.assertEqual(catalogue.state, "published")

    def test_columns_are_put_in_order_without_a_mouse(self):
        self.publish(["id"], [["MUG"]])
        self.start_tour(
            "/odoo/lengow-catalogs",
            "lengow_order_columns_by_keyboard",
            login=self.manager.login,
        )
        self.env.invalidate_all()
        self.assertEqual(self.catalogue.column_ids[0].header, "condition")
        self.assertEqual(self.catalogue.lengow_number, 77)

    def test_what_lengow_has_refused_says_what_to_do(self):
        self.publish(["id"], [["MUG"]])
        self.catalogue.push_error = "The catalog at Lengow is a draft."
        self.list_product(
            self.mug,
            push_error="Product 'MUG' not found in catalogue 77.",
            pushed_digest="1",
        )
        self.list_product(self.shirt)
        self.start_tour(
            "/odoo/lengow-catalogs",
            "lengow_see_what_was_refused",
            login=self.user.login,
        )

    def test_products_are_switched_in_their_list(self):
        self.manager.group_ids |= self.env.ref("sales_team.group_sale_manager")
        self.start_tour(PRODUCTS, "lengow_switch_products", login=self.manager.login)
        self.assertTrue(self.mug.lengow_is_selected)
        self.assertTrue(self.shirt.lengow_is_selected)

    def give_price_and_stock(self, *others):
        """Let the catalog hold two products and others, which may be published."""
        products = (self.mug | self.shirt).union(*others)
        products.write({"lst_price": 20.0})
        self.catalogue.domain = f"[('id', 'in', {products.ids})]"


@tagged("post_install", "-at_install")
class TestCatalogueToursOnAPhone(TestCatalogueTours):
    browser_size = "390x844"
    touch_enabled = True
    allow_inherited_tests_method = True

    def test_products_are_switched_in_their_list(self):
        """Override: on a phone the switch is on the product's tab."""

    def test_issue_is_mended_in_its_line_by_keyboard(self):
        """Override: on a phone lines are cards, and a tap opens a form."""
        self.manager.group_ids |= self.env.ref("product.group_product_manager")
        self.list_product(self.mug, "no_weight")
        with patch(REFRESH, lambda *args, **kwargs: None):
            self.start_tour(
                "/odoo/lengow-catalog-issues",
                "lengow_mend_catalogue_issue_on_a_phone",
                login=self.manager.login,
            )
        self.assertEqual(self.mug.weight, 0.4)
