"""Catalogues: reading them, and changing products in them."""

import json
from datetime import date
from decimal import Decimal

import pytest

from lengow_api import (
    AccessDeniedError,
    BadResponseError,
    Catalogue,
    CatalogueDraftError,
    ListedCatalogue,
    NotFoundError,
    PayloadError,
    ProductResult,
    RateLimitedError,
    RequestRefusedError,
)
from lengow_api import client as client_module
from lengow_api.catalogues import batches
from sandbox import SandboxServer

CATALOGUES = "/v1.0/catalogues"
PRODUCTS = f"{CATALOGUES}/101/products"


def listing(data, total=None, next_link=None):
    return {"data": data, "total": total, "page": 1, "limit": 100, "next": next_link}


def item(number, **members):
    return {
        "catalogue_id": number,
        "name": f"Catalogue {number}",
        "status": "active",
        "product_id_key": "id",
        "role": "main_source",
        "channels_count": 3,
        **members,
    }


def changes(client, products, number=101):
    """Return all results of an update, call by call."""
    return list(client.update_products(number, products))


# === READING === #


def test_catalogues_are_listed_over_all_pages(server, client):
    first = listing([item(1), item(2, role="additional_source")], 3, "?page=2")
    server.on(CATALOGUES, first, listing([item(3, status="draft")], 3))
    found = list(client.iter_catalogues())
    assert [one.id for one in found] == [1, 2, 3]
    assert [one.is_main for one in found] == [True, False, True]
    assert [one.is_draft for one in found] == [False, False, True]
    assert found[0] == Catalogue(
        1, "Catalogue 1", "id", "active", "main_source", None, 3
    )
    calls = server.calls_to(CATALOGUES)
    assert [call.query["page"] for call in calls] == ["1", "2"]
    assert calls[0].query == {"account_id": "4242", "limit": "100", "page": "1"}


def test_nothing_is_asked_before_the_first_catalogue_is_wanted(server, client):
    client.iter_catalogues()
    client.update_products(101, [])
    assert server.calls == []
    assert changes(client, []) == []
    assert server.calls == []


@pytest.mark.parametrize("link", ["2", "http://elsewhere.test/?page=2", True])
def test_how_the_next_page_is_written_does_not_matter(server, client, link):
    server.on(CATALOGUES, listing([item(1)], None, link), listing([item(2)]))
    assert [one.id for one in client.iter_catalogues()] == [1, 2]


def test_a_list_that_says_there_is_more_ends_all_the_same(server, client):
    server.on(CATALOGUES, listing([item(1)], 1, "again"))
    assert len(list(client.iter_catalogues())) == 1
    server.on(CATALOGUES, listing([item(1)], None, "again"), listing([], None, "again"))
    assert len(list(client.iter_catalogues())) == 1


@pytest.mark.parametrize("answer", [[], {}, {"data": None}, "text", listing([{}])])
def test_what_is_no_list_of_catalogues_is_a_bad_response(server, client, answer):
    server.on(CATALOGUES, answer)
    with pytest.raises(BadResponseError):
        list(client.iter_catalogues())


def test_an_account_outside_the_beta_is_denied(server, client, reply):
    server.on(CATALOGUES, reply(403, {"error": {"code": 403, "message": "No rights"}}))
    with pytest.raises(AccessDeniedError, match="No rights"):
        next(client.iter_catalogues())


def test_one_catalogue_tells_how_many_products_it_has(server, client):
    server.on(f"{CATALOGUES}/101", item(101, products_count=12, name=None))
    found = client.get_catalogue(101)
    assert (found.products_count, found.name) == (12, "101")
    server.on(f"{CATALOGUES}/101", {"name": "?"})
    with pytest.raises(BadResponseError, match="no number"):
        client.get_catalogue(101)


def test_columns_are_read_over_all_pages(server, client):
    path = f"{CATALOGUES}/101/attributes"
    server.on(path, listing(["id", "name"], 3, "x"), listing(["price", None, 1], 3))
    assert client.get_catalogue_attributes(101) == ["id", "name", "price"]
    assert server.calls_to(path)[0].query["limit"] == "200"


