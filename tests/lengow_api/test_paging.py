"""Pages of orders: filters, following, and every way a list can be wrong."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from lengow_api import (
    UNLINKED,
    BadResponseError,
    PayloadError,
)

ORDERS = "/v3.0/orders"
NOON = datetime(2024, 8, 19, 12, tzinfo=timezone(timedelta(hours=2)))


def listing(results, next_link=None, count=None):
    return {"count": count, "next": next_link, "previous": None, "results": results}


def test_every_filter_reaches_lengow_by_its_own_name(server, client):
    server.on(ORDERS, listing([]))
    pages = client.iter_order_pages(
        updated_from=NOON,
        updated_to=datetime(2024, 8, 20, 0, 0, 1, 999, tzinfo=UTC),
        ordered_from=NOON,
        ordered_to=NOON,
        imported_from=NOON,
        imported_to=NOON,
        marketplace="amazon_fr",
        marketplace_order_id="408-1",
        merchant_order_id=UNLINKED,
        lengow_status="shipped",
        page_size=500,
        currency_conversion=False,
    )
    assert server.calls == []
    assert [page.results for page in pages] == [[]]
    noon = "2024-08-19T12:00:00+02:00"
    assert server.calls[-1].query == {
        "account_id": "4242",
        "page": "1",
        "page_size": "100",
        "updated_from": noon,
        "updated_to": "2024-08-20T00:00:01+00:00",
        "marketplace_order_date_from": noon,
        "marketplace_order_date_to": noon,
        "imported_from": noon,
        "imported_to": noon,
        "marketplace": "amazon_fr",
        "marketplace_order_id": "408-1",
        "merchant_order_id": "None",
        "lengow_status": "shipped",
        "no_currency_conversion": "1",
    }


def test_open_window_reads_the_latest_change_first(server, client):
    server.on(ORDERS, listing([]))
    list(client.iter_order_pages(updated_from=NOON, currency_conversion=True))
    query = server.calls[-1].query
    assert query["ordering"] == "-updated_at"
    assert query["no_currency_conversion"] == "0"
    list(client.iter_order_pages(updated_from=NOON, ordering="imported_at"))
    assert server.calls[-1].query["ordering"] == "imported_at"


def test_naive_date_is_refused_before_any_call(server, client):
    with pytest.raises(PayloadError, match="time zone") as caught:
        client.iter_order_pages(updated_from=NOON.replace(tzinfo=None))
    assert caught.value.path == "updated_from"
    assert server.calls == []


def test_pages_are_followed_lazily_with_their_filters(server, client, reply):
    base = server.url
    server.on(
        ORDERS,
        listing([1, None], f"{base}{ORDERS}?page=2&account_id=1&marketplace=x", "3"),
        # a relative link, and a server that lost the filters
        listing([{"a": 1}], f"{ORDERS}/?page=3&cursor=abc"),
        listing(["c"], "", 3),
    )
    pages = client.iter_order_pages(marketplace="amazon_fr")
    first = next(pages)
    assert (first.number, first.count, first.results) == (1, 3, [1, None])
    assert len(server.calls_to(ORDERS)) == 1
    second, third = pages
    assert (second.number, second.count) == (2, None)
    assert third.results == ["c"]
    assert "results" not in repr(third)
    queries = [call.query for call in server.calls_to(ORDERS)]
    assert [query["page"] for query in queries] == ["1", "2", "3"]
    assert {query["marketplace"] for query in queries} == {"amazon_fr"}
    assert {query["account_id"] for query in queries} == {"4242"}
    assert queries[2]["cursor"] == "abc"


def test_orders_repeated_on_several_pages_are_passed_on(server, client):
    link = f"{server.url}{ORDERS}?page=2"
    server.on(ORDERS, listing([{"id": 1}], link), listing([{"id": 1}]))
    assert [page.results for page in client.iter_order_pages()] == [[{"id": 1}]] * 2


@pytest.mark.parametrize(
    "link",
    [
        "https://example.com/v3.0/orders?page=2",
        "//example.com/v3.0/orders?page=2",
        "ftp://127.0.0.1/v3.0/orders",
        "/v3.0/elsewhere?page=2",
        "http://[broken",
        "http://127.0.0.1:1/v3.0/orders?page=2",
        7,
        {},
        True,
    ],
)
def test_next_page_at_another_place_is_refused(link, server, client):
    server.on(ORDERS, listing([1], link))
    pages = client.iter_order_pages()
    assert next(pages).results == [1]
    with pytest.raises(BadResponseError, match="another address"):
        next(pages)
    assert len(server.calls_to(ORDERS)) == 1


def test_next_page_of_another_scheme_is_refused(server, client):
    server.on(ORDERS, listing([1], server.url.replace("http", "https") + ORDERS))
    with pytest.raises(BadResponseError, match="another address"):
        list(client.iter_order_pages())


@pytest.mark.parametrize("query", ["?page=1", "?page=2", ""])
def test_pages_that_lead_in_a_circle_are_stopped(query, server, client):
    first = f"{server.url}{ORDERS}?page=2"
    server.on(ORDERS, listing([1], first), listing([2], f"{server.url}{ORDERS}{query}"))
    with pytest.raises(BadResponseError, match="circle"):
        list(client.iter_order_pages())
    assert len(server.calls_to(ORDERS)) <= 3


def test_endless_pages_are_stopped(server, client, monkeypatch):
    monkeypatch.setattr("lengow_api.paging._MOST_PAGES", 3)
    server.on(
        ORDERS,
        *[listing([], f"{server.url}{ORDERS}?page={number}") for number in range(2, 9)],
    )
    with pytest.raises(BadResponseError, match="more than 3 pages"):
        list(client.iter_order_pages())


@pytest.mark.parametrize("count", [0, None, "0"])
def test_null_results_are_an_empty_list_when_nothing_is_counted(count, server, client):
    server.on(ORDERS, listing(None, count=count))
    (page,) = client.iter_order_pages()
    assert page.results == []


@pytest.mark.parametrize(
    "envelope",
    [
        listing(None, count=3),
        listing({"a": 1}),
        listing("text"),
        {},
        {"count": 0},
        [],
        "text",
        None,
        5,
    ],
)
def test_answer_that_is_no_list_is_a_bad_response(envelope, server, client):
    server.on(ORDERS, envelope)
    with pytest.raises(BadResponseError, match="not a list"):
        list(client.iter_order_pages())


@pytest.mark.parametrize("count", [True, [], "many", -0.5])
def test_odd_count_is_no_count(count, server, client):
    server.on(ORDERS, listing([1], count=count))
    assert [page.count for page in client.iter_order_pages()] == [None]
