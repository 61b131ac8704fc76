"""What actions do to orders, and when. The delay of an action is 10 s here."""

import pytest

from sandbox.marketplaces import lengow_status_of, raw_status

TRACKED = {"carrier": "LAPOSTE", "tracking_number": "T1"}


@pytest.fixture
def order_at(state, make_order):
    """Put an order with some lines of two pieces at a status of a channel."""

    def put(code, status, lines=1, **members):
        raw = raw_status(state.marketplaces[code], status)
        order = make_order(
            marketplace=code, lengow_status=status, marketplace_status=raw, **members
        )
        package = order["packages"][0]
        package["cart"] = [
            {
                **package["cart"][0],
                "marketplace_order_line_id": f"FR-1-{number + 1}",
                "lengow_status": status,
                "marketplace_status": raw,
            }
            for number in range(lines)
        ]
        state.put_order(order)
        return order

    return put


@pytest.fixture
def look(state):
    """Return the statuses of the order and of its lines, raw ones checked against the
    map."""

    def statuses(code):
        order = state.get_order(code, "FR-1")
        lines = [line for package in order["packages"] for line in package["cart"]]
        for member in (order, *lines):
            status = lengow_status_of(
                state.marketplaces[code], member["marketplace_status"]
            )
            assert status == member["lengow_status"]
        return order["lengow_status"], [line["lengow_status"] for line in lines]

    return statuses


def flags(api):
    action = api.get("/v3.0/orders/actions/").json()["results"][0]
    return action["queued"], action["processed"], action["errors"]


def test_an_action_waits_is_queued_and_processed(api, clock, order_at, look):
    order = order_at("galeries_lafayette", "waiting_shipment")
    assert api.act(order, "ship", **TRACKED).status_code == 200
    clock.pass_seconds(4.9)
    assert flags(api) == (False, False, "")
    clock.pass_seconds(0.1)
    assert flags(api) == (True, False, "")
    clock.pass_seconds(4.9)
    assert look("galeries_lafayette")[0] == "waiting_shipment"
    clock.pass_seconds(0.1)
    assert flags(api) == (False, True, "")
    assert look("galeries_lafayette") == ("shipped", ["shipped"])


def test_without_a_delay_the_next_call_sees_the_effect(api, state, order_at, look):
    state.settings.action_delay = 0
    order = order_at("bol", "waiting_shipment")
    answer = api.act(order, "ship", tracking_number="1").json()
    assert (answer["queued"], answer["processed"]) == (False, False)
    assert flags(api) == (False, True, "")
    assert look("bol") == ("shipped", ["shipped"])


@pytest.mark.parametrize(
    ("code", "start", "action", "arguments", "first", "last"),
    [
        ("galeries_lafayette", "waiting_acceptance", "accept", {}, "accepted",
         "waiting_shipment"),
        ("zalando", "waiting_acceptance", "accept", {}, "waiting_shipment",
         "waiting_shipment"),
        ("fnac", "waiting_acceptance", "accept", {"expedition_country_code": "FRA"},
         "accepted", "waiting_shipment"),
        ("fnac", "waiting_acceptance", "refuse", {}, "refused", "refused"),
        ("cdiscount", "waiting_acceptance", "refuse", {}, "canceled", "canceled"),
        ("bol", "waiting_shipment", "refuse", {}, "canceled", "canceled"),
        ("veepee_fr", "waiting_acceptance", "cancel", {}, "canceled", "canceled"),
        ("zalando", "waiting_shipment", "cancel", {}, "canceled", "canceled"),
        ("galeries_lafayette", "shipped", "refund", {"reason": "DAMAGED"}, "refunding",
         "refunded"),
        ("cdiscount", "shipped", "refund", {"refund_reason": "MissingProduct"},
         "refunded", "refunded"),
        ("veepee_fr", "shipped", "refund",
         {"refund_price": "36.00", "refund_shipping_price": "4.30"}, "refunded",
         "refunded"),
        ("veepee_fr", "shipped", "refund",
         {"refund_price": "10.00", "refund_shipping_price": "0"}, "partial_refunded",
         "partial_refunded"),
        ("ebay_fr", "to_refund", "refund", {"reason": "RETURN"}, "refunding",
         "refunded"),
        ("ebay_fr", "pickup_to_prepare", "pickup_ready", {}, "to_pickup", "to_pickup"),
        ("ebay_fr", "to_pickup", "pickup_complete", {}, "pickup_completed",
         "pickup_completed"),
        ("ebay_fr", "to_pickup", "pickup_cancel", {}, "pickup_canceled",
         "pickup_canceled"),
        ("ebay_fr", "pickup_completed", "pickup_refund", {"reason": "RETURN"},
         "refunding", "refunded"),
    ],
)  # fmt: skip
def test_where_actions_lead(
    api, clock, order_at, look, code, start, action, arguments, first, last
):
    answer = api.act(order_at(code, start, lines=2), action, **arguments)
    assert answer.status_code == 200, answer.text
    clock.pass_seconds(10)
    assert look(code) == (first, [first, first])
    clock.pass_seconds(5)
    assert look(code) == (last, [last, last])


