"""Automatic acceptance: what it accepts, what it leaves to a person, and why."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..models.inbox.kits import Kits
from ..models.outbox.kinds import DECIDE_ACTIVITY
from .common import line
from .common.outbox import OutboxCase


class AutoAcceptCase(OutboxCase):
    """A marketplace that accepts by itself what there is stock for: 10 shirts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zalando = cls.find_marketplace("zalando")
        cls.zalando.auto_accept = True
        cls.account.user_id = cls.manager
        cls.add_stock(cls.shirt, 10)

    def _examined(
        self, number="A-1", quantity=1, amount="60.00", sku="SHIRT", **values
    ):
        """Import an order that waits for acceptance and let the cron look at it."""
        lines = [line(sku, amount, quantity, lengow_status="waiting_acceptance")]
        order = self.receive(number, lines=lines, **values)
        with self.crons():
            self.run_cron("cron_auto_accept")
        return order

    def assertLeft(self, order, reason):
        self.assertFalse(order.action_ids)
        self.assertRegex(order.activity_ids.note, reason)
        self.assertEqual(order.activity_ids.user_id, self.manager)
        self.assertRegex(order.message_ids[0].body, reason)

    def _receive_goods(self, quantity, days, product=None):
        """Let a receipt be due in so many days."""
        product = product or self.shirt
        picking_type = self.env["stock.picking.type"].search(
            [("code", "=", "incoming"), ("company_id", "=", self.company.id)], limit=1
        )
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": quantity,
                "date": fields.Datetime.now() + timedelta(days=days),
                "picking_type_id": picking_type.id,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": picking_type.default_location_dest_id.id,
            }
        )
        move._action_confirm()
        return move

    def _due(self, number, quantity, days, **values):
        """Have an order examined that is to be shipped in so many days."""
        due = (fields.Datetime.now() + timedelta(days=days)).isoformat() + "Z"
        lines = [
            line(
                "SHIRT",
                f"{quantity * 60}.00",
                quantity,
                lengow_status="waiting_acceptance",
                max_shipping_date=due,
            )
        ]
        order = self.receive(number, lines=lines, **values)
        with self.crons():
            self.run_cron("cron_auto_accept")
        return order


