"""Lanes: scheduled actions that share the work of one, in workers of their own."""

from contextlib import ExitStack
from datetime import timedelta

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_cron import CompletionStatus

from ..models.settings.processors import PROCESSORS, has_processor
from ..wizards.lengow_lanes import CRONS
from .common import LengowCase, payload


@tagged("post_install", "-at_install")
class TestLanes(LengowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cron = cls.env.ref("lengow_connector.cron_process_orders")

    def set_lanes(self, **lanes):
        with Form(self.env["lengow.lanes"].with_user(self.manager)) as form:
            for name, count in lanes.items():
                form[name] = count
        form.record.action_confirm()

    def lanes(self, cron=None):
        return (cron or self.cron).lengow_lane_ids

    def test_a_manager_sets_how_many_lanes_there_are(self):
        self.set_lanes(import_lanes=3, send_lanes=2)
        self.assertEqual(
            self.lanes().mapped("name"),
            [f"{self.cron.name} (2)", f"{self.cron.name} (3)"],
        )
        self.assertEqual(set(self.lanes().mapped("code")), {self.cron.code})
        sending = self.env.ref("lengow_connector.cron_send_actions")
        self.assertEqual(len(self.lanes(sending)), 1)
        following = self.env.ref("lengow_connector.cron_follow_actions")
        self.assertFalse(self.lanes(following))
        # What is there is what the dialog opens with.
        dialog = self.env["lengow.lanes"].with_user(self.manager).new()
        self.assertEqual((dialog.import_lanes, dialog.send_lanes), (3, 2))

    def test_fewer_lanes_remove_the_last_ones(self):
        self.set_lanes(import_lanes=3)
        first, last = self.lanes()
        self.set_lanes(import_lanes=2)
        self.assertEqual(self.lanes(), first)
        self.assertFalse(last.exists())
        self.set_lanes(import_lanes=1)
        self.assertFalse(self.lanes())
        self.assertTrue(self.cron.exists())

    def test_a_number_out_of_bounds_is_refused_by_its_name(self):
        dialogs = self.env["lengow.lanes"].with_user(self.manager)
        for count in (0, -1, 17):
            with self.assertRaisesRegex(ValidationError, "Send: choose a"):
                dialogs.create({"send_lanes": count})

    def test_what_has_lanes_is_called_as_on_the_page_health(self):
        kinds = dict(self.env["lengow.run"]._fields["kind"].selection)
        for name, cron in CRONS.items():
            field = self.env["lengow.lanes"]._fields[name]
            self.assertEqual(field.string, kinds[cron.removeprefix("cron_")])

    def test_who_sets_lanes_is_told_how_many_there_are(self):
        dialog = self.env["lengow.lanes"].with_user(self.manager)
        answer = dialog.create({"import_lanes": 2}).action_confirm()
        self.assertIn("Import Orders: 2, Send: 1", answer["params"]["message"])

    def test_users_set_no_lanes(self):
        with self.assertRaises(AccessError):
            self.env["lengow.lanes"].with_user(self.user).create({})

    def test_lanes_wake_with_what_they_are_lanes_of(self):
        self.set_lanes(import_lanes=2)
        triggers = self.env["ir.cron.trigger"].search([])
        self.cron._trigger()
        woken = self.env["ir.cron.trigger"].search([]) - triggers
        self.assertEqual(woken.cron_id, self.cron | self.lanes())

    def test_what_is_switched_off_is_off_in_all_lanes(self):
        self.set_lanes(import_lanes=2)
        lane = self.lanes()
        self.cron.write({"active": False, "interval_number": 7})
        self.assertFalse(lane.active)
        self.assertEqual(lane.interval_number, 7)
        # Nor does the dialog take them for gone.
        self.set_lanes(import_lanes=2)
        self.assertEqual(self.lanes(), lane)

    def end_run(self, cron, status):
        """Note how a run has ended, the way Odoo does."""
        self.env.flush_all()
        job = {
            "id": cron.id,
            "cron_name": cron.name,
            "active": cron.active,
            "failure_count": cron.failure_count,
            "first_failure_date": cron.first_failure_date,
        }
        self.env["ir.cron"]._update_failure_count(job, status)
        self.env.invalidate_all()

    def give_up(self, cron):
        """Let a scheduled action fail for longer than Odoo bears."""
        long_ago = self.env.cr.now() - timedelta(days=8)
        cron.write({"failure_count": 9, "first_failure_date": long_ago})
        with mute_logger("odoo.addons.base.models.ir_cron"):
            self.end_run(cron, CompletionStatus.FAILED)
        self.assertFalse(cron.active)

    def test_what_odoo_has_switched_off_goes_on_as_soon_as_one_lane_works(self):
        self.set_lanes(import_lanes=3)
        first, last = self.lanes()
        self.give_up(last)
        self.end_run(self.cron, CompletionStatus.FAILED)
        self.assertFalse(last.active)
        self.end_run(self.cron, CompletionStatus.FULLY_DONE)
        self.assertTrue(last.active)
        self.give_up(self.cron)
        self.assertTrue(first.active and last.active)
        self.end_run(first, CompletionStatus.PARTIALLY_DONE)
        self.assertTrue(self.cron.active)

    def test_who_sets_lanes_gets_lanes_that_run(self):
        self.set_lanes(import_lanes=2)
        self.give_up(self.lanes())
        self.set_lanes(import_lanes=2)
        self.assertTrue(self.lanes().active)

    def test_a_lane_does_the_work_by_itself(self):
        self.set_lanes(import_lanes=2)
        self.put(payload("A-1"))
        self.put(payload("A-2"))
        with self.crons():
            self.run_cron("cron_fetch_orders")
            self.lanes().method_direct_trigger()
        self.assertEqual(self.order("A-1").import_state, "imported")
        self.assertEqual(self.order("A-2").import_state, "imported")

    def test_more_importing_lanes_than_processors_leave_the_work_to_the_others(self):
        self.put(payload("A-1"))
        with self.crons():
            self.run_cron("cron_fetch_orders")
        runs = self.env["ir.cron.trigger"].search([("cron_id", "=", self.cron.id)])
        with ExitStack() as at_work:
            for _lane in range(PROCESSORS):
                cr = at_work.enter_context(self.registry.cursor())
                self.assertTrue(has_processor(cr, "cron_process_orders"))
            with self.crons():
                self.run_cron("cron_process_orders")
            self.assertEqual(self.order("A-1").import_state, "ready")
            planned = self.env["ir.cron.trigger"].search(
                [("cron_id", "=", self.cron.id), ("id", "not in", runs.ids)]
            )
            self.assertEqual(len(planned), 1)
            self.assertGreater(planned.call_at, self.env.cr.now())
        with self.crons():
            self.run_cron("cron_process_orders")
        self.assertEqual(self.order("A-1").import_state, "imported")

    def test_lanes_go_with_what_they_are_lanes_of(self):
        cron = self.cron.copy()
        cron._lengow_set_lanes(3)
        lanes = self.lanes(cron)
        cron.unlink()
        self.assertFalse(lanes.exists())
