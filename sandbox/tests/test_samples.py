"""The recorded orders, served."""

import json
import re

import pytest

from sandbox.errors import ControlError
from sandbox.marketplaces import DATA
from sandbox.samples import FOLDER, read_sample, sample_names

EMPTY = "v3_orders_list_empty"


@pytest.mark.parametrize("name", sample_names())
def test_a_sample_is_served_as_it_is_but_dated_now(api, state, name):
    expected = read_sample(name)
    identities = state.load_sample(name)
    answer = api.get("/v3.0/orders", updated_from="2026-03-10T11:59:00Z").json()
    assert answer["count"] == len(expected) == len(identities)
    served = {o["marketplace_order_id"]: o for o in answer["results"]}
    for payload in expected:
        changed = served[payload["marketplace_order_id"]]
        assert changed.pop("updated_at") == "2026-03-10T12:00:00.000000Z"
        assert changed.pop("imported_at") == "2026-03-10T12:00:00.000000Z"
        for date in ("updated_at", "imported_at"):
            payload.pop(date, None)
        assert changed == payload


@pytest.mark.parametrize("name", sample_names())
def test_a_sample_s_channel_is_defined(state, name):
    for payload in read_sample(name):
        definition = state.marketplaces[payload["marketplace"]]
        codes = [c for codes in definition["orders"]["status"].values() for c in codes]
        assert payload.get("marketplace_status") in [*codes, None]


def test_all_samples_together_have_numbers_of_their_own(api, state):
    identities = state.load_samples()
    assert len(identities) == len(set(identities)) == 30
    page = api.get("/v3.0/orders", updated_from="2026-03-10T00:00:00Z").json()
    assert page["count"] == 30


def test_a_sample_is_found_without_its_folder(state):
    for name in (
        "composed_anonymized_closed",
        "composed/composed_anonymized_closed.json",
    ):
        assert state.load_sample(name) == [("zalando", "4UT0-000001")]


def test_an_unknown_sample_is_refused(state):
    with pytest.raises(ControlError, match="There is no sample 'nothing'"):
        state.load_sample("nothing")


def test_there_is_one_empty_list():
    assert [name for name in sample_names() if not read_sample(name)] == [EMPTY]


def strings_in(value):
    if isinstance(value, dict):
        for item in value.values():
            yield from strings_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings_in(item)
    elif isinstance(value, str):
        yield value


def test_no_sample_holds_an_address_that_could_be_somebody_s():
    for path in FOLDER.rglob("*.json"):
        for text in strings_in(json.loads(path.read_text("utf-8"))):
            assert "@" not in text or text.endswith("@example.com")
            assert not re.fullmatch(r"0[1-9](?!0{8})\d{8}", text)


def test_every_data_file_is_json():
    for path in DATA.rglob("*.json"):
        json.loads(path.read_text("utf-8"))
