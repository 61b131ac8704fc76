"""Which carrier of a marketplace a delivery method stands for."""

from odoo.tests import BaseCase, tagged

from ..lengow_api import MarketplaceDefinition
from ..mapper.carriers import clean, find_alike
from ..mapper.shipment import Shipment, ship_arguments
from .common.shipping import ShippingCase


class TestNames(BaseCase):
    def test_names_are_compared_without_what_differs_by_habit(self):
        self.assertEqual(clean(" Chrono-Post_2.Relais É"), "chronopost2relaise")
        self.assertEqual(clean(None), "")

    def test_the_same_name_comes_first_then_similar_ones(self):
        methods = [
            ("long", "My Mondial Relay Delivery"),
            ("same", "MONDIAL-RELAY"),
            ("part", "Mondial"),
        ]
        self.assertEqual(find_alike(("1", "Mondial Relay"), methods), "same")
        self.assertEqual(find_alike(("1", "Mondial Relay"), methods[::2]), "long")
        self.assertEqual(find_alike(("1", "Mondial Relay"), methods[2:]), "part")
        self.assertIsNone(find_alike(("1", "UPS"), methods))

    def test_the_code_comes_before_the_label(self):
        methods = [("label", "Express"), ("code", "DHL")]
        self.assertEqual(find_alike(("DHL", "Express"), methods), "code")

    def test_short_names_are_only_the_same_or_not(self):
        self.assertIsNone(find_alike(("1", ""), [("a", "Method 1")]))
        self.assertEqual(find_alike(("1", ""), [("a", "Method 1"), ("b", "1")]), "b")

    def test_a_code_of_zero_is_a_code(self):
        ship = {"args": ["carrier"], "status": ["waiting_shipment"]}
        definition = MarketplaceDefinition.from_payload(
            "x", {"orders": {"actions": {"ship": ship}}}
        )
        told = ship_arguments(definition.actions["ship"], Shipment(carrier_code="0"))
        self.assertEqual(told, {"carrier": "0"})

    def test_only_declared_arguments_go_and_defaults_only_where_demanded(self):
        ship = {
            "args": ["speed"],
            "optional_args": ["weight_class", "tracking_number"],
            "args_description": {
                "speed": {"default_value": "slow"},
                "weight_class": {"default_value": "light"},
            },
        }
        definition = MarketplaceDefinition.from_payload(
            "x", {"orders": {"actions": {"ship": ship}}}
        )
        told = ship_arguments(
            definition.actions["ship"],
            Shipment(carrier_code="DHL", method="DHL", number=" ", url="https://x"),
        )
        self.assertEqual(told, {"speed": "slow"})


@tagged("post_install", "-at_install")
class TestCarriers(ShippingCase):
    def test_a_proposal_is_made_and_only_a_person_confirms_it(self):
        carrier = self.find_carrier("cdiscount", "Colissimo")
        self.assertEqual(carrier.proposed_carrier_id, self.method)
        self.assertFalse(carrier.carrier_id)
        Carrier = self.env["lengow.carrier"]
        self.assertFalse(Carrier._find_for(carrier.marketplace_id, self.method))
        carrier.with_user(self.manager).action_confirm_proposal()
        self.assertEqual(carrier.carrier_id, self.method)
        self.assertEqual(
            Carrier._find_for(carrier.marketplace_id, self.method), carrier
        )

    def test_a_new_or_renamed_method_is_proposed(self):
        carrier = self.find_carrier("cdiscount", "MondialRelay")
        self.assertFalse(carrier.proposed_carrier_id)
        relay = self.create_method("mondial relay")
        self.assertEqual(carrier.proposed_carrier_id, relay)
        relay.name = "Something Else"
        self.assertFalse(carrier.proposed_carrier_id)

    def test_an_archived_method_is_not_proposed(self):
        carrier = self.find_carrier("cdiscount", "Colissimo")
        self.method.active = False
        self.assertFalse(carrier.proposed_carrier_id)

    def test_a_carrier_that_is_no_longer_offered_is_not_told(self):
        carrier = self.map_carrier("cdiscount", "Colissimo")
        Carrier = self.env["lengow.carrier"]
        carrier.active = False
        self.assertFalse(Carrier._find_for(carrier.marketplace_id, self.method))

    def test_several_methods_may_be_one_carrier(self):
        express = self.create_method("Express")
        carrier = self.map_carrier("cdiscount", "Colissimo")
        carrier.other_carrier_ids = express
        found = self.env["lengow.carrier"]._find_for(carrier.marketplace_id, express)
        self.assertEqual(found, carrier)

    def test_of_several_carriers_for_a_method_the_namesake_is_told(self):
        self.map_carrier("cdiscount", "Chronopost")
        namesake = self.map_carrier("cdiscount", "Colissimo")
        self.map_carrier("cdiscount", "DPD")
        found = self.env["lengow.carrier"]._find_for(
            namesake.marketplace_id, self.method
        )
        self.assertEqual(found, namesake)

    def test_values_that_only_an_argument_lists_can_be_mapped(self):
        for marketplace in ("galeries_lafayette", "amazon_fr"):
            self.assertTrue(self.find_carrier(marketplace, "Other"), marketplace)

    def test_the_delivery_method_shows_what_it_is_called(self):
        carrier = self.map_carrier("cdiscount", "Colissimo")
        method = self.method.with_user(self.user)
        self.assertEqual(method.lengow_carrier_ids, carrier)
