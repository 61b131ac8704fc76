"""The WSGI application: routes, keys, faults, and the list of calls."""

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request

from . import (
    actions,
    catalogues,
    cms,
    control,
    documents,
    marketplaces,
    orders,
    session,
)
from .accounts import check_account
from .errors import ApiError
from .faults import answer_with, cut_body
from .replies import compress, error_reply, recordable_body
from .state import Call
from .times import format_time

SECRET_FIELDS = ("access_token", "secret")
MAX_BODY = 20 * 1024 * 1024  # bytes

PUBLIC = {
    "get_token": session.get_token,
    "follow_link": documents.follow_link,
}
"""Endpoints without a token: ``(state, request, **path values)``."""

PERSONAL = {
    "get_session": session.get_session,
    "get_rate_limits": session.get_rate_limits,
}
"""Endpoints about the token itself: ``(state, session)``; they need no
``account_id``."""

PRIVATE = {
    "list_orders": orders.list_orders,
    "set_merchant_order_ids": orders.set_merchant_order_ids,
    "create_action": actions.create_action,
    "list_actions": actions.list_actions,
    "list_marketplaces": marketplaces.list_marketplaces,
    "get_restrictions": session.get_restrictions,
    "upload_document": documents.upload_document,
    "download_document": documents.download_document,
    "list_cms_catalogues": cms.list_catalogues,
    "list_systems": cms.list_systems,
    "register_system": cms.register_system,
    "update_system": cms.update_system,
    **catalogues.ENDPOINTS,
}
"""Endpoints of an account: ``(state, request, account, **path values)``."""

NAMED = ("download_document", "get_product", "update_product", "delete_product")
"""Endpoints of one thing, which the last part of the address names; calls are counted
without it."""

ROUTES = Map(
    merge_slashes=False,
    rules=[
        Rule("/access/get_token", endpoint="get_token", methods=["POST"]),
        Rule("/me", endpoint="get_session", methods=["GET"]),
        Rule("/rate-limits", endpoint="get_rate_limits", methods=["GET"]),
        Rule("/v3.0/orders", endpoint="list_orders", methods=["GET"]),
        Rule("/v3.0/orders/moi", endpoint="set_merchant_order_ids", methods=["PATCH"]),
        Rule("/v3.0/orders/actions", endpoint="create_action", methods=["POST"]),
        Rule("/v3.0/orders/actions", endpoint="list_actions", methods=["GET"]),
        Rule("/v3.0/marketplaces", endpoint="list_marketplaces", methods=["GET"]),
        Rule("/v1.0/restrictions", endpoint="get_restrictions", methods=["GET"]),
        Rule("/v3.0/plans", endpoint="get_restrictions", methods=["GET"]),
        Rule("/v3.0/document", endpoint="upload_document", methods=["POST"]),
        Rule("/api/v3.1/document", endpoint="upload_document", methods=["POST"]),
        Rule(
            "/v3.0/document/<document_id>",
            endpoint="download_document",
            methods=["GET"],
        ),
        Rule(
            "/files/<document_id>/<filename>", endpoint="follow_link", methods=["GET"]
        ),
        Rule("/v3.1/cms/catalogs", endpoint="list_cms_catalogues", methods=["GET"]),
        Rule("/v3.1/cms", endpoint="list_systems", methods=["GET"]),
        Rule("/v3.1/cms", endpoint="register_system", methods=["POST"]),
        Rule("/v3.1/cms", endpoint="update_system", methods=["PUT"]),
        *catalogues.ROUTES,
    ],
)


class SandboxRequest(Request):
    """A request with a bound on its body."""

    max_content_length = MAX_BODY
    max_form_memory_size = MAX_BODY


class SandboxApp:
    """Answers the API and the control side from one state."""

    def __init__(self, state):
        self.state = state

    def __call__(self, environ, start_response):
        """Answer one request; WSGI."""
        # Leaving the request closes the files that were uploaded with it.
        with SandboxRequest(environ) as request:
            if request.path.startswith("/_sandbox"):
                response = control.respond(self.state, request)
            else:
                response = self._respond(request)
            return response(environ, start_response)

    def _respond(self, request):
        """Answer a call of the API, with its fault if there is one, and keep it."""
        call = self._call(request)
        self.state.record_call(call)
        fault = self.state.faults.take(request.method, request.path)
        if fault is None:
            response = compress(request, self._answer(request, call))
            call.status = response.status_code
            return response
        call.fault = fault.as_json()
        if fault.expire_token:
            header = request.headers.get("Authorization")
            self.state.tokens.expire(header, self.state.now())
        response = answer_with(fault, request, lambda r: self._answer(r, call))
        if fault.cut:
            return cut_body(fault, response)
        call.status = response.status_code
        return compress(request, response)

    def _call(self, request):
        """Return what is kept of a call: no keys, no tokens."""
        header = request.headers.get("Authorization") or ""
        how = "bearer" if header.startswith("Bearer ") else "raw"
        body = recordable_body(request)
        if isinstance(body, dict):
            body = {k: v for k, v in body.items() if k not in SECRET_FIELDS}
        return Call(
            method=request.method,
            path=request.path,
            query=request.args.to_dict(),
            body=body,
            user_agent=request.headers.get("User-Agent", ""),
            authorization=how if header else None,
            received_at=format_time(self.state.now()),
        )

    def _answer(self, request, call):
        """Answer a call as if there were no faults."""
        with self.state.lock:
            self.state.advance()
            try:
                return self._dispatch(request, call)
            except ApiError as error:
                return error_reply(error)
            except HTTPException as error:
                return error_reply(ApiError(error.code, error.description))

    def _dispatch(self, request, call):
        """Find the endpoint, check the keys, count the call and answer it.

        Every route answers with and without a slash at its end.
        """
        path = request.path.rstrip("/")
        urls = ROUTES.bind_to_environ(request.environ)
        endpoint, values = urls.match(path)
        if endpoint in PUBLIC:
            return PUBLIC[endpoint](self.state, request, **values)
        now = self.state.now()
        header = request.headers.get("Authorization")
        current = self.state.tokens.recognise(header, path, now)
        call.account_id = current.account.id
        if endpoint in PERSONAL:
            return PERSONAL[endpoint](self.state, current)
        if endpoint in catalogues.ENDPOINTS:
            catalogues.check_query(request)
        check_account(current, _account_id(request))
        route = path if endpoint not in NAMED else path.rpartition("/")[0]
        self.state.limits.count(
            current.account.id,
            f"{request.method} {route}",
            now,
            self.state.settings.rate_limit,
        )
        return PRIVATE[endpoint](self.state, request, current.account, **values)


def _account_id(request):
    """Return the account that a call names, in its address or in its body."""
    named = request.args.get("account_id")
    if named is None and request.method != "GET":
        body = recordable_body(request)
        named = body.get("account_id") if isinstance(body, dict) else None
    return named
