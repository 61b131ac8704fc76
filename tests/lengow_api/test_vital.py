"""Nonsense in every member of a real order: what must stop it, and what must not."""

import copy
import json
import re
from pathlib import Path

import pytest

from lengow_api import (
    Order,
    OrderAmounts,
    PayloadError,
    minor_problems,
    vital_problems,
)

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "sandbox" / "data" / "samples"

NONSENSE = (
    "n/a",
    "1,2",
    "0000-00-00",
    "12,50 €",
    "NaN",
    "x" * 5000,
    "\x00\ud800",
    True,
    [],
    ["x"],
    [[]],
    [None],
    [{"type": {"a": 1}}],
    {},
    {"a": 1},
    {"id": {"id": 1}},
    float("nan"),
    float("inf"),
    10**40,
    1.5,
)
#: Which members must stop an order when they are unreadable, and which must not.
TABLE = json.loads(
    (ROOT / "tests" / "data" / "unreadable_members.json").read_text(encoding="utf-8")
)
STOPS, NOTED = set(TABLE["stops"]), set(TABLE["noted"])


def real_order():
    """Return a real order, with what other channels send beside it."""
    name = "v3-2024_zalando_waiting_shipment.json"
    (order,) = json.loads((SAMPLES / name).read_text(encoding="utf-8"))["results"]
    order.update(
        merchant_order_id=[],
        discount="1.00",
        total_order="39.30",
        locale="fr_FR",
        contact_address=dict(order["billing_address"]),
        order_types=[{"type": "is_express", "label": "Express"}],
        payments=[{"type": "card", "settled_at": None, "payment_terms": {}}],
        tax={"is_marketplace_deemed_supplier": False, "order_tax_id": "1"},
    )
    line = order["packages"][0]["cart"][0]
    line["orderline_types"] = [{"type": "gift", "label": "Gift"}]
    order["packages"][0]["delivery"]["trackings"] = [
        {
            "number": "1Z",
            "parcel_weight": "1.2",
            "shipped_at": None,
            "is_delivered_by_marketplace": False,
            "relay": {"id": "FR1", "name": "Shop", "type": "A2P"},
        }
    ]
    return order


def places(value, path=()):
    """Yield the path of every member of a JSON value, containers included."""
    members = ()
    if isinstance(value, dict):
        members = value.items()
    elif isinstance(value, list):
        members = enumerate(value)
    for key, member in members:
        yield (*path, key)
        yield from places(member, (*path, key))


def shown(path):
    """Return a path as the table has it: list positions do not matter."""
    text = "".join(f"[{k}]" if isinstance(k, int) else f".{k}" for k in path)
    return re.sub(r"\[\d+\]", "[]", text.lstrip("."))


def at(problem):
    """Return where a problem is, as the table has it."""
    return re.sub(r"\[\d+\]", "[]", problem.path)


def mutated(path, value):
    order = real_order()
    *parents, last = path
    place = order
    for key in parents:
        place = place[key]
    place[last] = copy.deepcopy(value)
    return order


PLACES = [
    path
    for path in places(real_order())
    if path[-1] not in ("marketplace", "marketplace_order_id")
]


def amounts_of(payload):
    return OrderAmounts(Order.from_payload(payload))


def test_the_order_itself_is_readable():
    assert not Order.from_payload(real_order()).problems


def test_every_member_is_in_the_table_once():
    assert not STOPS & NOTED
    assert {shown(path) for path in PLACES} == STOPS | NOTED


@pytest.mark.parametrize("path", PLACES, ids=shown)
def test_nonsense_stops_an_order_where_the_table_says_so_and_nowhere_else(path):
    stopped = []
    for value in NONSENSE:
        amounts = amounts_of(mutated(path, value))
        vital, minor = vital_problems(amounts), minor_problems(amounts)
        assert set(map(id, vital + minor)) == set(map(id, amounts.order.problems))
        stopped += vital
        # Nonsense may hold more of it, of which the table says something else.
        if shown(path) in STOPS:
            assert shown(path) not in {at(problem) for problem in minor}, value
        else:
            assert not vital, value
    assert bool(stopped) == (shown(path) in STOPS)


@pytest.mark.parametrize("name", ["marketplace", "marketplace_order_id"])
@pytest.mark.parametrize("value", [None, True, [], {}, float("nan"), 1.5])
def test_an_order_without_identity_is_none(name, value):
    with pytest.raises(PayloadError):
        Order.from_payload({**real_order(), name: value})


def test_what_is_left_out_stops_nothing():
    order = real_order()
    package = copy.deepcopy(order["packages"][0])
    gone = package["cart"][0]
    gone.update(lengow_status="canceled", quantity="n/a", amount=[])
    package["delivery"]["common_country_iso_a2"] = {}
    order["packages"].append(package)
    amounts = amounts_of(order)
    assert not vital_problems(amounts)
    assert len(minor_problems(amounts)) == 3


def test_a_status_in_the_channels_words_counts_where_lengow_has_none():
    for subject in (lambda o: o, lambda o: o["packages"][0]["cart"][0]):
        order = real_order()
        subject(order)["marketplace_status"] = ["exported"]
        assert not vital_problems(amounts_of(order))
        subject(order)["lengow_status"] = None
        assert vital_problems(amounts_of(order))
