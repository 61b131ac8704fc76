"""Telling the marketplace what has left the warehouse, when it can be told.

    validated ─────┐
    tracking typed ┼──► _report ─ derive ─ compare with the outbox ─► lengow.action
    carrier mapped ┤                │
    hourly sweep ──┘                └──► delivery: what is still missing

What it can be told is in derivation.py.

What is planned, sent and confirmed already is read from the outbox, as
shipment_ledger.py says, so a failed action is never taken for a shipment that happened,
and nothing is told twice.
"""

import logging
from collections import defaultdict
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from ...lengow_api import BEFORE_SHIPMENT_STATUSES, IMPORTABLE_STATUSES, SENT_STATUSES
from ...mapper.shipment import (
    is_carrier_missing,
    quantity_argument,
    ship_arguments,
)
from ..errors import FOR_PEOPLE, contained, words_of
from ..outbox.arguments import argument_faults, argument_label, faults_sentence
from ..outbox.kinds import signature_of
from ..settings.lengow_cron import Work
from .derivation import (
    Shipped,
    arguments_for,
    derive,
    find_untellable,
    lines_given_up,
)
from .parcels import (
    parcels_of,
    shipment_of,
    tracking_numbers,
)
from .shipment_ledger import ShipmentLedger

_logger = logging.getLogger(__name__)

# What a validated delivery means to the marketplace: the first that is possible.
DELIVERY_KINDS = ("ship", "pickup_ready")
# Not all that has left may have been told.
TELLABLE_STATUSES = BEFORE_SHIPMENT_STATUSES | (IMPORTABLE_STATUSES - SENT_STATUSES)
# What is older and was never told was probably told by other means.
OVERLOOKED_FOR = timedelta(days=7)
WAITING = ("waiting", "error")
# Less than the hour until the scheduled action looks again.
REST = timedelta(minutes=50)


