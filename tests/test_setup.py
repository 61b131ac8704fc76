"""From two keys to the first sale order: the checklist, and what waits for it."""

import socket
from contextlib import contextmanager
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import LengowCase, line, package, payload
from .common.jobs import JobCase


class SetupCase(LengowCase):
    def setUp(self):
        super().setUp()
        self.account.unlink()  # the keys of an account connect once
        self.admin = self.create_user(
            "setup-admin",
            "lengow_connector.group_manager",
            "base.group_system",
            "product.group_product_manager",
        )

    def begin(self, **values):
        """Return an account as somebody creates it in the dialog, connected."""
        Account = self.env["lengow.account"].with_user(self.admin)
        self.env["ir.default"].set("lengow.account", "base_url", self.server.url)
        form = Form(
            Account.with_context(lengow_setup=True),
            "lengow_connector.lengow_account_view_form_connect",
        )
        form.access_token, form.secret_token = self.server.keys
        account = form.save()
        account.write({"import_max_age_days": 0, **values})
        self.result = account.with_context(lengow_dialog=True).action_connect()
        return account

    def steps(self, account):
        checklists = self.env["lengow.setup"].with_user(self.admin)._checklists()
        mine = [c for c in checklists if c["account_id"] == account.id]
        self.assertEqual(len(mine), 1)
        self.summary = mine[0]["summary"]
        return {step["name"]: step for step in mine[0]["steps"]}

    def activities(self, account):
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", "lengow.order"),
                ("res_id", "in", account.order_ids.ids),
            ]
        )


