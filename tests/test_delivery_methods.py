"""Which delivery method a sale order gets at its import, and what keeps it from one."""

from odoo.exceptions import UserError, ValidationError
from odoo.tests import HttpCase, tagged

from .common import line, package, payload
from .common.shipping import ShippingCase

SHOP = "cdiscount"


class DeliveryCase(ShippingCase):
    def setUp(self):
        super().setUp()
        self.shop = self.find_marketplace(SHOP)
        self.express = self.create_method("Express")
        self.van = self.create_method("Our Van")

    def receive(self, number, carrier=None, method=None, relay=None, **values):
        """Import an order that asks to be sent somehow, as its sender says."""
        tracking = {"carrier": carrier, "method": method, "number": None}
        if relay:
            tracking["relay"] = {"id": relay, "name": "Kiosk", "type": None}
        one = line(lengow_status="waiting_shipment")
        one["marketplace_order_line_id"] = f"{number}-L"
        values = {"marketplace": SHOP, **values}
        return self.import_payload(
            payload(number, package(one, trackings=[tracking]), **values)
        )

    def method_of(self, order):
        self.assertEqual(order.import_state, "imported", order.error_message)
        return order.sale_order_ids.carrier_id

    def add_rule(self, method, **values):
        return self.env["lengow.delivery.rule"].create(
            {
                "account_id": self.account.id,
                "delivery_method_id": method.id,
                **values,
            }
        )


