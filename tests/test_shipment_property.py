"""One property for every course of events: what is told has left, and is told once.

An order of three lines is driven through deliveries, parts, backorders, new tracking
numbers, returns, drop shipments, dialogs, refusals, outages and lost answers, in random
order. After each step the marketplace may know no more than what has left; in the end,
when nothing stands in the way any more, it knows all of that.
"""

import os
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from odoo.tests import tagged

from .common import line
from .common.outbox import ACTIONS
from .common.shipping import ShippingCase

ORDERED = {"X-L0": 1, "X-L1": 3, "X-L2": 2}
FEW = settings(
    max_examples=int(os.environ.get("LENGOW_EXAMPLES", "4")),
    stateful_step_count=10,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)


class ShipmentMachine(RuleBasedStateMachine):
    """An order, and beside it a model of what has left and who says so."""

    factors = dict.fromkeys(ORDERED, 1)

    def __init__(self, case, marketplace, mode):
        super().__init__()
        self.case, self.mode = case, mode
        self.savepoint = case.env.cr.savepoint()
        self.order = case.receive_three(marketplace)
        self.left = dict.fromkeys(ORDERED, 0)
        self.by_hand = dict.fromkeys(ORDERED, 0)
        self.has_come_back = self.is_withdrawn = self.is_canceled = False
        self.numbers = 0

    def teardown(self):
        try:
            self.settle()
        finally:
            case = self.case
            case.sandbox.settings.fail_actions = ""
            case.sandbox.faults.clear()
            self.savepoint.close(rollback=True)
            case.env.invalidate_all(flush=False)
            case.sandbox.clear_orders()
            case.sandbox.forget_actions()

    # === WHAT THE WAREHOUSE DOES === #

    def pickings(self, *states):
        pickings = self.order.sale_order_ids.picking_ids.filtered(
            lambda p: p.picking_type_code == "outgoing" and p.state != "cancel"
        )
        return pickings.filtered(lambda p: ("done" in states) == (p.state == "done"))

    def refs(self, moves):
        """Return pieces by line of the moves of a delivery."""
        lines = {li.sale_line_id: li.lengow_line_ref for li in self.order.line_ids}
        return {lines[m.sale_line_id]: m for m in moves}

    @precondition(lambda self: self.pickings())
    @rule(shirts=st.integers(0, 1), mugs=st.integers(0, 3), has_number=st.booleans())
    def deliver(self, shirts, mugs, has_number):
        self.deliver_some(shirts, mugs, has_number)

    def deliver_some(self, shirts, mugs, has_number):
        picking = self.pickings()[0]
        moves = self.refs(picking.move_ids.filtered(lambda m: m.state != "cancel"))
        wanted = {"X-L0": shirts, "X-L1": mugs}
        pieces = {r: min(wanted[r], int(m.product_uom_qty)) for r, m in moves.items()}
        if not any(pieces.values()):
            return
        if self.order.change_kind:
            self.order.action_keep_as_is()  # somebody decides, and it is delivered
        if picking.lengow_hold_reason:
            return
        number = self.next_number() if has_number else False
        products = {moves[r].product_id: n for r, n in pieces.items()}
        self.case.deliver(picking, number, quantities=products)
        for ref, count in pieces.items():
            self.left[ref] += count

    def complete(self, ref):
        """Return how many pieces of a line have left as the marketplace counts."""
        return self.left[ref] // self.factors[ref]

    def is_all_gone(self, ref):
        return self.left[ref] == ORDERED[ref] * self.factors[ref]

    def next_number(self):
        self.numbers += 1
        return f"T{self.numbers}"

    @precondition(lambda self: self.pickings("done"))
    @rule(index=st.integers(0, 3), is_none=st.booleans())
    def change_number(self, index, is_none):
        pickings = self.pickings("done")
        number = False if is_none else self.next_number()
        pickings[index % len(pickings)].carrier_tracking_ref = number

    @precondition(lambda self: self.pickings("done"))
    @rule(index=st.integers(0, 3))
    def come_back(self, index):
        pickings = self.pickings("done")
        picking = pickings[index % len(pickings)]
        if picking.return_ids:
            return
        self.case.take_back(picking)
        self.has_come_back = True

    @precondition(lambda self: self.pickings() and self.pickings("done"))
    @rule(is_lowered=st.booleans())
    def give_up_the_rest(self, is_lowered):
        self.is_canceled = True
        if not is_lowered:
            self.pickings().action_cancel()
            return
        for one in self.order.line_ids.filtered("sale_line_id.move_ids"):
            one.sale_line_id.product_uom_qty = self.left[one.lengow_line_ref]

    @rule(pieces=st.integers(1, 2))
    def drop_ship(self, pieces):
        lamp = self.order.line_ids[2].sale_line_id
        if self.left["X-L2"] < pieces:
            lamp.qty_delivered = self.left["X-L2"] = pieces

    # === WHAT PEOPLE AND MARKETPLACES DO === #

    def standing(self):
        """Return the actions that tell something, or will."""
        return self.case.ships_of(self.order).filtered(
            lambda a: a.state not in ("failed", "canceled")
        )

    @precondition(lambda self: not self.standing() and self.order.can_ship)
    @rule()
    def tell_by_hand(self):
        wizard = self.case.wizard_of(self.order.action_open_ship())
        wizard.chosen_line_ids[1:].is_chosen = False
        wizard.chosen_line_ids.quantity = 1
        carrier = {"whole": "DPD"}.get(self.mode, "LAPOSTE")
        self.case.enter(wizard, carrier=carrier, tracking_number=self.next_number())
        wizard.action_confirm()
        told = {"X-L0": 1} if wizard.chosen_line_ids else ORDERED
        self.by_hand.update(told)

    @precondition(lambda self: self.case.ships_of(self.order, "todo"))
    @rule()
    def withdraw(self):
        self.case.ships_of(self.order, "todo")[0].action_cancel()
        self.is_withdrawn = True

    @rule(ref=st.sampled_from(sorted(ORDERED)))
    def cancel_at_the_marketplace(self, ref):
        record = self.case.sandbox.find(self.order.marketplace_id.code, "X")
        if record.line(ref)["lengow_status"] == "waiting_shipment":
            record.line(ref)["lengow_status"] = "canceled"
            self.is_canceled = True
            self.order.action_refresh()

    # === WHAT MACHINES DO === #

    @rule()
    def send(self):
        self.case.pass_time(self.order.action_ids, minutes=10)
        self.case.send()
        self.case.follow()

    @rule()
    def send_and_be_refused(self):
        self.case.sandbox.settings.fail_actions = "No such parcel"
        self.send()
        self.case.sandbox.settings.fail_actions = ""

    @rule(
        members=st.sampled_from([{"cut": "after"}, {"cut": "before"}, {"status": 503}])
    )
    def send_and_lose_the_answer(self, members):
        self.case.fault(f"{ACTIONS}/", method="POST", times=1, **members)
        self.send()
        self.case.sandbox.faults.clear()

    @rule()
    def sweep(self):
        self.case.sweep()

    # === WHAT IS ALWAYS TRUE === #

    def told(self):
        """Return what the marketplace was told and has not refused."""
        return [a.arguments for a in self.case.sandbox.actions if not a.error]

    @invariant()
    def nothing_is_told_that_did_not_happen(self):
        told = self.told()
        if self.mode == "whole":
            assert len(told) <= 1, told
            is_here = not any(map(self.complete, ORDERED))
            assert not told or not is_here or any(self.by_hand.values())
            return
        for ref, ordered in ORDERED.items():
            about = [one for one in told if one["line"] == ref]
            if self.mode == "lines":
                assert len(about) <= 1, about
                assert not about or self.complete(ref) or self.by_hand[ref], about
                continue
            pieces = sum(int(one["shipped_quantity"]) for one in about)
            assert pieces <= ordered, about
            assert pieces <= self.complete(ref) + self.by_hand[ref], about

    @invariant()
    def nothing_is_planned_beyond_that(self):
        standing = self.standing()
        refs = [action.parameters.get("line") for action in standing]
        if self.mode != "quantities":
            assert len(refs) == len(set(refs)), standing.mapped("parameters")
            return
        for ref, ordered in ORDERED.items():
            pieces = sum(
                int(a.parameters["shipped_quantity"])
                for a in standing
                if a.parameters["line"] == ref
            )
            assert pieces <= ordered, standing.mapped("parameters")

    def settle(self):
        """Let everything be known, arrive and be answered: then all is told."""
        case = self.case
        for picking in self.pickings("done"):
            if not picking.carrier_tracking_ref:
                picking.carrier_tracking_ref = self.next_number()
        case.ships_of(self.order, "failed").action_retry()
        case.sweep()
        for _again in range(2):
            self.send()
        self.nothing_is_told_that_did_not_happen()
        if not (self.has_come_back or self.is_withdrawn or self.is_canceled):
            self.all_that_has_left_is_told()

    def all_that_has_left_is_told(self):
        told = self.told()
        if self.mode == "whole":
            is_gone = all(map(self.is_all_gone, ORDERED))
            assert len(told) == (is_gone or any(self.by_hand.values()))
            return
        for ref in ("X-L0", "X-L1"):
            about = [one for one in told if one["line"] == ref]
            if self.mode == "quantities":
                pieces = sum(int(one["shipped_quantity"]) for one in about)
                assert pieces >= self.complete(ref), told
            elif self.is_all_gone(ref):
                assert about, told


