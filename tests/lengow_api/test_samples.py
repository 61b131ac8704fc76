"""Every order of the sample payloads, and what is read out of it."""

from decimal import Decimal as D

import pytest

from lengow_api import (
    Action,
    MarketplaceDefinition,
    Order,
    OrderAmounts,
    payload_digest,
    reconcile,
    resolve_status,
)

GALERIES = "v3-2015_galeries_lafayette_"
#: file, position: lengow_status, kept lines, packages, total, currency, rule
ORDERS = {
    (f"{GALERIES}currency_missing", 0): ("shipped", 1, 1, "229", None, "equal"),
    (f"{GALERIES}delivered_by_marketplace", 0): (
        *("shipped", 1, 1, "229", "EUR", "equal"),
    ),
    (
        f"{GALERIES}list_new_accepted_shipped2packages_canceled",
        0,
    ): ("new", 1, 1, "229", "EUR", "equal"),
    (
        f"{GALERIES}list_new_accepted_shipped2packages_canceled",
        1,
    ): ("accepted", 1, 1, "229", "EUR", "equal"),
    # two packages of 229.00 each, and a total of 229.00: the sums do not agree
    (
        f"{GALERIES}list_new_accepted_shipped2packages_canceled",
        2,
    ): ("shipped", 2, 2, "229", "EUR", None),
    # the order is canceled, its line is not
    (
        f"{GALERIES}list_new_accepted_shipped2packages_canceled",
        3,
    ): ("canceled", 1, 1, "229", "EUR", "equal"),
    (f"{GALERIES}merchant_order_id_already_set", 0): (
        *("shipped", 1, 1, "229", "EUR", "equal"),
    ),
    (f"{GALERIES}no_billing_address", 0): ("shipped", 1, 1, "229", "GBP", "equal"),
    (f"{GALERIES}no_billing_country", 0): ("shipped", 1, 1, "229", "GBP", "equal"),
    (f"{GALERIES}no_delivery_address", 0): ("shipped", 1, 1, "229", "GBP", "equal"),
    (f"{GALERIES}no_delivery_country", 0): ("shipped", 1, 1, "229", "GBP", "equal"),
    # nothing to sell, yet a total: the sums do not agree
    (f"{GALERIES}no_package", 0): ("shipped", 0, 0, "229", "GBP", None),
    (f"{GALERIES}no_product", 0): ("shipped", 0, 1, "229", "GBP", None),
    (f"{GALERIES}shipped_import_currency", 0): ("shipped", 1, 1, "229", "GBP", "equal"),
    # -1: no exchange rate
    (f"{GALERIES}total_order_no_exchange_rate", 0): (
        *("shipped", 1, 1, "-1", "GBP", None),
    ),
    ("v3-2015_lifecycle_1_new", 0): ("new", 1, 1, "229", "EUR", "equal"),
    ("v3-2015_lifecycle_2_accepted", 0): ("accepted", 1, 1, "229", "EUR", "equal"),
    ("v3-2015_lifecycle_3_shipped", 0): ("shipped", 1, 1, "229", "EUR", "equal"),
    ("v3-2015_lifecycle_4_canceled", 0): ("canceled", 1, 1, "229", "EUR", "equal"),
    # totals edited by hand: they ignore the fee, or fee and shipping
    ("v3-2015_multi_line_one_canceled_shipping_null", 0): (
        *("shipped", 2, 1, "26.50", "EUR", None),
    ),
    ("v3-2015_multi_line_one_canceled_with_shipping_and_fees", 0): (
        *("shipped", 2, 1, "26.50", "EUR", None),
    ),
    ("v3-2015_multi_line_order", 0): ("shipped", 3, 1, "33.40", "EUR", None),
    ("v3-2015_single_order_object_with_tracking", 0): (
        *("canceled", 1, 1, "229", "EUR", "equal"),
    ),
    ("v3-2024_zalando_waiting_shipment", 0): (
        *("waiting_shipment", 1, 1, "40.3", "EUR", "equal"),
    ),
    ("composed_amazon_fr_fba_shipped_null_names", 0): (
        *("shipped", 1, 1, "40.3", "EUR", "equal"),
    ),
    ("composed_anonymized_closed", 0): ("closed", 1, 1, "40.3", "EUR", "equal"),
    ("composed_b2b_vat_waiting_shipment", 0): (
        *("waiting_shipment", 1, 1, "40.3", "EUR", "equal"),
    ),
    ("composed_galeries_lafayette_relay_waiting_shipment", 0): (
        *("waiting_shipment", 1, 1, "40.3", "EUR", "equal"),
    ),
    ("composed_veepee_partial_refunded", 0): (
        *("partial_refunded", 1, 1, "104.2", "EUR", "equal"),
    ),
}


