"""The tolerant readers: anything in, values or noted problems out."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lengow_api import storable
from lengow_api.reader import Reader, clean_text, parse_moment

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(categories=["L", "N", "P", "Cs", "Cc"]), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=6), inner, max_size=4)
    ),
    max_leaves=12,
)

KINDS = (
    *("text", "texts", "number", "integer", "moment", "flag"),
    *("child", "items", "children"),
)


def problems_of(kind, value):
    """Return what a reader makes of a member, and the problems it noted."""
    reader = Reader({"x": value}, "order")
    found = getattr(reader, kind)("x")
    if kind == "children":
        found = [child.source for child in found]
    if kind == "child":
        found = found.source
    return found, [(one.path, one.reason) for one in reader.problems]


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("text", " a ", "a"),
        ("text", 15632, "15632"),
        ("text", "", None),
        ("text", None, None),
        ("text", "a\x00b\ud800", "a\ufffdb\ufffd"),
        ("texts", ["60"], ("60",)),
        ("texts", [60, None, "", "61"], ("60", "61")),
        ("texts", "one", ("one",)),
        ("texts", 7, ("7",)),
        ("texts", [], ()),
        ("texts", None, ()),
        ("texts", {}, ()),
        ("number", "2", Decimal(2)),
        ("number", "", None),
        ("integer", "155", 155),
        ("integer", 5.0, 5),
        ("integer", None, None),
        ("moment", "2015-11-23T17:10:50Z", datetime(2015, 11, 23, 17, 10, 50, 0, UTC)),
        ("moment", " ", None),
        ("moment", None, None),
        ("flag", True, True),
        ("flag", "true", True),
        ("flag", 1, True),
        ("flag", None, False),
        ("flag", 0, False),
        ("flag", "False", False),
        ("child", {"a": 1}, {"a": 1}),
        ("child", None, {}),
        ("child", [], {}),
        ("items", [1, None], (1, None)),
        ("items", None, ()),
        ("items", {}, ()),
        ("children", [{"a": 1}, None], [{"a": 1}]),
        ("children", None, []),
    ],
)
def test_readable_member_leaves_no_problem(kind, value, expected):
    assert problems_of(kind, value) == (expected, [])


@pytest.mark.parametrize(
    ("kind", "value", "expected", "path"),
    [
        ("text", True, None, "order.x"),
        ("text", {"a": 1}, None, "order.x"),
        ("text", 1.5, None, "order.x"),
        ("texts", [{"a": 1}, "b"], ("b",), "order.x"),
        ("texts", {"a": 1}, (), "order.x"),
        ("number", "12,5", None, "order.x"),
        ("number", False, None, "order.x"),
        ("integer", 1.5, None, "order.x"),
        ("integer", "x", None, "order.x"),
        ("moment", "yesterday", None, "order.x"),
        ("moment", 1700000000, None, "order.x"),
        ("moment", "0001-01-01T00:00:00Z", None, "order.x"),
        ("flag", "perhaps", False, "order.x"),
        ("flag", [], False, "order.x"),
        ("child", "text", {}, "order.x"),
        ("child", [1], {}, "order.x"),
        ("items", {"a": 1}, (), "order.x"),
        ("items", "text", (), "order.x"),
        ("children", [5], [], "order.x[0]"),
    ],
)
def test_unreadable_member_is_noted_with_its_path(kind, value, expected, path):
    found, problems = problems_of(kind, value)
    assert found == expected
    assert [noted for noted, _reason in problems] == [path]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2015-11-23T17:10:50.098728Z", datetime(2015, 11, 23, 17, 10, 50, 98728, UTC)),
        ("2022-12-21T14:22:00+01:00", datetime(2022, 12, 21, 13, 22, 0, 0, UTC)),
        ("2024-08-19T00:00:00", datetime(2024, 8, 19, 0, 0, 0, 0, UTC)),
        ("2024-08-19", datetime(2024, 8, 19, 0, 0, 0, 0, UTC)),
        ("9999-12-31T23:59:59-14:00", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("2024-02-30T00:00:00Z", None),
        (None, None),
    ],
)
def test_date_is_read_in_every_form_and_given_in_utc(text, expected):
    assert parse_moment(text) == expected


def test_problem_keeps_personal_values_out_of_its_repr():
    reader = Reader({"first_name": ["Camille"]})
    reader.text("first_name")
    assert "Camille" not in repr(reader.problems)
    assert reader.problems[0].value == ["Camille"]


def test_number_too_large_to_be_an_id_is_no_text():
    assert clean_text(10**40) is None


@given(
    JSON,
    st.sampled_from(KINDS),
)
def test_no_reader_ever_raises(value, kind):
    problems_of(kind, value)


@given(JSON)
def test_storable_copy_is_strict_json_in_utf8(value):
    stored = json.dumps(storable(value), allow_nan=False, ensure_ascii=False)
    assert "\\u0000" not in stored
    stored.encode("utf-8")


@given(st.recursive(st.integers() | st.text("abc"), st.lists, max_leaves=10))
def test_storable_leaves_ordinary_values_alone(value):
    assert storable(value) == value


def test_storable_writes_out_what_is_no_number():
    value = {"a\x00": [float("nan"), float("-inf"), (1.5, "\ud800")]}
    assert storable(value) == {"a\ufffd": ["nan", "-inf", [1.5, "\ufffd"]]}


def test_storable_cuts_what_is_nested_beyond_reason():
    value = []
    for _level in range(5000):
        value = [value]
    json.dumps(storable(value))
