"""Asking for actions: what is accepted, and what is refused with which words."""

import pytest

from sandbox.marketplaces import load_marketplaces, raw_status

DEFINITIONS = load_marketplaces()

ACTIONS = [
    (code, name)
    for code, definition in DEFINITIONS.items()
    for name in definition["orders"]["actions"]
]

REACHABLE = [
    (code, name)
    for code, name in ACTIONS
    if DEFINITIONS[code]["orders"]["actions"][name]["status"] != ["waiting_refund"]
]
"""The definitions of 2016 name a status that no order ever has."""

SAMPLE_VALUES = {
    "string": "ABC 123",
    "list": "ABC",
    "line_number": "FR-1-1",
    "quantity": "1",
    "price": "1.50",
    "date": "2026-03-10T12:00:00+01:00",
}


def rule_of(code, name):
    return DEFINITIONS[code]["orders"]["actions"][name]


def describe(rule, argument):
    description = rule.get("args_description", {}).get(argument, {"type": "string"})
    return {**description, "type": "line_number"} if argument == "line" else description


def good_value(rule, argument):
    """Return a value that an argument takes, and that no other argument depends on."""
    description = describe(rule, argument)
    choices = description.get("valid_values")
    return next(iter(choices)) if choices else SAMPLE_VALUES[description["type"]]


def good_arguments(rule, with_optional=False):
    names = [*rule["args"], *(rule["optional_args"] if with_optional else [])]
    return {name: good_value(rule, name) for name in names}


@pytest.fixture
def at_status(state, make_order):
    """Put an order of a channel at a Lengow status, with a line of two pieces."""

    def put(code, status, **members):
        raw = raw_status(state.marketplaces[code], status)
        order = make_order(
            marketplace=code,
            lengow_status=status,
            marketplace_status=raw,
            **members,
        )
        for line in order["packages"][0]["cart"]:
            line.update(lengow_status=status, marketplace_status=raw)
        state.put_order(order)
        return order

    return put


@pytest.fixture
def ready(at_status):
    """Put an order at the first status that an action is for."""

    def put(code, name):
        statuses = rule_of(code, name)["status"] or ["waiting_shipment"]
        return at_status(code, statuses[0])

    return put


def message(answer, status=400):
    assert answer.status_code == status, answer.text
    assert answer.json()["error"]["code"] == status
    return answer.json()["error"]["message"]


# === ACCEPTED === #


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("with_optional", [False, True])
@pytest.mark.parametrize(("code", "name"), REACHABLE)
def test_every_action_is_accepted_with_right_arguments(
    api, state, ready, code, name, with_optional, as_json
):
    arguments = good_arguments(rule_of(code, name), with_optional)
    answer = api.act(ready(code, name), name, as_json=as_json, **arguments)
    assert answer.status_code == 200, answer.text
    action = answer.json()
    assert (action["processed"], action["queued"], action["errors"]) == (
        False,
        False,
        "",
    )
    assert {k: action[k] for k in arguments} == arguments
    assert state.actions[-1].arguments == arguments


@pytest.mark.parametrize(("code", "name"), REACHABLE)
def test_every_action_is_accepted_at_each_of_its_statuses(api, at_status, code, name):
    rule = rule_of(code, name)
    for status in rule["status"]:
        order = at_status(code, status)
        assert api.act(order, name, **good_arguments(rule)).status_code == 200


def test_the_answer_shows_every_known_argument(api, at_status):
    order = at_status("zalando", "waiting_shipment")
    action = api.act(order, "ship", carrier="4PX", tracking_number="1").json()
    assert action["id"] == 13244461
    assert action["return_tracking_number"] is None
    assert action["invoice_number"] is None
    assert action["created_at"] == "2026-03-10T12:00:00.000000Z"


def test_the_same_call_twice_is_two_actions(api, state, at_status):
    order = at_status("bol", "waiting_shipment")
    ids = [api.act(order, "ship", tracking_number="1").json()["id"] for _ in range(2)]
    assert ids[0] != ids[1]
    assert len(state.actions) == 2


@pytest.mark.parametrize("status", [200, 201])
def test_the_status_of_an_accepted_action_is_a_setting(api, state, at_status, status):
    state.settings.action_created_status = status
    order = at_status("bol", "waiting_shipment")
    assert api.act(order, "ship", tracking_number="1").status_code == status


def test_empty_optional_arguments_count_as_not_given(api, at_status):
    order = at_status("cdiscount", "waiting_shipment")
    arguments = {"carrier": "GLS", "tracking_number": "1", "tracking_url": ""}
    assert api.act(order, "ship", **arguments).json()["tracking_url"] is None


@pytest.mark.parametrize(
    ("value", "argument"),
    [(7, "tracking_number"), (1.5, "tracking_number")],
)
def test_numbers_in_json_become_texts(api, at_status, value, argument):
    order = at_status("bol", "waiting_shipment")
    action = api.act(order, "ship", as_json=True, **{argument: value}).json()
    assert action[argument] == str(value)


