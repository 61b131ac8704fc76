"""Calls to Lengow stay below its limit, and no order fails for that."""

from datetime import timedelta
from unittest.mock import patch

import psycopg2

from odoo import fields
from odoo.sql_db import Cursor, db_connect
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..lengow_api.transport import LONGEST_TURN
from ..models.settings import lengow_limiter
from .common import payload
from .common.outbox import OutboxCase

LIMITER = "odoo.addons.lengow_connector.models.settings.lengow_limiter"


@tagged("post_install", "-at_install")
class TestLimiter(OutboxCase):
    def setUp(self):
        super().setUp()
        self.forget()
        self.addCleanup(self.forget)

    def forget(self):
        """Forget what was taken, which no test undoes."""
        with db_connect(self.env.cr.dbname).cursor() as cr:
            cr.execute("DELETE FROM lengow_allowance")

    def take(self, limit=60, longest=LONGEST_TURN, account=None):
        """Take a call as a worker does, beside the test's transaction."""
        key = (account or self.account).id
        return lengow_limiter._take(self.env.cr.dbname, key, limit, longest)

    def drain(self, limit=60):
        """Take calls until none is given in advance any more, and return the waits."""
        waits = []
        while (wait := self.take(limit)) <= LONGEST_TURN:
            waits.append(wait)
        return waits

    def test_no_minute_has_more_calls_than_allowed(self):
        limit = 60
        size, rate = lengow_limiter._bucket(limit)
        self.assertLessEqual(size + rate * 60, limit)
        waits = self.drain(limit)
        self.assertEqual(waits[: int(size)], [0.0] * int(size))
        # Whoever waits as told calls as late as the bucket fills.
        self.assertEqual(waits, sorted(waits))
        self.assertLessEqual(waits[-1], LONGEST_TURN)
        self.assertLessEqual(len(waits), size + rate * LONGEST_TURN + 1)

    def test_what_is_taken_stays_taken_when_the_work_is_undone(self):
        with self.env.cr.savepoint() as savepoint:
            self.drain()
            savepoint.rollback()
        self.assertGreater(self.take(), 0)

    def test_bucket_of_an_account_is_its_own(self):
        self.drain()
        other = self.create_account(name="Another")
        self.assertEqual(self.take(account=other), 0)

    def test_lower_limit_counts_at_once(self):
        self.take(limit=1000)
        self.assertEqual(lengow_limiter._bucket(10)[0], 2)
        waits = [self.take(limit=10) for _call in range(3)]
        self.assertEqual(waits[:2], [0.0, 0.0])
        self.assertGreater(waits[2], 0)

    def test_count_that_cannot_be_kept_stops_no_call(self):
        broken = patch.object(
            Cursor, "execute", side_effect=psycopg2.errors.LockNotAvailable("busy")
        )
        with broken, self.assertLogs(LIMITER, "WARNING"):
            self.assertEqual(self.take(), 0.0)

    def test_action_that_finds_no_turn_waits_and_goes_later(self):
        action = self.receive()._plan_action("accept")
        self.account.calls_per_minute = 60
        self.drain()
        self.send()
        self.assertEqual(action.state, "todo", action.error_message)
        self.assertFalse(self.posts())
        self.assertGreater(self.account.paused_until, fields.Datetime.now())
        self.account.calls_per_minute = 0
        self.pass_time(action, hours=2)
        self.send()
        self.assertEqual(action.state, "accepted")

    def test_click_that_finds_no_turn_says_so_and_loses_nothing(self):
        self.put(payload("A-1"))
        self.account.calls_per_minute = 60
        self.drain()
        watermark = self.account.orders_synced_until
        action = self.account.action_sync_orders()
        self.assertEqual(action["params"]["type"], "danger")
        self.assertEqual(self.account.error_code, "rate_limited")
        self.assertEqual(self.account.orders_synced_until, watermark)
        self.account.calls_per_minute = 0
        self.sync()
        self.assertEqual(self.order("A-1").import_state, "imported")

    def test_limit_that_lengow_tells_is_kept_below_ours(self):
        self.sandbox.settings.rate_limit = 200
        self.addCleanup(setattr, self.sandbox.settings, "rate_limit", None)
        self.account.calls_per_minute = 450
        self.account.action_sync_marketplaces()
        self.assertEqual(self.account.lengow_calls_per_minute, 200)
        self.assertEqual(self.account._allowed_calls(), 180)
        self.sandbox.settings.rate_limit = None
        self.account.action_sync_marketplaces()
        self.assertEqual(self.account._allowed_calls(), 450)

    def test_limit_that_no_field_holds_hinders_nothing(self):
        self.sandbox.settings.rate_limit = 10**12
        self.addCleanup(setattr, self.sandbox.settings, "rate_limit", None)
        self.account.calls_per_minute = 450
        self.account.action_sync_marketplaces()
        self.env.flush_all()
        self.assertEqual(self.account._allowed_calls(), 450)

    def test_limit_that_cannot_be_asked_for_hinders_nothing(self):
        self.fault("/rate-limits", status=500)
        self.account.action_connect()
        self.assertEqual(self.account.state, "connected")

    def test_pause_that_lengow_asks_for_is_everybodys(self):
        self.fault("/v3.0/orders", status=429, headers={"Retry-After": "3600"})
        with mute_logger(LIMITER), self.crons():
            self.run_cron("cron_fetch_orders")
        until = fields.Datetime.now() + timedelta(minutes=59)
        self.assertGreater(self.account.paused_until, until)

    def test_page_shows_how_many_calls_are_left(self):
        self.account.calls_per_minute = 60
        before = self.account.vitals["calls_left"]
        self.assertEqual(self.account.vitals["calls_allowed"], 60)
        self.assertEqual(before, 12)

    def test_allowances_that_are_full_again_are_forgotten(self):
        now = fields.Datetime.now()
        old, young = self.env["lengow.allowance"].create(
            [
                {"account": number, "tokens": 1, "counted_at": counted_at}
                for number, counted_at in ((-1, now - timedelta(days=2)), (-2, now))
            ]
        )
        self.env["lengow.allowance"]._gc_allowances()
        self.assertFalse(old.exists())
        self.assertTrue(young.exists())