@tagged("post_install", "-at_install")
class TestDeliveryAtImport(DeliveryCase):
    def test_nothing_chosen_is_as_ever(self):
        order = self.receive("M-1", "Colissimo")
        self.assertFalse(self.method_of(order))
        self.assertFalse(order.sale_order_ids.picking_ids.carrier_id)

    def test_the_carrier_that_the_order_names_chooses_by_code_or_label(self):
        self.map_carrier(SHOP, "MondialRelay")
        for number, name in enumerate(
            ("MondialRelay", "mondial-relay", "MONDIAL RELAY")
        ):
            order = self.receive(f"M-{number}", name)
            self.assertEqual(self.method_of(order), self.method, name)
            self.assertEqual(order.sale_order_ids.picking_ids.carrier_id, self.method)

    def test_an_archived_method_is_still_told_by_what_it_is_called(self):
        carrier = self.map_carrier(SHOP, "DPD", self.van)
        carrier.other_carrier_ids = self.express
        order = self.receive("M-1")
        picking = order.sale_order_ids.picking_ids
        picking.carrier_id = self.express
        self.express.active = False
        self.deliver(picking, "T1", method=self.express)
        self.assertEqual(self.ships_of(order).parameters["carrier"], "DPD")

    def test_a_further_method_is_refused_once_it_is_archived(self):
        carrier = self.map_carrier(SHOP, "DPD", self.van)
        carrier.other_carrier_ids = self.express
        self.express.active = False
        order = self.receive("M-1", "DPD", "EXPRESS")
        self.assertEqual(order.error_code, "delivery_method_unusable")

    def test_what_is_only_similar_chooses_nothing(self):
        self.map_carrier(SHOP, "Colissimo")
        self.assertFalse(self.method_of(self.receive("M-1", "Colissimo Access")))
        self.assertFalse(self.method_of(self.receive("M-2", "Coli")))

    def test_the_method_that_is_named_counts_where_no_carrier_is_linked(self):
        self.map_carrier(SHOP, "DPD")
        order = self.receive("M-1", "Chronopost", "DPD")
        self.assertEqual(self.method_of(order), self.method)

    def test_carrier_and_method_together_may_be_the_name(self):
        self.map_carrier(SHOP, "MondialRelay")
        order = self.receive("M-1", "Mondial", "Relay")
        self.assertEqual(self.method_of(order), self.method)

    def test_totals_and_lines_stay_the_marketplaces(self):
        self.method.write({"fixed_price": 99, "invoice_policy": "real"})
        self.map_carrier(SHOP, "Colissimo")
        plain = self.receive("M-1", shipping="4.90")
        chosen = self.receive("M-2", "Colissimo", shipping="4.90")
        self.assertTrue(self.method_of(chosen))
        [before, after] = plain.sale_order_ids, chosen.sale_order_ids
        self.assertEqual(after.amount_total, before.amount_total)
        self.assertEqual(len(after.order_line), len(before.order_line))
        self.assertFalse(any(after.order_line.mapped("is_delivery")))
        after.picking_ids.carrier_price = 7
        self.deliver(after.picking_ids, "T1")
        after.picking_ids._add_delivery_cost_to_so()
        self.assertEqual(after.amount_total, before.amount_total)

    def test_two_carriers_may_stand_for_one_method_and_the_one_asked_for_is_told(self):
        self.map_carrier(SHOP, "Colissimo")
        self.map_carrier(SHOP, "DPD")
        order = self.receive("M-1", "DPD")
        self.assertEqual(self.method_of(order), self.method)
        self.deliver(order.sale_order_ids.picking_ids, "T1")
        self.assertEqual(self.ships_of(order).parameters["carrier"], "DPD")
        other = self.receive("M-2")
        self.deliver(other.sale_order_ids.picking_ids, "T2")
        told = self.ships_of(other).parameters["carrier"]
        self.assertEqual(told, "Colissimo", "the namesake, where none is asked for")

    def test_what_is_asked_for_is_not_told_of_another_method(self):
        self.map_carrier(SHOP, "Colissimo")
        self.map_carrier(SHOP, "DPD", self.express)
        order = self.receive("M-1", "DPD")
        picking = order.sale_order_ids.picking_ids
        self.deliver(picking, "T1", method=self.method)
        self.assertEqual(self.ships_of(order).parameters["carrier"], "Colissimo")

    def test_of_two_methods_for_a_carrier_its_first_is_taken(self):
        carrier = self.map_carrier(SHOP, "Colissimo", self.van)
        carrier.other_carrier_ids = self.express
        self.assertEqual(self.method_of(self.receive("M-1", "Colissimo")), self.van)

    def test_of_two_methods_the_one_that_the_order_names_is_taken(self):
        carrier = self.map_carrier(SHOP, "Colissimo", self.van)
        carrier.other_carrier_ids = self.express
        order = self.receive("M-1", "Colissimo", "EXPRESS")
        self.assertEqual(self.method_of(order), self.express)

    def test_a_method_that_does_not_deliver_there_is_passed_over(self):
        carrier = self.map_carrier(SHOP, "Colissimo")
        carrier.other_carrier_ids = self.van
        self.method.country_ids = self.env.ref("base.be")
        self.assertEqual(self.method_of(self.receive("M-1", "Colissimo")), self.van)
        self.van.country_ids = self.env.ref("base.be")
        self.assertFalse(self.method_of(self.receive("M-2", "Colissimo")))

    def test_a_method_that_odoo_does_not_offer_for_the_goods_is_passed_over(self):
        carrier = self.map_carrier(SHOP, "Colissimo")
        carrier.other_carrier_ids = self.van
        product = self.env["product.product"].search([("default_code", "=", "SHIRT")])
        product.write({"weight": 20, "volume": 2})
        tag = self.env["product.tag"].create({"name": "Fragile"})
        product.product_tag_ids = tag
        other = tag.create({"name": "Cold"})
        limits = (
            {"max_weight": 10},
            {"max_volume": 1},
            {"excluded_tag_ids": tag.ids},
            {"must_have_tag_ids": other.ids},
            {"delivery_type": "base_on_rule"},
        )
        for number, limit in enumerate(limits):
            method = self.create_method(f"Limited {number}", **limit)
            carrier.carrier_id = method
            order = self.receive(f"M-{number}", "Colissimo")
            self.assertEqual(self.method_of(order), self.van, limit)
            wide = {"max_weight": 30, "max_volume": 3, "delivery_type": "fixed"}
            method.write(
                {**wide, "excluded_tag_ids": False, "must_have_tag_ids": tag.ids}
            )
            order = self.receive(f"N-{number}", "Colissimo")
            self.assertEqual(self.method_of(order), method, limit)

    def test_a_carrier_that_is_no_longer_offered_still_says_what_is_meant(self):
        self.map_carrier(SHOP, "Colissimo").active = False
        self.assertEqual(self.method_of(self.receive("M-1", "Colissimo")), self.method)

    def test_an_order_that_changes_its_carrier_before_the_import_gets_the_last(self):
        self.map_carrier(SHOP, "Colissimo")
        self.map_carrier(SHOP, "DPD", self.van)
        order = self.receive("M-1", "Colissimo", lengow_status="accepted")
        self.assertEqual(order.import_state, "waiting")
        order = self.receive("M-1", "DPD")
        self.assertEqual(self.method_of(order), self.van)

    def test_a_change_after_the_import_is_the_warehouses(self):
        self.map_carrier(SHOP, "Colissimo")
        self.map_carrier(SHOP, "DPD", self.van)
        order = self.receive("M-1", "Colissimo")
        self.receive("M-1", "DPD")
        self.assertEqual(self.method_of(order), self.method)
        self.assertFalse(order.change_kind)
        order.action_import_again()
        living = order._living_sales()
        self.assertEqual(living.carrier_id, self.van, "imported again: chosen anew")

    def test_what_the_order_names_is_told_wherever_it_stands(self):
        content = payload("M-1", package(line()), marketplace=SHOP)
        content["packages"][0]["cart"][0]["lengow_status"] = "waiting_shipment"
        relay = {"id": "7", "name": "Kiosk", "type": None}
        content["packages"][0]["delivery"]["trackings"] = [
            {"carrier": None, "method": None, "number": None, "relay": relay},
            {"carrier": "DPD", "method": None, "number": None},
        ]
        order = self.import_payload(content)
        none = self.env["delivery.carrier"]
        self.deliver(order.sale_order_ids.picking_ids, "T1", method=none)
        self.assertEqual(self.ships_of(order).parameters["carrier"], "DPD")

    def test_packages_of_an_order_are_chosen_for_one_by_one(self):
        self.map_carrier(SHOP, "Colissimo")
        self.map_carrier(SHOP, "MondialRelay", self.van)
        first, second = (line(lengow_status="waiting_shipment") for _ in range(2))
        first["marketplace_order_line_id"] = "1"
        second["marketplace_order_line_id"] = "2"
        relay = {"id": "7", "name": "Kiosk", "type": None}
        order = self.import_payload(
            payload(
                "M-1",
                package(first, trackings=[{"carrier": "Colissimo"}]),
                package(
                    second, trackings=[{"carrier": "MondialRelay", "relay": relay}]
                ),
                marketplace=SHOP,
            )
        )
        methods = order.sale_order_ids.sorted("lengow_package_index").carrier_id
        self.assertEqual(methods, self.method | self.van)

    def test_what_we_do_not_send_gets_none(self):
        self.shop.delivery_method_id = self.method
        fulfilled = [{"type": "is_delivered_by_marketplace", "label": "Fulfilled"}]
        self.account.import_fulfilled_by_marketplace = True
        order = self.receive("M-1", order_types=fulfilled)
        self.assertFalse(self.method_of(order))
        order = self.receive("M-2", lengow_status="shipped")
        self.assertFalse(self.method_of(order))
        order = self.receive("M-3", lengow_status="pickup_to_prepare")
        self.assertFalse(self.method_of(order))
        self.assertEqual(self.method_of(self.receive("M-4")), self.method)

    def test_what_has_left_calls_no_carrier_again(self):
        self.shop.delivery_method_id = self.method
        lines = line(), line("MUG", "10.00", 2)
        for number, status in enumerate(("shipped", "waiting_shipment")):
            lines[number]["marketplace_order_line_id"] = f"M-1-{number}"
            lines[number]["lengow_status"] = status
        order = self.import_payload(
            payload("M-1", package(*lines), marketplace="galeries_lafayette")
        )
        self.assertFalse(self.method_of(order), "of another marketplace")
        self.account.delivery_method_id = self.van
        for one in lines:
            one["marketplace_order_line_id"] += "b"
        order = self.import_payload(
            payload("M-2", package(*lines), marketplace="galeries_lafayette")
        )
        self.assertEqual(self.method_of(order), self.van)
        pickings = order.sale_order_ids.picking_ids
        left = pickings.filtered("lengow_already_shipped")
        self.assertFalse(left.carrier_id)
        self.assertEqual((pickings - left).carrier_id, self.van)

    def test_a_sale_order_that_is_adopted_keeps_its_own(self):
        self.map_carrier(SHOP, "Colissimo")
        order = self.receive("M-1", "Colissimo")
        sale = order.sale_order_ids
        sale.carrier_id = self.van
        sale.lengow_order_id = False
        order.action_ids.unlink()
        order.unlink()
        self.env.flush_all()
        order = self.receive("M-1", "Colissimo", merchant_order_id=[sale.name])
        self.assertEqual(order.sale_order_ids, sale)
        self.assertEqual(sale.carrier_id, self.van)


