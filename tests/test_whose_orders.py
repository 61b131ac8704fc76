"""Which orders are this database's to import, and that each has one sale order."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.errors import Outcome
from .common import LengowCase, address, line, package, payload

FAILURES = "odoo.addons.lengow_connector.models.inbox.lengow_inbox_failure"


@tagged("post_install", "-at_install")
class TestWhoseOrders(LengowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_company = cls.env["res.company"].create({"name": "Other Company"})

    def aged(self, number, days, *packages, **values):
        """Put an order that was placed so many days ago."""
        moment = fields.Datetime.now() - timedelta(days=days)
        date = f"{moment.isoformat(timespec='seconds')}Z"
        return self.put(
            payload(number, *packages, marketplace_order_date=date, **values)
        )

    def sales_of(self, number):
        return self.env["sale.order"].search(
            [("client_order_ref", "=", number), ("state", "!=", "cancel")]
        )

    # === AGE === #

    def test_an_old_order_that_was_asked_for_stays_asked_for(self):
        self.account.import_max_age_days = 90
        self.aged("A-1", 400, package(line("LATER")))
        self.sync()
        order = self.order("A-1")
        self.assertEqual(order.import_state, "ignored")
        order.action_import()
        self.assertEqual(order.error_code, "product_missing")
        self.create_product("LATER")
        order.action_import()
        self.assertEqual(order.import_state, "imported", order.error_message)

    def test_an_order_does_not_become_too_old_while_it_waits_to_be_fixed(self):
        self.account.import_max_age_days = 90
        self.aged("A-1", 80, package(line("LATER")))
        self.sync()
        order = self.order("A-1")
        self.account.import_max_age_days = 70
        self.aged("A-1", 80, package(line("LATER")), comments="Changed")
        self.sync()
        self.assertEqual(order.import_state, "error")
        self.create_product("LATER")
        self.env["lengow.judge"]._judge(order)
        self.assertEqual(order.import_state, "ready")

    def test_an_order_that_was_too_old_stays_so_when_it_changes(self):
        self.account.import_max_age_days = 90
        self.aged("A-1", 400)
        self.sync()
        self.aged("A-1", 400, comments="Changed")
        self.sync()
        self.assertEqual(self.order("A-1").import_state, "ignored")

    # === ANOTHER SYSTEM === #

    def test_an_order_that_another_system_has_taken_is_left_to_it(self):
        order = self.import_payload(payload(merchant_order_id=["PS-1234"]))
        self.assertEqual(order.import_state, "ignored")
        self.assertIn("PS-1234", order.state_reason)
        self.assertFalse(order.sale_order_ids)

    def test_an_order_that_another_system_has_taken_is_imported_when_asked_for(self):
        order = self.import_payload(payload(merchant_order_id=["PS-1234"]))
        order.action_import()
        self.assertEqual(order.import_state, "imported", order.error_message)

    def test_our_own_numbers_are_no_other_system(self):
        order = self.import_order("A-1")
        name = order.sale_order_ids.name
        order.sale_order_ids._action_cancel()
        self.env.flush_all()
        order._mark_ready()
        self.put(payload("A-1", merchant_order_id=[name]))
        self.sync()
        self.assertEqual(order.import_state, "imported", order.state_reason)
        self.assertEqual(len(self.sales_of("A-1")), 1)

    def test_orders_of_another_system_are_imported_where_it_is_set(self):
        order = self.import_payload(payload(merchant_order_id=["PS-1234"]))
        self.account.import_taken_orders = True
        self.assertEqual(order.import_state, "ready")
        self.marketplace.import_taken_orders = "no"
        self.assertEqual(order.import_state, "ignored")
        self.account.import_taken_orders = False
        self.marketplace.import_taken_orders = "yes"
        self.sync()
        self.assertEqual(order.import_state, "imported", order.error_message)

    # === THE DAY OF MOVING IN === #

    def test_orders_from_before_the_first_day_are_listed_with_the_reason(self):
        self.account.import_orders_from = "2026-01-15 10:30:01"
        before = self.import_payload(payload("A-1"))
        self.assertEqual(before.import_state, "ignored")
        self.assertIn("2026-01-15 10:30:01", before.state_reason)
        self.account.import_orders_from = "2026-01-15 10:30:00"
        self.assertEqual(before.import_state, "ready")
        self.sync()
        self.assertEqual(before.import_state, "imported", before.error_message)

    def test_an_order_from_before_the_first_day_is_imported_when_asked_for(self):
        self.account.import_orders_from = "2026-02-01"
        order = self.import_payload(payload("A-1"))
        order.with_user(self.user).action_import()
        self.assertEqual(order.import_state, "imported", order.error_message)
        self.put(payload("A-1", comments="Changed"))
        self.sync()
        self.assertEqual(order.import_state, "imported")

    def test_the_first_day_of_a_marketplace_goes_before_that_of_its_account(self):
        self.account.import_orders_from = "2026-02-01"
        self.marketplace.import_orders_from = "2026-01-01"
        self.assertEqual(self.import_payload(payload()).import_state, "imported")

    def test_a_later_first_day_sets_aside_what_is_not_imported(self):
        error = self.import_payload(payload("A-1", package(line("LATER"))))
        imported = self.import_order("A-2")
        self.account.import_orders_from = "2026-02-01"
        self.assertEqual(error.import_state, "ignored")
        self.assertEqual(imported.import_state, "imported")

    def test_an_earlier_first_day_leaves_what_has_been_shipped(self):
        self.account.import_orders_from = "2026-02-01"
        shipped = self.import_payload(
            payload(lengow_status="shipped", marketplace_status="Shipped")
        )
        self.account.import_orders_from = False
        self.assertEqual(shipped.import_state, "ignored")

    def test_a_mistyped_first_day_is_refused(self):
        for owner in (self.account, self.marketplace):
            for wrong in ("2206-01-01", "0206-01-01"):
                with self.assertRaisesRegex(ValidationError, owner.name):
                    owner.import_orders_from = wrong

    def test_what_another_system_takes_care_of_is_not_accepted_here(self):
        self.marketplace.auto_accept = True
        self.account.import_orders_from = "2026-02-01"
        order = self.import_payload(
            payload(lengow_status="waiting_acceptance", marketplace_status="New")
        )
        self.assertEqual(order.import_state, "ignored")
        due = self.env["lengow.acceptance"]._due_domain()
        self.assertNotIn(order, self.env["lengow.order"].search(due))
        to_accept = self.env["lengow.overview"]._domain_of(["to_accept"])
        self.assertNotIn(order, self.env["lengow.order"].search(to_accept))

    def test_whether_the_marketplaces_own_deliveries_are_imported_may_change(self):
        fulfilled = package(line("LATER"))
        self.account.import_fulfilled_by_marketplace = True
        order = self.import_payload(
            payload(
                "A-1", fulfilled, order_types=[{"type": "is_delivered_by_marketplace"}]
            )
        )
        self.assertTrue(order.is_fulfilled_by_marketplace)
        self.assertEqual(order.import_state, "error")
        self.account.import_fulfilled_by_marketplace = False
        self.assertEqual(order.import_state, "ignored")
        self.create_product("LATER")
        self.account.import_fulfilled_by_marketplace = True
        self.assertEqual(order.import_state, "ready")

    def test_a_higher_age_lets_in_what_is_still_to_be_shipped(self):
        self.account.import_max_age_days = 30
        self.aged("A-1", 60)
        self.aged("A-2", 60, lengow_status="shipped", marketplace_status="Shipped")
        self.sync()
        self.assertEqual(self.order("A-1").import_state, "ignored")
        self.account.import_max_age_days = 90
        self.assertEqual(self.order("A-1").import_state, "ready")
        self.assertEqual(self.order("A-2").import_state, "ignored")

    def test_what_a_rule_lets_in_shows_its_products(self):
        self.account.import_orders_from = "2026-02-01"
        order = self.import_payload(
            payload(lengow_status="waiting_acceptance", marketplace_status="New")
        )
        self.assertFalse(order.line_ids.product_id)
        self.account.import_orders_from = False
        self.assertEqual(order.import_state, "waiting")
        self.assertEqual(order.line_ids.product_id, self.shirt)

    # === SWITCHED OFF === #

    def test_a_marketplace_that_is_switched_off_imports_nothing(self):
        waiting = self.import_payload(payload("A-1", package(line("LATER"))))
        self.marketplace.active = False
        self.assertEqual(waiting.import_state, "ignored")
        order = self.import_payload(payload("A-2"))
        order.action_import()
        self.assertEqual(order.import_state, "ignored")
        self.assertIn("switched off", order.state_reason)

    def test_switched_on_again_it_imports_what_is_still_to_be_shipped(self):
        self.marketplace.active = False
        open_order = self.import_payload(payload("A-1"))
        shipped = self.import_payload(
            payload("A-2", lengow_status="shipped", marketplace_status="Shipped")
        )
        self.marketplace.active = True
        self.assertEqual(open_order.import_state, "ready")
        self.assertEqual(shipped.import_state, "ignored")
        with self.crons():
            self.run_cron("cron_process_orders")
        self.assertEqual(open_order.import_state, "imported", open_order.error_message)

    def test_nothing_is_sent_to_a_marketplace_that_is_switched_off(self):
        self.account.test_mode = False
        order = self.import_order("A-1")
        waiting = order.action_ids
        self.assertEqual(waiting.mapped("state"), ["todo"])
        self.marketplace.active = False
        self.assertEqual(waiting.state, "withheld")
        self.assertIn("switched off", waiting.error_message)
        self.env["lengow.outbox"]._plan_links(order)
        later = order.action_ids - waiting
        self.assertTrue(later)
        self.assertEqual(set(later.mapped("state")), {"withheld"})
        self.marketplace.active = True
        with self.crons():
            self.run_cron("cron_send_actions")
        self.assertFalse(self.calls("/v3.0/orders/moi"))
        self.assertFalse(self.calls("/v3.0/orders/actions"))

    def test_nobody_is_called_to_decide_for_a_marketplace_that_is_switched_off(self):
        self.account.test_mode = False
        zalando = self.find_marketplace("zalando")
        zalando.auto_accept = True
        lines = package(line("LATER", lengow_status="waiting_acceptance"))
        order = self.import_payload(
            payload(
                "A-1",
                lines,
                marketplace="zalando",
                lengow_status="waiting_acceptance",
                marketplace_status="New",
            )
        )
        with self.crons():
            self.run_cron("cron_auto_accept")
        self.assertTrue(order.activity_ids)
        zalando.active = False
        self.assertFalse(order.activity_ids)
        zalando.active = True
        with self.crons():
            self.run_cron("cron_auto_accept")
        self.assertTrue(order.activity_ids)

    # === INSTALLED ANEW === #

    def forget(self, order):
        """Do to an order what uninstalling and installing the addon does."""
        sales = order.sale_order_ids
        sales.order_line.lengow_line_ref = False
        sales.lengow_order_id = False
        order.action_ids.unlink()
        order.unlink()
        self.env.flush_all()
        return sales

    def test_after_an_installation_anew_orders_find_their_sale_orders(self):
        sent = payload(
            "A-1", package(line("SHIRT"), line("MUG", "10.00", 2)), shipping="4.00"
        )
        sale = self.forget(self.import_payload(sent))
        order = self.import_payload({**sent, "merchant_order_id": [sale.name]})
        self.assertEqual(order.import_state, "imported", order.state_reason)
        self.assertEqual(order.sale_order_ids, sale)
        self.assertEqual(self.sales_of("A-1"), sale)
        self.assertEqual(order.line_ids.sale_line_id.product_id, self.shirt | self.mug)
        self.assertIn(sale.name, order.message_ids[0].body)

    def test_a_batch_of_known_and_new_orders_imports_both(self):
        sale = self.forget(self.import_order("A-1"))
        self.put(payload("A-1"))
        self.put(payload("A-2"))
        orders = self.sync()
        self.assertEqual(set(orders.mapped("import_state")), {"imported"})
        self.assertEqual(self.order("A-1").sale_order_ids, sale)
        self.assertEqual(len(self.sales_of("A-2")), 1)

    def test_a_sale_order_of_another_date_is_for_a_person_to_judge(self):
        sale = self.forget(self.import_order("A-1"))
        sale.date_order = "2020-01-01 00:00:00"
        order = self.import_payload(payload("A-1"))
        self.assertEqual(order.error_code, "already_here")
        self.assertIn(sale.name, order.error_message)
        self.assertEqual(self.sales_of("A-1"), sale)
        sale.client_order_ref = False
        order.action_import()
        self.assertEqual(order.import_state, "imported", order.error_message)

    def test_a_canceled_sale_order_is_not_in_the_way(self):
        self.forget(self.import_order("A-1"))._action_cancel()
        self.assertEqual(self.import_order("A-1").import_state, "imported")

    # === ACCOUNTS === #

    def successor(self, **values):
        account = self.create_account(name="Successor", **values)
        account.action_connect()
        return account

    def test_only_accounts_that_fetch_are_twins(self):
        twin = self.successor()
        self.assertEqual(twin.error_code, "twin")
        self.account.active = False
        twin.action_connect()
        self.assertEqual(twin.state, "connected", twin.error_message)
        self.account.active = True
        self.assertEqual(self.account.state, "draft")
        self.account.action_connect()
        self.assertEqual(self.account.error_code, "twin")

    def test_a_successor_takes_over_what_the_old_account_imported(self):
        old = self.import_order("A-1")
        sale, old_line = old.sale_order_ids, old.line_ids.sale_line_id
        self.account.active = False
        account = self.successor()
        self.sync(account)
        new = self.order("A-1", account)
        self.assertEqual(new.import_state, "imported", new.state_reason)
        self.assertEqual(self.sales_of("A-1"), sale)
        self.assertEqual(sale.lengow_order_id, new)
        self.assertEqual(new.line_ids.sale_line_id, old_line)
        self.assertEqual(old.import_state, "ignored")
        self.assertIn("Successor", old.state_reason)

    def test_a_shop_that_moves_to_another_company_does_not_import_twice(self):
        sale = self.import_order("A-1").sale_order_ids
        self.account.active = False
        account = self.successor(company_id=self.other_company.id)
        self.assertEqual(account.state, "connected", account.error_message)
        self.sync(account)
        new = self.order("A-1", account)
        self.assertEqual(new.import_state, "ignored", new.error_message)
        self.assertIn(sale.name, new.state_reason)
        self.assertEqual(self.sales_of("A-1"), sale)

    def test_ready_orders_of_an_archived_account_are_not_imported(self):
        order = self.import_payload(payload("A-1", package(line("LATER"))))
        self.create_product("LATER")
        self.env["lengow.judge"]._judge(order)
        self.account.active = False
        with self.crons():
            self.run_cron("cron_process_orders")
        self.assertEqual(order.import_state, "ready")

    def test_a_successor_knows_orders_whose_reference_was_changed(self):
        sale = self.import_order("A-1").sale_order_ids
        sale.client_order_ref = "PO 42"
        self.account.active = False
        account = self.successor()
        self.put(payload("A-1", merchant_order_id=[sale.name]))
        self.sync(account)
        self.assertEqual(self.order("A-1", account).sale_order_ids, sale)
        self.assertFalse(self.sales_of("A-1"))

    def test_what_was_imported_and_canceled_is_not_imported_by_a_successor(self):
        sale = self.import_order("A-1").sale_order_ids
        sale._action_cancel()
        self.account.active = False
        account = self.successor()
        self.sync(account)
        order = self.order("A-1", account)
        self.assertEqual(order.import_state, "ignored", order.error_message)
        self.assertIn(sale.name, order.state_reason)
        order.action_import()
        self.assertEqual(order.import_state, "imported", order.error_message)

    def test_a_successor_sends_what_was_still_to_be_sent(self):
        old = self.import_order("A-1")
        waiting = self.env["lengow.outbox"]._plan(
            old, "cancel", [{"line": old.line_ids.lengow_line_ref}]
        )
        self.assertEqual(waiting.state, "todo")
        self.account.active = False
        account = self.successor()
        self.sync(account)
        self.assertEqual(waiting.order_id, self.order("A-1", account))
        self.assertEqual(waiting.account_id, account)

    def test_an_account_of_other_keys_succeeds_nobody(self):
        self.import_order("A-1").sale_order_ids._action_cancel()
        self.account.active = False
        access_token, secret = self.server.second_keys
        account = self.successor(access_token=access_token, secret_token=secret)
        self.put(payload("A-1"), account_id=4343)
        self.sync(account)
        self.assertEqual(self.order("A-1", account).import_state, "imported")

    def test_one_server_spelt_in_two_ways_is_one(self):
        self.import_order("A-1").sale_order_ids._action_cancel()
        spelt = self.server.url.replace("http://", "HTTP://") + "/"
        twin = self.successor(base_url=spelt)
        self.assertEqual(twin.error_code, "twin")
        self.account.active = False
        twin.action_connect()
        self.assertEqual(twin.state, "connected", twin.error_message)
        self.sync(twin)
        self.assertEqual(self.order("A-1", twin).import_state, "ignored")

    # === BETWEEN TWO ACCOUNTS === #

    def succeed(self, *packages, **values):
        """Let another account follow; meanwhile order A-1 has changed."""
        self.account.active = False
        self.put(payload("A-1", *packages, **values))
        account = self.successor()
        self.sync(account)
        return self.order("A-1", account)

    def test_what_was_canceled_between_two_accounts_is_not_shipped(self):
        sale = self.import_order("A-1").sale_order_ids
        order = self.succeed(lengow_status="canceled", marketplace_status="Canceled")
        self.assertEqual(sale.state, "cancel")
        self.assertEqual(sale.lengow_order_id, order)

    def left_open(self, number, ago):
        """Import an order that Lengow has changed so many days ago."""
        then = fields.Datetime.now() - timedelta(days=ago)
        stamp = f"{then.isoformat()}Z"
        order = payload(number, updated_at=stamp, imported_at=stamp)
        self.sandbox.put_order(order)
        self.account.orders_synced_until = then
        self.sync()
        self.assertEqual(self.order(number).import_state, "imported")
        return self.order(number).sale_order_ids

    def test_what_was_left_open_long_ago_is_taken_over(self):
        sale = self.left_open("A-1", 12)
        self.account.active = False
        account = self.successor()
        self.sync(account)
        self.assertEqual(sale.lengow_order_id, self.order("A-1", account))

    def test_an_account_that_comes_back_takes_back_what_is_open(self):
        sale = self.left_open("A-1", 12)
        old = self.account
        old.active = False
        account = self.successor()
        self.sync(account)
        self.assertEqual(sale.lengow_order_id.account_id, account)
        account.active = False
        old.active = True
        old.action_connect()
        self.sync(old)
        self.assertEqual(sale.lengow_order_id, self.order("A-1", old))
        self.assertEqual(self.order("A-1", old).import_state, "imported")
        self.assertEqual(self.order("A-1", account).import_state, "ignored")

    def test_what_changed_since_the_account_before_was_read_last_is_read(self):
        sale = self.left_open("A-1", 12)
        then = fields.Datetime.now() - timedelta(days=6)
        self.account.orders_synced_until = then - timedelta(days=1)
        self.account.active = False
        self.account.order_ids.lengow_status = "shipped"  # so nothing is left open
        stamp = f"{then.isoformat()}Z"
        ended = {"lengow_status": "canceled", "marketplace_status": "Canceled"}
        self.sandbox.put_order(payload("A-1", updated_at=stamp, **ended))
        self.sync(self.successor())
        self.assertEqual(sale.state, "cancel")

    def test_what_was_delivered_and_canceled_then_waits_for_somebody(self):
        sale = self.import_order("A-1").sale_order_ids
        sale.picking_ids.move_ids.write({"quantity": 1, "picked": True})
        sale.picking_ids.button_validate()
        order = self.succeed(lengow_status="canceled", marketplace_status="Canceled")
        self.assertEqual(sale.lengow_order_id, order)
        self.assertTrue(order.activity_ids)

    def test_what_was_canceled_before_an_installation_anew_is_not_shipped(self):
        sale = self.forget(self.import_order("A-1"))
        order = self.import_payload(
            payload("A-1", lengow_status="canceled", marketplace_status="Canceled")
        )
        self.assertEqual(sale.lengow_order_id, order)
        self.assertEqual(sale.state, "cancel")

    def test_an_address_that_changed_between_two_accounts_holds_the_delivery(self):
        self.import_order("A-1")
        moved = address(first_line="2 rue du Test")
        order = self.succeed(package(delivery=moved))
        self.assertEqual(order.import_state, "imported", order.state_reason)
        self.assertEqual(order.change_kind, "address")

    def test_what_waited_for_somebody_waits_on(self):
        old = self.import_order("A-1")
        moved = package(delivery=address(first_line="2 rue du Test"))
        self.import_payload(payload("A-1", moved))
        self.assertEqual(old.change_kind, "address")
        old.write({"invoice_state": "error", "invoice_error": "Period is closed"})
        self.account.active = False
        account = self.successor()
        self.sync(account)
        order = self.order("A-1", account)
        self.assertEqual(order.change_kind, "address")
        self.assertIn("2 rue du Test", order.change_summary)
        self.assertEqual(order.invoice_state, "error")
        self.assertTrue(order.sale_order_ids.picking_ids.lengow_hold_reason)
        self.assertFalse(old.change_kind)
        self.assertFalse(old.invoice_state)
        self.assertFalse(old.activity_ids)

    def test_what_was_not_read_before_calls_nobody_once_it_is(self):
        old = self.import_order("A-1").sudo()
        values = {"name": "A-1", "marketplace_id": old.marketplace_id.id}
        values["payload"] = old.payload
        with mute_logger(FAILURES):
            self.env["lengow.inbox.failure"]._note(old, values, Outcome())
        self.assertTrue(old.activity_ids)
        order = self.succeed()
        self.assertEqual(order.sale_order_ids.lengow_order_id, order)
        self.env.invalidate_all()
        self.assertFalse(order.activity_ids | old.activity_ids)

    def test_what_was_still_to_be_sent_outlives_the_test_mode_of_a_successor(self):
        self.account.test_mode = False
        old = self.import_order("A-1")
        lines = [{"line": old.line_ids.lengow_line_ref}]
        action = self.env["lengow.outbox"]._plan(old, "cancel", lines)
        self.assertEqual(action.state, "todo")
        self.account.active = False
        account = self.successor(test_mode=True)
        self.sync(account)
        order = self.order("A-1", account)
        self.assertEqual(order.import_state, "imported", order.error_message)
        account.test_mode = False
        self.assertEqual(action.state, "todo")
        self.assertEqual(action.order_id, order)

    def test_what_changed_while_the_successor_was_set_up_is_seen(self):
        sale = self.import_order("A-1").sale_order_ids
        self.account.active = False
        account = self.successor(test_mode=True, setup_state="held")
        self.sync(account)
        order = self.order("A-1", account)
        self.assertEqual(order.import_state, "waiting")
        self.put(payload("A-1", package(delivery=address(first_line="2 rue du Test"))))
        self.sync(account)
        self.env["lengow.setup"]._begin_import(account)
        self.assertEqual(sale.lengow_order_id, order)
        self.assertEqual(order.change_kind, "address")

    def test_what_an_account_before_has_asked_for_is_not_asked_for_again(self):
        old = self.import_order("A-1")
        asked = self.env["lengow.outbox"]._plan(
            old, "cancel", [{"line": old.line_ids.lengow_line_ref}]
        )
        asked.write({"state": "accepted", "remote_ref": "77", "sent_at": "2026-01-16"})
        self.account.active = False
        account = self.successor()
        self.sync(account)
        order = self.order("A-1", account)
        self.assertEqual(asked.order_id, order)
        self.assertEqual(asked.account_id, account)
        again = self.env["lengow.outbox"]._plan(
            order, "cancel", [{"line": order.line_ids.lengow_line_ref}]
        )
        self.assertEqual(again, asked)

    def test_rules_of_the_account_after_part_no_order_from_its_sale_order(self):
        sale = self.import_order("A-1").sale_order_ids
        self.account.active = False
        account = self.successor(import_orders_from=fields.Datetime.now())
        self.put(payload("A-2"))
        self.sync(account)
        self.assertEqual(self.order("A-2", account).import_state, "ignored")
        order = self.order("A-1", account)
        self.assertEqual(order.import_state, "imported", order.state_reason)
        self.assertEqual(order.sale_order_ids, sale)

    def test_lines_find_their_products_though_others_were_canceled(self):
        shirt, mug = line("SHIRT"), line("MUG", "10.00")
        old = self.import_order("A-1", package(shirt, mug))
        sold = {one.sku: one.sale_line_id for one in old.line_ids}
        left = {**shirt, "lengow_status": "canceled"}
        order = self.succeed(package(left, mug), total="10.00")
        self.assertEqual(order.import_state, "imported", order.error_message)
        for one in order.line_ids:
            self.assertEqual(one.sale_line_id, sold[one.sku])
        self.assertTrue(order.change_kind)

    def test_what_was_sold_as_the_fallback_product_is_still_to_be_matched(self):
        self.account.fallback_product_id = self.create_product("ANY")
        old = self.import_order("A-1", package(line("LATER")))
        self.assertTrue(old.line_ids.is_to_match)
        self.account.active = False
        account = self.successor(
            fallback_product_id=self.account.fallback_product_id.id
        )
        self.sync(account)
        order = self.order("A-1", account)
        self.assertTrue(order.line_ids.is_to_match)
        later = self.create_product("LATER")
        self.assertEqual(order.line_ids.product_id, later)
        self.assertEqual(order.sale_order_ids.order_line.product_id, later)

    def test_a_failure_to_take_over_stops_no_other_order(self):
        self.import_order("A-1")
        self.account.active = False
        self.put(payload("A-1", lengow_status="canceled", marketplace_status="x"))
        self.put(payload("A-2"))
        account = self.successor()

        def link(adoption, order, sales):
            self.env.cr.execute("SELECT 1 / 0")

        self.patch(type(self.env["lengow.adoption"]), "_link", link)
        with (
            self.assertLogs("odoo.addons.lengow_connector", "ERROR"),
            mute_logger("odoo.sql_db"),
        ):
            self.sync(account)
        self.assertEqual(self.order("A-1", account).import_state, "ignored")
        self.assertEqual(self.order("A-2", account).import_state, "imported")

    def test_a_marketplace_that_was_renamed_meanwhile_is_the_same(self):
        sale = self.import_order("A-1").sale_order_ids
        self.import_order("A-2").sale_order_ids._action_cancel()
        self.account.active = False
        account = self.successor()
        renamed = self.find_marketplace("amazon_fr", account)
        renamed.write({"code": "amazon_france", "legacy_code": "amazon_fr"})
        self.sandbox.clear_orders()
        for number in ("A-1", "A-2"):
            page = [payload(number, marketplace="amazon_france")]
            self.env["lengow.inbox"]._store(account, page)
        self.sync(account)
        self.assertEqual(self.order("A-1", account).sale_order_ids, sale)
        self.assertEqual(self.order("A-2", account).import_state, "ignored")

    def test_what_was_dismissed_before_stays_so_on_a_successor(self):
        old = self.import_payload(payload("A-1", package(line("LATER"))))
        self.env["lengow.dismissal"]._dismiss(old, "fraud", "Three cards")
        self.create_product("LATER")
        self.account.active = False
        account = self.successor()
        self.sync(account)
        order = self.order("A-1", account)
        self.assertEqual(order.import_state, "ignored")
        self.assertEqual(order.dismiss_reason, "fraud")
        self.assertIn("Three cards", order.dismiss_label)
        order.action_take_up()
        self.put(payload("A-1", package(line("LATER")), comments="x"))
        self.sync(account)
        self.assertEqual(order.import_state, "imported", order.error_message)

    def test_what_was_dismissed_before_is_not_accepted_by_a_successor(self):
        waits = {
            "marketplace": "zalando",
            "lengow_status": "waiting_acceptance",
            "marketplace_status": "New",
        }
        lines = package(line(lengow_status="waiting_acceptance"))
        old = self.import_payload(payload("Z-1", lines, **waits))
        self.env["lengow.dismissal"]._dismiss(old, "fraud")
        self.account.active = False
        account = self.successor(test_mode=False)
        zalando = self.find_marketplace("zalando", account)
        zalando.write({"auto_accept": True, "auto_accept_stock": False})
        self.sync(account)
        with self.crons():
            self.run_cron("cron_auto_accept")
        order = self.order("Z-1", account)
        self.assertTrue(order.dismissed_at)
        self.assertFalse(order.action_ids)
