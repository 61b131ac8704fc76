"""What is kept of the runs of an account: what they did, once where it was nothing."""

import time
from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.settings import lengow_run
from ..models.settings.tally import Tally
from .common import line, package, payload
from .common.outbox import ACTIONS, OutboxCase

LOOP = "odoo.addons.lengow_connector.models.settings.lengow_cron"
IMPORTER = "odoo.addons.lengow_connector.models.sales.lengow_importer"


@tagged("post_install", "-at_install")
class TestRuns(OutboxCase):
    def setUp(self):
        super().setUp()
        self.env["lengow.run"].search([]).unlink()

    def run_of(self, name):
        """Run a scheduled action, and return what is kept of it."""
        with self.crons():
            self.run_cron(f"cron_{name}")
        return self.runs(name)

    def runs(self, kind, account=None):
        account = account or self.account
        return self.env["lengow.run"].search(
            [("kind", "=", kind), ("account_id", "=", account.id)], order="id"
        )

    def assert_counts(self, run, **counts):
        for name in ("created", "updated", "imported", "failed", "ignored"):
            with self.subTest(count=name):
                self.assertEqual(run[f"{name}_count"], counts.get(name, 0))

    # === WHAT SCHEDULED ACTIONS DO === #

    def test_fetch_counts_what_is_new_and_what_has_changed(self):
        self.put(payload("A-1"))
        self.put(payload("A-2", lengow_status="canceled"))
        run = self.run_of("fetch_orders")
        self.assert_counts(run, created=2, ignored=1)
        self.assertEqual((run.outcome, run.error), ("done", False))
        self.assertEqual(run.who, "Scheduled action")
        self.put(payload("A-1", total="99.00"))
        self.assert_counts(self.run_of("fetch_orders")[-1], updated=1)

    def test_import_counts_what_is_imported_and_what_is_not(self):
        for number in ("A-1", "A-2"):
            self.put(payload(number))
        self.put(payload("BAD", total="1.00"))
        self.run_of("fetch_orders")
        run = self.run_of("process_orders")
        self.assert_counts(run, imported=2, failed=1)

    def test_step_that_raises_counts_as_failed_and_what_it_undid_does_not(self):
        self.put(payload("A-1"))
        self.run_of("fetch_orders")

        def count_and_raise(importer, orders):
            importer.env["lengow.cron"]._count(orders.account_id, imported=1)
            raise MemoryError

        importer = type(self.env["lengow.importer"])
        with (
            patch.object(importer, "_process_due", count_and_raise),
            mute_logger(LOOP, IMPORTER),
        ):
            run = self.run_of("process_orders")
        self.assert_counts(run, failed=1)

    def test_sending_and_following_count_actions(self):
        self.receive()._plan_action("accept")
        self.assert_counts(self.run_of("send_actions"), updated=1)
        self.assert_counts(self.run_of("follow_actions"), updated=1)
        self.sandbox.settings.fail_actions = "No such parcel"
        self.receive("A-2")._plan_action("accept")
        self.send()
        self.assert_counts(self.run_of("follow_actions")[-1], failed=1)

    def test_trouble_with_lengow_is_kept_once_for_all_runs_that_meet_it(self):
        self.fault("/v3.0/orders", status=503)
        for _run in range(3):
            run = self.run_of("fetch_orders")
            self.account._resume()
        self.assertEqual(len(run), 1)
        self.assertEqual((run.outcome, run.repeat_count), ("failed", 3))
        self.assertEqual(run.error, self.account.error_message)
        self.sandbox.faults.clear()
        self.put(payload("A-1"))
        self.assertEqual(
            self.run_of("fetch_orders").mapped("outcome"), ["failed", "done"]
        )

    def test_runs_with_nothing_to_do_are_one_row(self):
        for _run in range(3):
            run = self.run_of("fetch_orders")
        self.assertEqual(len(run), 1)
        self.assertEqual((run.outcome, run.repeat_count), ("idle", 3))
        self.put(payload("A-1"))
        self.run_of("fetch_orders")
        runs = self.run_of("fetch_orders")
        self.assertEqual(runs.mapped("outcome"), ["idle", "done", "idle"])

    def test_run_without_anything_due_is_kept_as_having_nothing_to_do(self):
        for _run in range(2):
            run = self.run_of("process_orders")
        self.assertEqual((run.outcome, run.repeat_count), ("idle", 2))

    def test_accounts_beside_busy_ones_are_kept_as_having_nothing_to_do(self):
        idle = self.create_account(name="Quiet Shop")
        idle.sudo().state = "connected"
        self.env["lengow.recorder"]._record_idle("process_orders", self.account)
        self.assertFalse(self.runs("process_orders"))
        self.assertEqual(self.runs("process_orders", idle).outcome, "idle")

    def test_account_that_is_not_asked_has_no_run(self):
        self.account._pause(3600)
        self.assertFalse(self.run_of("fetch_orders"))
        self.assertFalse(self.run_of("send_actions"))

    def test_what_another_worker_records_is_left_to_it(self):
        run = self.run_of("fetch_orders")
        with patch.object(type(run), "try_lock_for_update", lambda runs: runs[:0]):
            self.run_of("fetch_orders")
        self.assertEqual(run.repeat_count, 1)

    def test_record_that_fails_fails_no_run(self):
        self.put(payload("A-1"))
        recorder = type(self.env["lengow.recorder"])
        with (
            patch.object(recorder, "_record", side_effect=KeyError("x")),
            mute_logger(LOOP),
            self.crons(),
        ):
            self.run_cron("cron_fetch_orders")
        self.assertTrue(self.order("A-1"))

    def test_record_that_collides_with_that_of_another_lane_is_made_again(self):
        recorder = type(self.env["lengow.recorder"])
        original, collisions = recorder._record, [SerializationFailure()]

        def collide(service, *args):
            if collisions:
                raise collisions.pop()
            return original(service, *args)

        self.put(payload("A-1"))
        with patch.object(recorder, "_record", collide):
            self.assert_counts(self.run_of("fetch_orders"), created=1)

    def test_account_whose_records_another_lane_has_had_something_to_do(self):
        self.put(payload("A-1"))
        self.run_of("fetch_orders")
        orders = type(self.env["lengow.order"])
        held = patch.object(
            orders, "try_lock_for_update", lambda orders, **_options: orders[:0]
        )
        with held:
            self.assertFalse(self.run_of("process_orders"))
        self.assert_counts(self.run_of("process_orders"), imported=1)

    def test_time_of_a_part_counts_once(self):
        self.receive()._plan_action("accept")
        self.send()
        follower = type(self.env["lengow.follower"])
        original = follower._take_outcome

        def take_its_time(service, *args):
            time.sleep(1)
            return original(service, *args)

        began = time.monotonic()
        with patch.object(follower, "_take_outcome", take_its_time):
            run = self.run_of("follow_actions")
        self.assert_counts(run, updated=1)
        self.assertLess(run.seconds, time.monotonic() - began + 0.1)

    def test_orders_that_cannot_be_read_are_no_trouble_of_other_calls(self):
        first, second = self.receive("A-1"), self.receive("A-2")
        notice = {"error_code": "payload", "error_message": "One has no number."}
        self.account.write(notice)
        self.assertEqual(self.run_of("send_actions").outcome, "idle")
        first._plan_action("accept")
        second._plan_action("accept")
        self.assertEqual(self.run_of("send_actions")[-1].outcome, "done")
        self.assertEqual(first.action_ids.state, "accepted")
        self.assertEqual(self.account.error_message, "One has no number.")
        # What reads orders says so, until they can be read.
        self.run_of("fetch_orders")
        self.assertFalse(self.account.error_message)

    def test_every_scheduled_action_is_known_to_the_record(self):
        crons = self.env["ir.model.data"].search(
            [("module", "=", "lengow_connector"), ("model", "=", "ir.cron")]
        )
        kinds = dict(self.env["lengow.run"]._fields["kind"].selection)
        self.assertEqual({f"cron_{kind}" for kind in kinds}, set(crons.mapped("name")))

    def test_record_costs_no_query_for_each_order(self):
        loop = self.env["lengow.recorder"]
        tally = Tally()
        tally.seconds[self.account.id] = 1.0
        loop._record("process_orders", self.account, tally, True)
        self.env.flush_all()
        counts = []
        for orders in (10, 1000):
            tally.add(self.account.id, imported=orders)
            tally.keep()
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            loop._record("process_orders", self.account, tally, True)
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)

    # === WHAT PEOPLE DO === #

    def test_click_is_kept_with_who_has_clicked(self):
        self.put(payload("A-1"))
        self.put(payload("BAD", total="1.00"))
        self.account.with_user(self.user).action_sync_orders()
        run = self.runs("fetch_orders")
        self.assert_counts(run, created=2, imported=1, failed=1)
        self.assertEqual((run.user_id, run.who), (self.user, self.user.name))

    def test_import_of_a_selection_is_kept_with_who_has_clicked(self):
        self.put(payload("BAD", total="1.00"))
        self.put(payload("A-1"))
        self.run_of("fetch_orders")
        self.account.order_ids.with_user(self.user).action_import()
        run = self.runs("process_orders")
        self.assert_counts(run, imported=1, failed=1)
        self.assertEqual(run.user_id, self.user)

    def test_what_a_mend_imports_is_kept_with_who_has_clicked(self):
        order = self.import_payload(payload("A-1", package(line("NEW"))))
        self.assertEqual(order.import_state, "error")
        dialog = self.wizard_of(order.with_user(self.user).action_open_resolve())
        dialog.line_ids.product_id = self.shirt
        dialog.with_user(self.user).action_pair()
        self.assertEqual(order.import_state, "imported", order.error_message)
        run = self.runs("process_orders")
        self.assert_counts(run, imported=1)
        self.assertEqual(run.user_id, self.user)

    def test_fetch_of_a_period_is_kept_with_who_has_clicked(self):
        self.put(payload("A-1"))
        wizard = self.env["lengow.order.fetch"].with_user(self.user)
        values = {"account_id": self.account.id, "number": "A-1"}
        wizard.create(values).action_fetch()
        run = self.runs("fetch_orders")
        self.assert_counts(run, created=1, imported=1)
        self.assertEqual(run.user_id, self.user)

    # === WHO SEES IT, AND HOW LONG === #

    def test_account_shows_its_own_runs_to_managers(self):
        self.run_of("fetch_orders")
        action = self.account.with_user(self.manager).action_open_runs()
        runs = self.env["lengow.run"].with_user(self.manager).search(action["domain"])
        self.assertEqual(runs, self.runs("fetch_orders"))

    def test_what_is_older_than_sixty_days_is_forgotten(self):
        run = self.run_of("fetch_orders")
        run._gc_runs()
        self.assertTrue(run.exists())
        run.ended_at = fields.Datetime.now() - timedelta(days=61)
        run._gc_runs()
        self.assertFalse(run.exists())

    def test_what_is_too_much_for_one_turn_is_forgotten_in_the_next(self):
        run = self.run_of("fetch_orders")
        run.copy()
        run.search([]).ended_at = fields.Datetime.now() - timedelta(days=61)
        with patch.object(lengow_run, "FORGOTTEN_AT_ONCE", 1):
            for outcome in ((1, True), (1, True), (0, False)):
                self.assertEqual(run._gc_runs(), outcome)