@tagged("post_install", "-at_install")
class TestDeliveryDefault(DeliveryCase):
    def test_the_marketplaces_default_comes_before_the_accounts(self):
        self.account.delivery_method_id = self.van
        self.assertEqual(self.method_of(self.receive("M-1")), self.van)
        self.shop.delivery_method_id = self.express
        self.assertEqual(self.method_of(self.receive("M-2")), self.express)

    def test_what_is_asked_for_comes_before_the_default(self):
        self.shop.delivery_method_id = self.van
        self.map_carrier(SHOP, "Colissimo")
        self.assertEqual(self.method_of(self.receive("M-1", "Colissimo")), self.method)
        self.assertEqual(self.method_of(self.receive("M-2", "UPS")), self.van)

    def test_always_the_default_heeds_neither_rules_nor_carriers(self):
        self.map_carrier(SHOP, "Colissimo")
        self.add_rule(self.express)
        self.account.delivery_choice = "default"
        self.assertFalse(self.method_of(self.receive("M-1", "Colissimo")))
        self.account.delivery_method_id = self.van
        self.assertEqual(self.method_of(self.receive("M-2", "Colissimo")), self.van)
        self.shop.delivery_choice = "order"
        self.assertEqual(self.method_of(self.receive("M-3", "Colissimo")), self.express)

    def test_a_default_that_does_not_deliver_there_is_not_used(self):
        self.account.delivery_method_id = self.van
        self.van.country_ids = self.env.ref("base.be")
        self.assertFalse(self.method_of(self.receive("M-1")))

    def test_an_archived_or_foreign_default_is_refused_when_saved(self):
        self.van.active = False
        for owner in (self.account, self.shop):
            with self.assertRaisesRegex(ValidationError, owner.name + ".*Our Van"):
                owner.delivery_method_id = self.van
        foreign = self.create_method("Foreign")
        foreign.company_id = self.env["res.company"].create({"name": "Elsewhere"})
        for owner in (self.account, self.shop):
            with self.assertRaisesRegex(UserError, "Foreign"):
                owner.delivery_method_id = foreign


