"""What the demo orders promise."""

import re
from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest

from sandbox.marketplaces import lengow_status_of, load_marketplaces
from sandbox.seed_orders import CATALOGUE, total_of
from sandbox.seed_people import PERSONAL_FIELDS
from sandbox.state import SandboxState
from sandbox.times import parse_time

DEFINITIONS = load_marketplaces()

MADE_TO_FAIL = {"UNKNOWN-0001", -1}


@pytest.fixture(scope="module")
def now():
    return parse_time("2026-03-10T12:00:00Z")


@pytest.fixture(scope="module")
def orders(now):
    """The demo orders of the first account."""
    return SandboxState(seed=True, clock=lambda: now).orders(4242)


def lines_of(order):
    return [line for package in order["packages"] for line in package["cart"]]


def addresses_of(order):
    deliveries = [package["delivery"] for package in order["packages"]]
    return [a for a in (*deliveries, order["billing_address"]) if a]


def total_failed(order):
    return order["total_order"] == -1


def test_the_same_instant_gives_the_same_orders(orders, now):
    again = SandboxState(seed=True, clock=lambda: now).orders(4242)
    assert again == orders


def test_there_are_enough_orders_on_ten_channels(orders):
    channels = Counter(order["marketplace"] for order in orders)
    assert len(orders) >= 60
    assert len(channels) == 10
    assert min(channels.values()) >= 5


def test_every_channel_is_there_in_every_status_that_it_knows(orders):
    seen = {(order["marketplace"], order["lengow_status"]) for order in orders}
    known = {
        (code, status)
        for code in {order["marketplace"] for order in orders}
        for status in DEFINITIONS[code]["orders"]["status"]
    }
    assert seen == known
    assert len({status for _code, status in seen}) == 16


def test_at_least_forty_orders_have_reached_waiting_for_shipment(orders):
    reached = [
        "waiting_shipment",
        "shipped",
        "closed",
        "partial_refunded",
        "pickup_to_prepare",
        "to_pickup",
        "pickup_completed",
    ]
    ready = [order for order in orders if order["lengow_status"] in reached]
    assert len(ready) >= 50
    assert len({order["marketplace"] for order in ready}) == 10


def test_raw_statuses_belong_to_the_channel_and_mean_the_lengow_status(orders):
    for order in orders:
        definition = DEFINITIONS[order["marketplace"]]
        for member in (order, *lines_of(order)):
            status = lengow_status_of(definition, member["marketplace_status"])
            assert status == member["lengow_status"]


def test_ids_are_unique(orders):
    identities = [(o["marketplace"], o["marketplace_order_id"]) for o in orders]
    line_ids = [line["id"] for order in orders for line in lines_of(order)]
    line_numbers = [
        line["marketplace_order_line_id"] for o in orders for line in lines_of(o)
    ]
    address_ids = [a["id"] for o in orders for a in addresses_of(o)]
    for ids in (identities, line_ids, line_numbers, address_ids):
        assert len(ids) == len(set(ids))


@pytest.mark.parametrize("prefix", ["", "original_"])
def test_amounts_add_up(orders, prefix):
    for order in orders:
        if not prefix and total_failed(order):
            continue
        total = Decimal(str(order[f"{prefix}total_order"]))
        assert total == total_of(order, lines_of(order), prefix)
        assert total > 0
        assert 0 < Decimal(order[f"{prefix}total_tax"] or 0) < total / 4


def test_no_amount_has_more_than_two_decimals(orders):
    names = re.compile(r"(original_)?(amount|tax|shipping|total_\w+|processing_fee)")
    for order in orders:
        for member in (order, *lines_of(order)):
            for name, value in member.items():
                if names.fullmatch(name) and isinstance(value, int | float | str):
                    assert Decimal(str(value)).as_tuple().exponent >= -2


def test_amounts_are_written_in_different_ways(orders):
    totals = {type(order["total_order"]) for order in orders}
    amounts = {type(line["amount"]) for order in orders for line in lines_of(order)}
    fees = {type(order["processing_fee"]) for order in orders}
    assert totals == {int, float, str} or totals == {float, str}
    assert amounts == {float, str}
    assert type(None) in fees


def test_unit_prices_are_whole_cents(orders):
    for order in orders:
        for line in lines_of(order):
            unit = Decimal(str(line["amount"])) / line["quantity"]
            assert unit == unit.quantize(Decimal("0.01"))


def test_most_orders_are_in_euro(orders):
    codes = Counter(order["original_currency"]["iso_a3"] for order in orders)
    assert set(codes) == {"EUR", "GBP", "SEK", "PLN"}
    assert codes["EUR"] >= 0.9 * len(orders)
    assert all(order["currency"]["iso_a3"] == "EUR" for order in orders)


def test_products_are_those_of_the_catalogue(orders):
    known = {p["sku"] for p in CATALOGUE} | {p["barcode"] for p in CATALOGUE}
    ids = [line["merchant_product_id"]["id"] for o in orders for line in lines_of(o)]
    unknown = {i for i in ids if i.removesuffix("_FBA") not in known}
    assert unknown == {"UNKNOWN-0001", "UNKNOWN-0002", "LGW-1001-3PACK"}
    assert sum(i.endswith("_FBA") for i in ids) == 1
    fields = {
        line["merchant_product_id"]["field"] for o in orders for line in lines_of(o)
    }
    assert fields == {"sku", "id", "ID_PRODUCT", "reference", "ean", None}


