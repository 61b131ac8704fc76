"""When orders were accepted and shipped, and what of them was canceled or refunded."""

from odoo import fields
from odoo.tests import tagged

from .common import line, package, payload
from .common.shipping import ShippingCase

moment = fields.Datetime.to_datetime


@tagged("post_install", "-at_install")
class TestMilestones(ShippingCase):
    def move(self, order, status, *packages, **values):
        """Let Lengow show an order at another status."""
        record = payload(order.name, *packages, lengow_status=status, **values)
        for one in record["packages"]:
            for item in one["cart"]:
                item["lengow_status"] = status
        record["updated_at"] = values.get("updated_at", "2026-01-17T08:00:00Z")
        self.env["lengow.inbox"]._store(self.account, [record])

    # === ACCEPTED === #

    def test_acceptance_from_here_is_dated_by_its_sending(self):
        order = self.receive_to_ship(
            "M-1", "galeries_lafayette", lengow_status="waiting_acceptance"
        )
        self.sandbox.settings.action_delay = 0
        order._plan_action("accept")
        self.send()
        self.follow()
        accept = self.actions_of(order, "accept")
        self.assertEqual(accept.state, "done")
        self.assertEqual(order.accepted_at, accept.sent_at)

    def test_acceptance_elsewhere_is_dated_by_lengow_showing_it(self):
        self.put(payload("M-1", lengow_status="waiting_acceptance"))
        order = self.sync()
        self.assertFalse(order.accepted_at)
        self.move(order, "waiting_shipment")
        self.assertEqual(order.accepted_at, moment("2026-01-17 08:00:00"))

    def test_order_that_was_never_seen_waiting_has_no_date_of_acceptance(self):
        self.assertFalse(self.import_order("M-1").accepted_at)

    # === SHIPPED === #

    def test_last_parcel_of_the_marketplace_dates_the_shipment(self):
        order = self.import_order("M-1")
        parcels = [{"number": "1", "shipped_at": "2026-01-16T10:00:00Z"}]
        parcels.append({"number": "2", "shipped_at": "2026-01-16T15:30:00Z"})
        self.move(order, "shipped", package(trackings=parcels))
        self.assertEqual(order.shipped_at, moment("2026-01-16 15:30:00"))

    def test_shipment_without_a_date_is_dated_by_lengow_showing_it(self):
        order = self.import_order("M-1")
        self.move(order, "shipped")
        self.assertEqual(order.shipped_at, moment("2026-01-17 08:00:00"))
        self.move(order, "closed", updated_at="2026-01-30T08:00:00Z")
        self.assertEqual(order.shipped_at, moment("2026-01-17 08:00:00"))

    def test_order_first_seen_as_shipped_tells_no_date_that_nobody_knows(self):
        self.put(payload("M-1", lengow_status="shipped"))
        self.assertFalse(self.sync().shipped_at)

    def test_our_last_delivery_dates_the_shipment(self):
        order = self.receive_to_ship("M-1", "cdiscount", line(quantity=2))
        picking = order.sale_order_ids.picking_ids
        rest = self.deliver(picking, quantities={self.shirt: 1})
        self.assertFalse(order.shipped_at, "a piece is still here")
        self.deliver(rest)
        self.assertEqual(order.shipped_at, rest.date_done)

    # === CANCELED AND REFUNDED === #

    def test_pieces_that_were_canceled_on_our_word_are_counted(self):
        order = self.receive_to_ship("M-1", "zalando", line(quantity=3, amount="72.00"))
        action = order._plan_action(
            "cancel", {"cancel_quantity": "1"}, lines=order.line_ids
        )
        self.assertEqual(order.line_ids.quantity_canceled, 0)
        action._mark_done()
        self.assertEqual(order.line_ids.quantity_canceled, 1)

    def test_pieces_that_the_marketplace_lists_no_more_are_not_counted_again(self):
        order = self.receive_to_ship("M-1", "zalando", line(quantity=3, amount="72.00"))
        order._plan_action(
            "cancel", {"cancel_quantity": "1"}, lines=order.line_ids
        )._mark_done()
        order.line_ids.quantity = 2
        self.assertEqual(order.line_ids.quantity_canceled, 0)

    def test_pieces_stay_canceled_when_the_buyers_data_is_deleted(self):
        order = self.receive_to_ship("M-1", "zalando", line(quantity=3, amount="72.00"))
        lines, part = order.line_ids, {"cancel_quantity": "1"}
        order._plan_action("cancel", part, lines=lines)._mark_done()
        refused = order._plan_action("cancel", part, lines=lines)
        refused.state = "failed"
        share = lines.kept_share
        order._anonymise()
        self.assertEqual(refused.state, "canceled")
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(lines.quantity_canceled, 1)
        self.assertEqual(lines.kept_share, share)

    def test_refund_is_the_amount_that_is_told_or_else_the_whole_line(self):
        self.put(
            payload(
                "M-1",
                package(
                    line("SHIRT", "24.00", refunded_amount="4.00"),
                    line("MUG", "7.00", lengow_status="refunded"),
                ),
                lengow_status="partial_refunded",
            )
        )
        self.put(
            payload("M-2", package(line(lengow_status=None)), lengow_status="refunded")
        )
        self.sync()
        self.assertEqual(self.order("M-1").line_ids.mapped("amount_refunded"), [4, 7])
        self.assertEqual(self.order("M-2").line_ids.amount_refunded, 24)

    def test_what_is_to_be_refunded_is_not_refunded_yet(self):
        self.put(
            payload("M-3", package(line(lengow_status=None)), lengow_status="to_refund")
        )
        self.sync()
        self.assertEqual(self.order("M-3").line_ids.amount_refunded, 0)