class LengowReporter(models.AbstractModel):
    """Derives from deliveries what the marketplaces are to know, and plans it."""

    _name = "lengow.reporter"
    _description = "Lengow Reporter of Shipments"

    # === CRON METHODS === #

    def _run(self):
        """Report what could not be reported when it left, or was overlooked.

        Two deliveries that are validated at the same moment do not see each other, and
        an order may reach the right status after its delivery.
        """
        domain = [
            "|",
            ("ship_state", "in", WAITING),
            *self._overlooked_domain(),
        ]
        work = Work(
            "cron_report_shipments",
            self,
            step="_report_due",
            note="_note_failure",
            domain=domain,
            # What waits for somebody must not keep the others from their turn.
            rest=REST,
        )
        orders = self._find_waiting() | self._find_overlooked()
        self.env["lengow.cron"]._each(orders, work)

    def _report_due(self, orders):
        """Report what has left of orders, and count those of which it is told.

        :param lengow.order orders: of one account
        """
        told = orders.action_ids
        self._report(orders)
        news = orders.action_ids - told
        self.env["lengow.cron"]._count(orders.account_id, updated=len(news.order_id))

    def _find_waiting(self):
        return self.env["lengow.order"].search([("ship_state", "in", WAITING)])

    def _find_overlooked(self):
        """Return the orders of which something has left lately.

        Whether all of it was told is only known by comparing. A rest that is given up
        completes what left before. From the deliveries, which are few: all orders would
        be looked at otherwise.
        """
        pickings = self.env["stock.picking"].search(
            [*self._shipped_lately_domain(), ("sale_id.lengow_order_id", "!=", False)]
        )
        moves = self.env["stock.move"].search(
            [
                *self._given_up_lately_domain(),
                ("sale_line_id.order_id.lengow_order_id", "!=", False),
            ]
        )
        sales = pickings.sale_id | moves.sale_line_id.order_id
        return sales.lengow_order_id.filtered_domain(self._overlooked_domain())

    def _given_up_lately_domain(self):
        lately = fields.Datetime.now() - OVERLOOKED_FOR
        return [("state", "=", "cancel"), ("write_date", ">", lately)]

    def _shipped_lately_domain(self):
        lately = fields.Datetime.now() - OVERLOOKED_FOR
        return [
            ("state", "=", "done"),
            ("location_dest_id.usage", "=", "customer"),
            ("date_done", ">", lately),
        ]

    def _overlooked_domain(self):
        """Return the domain of orders of which something has left lately."""
        left, given_up = self._shipped_lately_domain(), self._given_up_lately_domain()
        return [
            "&",
            ("lengow_status", "in", TELLABLE_STATUSES),
            "|",
            ("sale_order_ids.picking_ids", "any", left),
            ("sale_order_ids.order_line.move_ids", "any", given_up),
        ]

    # === BUSINESS METHODS === #

    def _report(self, orders, changed=None):
        """Plan what the marketplaces are to be told about what has left.

        Never stops the warehouse: what goes wrong is noted on the delivery and the
        order.

        :param lengow.order orders: in any mode
        :param stock.picking changed: deliveries that somebody works on; only what a
            person has withdrawn of these is planned anew
        """
        for order in orders.sudo():  # called for whoever validates a delivery
            if order.was_shipped_before_import or any(
                order._living_sales().mapped("lengow_is_fulfilled_by_marketplace")
            ):
                continue
            pickings = order._shipped_pickings()
            if not pickings:
                continue
            with contained(self.env) as outcome:
                self._report_order(order, pickings, changed or pickings.browse())
            if outcome.error:
                self._note_failure(order, outcome.error)

    def _note_failure(self, order, error):
        """Note on the last delivery of an order why it is not reported.

        :param lengow.order order: in any mode
        :param Exception error: what was raised
        """
        if isinstance(error, FOR_PEOPLE):
            message = words_of(error)
        else:
            # Whatever it is, the goods have left: the delivery stays validated.
            _logger.error(
                "The shipment of order %s is not reported", order.id, exc_info=error
            )
            message = self.env._(
                "It could not be reported to the marketplace. It is tried again every "
                "hour; if it stays, give your administrator the server log of this "
                "moment."
            )
        pickings = order.sudo()._shipped_pickings()
        pickings[-1:]._lengow_mark_unreported("error", message)

    def _report_order(self, order, pickings, changed):
        """Plan what the marketplace is to be told about the deliveries of one order.

        :param lengow.order order: in system mode
        :param stock.picking pickings: done, to the customer, in the order they left
        :param stock.picking changed: see :meth:`_report`
        :raise UserError: naming the argument that does not fit
        """
        problems, stuck = {}, None
        if not order.shipped_at and order._nothing_remains():
            order.shipped_at = pickings[-1].date_done
        rule = self._find_rule(order)
        if rule:
            shipped = self._shipped(rule, pickings)
            ledger = ShipmentLedger(order, rule, self._quantity_name(order, rule))
            before = order.action_ids
            pairs = ledger.pair(derive(order, rule, shipped, ledger))
            ledger.superfluous(pairs)._take_back(
                self.env._("Its delivery no longer says so.")
            )
            for report, action in pairs:
                is_idle = report.picking not in changed
                if is_idle and ledger.is_decided(report, action):
                    continue
                missing = self._plan(order, rule, report, action)
                problems.setdefault(report.picking, []).extend(missing)
            told = [pair for pair in pairs if not problems.get(pair[0].picking)]
            ledger.replaced(told)._take_back(
                self.env._("Replaced by a newer delivery.")
            )
            self._note_details(order, rule, shipped, order.action_ids - before)
            lines = find_untellable(order, rule, pairs, ledger)
            stuck = lines and self._stuck_sentence(order, rule, lines)
        self._mark(order, pickings, problems, stuck)

    def _mark(self, order, pickings, problems, stuck):
        """Note on the deliveries of an order why something is not told, if it is not.

        :param dict problems: the arguments that are missing, by delivery
        :param str stuck: why something can never be told; noted on the last delivery
        """
        for picking in pickings:
            if problems.get(picking):
                picking._lengow_mark_unreported(
                    "waiting", self._missing_sentence(order, picking, problems[picking])
                )
            elif stuck and picking == pickings[-1:]:
                picking._lengow_mark_unreported("error", stuck)
            else:
                picking._lengow_mark_reported()

    def _tell_again(self, order, picking):
        """Tell the marketplace about a delivery again, because it has changed.

        :param lengow.order order: that the delivery is for
        :param stock.picking picking: reported before
        :raise UserError: if the marketplace does not take it any more, or would take
            it for more pieces
        """
        order.check_access("write")
        rule = order._check_action_possible("ship")
        if self._quantity_name(order, rule):
            raise UserError(
                self.env._(
                    "%s adds up the pieces of every shipment and would count these "
                    "twice. Correct the number in its own back office.",
                    order.marketplace_id.name,
                )
            )
        # The payload is read for it, which not everybody sees who may do this.
        shipped = self._shipped(rule, picking.sudo())
        for ref, action in picking._lengow_told_by_line().items():
            line = order.line_ids.filtered(
                lambda one, ref=ref: ref and one.lengow_line_ref == ref
            )
            by_hand = action._entered_by_hand()
            known = {n: v for n, v in by_hand.items() if n in rule.arguments}
            values = {**known, **arguments_for(line.sudo()[:1], shipped)}
            told = self.env["lengow.outbox"]._as_told(order, "ship", values)
            if signature_of("ship", {**by_hand, **told}) != action.signature:
                order._plan_action("ship", values, picking=picking)

    def _find_rule(self, order):
        """Return the rule of the action that a delivery stands for now, maybe None."""
        for kind in DELIVERY_KINDS:
            rule = order._verdict(kind).rule
            if rule:
                return rule
        return None

    def _quantity_name(self, order, rule):
        """Return the argument that says how many pieces of a line, None without one."""
        return quantity_argument(rule) if order._is_told_by_line(rule) else None

    def _shipped(self, rule, pickings):
        """Return the parcels of deliveries, with what can be told about each.

        :rtype: list[Shipped]
        """
        found = []
        for picking in pickings:
            for parcel in parcels_of(picking):
                shipment = shipment_of(picking, parcel)
                arguments = ship_arguments(rule, shipment)
                found.append(Shipped(picking, parcel, shipment, arguments))
        return found

    # === PLAN === #

    def _plan(self, order, rule, report, action):
        """Plan a report, or bring the action that stands for it up to date.

        :param lengow.order order: in system mode
        :param lengow_api.ActionRule rule: of the action that tells it
        :param Report report: that is not told yet
        :param lengow.action action: that stands for it and was not sent; None for none
        :return: the arguments that are missing to tell it
        :rtype: list
        """
        missing = self._missing(order, rule, report)
        if missing:
            if action and action.state == "todo":
                action._take_back(self.env._("Its delivery no longer says so."))
            return missing
        outbox = self.env["lengow.outbox"]
        told = outbox._as_told(order, rule.name, report.parameters)
        if action:
            action.picking_id = report.picking
            action._revise(told)
            return missing
        # Whoever plans at the same moment does not see this action, and begins anew.
        order.shipment_planned_at = fields.Datetime.now()
        order.flush_recordset(["shipment_planned_at"])
        outbox._plan(order, rule.name, [told], picking=report.picking)
        return missing

    def _missing(self, order, rule, report):
        """Return the arguments that a report cannot do without.

        :raise UserError: if nothing is missing, but an argument does not fit
        """
        values = report.parameters
        faults = argument_faults(order, rule, values)
        missing = [fault.argument for fault in faults if fault.reason == "missing"]
        tracking = rule.arguments.get("tracking_number")
        if (
            order.marketplace_id.ship_waits_for_tracking
            and tracking
            and tracking.applies(values)
            and tracking.name not in {*values, *missing}
        ):
            missing.append(tracking.name)
        if faults and not missing:
            raise UserError(faults_sentence(order, rule, faults))
        return missing

    def _missing_sentence(self, order, picking, missing):
        """Say what is missing, and where it can be entered."""
        sentence = self.env._(
            "Shipment not sent to %(marketplace)s yet. Missing: %(arguments)s.",
            marketplace=order.marketplace_id.name,
            arguments=", ".join(
                argument_label(self.env, name) for name in dict.fromkeys(missing)
            ),
        )
        if order.marketplace_id._is_carrier_wanted(picking.carrier_id):
            sentence += " " + self._carrier_sentence(order, picking)
        return sentence

    def _stuck_sentence(self, order, rule, lines):
        """Say that nothing more of some lines will leave, and what to do about it."""
        values = {
            "lines": ", ".join(line.sku or line.title or "" for line in lines),
            "marketplace": order.marketplace_id.name,
        }
        if order._is_told_by_line(rule):
            return self.env._(
                "No more of %(lines)s will leave, and %(marketplace)s does not know. "
                "Cancel or refund it there, or send it again.",
                **values,
            )
        return self.env._(
            "%(marketplace)s accepts a shipment of the whole order only, and no more "
            "of %(lines)s will leave. Cancel or refund it there, and report the "
            "shipment of the others with “%(action)s”.",
            action=order._action_label(rule.name),
            **values,
        )

    def _carrier_sentence(self, order, picking):
        return self.env._(
            "Choose a carrier of %(marketplace)s for the delivery method “%(method)s”.",
            marketplace=order.marketplace_id.name,
            method=picking.carrier_id.name,
        )

    # === NOTES === #

    def _note_details(self, order, rule, shipped, actions):
        """Note on the order what its marketplace is told less exactly than Odoo knows.

        :param lengow.order order: that is told
        :param lengow_api.ActionRule rule: of the actions
        :param list[Shipped] shipped: what the actions were derived from
        :param lengow.action actions: just planned
        """
        by_picking = defaultdict(list)
        for one in shipped:
            by_picking[one.picking].append(one)
        for picking in actions.picking_id:
            self._note_parcels(order, rule, picking, by_picking[picking])
        refs = {(action.parameters or {}).get("line") for action in actions}
        short = lines_given_up(order, rule).filtered(
            lambda line: refs & {None, line.lengow_line_ref}
        )
        if short:
            order._log_note(
                self.env._(
                    "Shipped less than ordered: %s. Cancel or refund the rest "
                    "on the marketplace.",
                    ", ".join(short.mapped(lambda line: line.sku or line.title or "")),
                )
            )

    def _note_parcels(self, order, rule, picking, shipped):
        numbers = tracking_numbers(picking)
        if is_carrier_missing(rule, shipped[0].shipment):
            order._log_note(
                self.env._("The name of your delivery method is sent as it is.")
                + " "
                + self._carrier_sentence(order, picking)
            )
        if len(numbers) > len(shipped) and "tracking_number" in rule.arguments:
            order._log_note(
                self.env._(
                    "The marketplace accepts one tracking number: %(first)s is "
                    "sent, %(others)s is not.",
                    first=numbers[0],
                    others=", ".join(numbers[1:]),
                )
            )
