"""Exact decimals, splitting, and the sum of an order against its total."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lengow_api import (
    MarketplaceDefinition,
    Order,
    OrderAmounts,
    PayloadError,
    allocate,
    reconcile,
    round_currency,
    to_decimal,
)

AMOUNTS = st.decimals("-99999999", "99999999", places=2, allow_nan=False)
WEIGHTS = st.decimals(0, 10**6, places=3, allow_nan=False)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (40.3, D("40.3")),
        ("36.00", D("36.00")),
        (" 4.30 ", D("4.30")),
        (0, D(0)),
        ("-1", D(-1)),
        (-1, D(-1)),
        ("1e2", D(100)),
        (".5", D("0.5")),
        (D("1.10"), D("1.10")),
        (None, None),
        ("", None),
        ("  ", None),
    ],
)
def test_number_of_the_api_becomes_exact_decimal(value, expected):
    assert to_decimal(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        True,
        False,
        "NaN",
        "Infinity",
        float("nan"),
        float("inf"),
        "12,50",
        "1 000",
        "1_000",
        "٣",
        "12 EUR",
        [],
        {},
        ["1"],
        10**15,
        -(10**15),
        pytest.param(10**5000, id="endless"),
        "1e15",
        1e300,
        "1" * 41,
        "1e999",
    ],
)
def test_what_is_no_plausible_number_is_refused_with_its_place(value):
    with pytest.raises(PayloadError) as caught:
        to_decimal(value, "total_order")
    assert caught.value.path == "total_order"
    assert caught.value.value is value
    assert caught.value.code == "payload"


@pytest.mark.parametrize(
    ("amount", "digits", "expected"),
    [
        ("2.345", 2, "2.35"),
        ("-2.345", 2, "-2.35"),
        ("2.5", 0, "3"),
        ("1.0005", 3, "1.001"),
        ("7", 2, "7.00"),
    ],
)
def test_rounding_goes_half_away_from_zero(amount, digits, expected):
    assert str(round_currency(D(amount), digits)) == expected


@given(total=AMOUNTS, weights=st.lists(WEIGHTS, min_size=1, max_size=30))
def test_parts_sum_exactly_to_the_total(total, weights):
    parts = allocate(total, weights)
    assert sum(parts) == total
    assert len(parts) == len(weights)
    assert all(part * total >= 0 for part in parts)


@given(
    total=st.decimals(0, 10**6, places=3, allow_nan=False),
    weights=st.lists(WEIGHTS, min_size=1, max_size=10),
    digits=st.sampled_from([0, 2, 3]),
)
def test_no_part_is_further_than_a_unit_from_its_share(total, weights, digits):
    unit = D(1).scaleb(-digits)
    rounded = round_currency(total, digits)
    parts = allocate(total, weights, digits)
    assert sum(parts) == rounded
    weights = weights if any(weights) else [D(1)] * len(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - rounded * weight / sum(weights)) <= unit


def test_remainder_goes_to_the_largest_remainders_first():
    assert allocate(D("10.00"), [D(1), D(1), D(1)]) == [D("3.34"), D("3.33"), D("3.33")]
    assert allocate(D("0.01"), [D(1), D(3)]) == [D("0.00"), D("0.01")]
    assert allocate(D("-0.05"), [D(1), D(1)]) == [D("-0.03"), D("-0.02")]


def test_nothing_splits_into_nothing_and_bad_weights_are_refused():
    assert allocate(D(0), []) == []
    for weights in ([], [D(2), D(-1)]):
        with pytest.raises(ValueError, match="non-negative weights"):
            allocate(D(5), weights)


def order(*lines, **members):
    """Return an order with one package of these lines."""
    payload = {"marketplace": "amazon_fr", "marketplace_order_id": "1", **members}
    return Order.from_payload({**payload, "packages": [{"cart": list(lines)}]})


def line(amount, quantity=1, status="waiting_shipment", **members):
    return {
        "amount": amount,
        "quantity": quantity,
        "lengow_status": status,
        **members,
    }


def test_kept_lines_shipping_and_fee_equal_the_total():
    found = order(
        line("36.00", 2),
        line(10.1),
        total_order=53.9,
        shipping="4.30",
        processing_fee=3.5,
    )
    result = reconcile(found)
    assert result.rule == "equal"
    assert result.is_explained
    assert (result.expected, result.announced) == (D("53.90"), D("53.90"))
    assert result.difference == 0


def test_total_that_still_holds_left_out_lines_is_explained():
    found = order(
        line("10"), line("6.90", status="canceled"), line("2", 0), total_order="18.90"
    )
    amounts = OrderAmounts(found)
    assert [kept.amount for kept in amounts.kept_lines] == [D(10)]
    assert amounts.left_out_total == D("8.90")
    assert reconcile(found).rule == "left_out_lines"


@pytest.mark.parametrize("discount", ["5", -5])
def test_total_lowered_by_the_order_discount_is_explained(discount):
    result = reconcile(order(line("20"), total_order=15, discount=discount))
    assert result.rule == "order_discount"
    assert result.difference == D(-5)


def test_unexplained_difference_shows_both_sums():
    result = reconcile(order(line("20"), total_order="19.98", discount="0.01"))
    assert result.rule is None
    assert not result.is_explained
    assert (result.expected, result.announced) == (D("20.00"), D("19.98"))


@pytest.mark.parametrize("total", [-1, "-1", "-1.00", -1.0])
def test_missing_exchange_rate_is_told_and_never_explained(total):
    found = order(line("-1"), total_order=total)
    result = reconcile(found)
    assert result.no_exchange_rate
    assert OrderAmounts(found).no_exchange_rate
    assert result.rule is None


def test_missing_total_is_never_explained():
    result = reconcile(order(line("20"), total_order=None))
    assert (result.announced, result.difference, result.rule) == (None, None, None)


@pytest.mark.parametrize("quantity", [None, "many", True])
def test_line_of_unknown_quantity_is_not_left_out_quietly(quantity):
    found = order(line("10"), line("5", quantity), total_order=10)
    amounts = OrderAmounts(found)
    assert len(amounts.unreadable_lines) == 1
    assert not amounts.left_out_lines
    assert reconcile(found).rule is None


def test_kept_line_without_amount_is_only_proven_by_equality():
    assert reconcile(order(line("10"), line(None), total_order=10)).rule == "equal"
    found = order(line("10"), line("x"), total_order=8, discount=2)
    assert reconcile(found).rule is None


def test_line_state_is_found_through_the_map_of_the_channel():
    definition = MarketplaceDefinition.from_payload(
        "x", {"orders": {"status": {"canceled": ["ANNULE"]}}}
    )
    found = order(
        line("10"), line("5", status=None, marketplace_status="ANNULE"), total_order=10
    )
    assert reconcile(found).rule is None
    assert reconcile(found, 2, definition).rule == "equal"


def test_currency_without_decimals_is_compared_in_whole_units():
    assert reconcile(order(line("1000.4"), total_order=1000), digits=0).rule == "equal"


PRICES = st.decimals(0, 5000, places=2, allow_nan=False)


@given(
    kept=st.lists(PRICES, min_size=1, max_size=6),
    dropped=st.lists(PRICES, max_size=3),
    shipping=PRICES,
    fee=PRICES,
    as_float=st.booleans(),
)
def test_order_that_adds_up_always_reconciles(kept, dropped, shipping, fee, as_float):
    wire = float if as_float else str
    total = sum(kept) + shipping + fee
    found = order(
        *(line(wire(amount)) for amount in kept),
        *(line(wire(amount), status="refused") for amount in dropped),
        shipping=wire(shipping),
        processing_fee=wire(fee),
        total_order=wire(total),
    )
    assert reconcile(found).rule == "equal"
    assert reconcile(found).expected == total


@given(
    kept=PRICES, dropped=PRICES, discount=PRICES, off=st.sampled_from(["0.01", "-0.01"])
)
def test_a_cent_is_never_explained_away(kept, dropped, discount, off):
    found = order(
        line(str(kept)),
        line(str(dropped), status="canceled"),
        discount=str(discount),
        total_order=str(kept + D(off)),
    )
    explained = {
        dropped - discount: "left_out_lines_and_order_discount",
        -discount: "order_discount",
        dropped: "left_out_lines",
    }
    if dropped == discount:
        explained.pop(D(0), None)
    assert reconcile(found).rule == explained.get(D(off))


def test_a_left_out_line_and_a_discount_together_are_explained():
    found = order(
        line("24.00"),
        line("10.00", status="canceled"),
        discount="5.00",
        total_order="29.00",
    )
    totals = reconcile(found)
    assert totals.rule == "left_out_lines_and_order_discount"
    assert totals.payable == D("19.00")


def test_a_discount_beside_a_left_out_line_counts_once():
    found = order(
        line("24.00"),
        line("10.00", status="canceled"),
        discount="5.00",
        total_order="19.00",
    )
    totals = reconcile(found)
    assert totals.rule == "order_discount"
    assert totals.payable == D("19.00")