# === CHANGING === #


def test_products_are_changed_with_one_call(server, client, reply):
    results = {
        "P1": {"status": "updated"},
        "P2": {"status": "rejected", "errors": ["No such product", 7]},
        "error": {"status": "updated", "errors": None},
    }
    server.on(PRODUCTS, reply(207, results))
    sent = {
        "P1": {"quantity": 3, "price": Decimal("19.90")},
        "P2": {"name": None, "weight": 1.5, "flag": True},
        "error": {"quantity": "0"},
        "P4": {},
    }
    (found,) = changes(client, sent.items())
    assert found == [
        ProductResult("P1", "updated"),
        ProductResult("P2", "rejected", "No such product; 7"),
        ProductResult("error", "updated"),
        ProductResult("P4", None),
    ]
    assert [one.is_done for one in found] == [True, False, True, False]
    call = server.calls[-1]
    assert (call.method, call.query) == ("PATCH", {"account_id": "4242"})
    assert json.loads(call.body) == {
        "P1": {"quantity": 3, "price": "19.90"},
        "P2": {"name": None, "weight": 1.5, "flag": True},
        "error": {"quantity": "0"},
        "P4": {},
    }


def test_many_products_take_several_calls(server, client, reply):
    server.on(PRODUCTS, reply(207, {}))
    read = []

    def products():
        for number in range(20_001):
            read.append(number)
            yield f"P{number}", {"quantity": number}

    results = client.update_products(101, products())
    assert len(next(results)) == 10_000
    assert len(read) == 10_000
    assert [len(found) for found in results] == [10_000, 1]
    assert len(server.calls_to(PRODUCTS)) == 3


def test_a_lost_answer_is_asked_for_again(server, client, reply, clock):
    done = reply(207, {"P1": {"status": "updated"}})
    server.on(PRODUCTS, reply(cut="mid", value={}), reply(503), done)
    ((result,),) = changes(client, [("P1", {"quantity": 1})])
    assert result.is_done
    first, second, third = (call.body for call in server.calls_to(PRODUCTS))
    assert first == second == third


@pytest.mark.parametrize(
    ("status", "body", "kind", "words"),
    [
        (
            409,
            {"detail": {"error_code": "catalogue.draft.x", "message": "A draft."}},
            CatalogueDraftError,
            "A draft",
        ),
        (
            404,
            {"detail": {"error_code": "catalogue.not_found", "message": "Not in 1"}},
            NotFoundError,
            "Not in 1",
        ),
        (
            422,
            {"detail": [{"loc": ["body"], "msg": "Too many", "type": "x"}]},
            RequestRefusedError,
            "Too many",
        ),
        (
            400,
            {"detail": {"message": "Failed.", "errors": ["Unknown 'x'", "And 'y'"]}},
            RequestRefusedError,
            "Failed. Unknown 'x'; And 'y'",
        ),
        (400, {"detail": {}}, RequestRefusedError, "HTTP 400"),
    ],
)
def test_each_refusal_has_its_kind(server, client, reply, status, body, kind, words):
    server.on(PRODUCTS, reply(status, body))
    with pytest.raises(kind, match=words) as caught:
        changes(client, [("P1", {})])
    assert type(caught.value) is kind
    assert caught.value.status == status
    assert not caught.value.may_have_arrived


def test_a_draft_has_a_code_of_its_own():
    assert CatalogueDraftError("x").code == "catalogue_draft"
    assert issubclass(CatalogueDraftError, RequestRefusedError)


def test_a_limit_says_when_to_come_again(server, client, reply):
    server.on(PRODUCTS, reply(429, {}, headers={"Retry-After": "90"}))
    with pytest.raises(RateLimitedError) as caught:
        changes(client, [("P1", {})])
    assert caught.value.retry_after == 90


def test_what_was_done_before_an_error_is_told(server, client, reply, monkeypatch):
    monkeypatch.setattr(
        client_module, "batches", lambda products: batches(products, size=1)
    )
    server.on(PRODUCTS, reply(207, {"P1": {"status": "updated"}}), reply(404, {}))
    results = client.update_products(101, [("P1", {}), ("P2", {})])
    assert next(results)[0].is_done
    with pytest.raises(NotFoundError):
        next(results)


