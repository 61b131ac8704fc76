"""The inbox: every order that Lengow names becomes one row, and is judged once."""

import json

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..lengow_api import STATUS_CODES
from .common import LengowCase, address, line, package, payload

# What becomes of an order at each status of Lengow.
FATES = {
    "new": "waiting",
    "waiting_acceptance": "waiting",
    "accepted": "waiting",
    "waiting_shipment": "ready",
    "shipped": "ready",
    "closed": "ready",
    "refused": "ignored",
    "canceled": "ignored",
    "refunding": "ignored",
    "refunded": "ignored",
    "partial_refunded": "ready",
    "to_refund": "ignored",
    "pickup_to_prepare": "ready",
    "to_pickup": "ready",
    "pickup_completed": "ready",
    "pickup_canceled": "ignored",
}


class InboxCase(LengowCase):
    def store(self, *payloads):
        """Store payloads without importing, and return the rows of the last one."""
        account_sudo = self.account.sudo()
        account_sudo.env["lengow.inbox"]._store(account_sudo, list(payloads))
        return self.order(payloads[-1]["marketplace_order_id"])


@tagged("post_install", "-at_install")
class TestInboxStatus(InboxCase):
    def test_each_of_the_sixteen_statuses_has_its_fate(self):
        self.assertEqual(set(FATES), set(STATUS_CODES))
        for status, state in FATES.items():
            with self.subTest(status=status):
                order = self.store(payload(f"A-{status}", lengow_status=status))
                self.assertEqual(order.lengow_status, status)
                self.assertEqual(order.import_state, state)
                self.assertEqual(bool(order.state_reason), state != "ready")
                self.assertFalse(order.error_message)

    def test_sixteen_statuses_and_unknown_are_shown(self):
        field = self.env["lengow.order"]._fields["lengow_status"]
        self.assertEqual(set(field.get_values(self.env)), {*STATUS_CODES, "unknown"})

    def test_unknown_status_waits_and_keeps_its_code(self):
        order = self.store(
            payload(lengow_status="teleported", marketplace_status="Beamed")
        )
        self.assertEqual(order.lengow_status, "unknown")
        self.assertEqual(order.lengow_status_code, "teleported")
        self.assertEqual(order.import_state, "waiting")
        self.assertIn("teleported", order.state_reason)

    def test_unknown_status_is_looked_up_in_the_marketplace_map(self):
        for lengow_status in (None, "", "teleported"):
            with self.subTest(lengow_status=lengow_status):
                order = self.store(
                    payload(
                        f"A-{lengow_status}",
                        lengow_status=lengow_status,
                        marketplace_status="Unshipped",
                    )
                )
                self.assertEqual(order.lengow_status, "waiting_shipment")
                self.assertEqual(order.import_state, "ready")

    def test_order_that_moves_on_is_judged_anew(self):
        for status, state in (
            ("new", "waiting"),
            ("waiting_acceptance", "waiting"),
            ("canceled", "ignored"),
            ("waiting_shipment", "ready"),
        ):
            order = self.store(payload(lengow_status=status))
            self.assertEqual(order.import_state, state)

    def test_imported_order_stays_imported_and_shows_its_new_status(self):
        order = self.import_payload(payload())
        self.sandbox.move("amazon_fr", "A-1", "shipped")
        self.sync()
        self.assertEqual(order.lengow_status, "shipped")
        self.assertEqual(order.import_state, "imported")
        self.assertEqual(len(order.sale_order_ids), 1)

    def test_changes_of_status_are_in_the_chatter(self):
        order = self.store(payload(lengow_status="new"))
        self.cr.flush()  # as at the end of a transaction
        self.store(payload(lengow_status="accepted"))
        self.cr.flush()
        tracked = order.message_ids.sudo().tracking_value_ids
        self.assertIn("Accepted", tracked.mapped("new_value_char"))

    # === LINES === #

    def test_line_that_waits_for_acceptance_holds_the_order(self):
        self._map_status("waiting_acceptance", "SLOW_LINE")
        for values in (
            {"lengow_status": "waiting_acceptance"},
            {"lengow_status": None, "marketplace_status": "SLOW_LINE"},
        ):
            with self.subTest(values=values):
                order = self.store(
                    payload("A-1", package(line("SHIRT"), line("MUG", **values)))
                )
                self.assertEqual(order.import_state, "waiting")
                self.assertIn("acceptance", order.state_reason)

    def _map_status(self, status, code):
        definition = json.loads(json.dumps(self.marketplace.definition))
        definition["orders"]["status"].setdefault(status, []).append(code)
        self.marketplace.definition = definition

    def test_order_whose_every_line_is_out_is_ignored(self):
        for number, values in enumerate(
            (
                {"lengow_status": "canceled"},
                {"lengow_status": "refused"},
                {"lengow_status": "pickup_canceled"},
                {"quantity": 0},
            )
        ):
            with self.subTest(values=values):
                order = self.store(payload(f"A-{number}", package(line(**values))))
                self.assertEqual(order.import_state, "ignored")
                self.assertIn("Every line", order.state_reason)

    def test_line_without_quantity_is_not_taken_for_a_canceled_one(self):
        order = self.import_payload(payload("A-1", package(line(quantity=None))))
        self.assertEqual(order.import_state, "error")
        self.assertEqual(order.error_code, "amount_missing")


