"""What may be sent with an action, by the channel's own definition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lengow_api import ActionRule, MarketplaceDefinition
from lengow_api.reader import Reader
from lengow_api.rules import holds, read_choices

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["orders", "actions", "args", "ship", "status", "x"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@pytest.fixture
def amazon(load):
    return MarketplaceDefinition.from_payload(
        "amazon_fr", load("amazon_fr")["amazon_fr"]
    )


@pytest.fixture
def zalando_rules(load):
    return MarketplaceDefinition.from_payload(
        "zalando", load("zalando")["zalando"]
    ).actions


def faults(rule, **values):
    return {fault.argument: fault.reason for fault in rule.check(values)}


def test_complete_shipment_has_no_fault(amazon):
    ship = amazon.actions["ship"]
    assert faults(ship, carrier="4PX", shipping_method="Standard", line=None) == {}
    assert (
        faults(ship, carrier="Own", shipping_method="Std", shipping_date="2024-08-19")
        == {}
    )


def test_missing_arguments_are_named(amazon):
    ship = amazon.actions["ship"]
    assert faults(ship, carrier=" ", tracking_number="T", shipping_method=False) == {
        "carrier": "missing",
        "shipping_method": "missing",
    }


def test_carrier_name_is_wanted_for_other_and_only_then(amazon):
    ship = amazon.actions["ship"]
    given_values = {"shipping_method": "Std"}
    assert faults(ship, carrier="Other", **given_values) == {"carrier_name": "missing"}
    assert faults(ship, carrier="Other", carrier_name="Own", **given_values) == {}
    assert faults(ship, carrier="4PX", carrier_name="Own", **given_values) == {
        "carrier_name": "not_applicable"
    }
    carrier_name = ship.arguments["carrier_name"]
    assert carrier_name.applies({"carrier": "Other"})
    assert not carrier_name.applies({"carrier": "4PX"})
    assert not carrier_name.applies({})


def test_closed_lists_types_and_unknown_names_are_checked(amazon, zalando_rules):
    refund = amazon.actions["refund"]
    assert faults(
        refund, line="1", reason="Boredom", refund_price="ten", gift="yes"
    ) == {"reason": "not_listed", "refund_price": "ill_typed", "gift": "unknown"}
    assert faults(refund, line=1, reason="Other", refund_price=10.5) == {}
    refund = zalando_rules["refund"]
    assert faults(refund, refund_reason=1, refund_quantity=0) == {
        "refund_quantity": "ill_typed"
    }
    assert faults(refund, refund_reason="1", refund_quantity="2") == {}
    ship = amazon.actions["ship"]
    assert faults(ship, carrier="a", shipping_method="b", shipping_date="later") == {
        "shipping_date": "ill_typed"
    }


def test_fault_hides_the_value_in_its_repr(amazon):
    (fault,) = amazon.actions["ship"].check(
        {"carrier": "a", "shipping_method": "b", "note": "Camille Exemple"}
    )
    assert fault.value == "Camille Exemple"
    assert "Camille" not in repr(fault)


def condition(path="carrier", value="Other", function="equals", root="action_data"):
    return {
        "function": function,
        "value": value,
        "key_path": {"root": root, "path": path},
    }


OTHER, NAMED = condition(), condition("line", "L1")
NEW_FUNCTION = condition(function="startsWith")


@pytest.mark.parametrize(
    ("operation", "conditions", "expected"),
    [
        ("allOf", [OTHER], True),
        ("allOf", [OTHER, NAMED], False),
        ("allOf", [NAMED, NEW_FUNCTION], False),
        ("allOf", [OTHER, NEW_FUNCTION], None),
        ("anyOf", [OTHER, NAMED], True),
        ("anyOf", [OTHER, NEW_FUNCTION], True),
        ("anyOf", [NAMED], False),
        ("anyOf", [NAMED, NEW_FUNCTION], None),
        ("allOf", [condition(root="order")], None),
        ("allOf", [condition(path=None)], None),
        ("noneOf", [OTHER], None),
        ("allOf", [], None),
        (None, None, None),
    ],
)
def test_conditions_hold_fail_or_cannot_be_told(operation, conditions, expected):
    rule = {"operation": operation, "conditions": conditions}
    assert holds(rule, {"carrier": "Other"}) is expected


def test_condition_that_cannot_be_told_changes_nothing():
    rule = ActionRule.read(
        "ship",
        Reader(
            {
                "args": ["carrier"],
                "optional_args": ["note"],
                "args_description": {
                    name: {"depends_on": {"operation": "new"}}
                    for name in ("carrier", "note")
                },
            }
        ),
    )
    assert faults(rule) == {"carrier": "missing"}
    assert faults(rule, carrier="x", note="y") == {}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (
            {"a": {"label": "A"}, "b": "B", "c": None, "d": {}},
            {"a": "A", "b": "B", "c": "c", "d": "d"},
        ),
        (["a", "b", None], {"a": "a", "b": "b"}),
        ([], {}),
        (None, {}),
        ("text", {}),
    ],
)
def test_choices_come_in_several_forms(value, expected):
    assert read_choices(value) == expected


def test_closed_list_without_choices_is_free():
    rule = ActionRule.read(
        "refund",
        Reader(
            {
                "args": ["reason"],
                "args_description": {"reason": {"accept_free_values": False}},
            }
        ),
    )
    assert faults(rule, reason="anything") == {}


@given(JSON)
def test_any_json_is_a_definition(value):
    for payload in (value, {"orders": value}, {"orders": {"actions": {"ship": value}}}):
        definition = MarketplaceDefinition.from_payload("x", payload)
        assert definition.name
        for rule in definition.actions.values():
            rule.check({"carrier": "x"})


def test_quantity_whose_type_nobody_describes_is_a_number():
    rule = ActionRule.read("ship", Reader({"args": ["line", "quantity"]}))
    assert faults(rule, line="1", quantity="2") == {}
    assert faults(rule, line="1", quantity="two") == {"quantity": "ill_typed"}
