"""How far a new file is from the last one: whether somebody should look at it first.

A catalogue that loses its rows or its stock by mistake ends sales on every channel, and
one that loses its prices sells below them. Such a file is held, with the numbers and
some examples, until a person releases it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

#: How many are named of each reason.
MOST_EXAMPLES = 5
#: As exact as any currency: what is beyond comes of computing with floats.
PRICE_DIGITS = 6


class Offer(NamedTuple):
    """What a row of a file says to whoever might buy.

    :ivar int quantity: that may be ordered
    :ivar float price: with tax; 0 where it has none
    """

    quantity: int
    price: float


@dataclass(frozen=True, slots=True)
class Limits:
    """What may change from one file to the next without a person, in percent.

    At 100 or more nothing is ever held for that reason.

    :ivar float lost: of the rows that were listed
    :ivar float zero: of the rows that had stock
    :ivar float price: of the prices, those that change by more than half
    :ivar int least: so many rows at least, whatever part of a small catalogue that is
    """

    lost: float = 20
    zero: float = 30
    price: float = 30
    least: int = 2


@dataclass(frozen=True, slots=True)
class Example:
    """A row that changed so, with what it said, and what it would say now.

    :ivar Offer | None new: ``None`` where it is gone
    """

    identifier: str
    old: Offer
    new: Offer | None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a file is held.

    :ivar str code: ``lost``, ``zero`` or ``price``
    :ivar int count: of the rows that changed so
    :ivar int total: of the rows that could have
    :ivar float limit: in percent
    :ivar tuple examples: some of them, in the order in which they were compared
    """

    code: str
    count: int
    total: int
    limit: float
    examples: tuple[Example, ...]

    @property
    def percent(self) -> float:
        """How many of the rows changed so."""
        return 100 * self.count / self.total

    @property
    def holds_quantities(self) -> bool:
        """Whether new quantities wait as well, and not the rows and prices alone."""
        return self.code == "zero"


@dataclass(slots=True)
class _Count:
    count: int = 0
    total: int = 0
    examples: list[Example] = field(default_factory=list)

    def add(self, is_so: bool, identifier: str, old: Offer, new: Offer | None) -> None:
        self.total += 1
        self.count += is_so
        if is_so and len(self.examples) < MOST_EXAMPLES:
            self.examples.append(Example(identifier, old, new))


class Changes:
    """Counts what changes, row by row; memory does not grow with the rows.

    :param limits: see :class:`Limits`
    """

    def __init__(self, limits: Limits | None = None):
        self.limits = limits or Limits()
        self._counts = {"lost": _Count(), "zero": _Count(), "price": _Count()}

    def add(self, identifier: str, old: Offer | None, new: Offer | None) -> None:
        """Compare a row.

        :param identifier: of the row
        :param old: what the last file says; ``None`` where it was not listed
        :param new: what the next file would say; ``None`` where it is not listed
        """
        if old is None:
            return
        counts = self._counts
        counts["lost"].add(new is None, identifier, old, new)
        if new is None:
            return
        if old.quantity > 0:
            counts["zero"].add(new.quantity <= 0, identifier, old, new)
        if old.price > 0:
            beyond = abs(new.price - old.price) - old.price / 2
            counts["price"].add(round(beyond, PRICE_DIGITS) > 0, identifier, old, new)

    def add_same(self, rows: int, in_stock: int, priced: int) -> None:
        """Count rows that say what they said, of which none is an example.

        :param rows: how many
        :param in_stock: of which so many had stock
        :param priced: and so many a price
        """
        for code, total in {"lost": rows, "zero": in_stock, "price": priced}.items():
            self._counts[code].total += total

    def reasons(self) -> tuple[Reason, ...]:
        """Return why the file is to be held; nothing if it may go out."""
        return tuple(self._find_reasons())

    def _find_reasons(self) -> Iterable[Reason]:
        for code, found in self._counts.items():
            limit = getattr(self.limits, code)
            share = 100 * found.count
            if found.count >= self.limits.least and share > limit * found.total:
                yield Reason(code, found.count, found.total, limit, (*found.examples,))


def held_for(
    old: Mapping[str, Offer],
    new: Mapping[str, Offer],
    limits: Limits | None = None,
) -> tuple[Reason, ...]:
    """Return why a file is to be held; nothing if it may go out.

    :param old: the offers of the last file by their identifiers
    :param new: those of the next one
    """
    changes = Changes(limits)
    for identifier, offer in old.items():
        changes.add(identifier, offer, new.get(identifier))
    return changes.reasons()
