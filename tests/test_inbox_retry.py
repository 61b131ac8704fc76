"""What could not be taken over is read again, by itself or on somebody's click."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..lengow_api import LengowClient, ServerError
from .common import payload
from .test_inbox_failures import FailureCase

INBOX = "odoo.addons.lengow_connector.models.inbox.lengow_inbox"
MINUTE = timedelta(minutes=1)


@tagged("post_install", "-at_install")
class TestInboxRetry(FailureCase):
    def out_of_fetches(self, number):
        """Let no fetch tell of the last change of an order any more."""
        record = self.sandbox.find("amazon_fr", number, 4242)
        record.touch(datetime.now(UTC) - timedelta(hours=3))
        self.account.sudo().orders_synced_until = fields.Datetime.now()

    def pass_hours(self, orders, hours):
        """Let orders be unread for so long, and their next turn be due."""
        now = fields.Datetime.now()
        orders.unread_since = now - timedelta(hours=hours)
        orders.unread_retry_at = now

    def test_what_no_fetch_tells_any_more_is_read_again(self):
        self.import_payload(payload("A-1"))
        order = self.fail_to_change("A-1", comments="Ring twice")
        self.out_of_fetches("A-1")
        self.sync()
        self.assertFalse(order.comment, "the fetches have tried it until now")
        self.pass_hours(order, 3)
        self.sync()
        self.assertEqual(order.comment, "Ring twice")
        self.assertFalse(order.unread_from)

    def test_what_is_to_be_imported_is_read_again_too(self):
        order = self.fail_to_change("A-1")
        self.out_of_fetches("A-1")
        self.pass_hours(order, 3)
        with self.crons():
            self.run_cron("cron_fetch_orders")
        self.assertEqual(order.import_state, "ready", order.error_message)

    def test_what_fails_again_is_read_ever_less_often(self):
        self.import_payload(payload("A-1"))
        order = self.fail_to_change("A-1", comments="Ring twice")
        self.out_of_fetches("A-1")
        messages = order.message_ids
        for hours, waits in ((3, 3), (5, 5), (100, 24)):
            self.pass_hours(order, hours)
            before = fields.Datetime.now()
            with self.broken("A-1"), mute_logger(INBOX):
                self.sync()
            waited = order.unread_retry_at - before
            self.assertAlmostEqual(waited, timedelta(hours=waits), delta=MINUTE)
        self.assertEqual(order.message_ids, messages, "nobody is told each time")
        calls = len(self.calls("/v3.0/orders"))
        with self.broken("A-1"):
            self.sync()
        self.assertEqual(len(self.calls("/v3.0/orders")), calls + 1, "the fetch alone")

    @contextmanager
    def untold(self, *numbers):
        """Let Lengow answer an error to some orders; yield which it was asked for."""
        get_order, asked = LengowClient.get_order, []

        def failing(client, marketplace, number, **options):
            asked.append(number)
            if number in numbers:
                raise ServerError("Out of order")
            return get_order(client, marketplace, number, **options)

        with patch.object(LengowClient, "get_order", failing):
            yield asked

    def test_what_lengow_cannot_tell_stands_in_nobody_s_way(self):
        numbers = ("A-1", "A-2")
        for number in numbers:
            self.import_payload(payload(number))
        for number in numbers:
            self.put(payload(number, comments="Ring twice"))
        with self.broken("A-1"), self.broken("A-2"):
            self.sync()
        for number in numbers:
            self.out_of_fetches(number)
            self.pass_hours(self.order(number), 3)
        with self.untold("A-1"):
            self.sync()
        self.assertFalse(self.account.error_message, "all else was read")
        self.assertEqual(self.order("A-2").comment, "Ring twice")
        self.assertTrue(self.order("A-1").unread_from)
        self.assertGreater(self.order("A-1").unread_retry_at, fields.Datetime.now())

    def test_what_was_fetched_is_kept_whatever_a_retry_meets(self):
        order = self.import_payload(payload("A-1"))
        self.out_of_fetches("A-1")
        order.unread_from = "imported"
        self.pass_hours(order, 3)
        until = fields.Datetime.now() - timedelta(minutes=15)
        self.account.sudo().orders_synced_until = until
        collision = SerializationFailure()
        colliding = patch.object(LengowClient, "get_order", side_effect=collision)
        with self.crons(), colliding as get_order:
            self.run_cron("cron_fetch_orders")
        get_order.assert_called()
        self.env.invalidate_all()
        self.assertGreater(self.account.orders_synced_until, until)

    def test_retries_of_a_fetch_end_where_lengow_tells_nothing(self):
        numbers = [f"A-{number}" for number in range(6)]
        for number in numbers:
            self.put(payload(number))
        self.sync()
        for number in numbers:
            self.out_of_fetches(number)
        self.account.order_ids.unread_from = "imported"
        self.pass_hours(self.account.order_ids, 3)
        with self.untold(*numbers) as asked:
            self.sync()
            self.assertEqual(len(asked), 3)
            self.sync()
        self.assertEqual(sorted(asked), numbers, "the others first")
        self.assertEqual(self.account.state, "connected")

    def test_refresh_of_many_leaves_out_what_lengow_cannot_tell(self):
        numbers = ("A-1", "A-2", "A-3", "A-4")
        for number in numbers:
            self.put(payload(number))
        self.sync()
        for number in numbers:
            self.put(payload(number, comments="Ring twice"))
        orders = self.account.order_ids.sorted("name")
        with self.untold("A-1", "A-2", "A-4"):
            told = orders.with_user(self.user).action_refresh()["params"]
        self.assertEqual(self.order("A-3").comment, "Ring twice")
        self.assertEqual(told["type"], "warning")
        for number in ("A-1", "A-2", "A-4"):
            self.assertIn(f"{number}: Lengow has an outage", told["message"])
        self.assertEqual(self.account.state, "connected")
        self.assertFalse(self.account.paused_until)

    def test_refresh_of_many_ends_where_lengow_tells_nothing(self):
        numbers = [f"A-{number}" for number in range(6)]
        for number in numbers:
            self.put(payload(number))
        self.sync()
        orders = self.account.order_ids.sorted("name")
        with self.untold(*numbers) as asked:
            told = orders.with_user(self.user).action_refresh()["params"]
        self.assertEqual(len(asked), 3)
        self.assertEqual(told["type"], "danger")
        self.assertEqual(self.account.error_code, "server_error")
