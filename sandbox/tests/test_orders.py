"""The order list: filters, window, order, pages, currencies and odd payloads."""

import gzip
import json

import pytest
import requests


@pytest.fixture
def listed(api):
    """Return the numbers of the orders that a query lists."""

    def query(**params):
        answer = api.get("/v3.0/orders", **params)
        assert answer.status_code == 200
        return [order["marketplace_order_id"] for order in answer.json()["results"]]

    return query


def line(status):
    return {"marketplace_order_line_id": "1", "lengow_status": status, "quantity": 1}


def packages(status):
    return [{"cart": [line(status)], "delivery": {}}]


@pytest.mark.parametrize(
    ("params", "numbers"),
    [
        ({"marketplace": "bol"}, "B"),
        ({"marketplace": "Bol"}, ""),
        ({"marketplace_order_id": "A"}, "A"),
        ({"merchant_order_id": "None"}, "AC"),
        ({"merchant_order_id": ""}, "AC"),
        ({"merchant_order_id": "S1"}, "B"),
        ({"merchant_order_id": "S"}, ""),
        ({"lengow_status": "shipped"}, "B"),
        ({"lengow_status": "shipped,accepted"}, "BC"),
        ({"lengow_line_status": "canceled"}, "A"),
        ({"lengow_line_status": "canceled,accepted"}, "AC"),
        ({"marketplace_status": "SHIPPED"}, "B"),
        ({"marketplace_status": "shipped"}, ""),
        ({"marketplace_order_date_from": "2026-03-09T00:00:00Z"}, "AC"),
        ({"marketplace_order_date_to": "2026-03-09T00:00:00Z"}, "B"),
        ({"imported_from": "2026-03-09T12:10:00.5Z"}, "AC"),
        ({"imported_to": "2026-03-09T12:10:00.4Z"}, "B"),
        ({"updated_from": "2026-03-09T12:20:00.123456Z"}, "AC"),
        ({"updated_to": "2026-03-09T12:20:00.123455Z"}, "B"),
        ({"updated_from": "2026-03-08T13:00:00+01:00"}, "ABC"),
        ({"updated_from": "2026-03-08T13:00:01+01:00"}, "AC"),
        ({"catalog_ids": "102"}, "C"),
        ({"catalog_ids": "101,102"}, "ABC"),
        ({"something_else": "1"}, "ABC"),
        ({"marketplace": "bol", "lengow_status": "accepted"}, ""),
    ],
)
def test_filters(state, make_order, listed, params, numbers):
    state.put_order(make_order("A", packages=packages("canceled")))
    state.put_order(
        make_order(
            "B",
            marketplace="bol",
            merchant_order_id=["S1", "S2"],
            lengow_status="shipped",
            marketplace_status="SHIPPED",
            marketplace_order_date="2026-03-08T12:00:00Z",
            imported_at="2026-03-08T12:00:00Z",
            updated_at="2026-03-08T12:00:00Z",
        )
    )
    accepted = {"lengow_status": "accepted", "marketplace_status": "Accepted"}
    order = make_order("C", **accepted, merchant_order_id=[])
    state.put_order({**order, "packages": packages("accepted")}, catalog_id=102)
    assert sorted(listed(**params)) == sorted(numbers)


@pytest.mark.parametrize(
    ("params", "numbers"),
    [
        ({}, ["young"]),
        ({"marketplace_order_id": "old"}, []),
        ({"updated_from": "no date"}, ["young"]),
        ({"updated_from": ""}, ["young"]),
        ({"updated_from": "1900-01-01"}, ["old", "young"]),
        ({"updated_to": "2026-03-10T12:00:00Z"}, ["old", "young"]),
        ({"imported_from": "1900-01-01T00:00:00"}, ["old", "young"]),
        ({"marketplace_order_date_from": "2026-03-03T11:59:59Z"}, ["old", "young"]),
        (
            {"updated_from": "x", "marketplace_order_date_to": "2026-03-03T11:59:59Z"},
            ["old"],
        ),
    ],
)
def test_only_orders_of_the_last_7_days_without_a_valid_date(
    state, make_order, listed, params, numbers
):
    state.put_order(make_order("old", marketplace_order_date="2026-03-03T11:59:59Z"))
    state.put_order(make_order("young", marketplace_order_date="2026-03-03T12:00:00Z"))
    assert sorted(listed(**params)) == numbers


def test_a_day_is_counted_with_one_order(api, state, make_order):
    for number, date in (
        ("before", "2026-01-14T23:59:59Z"),
        ("first", "2026-01-15T00:00:00Z"),
        ("last", "2026-01-15T23:59:59Z"),
        ("after", "2026-01-16T00:00:00Z"),
    ):
        state.put_order(make_order(number, marketplace_order_date=date))
    answer = api.get(
        "/v3.0/orders",
        marketplace_order_date_from="2026-01-15T00:00:00+00:00",
        marketplace_order_date_to="2026-01-15T23:59:59+00:00",
        page_size=1,
    ).json()
    assert (answer["count"], len(answer["results"])) == (2, 1)


