from odoo.tests import tagged

from .common import LengowCase, payload


@tagged("post_install", "-at_install")
class TestAccount(LengowCase):
    def test_connecting_reads_marketplaces_and_carriers(self):
        self.assertEqual(self.account.state, "connected")
        self.assertEqual(self.account.lengow_account_ref, "4242")
        self.assertEqual(self.marketplace.name, "Amazon FR")
        self.assertGreater(len(self.marketplace.carrier_ids), 200)

    def test_synchronising_twice_imports_once(self):
        order = self.import_payload(payload())
        self.assertEqual(order.import_state, "imported", order.error_message)
        self.assertAlmostEqual(order.sale_order_ids.amount_total, 24.0)
        self.assertEqual(order.sale_order_ids.state, "sale")
        self.sync()
        self.assertEqual(len(order.sale_order_ids), 1)
