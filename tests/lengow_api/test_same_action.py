"""Whether a remote action is the one that was sent, or was going to be."""

import pytest

from lengow_api import Action, ActionRule, Argument

RULE = ActionRule(
    "ship",
    ("waiting_shipment",),
    {
        "line": Argument("line", "line_number"),
        "tracking_number": Argument("tracking_number"),
        "price": Argument("price", "price"),
        "shipping_date": Argument("shipping_date", "date"),
    },
)


def remote(**arguments):
    return Action("1", arguments=arguments)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ({}, {}),
        ({"line": "A"}, {"line": "A"}),
        ({"line": " A "}, {"line": "A"}),
        ({"line": "A", "tracking_number": None}, {"line": "A", "tracking_number": ""}),
        ({"price": 5.0}, {"price": "5.00"}),
        ({"shipping_date": "2026-01-01"}, {"shipping_date": "2026-01-02"}),
        ({"shipping_date": "2026-01-01"}, {}),
        ({"retries": 3}, {}),
    ],
)
def test_the_same_thing_may_be_written_differently(theirs, ours):
    assert remote(**theirs).asks_for(ours, RULE)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ({"line": "A"}, {"line": "B"}),
        ({"line": "A"}, {}),
        ({}, {"line": "A"}),
        ({"tracking_number": "01"}, {"tracking_number": "1"}),
        ({"price": "5"}, {"price": "6"}),
        ({"price": "five"}, {"price": "5"}),
    ],
)
def test_another_argument_is_another_action(theirs, ours):
    assert not remote(**theirs).asks_for(ours, RULE)


def test_without_a_rule_what_was_sent_is_compared():
    assert remote(line="A", extra="x").asks_for({"line": "A"})
    assert not remote(line="A").asks_for({"line": "B"})


def test_a_condition_reads_as_a_sentence():
    def equals(path, value):
        key_path = {"root": "action_data", "path": path}
        return {"function": "equals", "value": value, "key_path": key_path}

    both = [equals("carrier", "Other"), equals("country", "FR")]
    rule = {"operation": "anyOf", "conditions": both}
    text = Argument("carrier_name", depends_on=rule).condition_text
    assert text == "carrier = Other or country = FR"
    assert Argument("carrier_name").condition_text is None


def test_a_condition_is_told_as_data_where_it_is_known():
    def condition(function):
        key_path = {"root": "action_data", "path": "carrier"}
        one = {"function": function, "value": "Other", "key_path": key_path}
        rule = {"operation": "allOf", "conditions": [one]}
        return Argument("carrier_name", depends_on=rule).condition

    assert condition("equals") == {"is_any": False, "equal": [["carrier", "Other"]]}
    assert condition("resembles") is None
    assert Argument("carrier_name").condition is None


def test_a_price_is_zero_or_more():
    price = Argument("refund_price", "price")
    assert price.fault_of("-0.01") == "ill_typed"
    assert price.fault_of("0") is None
