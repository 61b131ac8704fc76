"""What is wrong with a row of a catalogue, before a marketplace says so.

An error keeps a product from being sold: its row is not offered. A warning is what some
channel will mind.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple

ERROR, WARNING = "error", "warning"
#: Of each issue how grave it is, in the order in which issues are told.
ISSUES = {
    "unreadable": ERROR,
    "no_identifier": ERROR,
    "duplicate_identifier": ERROR,
    "bad_identifier": WARNING,
    "long_identifier": WARNING,
    "no_name": ERROR,
    "long_name": WARNING,
    "no_price": ERROR,
    "price_failed": ERROR,
    "no_rate": ERROR,
    "price_above_regular": WARNING,
    "no_tax": WARNING,
    "foreign_tax": WARNING,
    "no_ean": WARNING,
    "bad_ean": WARNING,
    "internal_ean": WARNING,
    "duplicate_ean": WARNING,
    "no_picture": WARNING,
    "small_picture": WARNING,
    "no_description": WARNING,
    "no_category": WARNING,
    "no_brand": WARNING,
    "no_weight": WARNING,
    "unpublished_page": WARNING,
}
#: What channels of the Mirakl kind take; others take more.
LONGEST_IDENTIFIER = 40
#: What Google takes, and most marketplaces.
LONGEST_NAME = 150
#: Pixels of the shorter side.
SMALLEST_PICTURE = 500
_LEAST_AMOUNT = 0.001
#: What says already why there is no price.
_NO_PRICE_BECAUSE = frozenset({"unreadable", "price_failed", "no_rate"})
_GTIN = re.compile(r"[0-9]{8}|[0-9]{12,14}")
_IN_IDENTIFIER = re.compile(r"[\s,]")
#: GS1 gives these to whoever wants to number goods of their own house.
_INTERNAL_13 = re.compile(r"02|04|2")
_INTERNAL_8 = re.compile(r"[02]")


class RowFacts(NamedTuple):
    """What is checked of a product. ``None``: the catalogue does not carry it.

    A parent's row stands for its variants: no price, EAN or weight is asked of it.

    :ivar int | None picture_side: pixels of the shorter side of its smallest picture;
        ``None`` where nobody knows
    :ivar bool | None is_page_public: whether everybody sees its page in the shop;
        ``None`` without a shop
    :ivar problems: issues that were found while its values were read
    """

    identifier: str = ""
    name: str = ""
    kind: str = "simple"
    price: float | None = None
    regular_price: float | None = None
    ean: str | None = None
    pictures: int | None = None
    picture_side: int | None = None
    description: str | None = None
    category: str | None = None
    brand: str | None = None
    weight: float | None = None
    is_page_public: bool | None = None
    problems: Collection[str] = ()


class Duplicates(NamedTuple):
    """What more than one row of a catalogue has.

    :ivar identifiers: as they are written
    :ivar eans: as :func:`ean_key` writes them
    """

    identifiers: Collection[str] = frozenset()
    eans: Collection[str] = frozenset()

    @classmethod
    def among(cls, identifiers: Iterable[str], eans: Iterable[str]) -> "Duplicates":
        """Return what comes more than once.

        :param identifiers: of all rows, the missing ones as empty texts
        :param eans: of all rows but parents, likewise
        """
        return cls(_repeated(identifiers), _repeated(map(ean_key, eans)))


def find_issues(facts: RowFacts, shared: Duplicates) -> tuple[str, ...]:
    """Return the codes of all that is wrong with a row, errors or not.

    :param facts: of the row
    :param shared: what it must not have in common with another one
    :return: in the order of :data:`ISSUES`; what it does not know comes last
    """
    found = {*facts.problems, *_identifier_issues(facts, shared)}
    found |= {code for code, is_so in _OF_ALL.items() if is_so(facts)}
    if facts.kind != "parent":
        found |= {code for code, is_so in _OF_GOODS.items() if is_so(facts)}
        found |= _ean_issues(facts.ean, shared)
    if found & _NO_PRICE_BECAUSE:
        found.discard("no_price")
    known = [code for code in ISSUES if code in found]
    return (*known, *sorted(found - ISSUES.keys()))


def has_error(codes: Iterable[str]) -> bool:
    """Tell whether any of the issues keeps a product from being sold."""
    return any(ISSUES.get(code) == ERROR for code in codes)


def has_warning(codes: Iterable[str]) -> bool:
    """Tell whether some channel will mind any of the issues."""
    return any(ISSUES.get(code, WARNING) == WARNING for code in codes)


def gtin_is_valid(text: str) -> bool:
    """Tell whether a text is a GTIN: an EAN, UPC or ISBN, with its check digit."""
    if not _GTIN.fullmatch(text) or not text.strip("0"):
        return False
    *digits, check = map(int, text)
    total = sum(digits[-1::-2]) * 3 + sum(digits[-2::-2])
    return (total + check) % 10 == 0


def gtin_is_internal(text: str) -> bool:
    """Tell whether a GTIN means something in the house that gave it alone.

    :param text: a valid one
    """
    if len(text) == 8:
        return bool(_INTERNAL_8.match(text))
    return bool(_INTERNAL_13.match(text.zfill(14)[1:]))


def ean_key(text: str) -> str:
    """Return what is the same for two spellings of one number.

    A UPC is an EAN without the zero before it.
    """
    return text.zfill(14) if _GTIN.fullmatch(text) else text


def _repeated(texts: Iterable[str]) -> frozenset[str]:
    counts = Counter(filter(None, texts))
    return frozenset(text for text, count in counts.items() if count > 1)


def _identifier_issues(facts: RowFacts, shared: Duplicates) -> set[str]:
    text = facts.identifier
    if not text:
        return {"no_identifier"}
    found = set()
    if text in shared.identifiers:
        found.add("duplicate_identifier")
    if _IN_IDENTIFIER.search(text) or _hides_something(text):
        found.add("bad_identifier")
    if len(text) > LONGEST_IDENTIFIER:
        found.add("long_identifier")
    return found


def _hides_something(text: str) -> bool:
    """Tell whether a text has characters that take no room, as copied ones have."""
    # What can be printed has none of them, and is told so at once.
    return not text.isprintable() and any(
        unicodedata.category(one) in ("Cc", "Cf") for one in text
    )


def _ean_issues(text: str | None, shared: Duplicates) -> set[str]:
    if text is None:
        return set()
    if not text:
        return {"no_ean"}
    if not gtin_is_valid(text):
        return {"bad_ean"}
    found = {"internal_ean"} if gtin_is_internal(text) else set()
    return found | ({"duplicate_ean"} if ean_key(text) in shared.eans else set())


def _is_above_regular(facts: RowFacts) -> bool:
    # Without a regular price there is nothing that it could be above.
    # Less than a tenth of a cent is how amounts are stored.
    return bool(facts.regular_price) and (
        (facts.price or 0) - facts.regular_price > _LEAST_AMOUNT
    )


def _is_small(facts: RowFacts) -> bool:
    return facts.picture_side is not None and (
        0 < facts.picture_side < SMALLEST_PICTURE and facts.pictures != 0
    )


_Test = Callable[[RowFacts], bool]
_OF_ALL: dict[str, _Test] = {
    "no_name": lambda facts: not facts.name,
    "long_name": lambda facts: len(facts.name) > LONGEST_NAME,
    "no_picture": lambda facts: facts.pictures == 0,
    "small_picture": _is_small,
    "no_description": lambda facts: facts.description == "",
    "no_category": lambda facts: facts.category == "",
    "no_brand": lambda facts: facts.brand == "",
    "unpublished_page": lambda facts: facts.is_page_public is False,
}
_OF_GOODS: dict[str, _Test] = {
    "no_price": lambda facts: facts.price is not None and not facts.price > 0,
    "price_above_regular": _is_above_regular,
    "no_weight": lambda facts: facts.weight is not None and not facts.weight > 0,
}