def test_a_plus_that_was_not_encoded_makes_no_valid_date(api, state, make_order):
    state.put_order(make_order("old", marketplace_order_date="2026-01-01T00:00:00Z"))
    query = "account_id=4242&updated_from=2026-01-01T00:00:00+01:00"
    answer = api.session.get(f"{api.url}/v3.0/orders?{query}", timeout=5)
    assert answer.json()["count"] == 0


def test_an_order_without_a_date_was_ordered_when_it_was_imported(
    state, make_order, listed
):
    state.put_order(make_order("A", marketplace_order_date=None))
    state.put_order(
        make_order("B", marketplace_order_date=None, imported_at="2026-01-01T00:00:00Z")
    )
    assert listed() == ["A"]


@pytest.mark.parametrize(
    ("ordering", "numbers"),
    [
        (None, "BCA"),
        ("updated_at", "ACB"),
        ("-updated_at", "BCA"),
        ("marketplace_order_id", "ABC"),
        ("-marketplace,marketplace_order_id", "ACB"),
        ("nothing", "ABC"),
        ("merchant_order_id,-marketplace_order_id", "CBA"),
    ],
)
def test_ordering(state, make_order, listed, ordering, numbers):
    dates = {"A": "07", "B": "09", "C": "08"}
    for number, day in dates.items():
        marketplace = "bol" if number == "B" else "cdiscount"
        moment = f"2026-03-{day}T10:00:00Z"
        state.put_order(
            make_order(
                number,
                marketplace=marketplace,
                updated_at=moment,
                marketplace_order_date=moment,
            )
        )
    params = {"ordering": ordering} if ordering else {}
    assert "".join(listed(**params)) == numbers


# === PAGES === #


def walk(api, url):
    while url:
        page = api.session.get(url, timeout=5).json()
        yield page
        url = page["next"]


def test_next_is_absolute_and_keeps_every_filter(api, state, make_order):
    for number in range(5):
        state.put_order(make_order(f"N{number}"))
    state.put_order(make_order("B", marketplace="bol"))
    query = (
        ""
        "account_id=4242&marketplace=cdiscount&page_size=2&ordering=marketplace_order_id&updated_from=2026-03-01T00%3A00%3A00%2B01%3A00"
    )
    pages = list(walk(api, f"{api.url}/v3.0/orders/?{query}"))
    numbers = [o["marketplace_order_id"] for page in pages for o in page["results"]]
    assert numbers == ["N0", "N1", "N2", "N3", "N4"]
    assert [page["count"] for page in pages] == [5, 5, 5]
    assert pages[0]["next"] == f"{api.url}/v3.0/orders/?{query}&page=2"
    assert pages[1]["previous"] == f"{api.url}/v3.0/orders/?{query}&page=1"
    assert pages[0]["previous"] is None


@pytest.mark.parametrize(
    ("size", "got"),
    [(1, 1), (100, 100), (101, 100), (5000, 100), ("x", 100), (0, 1), (-3, 1)],
)
def test_page_size_is_at_most_100(api, state, make_order, size, got):
    for number in range(105):
        state.put_order(make_order(f"N{number}"))
    page = api.get("/v3.0/orders", page_size=size).json()
    assert (page["count"], len(page["results"])) == (105, got)


@pytest.mark.parametrize("status", [200, 404])
def test_a_page_after_the_last_is_empty_or_not_found(api, state, make_order, status):
    state.put_order(make_order())
    state.settings.beyond_last_page_status = status
    answer = api.get("/v3.0/orders", page=2)
    assert answer.status_code == status
    if status == 200:
        assert (answer.json()["results"], answer.json()["next"]) == ([], None)


def test_an_empty_list_has_the_envelope(api):
    expected = {"count": 0, "next": None, "previous": None, "results": []}
    assert api.get("/v3.0/orders").json() == expected


# === WHOSE AND WHAT === #


def test_accounts_do_not_see_each_other_s_orders(api, other_api, state, make_order):
    state.put_order(make_order("A"))
    state.put_order(make_order("A", total_order=1), account_id=4343)
    state.put_order(make_order("B", account_id=4343))
    numbers = [
        (o["marketplace_order_id"], o["total_order"])
        for o in other_api.get("/v3.0/orders").json()["results"]
    ]
    assert sorted(numbers) == [("A", 1), ("B", 40.3)]
    assert api.get("/v3.0/orders").json()["count"] == 1


def test_an_order_is_replaced_by_one_with_the_same_identity(state, make_order, listed):
    state.put_order(make_order("7"))
    state.put_order(make_order(7))
    assert listed() == [7]