@pytest.fixture
def read(load):
    """Return a function that reads one order of a sample file."""

    def read_order(name, index=0):
        content = load(name)
        return Order.from_payload(content.get("results", [content])[index])

    return read_order


@pytest.mark.parametrize(("place", "expected"), ORDERS.items())
def test_sample_order_is_read_without_a_problem(place, expected, read):
    order = read(*place)
    status, kept, packages, total, currency, rule = expected
    assert order.problems == ()
    assert resolve_status(order)[0] == status
    assert len(OrderAmounts(order).kept_lines) == kept
    assert len(order.packages) == packages
    assert order.total_order == D(total)
    assert order.currency == currency
    assert reconcile(order).rule == rule
    assert order.imported_at.utcoffset().total_seconds() == 0


def test_every_order_file_of_the_data_is_in_the_table(load, sample_names):
    counted = {
        (name, index)
        for name in sample_names - {"order_excerpt_v3_amazon_fr_afn_docs"}
        for index in range(len(load(name).get("results", [None])))
    }
    assert counted == set(ORDERS)


def test_modern_order_is_read_completely(read):
    order = read("v3-2024_zalando_waiting_shipment")
    (line,) = order.lines
    assert (order.marketplace, order.marketplace_order_id) == ("zalando", "4UT0-000001")
    assert order.account_id == 123
    assert order.merchant_order_ids == ()
    assert order.marketplace_order_date.isoformat() == "2024-08-19T00:00:00+00:00"
    assert (order.shipping, order.total_tax) == (D("4.3"), D("0.00"))
    assert order.original_total_order == D("40.3")
    assert order.original_currency == "EUR"
    assert (line.quantity, line.amount) == (D(2), D("36.00"))
    assert (line.merchant_product_field, line.merchant_product_id) == (
        "ID_PRODUCT",
        "30",
    )
    assert line.marketplace_order_line_id == "4UT0-000001-1"
    assert order.packages[0].delivery.country_code == "FR"
    assert order.billing_address.zipcode == "12346"
    assert not order.anonymized
    assert not (order.is_business or order.is_express or order.is_prime)


def test_order_of_2015_tells_fulfilment_by_its_tracking_flag(read):
    order = read(f"{GALERIES}delivered_by_marketplace")
    (tracking,) = order.packages[0].trackings
    assert order.is_fulfilled_by_marketplace
    assert (tracking.carrier, tracking.relay.id) == ("LAPOSTE", "15632")
    assert tracking.marketplace_order_line_ids == ("1300435653833-A-1",)
    assert order.merchant_order_ids == ("60",)
    assert order.comments == "Shipped by marketplace"
    assert order.payments[0].type == "paypal"
    assert order.imported_at.microsecond == 98728


def test_fulfilment_by_order_type_and_empty_names(read):
    order = read("composed_amazon_fr_fba_shipped_null_names")
    delivery = order.packages[0].delivery
    assert order.is_fulfilled_by_marketplace
    assert delivery.last_name is None
    assert delivery.city
    assert not delivery.is_empty
    assert order.lines[0].merchant_product_id.endswith("_FBA")


def test_missing_addresses_are_none(read):
    assert read(f"{GALERIES}no_billing_address").billing_address is None
    assert read(f"{GALERIES}no_delivery_address").packages[0].delivery is None
    assert read(f"{GALERIES}no_billing_country").billing_address.country_code is None


def test_relay_business_refund_and_anonymised_samples(read):
    relayed = read("composed_galeries_lafayette_relay_waiting_shipment")
    (tracking,) = relayed.packages[0].trackings
    assert (tracking.relay.id, tracking.relay.kind) == ("15632", "A2P")
    assert not relayed.is_fulfilled_by_marketplace
    business = read("composed_b2b_vat_waiting_shipment")
    assert business.is_business
    assert business.payments[0].vat_number == "FR00000000000"
    assert business.payments[0].transaction_id == "TX-1"
    refunded = read("composed_veepee_partial_refunded")
    assert refunded.lines[0].refunded_amount == D("60.90")
    anonymised = read("composed_anonymized_closed")
    assert anonymised.anonymized
    assert not anonymised.billing_address.email


def test_no_exchange_rate_sample_is_recognised(read):
    order = read(f"{GALERIES}total_order_no_exchange_rate")
    assert reconcile(order).no_exchange_rate


