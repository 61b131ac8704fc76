"""The marketplace's definition decides what may be asked, and how."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models.outbox.arguments import argument_label
from .common import line, package, payload
from .common.outbox import MISFITS, OutboxCase


@tagged("post_install", "-at_install")
class TestRules(OutboxCase):
    def _cases(self):
        """Yield an order in a fitting status for every action of every channel."""
        cases = []
        for code in sorted(self.sandbox.marketplaces):
            marketplace = self.find_marketplace(code)
            rules = marketplace._find_definition().actions
            for number, (kind, rule) in enumerate(rules.items()):
                status = next(iter(rule.statuses), "waiting_shipment")
                cases.append((self._put(f"{code}-{number}", code, status), kind, rule))
        self.sync()
        for number, kind, rule in cases:
            yield self.order(number), kind, rule

    def _put(self, number, code, status):
        """Put an order into the sandbox and return its number."""
        self.put(
            payload(
                number,
                package(line(lengow_status=status)),
                marketplace=code,
                lengow_status=status,
            )
        )
        return number

    def _import(self, number, code, status):
        self._put(number, code, status)
        self.sync()
        return self.order(number)

    def _fitting(self, rule):
        return self.fitting(rule, rule.arguments.keys() - {"line"})

    def _fill(self, wizard, values):
        """Fill in a whole dialog: what is not among the values is left empty."""
        names = wizard.argument_ids.mapped("name")
        self.enter(wizard, **{**dict.fromkeys(names), **values})

    def _open(self, order, kind):
        if kind in ("accept", "refuse"):
            decide = self.env["lengow.order.decide"].create(
                {"kind": kind, "order_ids": order.ids}
            )
            action = decide._open("x")
        else:
            act = self.env["lengow.order.act"].create(
                {"order_id": order.id, "kind": kind}
            )
            action = act._open("x")
        return self.wizard_of(action)

    def _confirm(self, wizard):
        """Confirm a form; return what it refused, if anything."""
        try:
            wizard.action_confirm()
        except UserError as error:
            return str(error)
        return ""

    def test_every_action_of_every_channel_can_be_sent(self):
        self.sandbox.settings.action_delay = 3600
        sent = 0
        for order, kind, rule in self._cases():
            with self.subTest(marketplace=order.marketplace_id.code, kind=kind):
                wizard = self._open(order, kind)
                names = set(wizard.argument_ids.mapped("name"))
                self.assertEqual(names, rule.arguments.keys() - {"line"})
                self._fill(wizard, self._fitting(rule))
                self.assertFalse(self._confirm(wizard))
                actions = order.action_ids.filtered(lambda a, k=kind: a.kind == k)
                self.send()
                self.assertEqual(actions.mapped("state"), ["accepted"], actions.answer)
                sent += 1
        self.assertGreater(sent, 40)

    def test_every_argument_that_does_not_fit_is_refused_with_its_name(self):
        for order, kind, rule in self._cases():
            fitting = self._fitting(rule)
            for argument in rule.arguments.values():
                if argument.name == "line":
                    continue
                where = {"kind": kind, "argument": argument.name}
                label = argument_label(self.env, argument.name)
                if argument.name in fitting:
                    with self.subTest(**where, fault="missing"):
                        wizard = self._open(order, kind)
                        self._fill(wizard, {**fitting, argument.name: None})
                        self.assertIn(label, self._confirm(wizard))
                if argument.is_closed_list or argument.type in MISFITS:
                    with self.subTest(**where, fault="unfit"):
                        bad = MISFITS.get(argument.type, "not on the list")
                        wizard = self._open(order, kind)
                        self._fill(wizard, {**fitting, argument.name: bad})
                        self.assertIn(label, self._confirm(wizard))
            with self.subTest(kind=kind, fault="unknown"), self.assertRaises(UserError):
                order._plan_action(kind, {**fitting, "color": "blue"})
            with (
                self.subTest(kind=kind, fault="line"),
                self.assertRaises(UserError) as e,
            ):
                order._plan_action(kind, {**fitting, "line": "no line of it"})
            self.assertIn("Order Line", str(e.exception))
            self.assertFalse(order.action_ids.filtered(lambda a, k=kind: a.kind == k))
        self.assertFalse(self.posts())

    def test_a_condition_calls_for_its_argument_and_forbids_it_otherwise(self):
        order = self._import("C-1", "amazon_fr", "waiting_shipment")
        common = {"shipping_method": "Std"}
        with self.assertRaisesRegex(UserError, "Carrier Name.*missing"):
            order._plan_action("ship", {**common, "carrier": "Other"})
        with self.assertRaisesRegex(UserError, "Carrier Name.*other values"):
            order._plan_action(
                "ship", {**common, "carrier": "4PX", "carrier_name": "Mine"}
            )
        action = order._plan_action(
            "ship", {**common, "carrier": "Other", "carrier_name": "Mine"}
        )
        self.assertEqual(action.parameters["carrier_name"], "Mine")

    def test_nothing_that_was_not_given_is_sent(self):
        order = self._import("C-2", "amazon_fr", "waiting_shipment")
        action = order._plan_action(
            "ship", {"carrier": "4PX", "shipping_method": "Std", "tracking_number": ""}
        )
        self.assertEqual(
            action.parameters.keys(), {"carrier", "shipping_method", "line"}
        )
        self.send()
        body = self.posts()[0].body
        self.assertNotIn("tracking_number", body)
        self.assertNotIn("shipping_date", body)

    def test_an_action_that_takes_a_line_is_sent_for_each(self):
        lines = [
            line("SHIRT", lengow_status="waiting_acceptance"),
            line("MUG", lengow_status="waiting_acceptance"),
            line("SHIRT", "5.00", lengow_status="canceled"),
        ]
        order = self.receive("C-3", "menlook", lines=lines)
        actions = order._plan_action("accept")
        self.assertEqual(
            sorted(a.parameters["line"] for a in actions),
            sorted(li["marketplace_order_line_id"] for li in lines[:2]),
        )

    def test_more_than_was_ordered_is_refused(self):
        order = self._import("C-4", "zalando", "waiting_shipment")
        with self.assertRaisesRegex(UserError, "Quantity.*more than"):
            order._plan_action("cancel", {"cancel_quantity": "2"})

    def test_what_the_marketplace_does_not_offer_is_said(self):
        order = self._import("C-5", "cdiscount", "waiting_shipment")
        self.assertFalse(order.can_cancel)
        with self.assertRaisesRegex(UserError, "back office"):
            order._plan_action("cancel")

    def test_an_action_of_another_status_is_not_offered(self):
        order = self.receive("C-6")
        self.assertTrue(order.can_accept)
        self.assertFalse(order.can_ship)
        with self.assertRaisesRegex(UserError, "Waiting for Shipment"):
            order._plan_action("ship", {"carrier": "4PX", "tracking_number": "1"})
        order._plan_action("accept")
        order.invalidate_recordset(["can_accept"])
        self.assertFalse(order.can_accept, "it is under way")
