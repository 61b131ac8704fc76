"""Endpoints of actions: asking for one, and following them."""

from dataclasses import dataclass
from datetime import datetime

from . import effects
from .errors import ApiError
from .paging import paginate
from .replies import json_reply, read_fields
from .times import format_time, parse_time
from .validation import ENVELOPE, check_action

COMMON_ARGUMENTS = (
    "tracking_number",
    "tracking_url",
    "carrier",
    "custom_carrier",
    "line",
    "declared_value",
    "currency_code",
    "invoice_number",
    "shipping_method",
    "shipping_date",
    "shipping_service_id",
    "shipping_service_offer_id",
    "weight",
    "weight_unit",
    "comment",
    "delay",
    "reason",
    "charges",
)
"""What every action shows, null when unused (help centre, "API Use cases")."""

EXACT_FILTERS = ("id", "marketplace", "marketplace_order_id", "action_type")
FLAG_FILTERS = ("queued", "processed")
DATE_FILTERS = ("created", "updated")
PAGING = ("page", "page_size", "account_id", "ordering", "errors")


@dataclass
class Action:
    """An action that was accepted, with its progress.

    queued false, processed false, no error: waits; queued true: in the queue;
    processed true: done; an error: failed.
    """

    id: int
    account_id: int
    marketplace: str
    marketplace_order_id: str
    action_type: str
    arguments: dict
    known_arguments: tuple
    created_at: datetime
    updated_at: datetime
    queued: bool = False
    processed: bool = False
    error: str | None = None

    def as_json(self, no_error=""):
        """Return the action as the API shows it.

        :param no_error: what ``errors`` holds when there is none
        """
        names = dict.fromkeys([*COMMON_ARGUMENTS, *self.known_arguments])
        return {
            "id": self.id,
            "marketplace_order_id": self.marketplace_order_id,
            "account_id": self.account_id,
            "marketplace": self.marketplace,
            "action_type": self.action_type,
            "processed": self.processed,
            "queued": self.queued,
            **{name: self.arguments.get(name) for name in names},
            "created_at": format_time(self.created_at),
            "updated_at": format_time(self.updated_at),
            "errors": self.error or no_error,
        }


def create_action(state, request, account):
    """Answer ``POST /v3.0/orders/actions/``: accept an action or refuse it.

    The fields come as a form or as JSON.

    There is no idempotency key: the same call twice is two actions, as at Lengow.

    :raise ApiError: 400 for a field or argument that is missing, unknown or wrong, 404
        for an order that the account does not have
    """
    fields = read_fields(request)
    for name in ENVELOPE:
        if fields.get(name) in (None, ""):
            raise ApiError(400, f"{name} is mandatory")
    definition, record = _target(state, fields, account)
    kind = str(fields["action_type"])
    sent = {name: value for name, value in fields.items() if name not in ENVELOPE}
    arguments = check_action(record, definition, kind, sent)
    action = _new_action(state, record, definition, kind, arguments)
    state.actions.append(action)
    shown = action.as_json(state.settings.no_error)
    effects.start(state, action)
    return json_reply(shown, state.settings.action_created_status)


def _target(state, fields, account):
    """Return the marketplace's definition and the order that a call is for."""
    marketplace = str(fields["marketplace"])
    definition = state.marketplaces.get(marketplace)
    if definition is None:
        raise ApiError(400, f"Marketplace {marketplace} does not exist")
    record = state.find(marketplace, fields["marketplace_order_id"], account.id)
    if record is None:
        raise ApiError(404, f"Not found: order {fields['marketplace_order_id']}")
    return definition, record


def _new_action(state, record, definition, kind, arguments):
    """Return a new action for an order."""
    marketplace, order_id = record.identity
    rule = definition["orders"]["actions"][kind]
    now = state.now()
    return Action(
        id=state.next_action_id(),
        account_id=record.account_id,
        marketplace=marketplace,
        marketplace_order_id=order_id,
        action_type=kind,
        arguments=arguments,
        known_arguments=(*rule["args"], *rule["optional_args"]),
        created_at=now,
        updated_at=now,
    )


def list_actions(state, request, account):
    """Answer ``GET /v3.0/orders/actions/``: the list envelope, oldest first.

    Filters: id, marketplace, marketplace_order_id, action_type, queued, processed (also
    as ``True``), created_from/_to, updated_from/_to, errors (part of the text), any
    argument.
    """
    query = request.args
    found = [
        action
        for action in state.actions
        if action.account_id == account.id and _matches(action, query)
    ]
    page = paginate(request, found, state.settings)
    no_error = state.settings.no_error
    page["results"] = [action.as_json(no_error) for action in page["results"]]
    return json_reply(page)


def _matches(action, query):
    """Tell whether an action is one that a query asks for."""
    if query.get("errors") and query["errors"] not in (action.error or ""):
        return False
    return (
        all(str(getattr(action, n)) == query[n] for n in EXACT_FILTERS if query.get(n))
        and all(_flag_matches(action, query, name) for name in FLAG_FILTERS)
        and all(_dates_match(action, query, name) for name in DATE_FILTERS)
        and _arguments_match(action, query)
    )


def _flag_matches(action, query, name):
    """Compare a flag, written ``true``, ``True`` or ``1`` by different clients."""
    value = query.get(name, "").lower()
    if value not in ("true", "1", "false", "0"):
        return True
    return getattr(action, name) == (value in ("true", "1"))


def _dates_match(action, query, name):
    """Compare a date with both ends of its window."""
    moment = getattr(action, f"{name}_at")
    start = parse_time(query.get(f"{name}_from"))
    end = parse_time(query.get(f"{name}_to"))
    return (not start or moment >= start) and (not end or moment <= end)


def _arguments_match(action, query):
    """Compare the arguments that a query names."""
    names = {*COMMON_ARGUMENTS, *action.known_arguments}
    return all(
        action.arguments.get(name) == query[name]
        for name in names
        if query.get(name) and name not in PAGING
    )
