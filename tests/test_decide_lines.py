"""Of one order, lines are accepted and refused one by one where that can be."""

from datetime import timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models.overview.jobs import JOBS
from .common import address, line, package, payload
from .common.shipping import ShippingCase

LAFAYETTE = "galeries_lafayette"
PRICES = {"SHIRT": "24.00", "MUG": "9.99", "CAP": "30.01"}
SOON = timedelta(minutes=1)
TO_ACCEPT = next(job for job in JOBS if job.name == "to_accept")
TO_SHIP = next(job for job in JOBS if job.name == "to_ship")


@tagged("post_install", "-at_install")
class TestDecideLines(ShippingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cap = cls.create_product("CAP")

    def setUp(self):
        super().setUp()
        self.sandbox.settings.action_delay = 0

    def waiting(self, number="D-1", marketplace=LAFAYETTE, **values):
        """Receive an order of three lines that wait for a decision."""
        lines = [
            line(sku, price, lengow_status="waiting_acceptance")
            for sku, price in PRICES.items()
        ]
        return self.receive(number, marketplace, lines=lines, **values)

    def ask(self, order, kind="accept"):
        """Open the dialog that decides an order, as a person does."""
        order = order.with_user(self.user)
        return self.wizard_of(getattr(order, f"action_{kind}")(), self.user)

    def choose(self, decide, **decisions):
        """Decide lines of a dialog, by SKU: what about it, and maybe why."""
        rows = {row.sku: row for row in decide.decision_ids}
        for sku, told in decisions.items():
            decision, reason = told if isinstance(told, tuple) else (told, False)
            rows[sku].write({"decision": decision, "reason": reason})

    def asked(self, order):
        """Return what was asked for, by SKU: the action, and why."""
        skus = {row.lengow_line_ref: row.sku for row in order.line_ids}
        return {
            skus[action.parameters["line"]]: (
                action.kind,
                action.parameters.get("reason"),
            )
            for action in order.action_ids
        }

    def is_to_accept(self, order):
        return order in order.search(TO_ACCEPT.domain)

    def deal(self):
        """Send what is planned, have it answered, and read the orders again."""
        self.send()
        self.follow()
        self.sync()

    # === DECIDE === #

    def test_each_line_is_decided_once_and_the_rest_is_left(self):
        order = self.waiting(shipping="5.00")
        decide = self.ask(order)
        self.assertEqual(decide.decision_ids.mapped("decision"), ["accept"] * 3)
        self.choose(decide, MUG=("refuse", "Out of stock"), CAP=False)
        said = decide.action_confirm()["params"]["message"]
        self.assertIn("Accept (SHIRT), Refuse (MUG), D-1:", said)
        self.assertIn("Refuse (MUG)", order.message_ids[0].body)
        told = {"SHIRT": ("accept", None), "MUG": ("refuse", "Out of stock")}
        self.assertEqual(self.asked(order), told)
        self.assertEqual(order.pending_label, "Accepting… Refusing…")
        self.assertTrue(self.is_to_accept(order), "one line is left")
        self.assertEqual(order.phase, "to_accept")
        self.assertTrue(order.can_accept and order.can_refuse)
        with self.assertRaises(UserError):
            decide.action_confirm()  # a double click
        self.deal()
        self.assertEqual(len(self.posts()), 2)
        self.assertEqual(
            order.line_ids.mapped("lengow_status"),
            ["waiting_shipment", "refused", "waiting_acceptance"],
        )
        self.assertEqual(order.import_state, "waiting")
        self.assertFalse(order.pending_label)
        self.assertTrue(self.is_to_accept(order))
        # The last one is not asked about: there is nothing to choose.
        order.with_user(self.user).action_accept()
        self.assertEqual(self.asked(order), {**told, "CAP": ("accept", None)})
        self.assertFalse(self.is_to_accept(order))
        self.deal()
        self.assertEqual(len(self.posts()), 3)
        self.assertEqual(order.lengow_status, "waiting_shipment")
        sale = order.sale_order_ids
        self.assertEqual(order.import_state, "imported", order.error_message)
        self.assertEqual(sale.amount_total, 59.01, "24.00, 30.01, and the shipping")
        self.assertNotIn(self.mug, sale.order_line.product_id)

    def test_the_last_line_may_be_refused(self):
        order = self.waiting()
        decide = self.ask(order)
        self.choose(decide, CAP=False, MUG=False)
        decide.action_confirm()
        self.deal()
        decide = self.ask(order, "refuse")
        self.assertEqual(decide.decision_ids.mapped("sku"), ["MUG", "CAP"])
        self.choose(decide, MUG="refuse", CAP="refuse")
        decide.action_confirm()
        self.deal()
        self.assertEqual(order.import_state, "imported", order.error_message)
        self.assertEqual(order.sale_order_ids.amount_total, 24.0)

    def test_refused_line_by_line_the_order_is_refused(self):
        order = self.waiting()
        decide = self.ask(order, "refuse")
        self.choose(decide, SHIRT="refuse", MUG="refuse", CAP="refuse")
        decide.action_confirm()
        self.deal()
        self.assertEqual(order.lengow_status, "refused")
        self.assertFalse(order.sale_order_ids)
        self.assertFalse(self.is_to_accept(order))

    def test_no_line_is_refused_that_nobody_has_chosen(self):
        order = self.waiting()
        decide = self.ask(order, "refuse")
        self.assertEqual(decide.decision_ids.mapped("decision"), [False] * 3)
        self.enter(decide, reason="Out of stock")
        with self.assertRaisesRegex(UserError, "Choose at least one line"):
            decide.action_confirm()
        self.choose(decide, MUG="refuse", CAP=("refuse", "Wrong price"), SHIRT="accept")
        decide.action_confirm()
        self.assertEqual(
            self.asked(order),
            {
                "SHIRT": ("accept", None),
                "MUG": ("refuse", "Out of stock"),
                "CAP": ("refuse", "Wrong price"),
            },
        )
        self.assertFalse(order.can_accept or order.can_refuse)

    def test_where_a_reason_is_required_nothing_is_sent_without_it(self):
        def change(actions):
            actions["refuse"]["args"] = ["line", "reason"]
            actions["refuse"]["optional_args"] = []

        self.define(LAFAYETTE, change)
        order = self.waiting()
        decide = self.ask(order)
        self.assertTrue(decide.line_kinds["refuse"]["is_required"])
        self.choose(decide, MUG="refuse")
        with self.assertRaisesRegex(UserError, "Reason"):
            decide.action_confirm()
        self.assertFalse(order.action_ids, "not half of it either")
        self.choose(decide, MUG=("refuse", "Out of stock"))
        decide.action_confirm()
        self.assertEqual(len(order.action_ids), 3)

    def test_a_line_is_not_decided_both_ways(self):
        order = self.waiting()
        first, late = self.ask(order), self.ask(order)
        self.choose(late, MUG="refuse")
        self.choose(first, SHIRT=False, CAP=False)
        first.action_confirm()
        with self.assertRaisesRegex(UserError, "Accept.*requested already"):
            late.action_confirm()
        self.assertEqual(self.asked(order), {"MUG": ("accept", None)})

    def test_a_line_that_left_meanwhile_is_named(self):
        order = self.waiting()
        decide = self.ask(order)
        order.line_ids[1].lengow_status = "canceled"
        with self.assertRaisesRegex(UserError, "Title of MUG does not wait"):
            decide.action_confirm()
        self.assertFalse(order.action_ids)

    def test_a_refusal_that_failed_leaves_its_line_to_be_decided(self):
        order = self.waiting()
        decide = self.ask(order)
        self.choose(decide, MUG="refuse")
        decide.action_confirm()
        self.assertFalse(self.is_to_accept(order))
        refusal = self.actions_of(order, "refuse")
        self.actions_of(order, "accept")._mark_canceled("Not today")
        self.sandbox.settings.fail_actions = "Too late"
        self.send()
        self.follow()
        self.assertEqual(refusal.state, "failed")
        self.assertTrue(self.is_to_accept(order))
        self.assertEqual(len(self.ask(order).decision_ids), 3)

    def test_what_was_asked_for_can_be_undone_and_is_left_again(self):
        self.account.undo_seconds = 30
        order = self.waiting()
        decide = self.ask(order)
        self.choose(decide, MUG="refuse", CAP=False)
        decide.action_confirm()
        self.assertTrue(order.can_undo)
        order.with_user(self.user).action_undo()
        self.assertFalse(order.pending_label)
        self.assertEqual(len(self.ask(order).decision_ids), 3)
        self.send()
        self.assertFalse(self.posts())

    def test_the_call_for_somebody_stays_until_all_is_decided(self):
        order = self.waiting()
        self.env["lengow.acceptance"]._leave_to_a_person(order, ["Look at it."])
        decide = self.ask(order)
        self.choose(decide, CAP=False)
        decide.action_confirm()
        self.pass_time(order.action_ids, minutes=-1)
        self.deal()
        self.assertTrue(self.activities_of(order, "decide"))
        order.with_user(self.user).action_accept()
        self.pass_time(order.action_ids, minutes=-1)
        self.send()
        self.assertFalse(self.activities_of(order, "decide"))

    def test_lines_that_are_gone_leave_nothing_to_be_decided_as_a_whole(self):
        order = self.waiting()
        for kind in ("accept", "refuse"):
            decide = self.ask(order, kind)
            # The marketplace has numbered its lines anew meanwhile.
            lines = [
                line(
                    sku,
                    price,
                    lengow_status="waiting_acceptance",
                    marketplace_order_line_id=f"{kind}-{sku}",
                )
                for sku, price in PRICES.items()
            ]
            self.receive("D-1", LAFAYETTE, lines=lines)
            self.assertFalse(decide.decision_ids)
            with self.assertRaisesRegex(UserError, "Choose at least one line"):
                decide.action_confirm()
            self.assertFalse(order.action_ids)

    def test_a_line_without_a_status_of_its_own_is_decided_once(self):
        order = self.waiting()
        for skus in (["SHIRT", "MUG", "CAP"], ["MUG", "CAP"]):
            decide = self.ask(order)
            self.assertEqual(decide.decision_ids.mapped("sku"), skus)
            self.choose(decide, **dict.fromkeys(skus[1:], False))
            decide.action_confirm()
            self.send()
            self.follow()
            self.assertEqual(set(order.action_ids.mapped("state")), {"done"})
            self.read_without_statuses(order)
        # Nor is it decided the other way by the last one.
        order.with_user(self.user).action_refuse()
        order.with_user(self.user).action_accept()
        self.assertEqual(self.asked(order), dict.fromkeys(PRICES, ("accept", None)))
        self.send()
        self.follow()
        # Once all are decided the order's own status tells.
        self.read_without_statuses(order)
        self.assertEqual(len(self.ask(order).decision_ids), 3)

    def read_without_statuses(self, order):
        """Have an order read after its actions were done, as one that still waits."""
        order.line_ids.lengow_status = False
        order.lengow_updated_at = max(order.action_ids.mapped("closed_at")) + SOON

    # === A LINE BEHIND ITS ORDER === #

    def behind(self, number="D-1", **values):
        """Receive an order that is to be shipped, but for a line that still waits."""
        lines = [
            line("SHIRT", "24.00"),
            line("MUG", "9.99", lengow_status="waiting_acceptance"),
        ]
        status = "waiting_shipment"
        return self.receive(number, LAFAYETTE, status, lines=lines, **values)

    def test_a_line_that_still_waits_keeps_its_order_to_be_accepted(self):
        order = self.behind()
        self.assertEqual(order.import_state, "waiting")
        self.assertTrue(order.can_accept and order.can_refuse)
        self.assertTrue(self.is_to_accept(order))
        self.assertNotIn(order, order.search(TO_SHIP.domain))
        self.assertEqual(order.phase, "to_accept")
        order.with_user(self.user).action_accept()
        self.assertEqual(self.asked(order), {"MUG": ("accept", None)})
        self.assertFalse(self.is_to_accept(order))
        self.assertEqual(order.pending_label, "Accepting…")
        order.with_user(self.user).action_accept()
        self.assertEqual(len(order.action_ids), 1)
        self.deal()
        self.assertEqual(self.actions_of(order, "accept").state, "done")
        self.assertEqual(order.import_state, "imported", order.error_message)
        self.assertEqual(order.sale_order_ids.amount_total, 33.99)

    def test_a_line_that_still_waits_can_be_refused(self):
        order = self.behind()
        self.ask(order, "refuse").action_confirm()
        self.assertEqual(self.asked(order), {"MUG": ("refuse", None)})
        self.deal()
        self.assertEqual(order.import_state, "imported", order.error_message)
        self.assertEqual(order.sale_order_ids.amount_total, 24.0)

    def test_what_was_asked_for_a_line_is_sent_though_its_order_moved_on(self):
        order = self.waiting()
        self.ask(order).action_confirm()
        lines = [
            line("SHIRT", "24.00"),
            line("MUG", "9.99", lengow_status="waiting_acceptance"),
            line("CAP", "30.01", lengow_status="waiting_shipment"),
        ]
        self.receive("D-1", LAFAYETTE, "waiting_shipment", lines=lines)
        states = dict.fromkeys(PRICES, "canceled") | {"MUG": "todo"}
        skus = {row.lengow_line_ref: row.sku for row in order.line_ids}
        found = {skus[a.parameters["line"]]: a.state for a in order.action_ids}
        self.assertEqual(found, states)
        self.deal()
        self.assertEqual(len(self.posts()), 1)
        self.assertEqual(order.import_state, "imported", order.error_message)

    def test_a_line_behind_its_order_is_accepted_automatically(self):
        self.find_marketplace(LAFAYETTE).auto_accept = True
        self.add_stock(self.shirt, 1)
        self.add_stock(self.mug, 1)
        order = self.behind()
        with self.crons():
            self.run_cron("cron_auto_accept")
        self.assertEqual(self.asked(order), {"MUG": ("accept", None)})

    def test_the_call_for_somebody_stays_while_a_line_waits(self):
        order = self.behind()
        self.env["lengow.acceptance"]._leave_to_a_person(order, ["Look at it."])
        self.behind(marketplace_status="SHIPPING")
        self.assertTrue(self.activities_of(order, "decide"))

    def test_lines_left_behind_of_what_has_ended_wait_for_nobody(self):
        for status in ("shipped", "canceled"):
            order = self.behind(status)
            order.lengow_status = status
            self.assertFalse(order.can_accept or order.can_refuse)
            self.assertFalse(self.is_to_accept(order))

    # === WHAT IS SOLD OF IT === #

    def partly_refused(self, **values):
        """Return an order of two packages, one of them with nothing but a refusal."""
        shirt, mug, cap = (
            line(sku, price, lengow_status="waiting_acceptance")
            for sku, price in PRICES.items()
        )
        packages = package(shirt, cap), package(mug, delivery=address(city="Lyon"))
        status = {"lengow_status": "waiting_acceptance", "marketplace": LAFAYETTE}
        order = self.import_payload(payload("D-9", *packages, **status, **values))
        decide = self.ask(order)
        self.choose(decide, MUG=("refuse", "Out of stock"))
        decide.action_confirm()
        self.deal()
        self.assertEqual(order.import_state, "imported", order.error_message)
        return order

    def test_shipping_fee_and_discount_of_what_is_accepted_are_right_to_the_cent(self):
        order = self.partly_refused(
            shipping="4.99", processing_fee="0.53", discount="2.00", total="67.52"
        )
        sale = order.sale_order_ids
        self.assertEqual(len(sale), 1, "nothing goes to Lyon")
        self.assertEqual(sale.amount_total, 57.53)
        self.assertNotIn(self.mug, sale.order_line.product_id)

    def test_a_total_that_leaves_out_what_was_refused_is_right_too(self):
        order = self.partly_refused(shipping="4.99", total="59.00")
        self.assertEqual(order.sale_order_ids.amount_total, 59.00)

    def test_prices_without_tax_are_right_to_the_cent(self):
        (self.shirt | self.cap).taxes_id = self.create_tax(20.0, included=False)
        order = self.partly_refused(shipping="4.99", processing_fee="0.53")
        self.assertEqual(order.sale_order_ids.amount_total, 59.53)

    # === WHERE IT CANNOT BE === #

    def test_who_decides_by_order_chooses_no_line(self):
        order = self.waiting("D-1", "cdiscount")
        self.assertFalse(self.ask(order, "refuse").decision_ids)
        said = order.with_user(self.user).action_accept()["params"]["message"]
        self.assertIn("Accept, D-1:", said)
        self.assertIn("Accept, D-1:", order.message_ids[0].body)
        self.assertEqual(len(order.action_ids), 1)
        self.assertFalse(order.action_ids.parameters, "no line")
        self.assertFalse(self.is_to_accept(order))

    def test_many_orders_are_decided_as_a_whole(self):
        orders = self.waiting("D-1") | self.waiting("D-2")
        decide = self.wizard_of(orders.action_refuse())
        self.assertFalse(decide.decision_ids or decide.line_kinds)
        decide.action_confirm()
        self.assertEqual(orders.action_ids.mapped("kind"), ["refuse"] * 6)

    def test_what_needs_more_than_a_reason_is_asked_for_by_its_own_dialog(self):
        def change(actions):
            actions["refuse"]["args"] = ["line", "restocked_on"]

        self.define(LAFAYETTE, change)
        order = self.waiting()
        decide = self.ask(order)
        self.assertEqual(list(decide.line_kinds), ["accept"])
        self.choose(decide, SHIRT="refuse", MUG="refuse", CAP="refuse")
        with self.assertRaisesRegex(UserError, "Choose at least one line"):
            decide.action_confirm()
        other = self.ask(order, "refuse")
        self.assertEqual(list(other.line_kinds), ["accept", "refuse"])

    def test_a_line_of_another_order_is_not_decided(self):
        order, other = self.waiting("D-1"), self.waiting("D-2")
        decide = self.ask(order)
        decide.decision_ids[0].line_id = other.line_ids[0]
        with self.assertRaisesRegex(UserError, "does not wait"):
            decide.action_confirm()
        self.assertFalse((order | other).action_ids)

    def test_where_every_decision_is_by_line_one_line_is_not_asked_about(self):
        order = self.receive(
            "D-1", "menlook", lines=[line(lengow_status="waiting_acceptance")]
        )
        order.with_user(self.user).action_accept()
        self.assertEqual(self.asked(order), {"SHIRT": ("accept", None)})

    def test_two_dialogs_at_once_each_have_their_lines(self):
        orders = self.waiting("D-1") | self.waiting("D-2")
        both = self.env["lengow.order.decide"].create(
            [
                {"kind": "accept", "order_ids": [Command.set(order.ids)]}
                for order in orders
            ]
        )
        for decide, order in zip(both, orders, strict=True):
            self.assertEqual(decide.decision_ids.line_id, order.line_ids)
