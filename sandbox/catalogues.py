"""Endpoints of catalogues: Lengow's closed beta, of its published OpenAPI text.

Batches are answered with 207, one result for each product. Errors are worded as in no
other part of the API: ``{"detail": {"error_code", "message"}}``, and a list of what is
wrong for a request of the wrong shape.
"""

from urllib.parse import urlencode

from werkzeug.routing import Rule

from .catalogue_store import DRAFT
from .errors import ApiError
from .replies import json_reply, read_json

MOST_PRODUCTS = 10_000
"""Products of one call that writes."""
MOST_DELETED = 100
"""Products of one call that deletes."""
MULTI_STATUS = 207


def list_catalogues(state, request, account):
    """Answer ``GET /v1.0/catalogues``: those of the account."""
    _check_access(state, account)
    found = state.catalogues.of_account(account.id)
    return _page(request, [one.as_item() for one in found], default=20, most=100)


def get_catalogue(state, request, account, catalogue_id):
    """Answer ``GET /v1.0/catalogues/<id>``."""
    return json_reply(_catalogue(state, account, catalogue_id).as_json())


def list_attributes(state, request, account, catalogue_id):
    """Answer ``GET …/attributes``: the names of the columns."""
    catalogue = _catalogue(state, account, catalogue_id)
    return _page(request, catalogue.attributes, default=50, most=200)


def list_products(state, request, account, catalogue_id):
    """Answer ``GET …/products``."""
    catalogue = _catalogue(state, account, catalogue_id)
    items = [
        {"product_id_value": identifier, "attributes": attributes}
        for identifier, attributes in catalogue.products.items()
    ]
    return _page(request, items, default=20, most=100)


def upsert_products(state, request, account, catalogue_id):
    """Answer ``POST …/products``: what a product is not sent with, it loses."""
    catalogue = _writable(state, account, catalogue_id)
    products = _body(request, list)
    for position, product in enumerate(products):
        _check_attributes(product, position)
    seen = set()
    results = [_upsert(catalogue, product, seen) for product in products]
    return json_reply(results, MULTI_STATUS)


def _upsert(catalogue, product, seen):
    """Create or replace one product; return what became of it."""
    sent = product.get(catalogue.product_id_key)
    if sent in (None, ""):
        faults = [f"Missing product identifier '{catalogue.product_id_key}'."]
        return {"product_id_value": None, "status": "rejected", "errors": faults}
    identifier = str(sent)
    faults = catalogue.find_faults(identifier, product)
    if identifier in seen:
        faults.append(f"Duplicate product identifier '{identifier}' in request.")
    seen.add(identifier)
    if faults:
        return _rejected(faults, product_id_value=identifier)
    is_new = identifier not in catalogue.products
    catalogue.products[identifier] = dict(product)
    status = "created" if is_new else "updated"
    return {"product_id_value": identifier, "status": status, "errors": None}


def update_products(state, request, account, catalogue_id):
    """Answer ``PATCH …/products``: other attributes stay as they are."""
    catalogue = _writable(state, account, catalogue_id)
    products = _body(request, dict)
    for identifier, attributes in products.items():
        _check_attributes(attributes, identifier)
    results = {
        identifier: _update(catalogue, identifier, attributes)
        for identifier, attributes in products.items()
    }
    return json_reply(results, MULTI_STATUS)


def _update(catalogue, identifier, attributes):
    """Change one product; return what became of it."""
    if identifier not in catalogue.products:
        text = f"Product '{identifier}' not found in catalogue {catalogue.id}."
        return _rejected([text])
    if faults := catalogue.find_faults(identifier, attributes):
        return _rejected(faults)
    catalogue.products[identifier].update(attributes)
    return {"status": "updated"}


def delete_products(state, request, account, catalogue_id):
    """Answer ``DELETE …/products?product_ids=``: a list, or several of them."""
    catalogue = _writable(state, account, catalogue_id)
    texts = request.args.getlist("product_ids")
    identifiers = [one for text in texts for one in text.split(",") if one]
    if not 1 <= len(identifiers) <= MOST_DELETED:
        message = f"List should have 1 to {MOST_DELETED} items"
        raise _invalid(["query", "product_ids"], message, "too_long")
    results = [
        {
            "product_id_value": one,
            "status": "not_found"
            if catalogue.products.pop(one, None) is None
            else "deleted",
        }
        for one in identifiers
    ]
    return json_reply(results, MULTI_STATUS)


def get_product(state, request, account, catalogue_id, identifier):
    """Answer ``GET …/products/<id>``: its attributes."""
    catalogue = _catalogue(state, account, catalogue_id)
    return json_reply(_product(catalogue, identifier))


def update_product(state, request, account, catalogue_id, identifier):
    """Answer ``PATCH …/products/<id>``."""
    catalogue = _writable(state, account, catalogue_id)
    product = _product(catalogue, identifier)
    attributes = _body(request, dict)
    _check_attributes(attributes, identifier)
    if faults := catalogue.find_faults(identifier, attributes):
        message = "Product update failed with validation errors."
        raise _refused(400, "product.validation_error", message, errors=faults)
    product.update(attributes)
    return json_reply({"status": "updated"})


def delete_product(state, request, account, catalogue_id, identifier):
    """Answer ``DELETE …/products/<id>``."""
    catalogue = _writable(state, account, catalogue_id)
    _product(catalogue, identifier)
    del catalogue.products[identifier]
    return json_reply({"product_id_value": identifier, "status": "deleted"})


def check_query(request):
    """Check that a call names its account in the address, where alone it counts.

    :raise ApiError: 422 if it does not, or not by a number
    """
    named = request.args.get("account_id", "")
    if not named:
        raise _invalid(["query", "account_id"], "Field required", "missing")
    if not named.isdecimal():
        message = "Input should be a valid integer"
        raise _invalid(["query", "account_id"], message, "int_parsing")


