"""What a person does with catalogs in the browser."""

from unittest.mock import patch

from odoo.tests import tagged

from .common.catalogue_screens import CatalogueScreenCase
from .common.jobs import JobCase
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


@tagged("post_install", "-at_install")
class TestCatalogueToursOnAPhone(TestCatalogueTours):
    browser_size = "390x844"
    touch_enabled = True
    allow_inherited_tests_method = True

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