# === REFUSED === #


@pytest.mark.parametrize(
    ("code", "name", "argument"),
    [(c, n, argument) for c, n in REACHABLE for argument in rule_of(c, n)["args"]],
)
def test_a_missing_argument_is_refused(api, state, ready, code, name, argument):
    arguments = good_arguments(rule_of(code, name))
    for gone in ({}, {argument: ""}):
        sent = {k: v for k, v in arguments.items() if k != argument}
        answer = api.act(ready(code, name), name, **sent, **gone)
        expected = f"Argument {argument} is mandatory for {name}"
        assert message(answer) == expected
    assert state.actions == []


@pytest.mark.parametrize(("code", "name"), REACHABLE)
def test_an_unknown_argument_is_refused(api, ready, code, name):
    arguments = {**good_arguments(rule_of(code, name)), "colour": "red"}
    answer = api.act(ready(code, name), name, **arguments)
    assert message(answer) == f"Argument colour is unknown for {name}"


@pytest.mark.parametrize(("code", "name"), ACTIONS)
def test_an_action_at_a_wrong_status_is_refused(api, at_status, code, name):
    rule = rule_of(code, name)
    wrong = [
        s for s in DEFINITIONS[code]["orders"]["status"] if s not in rule["status"]
    ]
    for status in wrong if rule["status"] else []:
        answer = api.act(at_status(code, status), name, **good_arguments(rule))
        expected = f"Action {name} is not allowed: the order is {status}"
        assert message(answer).startswith(expected)


TYPED = [
    (code, name, argument)
    for code, name in REACHABLE
    for argument in [
        *rule_of(code, name)["args"],
        *rule_of(code, name)["optional_args"],
    ]
]

WRONG = {
    "line_number": ["FR-1-2", "2"],
    "quantity": ["0", "-1", "1.5", "x", "3"],
    "price": ["-1", "x", "NaN", "Infinity", "1.234"],
    "date": ["yesterday", "2026-13-01", "10/03/2026"],
}


@pytest.mark.parametrize(("code", "name", "argument"), TYPED)
def test_an_argument_of_another_type_is_refused(api, ready, code, name, argument):
    rule = rule_of(code, name)
    kind = describe(rule, argument)["type"]
    arguments = good_arguments(rule)
    if kind == "quantity":
        arguments["line"] = "FR-1-1"
    for wrong in WRONG.get(kind, []):
        answer = api.act(ready(code, name), name, **{**arguments, argument: wrong})
        assert message(answer) == f"Argument {argument} is not a valid {kind}: {wrong}"


@pytest.mark.parametrize(
    ("code", "name", "argument"),
    [
        (code, name, argument)
        for code, name, argument in TYPED
        if describe(rule_of(code, name), argument).get("accept_free_values") is False
    ],
)
def test_a_value_outside_a_closed_list_is_refused(api, ready, code, name, argument):
    arguments = {**good_arguments(rule_of(code, name)), argument: "Teleport"}
    answer = api.act(ready(code, name), name, **arguments)
    assert message(answer) == f"Argument {argument} cannot be Teleport"


@pytest.mark.parametrize("value", [["a"], {"a": 1}, True])
def test_an_argument_that_is_no_text_is_refused(api, at_status, value):
    order = at_status("bol", "waiting_shipment")
    answer = api.act(order, "ship", as_json=True, tracking_number=value)
    assert message(answer) == "Argument tracking_number must be a string"


@pytest.mark.parametrize("value", ["x" * 256, "   "])
def test_an_argument_that_is_too_long_or_blank_is_refused(api, at_status, value):
    order = at_status("bol", "waiting_shipment")
    answer = api.act(order, "ship", tracking_number=value)
    assert message(answer) == "Argument tracking_number must have 1 to 255 letters"


@pytest.mark.parametrize(
    ("code", "trigger", "needed"),
    [
        ("amazon_fr", {"carrier": "Other"}, ["carrier_name"]),
        ("galeries_lafayette", {"carrier": "Other"}, ["carrier_name"]),
        ("manomano_fr", {"carrier": "Other"}, ["carrier_name", "tracking_url"]),
        ("veepee_fr", {"carrier": "130"}, ["tracking_number"]),
        ("ebay_fr", {"carrier": "FR_Other"}, ["custom_carrier"]),
    ],
)
def test_an_argument_is_mandatory_when_what_it_depends_on_holds(
    api, at_status, code, trigger, needed
):
    order = at_status(code, "waiting_shipment")
    arguments = {**good_arguments(rule_of(code, "ship")), **trigger}
    arguments.update(dict.fromkeys(needed, "https://example.com/1"))
    for name in needed:
        others = {k: v for k, v in arguments.items() if k != name}
        answer = api.act(order, "ship", **others)
        assert message(answer) == f"Argument {name} is mandatory for ship"
    assert api.act(order, "ship", **arguments).status_code == 200


