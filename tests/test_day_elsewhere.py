"""A merchant's day on a phone, in French, and by keyboard alone."""

from odoo.tests import tagged

from .common.jobs import JobCase
from .common.shipping import ShippingCase

ADDON = "lengow_connector"


@tagged("post_install", "-at_install")
class TestOnAPhone(ShippingCase, JobCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_an_order_is_shipped_and_nothing_is_wider_than_the_screen(self):
        order = self.receive_to_ship("TOUR-PHONE", "cdiscount")
        self.start_tour("/odoo/lengow", "lengow_ship_on_a_phone", login="lengow-user")
        self.assertEqual(
            self.ships_of(order).parameters,
            {"carrier": "Colissimo", "tracking_number": "6A-PHONE"},
        )

    def test_what_the_marketplace_asks_for_is_typed_in_the_warehouse(self):
        # Odoo opens deliveries to nobody who may not read zip codes of carriers.
        self.create_user(
            "worker", "stock.group_stock_user", "base.group_partner_manager"
        )
        self.add_stock(self.shirt, 5)
        order = self.receive_to_ship("TOUR-WORKER", "cdiscount")
        picking = order.sale_order_ids.picking_ids
        self.start_tour("/odoo/deliveries", "lengow_deliver_on_a_phone", login="worker")
        self.assertEqual(picking.carrier_tracking_ref, "6A-PHONE")


@tagged("post_install", "-at_install")
class TestElsewhere(ShippingCase, JobCase):
    def test_an_order_is_accepted_in_french(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["ir.module.module"]._load_module_terms([ADDON], ["fr_FR"])
        self.user.lang = "fr_FR"
        self.account.undo_seconds = 60
        order = self.receive("TOUR-FR")
        self.start_tour(
            "/odoo/lengow-orders", "lengow_accept_in_french", login="lengow-user"
        )
        self.assertEqual(order.pending_kind, "accept")

    def test_an_order_is_shipped_by_keyboard_alone(self):
        order = self.receive_to_ship("TOUR-KEYS", "cdiscount")
        self.start_tour(
            "/odoo/lengow-orders", "lengow_ship_by_keyboard", login="lengow-user"
        )
        self.assertEqual(
            self.ships_of(order).parameters,
            {"carrier": "Colissimo", "tracking_number": "6A-KEYS"},
        )
