"""What the sandbox keeps of an order: its payload, and a few facts beside it."""

import copy
from collections import Counter

from .times import format_time, parse_time

FINAL_LINE_STATUSES = {"canceled", "refused", "refunded"}


def identity_of(payload):
    """Return ``(marketplace, marketplace_order_id)`` of a payload, or None.

    None is for a payload that names no order: such a thing can be put and is served,
    but cannot be found again.
    """
    if not isinstance(payload, dict):
        return None
    marketplace = payload.get("marketplace")
    order_id = payload.get("marketplace_order_id")
    if not marketplace or order_id in (None, "") or isinstance(order_id, dict | list):
        return None
    return str(marketplace), str(order_id)


def objects_in(value):
    """Return the objects of a list; nothing of what is no list."""
    items = value if isinstance(value, list) else []
    return [item for item in items if isinstance(item, dict)]


def lines_of(payload):
    """Return the lines of a payload's packages that have the right shape."""
    packages = objects_in(payload.get("packages"))
    return [line for package in packages for line in objects_in(package.get("cart"))]


class OrderRecord:
    """One order of one account. The payload may be anything that JSON can hold."""

    def __init__(self, payload, account_id, catalog_id, now):
        self.payload = copy.deepcopy(payload)
        self.account_id = account_id
        self.catalog_id = catalog_id
        self.stored_at = now
        self.done_quantities = (
            Counter()
        )  # (action type, line id) -> pieces already done
        self._read_dates()

    def _read_dates(self):
        """Read the dates that filters use; a missing one is the moment of storing."""
        self.updated_at = parse_time(self.get("updated_at")) or self.stored_at
        self.imported_at = parse_time(self.get("imported_at")) or self.stored_at
        ordered = parse_time(self.get("marketplace_order_date"))
        self.ordered_at = ordered or self.imported_at

    def get(self, name):
        """Return a member of the payload, or None when there is none."""
        return self.payload.get(name) if isinstance(self.payload, dict) else None

    @property
    def identity(self):
        """``(marketplace, marketplace_order_id)`` or None."""
        return identity_of(self.payload)

    @property
    def packages(self):
        """The packages that have the right shape."""
        return objects_in(self.get("packages"))

    @property
    def lines(self):
        """The lines of all packages that have the right shape."""
        return lines_of(self.payload) if isinstance(self.payload, dict) else []

    def line(self, line_id):
        """Return the line with this ``marketplace_order_line_id``, or None."""
        for line in self.lines:
            if str(line.get("marketplace_order_line_id")) == str(line_id):
                return line
        return None

    def touch(self, now):
        """Set ``updated_at``, as Lengow does at every change of an order."""
        if isinstance(self.payload, dict):
            self.payload["updated_at"] = format_time(now)
        self.stored_at = now
        self._read_dates()

    def set_status(self, status, code, now):
        """Move the order and the lines that are not out of it already.

        :param str status: Lengow status
        :param str code: raw status of the marketplace
        """
        for line in self.lines:
            if line.get("lengow_status") not in FINAL_LINE_STATUSES:
                set_line_status(line, status, code)
        self.payload["lengow_status"] = status
        self.payload["marketplace_status"] = code
        self.touch(now)


def set_line_status(line, status, code):
    """Move one line to a Lengow status and the raw status that goes with it."""
    line["lengow_status"] = status
    line["marketplace_status"] = code
