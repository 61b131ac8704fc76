"""The marketplace as a dimension of Odoo's own analyses and lists."""

from odoo import fields
from odoo.tests import tagged

from .common.shipping import ShippingCase


@tagged("post_install", "-at_install")
class TestMarketplaceDimension(ShippingCase):
    def setUp(self):
        super().setUp()
        self.sale = self.receive_to_ship("D-1", "cdiscount").sale_order_ids
        self.bought = self.sale.lengow_order_id.marketplace_id
        self.other = self.sale.copy({"lengow_order_id": False})
        self.accountant = self.create_accountant()

    def test_sales_are_analysed_by_marketplace(self):
        seller = self.create_user("seller", "sales_team.group_sale_salesman_all_leads")
        groups = (
            self.env["sale.report"]
            .with_user(seller)
            .formatted_read_group(
                [("product_id", "=", self.shirt.id)],
                ["lengow_marketplace_id"],
                ["product_uom_qty:sum"],
            )
        )
        found = {group["lengow_marketplace_id"]: group for group in groups}
        name = self.bought.display_name
        self.assertEqual(found[self.bought.id, name]["product_uom_qty:sum"], 1)
        self.assertEqual(found[False]["product_uom_qty:sum"], 1)

    def test_invoices_are_analysed_by_marketplace(self):
        self.deliver(self.sale.picking_ids)
        invoice = self.sale._create_invoices()
        invoice.action_post()
        self.assertEqual(invoice.invoice_date, fields.Date.context_today(invoice))
        report = self.env["account.invoice.report"].with_user(self.accountant)
        groups = report._read_group(
            [("move_id", "=", invoice.id)],
            ["lengow_marketplace_id"],
            ["price_subtotal:sum"],
        )
        self.assertEqual(groups, [(self.bought, 20)])

    def test_accountant_lists_and_groups_invoices_by_marketplace(self):
        self.deliver(self.sale.picking_ids)
        invoice = self.sale._create_invoices().with_user(self.accountant)
        name = self.bought.name
        found = invoice.search([("lengow_marketplace_name", "ilike", name)])
        self.assertEqual(found, invoice)
        groups = invoice._read_group(
            [("id", "in", invoice.ids)], ["lengow_marketplace_name"], ["__count"]
        )
        self.assertEqual(groups, [(name, 1)])