@tagged("post_install", "-at_install")
class TestAutoAccept(AutoAcceptCase):
    def test_an_order_that_passes_is_accepted_and_says_why(self):
        order = self._examined()
        self.assertEqual(order.action_ids.kind, "accept")
        self.assertFalse(order.activity_ids)
        self.assertIn("the stock suffices", order.message_ids[0].body)
        self.send()
        self.assertEqual(order.action_ids.state, "accepted")

    def test_nothing_is_accepted_where_it_is_not_switched_on(self):
        self.zalando.auto_accept = False
        order = self._examined()
        self.assertFalse(order.action_ids)
        self.assertFalse(order.activity_ids)

    def test_nothing_is_accepted_of_which_what_lengow_sent_last_is_not_here(self):
        lines = [line("SHIRT", "60.00", 1, lengow_status="waiting_acceptance")]
        order = self.receive("A-1", lines=lines)
        order.unread_from = "waiting"
        with self.crons():
            self.run_cron("cron_auto_accept")
        self.assertFalse(order.action_ids)
        self.sync()
        self.assertFalse(order.unread_from)
        with self.crons():
            self.run_cron("cron_auto_accept")
        self.assertEqual(order.action_ids.kind, "accept")

    def test_too_little_stock_waits_for_a_person_until_the_deadline(self):
        order = self._examined(quantity=11, amount="660.00")
        self.assertLeft(order, "10 free")
        self.assertEqual(order.activity_ids.date_deadline, order.accept_before.date())

    def test_the_buffer_stays_in_stock(self):
        self.zalando.auto_accept_stock_buffer = 5
        self.assertTrue(self._examined("A-1", 5, "300.00").action_ids)
        self.zalando.auto_accept_stock_buffer = 6
        self.assertLeft(self._examined("A-2", 5, "300.00"), "11 needed")

    def test_stock_is_promised_once(self):
        first = self._examined("A-1", 6, "360.00")
        second = self._examined("A-2", 6, "360.00")
        self.assertTrue(first.action_ids)
        self.assertLeft(second, "4 free")

    def test_stock_is_promised_once_within_one_run(self):
        self.zalando.auto_accept = False
        orders = self._examined("A-1", 6, "360.00") | self._examined("A-2", 6, "360.00")
        self.zalando.auto_accept = True
        with self.crons():
            self.run_cron("cron_auto_accept")
        self.assertEqual(len(orders.action_ids), 1)
        self.assertEqual(len(orders.activity_ids), 1)

    def test_a_price_under_the_floor_waits(self):
        self.zalando.auto_accept_price_floor = 80
        self.assertTrue(self._examined("A-1", 2, "80.00").action_ids)
        self.assertLeft(self._examined("A-2", 2, "79.98"), "below")

    def test_the_floor_compares_prices_with_tax(self):
        self.zalando.auto_accept_price_floor = 100
        self.shirt.taxes_id = self.create_tax(20.0, included=False)
        self.assertLeft(self._examined("A-1", 1, "59.99"), "below")
        self.assertTrue(self._examined("A-2", 1, "60.00").action_ids)

    def test_a_large_order_waits(self):
        self.zalando.auto_accept_amount_limit = 100
        self.assertTrue(self._examined("A-1", amount="100.00").action_ids)
        self.assertLeft(self._examined("A-2", amount="100.01"), "above your limit")

    def test_what_has_no_exchange_rate_is_held_against_no_limit(self):
        swiss = self.env.ref("base.CHF")
        swiss.active = True
        swiss.rate_ids.unlink()
        francs = {"iso_a3": "CHF", "symbol": "CHF", "name": "CHF"}
        francs = {"currency": francs, "original_currency": francs}
        self.assertTrue(self._examined("A-1", **francs).action_ids, "nothing is set")
        self.zalando.auto_accept_amount_limit = 100
        self.assertLeft(self._examined("A-2", **francs), "rate of CHF")
        self.zalando.auto_accept_amount_limit = 0
        self.zalando.auto_accept_price_floor = 10
        self.assertLeft(self._examined("A-3", **francs), "rate of CHF")

    def test_an_unknown_sku_waits(self):
        self.assertLeft(self._examined(sku="NOBODY"), "NOBODY")

    # === WHAT CANNOT BE READ CANNOT BE CHECKED === #

    def test_an_unreadable_quantity_waits(self):
        order = self._examined(quantity="many", sku="NOBODY")
        self.assertFalse(order.action_ids)
        self.assertIn("cannot be read", order.message_ids[0].body)
        decide = self.env.ref(DECIDE_ACTIVITY)
        self.assertIn(decide, order.activity_ids.activity_type_id)

    def test_an_order_without_a_total_that_can_be_trusted_waits(self):
        self.zalando.auto_accept_amount_limit = 100
        for number, total, reason in (
            ("A-1", "-1", "exchange rate"),
            ("A-2", None, "without its total"),
            ("A-3", "10.00", "below the sum"),
        ):
            order = self._examined(number, amount="60.00", total_order=total)
            self.assertLeft(order, reason)

    def test_a_discount_is_no_reason_to_wait(self):
        order = self._examined(amount="60.00", total_order="55.00", discount="5.00")
        self.assertTrue(order.action_ids)

    def test_what_no_sale_order_needs_is_no_reason_to_wait(self):
        self.assertTrue(self._examined(commission="n/a").action_ids)

    def test_a_refused_line_is_not_checked(self):
        lines = [
            line("SHIRT", "60.00", 1, lengow_status="waiting_acceptance"),
            line("NOBODY", "10.00", 1, lengow_status="refused"),
        ]
        order = self.receive("A-1", lines=lines)
        with self.crons():
            self.run_cron("cron_auto_accept")
        self.assertTrue(order.action_ids)

    # === STOCK IS SOLD ONCE === #

    def _promise_elsewhere(self, number, status="waiting_shipment", **values):
        """Let an order of 6 shirts come in that nobody accepted in Odoo."""
        lines = [line("SHIRT", "360.00", 6, lengow_status=status)]
        lines += values.pop("more", [])
        return self.receive(number, lines=lines, status=status, **values)

    def test_what_was_accepted_in_the_back_office_is_not_free(self):
        self._promise_elsewhere("A-1", "accepted")
        self.assertLeft(self._examined("A-2", 6, "360.00"), "4 free")

    def test_what_waits_to_be_fixed_is_not_free(self):
        unknown = line("NOBODY", "1.00", lengow_status="waiting_shipment")
        order = self._promise_elsewhere("A-1", more=[unknown])
        self.assertEqual(order.import_state, "error")
        self.assertLeft(self._examined("A-2", 6, "360.00"), "4 free")

    def test_what_is_a_quotation_is_not_free(self):
        self.zalando.workflow = "quotation"
        order = self._promise_elsewhere("A-1")
        self.assertEqual(order.sale_order_ids.state, "draft")
        self.assertLeft(self._examined("A-2", 6, "360.00"), "4 free")

    def test_what_a_confirmed_sale_order_did_not_reserve_is_not_free(self):
        self.env["stock.picking.type"].search([]).reservation_method = "manual"
        order = self._promise_elsewhere("A-1")
        self.assertEqual(order.sale_order_ids.state, "sale")
        self.assertEqual(self.shirt.free_qty, 10)
        self.assertLeft(self._examined("A-2", 6, "360.00"), "4 free")

    def test_the_parts_of_a_kit_are_looked_at(self):
        kit = self.create_product("KIT", is_storable=False)
        shirt = self.shirt

        def parts(kits, product, quantity):
            return [(shirt, quantity * 2)] if product == kit else []

        with patch.object(Kits, "parts", parts):
            self.assertTrue(self._examined("A-1", 2, "200.00", sku="KIT").action_ids)
            order = self._examined("A-2", 4, "400.00", sku="KIT")
        self.assertLeft(order, "6 free, 8 needed")

    def test_an_order_is_examined_once_until_it_changes(self):
        order = self._examined(quantity=11, amount="660.00")
        self.add_stock(self.shirt, 5)
        with self.crons():
            self.run_cron("cron_auto_accept")
        self.assertFalse(order.action_ids)
        self.sandbox.move(
            "zalando", order.name, "waiting_acceptance", marketplace_status="other"
        )
        order.action_refresh()
        with self.crons():
            self.run_cron("cron_auto_accept")
        self.assertTrue(order.action_ids)
        self.send()
        self.assertFalse(order.activity_ids)

    def test_an_order_waits_until_its_marketplace_is_described(self):
        definition = self.zalando.definition
        self.zalando.write({"definition": False, "is_known": False})
        order = self._examined()
        self.assertFalse(order.action_ids)
        self.zalando.write({"definition": definition, "is_known": True})
        with self.crons():
            self.run_cron("cron_auto_accept")
        self.assertTrue(order.action_ids)

    def test_changed_checks_examine_again(self):
        order = self._examined(quantity=11, amount="660.00")
        self.zalando.auto_accept_stock = False
        with self.crons():
            self.run_cron("cron_auto_accept")
        self.assertTrue(order.action_ids)

    def test_a_persons_decision_ends_the_call(self):
        order = self._examined(sku="NOBODY")
        order._plan_action("accept")
        self.send()
        self.assertFalse(order.activity_ids)

    def test_what_the_marketplace_demands_gets_its_own_default(self):
        fnac = self.find_marketplace("fnac")
        fnac.auto_accept = True
        lines = [line(amount="60.00", lengow_status="waiting_acceptance")]
        order = self.receive("F-1", "fnac", lines=lines)
        with self.crons():
            self.run_cron("cron_auto_accept")
        self.assertEqual(
            order.action_ids.parameters, {"expedition_country_code": "FRA"}
        )