@tagged("post_install", "-at_install")
class TestDeliveryRules(DeliveryCase):
    def test_the_first_rule_that_fits_is_taken(self):
        self.map_carrier(SHOP, "Colissimo")
        self.add_rule(self.van, sequence=2)
        last = self.add_rule(self.express, sequence=3)
        order = self.receive("M-1", "Colissimo")
        self.assertEqual(self.method_of(order), self.van)
        last.sequence = 1
        order = self.receive("M-2", "Colissimo")
        self.assertEqual(self.method_of(order), self.express)

    def test_express_and_prime(self):
        self.add_rule(self.van, service="prime")
        self.add_rule(self.express, service="express")
        prime = [{"type": "is_prime", "label": "Prime"}]
        fast = [{"type": "is_express", "label": "Express"}]
        order = self.receive("M-1", order_types=prime + fast)
        self.assertEqual(self.method_of(order), self.van)
        self.assertEqual(
            self.method_of(self.receive("M-2", order_types=fast)), self.express
        )
        self.assertFalse(self.method_of(self.receive("M-3")))

    def test_a_relay_point_and_an_address(self):
        self.add_rule(self.van, destination="relay")
        order = self.receive("M-1", "Colissimo", relay="015632")
        self.assertEqual(self.method_of(order), self.van)
        self.assertTrue(order.sale_order_ids.partner_shipping_id.is_pickup_location)
        self.assertFalse(self.method_of(self.receive("M-2", "Colissimo")))
        self.add_rule(self.express, destination="address")
        self.assertEqual(self.method_of(self.receive("M-3")), self.express)

    def test_carrier_and_method_by_name_code_or_label(self):
        self.add_rule(self.van, carrier_name=" mondial relay ")
        self.add_rule(self.express, method_name="Next day")
        self.assertEqual(self.method_of(self.receive("M-1", "MondialRelay")), self.van)
        order = self.receive("M-2", "DPD", "next_day")
        self.assertEqual(self.method_of(order), self.express)
        self.assertFalse(self.method_of(self.receive("M-3", "DPD", "Standard")))
        self.assertFalse(self.method_of(self.receive("M-4")))

    def test_a_label_of_the_marketplace_means_its_code(self):
        self.add_rule(self.van, carrier_name="Colissimo")
        order = self.receive(
            "M-1", "FR_ColiposteColissimoRecommended", marketplace="ebay_fr"
        )
        self.assertEqual(self.method_of(order), self.van)

    def test_a_rule_of_one_marketplace_is_for_that_one_only(self):
        rule = self.add_rule(self.van, marketplace_id=self.shop.id)
        self.assertEqual(self.method_of(self.receive("M-1")), self.van)
        other = self.receive("M-2", marketplace="galeries_lafayette")
        self.assertFalse(self.method_of(other))
        rule.marketplace_id = False
        other = self.receive("M-3", marketplace="galeries_lafayette")
        self.assertEqual(self.method_of(other), self.van)

    def test_countries_are_told_apart_by_the_methods_own_countries(self):
        self.van.country_ids = self.env.ref("base.be")
        self.add_rule(self.van, sequence=1)
        self.add_rule(self.express, sequence=2)
        self.assertEqual(self.method_of(self.receive("M-1")), self.express)

    def test_bad_rules_are_refused_by_name(self):
        self.van.active = False
        with self.assertRaisesRegex(ValidationError, "Express → Our Van"):
            self.add_rule(self.van, service="express")
        second = self.create_account(name="Second", access_token="x")
        theirs = self.env["lengow.marketplace"].create(
            {"account_id": second.id, "code": "x", "name": "Theirs"}
        )
        with self.assertRaisesRegex(ValidationError, "Theirs"):
            self.add_rule(self.express, marketplace_id=theirs.id)
        foreign = self.create_method("Foreign")
        foreign.company_id = self.env["res.company"].create({"name": "Elsewhere"})
        with self.assertRaisesRegex(UserError, "Foreign"):
            self.add_rule(foreign)

    def test_rules_of_another_account_do_not_count(self):
        second = self.create_account(name="Second", access_token="x")
        self.add_rule(self.van, account_id=second.id)
        self.assertFalse(self.method_of(self.receive("M-1")))


