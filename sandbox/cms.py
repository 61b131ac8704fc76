"""What Lengow's plugins ask of the shop systems of an account, and tell of theirs."""

from .errors import ApiError
from .replies import json_reply, read_json

NEEDED = ("token", "type", "domain_name", "shops")
"""Of a system that registers itself."""
NEEDED_OF_SHOPS = ("token", "shop_name", "feed_url")


def list_catalogues(state, _request, account):
    """Answer ``GET /v3.1/cms/catalogs/``: those of the account, on one page.

    Unlike the catalogue API it is open to every account.
    """
    return json_reply(
        [one.as_listed() for one in state.catalogues.of_account(account.id)]
    )


def list_systems(state, _request, account):
    """Answer ``GET /v3.1/cms``: the systems that have registered themselves."""
    return json_reply(
        {
            "cms": [
                {
                    "token": token,
                    "shops": [
                        {"token": shop["token"], "catalog_ids": []}
                        for shop in document["shops"]
                    ],
                }
                for (owner, token), document in state.systems.items()
                if owner == account.id
            ]
        }
    )


def register_system(state, request, account):
    """Answer ``POST /v3.1/cms``: a system tells where its catalogues are."""
    document = _object(request)
    _check(document, NEEDED, "")
    for shop in document["shops"]:
        _check(shop, NEEDED_OF_SHOPS, "shops.")
    state.systems[account.id, document["token"]] = document
    return json_reply(
        {
            "common_account": {"id": account.id},
            "token": document["token"],
            "type": document["type"],
        },
        201,
    )


def update_system(state, request, account):
    """Answer ``PUT /v3.1/cms``: a system tells how many products it has by now."""
    document = _object(request)
    known = state.systems.get((account.id, document.get("token")))
    if known is None:
        raise ApiError(404, "This system is not registered")
    told = {shop.get("token"): shop for shop in document.get("shops") or ()}
    for shop in known["shops"]:
        shop.update(told.get(shop["token"], {}))
    return json_reply({"token": document["token"]})


def _object(request):
    document = read_json(request)
    if not isinstance(document, dict):
        raise ApiError(400, "The request body is not an object")
    return document


def _check(document, names, where):
    """Refuse what lacks a member.

    :raise ApiError: 400, naming it
    """
    for name in names:
        if not document.get(name):
            raise ApiError(400, f"{where}{name} is missing")