def test_every_change_moves_updated_at(api, state, clock, order_at):
    api.act(order_at("galeries_lafayette", "waiting_acceptance"), "accept")
    seen = []
    for seconds in (0, 10, 5):
        clock.pass_seconds(seconds)
        seen.append(state.get_order("galeries_lafayette", "FR-1")["updated_at"])
    assert seen == [
        "2026-03-09T12:20:00.123456Z",
        "2026-03-10T12:00:10.000000Z",
        "2026-03-10T12:00:15.000000Z",
    ]
    page = api.get("/v3.0/orders", updated_from="2026-03-10T12:00:15Z").json()
    assert page["count"] == 1


def test_an_effect_that_came_due_unseen_is_dated_when_it_came_due(
    api, state, clock, order_at
):
    api.act(order_at("bol", "waiting_shipment"), "ship", tracking_number="1")
    clock.pass_seconds(3600)
    updated_at = state.get_order("bol", "FR-1")["updated_at"]
    assert updated_at == "2026-03-10T12:00:10.000000Z"


def test_shipping_writes_the_parcel(api, state, clock, order_at):
    order = order_at("galeries_lafayette", "waiting_shipment", lines=2)
    relay = {"id": "015632", "name": "TABAC", "type": "A2P"}
    order["packages"][0]["delivery"]["trackings"] = [{"number": None, "relay": relay}]
    state.put_order(order)
    arguments = {"carrier": "Other", "carrier_name": "Vélo", "tracking_number": "T1"}
    api.act(order, "ship", **arguments)
    clock.pass_seconds(10)
    stored = state.get_order("galeries_lafayette", "FR-1")
    (tracking,) = stored["packages"][0]["delivery"]["trackings"]
    assert (tracking["number"], tracking["carrier"]) == ("T1", "Vélo")
    assert tracking["relay"] == relay
    assert tracking["shipped_at"] == "2026-03-10T12:00:10Z"
    assert tracking["marketplace_order_line_ids"] == ["FR-1-1", "FR-1-2"]


# === LINES === #


def test_shipping_a_line_moves_only_that_line(api, state, clock, order_at, look):
    order = order_at("galeries_lafayette", "waiting_shipment", lines=3)
    for number, seen in (
        (1, ("waiting_shipment", ["shipped", "waiting_shipment", "waiting_shipment"])),
        (3, ("waiting_shipment", ["shipped", "waiting_shipment", "shipped"])),
        (2, ("shipped", ["shipped", "shipped", "shipped"])),
    ):
        line = {"line": f"FR-1-{number}", **TRACKED}
        assert api.act(order, "ship", **line).status_code == 200
        clock.pass_seconds(10)
        assert look("galeries_lafayette") == seen
    trackings = state.get_order("galeries_lafayette", "FR-1")["packages"][0][
        "delivery"
    ]["trackings"]
    assert [t["marketplace_order_line_ids"] for t in trackings] == [
        ["FR-1-1"],
        ["FR-1-3"],
        ["FR-1-2"],
    ]


def test_a_line_change_moves_updated_at_although_the_order_stays(
    api, state, clock, order_at
):
    order = order_at("galeries_lafayette", "waiting_shipment", lines=2)
    api.act(order, "ship", line="FR-1-1", **TRACKED)
    clock.pass_seconds(10)
    stored = state.get_order("galeries_lafayette", "FR-1")
    assert stored["lengow_status"] == "waiting_shipment"
    assert stored["updated_at"] == "2026-03-10T12:00:10.000000Z"


