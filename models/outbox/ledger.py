"""What was asked for already, and what an order therefore has left to be asked for.

    accept, refuse             one of them, once
    pickup_ready, …            one of them at a time
    ship and cancel            share the pieces of a line
    cancel and refund          share the money of a line, and that of the order

What is planned, sent and confirmed counts alike, and so does what may have arrived, and
what somebody has done at the marketplace by hand.
"""

from ...mapper.refund import price_argument
from ...mapper.shipment import number_text, quantity_argument
from .apart import shows
from .kinds import CANCEL_KINDS, DECISION_KINDS, PICKUP_KINDS, REFUND_KINDS

PIECES_KINDS = ("ship", *CANCEL_KINDS)
MONEY_KINDS = (*CANCEL_KINDS, *REFUND_KINDS)
EXCLUSIVE_KINDS = (
    DECISION_KINDS,
    ("pickup_ready", "pickup_cancel"),
    ("pickup_complete", "pickup_cancel"),
)
EPSILON = 1e-6
HALF_A_CENT = 0.005


class Ledger:
    """What the actions of an order have asked for."""

    def __init__(self, order, action=None, picking=None):
        """Keep which actions count.

        :param lengow.order order: one
        :param lengow.action action: that is about to be sent: it does not count itself,
            nor what was planned later
        :param stock.picking picking: about which is told; what was told of it before
            is told anew
        """
        self._order = order
        self._action = action
        self._picking = action.picking_id if action else picking
        self._actions = order.action_ids.filtered(
            lambda other: (
                counts(other)
                and other != action
                and not (action and other.state == "todo" and other.id > action.id)
            )
        )

    # === WHAT IS IN THE WAY === #

    def fault(self, kind, parameters):
        """Say why what is asked for is more than is left, None if it is not.

        :param str kind: Lengow's name of the action
        :param dict parameters: argument name to value
        :rtype: str | None
        """
        ref = (parameters or {}).get("line")
        for kinds in EXCLUSIVE_KINDS:
            if kind in kinds and (excluded := self._excluded(kinds, ref)):
                return excluded
        lines = self._lines(ref)
        if kind in PIECES_KINDS:
            fault = self._pieces_fault(kind, parameters, ref, lines)
            if fault:
                return fault
        if kind in MONEY_KINDS:
            return self._money_fault(kind, parameters, ref, lines)
        return None

    def allows_repetition(self, kind, parameters):
        """Whether what looks the same as before is something else: another part.

        :rtype: bool
        """
        return kind in {*PIECES_KINDS, *MONEY_KINDS} and not self.fault(
            kind, parameters
        )

    def is_used_up(self, rule):
        """Whether nothing is left that an action could be asked for.

        :param lengow_api.ActionRule rule: of the action
        :rtype: bool
        """
        kind = rule.name
        if rule.is_per_line and (lines := self._order._lines_for(rule)):
            return not any(self.has_left(kind, line) for line in lines)
        if kind in MONEY_KINDS and price_argument(rule):
            return self._order_money_left() <= HALF_A_CENT < self._order.amount_total
        if kind in {*PIECES_KINDS, *MONEY_KINDS, *DECISION_KINDS, *PICKUP_KINDS}:
            return bool(self.fault(kind, {}))
        return any(a.kind == kind and not is_done(a) for a in self._actions)

    def has_left(self, kind, line):
        """Whether anything of a line is left for a kind of action.

        :param lengow.order.line line: one
        :rtype: bool
        """
        rule = self._order._find_action_rule(kind)
        if kind in MONEY_KINDS and not (
            quantity_argument(rule) or price_argument(rule)
        ):
            return not self.fault(kind, {"line": line.lengow_line_ref})
        if kind in PIECES_KINDS and self.pieces_left(line, PIECES_KINDS) <= EPSILON:
            return False
        if kind in MONEY_KINDS and line.whole_amount > 0:
            return self.money_left(line) > HALF_A_CENT
        if kind in MONEY_KINDS:
            return self.pieces_left(line, MONEY_KINDS) > EPSILON
        if kind in {*DECISION_KINDS, *PICKUP_KINDS, *PIECES_KINDS}:
            return not self.fault(kind, {"line": line.lengow_line_ref})
        return not any(
            a.kind == kind and not is_done(a) and touches(a, line.lengow_line_ref)
            for a in self._actions
        )

    def rivals_of(self, kind):
        """Name what counts of an action's own kind, and of those that exclude it.

        :rtype: str
        """
        groups = (PIECES_KINDS, MONEY_KINDS, *EXCLUSIVE_KINDS)
        rivals = {k for kinds in groups if kind in kinds for k in kinds}
        return self.under_way(kind, *rivals)

    def under_way(self, *kinds):
        """Name the actions of some kinds that count, for a person.

        :rtype: str
        """
        actions = self._actions.filtered(lambda a: a.kind in kinds)
        env = self._order.env
        labels = {
            **dict(actions._fields["state"]._description_selection(env)),
            **dict(actions._fields["dismiss_reason"]._description_selection(env)),
        }
        named = (
            f"{a.kind_label} ({labels[a.dismiss_reason or a.state]})"
            for a in actions.sorted("id")
        )
        return ", ".join(dict.fromkeys(named))

    # === WHAT IS LEFT === #

    def pieces_left(self, line, kinds=PIECES_KINDS):
        """Return how many pieces of a line nobody has asked for.

        :rtype: float
        """
        asked = sum(self._pieces(a, line) for a in self._on(kinds, line))
        return max(line.whole_quantity - asked, 0.0)

    def money_left(self, line):
        """Return how much of a line's amount is neither canceled nor refunded.

        :rtype: float
        """
        asked = sum(self._money(a, line) for a in self._on(MONEY_KINDS, line))
        return max(line.whole_amount - asked, 0.0)

    # === HELPERS === #

    def _excluded(self, kinds, ref):
        env, order = self._order.env, self._order
        # What the order shows already is in nothing's way.
        asked = self._actions.filtered(lambda a: a.kind in kinds)
        for action in asked.filtered(lambda a: not shows(order, a)):
            is_open = not is_done(action)
            # Once done, the order's status tells what may follow.
            is_news = action.kind in DECISION_KINDS and not self._is_shown(action)
            if touches(action, ref) and (is_open or is_news):
                return env._(
                    "%(order)s: “%(action)s” is requested already.",
                    order=order.name,
                    action=action.kind_label,
                )
        return None

    def _is_shown(self, action):
        """Whether the order tells what became of a decision.

        Of a line without a status of its own it does so once all of them are decided.
        """
        order, ref = self._order, (action.parameters or {}).get("line")
        if not is_seen(order, action):
            return False
        if ref is None or any(self._lines(ref).mapped("lengow_status")):
            return True
        shown = self._actions.filtered(
            lambda a: a.kind in DECISION_KINDS and is_done(a) and is_seen(order, a)
        )
        return all(
            any(touches(a, line.lengow_line_ref) for a in shown)
            for line in self._lines(None)
        )

    def _pieces_fault(self, kind, parameters, ref, lines):
        if ref is not None and lines:
            return self._line_pieces_fault(kind, parameters, lines)
        asked = self._actions.filtered(lambda a: a.kind in PIECES_KINDS)
        # To cancel the whole order leaves nothing to be shipped.
        shipping = asked.filtered(lambda a: a.kind == "ship" and not is_done(a))
        is_used_up = asked and not any(self.pieces_left(line) for line in lines)
        if is_used_up or (kind != "ship" and shipping):
            return self._whole_sentence(PIECES_KINDS)
        return None

    def _line_pieces_fault(self, kind, parameters, line):
        wanted, left = self._told_pieces(kind, parameters), self.pieces_left(line)
        if left > EPSILON and (wanted or 0) <= left + EPSILON:
            return None
        return self._order.env._(
            "%(line)s: %(left)s of %(ordered)s left. Under way or done: %(asked)s.",
            line=_name_of(line),
            left=number_text(left),
            ordered=number_text(line.whole_quantity),
            asked=self.under_way(*PIECES_KINDS),
        )

    def _money_fault(self, kind, parameters, ref, lines):
        rule = self._order._find_action_rule(kind)
        price = _number(parameters, price_argument(rule) if rule else None)
        pieces = self._told_pieces(kind, parameters)
        if price is None and pieces is None:
            # Whatever is left goes back: nobody knows how much that is after a part.
            refunds = self._actions.filtered(lambda a: a.kind in REFUND_KINDS)
            if any(touches(action, ref) for action in refunds):
                return self._money_sentence(lines if ref else None)
        if ref is not None and lines and self._exceeds(lines, price, pieces):
            return self._money_sentence(lines)
        told = self._prices(kind, parameters) if kind in REFUND_KINDS else 0.0
        if (
            self._order.amount_total > 0
            and told > self._order_money_left() + HALF_A_CENT
        ):
            return self._money_sentence(None)
        return None

    def _exceeds(self, line, price, pieces):
        """Whether a price, or so many pieces, is more than is left of a line."""
        if line.whole_amount <= 0:
            left = self.pieces_left(line, MONEY_KINDS)
            return left <= EPSILON or left + EPSILON < (pieces or 0)
        left = self.money_left(line)
        if price is None and pieces is not None:
            price = line.whole_amount * pieces / line.whole_quantity
        return left <= HALF_A_CENT if price is None else price > left + HALF_A_CENT

    def _order_money_left(self):
        """Return how much of what the buyer paid is neither canceled nor refunded."""
        asked = 0.0
        for action in self._actions.filtered(lambda a: a.kind in MONEY_KINDS):
            ref = (action.parameters or {}).get("line")
            lines = self._lines(ref)
            told = self._prices(action.kind, action.parameters)
            goods = _number(
                action.parameters, self._argument_of(action.kind, price_argument)
            )
            if goods is None:
                told += sum(self._money(action, line) for line in lines)
            asked += told
        return max(self._order.amount_total - asked, 0.0)

    def _lines(self, ref):
        lines = self._order.line_ids.filtered(lambda line: line.quantity > 0)
        lines = lines._each_number()
        if ref is None:
            return lines
        return lines.filtered(lambda line: line.lengow_line_ref == str(ref))

    def _on(self, kinds, line):
        return self._actions.filtered(
            lambda a: (
                a.kind in kinds
                and touches(a, line.lengow_line_ref)
                and not (a.kind == "ship" and self._is_told_anew(a))
                and not (a.kind in PIECES_KINDS and self._is_undone(a, line))
            )
        )

    def _is_told_anew(self, action):
        # What was told after it has taken its place.
        is_before = not self._action or action.id < self._action.id
        return (
            self._picking
            and action.picking_id == self._picking
            and action._is_told()
            and is_before
        )

    def _is_undone(self, action, line):
        """Whether a line is open again that was shipped or canceled as a whole."""
        return bool(
            is_done(action)
            and self._told_pieces(action.kind, action.parameters) is None
            and is_seen(self._order, action)
            and line.lengow_status
            and (rule := self._order._find_action_rule(action.kind))
            and rule.is_allowed_at(line.lengow_status)
        )

    def _pieces(self, action, line):
        told = self._told_pieces(action.kind, action.parameters)
        if told is not None:
            return told
        if action.kind == "ship" and action.picking_id:
            # The rest of the line may have been canceled.
            sold = line.sudo()._same_number().sale_line_id
            delivered = sum(li._lengow_pieces(li.qty_delivered) for li in sold)
            return min(delivered or line.whole_quantity, line.whole_quantity)
        return line.whole_quantity

    def _money(self, action, line):
        price = _number(
            action.parameters, self._argument_of(action.kind, price_argument)
        )
        if price is not None and (action.parameters or {}).get("line") is not None:
            return price
        if price is not None:  # of the order as a whole: nobody knows of which line
            return 0.0
        pieces = self._pieces(action, line)
        return (
            line.whole_amount * pieces / line.whole_quantity
            if line.whole_quantity
            else 0.0
        )

    def _told_pieces(self, kind, parameters):
        return _number(parameters, self._argument_of(kind, quantity_argument))

    def _argument_of(self, kind, find):
        rule = self._order._find_action_rule(kind)
        return find(rule) if rule else None

    def _prices(self, kind, parameters):
        """Return the sum of the prices that an action tells, tax being within them."""
        rule = self._order._find_action_rule(kind)
        names = [
            argument.name
            for argument in (rule.arguments.values() if rule else ())
            if argument.type == "price"
            and not {"tax", "taxes"} & set(argument.name.split("_"))
        ]
        return sum(_number(parameters, name) or 0.0 for name in names)

    # === SENTENCES === #

    def _whole_sentence(self, kinds):
        return self._order.env._(
            "%(order)s: nothing is left to request. Under way or done: %(asked)s.",
            order=self._order.name,
            asked=self.under_way(*kinds),
        )

    def _money_sentence(self, line):
        env, order = self._order.env, self._order
        left = self.money_left(line) if line else self._order_money_left()
        currency = order.currency_id or order.company_id.currency_id
        return env._(
            "%(what)s: of %(paid)s, %(left)s can still be given back. Under way or "
            "done: %(asked)s.",
            what=_name_of(line) if line else order.name,
            left=currency.format(left),
            paid=currency.format(line.whole_amount if line else order.amount_total),
            asked=self.under_way(*MONEY_KINDS) or env._("nothing"),
        )


