"""How the state of an order is decided."""

import pytest

from lengow_api import (
    ACTIONS_BEHIND,
    BEFORE_SHIPMENT_STATUSES,
    CANCELED_STATUSES,
    DEAD_STATUSES,
    IMPORTABLE_STATUSES,
    OPEN_STATUSES,
    PROMISED_STATUSES,
    REFUND_DUE_STATUSES,
    REFUND_STATUSES,
    REFUNDED_STATUSES,
    SENT_STATUSES,
    SHIPPED_STATUSES,
    STATUS_CODES,
    STATUS_LABELS,
    STATUS_TONES,
    TO_ACCEPT_STATUSES,
    TO_SHIP_STATUSES,
    MarketplaceDefinition,
    Order,
    resolve_status,
)
from lengow_api.status import LEFT_OUT_LINE_STATUSES

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
    pending = {"new", "waiting_acceptance", "accepted"}
    groups = [IMPORTABLE_STATUSES, pending, DEAD_STATUSES]
    assert sorted(status for group in groups for status in group) == sorted(
        STATUS_CODES
    )
    assert len(STATUS_CODES) == 16


@pytest.mark.parametrize("status", STATUS_CODES)
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


# Written out a second time on purpose: who moves a state from one set to another has to
# mean it.
@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (
            IMPORTABLE_STATUSES,
            "waiting_shipment pickup_to_prepare shipped closed partial_refunded"
            " to_pickup pickup_completed",
        ),
        (
            DEAD_STATUSES,
            "refused canceled refunding refunded to_refund pickup_canceled",
        ),
        (LEFT_OUT_LINE_STATUSES, "refused canceled pickup_canceled"),
        (CANCELED_STATUSES, "refused canceled pickup_canceled"),
        (REFUND_STATUSES, "to_refund refunding refunded partial_refunded"),
        (REFUND_DUE_STATUSES, "to_refund"),
        (REFUNDED_STATUSES, "refunding refunded partial_refunded"),
        (BEFORE_SHIPMENT_STATUSES, "accepted waiting_shipment pickup_to_prepare"),
        (PROMISED_STATUSES, "waiting_acceptance accepted waiting_shipment"),
        (
            OPEN_STATUSES,
            "new waiting_acceptance accepted waiting_shipment pickup_to_prepare"
            " to_pickup partial_refunded unknown",
        ),
        (TO_ACCEPT_STATUSES, "waiting_acceptance"),
        (TO_SHIP_STATUSES, "waiting_shipment pickup_to_prepare"),
        (
            SHIPPED_STATUSES,
            "shipped closed partial_refunded to_pickup pickup_completed",
        ),
        (SENT_STATUSES, "shipped closed pickup_completed"),
    ],
)
def test_what_belongs_to_each_set(statuses, expected):
    assert statuses == set(expected.split())


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (
            "accept",
            "accepted waiting_shipment shipped closed pickup_to_prepare to_pickup"
            " pickup_completed partial_refunded refunding refunded",
        ),
        ("refuse", "refused canceled"),
        ("ship", "shipped closed refunding refunded to_refund"),
        ("cancel", "canceled refused refunded"),
        ("partial_cancel", "canceled refused refunded"),
        ("refund", "refunding refunded"),
        ("pickup_ready", "to_pickup pickup_completed closed"),
        ("pickup_complete", "pickup_completed closed"),
        ("pickup_cancel", "pickup_canceled canceled"),
        ("pickup_refund", "refunding refunded"),
    ],
)
def test_where_an_order_is_when_an_action_has_had_its_effect(kind, expected):
    behind = {status for status, kinds in ACTIONS_BEHIND.items() if kind in kinds}
    assert behind == set(expected.split())


def test_no_other_action_is_ever_behind_an_order():
    assert set().union(*ACTIONS_BEHIND.values()) == {
        *("accept", "refuse", "ship", "cancel", "partial_cancel", "refund"),
        *("pickup_ready", "pickup_complete", "pickup_cancel", "pickup_refund"),
    }


def test_people_read_the_states_in_the_order_of_an_order_s_life():
    assert STATUS_LABELS == [
        ("new", "New"),
        ("waiting_acceptance", "Waiting for Acceptance"),
        ("accepted", "Accepted"),
        ("waiting_shipment", "Waiting for Shipment"),
        ("shipped", "Shipped"),
        ("closed", "Closed"),
        ("refused", "Refused"),
        ("canceled", "Canceled"),
        ("refunding", "Refunding"),
        ("refunded", "Refunded"),
        ("partial_refunded", "Partially Refunded"),
        ("to_refund", "To Refund"),
        ("pickup_to_prepare", "Prepare Pickup"),
        ("to_pickup", "Ready for Pickup"),
        ("pickup_completed", "Pickup Completed"),
        ("pickup_canceled", "Pickup Canceled"),
        ("unknown", "Unknown"),
    ]


@pytest.mark.parametrize(
    ("tone", "expected"),
    [
        ("info", "accepted waiting_shipment pickup_to_prepare to_pickup"),
        ("success", "shipped closed pickup_completed"),
        (
            "danger",
            "refused canceled refunding refunded partial_refunded to_refund"
            " pickup_canceled",
        ),
        ("warning", "new waiting_acceptance"),
        ("muted", "unknown"),
    ],
)
def test_tone_of_each_state(tone, expected):
    shown = {status for status, other in STATUS_TONES.items() if other == tone}
    assert shown == set(expected.split())
