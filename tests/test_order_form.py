"""What an order shows of itself: banners, buttons, the next step, its documents."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.service.model import call_kw
from odoo.tests import Form, HttpCase, tagged

from ..lengow_api import STATUS_CODES
from ..mapper.problems import ImportProblem
from .common import address, line, package, payload
from .common.outbox import OutboxCase
from .common.shipping import ShippingCase


def tones(order):
    return [banner["tone"] for banner in order.banners or []]


@tagged("post_install", "-at_install")
class TestBanners(OutboxCase):
    def fail(self, order, kind="accept", code="marketplace", reason="ERR-4711"):
        action = order._plan_action(kind).sudo()
        action._mark_failed(code, reason)
        return action

    def first(self, order):
        return order.with_user(self.user).banners[0]

    def names(self, banner):
        return [button["name"] for button in banner["buttons"]]

    def press(self, order, button):
        """Call what a click on a button of a banner calls."""
        model = self.env[button["model"]].with_user(self.user)
        return call_kw(model, button["name"], [list(button["ids"]) or order.ids], {})

    def test_nothing_to_say_is_no_banner(self):
        self.assertFalse(self.import_order().banners)

    def test_pause_of_the_account_is_said(self):
        order = self.receive("B-1")
        self.account.with_user(self.manager)._mark_paused("Stock-taking")
        banner = self.first(order)
        self.assertEqual(banner["tone"], "warning")
        self.assertIn("Stock-taking", banner["text"])
        self.assertIn(self.manager.name, banner["text"])
        self.account._mark_resumed()
        self.assertNotIn("warning", tones(order))

    def test_account_that_is_not_connected_is_said_of_what_is_open(self):
        order, ended = self.receive("B-1"), self.receive("B-2", status="canceled")
        self.account._mark_disconnected()
        self.assertIn("not connected", self.first(order)["text"])
        self.assertNotIn("warning", tones(ended))
        self.account.write({"state": "connected", "active": False})
        self.assertIn("archived", self.first(order)["text"])

    def test_refused_action_is_named_with_its_reason_and_its_ways_out(self):
        order = self.receive("B-1")
        self.fail(order, reason="ERR-4711 offer stock insufficient")
        banner = self.first(order)
        self.assertEqual(banner["tone"], "danger")
        self.assertIn("refused Accept: ERR-4711 offer stock", banner["text"])
        self.assertIn(order.marketplace_id.name, banner["text"])
        labels = [button["label"] for button in banner["buttons"]]
        self.assertEqual(labels, ["Correct", "Send Again", "Dismiss"])

    def test_dismissed_failure_is_said_no_more(self):
        order = self.receive("B-1")
        action = self.fail(order)
        dismiss = self.first(order)["buttons"][-1]
        dialog = self.wizard_of(self.press(order, dismiss), self.user)
        dialog.action_reason = "by_hand"
        dialog.action_confirm()
        self.assertEqual(action.state, "canceled")
        self.assertNotIn("danger", tones(order))

    def test_failure_that_is_sent_again_is_under_way(self):
        order = self.receive("B-1")
        self.fail(order)
        again = self.first(order)["buttons"][1]
        self.assertEqual(again["name"], "action_retry")
        self.press(order, again)
        self.assertEqual(tones(order), ["info"])

    def test_what_may_have_arrived_is_not_corrected(self):
        order = self.receive("B-1")
        action = order._plan_action("accept").sudo()
        action.sent_at = fields.Datetime.now()
        action._mark_failed("expired", "Nobody knows.")
        self.assertEqual(
            self.names(self.first(order)), ["action_retry", "action_open_dismiss"]
        )

    def test_one_banner_of_a_severity_and_the_rest_is_counted(self):
        order = self.receive("B-1")
        self.fail(order)
        order.write(
            {
                "invoice_state": "error",
                "invoice_error": "Period is closed",
                "tax_doubt": "Look at the taxes",
                "change_kind": "review",
            }
        )
        order._mark_error(ImportProblem("unexpected", "It failed."))
        self.assertEqual(tones(order), ["danger", "warning"])
        red, yellow = order.banners
        self.assertEqual(red["text"], "It failed.")
        self.assertEqual(len(red["others"]), 2)
        self.assertEqual(len(yellow["others"]), 1)

    def test_red_stands_above_blue(self):
        order = self.receive("B-1")
        self.assertEqual(tones(order), ["info"])
        self.fail(order)
        self.assertEqual(tones(order)[0], "danger")

    def test_what_was_asked_for_comes_before_the_reason_to_wait(self):
        self.account.undo_seconds = 60
        order = self.receive("B-1")
        order.with_user(self.user)._plan_action("accept")
        order.action_ids.next_try_at = fields.Datetime.now() + timedelta(minutes=1)
        banner = self.first(order)
        self.assertIn("Accepting…", banner["text"])
        self.assertEqual(self.names(banner), ["action_undo"])
        self.press(order, banner["buttons"][0])
        self.assertEqual(order.action_ids.state, "canceled")

    def test_failed_invoice_names_the_sale_order_and_answers(self):
        order = self.import_order()
        order.write({"invoice_state": "error", "invoice_error": "Period is closed"})
        banner = self.first(order)
        self.assertIn(order.sale_order_ids.name, banner["text"])
        self.assertIn("Period is closed", banner["text"])
        result = self.press(order, banner["buttons"][0])
        self.assertEqual(result["tag"], "display_notification")

    def test_question_before_what_replaces_a_sale_order(self):
        order = self.import_order()
        order.change_kind = "content"
        apply, keep = self.first(order)["buttons"]
        self.assertEqual(apply["name"], "action_apply_changes")
        self.assertIn("canceled and replaced", apply["confirm"])
        self.assertEqual(apply["cancel_label"], keep["label"])

    def test_every_button_of_a_banner_is_of_a_method_that_there_is(self):
        order = self.receive("B-1")
        self.fail(order)
        order.write({"tax_doubt": "x", "invoice_state": "error", "invoice_error": "x"})
        for kind in ("billing", "content", "canceled", "reopened", "review"):
            order.change_kind = kind
            for banner in filter(None, self.env["lengow.banner"]._all(order)):
                for button in banner.buttons:
                    with self.subTest(button=button.name, kind=kind):
                        self.assertTrue(hasattr(self.env[button.model], button.name))
                        self.assertTrue(button.label)


@tagged("post_install", "-at_install")
class TestOrderForm(ShippingCase):
    def test_every_status_is_one_of_four_steps(self):
        order = self.import_order()
        for status in STATUS_CODES:
            order.lengow_status = status
            self.assertTrue(order.milestone, status)
        order.lengow_status = "unknown"
        self.assertFalse(order.milestone)

    def test_stat_buttons_show_the_numbers(self):
        order = self.receive_to_ship("F-1", "cdiscount")
        sale, picking = order.sale_order_ids, order.sale_order_ids.picking_ids
        self.assertEqual(order.sale_label, sale.name)
        self.assertEqual(order.picking_label, picking.name)
        self.assertTrue(order.picking_state)
        self.assertFalse(order.invoice_label)
        invoice = sale._create_invoices()
        self.assertEqual(order.invoice_label, invoice.display_name)
        invoice.button_cancel()
        self.assertFalse(order.invoice_label)

    def test_two_sale_orders_are_counted(self):
        order = self.import_order(
            "F-1", package(), package(delivery=address(first_line="Elsewhere 2"))
        )
        self.assertEqual(len(order.sale_order_ids), 2)
        self.assertEqual(order.sale_label, "2")

    def test_next_step_of_an_imported_order_is_its_delivery(self):
        order = self.receive_to_ship("F-1", "cdiscount")
        storekeeper = self.create_user(
            "keeper", "lengow_connector.group_user", "stock.group_stock_user"
        )
        seen = order.with_user(storekeeper)
        self.assertTrue(seen.can_deliver)
        action = seen.action_deliver()
        self.assertEqual(action["res_id"], order.sale_order_ids.picking_ids.id)
        # Whoever has no access to deliveries reports the shipment.
        self.assertFalse(order.with_user(self.user).can_deliver)
        self.assertTrue(order.with_user(self.user).can_report_shipment)

    def test_shipment_of_what_is_not_imported_is_not_reported(self):
        order = self.import_payload(payload("F-1", package(line("NOPE"))))
        self.assertTrue(order.can_ship)
        self.assertFalse(order.can_report_shipment)
        order.marketplace_id.workflow = "quotation"
        self.assertTrue(order.can_report_shipment)

    def test_recipient_is_read_from_the_payload_and_goes_with_it(self):
        relay = {"id": "04217", "name": "Tabac", "type": "A2P"}
        tracking = {"carrier": "Colissimo", "method": "Home", "relay": relay}
        order = self.import_order("F-1", package(trackings=[tracking]))
        seen = order.with_user(self.user)
        self.assertIn("1 rue du Test\n75001 Paris", seen.recipient)
        self.assertEqual(seen.recipient_phone, "0600000000")
        self.assertEqual(seen.recipient_relay, "Tabac 04217")
        self.assertEqual(seen.wished_carrier, "Colissimo Home")
        order._anonymise()
        order.invalidate_recordset()
        self.assertNotIn("rue du Test", seen.recipient or "")
        self.assertFalse(seen.recipient_phone)

    def test_deadline_is_red_when_it_is_near_and_says_the_hour(self):
        order = self.import_order()
        now = fields.Datetime.now()
        for hours, is_near, words in (
            (-3, True, "late since"),
            (2, True, "before"),
            (72, False, "before"),
        ):
            order.ship_before = now + timedelta(hours=hours)
            self.assertEqual(order.is_deadline_near, is_near, hours)
            self.assertIn(words, order.deadline_label)
            self.assertIn(":", order.deadline_label)
        order.lengow_status = "shipped"
        self.assertFalse(order.deadline_label)

    def test_form_tells_the_deadline_that_the_list_tells(self):
        now = fields.Datetime.now()
        order = self.import_order()
        order.write({"accept_before": now, "ship_before": now + timedelta(days=3)})
        for status, fulfilled, words in (
            ("waiting_acceptance", False, "Accept"),
            ("accepted", False, False),
            ("waiting_shipment", False, "Ship"),
            ("waiting_shipment", True, False),
        ):
            with self.subTest(status=status, fulfilled=fulfilled):
                order.lengow_status = status
                order.is_fulfilled_by_marketplace = fulfilled
                self.assertEqual(bool(order.due_at), bool(words))
                self.assertTrue((order.deadline_label or "").startswith(words or ""))
                self.assertEqual(bool(order.deadline_label), bool(words))

    def test_form_opens_for_a_user_without_other_rights(self):
        order = self.import_order()
        self.env.invalidate_all()
        Form(order.with_user(self.user))

    # === LINES === #

    def test_products_are_known_before_the_order_is_accepted(self):
        order = self.import_payload(
            payload(
                "F-1",
                package(line("SHIRT", quantity=3), line("NOPE")),
                lengow_status="waiting_acceptance",
            )
        )
        shirt, unknown = order.line_ids
        self.assertEqual(shirt.product_id, self.shirt)
        self.assertFalse(unknown.product_id)
        self.assertEqual(shirt.stock_label, "0 free, 3 missing")
        self.assertTrue(shirt.is_short)
        self.assertFalse(unknown.stock_label)
        self.add_stock(self.shirt, 12)
        self.env.invalidate_all()
        self.assertEqual(shirt.with_user(self.user).stock_label, "12 free")

    def test_lines_are_matched_once_the_product_exists(self):
        order = self.import_payload(
            payload("F-1", package(line("LATE")), lengow_status="waiting_acceptance")
        )
        self.assertFalse(order.line_ids.product_id)
        product = self.create_product("LATE")
        self.assertEqual(order.line_ids.product_id, product)

    def test_unknown_line_opens_the_matching_before_the_import(self):
        order = self.import_payload(
            payload("F-1", package(line("NOPE")), lengow_status="waiting_acceptance")
        )
        action = order.line_ids.with_user(self.user).action_match()
        self.assertEqual(action["res_model"], "lengow.order.resolve")

    def test_stock_is_not_judged_once_it_is_reserved(self):
        order = self.import_order()
        self.assertFalse(order.line_ids.stock_label)

    def test_status_of_a_line_shows_where_it_differs(self):
        order = self.import_order(
            "F-1", package(line("SHIRT"), line("MUG", lengow_status="shipped"))
        )
        self.assertEqual(
            order.line_ids.mapped("has_own_status"),
            [False, True],
        )

    def test_line_says_the_price_of_one_piece_beside_its_total(self):
        order = self.import_order("F-1", package(line("SHIRT", "39.80", quantity=2)))
        self.assertEqual(order.line_ids.amount_total, 39.8)
        self.assertEqual(order.line_ids.amount_unit, 19.9)

    # === DELIVERY === #

    def test_delivery_says_beforehand_what_the_marketplace_requires(self):
        order = self.receive_to_ship("F-1", "cdiscount")
        picking = order.sale_order_ids.picking_ids
        picking.carrier_id = False
        self.assertTrue(picking.lengow_lacks_carrier)
        self.assertTrue(picking.lengow_lacks_tracking)
        picking.carrier_id = self.method
        self.assertFalse(picking.lengow_lacks_carrier)
        picking.carrier_tracking_ref = "6A1"
        self.assertFalse(picking.lengow_lacks_tracking)

    def test_a_connected_carrier_gives_a_number_only_if_it_makes_labels(self):
        order = self.receive_to_ship("F-1", "cdiscount")
        picking = order.sale_order_ids.picking_ids
        picking.carrier_id = self.method
        kind = picking.picking_type_id
        for level, prints, lacks in (
            ("rate_and_ship", True, False),
            ("rate", True, True),
            ("rate_and_ship", False, True),
        ):
            self.method.integration_level, kind.print_label = level, prints
            Method = self.env.registry["delivery.carrier"]
            with patch.object(Method, "delivery_type", "somebody"):
                picking.invalidate_recordset(["lengow_lacks_tracking"])
                self.assertEqual(picking.lengow_lacks_tracking, lacks, level)

    def test_try_again_on_a_delivery_answers(self):
        order = self.receive_to_ship("F-1", "cdiscount")
        picking = order.sale_order_ids.picking_ids
        result = picking.action_lengow_report()
        self.assertEqual(result["tag"], "display_notification")


@tagged("post_install", "-at_install")
class TestOrderFormTour(ShippingCase, HttpCase):
    def test_the_form_leads_to_the_delivery_and_the_gear_has_the_rest(self):
        self.create_user(
            "form-user",
            "lengow_connector.group_user",
            "stock.group_stock_user",
            "sales_team.group_sale_salesman_all_leads",
        )
        self.receive_to_ship("TOUR-FORM", "cdiscount")
        self.start_tour("/odoo/lengow-orders", "lengow_order_form", login="form-user")