@tagged("post_install", "-at_install")
class TestBrokenDelivery(DeliveryCase):
    """What points at an archived or foreign method stops its order alone."""

    def stopped(self, number, *words, **values):
        order = self.receive(number, **values)
        self.assertEqual(order.import_state, "error")
        self.assertEqual(order.error_code, "delivery_method_unusable")
        for word in words:
            self.assertIn(word, order.error_message)
        return order

    def opened(self, order):
        """Return what the button of the error opens."""
        user = self.create_user(
            "fixer", "lengow_connector.group_manager", "sales_team.group_sale_salesman"
        )
        action = order.with_user(user).action_fix()
        return self.env[action["res_model"]].browse(action["res_id"])

    def test_an_archived_default_stops_its_orders_and_no_others(self):
        self.shop.delivery_method_id = self.van
        self.van.active = False
        broken = payload("M-1", package(line()), marketplace=SHOP)
        fine = payload("M-2", package(line()), marketplace="galeries_lafayette")
        self.put(broken)
        self.put(fine)
        orders = self.sync()
        self.assertEqual(set(orders.mapped("import_state")), {"error", "imported"})
        order = orders.filtered(lambda o: o.import_state == "error")
        self.assertIn("Our Van", order.error_message)
        self.assertIn(self.shop.name, order.error_message)
        self.assertEqual(self.opened(order), self.shop)

    def test_the_accounts_default_opens_the_account(self):
        self.account.delivery_method_id = self.van
        self.van.active = False
        order = self.stopped("M-1", self.account.name)
        self.assertEqual(self.opened(order), self.account)

    def test_a_linked_carrier_whose_method_is_archived(self):
        carrier = self.map_carrier(SHOP, "Colissimo", self.van)
        self.van.active = False
        order = self.stopped("M-1", "Our Van", "Colissimo", carrier="Colissimo")
        self.assertEqual(self.opened(order), carrier)
        self.assertFalse(self.method_of(self.receive("M-2", "DPD")), "not asked for")

    def test_a_rule_whose_method_went_to_another_company(self):
        rule = self.add_rule(self.van, service="express")
        self.van.company_id = self.env["res.company"].create({"name": "Elsewhere"})
        fast = [{"type": "is_express", "label": "Express"}]
        order = self.stopped("M-1", "Express", "company", order_types=fast)
        self.assertEqual(self.opened(order), rule)
        self.assertFalse(self.method_of(self.receive("M-2")), "does not fit")

    def test_whatever_mends_it_lets_the_orders_go_on(self):
        def archive_default():
            self.van.active = True
            self.shop.delivery_method_id = self.van
            self.van.active = False

        mends = (
            lambda: self.van.write({"active": True}),
            lambda: self.shop.write({"delivery_method_id": self.express.id}),
            lambda: self.add_rule(self.express),
        )
        for number, mend in enumerate(mends):
            archive_default()
            order = self.stopped(f"M-{number}")
            mend()
            self.assertEqual(order.import_state, "ready", number)
            self.env["lengow.importer"]._process(order)
            self.assertTrue(self.method_of(order))

    def test_deleting_the_rule_or_its_method_lets_them_go_on(self):
        rule = self.add_rule(self.van)
        self.van.active = False
        order = self.stopped("M-1")
        rule.unlink()
        self.assertEqual(order.import_state, "ready")
        self.env["lengow.importer"]._process(order)
        self.map_carrier(SHOP, "Colissimo", self.van)
        order = self.stopped("M-2", carrier="Colissimo")
        self.van.unlink()
        self.assertEqual(order.import_state, "ready")

    def test_what_opens_is_what_the_order_was_stopped_by(self):
        self.van.country_ids = self.env.ref("base.be")
        self.add_rule(self.van)
        self.van.active = False
        self.shop.delivery_method_id = self.express
        self.express.active = False
        order = self.stopped("M-1", "Express", self.shop.name)
        self.assertEqual(self.opened(order), self.shop)

    def test_who_may_not_set_it_reads_who_may(self):
        self.shop.delivery_method_id = self.van
        self.van.active = False
        order = self.stopped("M-1")
        with self.assertRaisesRegex(UserError, "Choose Delivery Method"):
            order.with_user(self.user).action_fix()


