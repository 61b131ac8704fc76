"""What is left in a database once the addon is gone."""

from odoo import Command
from odoo.tests import tagged

from ..hooks import uninstall_hook
from .common.documents import DocumentCase

NAMES = ("shipping", "processing_fee", "discount", "difference")


@tagged("post_install", "-at_install")
class TestUninstall(DocumentCase):
    def setUp(self):
        super().setUp()
        # The settings of accounts name them, which is no use of them.
        self.assertTrue(self.account.shipping_product_id)
        self.products = {
            name: self.env.ref(f"lengow_connector.product_product_{name}")
            for name in NAMES
        }

    def known(self):
        """Return what is left of the external ids of products."""
        return (
            self.env["ir.model.data"]
            .search(
                [
                    ("module", "=", "lengow_connector"),
                    ("model", "in", ("product.product", "product.template")),
                ]
            )
            .mapped("name")
        )

    def test_products_that_nobody_used_go(self):
        templates = [one.product_tmpl_id for one in self.products.values()]
        uninstall_hook(self.env)
        self.assertFalse(any(one.exists() for one in self.products.values()))
        self.assertFalse(any(one.exists() for one in templates))
        self.assertEqual(self.known(), [])

    def test_products_on_documents_are_ordinary_ones_from_then_on(self):
        used = self.products["shipping"]
        sale = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Buyer"}).id,
                "order_line": [Command.create({"product_id": used.id})],
            }
        )
        uninstall_hook(self.env)
        self.assertEqual(sale.order_line.product_id, used)
        self.assertTrue(used.active and used.product_tmpl_id.exists())
        self.assertFalse(self.products["discount"].exists())
        self.assertEqual(self.known(), [])

    def test_files_of_catalogs_go(self):
        catalogue = self.env["lengow.catalogue"].create(
            {"name": "Catalog", "account_id": self.account.id}
        )
        self.env["lengow.catalogue.files"]._store(
            catalogue, "catalogue.csv", b"packed", "1"
        )
        self.assertTrue(catalogue._find_files())
        uninstall_hook(self.env)
        self.assertFalse(catalogue._find_files())

    def test_documents_with_the_data_of_buyers_go_and_those_of_others_stay(self):
        order = self.import_order("A-1")
        partner = self.env["res.partner"].create({"name": "Somebody"})
        files = self.env["ir.attachment"].create(
            [
                {"name": "label.pdf", "raw": b"x", "res_model": one._name,
                 "res_id": one.id}
                for one in (order, partner)
            ]
        )  # fmt: skip
        uninstall_hook(self.env)
        self.assertEqual(files.exists(), files[1])

    def test_documents_of_marketplaces_go_while_their_orders_name_them(self):
        order = self.order_with_documents("invoice.pdf")
        file = order.document_ids.attachment_id
        self.assertTrue(file)
        uninstall_hook(self.env)
        self.assertFalse(file.exists())

    def test_product_that_another_module_names_stays(self):
        named = self.products["discount"]
        self.env["ir.model.data"].create(
            {
                "module": "__export__",
                "name": "product_product_discount",
                "model": "product.product",
                "res_id": named.id,
            }
        )
        uninstall_hook(self.env)
        self.assertTrue(named.exists())
        self.assertEqual(self.known(), [])