@tagged("post_install", "-at_install")
class TestPauseByPerson(OutboxCase):
    def pause(self, reason="Stock-taking", user=None):
        account = self.account.with_user(user or self.manager)
        dialog = self.wizard_of(account.action_open_pause(), user or self.manager)
        dialog.reason = reason
        dialog.action_confirm()

    def run_all(self):
        with self.crons():
            for name in (
                "cron_fetch_orders",
                "cron_sync_marketplaces",
                "cron_send_actions",
                "cron_follow_actions",
                "cron_fetch_documents",
                "cron_check_days",
            ):
                self.run_cron(name)

    def test_no_scheduled_action_calls_until_a_person_resumes(self):
        action = self.receive()._plan_action("accept")
        self.pause()
        self.sandbox.calls.clear()
        self.run_all()
        self.assertFalse(self.sandbox.calls)
        self.assertIn("Stock-taking", action.wait_reason)
        self.account.with_user(self.manager).action_resume()
        self.send()
        self.assertEqual(action.state, "accepted")
        self.assertFalse(self.account.pause_label)

    def test_pause_outlives_whatever_works_or_fails_meanwhile(self):
        self.pause()
        self.sync()
        self.fault(ACTIONS, status=503)
        failed = self.receive()._plan_action("accept")
        failed._mark_failed("server_error", "An outage.")
        failed.action_retry()
        self.assertTrue(self.account.paused_since)
        self.sandbox.calls.clear()
        self.run_all()
        self.assertFalse(self.sandbox.calls)

    def test_buttons_that_say_so_still_speak_to_lengow(self):
        self.pause()
        self.put(payload("A-1"))
        self.account.with_user(self.user).action_sync_orders()
        self.assertEqual(self.order("A-1").import_state, "imported")

    def test_lists_show_what_is_to_do_nothing(self):
        self.assertEqual(self.account.standing, "connected")
        self.account._mark_paused("")
        self.assertEqual(self.account.standing, "paused")
        self.account.active = False
        self.assertEqual(self.account.standing, "archived")
        self.account.active = True
        self.assertEqual(self.account.standing, "draft", "nothing is to be paused")

    def test_a_reason_is_a_sentence_and_no_letter(self):
        pause = self.env["lengow.account.pause"].with_user(self.manager)
        reason = "Stock-taking " * 100
        pause.create({"account_id": self.account.id, "reason": reason}).action_confirm()
        self.assertLessEqual(len(self.account.pause_reason), 200)

    def test_pause_says_who_and_since_when_and_is_kept(self):
        self.pause()
        self.assertIn(self.manager.name, self.account.pause_label)
        self.assertEqual(self.account.paused_by_id, self.manager)
        self.assertIn("Stock-taking", self.account.message_ids[0].body)
        since = self.account.paused_since
        self.pause("Something else", self.create_user(
            "second", "lengow_connector.group_manager"
        ))  # fmt: skip
        self.assertEqual(self.account.paused_since, since)
        self.assertEqual(self.account.paused_by_id, self.manager)
        health = self.env["lengow.overview"].with_user(self.user)._health()
        [trouble] = health["troubles"]
        self.assertIn(self.manager.name, trouble["text"])

    def test_run_that_is_under_way_stops_after_the_page(self):
        for number in range(6):
            self.put(payload(f"A-{number}"))
        fetcher = type(self.env["lengow.fetcher"])
        original = fetcher._counts

        def pause_meanwhile(service, orders, last):
            if orders:  # earlier days have none
                service.env["lengow.account"].browse(self.account.id)._mark_paused("")
            return original(service, orders, last)

        with (
            self.pages_of(2),
            patch.object(fetcher, "_counts", pause_meanwhile),
            self.crons(),
        ):
            self.run_cron("cron_fetch_orders")
        self.env.invalidate_all()
        self.assertEqual(len(self.account.order_ids), 2)

    # === DISCONNECTED MEANWHILE === #

    def disconnecting(self, service, method):
        """Let somebody disconnect the account while a service is at something."""
        original = getattr(type(self.env[service]), method)

        def disconnect_meanwhile(record, *args):
            outcome = original(record, *args)
            record.env["lengow.account"].browse(self.account.id).action_disconnect()
            return outcome

        return patch.object(type(self.env[service]), method, disconnect_meanwhile)

    def test_what_was_disconnected_meanwhile_fetches_no_more(self):
        for number in range(6):
            self.put(payload(f"A-{number}"))
        self.account.sudo().orders_synced_until = fields.Datetime.now()
        with (
            self.pages_of(2),
            self.disconnecting("lengow.fetcher", "_counts"),
            self.crons(),
        ):
            self.run_cron("cron_fetch_orders")
        self.env.invalidate_all()
        self.assertEqual(len(self.account.order_ids), 2)
        self.assertEqual(self.account.state, "draft")

    def test_what_was_disconnected_meanwhile_stays_so_whatever_a_call_met(self):
        for status in (200, 503):
            with self.subTest(status=status):
                self.account.action_connect()
                first = self.receive(f"A-{status}")._plan_action("accept")
                second = self.receive(f"B-{status}")._plan_action("accept")
                if status != 200:
                    self.fault(ACTIONS, status=status)
                with self.disconnecting("lengow.sender", "_prepare_to_send"):
                    self.send()
                self.assertEqual(self.account.state, "draft")
                self.assertFalse(self.account.paused_until)
                self.assertEqual(second.state, "todo", first.state)


