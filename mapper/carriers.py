"""Which of the merchant's delivery methods a marketplace's carrier probably means."""

import re

from .reference import plain

# Shorter names are part of too many others.
SHORTEST_PART = 3


def clean(name):
    """Return a carrier's name to compare: without accents, case, blanks and ``-_.``.

    :param str name: a code, a label or the name of a delivery method; may be None
    :rtype: str
    """
    return re.sub(r"[\s\-_.]", "", plain(name))


def find_alike(carrier_names, methods):
    """Return the delivery method that a carrier is most alike, None if there is none.

    The same name comes first, then a method whose name contains the carrier's, then the
    reverse. Among several the closest in length wins, then the first.

    :param carrier_names: the carrier's code and label, in this order of weight
    :param methods: pairs of a method, of any kind, and its name
    """
    known = [(method, clean(name)) for method, name in methods if clean(name)]
    wanted = [clean(name) for name in carrier_names if clean(name)]
    for fits in (_is_same, _contains, _is_part):
        for name in wanted:
            alike = [pair for pair in known if fits(pair[1], name)]
            if alike:
                return min(alike, key=lambda p, n=name: abs(len(p[1]) - len(n)))[0]
    return None


def _is_same(method, carrier):
    return method == carrier


def _contains(method, carrier):
    return len(carrier) >= SHORTEST_PART and carrier in method


def _is_part(method, carrier):
    return len(method) >= SHORTEST_PART and method in carrier