def test_lifecycle_keeps_identity_and_changes_digest(load):
    names = [
        f"v3-2015_lifecycle_{step}"
        for step in ("1_new", "2_accepted", "3_shipped", "4_canceled")
    ]
    payloads = [load(name)["results"][0] for name in names]
    orders = [Order.from_payload(payload) for payload in payloads]
    assert len({order.marketplace_order_id for order in orders}) == 1
    assert len({payload_digest(payload) for payload in payloads}) == 4


@pytest.mark.parametrize(
    ("name", "outcome", "queued"),
    [
        ("action_v3_ship_post_response_2016", "waiting", False),
        ("action_v3_ship_post_response_line_2016", "waiting", False),
        ("action_v3_cancel_post_response_2016", "waiting", False),
        ("action_v3_ship_list_queued_2016", "waiting", True),
        ("action_v3_ship_processed_2016", "done", False),
        ("action_v3_ship_processed_2020_ebay_fr_help", "done", False),
    ],
)
def test_sample_action_is_read(name, outcome, queued, load):
    content = load(name)
    action = Action.from_payload(content.get("results", [content])[0])
    assert (action.outcome, action.queued) == (outcome, queued)
    assert action.marketplace_order_id
    assert None not in action.arguments.values()
    assert action.created_at < action.updated_at


def test_definition_of_amazon_is_read_whole(load):
    definition = MarketplaceDefinition.from_payload(
        "amazon_fr", load("amazon_fr")["amazon_fr"]
    )
    assert definition.status_map
    assert definition.actions
    assert definition.name == "Amazon FR"
    assert len(definition.carriers) == 227
    assert len(definition.shipping_methods) == 9
    assert definition.lengow_status_of("Unshipped") == "waiting_shipment"
    assert definition.lengow_status_of("unshipped") is None
    assert definition.lengow_status_of(None) is None
    assert set(definition.actions) == {
        *("ship", "cancel", "refund"),
        *("buy_shipment_label", "set_eligible_shipping_methods"),
    }
    ship = definition.actions["ship"]
    assert ship.is_per_line
    assert ship.is_allowed_at("waiting_shipment")
    assert not ship.is_allowed_at("shipped")
    assert not definition.actions["buy_shipment_label"].statuses
    assert ship.arguments["carrier"].required
    assert not ship.arguments["carrier"].is_closed_list
    assert definition.actions["cancel"].arguments["reason"].is_closed_list


def test_definition_of_zalando_is_read_whole(load):
    definition = MarketplaceDefinition.from_payload(
        "zalando", load("zalando")["zalando"]
    )
    assert definition.lengow_status_of("exported") == "waiting_shipment"
    assert definition.lengow_status_of("returned") == "refunded"
    assert definition.carriers == {"4PX": "4PX"}
    reason = definition.actions["refund"].arguments["refund_reason"]
    assert (reason.type, reason.default, reason.required) == ("list", "1", True)
    assert reason.choices["10"] == "Article defective"
    assert definition.actions["accept"].arguments == {}


def test_channel_without_order_management_and_with_features(load):
    admarkt = MarketplaceDefinition.from_payload("admarkt", load("admarkt")["admarkt"])
    assert not admarkt.status_map
    assert not admarkt.actions
    assert admarkt.country_code == "NL"
    code = "decathlon_eu_be_fr"
    decathlon = MarketplaceDefinition.from_payload(
        code, load("marketplaces_v3_features_decathlon_help")[code]
    )
    assert decathlon.accepts_invoices
    assert decathlon.name == code
    assert not admarkt.accepts_invoices


def test_definitions_of_2016_without_descriptions_are_read(load):
    entries = load("marketplaces_v3_2016_4channels_line_required")
    for code, entry in entries.items():
        definition = MarketplaceDefinition.from_payload(code, entry)
        for rule in definition.actions.values():
            assert all(
                argument.type == "string" for argument in rule.arguments.values()
            )


def test_official_excerpts_are_read(load):
    (excerpt,) = load("order_excerpt_v3_amazon_fr_afn_docs")["results"]
    order = Order.from_payload(excerpt)
    assert order.is_fulfilled_by_marketplace
    assert order.packages == ()
    parts = load("address_v3_amazon_fba_us_nulls_m2")
    order = Order.from_payload(
        {
            "marketplace": "amazon_us",
            "marketplace_order_id": 7,
            **parts["order_excerpt"],
            "billing_address": parts["address"],
        }
    )
    assert order.marketplace_order_id == "7"
    assert order.is_express
    assert order.billing_address.state_region == "TX"
    assert order.billing_address.full_name is None