@tagged("post_install", "-at_install")
class TestVitals(OutboxCase):
    def row(self, kind, account=None):
        account = (account or self.account).with_user(self.manager)
        [row] = [row for row in account.vitals["crons"] if row["kind"] == kind]
        return row

    def test_every_scheduled_action_has_a_row(self):
        rows = self.account.vitals["crons"]
        kinds = dict(self.env["lengow.run"]._fields["kind"].selection)
        self.assertEqual([row["kind"] for row in rows], list(kinds))

    def test_last_success_is_that_of_the_scheduled_action(self):
        self.env["lengow.run"].search([]).unlink()
        self.sync()
        self.assertFalse(self.row("fetch_orders")["last"], "somebody clicked")
        with self.crons():
            self.run_cron("cron_fetch_orders")
        self.env.invalidate_all()
        self.assertTrue(self.row("fetch_orders")["last"])
        self.assertFalse(self.row("fetch_orders")["is_late"])

    def test_trouble_is_no_success_and_makes_late(self):
        self.account.live_since = False  # it was connected long ago
        with self.crons():
            self.run_cron("cron_fetch_orders")
        run = self.env["lengow.run"].search(
            [("kind", "=", "fetch_orders"), ("user_id", "=", False)]
        )
        run.ended_at = fields.Datetime.now() - timedelta(hours=5)
        self.fault("/v3.0/orders", status=503)
        with self.crons():
            self.run_cron("cron_fetch_orders")
        self.env.invalidate_all()
        self.assertTrue(self.row("fetch_orders")["is_late"])
        self.account._mark_paused("")
        self.env.invalidate_all()
        self.assertFalse(self.row("fetch_orders")["is_late"], "it is meant to rest")

    def test_waiting_orders_and_actions_are_counted_since_the_oldest(self):
        order = self.receive()
        order._plan_action("accept")
        self.receive("A-2")._plan_action("accept")
        self.assertEqual(self.row("send_actions")["waiting"], 2)
        self.assertTrue(self.row("send_actions")["since"])
        self.assertEqual(self.row("process_orders")["waiting"], 0)
        order.import_state = "ready"
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.row("process_orders")["waiting"], 1)

    def test_scheduled_action_that_is_switched_off_says_so(self):
        self.env.ref("lengow_connector.cron_send_actions").active = False
        self.assertTrue(self.row("send_actions")["is_off"])
