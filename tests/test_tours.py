"""What a person does in the browser."""

from datetime import UTC, datetime

from odoo.tests import tagged

from .common import LengowCase, address, line, package, payload
from .common.jobs import JobCase


@tagged("post_install", "-at_install")
class TestTours(LengowCase, JobCase):
    def test_two_keys_connect_a_shop_and_its_order_waits_for_the_go(self):
        today = datetime.now(UTC).isoformat()
        self.put(payload("TOUR-ORDER", marketplace_order_date=today))
        self.create_user(
            "lengow-admin", "lengow_connector.group_manager", "base.group_system"
        )
        self.account.unlink()  # the keys of an account connect once
        # The address is not asked for; here it is the sandbox's instead of Lengow's.
        self.env["ir.default"].set("lengow.account", "base_url", self.server.url)
        self.start_tour(
            "/odoo/lengow-accounts", "lengow_connect_account", login="lengow-admin"
        )
        account = self.env["lengow.account"].search([("name", "=", "Tour Shop")])
        self.assertEqual(account.state, "connected")
        self.assertTrue(account.test_mode)
        self.assertFalse(self.order("TOUR-ORDER", account).sale_order_ids)

    def test_unknown_sku_is_found_resolved_and_imported(self):
        self.import_payload(payload("TOUR-GOOD"))
        order = self.import_payload(payload("TOUR-BROKEN", package(line("MYSTERY"))))
        self.user.group_ids |= self.env.ref("sales_team.group_sale_salesman_all_leads")
        self.start_tour(
            "/odoo/lengow", "lengow_resolve_unknown_sku", login="lengow-user"
        )
        self.assertEqual(order.import_state, "imported")
        self.assertEqual(order.sale_order_ids.order_line.product_id, self.shirt)
        self.assertFalse(order.activity_ids)

    def test_unknown_sku_that_was_sold_gets_its_product_three_in_a_pack(self):
        self.account.fallback_product_id = self.create_product("FALLBACK")
        lines = [line("MYSTERY", "30.00", 2), line()]
        order = self.import_payload(payload("TOUR-FALLBACK", package(*lines)))
        self.user.group_ids |= self.env.ref("sales_team.group_sale_salesman_all_leads")
        total = order.sale_order_ids.amount_total
        self.start_tour("/odoo/lengow", "lengow_match_fallback", login="lengow-user")
        sold = order.sale_order_ids.order_line[0]
        self.assertEqual(sold.product_id, self.mug)
        self.assertEqual(sold.product_uom_qty, 6)
        self.assertEqual(order.sale_order_ids.amount_total, total)

    def test_changed_address_is_applied(self):
        order = self.import_payload(payload("TOUR-CHANGED"))
        moved = package(delivery=address(first_line="2 rue du Test"))
        self.import_payload(payload("TOUR-CHANGED", moved))
        self.start_tour(
            "/odoo/lengow-orders", "lengow_changed_address", login="lengow-user"
        )
        self.assertEqual(
            order.sale_order_ids.partner_shipping_id.street, "2 rue du Test"
        )

    def test_missed_order_is_fetched(self):
        missed = payload("TOUR-MISSED")
        self.sandbox.put_order(missed)
        self.start_tour(
            "/odoo/lengow-orders", "lengow_fetch_order", login="lengow-user"
        )
        self.assertEqual(self.order("TOUR-MISSED").import_state, "imported")


@tagged("post_install", "-at_install")
class TestNarrowTours(LengowCase, JobCase):
    browser_size = "1280x800"

    def test_unknown_skus_are_told_by_their_whole_titles(self):
        self.user.group_ids |= self.env.ref("product.group_product_manager")
        title = "Cast iron casserole with lid, 24 cm, cherry red, for all hobs"
        skus = ("CASSEROLE", "KNIFE-BLOCK-OAK-4711")
        lines = [line(sku, title=title) for sku in skus]
        self.import_payload(payload("TOUR-1", package(*lines)))
        self.start_tour(
            "/odoo/lengow-orders-to-fix", "lengow_whole_matches", login="lengow-user"
        )