# === HELPERS === #


def _check_access(state, account):
    """Refuse an account that is not in the beta.

    :raise ApiError: 403
    """
    if not state.catalogues.is_allowed(account.id):
        raise ApiError(403, "You do not have the rights to access this resource")


def _catalogue(state, account, catalogue_id):
    """Return a catalogue of the account.

    :raise ApiError: 403 without access, 404 for one that is another's or nobody's
    """
    _check_access(state, account)
    catalogue = state.catalogues.find(catalogue_id, account.id)
    if catalogue is None:
        message = f"Catalogue {catalogue_id} not found in account {account.id}"
        raise _refused(404, "catalogue.not_found", message)
    return catalogue


def _writable(state, account, catalogue_id):
    """Return a catalogue whose products may be changed.

    :raise ApiError: as of :func:`_catalogue`; 409 for a draft
    """
    catalogue = _catalogue(state, account, catalogue_id)
    if catalogue.status == DRAFT:
        message = (
            f"Cannot perform product operations on draft catalogue {catalogue_id}."
        )
        raise _refused(409, "catalogue.draft.forbidden_operation", message)
    return catalogue


def _product(catalogue, identifier):
    """Return the attributes of a product.

    :raise ApiError: 404
    """
    if identifier not in catalogue.products:
        message = f"Product '{identifier}' not found in catalogue {catalogue.id}"
        raise _refused(404, "product.not_found", message)
    return catalogue.products[identifier]


def _body(request, kind):
    """Return the JSON body of a call that writes.

    :param type kind: ``dict`` or ``list``
    :raise ApiError: 400 for no JSON; 422 for another kind, or for too many products
    """
    value = read_json(request)
    if not isinstance(value, kind):
        name = "dictionary" if kind is dict else "list"
        raise _invalid(["body"], f"Input should be a valid {name}", f"{name}_type")
    if len(value) > MOST_PRODUCTS:
        message = f"Input should have at most {MOST_PRODUCTS} items"
        raise _invalid(["body"], message, "too_long")
    return value


def _check_attributes(attributes, where):
    """Check that a product comes as an object of plain values.

    :raise ApiError: 422
    """
    if not isinstance(attributes, dict):
        message = "Input should be a valid dictionary"
        raise _invalid(["body", where], message, "dictionary_type")
    for name, value in attributes.items():
        if isinstance(value, dict | list):
            message = "Input should be a valid string"
            raise _invalid(["body", where, name], message, "string_type")


def _page(request, items, *, default, most):
    """Answer with a page of a list.

    :raise ApiError: 422 for a page or a size that is none
    """
    page = _number(request, "page", 1, None)
    limit = _number(request, "limit", default, most)
    start = (page - 1) * limit
    has_next = start + limit < len(items)
    query = {**request.args.to_dict(), "page": page + 1}
    return json_reply(
        {
            "data": items[start : start + limit],
            "total": len(items),
            "page": page,
            "limit": limit,
            "next": f"{request.base_url}?{urlencode(query)}" if has_next else None,
        }
    )


def _number(request, name, default, most):
    """Return a positive number of the query.

    :raise ApiError: 422
    """
    text = request.args.get(name)
    if text is None:
        return default
    if not text.isdecimal():
        message = "Input should be a valid integer"
        raise _invalid(["query", name], message, "int_parsing")
    number = int(text)
    if number < 1:
        raise _invalid(["query", name], "Input should be at least 1", "greater_than")
    if most and number > most:
        raise _invalid(["query", name], f"Input should be at most {most}", "less_than")
    return number


def _rejected(faults, **members):
    return {**members, "status": "rejected", "errors": faults}


def _refused(status, code, message, **members):
    """Return the error of this part of the API."""
    body = {"detail": {"error_code": code, "message": message, **members}}
    return ApiError(status, message, body=body)


def _invalid(place, message, kind):
    """Return the error for a request of the wrong shape."""
    fault = {"loc": place, "msg": message, "type": kind}
    return ApiError(422, message, body={"detail": [fault]})


ENDPOINTS = {
    "list_catalogues": list_catalogues,
    "get_catalogue": get_catalogue,
    "list_attributes": list_attributes,
    "list_products": list_products,
    "upsert_products": upsert_products,
    "update_products": update_products,
    "delete_products": delete_products,
    "get_product": get_product,
    "update_product": update_product,
    "delete_product": delete_product,
}
"""Endpoints of an account in the beta: ``(state, request, account, **path values)``."""

_CATALOGUE = "/v1.0/catalogues/<int:catalogue_id>"
_PRODUCTS = f"{_CATALOGUE}/products"
_PRODUCT = f"{_PRODUCTS}/<path:identifier>"
ROUTES = [
    Rule("/v1.0/catalogues", endpoint="list_catalogues", methods=["GET"]),
    Rule(_CATALOGUE, endpoint="get_catalogue", methods=["GET"]),
    Rule(f"{_CATALOGUE}/attributes", endpoint="list_attributes", methods=["GET"]),
    Rule(_PRODUCTS, endpoint="list_products", methods=["GET"]),
    Rule(_PRODUCTS, endpoint="upsert_products", methods=["POST"]),
    Rule(_PRODUCTS, endpoint="update_products", methods=["PATCH"]),
    Rule(_PRODUCTS, endpoint="delete_products", methods=["DELETE"]),
    Rule(_PRODUCT, endpoint="get_product", methods=["GET"]),
    Rule(_PRODUCT, endpoint="update_product", methods=["PATCH"]),
    Rule(_PRODUCT, endpoint="delete_product", methods=["DELETE"]),
]