def shared_kinds(kind):
    """Return the kinds of action that share the pieces of a line with one of them.

    :param str kind: Lengow's name of the action
    :rtype: tuple
    """
    return MONEY_KINDS if kind in REFUND_KINDS else PIECES_KINDS


def is_done(action):
    """Whether the marketplace did it, on our word or on somebody's by hand.

    :param lengow.action action: one
    :rtype: bool
    """
    return action.state == "done" or action._is_said_done()


def counts(action):
    """Whether the marketplace has it, or may have it, or is to have it.

    :param lengow.action action: one
    :rtype: bool
    """
    return is_done(action) or action._is_open()


def is_seen(order, action):
    """Whether the order was read after an action was done, so that it shows it.

    :rtype: bool
    """
    changed = order.lengow_updated_at
    done_at = action.dismissed_at or action.closed_at
    return bool(changed and done_at and changed > done_at)


def touches(action, ref):
    """Whether an action is about a line, or about the whole order; so may be `ref`.

    :param lengow.action action: one
    :param str ref: of a line; None for the whole order
    :rtype: bool
    """
    own = (action.parameters or {}).get("line")
    return own is None or ref is None or str(own) == str(ref)


def _name_of(line):
    return line.sku or line.title or line.lengow_line_ref or ""


def _number(parameters, name):
    value = (parameters or {}).get(name) if name else None
    try:
        return None if value in (None, False, "") else float(value)
    except (TypeError, ValueError):
        return None
