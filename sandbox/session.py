"""Endpoints around the account: token, session, limits, restrictions."""

from .replies import json_reply, read_fields

LIMITED_ROUTES = (
    ("GET", "/v3.0/orders"),
    ("PATCH", "/v3.0/orders/moi"),
    ("GET", "/v3.0/orders/actions"),
    ("POST", "/v3.0/orders/actions"),
    ("GET", "/v3.0/marketplaces"),
)


def get_token(state, request):
    """Answer ``POST /access/get_token``: a form or JSON with a key pair."""
    fields = read_fields(request)
    session = state.tokens.issue(
        fields.get("access_token"),
        fields.get("secret"),
        state.now(),
        state.settings.token_lifetime,
    )
    return json_reply({"token": session.token, "account_id": session.account.id})


def get_session(state, session):
    """Answer ``GET /me``: the token's life and scopes."""
    scopes = {
        "feed_id": "*",
        "account_id": session.account.id,
        "catalog_id": "*",
        "product_id": "*",
    }
    return json_reply(
        {
            "token": session.token,
            "expire_at": session.expires_at.isoformat(timespec="seconds"),
            "account_id": session.account.id,
            "scopes": scopes,
        }
    )


def get_rate_limits(state, session):
    """Answer ``GET /rate-limits``: what is left of each route's window."""
    boundary, now = state.settings.rate_limit, state.now()
    limits = []
    for method, route in LIMITED_ROUTES:
        credit, seconds = state.limits.remaining(
            session.account.id, f"{method} {route}", now, boundary
        )
        limits.append(
            {
                "url_base": route,
                "method": method,
                "boundary": boundary,
                "remaining_credit": credit,
                "remaining_time": seconds,
            }
        )
    return json_reply(limits)


def get_restrictions(state, request, account):
    """Answer ``GET /v1.0/restrictions``: the state of the contract.

    ``/v3.0/plans`` is the older name of the same.
    """
    return json_reply(
        {"isFreeTrial": False, "leftDaysBeforeExpired": 0, "isExpired": False}
    )
