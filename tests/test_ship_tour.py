"""Shipping, in the browser."""

from odoo.tests import tagged

from .common import line
from .common.jobs import JobCase
from .common.shipping import ShippingCase


@tagged("post_install", "-at_install")
class TestShipTour(ShippingCase, JobCase):
    def test_an_order_is_shipped_from_its_delivery(self):
        self.create_user(
            "shipper",
            "lengow_connector.group_user",
            "stock.group_stock_user",
            "sales_team.group_sale_salesman_all_leads",
        )
        self.map_carrier("cdiscount", "Colissimo")
        self.add_stock(self.shirt, 5)
        order = self.receive_to_ship("TOUR-SHIP", "cdiscount")
        self.start_tour(
            "/odoo/lengow-orders", "lengow_ship_from_delivery", login="shipper"
        )
        ship = self.ships_of(order)
        self.assertEqual(
            ship.parameters, {"carrier": "Colissimo", "tracking_number": "6A-TOUR"}
        )
        self.send()
        self.assertEqual(ship.state, "accepted", ship.error_message)

    def test_the_dialog_asks_for_more_when_what_is_entered_calls_for_it(self):
        order = self.receive_to_ship("TOUR-OTHER", "manomano_fr")
        self.start_tour(
            "/odoo/lengow", "lengow_ship_by_other_carrier", login="lengow-user"
        )
        self.assertEqual(
            self.ships_of(order).parameters,
            {
                "carrier": "Other",
                "carrier_name": "My Van",
                "tracking_number": "TOUR-1",
                "tracking_url": "https://van.example.com/1",
            },
        )

    def test_pieces_are_shipped_as_they_were_typed_last(self):
        self.count_pieces()
        mugs = line("MUG", "10.00", 3)
        order = self.receive_to_ship("TOUR-PART", "galeries_lafayette", mugs)
        self.start_tour(
            "/odoo/lengow-orders", "lengow_ship_in_part", login="lengow-user"
        )
        self.assertEqual(self.ships_of(order).parameters["shipped_quantity"], "2")

    def test_numbers_of_many_orders_are_pasted_and_gaps_stay(self):
        orders = self.env["lengow.order"]
        for number in ("TOUR-1", "TOUR-2", "TOUR-3"):
            orders |= self.receive_to_ship(number, "cdiscount")
        self.start_tour("/odoo/lengow-orders", "lengow_ship_many", login="lengow-user")
        told = {
            ship.order_id.name: ship.parameters["tracking_number"]
            for ship in self.ships_of(orders)
        }
        self.assertEqual(told, {"TOUR-1": "N1", "TOUR-2": "N2", "TOUR-3": "N3"})
