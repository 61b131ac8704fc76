"""The definitions of the channels."""

import json

import pytest

from sandbox.marketplaces import DATA, load_marketplaces

DEFINITIONS = load_marketplaces()

SIXTEEN = {
    "new",
    "waiting_acceptance",
    "accepted",
    "waiting_shipment",
    "shipped",
    "closed",
    "refused",
    "canceled",
    "refunding",
    "refunded",
    "partial_refunded",
    "to_refund",
    "pickup_to_prepare",
    "to_pickup",
    "pickup_completed",
    "pickup_canceled",
}

ACTION_TYPES = {
    "accept",
    "refuse",
    "ship",
    "cancel",
    "refund",
    "partial_cancel",
    "set_delivery_date",
    "set_eligible_shipping_methods",
    "buy_shipment_label",
    "pickup_ready",
    "pickup_complete",
    "pickup_cancel",
    "pickup_refund",
}

ARGUMENT_TYPES = {"string", "list", "line_number", "quantity", "price", "date"}

OLD = {"menlook", "darty"}
"""Recorded in 2016: one status that does not exist."""

MODERN = sorted(set(DEFINITIONS) - OLD - {"admarkt"})


def test_the_definitions_are_served_keyed_by_code(api):
    assert api.get("/v3.0/marketplaces").json() == DEFINITIONS


def test_one_marketplace_can_be_asked_for(api):
    assert set(api.get("/v3.0/marketplaces/", marketplace="bol").json()) == {"bol"}
    assert api.get("/v3.0/marketplaces/", marketplace="nothing").json() == {}


def test_ten_channels_of_today_are_there():
    assert MODERN == [
        "amazon_fr",
        "bol",
        "cdiscount",
        "ebay_fr",
        "fnac",
        "galeries_lafayette",
        "kaufland_de",
        "manomano_fr",
        "veepee_fr",
        "zalando",
    ]


def test_a_file_holds_the_channel_of_its_name():
    for path in (DATA / "marketplaces").glob("*.json"):
        assert list(json.loads(path.read_text("utf-8"))) == [path.stem]


def test_all_sixteen_statuses_occur():
    known = {s for code in MODERN for s in DEFINITIONS[code]["orders"]["status"]}
    assert known == SIXTEEN


def test_a_raw_status_means_one_thing():
    for definition in DEFINITIONS.values():
        codes = [c for codes in definition["orders"]["status"].values() for c in codes]
        assert len(codes) == len(set(codes))


@pytest.mark.parametrize("code", MODERN)
def test_a_definition_of_today_is_coherent(code):
    definition = DEFINITIONS[code]
    assert {"name", "country", "country_iso_a2", "package"} <= set(definition)
    orders = definition["orders"]
    for name, rule in orders["actions"].items():
        assert name in ACTION_TYPES
        assert set(rule["status"]) <= set(orders["status"])
        names = [*rule["args"], *rule["optional_args"]]
        assert sorted(names) == sorted(rule["args_description"])
        for description in rule["args_description"].values():
            assert description["type"] in ARGUMENT_TYPES
            default = description["default_value"]
            assert not default or default in description["valid_values"]


@pytest.mark.parametrize("code", sorted(DEFINITIONS))
def test_a_definition_has_what_other_clients_read_without_asking(code):
    assert "legacy_code" in DEFINITIONS[code]
    for rule in DEFINITIONS[code]["orders"]["actions"].values():
        names = [*rule["args"], *rule["optional_args"]]
        assert sorted(names) == sorted(rule["args_description"])


def test_the_mirakl_channel_takes_invoices():
    features = DEFINITIONS["galeries_lafayette"]["features"]
    assert features == {"invoice_upload": True}
