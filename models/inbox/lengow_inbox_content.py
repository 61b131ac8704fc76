"""What an order shows: the values of its row, of its lines and of its documents."""

from datetime import UTC

from odoo import models

from ...lengow_api import (
    ACTIONS_BEHIND,
    GIVEN_BACK_STATUSES,
    REFUND_DUE_STATUSES,
    SENT_STATUSES,
    resolve_status,
)
from .lengow_inbox_failure import NEVER_READ
from .lengow_recipient import TEXT_LIMIT, shown_addresses


class LengowInboxContent(models.AbstractModel):
    """Says what is shown of an order that Lengow has sent."""

    _name = "lengow.inbox.content"
    _description = "Content of Lengow Orders"

    def _prepare_values(self, content, known, definition, reference):
        """Return the values that show an order, however little of it is readable.

        :param lengow_api.Order content: the order as Lengow sent it
        :param lengow.order known: the row that exists already, or none
        :param definition: of its marketplace, as `_find_definition` returns it
        :param ReferenceData reference: countries and currencies
        :rtype: dict
        """
        status, code = resolve_status(content, definition)
        return {
            "lengow_status": status,
            "lengow_status_code": code,
            "marketplace_status": content.marketplace_status,
            "order_date": _naive(
                content.marketplace_order_date
                or content.imported_at
                or content.updated_at
            ),
            "lengow_updated_at": _naive(content.updated_at),
            **shown_addresses(content, known.sudo().address_correction, reference),
            "currency_id": reference.currency(content.currency).id,
            "amount_total": float(content.total_order or 0),
            "amount_tax": float(content.total_tax or 0),
            "amount_shipping": float(content.shipping or 0),
            "amount_commission": float(content.commission or 0),
            "is_express": content.is_express,
            "is_business": content.is_business,
            "is_prime": content.is_prime,
            "is_fulfilled_by_marketplace": content.is_fulfilled_by_marketplace,
            "is_anonymised_by_lengow": content.anonymized,
            "ship_before": _naive(_ship_before(content)),
            **_milestones(content, known, status),
            "comment": content.comments,
            "pickup_ref": _pickup_ref(content),
            "catalogue_ref": content.catalogue_id,
            "line_ids": self._line_commands(content, known, definition),
            "document_ids": self.env["lengow.document"]._prepare_commands(
                content, known
            ),
        }

    def _line_commands(self, content, known, definition):
        """Return the commands that bring a row's lines up to the payload's.

        A line keeps its row, since the sale order line hangs on it.
        """
        placed = [
            (index, item)
            for index, package in enumerate(content.packages)
            for item in package.lines
        ]
        left = list(known.line_ids.sorted("sequence"))
        rows = self._rows_of([item for _index, item in placed], left)
        status, _code = resolve_status(content, definition)
        commands = []
        for sequence, ((index, item), row) in enumerate(zip(placed, rows, strict=True)):
            values = self._prepare_line_values(item, definition, status)
            values.update(sequence=sequence, package_index=index)
            if row:
                values["lengow_line_ref"] = values["lengow_line_ref"] or (
                    row.lengow_line_ref
                )
            commands.append((1, row.id, values) if row else (0, 0, values))
        return commands + [(2, line.id, 0) for line in left]

    def _rows_of(self, items, left):
        """Return the row of each line of a payload, None for those that are new.

        The marketplace's number tells, and the order of those that repeat it. It may be
        missing, or be there only later: then what is ordered tells.

        :param list items: the lines of a payload
        :param list left: the rows that an order has; those that are found are taken out
        """
        rows = [None] * len(items)
        for is_same in (_has_number, _is_unchanged, _is_same_piece, _is_same_sku):
            for index, item in enumerate(items):
                if rows[index] is None:
                    rows[index] = next((r for r in left if is_same(r, item)), None)
                    if rows[index] is not None:
                        left.remove(rows[index])
        return rows

    def _prepare_line_values(self, item, definition, order_status):
        has_status = item.lengow_status or item.marketplace_status
        status = has_status and resolve_status(item, definition)[0]
        return {
            "lengow_line_ref": item.marketplace_order_line_id,
            "sku": _sku(item),
            "title": (item.title or "")[:TEXT_LIMIT],
            "quantity": float(item.quantity or 0),
            "amount_total": float(item.amount or 0),
            "amount_tax": float(item.tax or 0),
            "amount_refunded": float(_refunded(item, status or order_status) or 0),
            "lengow_status": status,
            "ship_before": _naive(item.max_shipping_date),
        }


def _naive(moment):
    """Return an aware datetime as Odoo stores it: naive, UTC, whole seconds."""
    if not moment:
        return False
    return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0)


def _sku(item):
    return item.merchant_product_id or item.marketplace_product_id


def _has_number(row, item):
    number = item.marketplace_order_line_id
    return bool(number) and row.lengow_line_ref == number


def _is_unchanged(row, item):
    """Whether a line is what a row is, neither of them with a number."""
    return bool(row.lengow_line_ref) == bool(
        item.marketplace_order_line_id
    ) and _is_same_piece(row, item)


def _is_same_piece(row, item):
    """Whether a line is what a row is, one of them without a number."""
    return (
        not (row.lengow_line_ref and item.marketplace_order_line_id)
        and (row.sku or None) == _sku(item)
        and row.quantity == float(item.quantity or 0)
    )


def _is_same_sku(row, item):
    """Whether neither has a number, and both are of the same product."""
    is_numbered = row.lengow_line_ref or item.marketplace_order_line_id
    return not is_numbered and (row.sku or None) == _sku(item)


def _ship_before(content):
    deadlines = [
        line.max_shipping_date for line in content.lines if line.max_shipping_date
    ]
    return min(deadlines, default=content.shipping_deadline)


def _pickup_ref(content):
    relays = (t.relay for package in content.packages for t in package.trackings)
    return next((relay.id for relay in relays if relay and relay.id), False)


def _milestones(content, known, status):
    """Return when an order was accepted and shipped, as far as that is known.

    What the marketplace tells counts; then what is known already, of deliveries and
    actions; then, for an order that has just moved on, the moment it did.
    """
    is_seen = known and known.unread_from != NEVER_READ
    moved_at = _naive(content.updated_at) if is_seen else False
    accepted_at, shipped_at = known.accepted_at, known.shipped_at
    is_accepted = "accept" in ACTIONS_BEHIND[status]
    if known.lengow_status == "waiting_acceptance" and is_accepted:
        accepted_at = accepted_at or moved_at
    if status in SENT_STATUSES:
        parcels = (t for package in content.packages for t in package.trackings)
        told = [parcel.shipped_at for parcel in parcels if parcel.shipped_at]
        was_sent = known.lengow_status in SENT_STATUSES
        shipped_at = (
            _naive(max(told, default=None)) or shipped_at or (not was_sent and moved_at)
        )
    return {"accepted_at": accepted_at, "shipped_at": shipped_at}


def _refunded(item, status):
    """Return what is given back of a line, all of it where no amount is told.

    What is only to be given back is for somebody to decide.
    """
    is_whole = status in GIVEN_BACK_STATUSES and status not in REFUND_DUE_STATUSES
    if not item.refunded_amount and is_whole:
        return item.amount
    return item.refunded_amount
