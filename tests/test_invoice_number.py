"""A marketplace that asks for an invoice number is told that of the posted invoice."""

from odoo.tests import tagged

from .common.shipping import ShippingCase


@tagged("post_install", "-at_install")
class TestInvoiceNumber(ShippingCase):
    def ask_for_it(self, members="args", kind="ship"):
        """Let a marketplace's action ask for the number of the invoice."""

        def change(actions):
            empty = {"args": [], "optional_args": [], "status": ["waiting_shipment"]}
            actions.setdefault(kind, empty)[members].append("invoice_number")

        self.define("cdiscount", change)
        self.map_carrier("cdiscount", "Colissimo")

    def post_invoice(self, order):
        """Invoice what can be, and post it, as an accountant does."""
        invoice = order.sale_order_ids._create_invoices()
        invoice.action_post()
        return invoice

    def test_a_shipment_that_needs_it_waits_for_the_invoice(self):
        self.ask_for_it()
        order = self.receive_to_ship("N-1")
        picking = order.sale_order_ids.picking_ids
        self.deliver(picking, "6A1")
        self.assertFalse(self.ships_of(order))
        self.assertEqual(picking.lengow_ship_state, "waiting")
        self.assertIn("Missing: Invoice Number.", picking.lengow_ship_message)
        draft = order.sale_order_ids._create_invoices()
        self.env["lengow.reporter"]._report(order)
        self.assertFalse(self.ships_of(order), "a draft has no number")
        draft.with_user(self.create_accountant()).action_post()
        ship = self.ships_of(order)
        self.assertEqual(ship.parameters["invoice_number"], draft.name)
        self.assertFalse(picking.lengow_ship_state)
        self.send()
        self.assertEqual(ship.state, "accepted", ship.error_message)

    def test_where_it_is_optional_nothing_waits_for_it(self):
        self.ask_for_it("optional_args")
        orders = self.receive_to_ship("N-1") | self.receive_to_ship("N-2")
        invoice = self.post_invoice(orders[1])
        for order in orders:
            self.deliver(order.sale_order_ids.picking_ids, "6A1")
        told = [self.ships_of(o).parameters.get("invoice_number") for o in orders]
        self.assertEqual(told, [None, invoice.name])

    def test_it_is_told_to_those_only_who_ask_for_it(self):
        self.map_carrier("cdiscount", "Colissimo")
        order = self.receive_to_ship("N-1")
        self.post_invoice(order)
        self.deliver(order.sale_order_ids.picking_ids, "6A1")
        self.assertNotIn("invoice_number", self.ships_of(order).parameters)

    def test_of_several_invoices_none_is_told(self):
        self.ask_for_it()
        order = self.receive_to_ship("N-1")
        first = self.post_invoice(order)
        second = first.copy()
        second.invoice_line_ids.sale_line_ids = order.sale_order_ids.order_line
        second.action_post()
        self.deliver(order.sale_order_ids.picking_ids, "6A1")
        self.assertFalse(self.ships_of(order))
        # One of them is taken back: the other is meant.
        reversal = first._reverse_moves(cancel=True)
        self.assertEqual(first.payment_state, "reversed", reversal.state)
        self.sweep()
        self.assertEqual(self.ships_of(order).parameters["invoice_number"], second.name)

    def test_the_dialog_of_other_actions_begins_with_it(self):
        self.ask_for_it(kind="confirm_invoice")
        order = self.receive_to_ship("N-1")
        invoice = self.post_invoice(order)
        dialog = self.wizard_of(order.with_user(self.user).action_open_act())
        dialog.action_choose()
        number = dialog.argument_ids.filtered(lambda a: a.name == "invoice_number")
        self.assertEqual((number.label, number.value), ("Invoice Number", invoice.name))
        dialog.action_confirm()
        self.assertEqual(
            self.actions_of(order, "confirm_invoice").parameters,
            {"invoice_number": invoice.name},
        )
