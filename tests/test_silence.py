"""Test mode and copies of a database: what is done there is never sent."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import payload
from .common.outbox import OutboxCase
from .common.shipping import ShippingCase


@tagged("post_install", "-at_install")
class TestTestMode(ShippingCase):
    def end_test_mode(self):
        self.account.with_user(self.manager).test_mode = False
        self.send()
        self.follow()
        with self.crons():
            self.run_cron("cron_report_shipments")
        self.send()

    def test_what_is_done_in_test_mode_is_never_sent(self):
        canceled = self.receive_to_ship("T-1", "zalando")
        shipped = self.receive_to_ship("T-2", "zalando")
        accepted = self.receive("T-3")
        self.account.test_mode = True
        imported = self.receive_to_ship("T-4", "zalando")
        (canceled | shipped).action_ids.unlink()
        canceled.sale_order_ids.action_cancel()
        self.deliver(shipped.sale_order_ids.picking_ids, "T1")
        accepted._plan_action("accept")
        actions = (canceled | shipped | accepted | imported).action_ids
        self.assertEqual(
            sorted(actions.mapped("kind")), ["accept", "cancel", "link", "ship"]
        )
        self.assertEqual(set(actions.mapped("state")), {"withheld"})
        self.assertEqual(set(actions.mapped("error_message")), {"Not sent: test mode."})
        self.sandbox.calls.clear()
        self.end_test_mode()
        self.assertEqual(set(actions.mapped("state")), {"withheld"})
        self.assertFalse(self.posts(), "a real order was canceled")

    def test_what_waited_before_test_mode_is_not_sent_after_it(self):
        action = self.receive("T-5")._plan_action("accept")
        self.account.test_mode = True
        self.end_test_mode()
        self.assertEqual(action.state, "withheld")
        self.assertFalse(self.posts())

    def test_what_may_have_arrived_before_test_mode_is_a_case_for_a_person(self):
        action = self.receive("T-6")._plan_action("accept")
        action._mark_sending(False)
        self.account.test_mode = True
        self.end_test_mode()
        self.assertEqual(action.state, "failed")
        self.assertFalse(self.posts())

    def test_after_test_mode_the_same_can_be_asked_for_in_earnest(self):
        order = self.receive("T-7")
        self.account.test_mode = True
        order._plan_action("accept")
        self.assertTrue(order.can_accept, "nothing was asked for in earnest")
        self.end_test_mode()
        action = order._plan_action("accept")
        self.send()
        self.assertEqual(action.state, "accepted")
        self.assertEqual(len(self.posts()), 1)

    def test_test_mode_leaves_the_to_do_of_a_person(self):
        order = self.receive_to_ship("T-8", "ebay_fr")
        order.sale_order_ids.action_cancel()
        self.assertTrue(self.activities_of(order, "to_cancel"))
        self.account.test_mode = True
        order._plan_action("cancel", {"reason": "OUT_OF_STOCK"})
        self.assertTrue(self.activities_of(order, "to_cancel"))

    def test_nothing_is_accepted_automatically_in_test_mode(self):
        self.find_marketplace("zalando").auto_accept = True
        self.account.test_mode = True
        order = self.receive("T-9")
        notes = order.message_ids
        with self.crons():
            self.run_cron("cron_auto_accept")
        self.assertFalse(order.action_ids)
        self.assertEqual(order.message_ids, notes, "nothing is said to be accepted")
        self.assertFalse(order.auto_accept_examined)


@tagged("post_install", "-at_install")
class TestCopy(OutboxCase):
    """A copy of the database that nobody has neutralised."""

    def copy_database(self):
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("database.uuid", "00000000-0000-0000-0000-0000000000c0")
        self.env.invalidate_all()
        self.sandbox.calls.clear()

    def run_all(self):
        with self.crons():
            for name in (
                "cron_fetch_orders",
                "cron_sync_marketplaces",
                "cron_auto_accept",
                "cron_send_actions",
                "cron_follow_actions",
                "cron_fetch_documents",
            ):
                self.run_cron(name)

    def test_copy_fetches_and_sends_nothing(self):
        order = self.receive()
        waiting = order._plan_action("accept")
        self.copy_database()
        self.assertTrue(self.account.is_elsewhere)
        self.assertIn("copy", waiting.wait_reason)
        planned = self.receive_in_copy(order)
        self.run_all()
        self.assertFalse(self.sandbox.calls)
        self.assertEqual(planned.state, "withheld")
        for button in ("action_sync_orders", "action_sync_marketplaces"):
            with self.assertRaisesRegex(UserError, "copy"):
                getattr(self.account, button)()
        with self.assertRaisesRegex(UserError, "copy"):
            order.action_refresh()
        with self.assertRaisesRegex(UserError, "copy"):
            self.env["lengow.order"].action_sync_now()
        self.account.action_connect()
        self.assertFalse(self.sandbox.calls, "to test the keys is no confirmation")

    def test_dialogs_say_that_nothing_is_sent_before_somebody_asks(self):
        order = self.receive()
        ask = {"order_ids": order.ids, "kind": "accept"}
        Decide = self.env["lengow.order.decide"].with_user(self.user)
        self.assertFalse(Decide.create(ask).withheld_reason)
        self.account.test_mode = True
        self.assertIn("test mode", Decide.create(ask).withheld_reason)
        self.copy_database()
        self.assertIn("copy", Decide.create(ask).withheld_reason)

    def test_what_is_withheld_is_not_told_to_be_sent(self):
        self.account.test_mode = True
        order = self.receive()
        withheld = order._plan_action("accept")
        self.assertEqual(withheld.state, "withheld")
        for button in ("action_retry", "action_cancel"):
            with self.assertRaisesRegex(UserError, "ask for it again"):
                getattr(withheld.with_user(self.user), button)()

    def receive_in_copy(self, order):
        return self.env["lengow.outbox"]._plan(order, "link", [{}])

    def test_copy_that_a_manager_confirms_speaks_but_sends_nothing_old(self):
        waiting = self.receive()._plan_action("accept")
        self.copy_database()
        self.account.with_user(self.manager).action_use_this_database()
        self.assertFalse(self.account.is_elsewhere)
        self.assertEqual(waiting.state, "withheld")
        self.assertIn("lets this database", self.account.message_ids[0].body)
        self.put(payload("AFTER"))
        self.run_all()
        self.assertTrue(self.order("AFTER"))
        self.assertFalse(self.posts())

    def test_user_may_not_let_a_copy_speak(self):
        self.copy_database()
        with self.assertRaisesRegex(Exception, "not allowed"):
            self.account.with_user(self.user).action_use_this_database()
        self.assertTrue(self.account.is_elsewhere)

    # === COPIES THAT POSTGRESQL MAKES: with the same number of the database === #

    def stand_beside(self, name=None):
        """Have the account connected in another database of this server.

        :param str name: that it had when it was connected, if it was renamed since
        """
        self.env.cr.execute(
            "SELECT datname, oid FROM pg_database WHERE datname = 'template1'"
        )
        now, number = self.env.cr.fetchone()
        self.account.database_place = f"{name or now}:{number}"
        self.sandbox.calls.clear()

    def test_copy_beside_the_database_that_was_connected_is_silent(self):
        self.receive()._plan_action("accept")
        self.stand_beside()
        self.assertTrue(self.account.is_elsewhere)
        self.run_all()
        self.account.action_connect()
        self.assertFalse(self.sandbox.calls)
        self.account.with_user(self.manager).action_use_this_database()
        self.assertFalse(self.account.is_elsewhere)

    def test_database_that_was_restored_or_moved_or_renamed_is_no_copy(self):
        here, number = self.account.database_place.split(":")
        for place in (
            f"its_earlier_name:{number}",
            f"{here}:1",  # restored under its name, maybe on another server
            "its_earlier_name:1",  # and renamed
            False,  # connected before places were known
        ):
            with self.subTest(place=place):
                self.account.database_place = place
                self.assertFalse(self.account.is_elsewhere)
                self.assertIn(
                    self.account,
                    self.account.search(self.account._connected_domain()),
                )

    def test_database_whose_original_was_set_aside_under_another_name_is_no_copy(self):
        self.stand_beside(name=self.env.cr.dbname)
        self.assertFalse(self.account.is_elsewhere)
