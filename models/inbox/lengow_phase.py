"""Where an order stands, and until when something has to be done about it.

Stored, both of them: lists begin with what is due, boards group by phase, and neither
may read a million orders for that.
"""

from datetime import timedelta

from odoo import api, fields, models

from ...lengow_api import (
    BEFORE_SHIPMENT_STATUSES,
    COMPLETED_STATUSES,
    DEAD_STATUSES,
    REFUND_DUE_STATUSES,
    SHIPPED_STATUSES,
    TO_ACCEPT_STATUSES,
    TO_SHIP_STATUSES,
)

# What has led to nothing for so long is work again, as in the jobs.
FORGOTTEN_AFTER = timedelta(days=1)
# In the order in which an order goes through them; whatever stops it comes first.
PHASES = [
    ("to_fix", "To Fix"),
    ("to_accept", "To Accept"),
    ("to_ship", "To Ship"),
    ("under_way", "Under Way"),
    ("to_refund", "To Refund"),
    ("waiting", "Waiting"),
    ("in_transit", "In Transit"),
    ("closed", "Closed"),
]


class LengowPhase(models.AbstractModel):
    """What goes from phase to phase, maybe with a deadline for the next one."""

    _name = "lengow.phase"
    _description = "Phase of a Lengow Order"

    # to_fix      the import or the invoice stopped
    # under_way   the marketplace was asked for something that it does not show yet
    # waiting     for the marketplace or the buyer; nobody can do anything
    # closed      nothing more is expected, or others do it
    phase = fields.Selection(
        PHASES,
        compute="_compute_phase",
        store=True,
        group_expand="_sort_phases",
        help="What comes next, and whether somebody has to do something about it.",
    )
    is_to_accept = fields.Boolean(
        string="Waits for a Decision",
        compute="_compute_is_to_accept",
        store=True,
        help="It is to be accepted or refused, or a line of it is.",
    )
    due_at = fields.Datetime(
        string="Deadline",
        compute="_compute_due_at",
        store=True,
        help="Until when the marketplace requires it to be accepted, or shipped.",
    )
    # What was warned about: the same deadline never is again, and one that moved is.
    accept_warned_for = fields.Datetime(
        string="Warned About Accepting",
        readonly=True,
        copy=False,
        help="The acceptance deadline that is near and was warned about.",
    )
    ship_warned_for = fields.Datetime(
        string="Warned About Shipping",
        readonly=True,
        copy=False,
        help="The shipping deadline that is near and was warned about.",
    )

    # === COMPUTE METHODS === #

    @api.depends("lengow_status", "line_ids.lengow_status")
    def _compute_is_to_accept(self):
        for order in self:
            # A line may be behind the others. Of what has left, or ended, marketplaces
            # leave lines as they were.
            may_lag = order.lengow_status in BEFORE_SHIPMENT_STATUSES
            statuses = set(order.line_ids.mapped("lengow_status")) if may_lag else set()
            order.is_to_accept = bool(
                TO_ACCEPT_STATUSES & {order.lengow_status, *statuses}
            )

    @api.depends(
        "is_to_accept",
        "lengow_status",
        "import_state",
        "invoice_state",
        "is_fulfilled_by_marketplace",
        "pending_kind",
        "pending_since",
        "dismissed_at",
    )
    def _compute_phase(self):
        for order in self:
            order.phase = _phase_of(order)

    @api.depends(
        "is_to_accept",
        "lengow_status",
        "import_state",
        "is_fulfilled_by_marketplace",
        "accept_before",
        "ship_before",
    )
    def _compute_due_at(self):
        for order in self:
            if order.import_state == "ignored":
                order.due_at = False
            elif order.is_to_accept:
                order.due_at = order.accept_before
            else:
                order.due_at = _is_ours_to_ship(order) and order.ship_before

    # === VIEWS === #

    @api.model
    def _sort_phases(self, phases, domain):
        """Return the phases that orders are in, in their order and not by alphabet.

        :param list phases: the ones to be shown as columns
        :param domain: unused; columns without an order stay away
        """
        return [phase for phase, _label in PHASES if phase in phases]


def _phase_of(order):
    """Return the phase of one order, by what it is now."""
    status = order.lengow_status
    if order.dismissed_at:
        return "closed"
    if "error" in (order.import_state, order.invoice_state):
        return "to_fix"
    if order.pending_kind and not _is_forgotten(order):
        return "under_way"
    if order.is_to_accept:
        return "closed" if order.import_state == "ignored" else "to_accept"
    if status in TO_SHIP_STATUSES:
        return "to_ship" if _is_ours_to_ship(order) else "closed"
    if status in REFUND_DUE_STATUSES:
        return "to_refund"
    if status in COMPLETED_STATUSES | DEAD_STATUSES:
        return "closed"
    return "in_transit" if status in SHIPPED_STATUSES else "waiting"


def _is_forgotten(order):
    """Whether what was asked for has led to nothing for a day."""
    since = order.pending_since
    return bool(since) and since < fields.Datetime.now() - FORGOTTEN_AFTER


def _is_ours_to_ship(order):
    """Whether it is to be shipped, and not by the marketplace or another system."""
    return (
        order.lengow_status in TO_SHIP_STATUSES
        and order.import_state != "ignored"
        and not order.is_fulfilled_by_marketplace
    )
