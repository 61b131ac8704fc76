"""Telling the marketplace what has left the warehouse, when it can be told.

What is to be told, and what was told already, is in lengow_order_reports.py.
"""

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...lengow_api import BEFORE_SHIPMENT_STATUSES
from ...mapper.shipment import is_carrier_missing
from .lengow_order_reports import is_short

_logger = logging.getLogger(__name__)

# What a validated delivery means to the marketplace: the first that is possible.
DELIVERY_KINDS = ("ship", "pickup_ready")
# What is older and was never told was probably told by other means.
OVERLOOKED_FOR = timedelta(days=7)


class LengowOrder(models.Model):
    _inherit = "lengow.order"

    ship_state = fields.Selection(
        [("waiting", "Awaiting Tracking"), ("error", "Not Reported")],
        string="Shipment",
        compute="_compute_ship_state",
        compute_sudo=True,
        search="_search_ship_state",
        help="Whether something has left that the marketplace could not be told yet.",
    )
    ship_message = fields.Text(
        string="Why It Is Not Reported",
        compute="_compute_ship_state",
        compute_sudo=True,
    )

    # === COMPUTE METHODS === #

    @api.depends("sale_order_ids.picking_ids.lengow_ship_state")
    def _compute_ship_state(self):
        for order in self:
            pickings = order.sale_order_ids.picking_ids.filtered("lengow_ship_state")
            states = pickings.mapped("lengow_ship_state")
            # "error" comes before "waiting"
            order.ship_state = min(states, default=False)
            order.ship_message = "\n".join(
                f"{picking.name}: {picking.lengow_ship_message}" for picking in pickings
            )

    def _search_ship_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        # Whoever looks at Lengow orders need not have access to deliveries.
        pickings = [("lengow_ship_state", "in", [v for v in value if v])]
        found = [("sale_order_ids", "any!", [("picking_ids", "any!", pickings)])]
        if False not in value:
            return found
        unreported = [("lengow_ship_state", "!=", False)]
        none = [("sale_order_ids", "not any!", [("picking_ids", "any!", unreported)])]
        return ["|", *found, *none]

    # === ACTION METHODS === #

    def action_open_ship(self):
        """Open the dialog that reports shipments by hand, of one order or of many."""
        return self._open_ship()

    def _open_ship(self, picking=None):
        self.check_access("write")
        wizard = self.env["lengow.order.ship"].create(
            {
                "order_ids": [fields.Command.set(self.ids)],
                "picking_id": picking and picking.id,
            }
        )
        return wizard._open(
            self.env._("Ship Orders") if len(self) > 1 else self.env._("Ship")
        )

    # === CRON METHODS === #

    @api.model
    def _cron_report_shipments(self):
        """Report what could not be reported when it left, or was overlooked.

        Two deliveries that are validated at the same moment do not see each other, and
        an order may reach the right status after its delivery.
        """
        domain = [
            "|",
            ("ship_state", "in", ("waiting", "error")),
            *self._overlooked_domain(),
        ]
        orders = self.search(domain)
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(orders))
        for order in orders:
            order._report_shipments()
            if not cron._commit_progress(1):
                break

    def _overlooked_domain(self):
        """Return the domain of orders that have left lately, and nobody was told."""
        left = [
            ("state", "=", "done"),
            ("location_dest_id.usage", "=", "customer"),
            ("date_done", ">", fields.Datetime.now() - OVERLOOKED_FOR),
        ]
        return [
            "&",
            "&",
            ("lengow_status", "in", BEFORE_SHIPMENT_STATUSES),
            ("sale_order_ids.picking_ids", "any", left),
            ("action_ids", "not any", [("kind", "in", DELIVERY_KINDS)]),
        ]

    # === BUSINESS METHODS === #

    def _report_shipments(self):
        """Plan what the marketplaces are to be told about what has left.

        Never stops the warehouse: what goes wrong is noted on the delivery and the
        order.
        """
        for order in self.sudo():  # called for whoever validates a delivery
            if order.was_shipped_before_import or order.is_fulfilled_by_marketplace:
                continue
            pickings = order._left_pickings()
            if not pickings:
                continue
            try:
                with self.env.cr.savepoint():
                    order._report_shipment(pickings)
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

    def _report_shipment(self, pickings):
        """Plan what the marketplace is to be told about the deliveries of one order.

        :param stock.picking pickings: done, to the customer, in the order they left
        :raise UserError: naming the argument that does not fit
        """
        self.ensure_one()
        kind = next((k for k in DELIVERY_KINDS if self._verdict(k).rule), None)
        problems = {}
        if kind:
            rule = self._find_action_rule(kind)
            known, before = self._known_reports(rule), self.action_ids
            for key, reports in self._reports(rule, pickings).items():
                problem = self._plan_reports(rule, reports, known[key])
                if problem:
                    problems[reports[0].picking] = problem
            self._note_details(rule, self.action_ids - before)
        for picking in pickings:
            if picking in problems:
                picking._lengow_mark_unreported("waiting", problems[picking])
            else:
                picking._lengow_mark_reported()

    def _plan_reports(self, rule, reports, known):
        """Plan the reports on one thing, or bring those up to date that are not sent.

        :param reports: on the same thing, one per parcel
        :param lengow.action known: those that are planned or sent already, maybe none
        :return: what is missing, in a sentence; None if nothing is
        """
        if known.filtered(lambda action: not action.picking_id):
            return None  # somebody has told it by hand
        missing = [name for r in reports for name in self._missing_for(rule, r)]
        if missing:
            known._withdraw_unsent(self.env._("Its delivery has taken it back."))
            if not any(action._is_told() for action in known):
                return self._missing_sentence(rule, reports[0].picking, missing)
            return None
        if known:
            for action, report in zip(known, reports, strict=False):
                action._revise(report.parameters)
            return None
        for report in reports:
            self._plan_action(rule.name, report.parameters, picking=report.picking)
        return None

    def _tell_shipment_again(self, picking):
        """Tell the marketplace about a delivery again, because it has changed.

        :param stock.picking picking: reported before
        :raise UserError: if the marketplace does not take it any more
        """
        self.ensure_one()
        self.check_access("write")
        rule = self._check_action_possible("ship")
        for reports in self.sudo()._reports(rule, picking).values():
            for report in reports:
                self._plan_action("ship", report.parameters, picking=picking)

    # === WHAT IS MISSING === #

    def _missing_for(self, rule, report):
        """Return the arguments that a report cannot do without.

        :raise UserError: if an argument that it has does not fit
        """
        values = report.parameters
        missing = [f.argument for f in rule.check(values) if f.reason == "missing"]
        tracking = rule.arguments.get("tracking_number")
        if (
            self.marketplace_id.ship_waits_for_tracking
            and tracking
            and tracking.applies(values)
            and tracking.name not in {*values, *missing}
        ):
            missing.append(tracking.name)
        if not missing:
            self._check_arguments(rule, values)
        return missing

    def _missing_sentence(self, rule, picking, missing):
        """Say what is missing, and where it can be entered."""
        sentence = self.env._(
            "%(marketplace)s is not told yet, it wants: %(arguments)s.",
            marketplace=self.marketplace_id.name,
            arguments=", ".join(f"“{name}”" for name in dict.fromkeys(missing)),
        )
        if self.marketplace_id._is_carrier_wanted(picking.carrier_id):
            sentence += " " + self._carrier_sentence(picking)
        return sentence

    def _carrier_sentence(self, picking):
        return self.env._(
            "Choose a carrier of %(marketplace)s for the delivery method “%(method)s”.",
            marketplace=self.marketplace_id.name,
            method=picking.carrier_id.name,
        )

    def _note_details(self, rule, actions):
        """Say what the marketplace is told less well than Odoo knows it.

        :param lengow_api.ActionRule rule: of the actions
        :param lengow.action actions: just planned
        """
        for picking in actions.picking_id:
            self._note_parcels(rule, picking)
        refs = {(action.parameters or {}).get("line") for action in actions}
        short = self.line_ids.filtered(
            lambda line: (
                refs & {None, line.lengow_line_ref} and is_short(line.sale_line_id)
            )
        )
        if short:
            self._log_note(
                self.env._(
                    "Less has left than was ordered of: %s. Cancel or refund the rest "
                    "on the marketplace.",
                    ", ".join(short.mapped(lambda line: line.sku or line.title or "")),
                )
            )

    def _note_parcels(self, rule, picking):
        parcels = picking._lengow_parcels()
        numbers = picking._lengow_numbers()
        if is_carrier_missing(rule, picking._lengow_shipment(parcels[0])):
            self._log_note(
                self.env._("It is told the name of your delivery method as it is.")
                + " "
                + self._carrier_sentence(picking)
            )
        if len(numbers) > len(parcels) and "tracking_number" in rule.arguments:
            self._log_note(
                self.env._(
                    "The marketplace takes one tracking number: it is told "
                    "%(first)s, not %(others)s.",
                    first=numbers[0],
                    others=", ".join(numbers[1:]),
                )
            )