@tagged("post_install", "-at_install")
class TestSetup(SetupCase):
    # === CONNECT === #

    def test_two_keys_connect_in_test_mode_and_fetch_without_a_sale_order(self):
        self.put(payload("A-1"))
        self.put(payload("A-2", package(line("FOREIGN"))))
        account = self.begin()
        self.assertEqual(account.state, "connected")
        self.assertTrue(account.test_mode)
        self.assertEqual(account.name, self.company.name)
        self.assertEqual(self.result["params"]["type"], "success")
        self.assertIn("Orders fetched: 2.", self.result["params"]["message"])
        self.assertEqual(set(account.order_ids.mapped("import_state")), {"waiting"})
        self.assertIn("overview", account.order_ids[0].state_reason)
        account.action_sync_orders()
        with self.crons():
            self.run_cron("cron_process_orders")
        self.assertFalse(account.order_ids.sale_order_ids)
        self.assertFalse(self.activities(account))

    def test_who_connects_by_program_is_not_led_through(self):
        account = self.create_account()
        self.assertFalse(account.setup_state)
        self.assertFalse(account.test_mode)
        self.put(payload("A-1"))
        account.action_connect()
        self.sync(account)
        self.assertEqual(account.order_ids.import_state, "imported")
        self.assertFalse(self.env["lengow.setup"]._checklists())

    def test_a_failed_first_test_is_told_once_in_the_dialog(self):
        self.fault("/access/get_token", status=500)
        account = self.begin()
        self.assertEqual(self.result["res_id"], account.id)
        self.assertEqual(self.result["target"], "new")
        self.assertIn("outage", account.error_message)
        self.assertNotIn("Nothing is lost", account.error_message)
        self.assertIn("outage", self.steps(account)["connect"]["text"])
        self.sandbox.faults.clear()
        account.action_connect()
        self.assertEqual(account.state, "connected")

    def test_a_closed_port_is_told_in_one_sentence(self):
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            port = closed.getsockname()[1]
            account = self.create_account(base_url=f"http://127.0.0.1:{port}")
            account.action_connect()
        self.assertEqual(
            account.error_message,
            f"Could not reach 127.0.0.1:{port} from this server. Check the server's "
            "network, then test again.",
        )

    # === WHAT TO IMPORT === #

    def test_a_longer_period_is_read_at_once(self):
        account = self.begin()
        before = len(self.calls("/v3.0/orders"))
        account.import_window_days = 7
        account.action_setup_import_done()
        self.assertGreater(len(self.calls("/v3.0/orders")), before)
        step = self.steps(account)["import"]
        self.assertTrue(step["is_done"])
        self.assertIn("last 7 days", step["text"])

    def test_one_is_said_as_one(self):
        account = self.begin()
        account.import_window_days = 1
        steps = self.steps(account)
        self.assertIn("Orders of the last day, for ", steps["import"]["text"])
        count = account.marketplace_count
        self.assertEqual(steps["connect"]["text"], f"Marketplaces: {count}")

    # === PRODUCTS === #

    def test_products_are_matched_before_any_sale_order_exists(self):
        self.put(payload("A-1"))
        self.put(payload("A-2", package(line("FOREIGN"))))
        account = self.begin()
        steps = self.steps(account)
        self.assertEqual(steps["products"]["text"], "SKUs matched: 1 of 2")
        self.assertEqual(self.summary, "Orders: 0 imported, 2 waiting for step 4")
        wizard = self.wizard_of(account.action_setup_products(), self.admin)
        self.assertEqual(wizard.line_ids.mapped("sku"), ["FOREIGN"])
        wizard = self.wizard_of(wizard.action_create_missing(), self.admin)
        wizard.action_pair()
        self.assertEqual(set(account.order_ids.mapped("import_state")), {"imported"})
        self.assertFalse(self.activities(account))
        self.assertTrue(self.steps(account)["products"]["is_done"])
        self.assertEqual(self.summary, "Orders: 2 imported")
        self.assertEqual(account.setup_state, "importing")
        self.assertTrue(account.test_mode)

    def test_where_everything_matches_the_step_begins_the_import(self):
        self.put(payload("A-1"))
        account = self.begin()
        self.assertEqual(self.steps(account)["products"]["button"], "Start Importing")
        account.action_setup_products()
        self.assertEqual(account.order_ids.import_state, "imported")

    def test_somebody_may_ask_for_one_order_before(self):
        self.put(payload("A-1"))
        self.put(payload("A-2"))
        account = self.begin()
        self.order("A-1", account).action_import()
        self.assertEqual(self.order("A-1", account).import_state, "imported")
        self.assertEqual(self.order("A-2", account).import_state, "waiting")

    def test_what_is_left_unmatched_calls_nobody_for_each_order(self):
        for number in range(4):
            self.put(payload(f"A-{number}", package(line(f"FOREIGN-{number}"))))
        account = self.begin()
        account.action_begin_import()
        self.assertEqual(set(account.order_ids.mapped("import_state")), {"error"})
        self.assertFalse(self.activities(account))
        account.action_go_live()
        with self.crons():
            self.run_cron("cron_process_orders")
        self.assertFalse(self.activities(account))
        self.assertEqual(len(account.activity_ids), 1)
        self.assertIn("4", account.activity_ids.summary)

    # === GO LIVE === #

    def test_going_live_ends_test_mode_and_the_checklist(self):
        self.put(payload("A-1"))
        account = self.begin()
        account.action_go_live()
        self.assertFalse(account.test_mode)
        self.assertFalse(account.setup_state)
        self.assertEqual(account.order_ids.import_state, "imported")
        self.assertFalse(self.env["lengow.setup"]._checklists())

    def test_what_going_live_imports_is_told_to_lengow(self):
        self.put(payload("A-1"))
        account = self.begin()
        account.action_go_live()
        actions = account.order_ids.action_ids
        self.assertEqual(actions.mapped("kind"), ["link"])
        self.assertEqual(actions.state, "todo")

    def test_leaving_test_mode_by_hand_ends_the_checklist_once_imports_run(self):
        account = self.begin()
        account.test_mode = False
        self.assertEqual(account.setup_state, "held", "nobody has begun the import")
        account.test_mode = True
        account.action_begin_import()
        account.test_mode = False
        self.assertFalse(account.setup_state)

    def test_closing_the_checklist_keeps_test_mode(self):
        account = self.begin()
        account.action_begin_import()
        account.action_close_setup()
        self.assertTrue(account.test_mode)
        self.assertFalse(account.setup_state)

    def test_an_account_that_is_live_already_is_not_said_to_be_in_test_mode(self):
        self.put(payload("A-1"))
        account = self.begin()
        account.test_mode = False
        step = self.steps(account)["go"]
        self.assertNotIn("Test mode", step["text"])
        self.assertIn("live", step["text"])
        account.action_setup_products()
        self.assertFalse(account.setup_state, "nothing is left to do")

    def test_leaving_test_mode_in_the_settings_closes_the_checklist_alike(self):
        self.put(payload("A-1", package(line("FOREIGN"))))
        account = self.begin()
        account.action_begin_import()
        account.test_mode = False
        self.assertFalse(account.setup_state)
        self.assertEqual(account.activity_ids.summary, "Unknown product (1)")
        self.assertFalse(account.order_ids.is_error_new, "whoever it is has seen it")

    # === MANY === #

    @contextmanager
    def time_for_one(self):
        """Let a click bear one order and no more."""
        models = "odoo.addons.lengow_connector.models"
        with (
            patch(f"{models}.overview.lengow_setup.BUTTON_SECONDS", -1),
            patch(f"{models}.sales.lengow_importer.BATCH_SIZE", 1),
        ):
            yield

    def test_an_import_begins_as_far_as_a_click_bears_and_goes_on_by_itself(self):
        for number in range(4):
            self.put(payload(f"A-{number}"))
        account = self.begin()
        with self.time_for_one():
            told = account.action_begin_import()["params"]["message"]
        self.assertIn("Orders imported: 1,", told)
        self.assertIn("3 more", told)
        states = account.order_ids.mapped("import_state")
        self.assertEqual(sorted(states), ["imported", "waiting", "waiting", "waiting"])
        account.action_close_setup()
        with self.crons():
            self.run_cron("cron_process_orders")
        self.assertEqual(set(account.order_ids.mapped("import_state")), {"imported"})

    def test_what_is_to_fix_is_looked_at_before_what_only_waits(self):
        self.put(payload("A-1", package(line("FOREIGN"))))
        self.put(payload("A-2"))
        account = self.begin()
        broken = account.order_ids.filtered(lambda order: order.name == "A-1")
        broken.action_import()
        self.assertEqual(broken.import_state, "error")
        self.create_product("FOREIGN")
        broken.sudo().write(
            {
                "import_state": "error",
                "error_code": "unexpected",
                "order_date": "2020-01-01",
            }
        )
        with self.time_for_one():
            account.action_begin_import()
        self.assertEqual(broken.import_state, "imported")

    def test_what_cannot_be_read_is_to_fix_before_the_import_begins(self):
        unreadable = payload("A-1", lengow_status="waiting_acceptance")
        unreadable["packages"][0]["cart"][0]["quantity"] = "many"
        self.put(unreadable)
        account = self.begin()
        self.assertEqual(account.order_ids.import_state, "error")
        self.assertEqual(account.order_ids.error_code, "payload_invalid")
        self.assertFalse(account.activity_ids)

    # === WHO === #

    def test_users_see_the_checklist_and_only_managers_act(self):
        account = self.begin()
        Setup = self.env["lengow.setup"]
        self.assertFalse(Setup.with_user(self.user)._checklists()[0]["can_configure"])
        self.assertTrue(Setup.with_user(self.manager)._checklists()[0]["can_configure"])
        for method in ("action_setup_products", "action_go_live"):
            with self.assertRaises(AccessError):
                getattr(account.with_user(self.user), method)()
        with self.assertRaises(AccessError):
            account.with_user(self.manager).write({"setup_state": False})

    def test_a_user_does_not_begin_the_import_through_the_dialog(self):
        self.put(payload("A-1", package(line("FOREIGN"))))
        account = self.begin()
        dialog = self.env["lengow.order.resolve"].with_user(self.user)
        dialog = dialog.create({"setup_account_id": account.id})
        with self.assertRaises(AccessError):
            dialog.action_pair()