class PackMachine(ShipmentMachine):
    """The same where a piece of the second line is a pack of three."""

    factors = {**ShipmentMachine.factors, "X-L1": 3}

    def __init__(self, case, marketplace, mode):
        case.sell_packs()
        super().__init__(case, marketplace, mode)

    @precondition(lambda self: self.pickings())
    @rule(shirts=st.integers(0, 1), mugs=st.integers(0, 9), has_number=st.booleans())
    def deliver(self, shirts, mugs, has_number):
        self.deliver_some(shirts, mugs, has_number)


@tagged("post_install", "-at_install")
class TestShipmentProperty(ShippingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lamp = cls.create_product("LAMP")

    def setUp(self):
        super().setUp()
        self.sandbox.settings.action_delay = 0
        self.mugs_sku = "MUG"

    def sell_packs(self):
        """Let a piece of the second line be a pack of three mugs."""
        self.mugs_sku = "MUG-3-PACK"
        Alias = self.env["lengow.product.alias"]
        if not Alias.search([("sku", "=", self.mugs_sku)]):
            Alias.create(
                {
                    "account_id": self.account.id,
                    "sku": self.mugs_sku,
                    "product_id": self.mug.id,
                    "factor": 3,
                }
            )

    def receive_three(self, marketplace):
        """Import a shirt and three mugs from stock, and two lamps of a supplier."""
        Line = self.env["sale.order.line"]
        launch = type(Line)._action_launch_stock_rule

        def without_lamps(lines, **kwargs):
            ours = lines.filtered(lambda one: one.product_id != self.lamp)
            return launch(ours, **kwargs)

        lines = line(), line(self.mugs_sku, "30.00", 3), line("LAMP", "20.00", 2)
        with patch.object(type(Line), "_action_launch_stock_rule", without_lamps):
            order = self.receive_to_ship("X", marketplace, *lines)
        order.line_ids[2].sale_line_id.qty_delivered_method = "manual"
        return order

    def run_machine(self, marketplace, mode, machine=ShipmentMachine):
        run_state_machine_as_test(
            lambda: machine(self, marketplace, mode), settings=FEW
        )

    def test_an_order_told_as_a_whole(self):
        self.map_carrier("cdiscount", "Colissimo")
        self.run_machine("cdiscount", "whole")

    def test_an_order_told_line_by_line(self):
        self.map_carrier("galeries_lafayette", "LAPOSTE")
        self.run_machine("galeries_lafayette", "lines")

    def test_an_order_told_piece_by_piece(self):
        self.count_pieces()
        self.run_machine("galeries_lafayette", "quantities")

    def test_packs_told_as_a_whole(self):
        self.map_carrier("cdiscount", "Colissimo")
        self.run_machine("cdiscount", "whole", PackMachine)

    def test_packs_told_line_by_line(self):
        self.map_carrier("galeries_lafayette", "LAPOSTE")
        self.run_machine("galeries_lafayette", "lines", PackMachine)

    def test_packs_told_piece_by_piece(self):
        self.count_pieces()
        self.run_machine("galeries_lafayette", "quantities", PackMachine)
