"""Telling the marketplace what has left the warehouse, when it can be told.

    validated ─────┐
    tracking typed ┼──► _report ─ derive ─ compare with the outbox ─► lengow.action
    carrier mapped ┤                │
    hourly sweep ──┘                └──► delivery: what is still missing

What a marketplace takes decides how it is told, by the arguments of its own action:

    no `line`              once, when nothing remains to be shipped
    `line`                 each line once, when nothing of it remains
    `line` and a quantity  each line of each delivery

What is planned, sent and confirmed already is read from the outbox, so a failed action
is never taken for a shipment that happened, and nothing is told twice.
"""

import logging
from collections import defaultdict
from datetime import timedelta
from typing import NamedTuple

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import float_is_zero

from ...lengow_api import BEFORE_SHIPMENT_STATUSES
from ...mapper.shipment import (
    Shipment,
    is_carrier_missing,
    quantity_argument,
    ship_arguments,
)
from ..outbox.arguments import argument_faults, faults_sentence
from .parcels import (
    Parcel,
    is_kit,
    is_short,
    nothing_remains,
    parcels_of,
    shipment_of,
    tracking_numbers,
)

_logger = logging.getLogger(__name__)

# What a validated delivery means to the marketplace: the first that is possible.
DELIVERY_KINDS = ("ship", "pickup_ready")
# What is older and was never told was probably told by other means.
OVERLOOKED_FOR = timedelta(days=7)


class Shipped(NamedTuple):
    """A parcel that has left, and the arguments of the action that tells it."""

    picking: models.Model
    parcel: Parcel
    shipment: Shipment
    arguments: dict


