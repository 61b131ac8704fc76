"""How the state of an order is decided."""

import pytest

from lengow_api import (
    DEAD_STATUSES,
    IMPORTABLE_STATUSES,
    LENGOW_STATUSES,
    PENDING_STATUSES,
    MarketplaceDefinition,
    Order,
    resolve_status,
)

DEFINITION = MarketplaceDefinition.from_payload(
    "mirakl", {"orders": {"status": {"waiting_shipment": ["SHIPPING"], "odd": ["ODD"]}}}
)


def order(lengow_status, marketplace_status=None):
    return Order.from_payload(
        {
            "marketplace": "mirakl",
            "marketplace_order_id": "1",
            "lengow_status": lengow_status,
            "marketplace_status": marketplace_status,
        }
    )


def test_every_status_belongs_to_exactly_one_group():
    groups = [IMPORTABLE_STATUSES, PENDING_STATUSES, DEAD_STATUSES]
    assert sorted(status for group in groups for status in group) == sorted(
        LENGOW_STATUSES
    )
    assert len(LENGOW_STATUSES) == 16


@pytest.mark.parametrize("status", LENGOW_STATUSES)
def test_known_status_decides_whatever_the_channel_calls_it(status):
    assert resolve_status(order(status, "SHIPPING"), DEFINITION) == (status, status)


@pytest.mark.parametrize(
    ("lengow_status", "marketplace_status", "expected"),
    [
        (None, "SHIPPING", ("waiting_shipment", "SHIPPING")),
        ("", "SHIPPING", ("waiting_shipment", "SHIPPING")),
        ("brand_new_code", "SHIPPING", ("waiting_shipment", "brand_new_code")),
        ("partially_refunded", None, ("unknown", "partially_refunded")),
        (None, "shipping", ("unknown", "shipping")),
        (None, "ODD", ("unknown", "ODD")),
        (None, None, ("unknown", None)),
    ],
)
def test_missing_or_new_status_is_looked_up_in_the_map(
    lengow_status, marketplace_status, expected
):
    assert resolve_status(order(lengow_status, marketplace_status), DEFINITION) == (
        expected
    )


def test_without_a_definition_an_unclear_status_is_unknown():
    assert resolve_status(order(None, "SHIPPING")) == ("unknown", "SHIPPING")