@pytest.mark.parametrize(
    "payload",
    [
        None,
        "order",
        12,
        [],
        {},
        {"marketplace": "bol"},
        {"marketplace_order_id": "1"},
        {"marketplace": "bol", "marketplace_order_id": {}},
        {"marketplace": "x", "marketplace_order_id": "1", "packages": 5},
        {
            "marketplace": "x",
            "marketplace_order_id": "1",
            "packages": [None, {"cart": 1}],
        },
        {"marketplace": "x", "marketplace_order_id": "1", "updated_at": 5},
    ],
)
@pytest.mark.parametrize(
    "params",
    [
        {},
        {"lengow_line_status": "new", "merchant_order_id": "None"},
        {"no_currency_conversion": 1},
        {"set_currency": "USD"},
        {"ordering": "merchant_order_id,lengow_status,updated_at"},
    ],
)
def test_any_payload_can_be_served(api, state, payload, params):
    state.put_order(payload)
    answer = api.get("/v3.0/orders", **params)
    assert answer.status_code == 200
    if not params:
        assert answer.json()["results"] == [payload]


def test_a_payload_is_served_untouched(api, state, make_order):
    payload = make_order(odd=[1, "1.10", None, {"é": 1}])
    state.put_order(payload)
    assert api.get("/v3.0/orders").json()["results"] == [payload]


def test_touch_dates_an_old_order_into_the_window(state, make_order):
    payload = make_order(updated_at="2015-01-01T00:00:00Z")
    state.put_order(payload, touch=True)
    stored = state.get_order("cdiscount", "FR-1")
    assert (
        stored["updated_at"] == stored["imported_at"] == "2026-03-10T12:00:00.000000Z"
    )
    assert stored["marketplace_order_date"] == payload["marketplace_order_date"]
    assert payload["updated_at"] == "2015-01-01T00:00:00Z"


def test_long_answers_are_compressed_when_the_client_takes_it(api, state, make_order):
    for number in range(10):
        state.put_order(make_order(f"N{number}"))
    headers = {"Accept-Encoding": "identity", **api.session.headers}
    plain = api.get("/v3.0/orders")
    assert plain.headers["Content-Encoding"] == "gzip"
    headers["Accept-Encoding"] = "gzip"
    raw = requests.get(
        f"{api.url}/v3.0/orders?account_id=4242",
        headers=headers,
        stream=True,
        timeout=5,
    ).raw.read(decode_content=False)
    assert json.loads(gzip.decompress(raw))["count"] == 10
    headers["Accept-Encoding"] = "identity"
    answer = requests.get(
        f"{api.url}/v3.0/orders?account_id=4242", headers=headers, timeout=5
    )
    assert "Content-Encoding" not in answer.headers


# === CURRENCIES === #


@pytest.fixture
def in_krona(state, make_order):
    """An order sold in Swedish krona."""
    payload = make_order(
        total_order=20.0,
        shipping="2.00",
        original_total_order="224.00",
        original_shipping=22.4,
        original_currency={"iso_a3": "SEK", "symbol": "kr", "name": "Swedish Krona"},
        discount=None,
        original_discount=None,
    )
    payload["packages"][0]["cart"][0].update(amount="18.00", original_amount="201.60")
    state.put_order(payload)
    return payload


@pytest.mark.parametrize(
    ("params", "total", "shipping", "amount", "currency"),
    [
        ({}, 20.0, "2.00", "18.00", "EUR"),
        ({"no_currency_conversion": "0"}, 20.0, "2.00", "18.00", "EUR"),
        ({"no_currency_conversion": "1"}, "224.00", 22.4, "201.60", "SEK"),
        ({"no_currency_conversion": "true"}, "224.00", 22.4, "201.60", "SEK"),
        ({"set_currency": "usd"}, 21.6, "2.16", "19.44", "USD"),
        ({"set_currency": "EUR"}, 20.0, "2.00", "18.00", "EUR"),
        ({"set_currency": "XXX"}, -1, "2.00", "18.00", "EUR"),
    ],
)
def test_amounts_are_shown_in_the_currency_asked_for(
    api, in_krona, params, total, shipping, amount, currency
):
    order = api.get("/v3.0/orders", **params).json()["results"][0]
    line = order["packages"][0]["cart"][0]
    assert (order["total_order"], order["shipping"]) == (total, shipping)
    assert (line["amount"], order["currency"]["iso_a3"]) == (amount, currency)
    assert order["discount"] is None


def test_a_conversion_does_not_change_what_is_stored(api, state, in_krona):
    api.get("/v3.0/orders", no_currency_conversion=1)
    api.get("/v3.0/orders", set_currency="USD")
    assert state.get_order("cdiscount", "FR-1") == in_krona