@tagged("post_install", "-at_install")
class TestSetupTours(SetupCase, JobCase):
    def test_first_sale_order_in_two_fields_and_six_clicks(self):
        for number in range(3):
            foreign = line(f"LGW-{number}", amount="24.00")
            self.put(payload(f"TOUR-{number}", package(foreign)))
        self.env["ir.default"].set("lengow.account", "base_url", self.server.url)
        self.env["ir.default"].set("lengow.account", "import_max_age_days", 0)
        self.start_tour("/odoo/lengow", "lengow_first_sale_order", login="setup-admin")
        account = self.env["lengow.account"].search([])
        self.assertEqual(len(account.order_ids.sale_order_ids), 3)
        self.assertFalse(self.activities(account))
        self.assertTrue(account.test_mode)
        self.assertFalse(
            [
                c
                for c in self.sandbox.calls
                if "actions" in c.path and c.method == "POST"
            ]
        )

    def test_wrong_keys_are_told_in_the_dialog_and_the_checklist_goes_on(self):
        self.put(payload("TOUR-1"))
        self.env["ir.default"].set("lengow.account", "base_url", self.server.url)
        self.env["ir.default"].set("lengow.account", "import_max_age_days", 0)
        self.start_tour("/odoo/lengow", "lengow_setup_to_the_end", login="setup-admin")
        account = self.env["lengow.account"].search([])
        self.assertFalse(account.test_mode)
        self.assertFalse(account.setup_state)