@pytest.mark.parametrize(
    "value",
    [[1], {"a": 1}, {1}, date(2026, 1, 1), float("nan"), Decimal("Infinity"), b"x"],
)
def test_a_value_that_cannot_be_sent_is_refused_before_the_call(server, client, value):
    with pytest.raises(PayloadError) as caught:
        changes(client, [("P1", {"price": value})])
    assert caught.value.path == "P1.price"
    assert server.calls_to(PRODUCTS) == []


@pytest.mark.parametrize("identifier", ["", " ", None, 7])
def test_a_product_needs_an_identifier(client, identifier):
    with pytest.raises(PayloadError, match="identifier"):
        changes(client, [(identifier, {})])


@pytest.mark.parametrize("answer", [[1], "x", None])
def test_an_answer_that_names_no_product_is_a_bad_response(
    server, client, reply, answer
):
    server.on(PRODUCTS, reply(207, answer))
    with pytest.raises(BadResponseError):
        changes(client, [("P1", {})])


@pytest.mark.parametrize(
    "payload", [None, "x", {}, {"status": 5, "errors": {"a": 1}}, {"errors": "text"}]
)
def test_a_result_may_be_anything(payload):
    result = ProductResult.from_payload("P1", payload)
    assert not result.is_done
    assert isinstance(result.error, str)


def test_no_other_call_takes_207_for_success(server, client, reply):
    server.on("/v3.0/marketplaces", reply(207, {}))
    with pytest.raises(BadResponseError, match="207"):
        client.get_marketplaces()


# === BOTH SIDES OF THE CONTRACT === #


def test_the_sandbox_understands_every_call():
    from lengow_api import LengowClient

    with (
        SandboxServer() as lengow,
        LengowClient(lengow.url, *lengow.keys) as client,
    ):
        with pytest.raises(AccessDeniedError):
            next(client.iter_catalogues())
        lengow.state.allow_catalogues(4242)
        names = ["id", "quantity", *(f"column_{number}" for number in range(300))]
        products = [{"id": f"P{number}"} for number in range(3)]
        lengow.state.put_catalogue(101, attributes=names, products=products)
        for number in range(150):
            lengow.state.put_catalogue(1000 + number, status="draft")
        assert len(list(client.iter_catalogues())) == 151
        assert client.get_catalogue(101).products_count == 3
        assert client.get_catalogue_attributes(101) == names
        sent = [("P0", {"quantity": 3}), ("P9", {"quantity": 1}), ("P1", {"x": 1})]
        ((done, missing, unknown),) = changes(client, sent)
        assert done.is_done
        assert "not found" in missing.error
        assert "Unknown attributes" in unknown.error
        with pytest.raises(CatalogueDraftError):
            changes(client, sent, 1000)
        with pytest.raises(NotFoundError):
            changes(client, sent, 9)


# === THE LIST THAT EVERY ACCOUNT MAY READ === #

LIST = "/v3.1/cms/catalogs/"


def test_listed_catalogues_come_by_number(server, client):
    server.on(
        LIST,
        [
            {"id": 9, "name": "Nine", "is_active": True, "products": 12, "shop": "x"},
            {"id": "7", "name": None, "is_active": False, "products": None},
        ],
    )
    assert client.list_catalogues() == [
        ListedCatalogue(7, "7"),
        ListedCatalogue(9, "Nine", True, 12, True),
    ]


@pytest.mark.parametrize("odd", [None, "x", 5, {}, {"id": None}, {"id": "x"}, []])
def test_what_has_no_number_is_left_out_of_the_list(server, client, odd):
    server.on(LIST, [odd, {"id": 7, "name": "Seven", "products": "many"}])
    assert client.list_catalogues() == [ListedCatalogue(7, "Seven")]


@pytest.mark.parametrize("answer", [{}, {"detail": "No"}, "x", None])
def test_a_list_that_is_none_is_refused(server, client, answer):
    server.on(LIST, answer)
    with pytest.raises(BadResponseError):
        client.list_catalogues()
