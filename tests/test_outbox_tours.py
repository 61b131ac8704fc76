"""Deciding on orders and mending failed actions, in the browser."""

from contextlib import contextmanager

from odoo.tests import tagged

from .common import line, package, payload
from .common.jobs import JobCase
from .common.outbox import OutboxCase


@tagged("post_install", "-at_install")
class TestOutboxTours(OutboxCase, JobCase):
    @contextmanager
    def crons(self):
        """Override: with a browser, scheduled actions run as such already."""
        yield

    def test_many_orders_are_accepted_and_the_others_say_why_not(self):
        first = self.receive("TOUR-1")
        second = self.receive("TOUR-2", "fnac")
        self.receive("TOUR-3", "amazon_fr", "waiting_shipment")
        self.start_tour(
            "/odoo/lengow-orders", "lengow_accept_orders", login="lengow-user"
        )
        actions = (first | second).action_ids
        self.assertEqual(actions.mapped("kind"), ["accept"] * 2)
        self.assertEqual(actions.create_uid, self.user)
        self.assertEqual(
            second.action_ids.parameters, {"expedition_country_code": "BEL"}
        )
        self.send()
        self.assertEqual(actions.mapped("state"), ["accepted"] * 2)

    def test_many_orders_are_refused_with_a_reason(self):
        orders = self.receive("TOUR-1", "galeries_lafayette")
        orders |= self.receive("TOUR-2", "galeries_lafayette")
        self.start_tour(
            "/odoo/lengow-orders", "lengow_refuse_orders", login="lengow-user"
        )
        actions = orders.action_ids
        self.assertEqual(actions.mapped("kind"), ["refuse"] * 2)
        told = {action.order_id.name: action.parameters["reason"] for action in actions}
        self.assertEqual(told, {"TOUR-1": "Out of stock", "TOUR-2": "Wrong price"})

    def test_the_lines_of_one_order_are_decided_one_by_one(self):
        self.create_product("CAP")
        lines = [
            line(sku, lengow_status="waiting_acceptance")
            for sku in ("SHIRT", "MUG", "CAP")
        ]
        order = self.receive("TOUR-1", "galeries_lafayette", lines=lines)
        self.start_tour(
            "/odoo/lengow-orders", "lengow_decide_lines", login="lengow-user"
        )
        shirt, mug, _cap = order.line_ids.mapped("lengow_line_ref")
        self.assertEqual(
            [(action.kind, action.parameters) for action in order.action_ids[::-1]],
            [
                ("accept", {"line": shirt}),
                ("refuse", {"line": mug, "reason": "Out of stock"}),
            ],
        )

    def test_an_acceptance_is_undone_before_it_is_sent(self):
        self.account.undo_seconds = 60
        order = self.receive("TOUR-1")
        self.start_tour(
            "/odoo/lengow-orders", "lengow_undo_acceptance", login="lengow-user"
        )
        self.assertEqual(order.action_ids.state, "canceled")
        self.assertFalse(order.pending_kind)
        self.send()
        self.assertFalse(self.posts())

    def test_orders_are_dismissed_and_one_is_taken_up_again(self):
        orders = [
            self.import_payload(payload(f"TOUR-{i}", package(line("TOUR-SKU"))))
            for i in (1, 2)
        ]
        sold = self.import_payload(payload("TOUR-3"))
        self.start_tour(
            "/odoo/lengow-orders", "lengow_dismiss_orders", login="lengow-user"
        )
        self.assertEqual([o.import_state for o in orders], ["ignored", "error"])
        self.assertEqual(orders[0].dismissed_by_id, self.user)
        self.assertEqual(sold.import_state, "imported")

    def test_what_an_outage_kept_is_sent_again_from_the_overview(self):
        self.check_resending("/odoo/lengow", "lengow_resend_failed")

    def test_what_an_outage_kept_is_sent_again_from_the_list_of_what_failed(self):
        self.check_resending(
            "/odoo/lengow-actions-failed", "lengow_resend_failed_of_list"
        )

    def check_resending(self, path, tour):
        actions = self.env["lengow.action"]
        for number, reason in (("1", "503"), ("2", "Please try again"), ("3", "No")):
            action = self.receive(f"TOUR-{number}")._plan_action("accept").sudo()
            action._mark_failed("marketplace", reason)
            actions |= action
        self.start_tour(path, tour, login="lengow-user")
        self.assertEqual(actions.mapped("state"), ["todo", "todo", "failed"])

    def test_a_failed_action_is_seen_corrected_and_sent_again(self):
        order = self.receive("TOUR-1", status="waiting_shipment")
        self.sandbox.settings.fail_actions = "Unknown parcel"
        action = order._plan_action(
            "ship", {"carrier": "4PX", "tracking_number": "WRONG"}
        )
        self.send()
        self.follow()
        self.assertEqual(action.state, "failed")
        self.sandbox.settings.fail_actions = ""
        self.start_tour(
            "/odoo/lengow", "lengow_correct_failed_action", login="lengow-user"
        )
        self.assertEqual(action.parameters["tracking_number"], "RIGHT")
        self.send()
        self.follow()
        self.assertEqual(action.state, "done")
        self.assertFalse(order.activity_ids)
