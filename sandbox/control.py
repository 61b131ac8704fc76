"""The control side under ``/_sandbox/``.

It is no part of Lengow: it asks for no keys and meets no faults.
"""

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule

from .errors import ApiError, ControlError
from .replies import error_reply, json_reply, read_json
from .samples import sample_names

ROUTES = Map(
    [
        Rule("/_sandbox/", endpoint="summary", methods=["GET"]),
        Rule("/_sandbox/orders", endpoint="put_orders", methods=["PUT"]),
        Rule("/_sandbox/orders", endpoint="get_orders", methods=["GET"]),
        Rule("/_sandbox/orders", endpoint="delete_orders", methods=["DELETE"]),
        Rule(
            "/_sandbox/orders/<marketplace>/<path:order_id>/status",
            endpoint="move_order",
            methods=["POST"],
        ),
        Rule("/_sandbox/samples", endpoint="get_samples", methods=["GET"]),
        Rule("/_sandbox/samples", endpoint="load_sample", methods=["POST"]),
        Rule("/_sandbox/catalogues", endpoint="put_catalogues", methods=["PUT"]),
        Rule("/_sandbox/catalogues", endpoint="get_catalogues", methods=["GET"]),
        Rule("/_sandbox/catalogues/access", endpoint="put_access", methods=["PUT"]),
        Rule("/_sandbox/actions", endpoint="get_actions", methods=["GET"]),
        Rule("/_sandbox/calls", endpoint="get_calls", methods=["GET"]),
        Rule("/_sandbox/calls", endpoint="delete_calls", methods=["DELETE"]),
        Rule("/_sandbox/faults", endpoint="add_faults", methods=["POST"]),
        Rule("/_sandbox/faults", endpoint="get_faults", methods=["GET"]),
        Rule("/_sandbox/faults", endpoint="delete_faults", methods=["DELETE"]),
        Rule("/_sandbox/settings", endpoint="get_settings", methods=["GET"]),
        Rule("/_sandbox/settings", endpoint="put_settings", methods=["PUT"]),
        Rule("/_sandbox/reset", endpoint="reset", methods=["POST"]),
    ]
)


def respond(state, request):
    """Answer a request to the control side.

    400 with a text for a request that makes no sense, 404 and 405 as usual.
    """
    try:
        endpoint, values = ROUTES.bind_to_environ(request.environ).match()
        with state.lock:
            state.advance()
            return json_reply(ENDPOINTS[endpoint](state, request, **values))
    except ControlError as error:
        return error_reply(ApiError(400, str(error)))
    except ApiError as error:
        return error_reply(error)
    except HTTPException as error:
        return error.get_response()


def _object(request):
    """Return the JSON object of a request; an empty body is an empty object.

    :raise ControlError: when it is something else
    """
    value = read_json(request) if request.get_data() else {}
    if not isinstance(value, dict):
        raise ControlError("The body must be a JSON object")
    return value


def _as_list(request):
    """Return a JSON body as a list: one thing is a list of one."""
    value = read_json(request)
    return value if isinstance(value, list) else [value]


def summary(state, request):
    """Say what there is, also for those who wait until the server is up."""
    return {
        "orders": len(state.records()),
        "actions": len(state.actions),
        "calls": len(state.calls),
        "faults": len(state.faults),
        "marketplaces": sorted(state.marketplaces),
    }


def put_orders(state, request):
    """Store one order or a list, with ``?account_id=`` and ``?touch=1``."""
    account_id = request.args.get("account_id", type=int)
    touch = request.args.get("touch") == "1"
    payloads = _as_list(request)
    for payload in payloads:
        state.put_order(payload, account_id=account_id, touch=touch)
    return {"stored": len(payloads)}


def get_orders(state, request):
    """Return all orders, or those of ``?marketplace=``."""
    wanted = request.args.get("marketplace")
    orders = state.orders(request.args.get("account_id", type=int))
    return [order for order in orders if not wanted or _is_of(order, wanted)]


def _is_of(order, marketplace):
    """Tell whether a stored payload is an order of a marketplace."""
    return isinstance(order, dict) and order.get("marketplace") == marketplace


def delete_orders(state, request):
    """Remove all orders."""
    state.clear_orders()
    return {}


def move_order(state, request, marketplace, order_id):
    """Move an order: ``{"status": …, "marketplace_status": optional}``; return it."""
    fields = _object(request)
    if not isinstance(fields.get("status"), str):
        raise ControlError("status is mandatory")
    code = fields.get("marketplace_status")
    state.move(marketplace, order_id, fields["status"], marketplace_status=code)
    return state.get_order(marketplace, order_id)


def get_samples(state, request):
    """Return the names of the samples."""
    return sample_names()


def load_sample(state, request):
    """Put the orders of one sample, or of all.

    ``{"name": …}`` names one; of all, each gets a number of its own.
    """
    name = _object(request).get("name")
    return state.load_sample(name) if name else state.load_samples()


def put_catalogues(state, request):
    """Store one catalogue or a list: ``{"catalogue_id": …, "products": […], …}``."""
    put = []
    for members in _as_list(request):
        if not isinstance(members, dict):
            raise ControlError("A catalogue must be a JSON object")
        catalogue_id = members.pop("catalogue_id", None)
        if type(catalogue_id) is not int:
            raise ControlError("catalogue_id is mandatory, and a number")
        put.append(state.put_catalogue(catalogue_id, **members).as_item())
    return put


def get_catalogues(state, request):
    """Return all catalogues of all accounts with their products."""
    return [
        {
            **one.as_json(),
            "account_id": one.account_id,
            "attributes": one.attributes,
            "products": one.products,
        }
        for one in state.catalogues
    ]


def put_access(state, request):
    """Let accounts into the beta of the catalogue API: ``{"4242": true, …}``."""
    wishes = _object(request)
    for account, is_allowed in wishes.items():
        if not account.isdecimal() or not isinstance(is_allowed, bool):
            raise ControlError("Access is true or false by the number of an account")
        state.allow_catalogues(int(account), is_allowed)
    return wishes


def get_actions(state, request):
    """Return all actions of all accounts."""
    return [action.as_json(state.settings.no_error) for action in state.actions]


def get_calls(state, request):
    """Return the calls received, oldest first."""
    return [call.as_json() for call in state.calls]


def delete_calls(state, request):
    """Forget the calls received."""
    state.calls.clear()
    return {}


def add_faults(state, request):
    """Add one fault or a list; see :class:`sandbox.faults.Fault` for the members."""
    added = []
    for members in _as_list(request):
        if not isinstance(members, dict):
            raise ControlError("A fault must be a JSON object")
        added.append(state.faults.add(members).as_json())
    return added


def get_faults(state, request):
    """Return the faults that still wait for calls."""
    return [fault.as_json() for fault in state.faults]


def delete_faults(state, request):
    """Remove all faults."""
    state.faults.clear()
    return {}


def get_settings(state, request):
    """Return the settings."""
    return state.settings.as_json()


def put_settings(state, request):
    """Change settings by name."""
    state.settings.update(_object(request))
    return state.settings.as_json()


def reset(state, request):
    """Forget everything; ``{"seed": true}`` puts the demo orders."""
    state.reset(seed=_object(request).get("seed") is True)
    return summary(state, request)


ENDPOINTS = {
    name: value
    for name, value in list(globals().items())
    if name in {rule.endpoint for rule in ROUTES.iter_rules()}
}