def test_the_order_is_shipped_when_the_rest_is_canceled(api, clock, order_at, look):
    order = order_at("zalando", "waiting_shipment", lines=2)
    api.act(order, "cancel", line="FR-1-1")
    clock.pass_seconds(10)
    assert look("zalando") == ("waiting_shipment", ["canceled", "waiting_shipment"])
    arguments = {"carrier": "4PX", "tracking_number": "1", "line": "FR-1-2"}
    api.act(order, "ship", **arguments)
    clock.pass_seconds(10)
    assert look("zalando") == ("shipped", ["canceled", "shipped"])


def test_the_order_is_canceled_when_all_its_lines_are(api, clock, order_at, look):
    order = order_at("amazon_fr", "waiting_shipment", lines=2)
    for line in ("FR-1-1", "FR-1-2"):
        api.act(order, "cancel", line=line)
    clock.pass_seconds(10)
    assert look("amazon_fr") == ("canceled", ["canceled", "canceled"])


def test_a_canceled_line_stays_canceled_when_the_order_ships(
    api, clock, order_at, look
):
    order = order_at("kaufland_de", "waiting_shipment", lines=2)
    api.act(order, "cancel", line="FR-1-1", reason="NoInventory")
    clock.pass_seconds(10)
    api.act(order, "ship", tracking_number="1", carrier_name="DHL")
    clock.pass_seconds(10)
    assert look("kaufland_de") == ("shipped", ["canceled", "shipped"])


def test_accepting_lines_one_by_one(api, clock, order_at, look):
    order = order_at("galeries_lafayette", "waiting_acceptance", lines=2)
    api.act(order, "accept", line="FR-1-1")
    clock.pass_seconds(15)
    assert look("galeries_lafayette") == (
        "waiting_acceptance",
        ["waiting_shipment", "waiting_acceptance"],
    )
    api.act(order, "accept", line="FR-1-2")
    clock.pass_seconds(15)
    assert look("galeries_lafayette") == ("waiting_shipment", ["waiting_shipment"] * 2)


def test_accepting_a_line_and_refusing_the_other_leaves_an_order_to_ship(
    api, clock, order_at, look
):
    order = order_at("galeries_lafayette", "waiting_acceptance", lines=2)
    api.act(order, "refuse", line="FR-1-1")
    api.act(order, "accept", line="FR-1-2")
    clock.pass_seconds(15)
    assert look("galeries_lafayette") == (
        "waiting_shipment",
        ["refused", "waiting_shipment"],
    )


@pytest.mark.parametrize(("second", "status"), [("refuse", "refused"), (None, None)])
def test_an_order_is_refused_when_all_its_lines_are(
    api, clock, order_at, look, second, status
):
    order = order_at("galeries_lafayette", "waiting_acceptance", lines=2)
    api.act(order, "refuse", line="FR-1-1")
    if second:
        api.act(order, second, line="FR-1-2")
    clock.pass_seconds(10)
    expected = status or "waiting_acceptance"
    assert look("galeries_lafayette") == (expected, ["refused", expected])


def test_refunding_a_line_refunds_the_order_in_part_where_the_channel_knows_that(
    api, clock, order_at, look
):
    order = order_at("veepee_fr", "shipped", lines=2)
    arguments = {"refund_price": "36.00", "refund_shipping_price": "0"}
    api.act(order, "refund", line="FR-1-1", **arguments)
    clock.pass_seconds(20)
    assert look("veepee_fr") == ("partial_refunded", ["refunded", "shipped"])
    order = order_at("amazon_fr", "shipped", lines=2)
    api.act(order, "refund", line="FR-1-1", reason="CustomerReturn")
    clock.pass_seconds(20)
    assert look("amazon_fr") == ("shipped", ["refunded", "shipped"])


def test_a_line_leaves_when_all_its_pieces_have(api, clock, order_at, look):
    order = order_at("zalando", "waiting_shipment", lines=2)
    for seen in ("waiting_shipment", "canceled"):
        api.act(order, "cancel", line="FR-1-1", cancel_quantity="1")
        clock.pass_seconds(10)
        assert look("zalando")[1] == [seen, "waiting_shipment"]


# === FAILURES === #


@pytest.mark.parametrize("text", ["Carrier is not known", "é"])
def test_a_failed_action_carries_its_text_and_moves_nothing(
    api, state, clock, order_at, look, text
):
    state.settings.fail_actions = text
    order = order_at("bol", "waiting_shipment")
    api.act(order, "ship", tracking_number="1")
    clock.pass_seconds(10)
    assert flags(api) == (False, False, text)
    assert look("bol") == ("waiting_shipment", ["waiting_shipment"])
    assert api.get("/v3.0/orders/actions/", errors=text).json()["count"] == 1
    state.settings.fail_actions = ""
    api.act(order, "ship", tracking_number="1")
    clock.pass_seconds(10)
    assert look("bol") == ("shipped", ["shipped"])