def test_the_catalogue_is_sound():
    assert len(CATALOGUE) >= 24
    for key in ("sku", "barcode", "name"):
        assert len({p[key] for p in CATALOGUE}) == len(CATALOGUE)
    for product in CATALOGUE:
        digits = [int(digit) for digit in product["barcode"]]
        assert len(digits) == 13
        assert sum(digits[::2], 3 * sum(digits[1::2])) % 10 == 0
        assert Decimal(product["list_price"]) > 0 < product["weight"]


def test_dates_are_of_the_last_three_days_and_in_order(orders, now):
    for order in orders:
        dates = [
            parse_time(order[name])
            for name in ("marketplace_order_date", "imported_at", "updated_at")
        ]
        assert now - timedelta(days=3) < dates[0] < dates[1] <= dates[2] <= now


def test_orders_are_late_due_today_and_due_later(orders, now):
    midnight = parse_time("2026-03-10T23:00:00Z")  # in Paris
    due = Counter()
    for order in orders:
        deadlines = {line["max_shipping_date"] for line in lines_of(order)}
        if order["lengow_status"] != "waiting_shipment":
            assert deadlines == {None}
            continue
        moment = parse_time(max(deadlines))
        assert moment > parse_time(order["marketplace_order_date"])
        due["late" if moment < now else "today" if moment < midnight else "later"] += 1
    assert due["late"] >= 2
    assert due["today"] >= 2
    assert due["later"] >= 20


def test_an_acceptance_is_almost_late_where_there_are_three_days(orders, now):
    waiting = [
        now - parse_time(order["marketplace_order_date"])
        for order in orders
        if order["lengow_status"] == "waiting_acceptance"
    ]
    assert timedelta(hours=70) < max(waiting) < timedelta(hours=72)


def test_orders_have_one_to_four_lines(orders):
    counts = Counter(len(lines_of(order)) for order in orders)
    assert set(counts) == {1, 2, 3, 4}


def types_of(order):
    return {item["type"] for item in order["order_types"]}


@pytest.mark.parametrize(
    ("what", "is_special"),
    [
        ("business", lambda o: "is_business" in types_of(o)),
        ("prime", lambda o: "is_prime" in types_of(o)),
        ("express only", lambda o: types_of(o) == {"is_express"}),
        ("fulfilled", lambda o: "is_delivered_by_marketplace" in types_of(o)),
        ("anonymised", lambda o: o["anonymized"]),
        ("two packages", lambda o: len(o["packages"]) == 2),
        ("no rate", total_failed),
        (
            "relay",
            lambda o: any(
                t["relay"]["id"]
                for p in o["packages"]
                for t in p["delivery"].get("trackings", [])
            ),
        ),
        (
            "line waiting",
            lambda o: (
                o["lengow_status"] == "waiting_shipment"
                and "waiting_acceptance" in {i["lengow_status"] for i in lines_of(o)}
            ),
        ),
        (
            "line canceled",
            lambda o: (
                o["lengow_status"] == "waiting_shipment"
                and "canceled" in {i["lengow_status"] for i in lines_of(o)}
            ),
        ),
        ("discount", lambda o: float(o["discount"] or 0) > 0),
        (
            "refunded in part",
            lambda o: any(i["refunded_amount"] for i in lines_of(o)),
        ),
    ],
)
def test_each_special_case_is_there_once(orders, what, is_special):
    assert sum(bool(is_special(order)) for order in orders) == 1, what


def test_the_anonymised_order_says_nothing_about_its_buyer(orders):
    (order,) = [order for order in orders if order["anonymized"]]
    for address in addresses_of(order):
        assert not any(address[name] for name in PERSONAL_FIELDS)


def test_no_address_could_be_somebody_s(orders):
    for address in (a for order in orders for a in addresses_of(order)):
        assert address["email"] is None or address["email"].endswith("@example.com")
        assert "00000" in re.sub(r"\D", "", address["phone_mobile"] or "00000")


def test_the_second_account_has_orders_of_its_own(now):
    state = SandboxState(seed=True, clock=lambda: now)
    own = state.orders(4343)
    assert {order["account_id"] for order in own} == {4343}
    assert {order["account_id"] for order in state.orders(4242)} == {4242}
    assert len(own) == 3


def test_the_seed_is_served(api, state, orders):
    state.seed()
    window = {"updated_from": "2026-03-07T12:00:00Z", "page_size": 100}
    page = api.get("/v3.0/orders", **window).json()
    assert page["count"] == len(orders)
    assert len(page["results"]) == min(100, len(orders))


def test_the_seeded_orders_can_be_acted_on(api, state, clock, orders):
    state.seed()
    for order in orders:
        if (order["marketplace"], order["lengow_status"]) == (
            "bol",
            "waiting_shipment",
        ):
            assert api.act(order, "ship", tracking_number="1").status_code == 200
    clock.pass_seconds(10)
    left = api.get("/v3.0/orders", marketplace="bol", lengow_status="waiting_shipment")
    assert left.json()["count"] == 0