class Report(NamedTuple):
    """What is to be told about one parcel, or about one line in it.

    Two reports with the same key are about the same thing.
    """

    key: object
    picking: models.Model
    parameters: dict


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
            ("ship_state", "in", ("waiting", "error")),
            *self._overlooked_domain(),
        ]
        orders = self.env["lengow.order"].search(domain)
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(orders))
        for order in orders:
            self._report(order)
            if not cron._commit_progress(1):
                break

    def _overlooked_domain(self):
        """Return the domain of orders that were shipped lately, and nobody was told."""
        shipped = [
            ("state", "=", "done"),
            ("location_dest_id.usage", "=", "customer"),
            ("date_done", ">", fields.Datetime.now() - OVERLOOKED_FOR),
        ]
        return [
            "&",
            "&",
            ("lengow_status", "in", BEFORE_SHIPMENT_STATUSES),
            ("sale_order_ids.picking_ids", "any", shipped),
            ("action_ids", "not any", [("kind", "in", DELIVERY_KINDS)]),
        ]

    # === BUSINESS METHODS === #

    def _report(self, orders):
        """Plan what the marketplaces are to be told about what has left.

        Never stops the warehouse: what goes wrong is noted on the delivery and the
        order.

        :param lengow.order orders: in any mode
        """
        for order in orders.sudo():  # called for whoever validates a delivery
            if order.was_shipped_before_import or order.is_fulfilled_by_marketplace:
                continue
            pickings = order._shipped_pickings()
            if not pickings:
                continue
            try:
                with self.env.cr.savepoint():
                    self._report_order(order, pickings)
                continue
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise
            except UserError as error:
                message = str(error)
            except Exception:
                # Whatever it is, the goods have left: the delivery stays validated.
                _logger.exception("The shipment of order %s is not reported", order.id)
                message = self.env._(
                    "It could not be reported to the marketplace. It is tried again "
                    "every hour; if it stays, give your administrator the server log "
                    "of this moment."
                )
            self.env.invalidate_all(flush=False)
            pickings[-1:]._lengow_mark_unreported("error", message)

    def _report_order(self, order, pickings):
        """Plan what the marketplace is to be told about the deliveries of one order.

        :param lengow.order order: in system mode
        :param stock.picking pickings: done, to the customer, in the order they left
        :raise UserError: naming the argument that does not fit
        """
        problems = {}
        rule = self._find_rule(order)
        if rule:
            shipped = self._shipped(rule, pickings)
            known, before = self._known(order, rule), order.action_ids
            for key, reports in self._derive(order, rule, shipped).items():
                problem = self._plan(order, rule, reports, known[key])
                if problem:
                    problems[reports[0].picking] = problem
            self._note_details(order, rule, shipped, order.action_ids - before)
        for picking in pickings:
            if picking in problems:
                picking._lengow_mark_unreported("waiting", problems[picking])
            else:
                picking._lengow_mark_reported()

    def _tell_again(self, order, picking):
        """Tell the marketplace about a delivery again, because it has changed.

        :param lengow.order order: that the delivery is for
        :param stock.picking picking: reported before
        :raise UserError: if the marketplace does not take it any more
        """
        order.check_access("write")
        rule = order._check_action_possible("ship")
        # The payload is read for it, which not everybody sees who may do this.
        shipped = self._shipped(rule, picking.sudo())
        for reports in self._derive(order.sudo(), rule, shipped).values():
            for report in reports:
                order._plan_action("ship", report.parameters, picking=picking)

    def _find_rule(self, order):
        """Return the rule of the action that a delivery stands for now, maybe None."""
        for kind in DELIVERY_KINDS:
            rule = order._verdict(kind).rule
            if rule:
                return rule
        return None

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

    # === DERIVED: what can be told === #

    def _derive(self, order, rule, shipped):
        """Return what can be told about parcels, by what it is about.

        :rtype: dict[object, list[Report]]
        """
        quantity = quantity_argument(rule)
        if not order._is_told_by_line(rule):
            found = self._derive_whole(order, shipped)
        elif quantity:
            found = self._derive_quantities(order, rule, shipped, quantity)
        else:
            found = self._derive_lines(order, rule, shipped)
        reports = defaultdict(list)
        for report in found:
            reports[report.key].append(report)
        return reports

    def _derive_whole(self, order, shipped):
        """Return one for the whole order, with the first number that is known."""
        if not order._nothing_remains():
            return []
        numbered = (one for one in shipped if one.parcel.number)
        first = next(numbered, shipped[-1])
        return [Report(None, first.picking, first.arguments)]

    def _derive_lines(self, order, rule, shipped):
        """Return one for each shipped line, with the parcel of its last piece."""
        reports = []
        for line in order._lines_for(rule).filtered(order._nothing_remains_of):
            holding = [s for s in shipped if line.sale_line_id in s.parcel.contents]
            numbered = [s for s in holding or shipped if s.parcel.number]
            last = (numbered or holding or shipped)[-1]
            ref = line.lengow_line_ref
            reports.append(Report(ref, last.picking, {**last.arguments, "line": ref}))
        return reports

    def _derive_quantities(self, order, rule, shipped, quantity):
        """Return one for each line in each parcel, with its number of pieces.

        A kit is told when it is complete. Nothing is told beyond what was ordered.
        """
        reports = []
        for line in order._lines_for(rule):
            sale_line, ref = line.sale_line_id, line.lengow_line_ref
            holding = [s for s in shipped if sale_line in s.parcel.contents]
            if is_kit(sale_line):
                holding = holding[-1:] if nothing_remains(sale_line) else []
            untold = line.quantity - self._told_by_hand(order, rule, ref, quantity)
            for one in holding:
                pieces = one.parcel.contents[sale_line]
                pieces = untold if is_kit(sale_line) else min(pieces, untold)
                untold -= pieces
                if float_is_zero(pieces, precision_digits=3) or pieces < 0:
                    continue
                told = {**one.arguments, "line": ref, quantity: _as_text(pieces)}
                reports.append(Report((one.picking.id, ref), one.picking, told))
        return reports

    def _told_by_hand(self, order, rule, ref, quantity):
        """Return how many pieces of a line were told from no delivery."""
        return sum(
            float(action.parameters.get(quantity) or 0)
            for action in self._counting_actions(order, rule)
            if action.parameters
            and action.parameters.get("line") == ref
            and not action.picking_id
        )

    # === PLANNED, SENT, CONFIRMED: what the outbox has already === #

    def _counting_actions(self, order, rule):
        """Return the actions of a rule that count, in the order they were planned.

        A failed one stands for its shipment until it is sent again or dismissed.
        """
        return order.action_ids.filtered(
            lambda a: a.kind == rule.name and a.state != "canceled"
        ).sorted("id")

    def _known(self, order, rule):
        """Return the actions that exist already, by what they are about.

        :rtype: collections.defaultdict[object, lengow.action]
        """
        actions = self._counting_actions(order, rule)
        whole = actions.filtered(lambda a: not (a.parameters or {}).get("line"))
        # What is told as a whole leaves no line to tell about.
        known = defaultdict(lambda: whole)
        by_quantity = rule.is_per_line and quantity_argument(rule)
        for action in actions - whole:
            ref = action.parameters["line"]
            known[(action.picking_id.id, ref) if by_quantity else ref] |= action
        return known

    # === PLAN === #

    def _plan(self, order, rule, reports, known):
        """Plan the reports on one thing, or bring those up to date that are not sent.

        :param lengow.order order: in system mode
        :param lengow_api.ActionRule rule: of the action that tells it
        :param reports: on the same thing, one per parcel
        :param lengow.action known: those that are planned or sent already, maybe none
        :return: what is missing, in a sentence; None if nothing is
        """
        if known.filtered(lambda action: not action.picking_id):
            return None  # somebody has told it by hand
        missing = [name for r in reports for name in self._missing(order, rule, r)]
        if missing:
            known._withdraw_unsent(self.env._("Its delivery has taken it back."))
            if not any(action._is_told() for action in known):
                return self._missing_sentence(order, reports[0].picking, missing)
            return None
        if known:
            for action, report in zip(known, reports, strict=False):
                action._revise(report.parameters)
            return None
        for report in reports:
            self.env["lengow.outbox"]._plan(
                order, rule.name, [report.parameters], picking=report.picking
            )
        return None

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
            "%(marketplace)s is not told yet, it wants: %(arguments)s.",
            marketplace=order.marketplace_id.name,
            arguments=", ".join(f"“{name}”" for name in dict.fromkeys(missing)),
        )
        if order.marketplace_id._is_carrier_wanted(picking.carrier_id):
            sentence += " " + self._carrier_sentence(order, picking)
        return sentence

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
        short = order.line_ids.filtered(
            lambda line: (
                refs & {None, line.lengow_line_ref} and is_short(line.sale_line_id)
            )
        )
        if short:
            order._log_note(
                self.env._(
                    "Less has left than was ordered of: %s. Cancel or refund the rest "
                    "on the marketplace.",
                    ", ".join(short.mapped(lambda line: line.sku or line.title or "")),
                )
            )

    def _note_parcels(self, order, rule, picking, shipped):
        numbers = tracking_numbers(picking)
        if is_carrier_missing(rule, shipped[0].shipment):
            order._log_note(
                self.env._("It is told the name of your delivery method as it is.")
                + " "
                + self._carrier_sentence(order, picking)
            )
        if len(numbers) > len(shipped) and "tracking_number" in rule.arguments:
            order._log_note(
                self.env._(
                    "The marketplace takes one tracking number: it is told "
                    "%(first)s, not %(others)s.",
                    first=numbers[0],
                    others=", ".join(numbers[1:]),
                )
            )


def _as_text(quantity):
    """Write a number of pieces without needless decimals."""
    return str(int(quantity)) if quantity == int(quantity) else str(quantity)
