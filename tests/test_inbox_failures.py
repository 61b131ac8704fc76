"""What another module raises on while it comes in: said, and harming no other order."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..lengow_api import OPEN_STATUSES, Order
from ..models.inbox.demand import Demand
from .common import LengowCase, payload

LOGGER = "odoo.addons.lengow_connector.models.inbox.lengow_inbox_failure"


class FailureCase(LengowCase):
    """A shop with another module that raises on an order."""

    @contextmanager
    def broken(self, name):
        """Let another module raise on an order, once half of it is written."""
        Judge = self.registry["lengow.judge"]
        judge = Judge._judge

        def raising(service, orders, **options):
            judge(service, orders, **options)
            for order in orders.filtered(lambda order: order.name == name):
                order.comment = "half of it"
                raise RuntimeError("of another module")

        with patch.object(Judge, "_judge", raising), mute_logger(LOGGER):
            yield

    @contextmanager
    def broken_at_the_end(self, name):
        """Let another module raise on an order when all of it is to be written."""
        Order = self.registry["lengow.order"]
        follow = Order._stages_after_inbox

        def fail():
            raise RuntimeError("of another module")

        def failing(orders, changed):
            follow(orders, changed)
            if name in orders.mapped("name"):
                orders.env.cr.precommit.add(fail)

        broken = patch.object(Order, "_stages_after_inbox", failing)
        with broken, mute_logger(LOGGER):
            yield

    def fail_to_change(self, number, **values):
        """Put an order that has changed, and fail to take that over."""
        self.put(payload(number, **values))
        with self.broken(number):
            self.sync()
        return self.order(number)


@tagged("post_install", "-at_install")
class TestInboxFailures(FailureCase):
    """Whatever another module raises on one order keeps no other one out."""

    def test_the_others_come_in_and_it_says_what_to_do(self):
        for number in ("A-1", "A-2", "A-3"):
            self.put(payload(number))
        with self.broken("A-2"):
            self.sync()
        states = [self.order(n).import_state for n in ("A-1", "A-2", "A-3")]
        self.assertEqual(states, ["imported", "error", "imported"])
        order = self.order("A-2")
        self.assertIn("What Lengow sent of A-2", order.error_message)
        self.assertIn("RuntimeError", order.error_message)
        self.assertIn("Refresh it", order.error_message)
        self.assertFalse(order.comment)
        self.assertTrue(order.sudo().payload)
        self.assertEqual(self.account.state, "connected")
        self.assertTrue(self.account.orders_synced_until)

    def test_it_comes_in_once_it_can(self):
        self.put(payload("A-1"))
        with self.broken("A-1"):
            self.sync()
        self.sync()
        order = self.order("A-1")
        self.assertEqual(order.import_state, "imported", order.error_message)
        self.assertFalse(order.error_message)

    def test_what_is_imported_says_it_once_and_stays_as_it_was(self):
        self.put(payload("A-1"))
        self.put(payload("A-2"))
        self.sync()
        self.put(payload("A-1", comments="Ring twice"))
        self.put(payload("A-2", comments="Ring once"))
        order = self.order("A-1")
        with self.broken("A-1"):
            self.sync()
            self.sync()
        self.assertEqual(order.import_state, "imported")
        self.assertFalse(order.comment)
        self.assertEqual(self.order("A-2").comment, "Ring once")
        notes = [m for m in order.message_ids if "What Lengow sent of" in m.body]
        self.assertEqual(len(notes), 1)
        call = order.activity_ids.filtered(lambda one: "What Lengow sent" in one.note)
        self.assertEqual(len(call), 1)
        self.sync()
        self.assertEqual(order.comment, "Ring twice")
        self.assertFalse(call.exists() and call.active, "nobody has to look any more")

    def test_what_is_imported_says_it_on_its_page_until_it_is_read(self):
        self.put(payload("A-1"))
        self.sync()
        order = self.fail_to_change("A-1", comments="Ring twice")
        self.assertEqual(order.import_state, "imported")
        banner = order.with_user(self.user).banners[0]
        self.assertEqual(banner["tone"], "danger")
        self.assertIn("What Lengow sent last", banner["text"])
        buttons = [button["name"] for button in banner["buttons"]]
        self.assertEqual(buttons, ["action_refresh"])
        order.with_user(self.user).action_refresh()
        self.assertEqual(order.comment, "Ring twice")
        self.assertFalse(order.with_user(self.user).banners)

    def test_what_cannot_even_be_noted_is_counted_on_the_account(self):
        self.put(payload("A-1"))
        self.put(payload("A-2"))
        Order = self.registry["lengow.order"]
        create = Order.create

        def raising(orders, vals_list):
            created = create(orders, vals_list)
            if "A-1" in created.mapped("name"):
                raise RuntimeError("of another module")
            return created

        with self.broken("none"), patch.object(Order, "create", raising):
            self.sync()
        self.assertFalse(self.order("A-1"))
        self.assertEqual(self.order("A-2").import_state, "imported")
        self.assertEqual(self.account.error_code, "payload")

    def test_what_cannot_be_parsed_is_noted(self):
        self.put(payload("A-1"))
        self.put(payload("A-2"))
        parse = Order.from_payload

        def parsing(content):
            if content["marketplace_order_id"] == "A-1":
                raise RuntimeError("a fault of ours")
            return parse(content)

        broken = patch.object(Order, "from_payload", parsing)
        with self.broken("none"), broken:
            self.sync()
        self.assertEqual(self.order("A-1").import_state, "error")
        self.assertEqual(self.order("A-2").import_state, "imported")
        self.assertFalse(self.account.error_message)

    def test_what_fails_at_the_end_keeps_no_other_one_out(self):
        for number in ("A-1", "A-2", "A-3"):
            self.put(payload(number))
        with self.broken_at_the_end("A-2"):
            self.sync()
        states = [self.order(n).import_state for n in ("A-1", "A-2", "A-3")]
        self.assertEqual(states, ["imported", "error", "imported"])
        for number in ("A-1", "A-2"):
            self.put(payload(number, comments="Ring twice"))
        with self.broken_at_the_end("A-1"):
            self.sync()
        order = self.order("A-1")
        self.assertFalse(order.comment)
        self.assertIn("What Lengow sent of A-1", order.message_ids[0].body)
        self.assertEqual(self.order("A-2").comment, "Ring twice")

    # === UNTIL IT IS READ AGAIN === #

    def test_nothing_is_decided_by_what_was_never_taken_over(self):
        order = self.fail_to_change("A-1")
        sentence = order.error_message
        told = order.action_import()["params"]
        self.assertIn("Refresh it", told["message"])
        self.env["lengow.second.look"]._look(order.sudo())
        self.assertEqual((order.import_state, order.error_message), ("error", sentence))
        self.assertEqual(self.env["lengow.mend"]._find(order).run, "_read_again")
        order.action_refresh()
        self.assertEqual(order.import_state, "ready", order.error_message)
        self.assertTrue(order.line_ids)

    def test_nothing_is_imported_by_what_is_out_of_date(self):
        self.put(payload("A-1", lengow_status="waiting_acceptance"))
        self.sync()
        self.assertEqual(self.order("A-1").import_state, "waiting")
        order = self.fail_to_change("A-1", lengow_status="canceled")
        order.action_import()
        self.assertEqual(order.import_state, "error")
        self.assertEqual(self.env["lengow.mend"]._find(order).run, "_read_again")
        order.action_refresh()
        self.assertEqual(order.import_state, "ignored")

    def test_what_it_takes_is_not_sold_once_more(self):
        order = self.fail_to_change("A-1")
        lines = Demand(self.company).find_lines(OPEN_STATUSES)
        self.assertEqual(lines.order_id, order)
        self.assertEqual(order.import_state, "error")
        order.action_refresh()
        self.assertEqual(len(order.line_ids), 1)

    def test_age_counts_once_it_comes_in(self):
        self.account.import_max_age_days = 90
        placed = (datetime.now(UTC) - timedelta(days=400)).isoformat()
        self.fail_to_change("A-1", marketplace_order_date=placed)
        self.sync()
        order = self.order("A-1")
        self.assertEqual(order.import_state, "ignored")
        self.fail_to_change("A-1", marketplace_order_date=placed, comments="Hurry")
        self.assertEqual(order.import_state, "error")
        self.sync()
        self.assertEqual((order.import_state, order.comment), ("ignored", "Hurry"))

    def test_it_keeps_no_marketplace_from_being_described(self):
        order = self.fail_to_change("A-1")
        sentence = order.error_message
        with self.broken("A-1"):
            self.account.action_sync_marketplaces()
        self.assertEqual(self.account.state, "connected", self.account.error_message)
        self.assertEqual((order.import_state, order.error_message), ("error", sentence))

    def test_shipment_that_nobody_has_seen_has_no_date(self):
        order = self.fail_to_change("A-1", lengow_status="shipped")
        self.sync()
        self.assertEqual(order.lengow_status, "shipped")
        self.assertFalse(order.shipped_at)

    # === WHOM IT CONCERNS === #

    def test_the_delivery_of_what_has_ended_is_held_until_that_is_read(self):
        order = self.import_payload(payload("A-1"))
        delivery = order.sale_order_ids.picking_ids
        self.fail_to_change("A-1", lengow_status="canceled")
        with self.assertRaisesRegex(UserError, "on hold.*has ended at Lengow"):
            delivery.button_validate()
        (banner,) = self.env["lengow.banner"]._of(order)
        self.assertIn("It has ended at Lengow", banner["text"])
        self.sync()
        self.assertFalse(delivery.lengow_hold_reason)
        self.assertEqual(delivery.state, "cancel")

    def test_what_somebody_delivers_though_it_has_ended_is_not_held_again(self):
        order = self.import_payload(payload("A-1"))
        order.lengow_status = "canceled"  # and somebody has decided about it
        delivery = order.sale_order_ids.picking_ids
        self.assertFalse(delivery.lengow_hold_reason)
        self.fail_to_change("A-1", lengow_status="canceled", comments="Hurry")
        self.assertTrue(order.unread_from)
        self.assertFalse(delivery.lengow_hold_reason)

    def test_the_delivery_of_what_has_not_ended_warns_alone(self):
        order = self.import_payload(payload("A-1"))
        delivery = order.sale_order_ids.picking_ids
        keeper = self.create_user("keeper", "stock.group_stock_user")
        self.assertFalse(delivery.with_user(keeper).lengow_unread_warning)
        self.fail_to_change("A-1", comments="Ring twice")
        warning = delivery.with_user(keeper).lengow_unread_warning
        self.assertIn("order A-1 could not be taken over: all or a part", warning)
        self.assertIn("Ask somebody with the rights", warning)
        warning = delivery.with_user(self.user).lengow_unread_warning
        self.assertNotIn("Ask somebody", warning)
        self.assertFalse(delivery.with_user(keeper).lengow_hold_reason)
        self.sync()
        self.assertFalse(delivery.with_user(keeper).lengow_unread_warning)

    def test_it_is_reported_once(self):
        account = self.account.sudo()
        inbox = account.env["lengow.inbox"]
        with self.broken("A-1"):
            new, unreadable = inbox._store_page(account, [payload("A-1")])
            self.assertEqual((new.name, unreadable), ("A-1", 0))
            new.reported_error = new._error_key()
            again, _unreadable = inbox._store_page(account, [payload("A-1")])
        self.assertFalse(again)

    def test_somebody_is_called_to_what_is_imported(self):
        self.import_payload(payload("A-1"))
        order = self.fail_to_change("A-1", lengow_status="canceled")
        calls = order.activity_ids
        self.assertEqual(len(calls), 1)
        self.assertIn("Refresh it", calls.note)
        with self.broken("A-1"):
            self.sync()
        self.assertEqual(order.activity_ids, calls, "once")
        seen = order.with_user(self.user)
        self.assertIn("could not be taken over", seen.banners[0]["text"])
        [button] = seen.banners[0]["buttons"]
        self.assertEqual(button["name"], "action_refresh")
        seen.action_refresh()
        self.assertNotIn("could not be taken over", str(seen.banners))

    def test_somebody_is_called_again_once_it_has_ended(self):
        self.import_payload(payload("A-1"))
        order = self.fail_to_change("A-1", comments="Ring twice")
        order.activity_ids.action_done()
        self.fail_to_change("A-1", comments="Ring three times")
        self.assertFalse(order.activity_ids, "once, however often it is tried")
        self.assertTrue(order.can_report_shipment)
        self.fail_to_change("A-1", lengow_status="canceled")
        self.assertTrue(order.unread_end)
        self.assertFalse(order.can_report_shipment, "it is not to leave")
        self.assertEqual(len(order.activity_ids), 1)
        self.fail_to_change("A-1", lengow_status="canceled", comments="Hurry")
        self.assertEqual(len(order.activity_ids), 1)

    def test_who_is_called_stays_called_whatever_else_is_mended(self):
        order = self.import_payload(payload("A-1"))
        order._mark_not_invoiced("No journal.")
        self.env["lengow.todo"]._settle_errors()
        self.fail_to_change("A-1", lengow_status="canceled")
        call = order.activity_ids
        self.assertIn("Refresh it", call.note)
        order._mark_to_invoice()
        self.env["lengow.todo"]._settle_errors()
        self.assertFalse(order.reported_error)
        self.assertTrue(call.exists() and call.active)
        self.sync()
        self.assertFalse(call.exists() and call.active)

    def test_what_is_dismissed_stays_so(self):
        order = self.fail_to_change("A-1")
        self.env["lengow.dismissal"]._dismiss(order, "duplicate")
        with self.broken("A-1"):
            self.sync()
        self.assertEqual(order.import_state, "ignored")
        self.assertTrue(order.dismissed_at)
        order.action_take_up()
        self.assertEqual(order.import_state, "error")
        self.assertIn("Refresh it", order.error_message)

    def test_nobody_is_told_of_a_marketplace_that_is_switched_off(self):
        self.import_payload(payload("A-0"))
        self.order("A-0").marketplace_id.active = False
        order = self.fail_to_change("A-1")
        self.assertFalse(order)
        self.assertFalse(self.account.error_message)

    def test_it_is_told_once_the_marketplace_is_switched_on_again(self):
        order = self.fail_to_change("A-1")
        order.marketplace_id.active = False
        self.assertEqual(order.import_state, "ignored")
        order.marketplace_id.active = True
        self.assertEqual(order.import_state, "error", order.state_reason)
        self.assertIn("Refresh it", order.error_message)

    def test_a_period_that_somebody_asks_for_comes_in_too(self):
        self.put(payload("A-1"))
        self.put(payload("A-2"))
        wizard = self.env["lengow.order.fetch"].create(
            {
                "account_id": self.account.id,
                "mode": "period",
                "date_from": "2026-01-14",
                "date_to": "2026-01-16",
            }
        )
        with self.broken("A-1"):
            wizard.action_fetch()
        self.assertEqual(self.order("A-1").import_state, "error")
        self.assertEqual(self.order("A-2").import_state, "imported")