def test_no_error_may_be_null(api, state, order_at):
    state.settings.no_error = None
    api.act(order_at("bol", "waiting_shipment"), "ship", tracking_number="1")
    assert flags(api) == (False, False, None)


def test_a_closed_mirakl_order_is_refunded_only_while_it_is_received(
    api, state, clock, order_at, look
):
    order = order_at("galeries_lafayette", "closed")
    state.move("galeries_lafayette", "FR-1", "closed", marketplace_status="CLOSED")
    api.act(order, "refund", reason="DAMAGED")
    clock.pass_seconds(10)
    assert "CLOSED" in flags(api)[2]
    state.move("galeries_lafayette", "FR-1", "closed", marketplace_status="RECEIVED")
    api.act(order, "refund", reason="DAMAGED")
    clock.pass_seconds(15)
    assert look("galeries_lafayette") == ("refunded", ["refunded"])


def test_an_action_fails_when_the_order_was_canceled_in_the_meantime(
    api, state, clock, order_at, look
):
    api.act(order_at("bol", "waiting_shipment"), "ship", tracking_number="1")
    state.move("bol", "FR-1", "canceled")
    clock.pass_seconds(10)
    assert flags(api) == (False, False, "The order is canceled on the marketplace")
    assert look("bol") == ("canceled", ["canceled"])


def test_an_accepted_order_that_is_canceled_does_not_come_back(
    api, state, clock, order_at, look
):
    order = order_at("galeries_lafayette", "waiting_acceptance")
    api.act(order, "accept")
    clock.pass_seconds(10)
    state.move("galeries_lafayette", "FR-1", "canceled")
    clock.pass_seconds(10)
    assert look("galeries_lafayette") == ("canceled", ["canceled"])


def test_an_action_for_an_order_that_vanished_fails(api, state, clock, order_at):
    api.act(order_at("bol", "waiting_shipment"), "ship", tracking_number="1")
    state.clear_orders()
    clock.pass_seconds(10)
    assert flags(api)[2] == "The order does not exist on the marketplace"


@pytest.mark.parametrize("seconds", [0, 10], ids=["new", "accepted"])
def test_a_forgotten_action_leaves_later_orders_alone(
    api, state, clock, order_at, look, seconds
):
    order = order_at("galeries_lafayette", "waiting_acceptance")
    api.act(order, "accept")
    clock.pass_seconds(seconds)
    assert api.get("/v3.0/orders/actions/").json()["count"] == 1
    state.forget_actions()
    order_at("galeries_lafayette", "waiting_acceptance")
    clock.pass_seconds(60)
    assert look("galeries_lafayette") == ("waiting_acceptance", ["waiting_acceptance"])
    assert api.get("/v3.0/orders/actions/").json()["count"] == 0


@pytest.mark.parametrize(
    "packages",
    [None, [], [None], [{"cart": None, "delivery": []}], [{"cart": [1, {}]}]],
)
def test_odd_packages_are_no_obstacle(api, state, clock, order_at, packages):
    api.act(order_at("bol", "waiting_shipment"), "ship", tracking_number="1")
    order = state.get_order("bol", "FR-1")
    state.put_order({**order, "packages": packages})
    clock.pass_seconds(10)
    assert state.get_order("bol", "FR-1")["lengow_status"] == "shipped"


def test_the_orders_of_2016_can_be_accepted_and_shipped(api, state, clock, make_order):
    order = make_order(
        marketplace="menlook",
        lengow_status="waiting_acceptance",
        marketplace_status="WAITING_ACCEPTANCE",
    )
    for line in order["packages"][0]["cart"]:
        line.update(lengow_status=None, marketplace_status=None)
    state.put_order(order)
    api.act(order, "accept", line="FR-1-1")
    clock.pass_seconds(15)
    stored = state.get_order("menlook", "FR-1")
    assert stored["lengow_status"] == "waiting_shipment"
    assert stored["marketplace_status"] == "SHIPPING"
    answer = api.act(order, "ship", line="FR-1-1", carrier="GLS")
    assert answer.status_code == 200
    clock.pass_seconds(10)
    assert state.get_order("menlook", "FR-1")["lengow_status"] == "shipped"