@tagged("post_install", "-at_install")
class TestInbox(InboxCase):
    # === IDENTITY === #

    def test_number_may_be_a_number_and_is_stripped(self):
        for sent, kept in ((123456, "123456"), ("  A-7 ", "A-7"), ("É/ß 1", "É/ß 1")):
            with self.subTest(sent=sent):
                self.store(
                    {**payload(sent), "marketplace_order_id": sent}, payload(kept)
                )
                self.assertEqual(len(self.order(kept)), 1)

    def test_same_number_on_two_marketplaces_is_two_orders(self):
        self.store(payload("A-1"), payload("A-1", marketplace="zalando"))
        self.assertEqual(len(self.order("A-1")), 2)

    def test_things_without_identity_are_counted_not_stored(self):
        orders, unreadable = self.env["lengow.inbox"]._store(
            self.account, [None, 1, "x", [], {}, payload(None), payload({}), payload()]
        )
        self.assertEqual(unreadable, 7)
        self.assertEqual(orders, self.order("A-1"))

    # === MARKETPLACES === #

    def test_unknown_marketplace_is_explained(self):
        order = self.store(payload(marketplace="new_shop"))
        self.assertEqual(order.marketplace_id.code, "new_shop")
        self.assertFalse(order.marketplace_id.is_known)
        self.assertEqual(order.error_code, "marketplace_unknown")
        self.assertIn("new_shop", order.error_message)

    def test_unknown_marketplace_that_becomes_known_lets_its_orders_go_on(self):
        self.put(payload("A-1", marketplace="new_shop"))
        self.put(
            payload(
                "A-2",
                marketplace="new_shop",
                lengow_status=None,
                marketplace_status="TO_SHIP",
            )
        )
        self.sync()
        self.describe("new_shop", {"waiting_shipment": ["TO_SHIP"]})
        with self.crons():
            self.run_cron("cron_sync_marketplaces")
            self.run_cron("cron_process_orders")
        for number in ("A-1", "A-2"):
            order = self.order(number)
            self.assertEqual(order.lengow_status, "waiting_shipment")
            self.assertEqual(order.import_state, "imported", order.error_message)

    def test_unknown_status_that_lengow_describes_later_lets_the_order_go_on(self):
        self.put(payload(lengow_status=None, marketplace_status="TO_SHIP"))
        self.sync()
        self.assertEqual(self.order("A-1").lengow_status, "unknown")
        definition = json.loads(json.dumps(self.sandbox.marketplaces["amazon_fr"]))
        definition["orders"]["status"]["waiting_shipment"].append("TO_SHIP")
        self.addCleanup(
            self.sandbox.marketplaces.update,
            {"amazon_fr": self.sandbox.marketplaces["amazon_fr"]},
        )
        self.sandbox.marketplaces["amazon_fr"] = definition
        self.account.action_sync_marketplaces()
        self.assertEqual(self.order("A-1").import_state, "ready")

    def describe(self, code, statuses):
        self.sandbox.marketplaces[code] = {
            "name": "New Shop",
            "country_iso_a2": "FR",
            "orders": {"status": statuses, "actions": {}, "carriers": {}},
        }
        self.addCleanup(self.sandbox.marketplaces.pop, code)

    # === REASONS TO IGNORE === #

    def test_anonymised_order_is_ignored_and_leaves_the_partner_alone(self):
        order = self.import_payload(payload("A-1", marketplace_customer_id="B-1"))
        partner = order.sale_order_ids.partner_id
        name = partner.name
        hidden = address(first_name="xxx", last_name="xxx", email=None)
        late = self.import_payload(
            payload(
                "A-2",
                package(delivery=hidden),
                billing_address=hidden,
                marketplace_customer_id="B-1",
                anonymized=True,
            )
        )
        self.assertEqual(late.import_state, "ignored")
        self.assertIn("deleted", late.state_reason)
        self.assertEqual(partner.name, name)

    def test_order_fulfilled_by_the_marketplace_follows_the_setting(self):
        types = [{"type": "is_delivered_by_marketplace", "label": "FBA"}]
        order = self.store(payload("A-1", order_types=types))
        self.assertTrue(order.is_fulfilled_by_marketplace)
        self.assertEqual(order.import_state, "ignored")
        self.account.import_fulfilled_by_marketplace = True
        order = self.import_payload(payload("A-2", order_types=types))
        self.assertEqual(order.import_state, "imported", order.error_message)
        self.assertFalse(order.sale_order_ids.picking_ids)

    def test_ignored_order_is_imported_when_asked_for_after_the_setting_changed(self):
        types = [{"type": "is_delivered_by_marketplace", "label": "FBA"}]
        order = self.import_payload(payload("A-1", order_types=types))
        self.assertEqual(order.import_state, "ignored")
        order.action_import()
        self.assertEqual(order.import_state, "ignored")
        self.account.import_fulfilled_by_marketplace = True
        order.action_import()
        self.assertEqual(order.import_state, "imported", order.error_message)

    def test_dead_order_is_ignored_even_when_it_is_unreadable(self):
        order = self.store(
            payload("A-1", total="not a number", lengow_status="canceled")
        )
        self.assertEqual(order.import_state, "ignored")

    # === CHANGES === #

    def test_changed_order_keeps_its_row_and_its_lines(self):
        first = payload("A-1", package(line("SHIRT"), line("MUG")), lengow_status="new")
        order = self.store(first)
        rows = order.line_ids
        moved = payload(
            "A-1",
            package(line("MUG")),
            package(line("SHIRT", lengow_status="shipped")),
            lengow_status="accepted",
        )
        self.assertEqual(self.store(moved), order)
        self.assertEqual(set(order.line_ids.ids), set(rows.ids))
        shirt = order.line_ids.filtered(lambda row: row.sku == "SHIRT")
        self.assertEqual((shirt.package_index, shirt.sequence), (1, 1))

    def test_line_keeps_its_sale_order_line_when_the_order_changes(self):
        order = self.import_payload(payload("A-1", package(line("SHIRT"), line("MUG"))))
        links = {row.sku: row.sale_line_id for row in order.line_ids}
        self.assertTrue(all(links.values()))
        self.sandbox.move("amazon_fr", "A-1", "shipped")
        self.sync()
        self.assertEqual({row.sku: row.sale_line_id for row in order.line_ids}, links)

    def test_lines_with_the_same_or_no_number_do_not_multiply(self):
        for number in (None, "7"):
            with self.subTest(number=number):
                lines = [
                    line("SHIRT", marketplace_order_line_id=number),
                    line("SHIRT", marketplace_order_line_id=number),
                ]
                content = payload(f"A-{number}", package(*lines), lengow_status="new")
                rows = self.store(content).line_ids
                order = self.store({**content, "lengow_status": "accepted"})
                self.assertEqual(order.line_ids, rows)

    def test_line_that_lengow_drops_disappears(self):
        self.store(payload("A-1", package(line("SHIRT"), line("MUG"))))
        order = self.store(payload("A-1", package(line("MUG"))))
        self.assertEqual(order.line_ids.mapped("sku"), ["MUG"])

    def test_error_is_forgotten_when_the_order_changes(self):
        self.import_payload(payload("A-1", package(line("UNKNOWN"))))
        self.assertEqual(self.order("A-1").error_code, "product_missing")
        order = self.import_payload(payload("A-1", package(line("SHIRT"))))
        self.assertEqual(order.import_state, "imported")
        self.assertFalse(order.error_message or order.error_code)

    # === WHATEVER IT CONTAINS === #

    def test_odd_payloads_become_rows_that_say_what_is_unreadable(self):
        for number, (name, value) in enumerate(
            (
                ("packages", "none"),
                ("packages", {"a": 1}),
                ("total_order", "12,50"),
                ("total_order", True),
                ("total_order", float("nan")),
                ("lengow_status", ["shipped"]),
                ("billing_address", "1 rue du Test"),
                ("shipping", {"amount": 1}),
            )
        ):
            with self.subTest(name=name, value=value):
                order = self.store({**payload(f"A-{number}"), name: value})
                self.assertEqual(order.error_code, "payload_invalid")
                self.assertIn(name, order.error_message)
                self.assertNotIn("PayloadProblem", order.error_message)

    def test_texts_that_no_database_stores_do_no_harm(self):
        odd = "NUL \x00 and half a pair \ud800"
        order = self.store(
            payload(
                "A-1",
                package(line(title=odd), delivery=address(city=odd)),
                comments=odd,
                billing_address=address(last_name=odd),
            )
        )
        self.env.flush_all()
        self.assertEqual(order.import_state, "ready")
        self.store(payload("A-1"), payload("A-2", comments="fine"))
        self.assertEqual(self.order("A-2").import_state, "ready")

    def test_endless_texts_are_cut_in_the_list_and_kept_in_the_payload(self):
        order = self.store(
            payload(
                "A-1",
                package(line(title="x" * 5000)),
                billing_address=address(last_name="y" * 5000),
            )
        )
        self.assertEqual(len(order.line_ids.title), 512)
        self.assertLessEqual(len(order.customer_name), 512)
        self.assertEqual(len(order.payload["billing_address"]["last_name"]), 5000)

    def test_html_of_a_buyer_is_text(self):
        order = self.import_payload(
            payload("A-1", comments="<script>alert(1)</script>")
        )
        self.assertEqual(order.import_state, "imported", order.error_message)
        self.assertNotIn("<script>", "".join(order.message_ids.mapped("body")))
        self.assertNotIn("<script>", str(order.sale_order_ids.note or ""))

    def test_payload_is_kept_as_it_came_and_read_by_managers_only(self):
        content = payload("A-1", **{"something_new": {"deep": [1, "2", None]}})
        order = self.store(content)
        self.assertEqual(order.payload, content)
        self.assertIn("something_new", order.with_user(self.manager).payload_text)
        for name in ("payload", "payload_text"):
            with self.assertRaises(AccessError):
                order.with_user(self.user)[name]

    # === REFRESH === #

    def test_refresh_reads_one_order_however_old(self):
        order = self.import_payload(payload(lengow_status="new"))
        self.sandbox.put_order(payload(), touch=False)  # months ago
        order.with_user(self.user).action_refresh()
        self.assertEqual(order.lengow_status, "waiting_shipment")
        self.assertEqual(order.import_state, "ready")

    def test_refresh_of_an_order_that_lengow_forgot_says_so(self):
        order = self.import_payload(payload())
        self.sandbox.clear_orders()
        notification = order.action_refresh()
        self.assertIn("A-1", notification["params"]["message"])
        self.assertEqual(order.import_state, "imported")

    def test_refresh_that_works_says_so_whatever_other_orders_lack(self):
        order = self.import_payload(payload())
        self.account.write({"error_code": "payload", "error_message": "One has none."})
        told = order.action_refresh()["params"]
        self.assertEqual(told["type"], "success", told["message"])
        self.assertEqual(self.account.error_message, "One has none.")

    def test_refresh_that_fails_is_explained_on_the_account(self):
        order = self.import_payload(payload())
        self.fault("/v3.0/orders", status=400)
        notification = order.action_refresh()
        self.assertEqual(notification["params"]["type"], "danger")
        self.assertEqual(self.account.error_code, "refused")
