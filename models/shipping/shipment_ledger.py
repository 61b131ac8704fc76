"""What the outbox holds of an order's shipments, against what is derived from Odoo.

    told    the marketplace has it, or may have, or a person wants it told
    unsent  planned by a delivery, certainly not there yet: may be changed or taken back
    failed  entered by a person and refused: a delivery may tell it in its place

A shipment that is told is never told again, and what is told of a line is never more
than what has left of it.
"""

from collections import defaultdict

from ...mapper.shipment import quantity_argument


class ShipmentLedger:
    """The actions of one order that tell shipments; a canceled one tells nothing.

    One that was dismissed as done by hand does: the marketplace was told.

    Whoever makes it holds the locks of what may be changed: what somebody is sending
    at this moment counts as told.

    :ivar lengow.action told: what cannot be changed any more
    :ivar lengow.action unsent: what deliveries have planned
    :ivar lengow.action failed: what people have entered, and was refused
    """

    def __init__(self, order, rule, quantity_name):
        """Read the outbox.

        :param lengow.order order: in system mode
        :param lengow_api.ActionRule rule: of the action that tells a shipment
        :param str quantity_name: its argument for the pieces of a line; None if it is
            told once about each line, or about the order
        """
        self.quantity_name = quantity_name
        actions = order.action_ids.filtered(lambda a: a.kind == rule.name).sorted("id")
        self._withdrawn = actions.filtered(
            lambda a: a.state == "canceled" and not a.is_taken_back
        )
        actions = actions.filtered(lambda a: a.state != "canceled" or a._is_said_done())
        ours = actions.filtered(
            lambda a: a._is_revisable() and (a.picking_id or a.state == "failed")
        )
        free = ours.try_lock_for_update(allow_referencing=True)
        self.told = actions - free
        self.unsent = free.filtered("picking_id")
        self.failed = free - self.unsent

    # === WHAT AN ACTION IS ABOUT === #

    def key(self, action):
        """Return what an action is about; the same as of the report that it stands for.

        :rtype: object
        """
        line = _line_of(action)
        return (action.picking_id.id, line) if self.quantity_name else line

    def tells(self, line):
        """Whether a line is told, on its own or with the whole order.

        :param str line: its reference; None for the whole order
        :rtype: bool
        """
        return any(_line_of(action) in (None, line) for action in self.told)

    def pieces_of(self, line, quantity):
        """Return how much is told of a line, by what has told it.

        :param str line: its reference
        :param float quantity: what was ordered of it
        :return: pairs of an action and its number of pieces
        :rtype: list
        """
        return [
            (action, _pieces(action.parameters.get(self.quantity_name), quantity))
            for action in self.told
            if _line_of(action) == line
        ]

    # === WHAT IS TO BE DONE === #

    def pair(self, reports):
        """Pair reports with the unsent actions that stand for them.

        The same parcel comes before another one that is about the same thing.

        :param list reports: derived from deliveries
        :return: pairs of a report and its action, None if it has none
        :rtype: list
        """
        free = defaultdict(list)
        for action in self.unsent:
            free[self.key(action)].append(action)
        paired = {}
        for is_same in (_same_parcel, lambda *_: True):
            for report in reports:
                actions = free[report.key]
                action = next((a for a in actions if is_same(a, report)), None)
                if id(report) not in paired and action:
                    paired[id(report)] = action
                    actions.remove(action)
        return [(report, paired.get(id(report))) for report in reports]

    def is_decided(self, report, action):
        """Whether a person has corrected or withdrawn what a report tells.

        :param lengow.action action: that stands for it; None if none does
        :rtype: bool
        """
        if action:
            return action.is_corrected
        return any(
            self.key(action) == report.key and action.picking_id == report.picking
            for action in self._withdrawn
        )

    def superfluous(self, pairs):
        """Return the unsent actions that no report stands for.

        What a person wants told again about the same delivery stays.

        :param list pairs: of :meth:`pair`
        :rtype: lengow.action
        """
        needed = {action for _report, action in pairs}
        return self.unsent.filtered(
            lambda action: action not in needed and not self._is_told_again(action)
        )

    def _is_told_again(self, action):
        return not self.quantity_name and any(
            _line_of(other) == _line_of(action)
            and other.picking_id == action.picking_id
            for other in self.told
        )

    def replaced(self, pairs):
        """Return the failed reports of people that a delivery tells in their place.

        :param list pairs: of :meth:`pair`
        :rtype: lengow.action
        """
        lines = {report.parameters.get("line") for report, _action in pairs}
        return self.failed.filtered(lambda action: _line_of(action) in lines)


def untold_pieces(order, rule):
    """Return how many pieces of each line are neither planned nor told.

    :param lengow.order order: one
    :param lengow_api.ActionRule rule: of the action that tells them
    :return: pieces by line; empty for a marketplace that does not count them
    :rtype: dict
    """
    name = quantity_argument(rule)
    if not name or not order._is_told_by_line(rule):
        return {}
    counting = order.action_ids.filtered(
        lambda a: (
            a.kind == rule.name
            and (a.state not in ("canceled", "withheld") or a._is_said_done())
            and (a.state != "failed" or not a._is_revisable())
        )
    )
    left = {line: line.whole_quantity for line in order._lines_for(rule)}
    for line in left:
        for action in counting:
            if _line_of(action) in (None, line.lengow_line_ref):
                pieces = (action.parameters or {}).get(name)
                left[line] -= _pieces(pieces, line.whole_quantity)
    return left


def _line_of(action):
    return (action.parameters or {}).get("line")


def _same_parcel(action, report):
    return action._has_number(report.parameters.get("tracking_number"))


def _pieces(value, quantity):
    """Read a number of pieces; one that is not said means all of them."""
    return float(value) if value else quantity
