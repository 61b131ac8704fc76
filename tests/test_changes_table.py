"""Every change that Lengow may make, at every stage of an order in Odoo."""

import copy

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..lengow_api.status import STATUS_CODES
from .common import LengowCase, address, line, package, payload
from .common.changes import CONTENTS, LINE_STATUSES, STAGES, STATUSES

CHANGE = "lengow_connector.mail_activity_type_marketplace_change"
DECIDE = "lengow_connector.mail_activity_type_decide_change"
# How Lengow edits an order and its package, whose lines are a shirt and a mug.
EDITS = {
    "address": lambda order, package: package["delivery"].update(
        first_line="2 rue du Test"
    ),
    "invoice address": lambda order, package: order.update(
        billing_address=address(first_line="2 rue du Test")
    ),
    "more pieces": lambda order, package: package["cart"][0].update(
        quantity=3, amount="72.00"
    ),
    "fewer pieces": lambda order, package: package["cart"][0].update(
        quantity=1, amount="24.00"
    ),
    "amount": lambda order, package: package["cart"][0].update(amount="40.00"),
    "line added": lambda order, package: package["cart"].append(line("MUG", "12.00")),
    "line gone": lambda order, package: package["cart"].pop(),
    "refunded in part": lambda order, package: package["cart"][1].update(
        refunded_amount="4.00"
    ),
    "deadline": lambda order, package: package["cart"][1].update(
        max_shipping_date="2026-03-01T10:00:00Z"
    ),
    "commission": lambda order, package: order.update(commission="9.00"),
}


@tagged("post_install", "-at_install")
class TestChangesTable(LengowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.shirt | cls.mug).invoice_policy = "order"
        cls.account.user_id = cls.user

    def test_table_has_every_status_of_lengow_and_every_edit(self):
        self.assertEqual({*STATUSES} - {"strange"}, {*STATUS_CODES})
        self.assertEqual(CONTENTS.keys(), EDITS.keys())

    def test_each_change_at_each_stage_does_what_the_table_says(self):
        for number, stage in enumerate(STAGES):
            order, content = self._stage(f"T-{number}", stage)
            for name, expected in self._rows():
                with self.subTest(change=name, stage=stage):
                    seen = self._try(order, self._changed(content, name))
                    self.assertEqual(seen, expected[number])

    def _rows(self):
        for table in (STATUSES, LINE_STATUSES, CONTENTS):
            for name, cells in table.items():
                yield name, cells.split()

    # === WHERE ODOO STANDS === #

    def _stage(self, name, stage):
        """Return an order that has come so far, and the payload of it."""
        sku = "NOPE" if stage == "in error" else "SHIRT"
        lines = [line(sku, "48.00", 2), line("MUG", "10.00")]
        self.marketplace.workflow = "quotation" if stage == "quotation" else "confirm"
        content = payload(name, package(*lines))
        order = self.import_payload(content)
        if stage in ("in error", "quotation", "confirmed"):
            return order, content
        picking = order.sale_order_ids.picking_ids
        pieces = {self.shirt: 1, self.mug: 0} if stage == "partly delivered" else {}
        for move in picking.move_ids:
            move.quantity = pieces.get(move.product_id, move.product_uom_qty)
            move.picked = bool(move.quantity)
        picking.with_context(skip_backorder=True).button_validate()
        if stage == "partly delivered":
            return order, content
        content["lengow_status"] = "shipped"
        for one in lines:
            one["lengow_status"] = "shipped"
        self._store(content)
        if stage == "delivered":
            return order, content
        invoice = order.sale_order_ids._create_invoices()
        invoice.action_post()
        if stage == "refunded":
            invoice._reverse_moves().action_post()
        return order, content

    # === WHAT LENGOW CHANGES === #

    def _changed(self, content, name):
        """Return the payload with a change of the table."""
        changed = copy.deepcopy(content)
        if name in STATUSES:
            changed["lengow_status"] = name
        elif name in LINE_STATUSES:
            mug = changed["packages"][0]["cart"][1]
            mug["lengow_status"] = name.removeprefix("line ")
        else:
            EDITS[name](changed, changed["packages"][0])
        return changed

    def _store(self, content):
        self.env["lengow.inbox"]._store(self.account, [content])

    def _try(self, order, content):
        """Return what comes of a change, which is undone."""
        with self.env.cr.savepoint() as savepoint:
            self._store(content)
            self.env.flush_all()
            seen = self._seen(order)
            savepoint.close(rollback=True)
        self.env.invalidate_all()
        return seen

    # === WHAT COMES OF IT === #

    def _seen(self, order):
        """Return the letters of what has come of a change."""
        if order.import_state != "imported":
            return "I" if order.import_state == "ignored" else "W"
        seen = ""
        if not order._living_sales():
            notes = order.sale_order_ids.message_ids.mapped("body")
            self.assertIn("Canceled because", str(notes))
            seen += "C"
        if order.change_kind:
            self.assertTrue(self._calls(order, DECIDE))
            self.assertTrue(order.change_summary)
            seen += "H" if self._is_held(order) else "D"
        if self._calls(order, CHANGE):
            seen += "A"
        notes = self.env["lengow.refund.proposal"]._credit_notes(order)
        if "draft" in notes.mapped("state"):
            seen += "N"
        open_pickings = order.sale_order_ids.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        )
        if any(open_pickings.mapped("lengow_already_shipped")):
            seen += "B"
        return seen or "."

    def _calls(self, order, xmlid):
        return order.activity_ids.filtered(
            lambda a: a.activity_type_id == self.env.ref(xmlid)
        )

    def _is_held(self, order):
        """Whether what is still to be delivered is held, on each document."""
        pickings = order.sale_order_ids.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        )
        for picking in pickings:
            if not picking.lengow_hold_reason:
                return False
            with self.assertRaisesRegex(UserError, "on hold"):
                picking.button_validate()
        is_open = pickings or "draft" in order.sale_order_ids.mapped("state")
        return bool(is_open and order._living_sales().lengow_hold_reason)