@tagged("post_install", "-at_install")
class TestIncomingStock(AutoAcceptCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zalando.auto_accept_incoming = True

    def test_what_comes_in_before_the_deadline_counts(self):
        self._receive_goods(5, days=1)
        order = self._due("A-1", 15, days=2)
        self.assertTrue(order.action_ids)
        self.assertIn("with what comes in", order.message_ids[0].body)

    def test_what_comes_in_later_does_not(self):
        self._receive_goods(5, days=3)
        self.assertLeft(self._due("A-1", 11, days=2), "10 free, 11 needed")

    def test_it_counts_only_where_it_is_set(self):
        self.zalando.auto_accept_incoming = False
        self._receive_goods(5, days=1)
        self.assertLeft(self._due("A-1", 11, days=2), "10 free")

    def test_without_a_deadline_only_what_is_there_counts(self):
        self._receive_goods(5, days=1)
        self.assertLeft(self._examined(quantity=11, amount="660.00"), "10 free")

    def test_after_the_deadline_only_what_is_there_counts(self):
        self._receive_goods(5, days=-3)
        self.assertLeft(self._due("A-1", 11, days=-1), "10 free")

    def test_what_comes_in_is_promised_once(self):
        self._receive_goods(5, days=1)
        self.assertTrue(self._due("A-1", 12, days=2).action_ids)
        self.assertLeft(self._due("A-2", 4, days=2), "3 free, 4 needed")

    def test_what_was_received_does_not_count_twice(self):
        move = self._receive_goods(5, days=1)
        move.write({"quantity": 5, "picked": True})
        move._action_done()
        self.assertLeft(self._due("A-1", 16, days=2), "15 free")

    def test_the_receipts_of_another_warehouse_do_not_count(self):
        other = self.env["stock.warehouse"].create({"name": "Other", "code": "OTH"})
        self._receive_goods(5, days=1)
        self.zalando.warehouse_id = other
        self.assertLeft(self._due("A-1", 1, days=2), "0 free")


@tagged("post_install", "-at_install")
class TestAutoRefuse(AutoAcceptCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lafayette = cls.find_marketplace("galeries_lafayette")
        cls.lafayette.write({"auto_accept": True, "auto_refuse": True})

    def _refusable(self, number="A-1", quantity=11, sku="SHIRT", **values):
        return self._examined(
            number,
            quantity,
            f"{quantity * 60}.00",
            sku,
            marketplace="galeries_lafayette",
            **values,
        )

    def assertRefused(self, order):
        self.assertEqual(set(order.action_ids.mapped("kind")), {"refuse"})
        self.assertFalse(order.activity_ids)
        self.assertIn("Refused automatically", order.message_ids[0].body)

    def test_it_is_off_unless_it_is_switched_on(self):
        for marketplace in self.account.marketplace_ids - self.lafayette:
            self.assertFalse(marketplace.auto_refuse)
        self.lafayette.auto_refuse = False
        self.assertLeft(self._refusable(), "10 free")

    def test_what_cannot_be_delivered_is_refused_and_says_why(self):
        order = self._refusable()
        self.assertRefused(order)
        self.assertIn("10 free, 11 needed", order.message_ids[0].body)
        self.send()
        self.assertEqual(set(order.action_ids.mapped("state")), {"accepted"})

    def test_what_can_be_delivered_is_accepted(self):
        order = self._refusable(quantity=10)
        self.assertEqual(order.action_ids.mapped("kind"), ["accept"])

    def test_the_reason_goes_with_it(self):
        self.lafayette.auto_refuse_reason = "Out of stock"
        order = self._refusable()
        self.assertEqual(order.action_ids.parameters["reason"], "Out of stock")

    def test_the_safety_stock_is_no_reason_to_refuse(self):
        self.lafayette.auto_accept_stock_buffer = 5
        self.assertLeft(self._refusable(quantity=8), "13 needed")

    def test_another_reason_leaves_it_to_a_person(self):
        self.lafayette.auto_accept_amount_limit = 100
        self.assertLeft(self._refusable(), "above your limit")

    def test_unknown_skus_are_left_to_a_person(self):
        self.lafayette.auto_accept_known_skus = False
        lines = [
            line("SHIRT", "660.00", 11, lengow_status="waiting_acceptance"),
            line("NOBODY", "10.00", 1, lengow_status="waiting_acceptance"),
        ]
        order = self.receive("A-1", "galeries_lafayette", lines=lines)
        with self.crons():
            self.run_cron("cron_auto_accept")
        self.assertLeft(order, "10 free")

    def test_what_comes_in_in_time_is_not_refused(self):
        self.lafayette.auto_accept_incoming = True
        self._receive_goods(5, days=1)
        accepted = self._due("A-1", 12, days=2, marketplace="galeries_lafayette")
        self.assertEqual(accepted.action_ids.mapped("kind"), ["accept"])
        self.assertRefused(
            self._due("A-2", 12, days=2, marketplace="galeries_lafayette")
        )

    def test_what_is_bought_to_order_is_not_refused(self):
        route = self.env.ref("stock.route_warehouse0_mto")
        route.active = True
        self.shirt.route_ids = route
        self.assertLeft(self._refusable(), "10 free")

    def test_what_the_route_of_the_marketplace_brings_is_not_refused(self):
        route = self.env.ref("stock.route_warehouse0_mto")
        route.write({"active": True, "sale_selectable": True})
        self.lafayette.route_id = route
        self.assertLeft(self._refusable(), "10 free")

    def test_lines_that_the_route_brings_are_not_refused(self):
        self.lafayette.auto_refuse_lines = True
        self.lafayette.auto_refuse_reason = "Out of stock"
        route = self.env.ref("stock.route_warehouse0_mto")
        route.write({"active": True, "sale_selectable": True})
        self.account.route_id = route
        self.add_stock(self.mug, 5)
        self.assertFalse(self._several(SHIRT=11, MUG=1).action_ids)

    def test_nothing_is_refused_without_a_look_at_the_stock(self):
        with self.assertRaisesRegex(ValidationError, "Galeries.*look at the stock"):
            self.lafayette.auto_accept_stock = False

    # === LINE BY LINE === #

    def _several(self, number="A-1", marketplace="galeries_lafayette", **quantities):
        """Have an order of several lines examined: how many of each SKU."""
        lines = [
            line(
                name.partition("_")[0],
                f"{pieces * 60}.00",
                pieces,
                lengow_status="waiting_acceptance",
                marketplace_order_line_id=f"{number}-{name}",
            )
            for name, pieces in quantities.items()
        ]
        order = self.receive(number, marketplace, lines=lines)
        with self.crons():
            self.run_cron("cron_auto_accept")
        return order

    def _decisions(self, order):
        """Return what was asked for each line, by the end of its number."""
        return {
            action.parameters["line"].partition(f"{order.name}-")[2]: action.kind
            for action in order.action_ids
        }

    def test_the_whole_order_is_refused_unless_it_is_set(self):
        self.add_stock(self.mug, 5)
        order = self._several(SHIRT=11, MUG=1)
        self.assertEqual(self._decisions(order), {"SHIRT": "refuse", "MUG": "refuse"})

    def test_only_the_missing_lines_are_refused_where_it_is_set(self):
        self.lafayette.auto_refuse_lines = True
        self.lafayette.auto_refuse_reason = "Out of stock"
        self.add_stock(self.mug, 5)
        order = self._several(SHIRT=11, MUG=4)
        self.assertEqual(self._decisions(order), {"SHIRT": "refuse", "MUG": "accept"})
        self.assertFalse(order.activity_ids)
        notes = str(order.message_ids.mapped("body"))
        self.assertIn("Refused automatically: SHIRT", notes)
        self.assertIn("Accepted automatically", notes)
        refusal = order.action_ids.filtered(lambda action: action.kind == "refuse")
        self.assertEqual(refusal.parameters["reason"], "Out of stock")
        self.send()
        self.follow()
        self.sync()
        self.assertEqual(order.import_state, "imported", order.error_message)
        self.assertEqual(order.sale_order_ids.amount_total, 240.0)
        # What was accepted of it is promised, what was refused is free.
        self.assertEqual(
            self._decisions(self._several("A-2", MUG=2)), {"MUG": "refuse"}
        )
        self.assertEqual(
            self._decisions(self._several("A-3", SHIRT=10)), {"SHIRT": "accept"}
        )

    def test_of_two_lines_of_a_product_the_one_that_can_be_had_is_accepted(self):
        self.lafayette.auto_refuse_lines = True
        order = self._several(SHIRT_1=6, SHIRT_2=6, SHIRT_3=4)
        self.assertEqual(
            self._decisions(order),
            {"SHIRT_1": "accept", "SHIRT_2": "refuse", "SHIRT_3": "accept"},
        )

    def test_what_is_refused_with_its_number_takes_nothing_from_other_lines(self):
        self.lafayette.auto_refuse_lines = True
        # One number is split over packages.
        lines = [
            line(
                "SHIRT",
                f"{pieces * 60}.00",
                pieces,
                lengow_status="waiting_acceptance",
                marketplace_order_line_id=number,
            )
            for number, pieces in (("A-1-X", 6), ("A-1-X", 6), ("A-1-Y", 8))
        ]
        order = self.receive("A-1", "galeries_lafayette", lines=lines)
        with self.crons():
            self.run_cron("cron_auto_accept")
        self.assertEqual(self._decisions(order), {"X": "refuse", "Y": "accept"})

    def test_nothing_that_can_be_had_the_whole_order_is_refused(self):
        self.lafayette.auto_refuse_lines = True
        order = self._several(SHIRT=11, MUG=1)
        self.assertEqual(self._decisions(order), {"SHIRT": "refuse", "MUG": "refuse"})

    def test_what_is_free_with_the_safety_stock_only_is_left_to_a_person(self):
        self.lafayette.write({"auto_refuse_lines": True, "auto_accept_stock_buffer": 3})
        self.add_stock(self.mug, 5)
        order = self._several(SHIRT=11, MUG=4)
        self.assertEqual(self._decisions(order), {"SHIRT": "refuse"})
        self.assertRegex(order.activity_ids.note, "Mug: 5 free, 7 needed")
        self.assertNotIn("Shirt", order.activity_ids.note)

    def test_who_decides_about_whole_orders_refuses_no_line(self):
        whole = self.find_marketplace("cdiscount")
        self.assertFalse(whole.decides_lines)
        with self.assertRaisesRegex(ValidationError, "about whole orders only"):
            whole.write({"auto_refuse": True, "auto_refuse_lines": True})
        # Once it does so no more, a person decides.
        self.lafayette.auto_refuse_lines = True
        definition = dict(self.lafayette.definition)
        definition["orders"]["actions"]["accept"]["optional_args"] = []
        self.lafayette.definition = definition
        self.assertLeft(self._several(SHIRT=11, MUG=1), "10 free")

    # === WHERE IT CANNOT BE === #

    def test_where_nothing_can_be_refused_the_setting_is_refused(self):
        amazon = self.find_marketplace("bol")
        with self.assertRaisesRegex(ValidationError, "does not let orders be refused"):
            amazon.auto_refuse = True

    def test_a_reason_that_is_required_must_be_one_of_the_list(self):
        definition = dict(self.lafayette.definition)
        refuse = definition["orders"]["actions"]["refuse"]
        refuse["args"] = ["reason"]
        refuse["optional_args"] = ["line"]
        refuse["args_description"]["reason"].update(
            accept_free_values=False, valid_values={"NO_STOCK": {"label": "No stock"}}
        )
        self.lafayette.auto_refuse = False
        self.lafayette.definition = definition
        with self.assertRaisesRegex(ValidationError, "requires a reason.*NO_STOCK"):
            self.lafayette.auto_refuse = True
        with self.assertRaisesRegex(ValidationError, "NO_STOCK"):
            self.lafayette.write({"auto_refuse": True, "auto_refuse_reason": "Gone"})
        self.lafayette.write({"auto_refuse": True, "auto_refuse_reason": "NO_STOCK"})
        self.assertEqual(self.lafayette.refuse_reasons, "NO_STOCK")
        self.assertRefused(self._refusable())
        # The marketplace changes its list: a person decides, with the reason why.
        refuse["args_description"]["reason"]["valid_values"] = {"X": {"label": "X"}}
        self.lafayette.definition = {**definition}
        self.assertLeft(self._refusable("A-2"), "must be one of: X")

    def test_a_dismissed_order_is_not_refused(self):
        self.lafayette.auto_accept = False
        order = self._refusable()
        self.env["lengow.dismissal"]._dismiss(order, "duplicate")
        self.lafayette.auto_accept = True
        with self.crons():
            self.run_cron("cron_auto_accept")
        self.assertFalse(order.action_ids)


@tagged("post_install", "-at_install")
class TestPromisedStock(AutoAcceptCase):
    """What is promised to other orders, and in which warehouse."""

    def _promise(self, sku, quantity, number="A-1", **values):
        lines = [
            line(sku, "360.00", quantity, lengow_status="waiting_shipment"),
            line("NOBODY", "1.00", lengow_status="waiting_shipment"),
        ]
        order = self.receive(number, lines=lines, status="waiting_shipment", **values)
        self.assertEqual(order.import_state, "error")

    def _create_warehouse(self, stock=1):
        warehouse = self.env["stock.warehouse"].create({"name": "Shop", "code": "SHOP"})
        self.env["stock.quant"]._update_available_quantity(
            self.shirt, warehouse.lot_stock_id, stock
        )
        return warehouse

    def test_by_the_field_that_skus_are_matched_by(self):
        self.account.product_match = "product.template.hs_code"
        self.shirt.product_tmpl_id.hs_code = "691200"
        self._promise("691200", 6)
        self.assertLeft(self._examined("A-2", 6, "360.00", sku="691200"), "4 free")

    def test_by_the_barcode_of_a_packaging(self):
        self.env["product.uom"].create(
            {
                "barcode": "4006381333948",
                "product_id": self.shirt.id,
                "uom_id": self.env.ref("uom.product_uom_pack_6").id,
            }
        )
        self._promise("4006381333948", 1)
        self.assertLeft(self._examined("A-2", 6, "360.00"), "4 free")

    def test_what_another_account_calls_so_is_something_else(self):
        other = self.create_account(name="Other", lengow_account_ref="2")
        self.env["lengow.product.alias"].create(
            {
                "account_id": other.id,
                "sku": "PACK",
                "product_id": self.shirt.id,
                "factor": 6,
            }
        )
        self._promise("PACK", 1)
        self.assertTrue(self._examined("A-2", 6, "360.00").action_ids)

    def test_only_the_warehouse_that_delivers_has_stock(self):
        self._create_warehouse(stock=50)
        order = self._examined("A-1", 11, "660.00")
        self.assertLeft(order, "10 free")
        self.assertEqual(order.line_ids.stock_label, "10 free, 1 missing")

    def test_the_salespersons_warehouse_delivers(self):
        shop = self._create_warehouse(stock=50)
        self.manager.with_company(self.company).property_warehouse_id = shop
        self.account.salesperson_id = self.manager
        order = self._examined("A-1", 11, "660.00")
        self.assertTrue(order.action_ids)

    def test_the_stock_of_another_company_is_not_shown(self):
        other = self.env["res.company"].create({"name": "Other"})
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", other.id)])
        self.env["stock.quant"]._update_available_quantity(
            self.shirt, warehouse.lot_stock_id, 50
        )
        self.user.company_ids += other
        order = self._examined("A-1", 11, "660.00")
        seen = order.with_user(self.user).with_context(
            allowed_company_ids=(self.company | other).ids
        )
        self.assertEqual(seen.line_ids.stock_label, "10 free, 1 missing")

    def test_what_another_warehouse_is_to_deliver_is_free(self):
        self.find_marketplace("cdiscount").warehouse_id = self._create_warehouse()
        self._promise("SHIRT", 6, marketplace="cdiscount")
        self.assertTrue(self._examined("A-2", 6, "360.00").action_ids)
