"""Endpoints of orders: the list, and the marking with our own numbers (moi)."""

from . import amounts, filters
from .errors import ApiError
from .paging import paginate
from .replies import json_reply, read_fields


def list_orders(state, request, account):
    """Answer ``GET /v3.0/orders``: the list envelope with the orders of one account."""
    records = state.records(account.id)
    found = filters.select(records, request.args, state.now())
    page = paginate(request, found, state.settings)
    page["results"] = [
        amounts.view(record.payload, request.args) for record in page["results"]
    ]
    return json_reply(page)


def set_merchant_order_ids(state, request, account):
    """Answer ``PATCH /v3.0/orders/moi/``: keep our numbers of an order and return it.

    Clients send numbers or texts, in a list or alone; orders carry a list of texts.
    """
    fields = read_fields(request)
    ids = _merchant_order_ids(fields)
    record = state.find(
        fields.get("marketplace"), fields.get("marketplace_order_id"), account.id
    )
    if record is None:
        status = state.settings.moi_not_found_status
        raise ApiError(status, "Not found", body={"detail": "Pas trouvé."})
    record.payload["merchant_order_id"] = ids
    record.touch(state.now())
    return json_reply(record.payload)


def _merchant_order_ids(fields):
    """Return the numbers of a moi call as texts.

    :raise ApiError: 400 when a field is missing or the numbers are no list of plain
        values
    """
    for name in ("marketplace", "marketplace_order_id", "merchant_order_id"):
        if fields.get(name) in (None, ""):
            raise ApiError(400, f"{name} is mandatory")
    ids = fields["merchant_order_id"]
    ids = ids if isinstance(ids, list) else [ids]
    if any(isinstance(item, dict | list | bool) or item is None for item in ids):
        raise ApiError(400, "merchant_order_id must be a list of strings")
    return [str(item) for item in ids]