def test_a_conditional_argument_does_no_harm_when_its_condition_fails(api, at_status):
    order = at_status("amazon_fr", "waiting_shipment")
    arguments = {"carrier": "DHL", "carrier_name": "DHL", "shipping_method": "Standard"}
    assert api.act(order, "ship", **arguments).status_code == 200


def test_an_action_that_the_channel_does_not_have_is_refused(api, at_status):
    answer = api.act(at_status("cdiscount", "waiting_shipment"), "cancel")
    assert message(answer) == "Action cancel is not available on the marketplace"


def test_a_channel_without_orders_has_no_actions(api, state, make_order):
    order = make_order(marketplace="admarkt")
    state.put_order(order)
    assert "not available" in message(api.act(order, "ship"))


def test_an_unknown_marketplace_is_refused(api, state, make_order):
    order = make_order(marketplace="nothing")
    state.put_order(order)
    assert message(api.act(order, "ship")) == "Marketplace nothing does not exist"


def test_an_unknown_order_is_refused(api, other_api, at_status, make_order):
    answer = api.act(make_order("FR-2"), "ship")
    assert message(answer, 404) == "Not found: order FR-2"
    order = at_status("bol", "waiting_shipment")
    answer = other_api.act(order, "ship", tracking_number="1")
    assert message(answer, 404) == "Not found: order FR-1"


@pytest.mark.parametrize(
    "field", ["marketplace", "marketplace_order_id", "action_type"]
)
def test_a_call_without_its_fields_is_refused(api, field):
    fields = {"marketplace": "bol", "marketplace_order_id": "1", "action_type": "ship"}
    answer = api.post("/v3.0/orders/actions/", **{**fields, field: ""})
    assert message(answer) == f"{field} is mandatory"


def test_a_line_that_has_left_cannot_be_shipped_again(api, state, at_status):
    order = at_status("zalando", "waiting_shipment")
    record = state.find("zalando", "FR-1")
    record.lines[0]["lengow_status"] = "shipped"
    arguments = {"carrier": "4PX", "tracking_number": "1", "line": "FR-1-1"}
    answer = api.act(order, "ship", **arguments)
    assert message(answer).startswith("Action ship is not allowed: the line is shipped")


# === LIST === #


@pytest.fixture
def three_actions(api, state, clock, at_status):
    """Three actions of two orders, one minute apart; the first is processed."""
    first = at_status("zalando", "waiting_shipment")
    ship = {"carrier": "4PX", "tracking_number": "T1", "line": "FR-1-1"}
    api.act(first, "ship", **ship)
    clock.pass_seconds(60)
    second = at_status("bol", "waiting_shipment")
    api.act(second, "ship", tracking_number="T2")
    clock.pass_seconds(6)
    api.act(second, "refuse")
    return state.actions


@pytest.mark.parametrize(
    ("params", "indexes"),
    [
        ({}, [0, 1, 2]),
        ({"marketplace": "bol"}, [1, 2]),
        ({"marketplace_order_id": "FR-1"}, [0, 1, 2]),
        ({"action_type": "ship"}, [0, 1]),
        ({"id": "13244462"}, [1]),
        ({"processed": "True"}, [0]),
        ({"processed": "false"}, [1, 2]),
        ({"queued": "True"}, [1]),
        ({"queued": "1"}, [1]),
        ({"queued": "False"}, [0, 2]),
        ({"queued": "perhaps"}, [0, 1, 2]),
        ({"tracking_number": "T1"}, [0]),
        ({"carrier": "4PX"}, [0]),
        ({"line": "FR-1-1"}, [0]),
        ({"created_from": "2026-03-10T12:01:00Z"}, [1, 2]),
        ({"created_to": "2026-03-10T12:01:00Z"}, [0, 1]),
        ({"updated_from": "2026-03-10T12:01:00Z"}, [1, 2]),
        ({"updated_to": "2026-03-10T12:00:10Z"}, [0]),
        ({"errors": "anything"}, []),
        ({"action_type": "ship", "marketplace": "bol", "tracking_number": "T1"}, []),
    ],
)
def test_actions_are_filtered(api, three_actions, params, indexes):
    results = api.get("/v3.0/orders/actions/", **params).json()["results"]
    assert [a["id"] for a in results] == [three_actions[i].id for i in indexes]


def test_actions_are_paged(api, three_actions):
    page = api.get("/v3.0/orders/actions/", page_size=2, action_type="ship").json()
    assert (page["count"], page["next"]) == (2, None)
    page = api.get("/v3.0/orders/actions/", page_size=2, queued="False", page=1).json()
    assert len(page["results"]) == 2
    page = api.get("/v3.0/orders/actions/", page_size=2).json()
    query = "account_id=4242&page_size=2&page=2"
    assert page["next"] == f"{api.url}/v3.0/orders/actions/?{query}"


def test_actions_of_another_account_are_not_listed(other_api, three_actions):
    assert other_api.get("/v3.0/orders/actions").json()["count"] == 0
