"""Orders as rows of an export: one that cannot be read harms none beside it."""

import logging

from ..errors import FOR_PEOPLE, in_halves, words_of

_logger = logging.getLogger(__name__)


def exported_rows(rows, orders):
    """Return the rows of some orders, and those of them whose row only says why not.

    Nobody misses an order that its own row names, and no sum is right by mistake.

    :param OrderRows rows: that turns orders into rows
    :param lengow.order orders: of a batch
    :return: the rows in the order of the orders, and by order why its data is missing
    :rtype: tuple[list[list], dict[lengow.order, str]]
    """
    found, reasons = [], {}
    for some, theirs, error in in_halves(orders, lambda some: list(rows.rows(some))):
        if error is None:
            found += theirs
            continue
        reasons[some] = _reason(some, error, is_first=not reasons)
        found.append(rows.placeholder(some, reasons[some]))
    return found, reasons


def _reason(order, error, is_first):
    """Return why an order is not exported, in words for whoever reads the file."""
    is_for_people = isinstance(error, FOR_PEOPLE)
    if not is_for_people:
        # What stops all of them is in the log once.
        trace = error if is_first else None
        _logger.error("Order %s could not be exported", order.id, exc_info=trace)
    return order.env._(
        "Its data could not be exported (%s). Open it and export it again; if that "
        "fails, too, give your administrator the server log of this moment.",
        words_of(error) if is_for_people else type(error).__name__,
    )