@tagged("post_install", "-at_install")
class TestDeliveryTours(DeliveryCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.express.name = "Express Courier"
        self.keeper = self.create_user(
            "shopkeeper",
            "lengow_connector.group_manager",
            "sales_team.group_sale_manager",
            "stock.group_stock_user",
        )

    def test_a_manager_sets_what_orders_are_sent_by_and_sees_it(self):
        self.start_tour(
            "/odoo/lengow", "lengow_choose_delivery_methods", login="shopkeeper"
        )
        self.assertEqual(self.method_of(self.receive("TOUR-PLAIN")), self.van)
        fast = [{"type": "is_express", "label": "Express"}]
        order = self.receive("TOUR-EXPRESS", order_types=fast)
        self.assertEqual(self.method_of(order), self.express)
        self.start_tour(
            "/odoo/lengow", "lengow_see_delivery_methods", login="shopkeeper"
        )

    def test_a_table_links_methods_with_the_carriers_of_marketplaces(self):
        predict = self.create_method("DPD Predict")
        self.receive("TOUR-SOME")
        self.start_tour("/odoo/lengow", "lengow_link_by_method", login="shopkeeper")
        found = self.env["lengow.carrier"]._find_for
        self.assertEqual(found(self.shop, self.method).code, "Colissimo")
        self.assertEqual(found(self.shop, predict).code, "DPD")
        order = self.receive("TOUR-DPD", "DPD")
        self.assertEqual(self.method_of(order), predict)

    def test_an_order_that_waits_for_another_method_goes_on(self):
        self.shop.delivery_method_id = self.van
        self.van.active = False
        order = self.receive("TOUR-BROKEN")
        self.assertEqual(order.import_state, "error")
        self.start_tour(
            "/odoo/lengow", "lengow_mend_delivery_method", login="shopkeeper"
        )
        self.shop.with_user(self.keeper).delivery_method_id = self.express
        self.assertEqual(order.import_state, "ready")
        self.env["lengow.importer"]._process(order)
        self.assertEqual(self.method_of(order), self.express)
