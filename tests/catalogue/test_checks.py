import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.checks import (
    ERROR,
    ISSUES,
    WARNING,
    Duplicates,
    RowFacts,
    ean_key,
    find_issues,
    gtin_is_internal,
    gtin_is_valid,
    has_error,
    has_warning,
)

FINE = {
    "identifier": "SKU-1",
    "name": "A lamp",
    "price": 19.9,
    "regular_price": 25.0,
    "ean": "4006381333931",
    "pictures": 2,
    "picture_side": 500,
    "description": "It shines.",
    "category": "Lamps",
    "brand": "Lux",
    "weight": 0.5,
    "is_page_public": True,
}
NONE = Duplicates()


def issues(shared=NONE, **facts):
    return find_issues(RowFacts(**{**FINE, **facts}), shared)


def test_a_whole_row_has_no_issue():
    assert issues() == ()


def test_what_the_catalogue_does_not_carry_is_not_missing():
    assert find_issues(RowFacts("SKU-1", "A lamp"), NONE) == ()


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"identifier": ""}, "no_identifier"),
        ({"identifier": "SKU 1"}, "bad_identifier"),
        ({"identifier": "SKU,1"}, "bad_identifier"),
        ({"identifier": "SKU\u00a01"}, "bad_identifier"),
        ({"identifier": "SKU\u200b1"}, "bad_identifier"),
        ({"identifier": "x" * 41}, "long_identifier"),
        ({"name": ""}, "no_name"),
        ({"name": "x" * 151}, "long_name"),
        ({"price": 0.0}, "no_price"),
        ({"price": -1.0}, "no_price"),
        ({"price": float("nan")}, "no_price"),
        ({"price": 25.01}, "price_above_regular"),
        ({"ean": ""}, "no_ean"),
        ({"ean": "4006381333932"}, "bad_ean"),
        ({"ean": "SKU-1"}, "bad_ean"),
        ({"ean": "2000000000008"}, "internal_ean"),
        ({"pictures": 0, "picture_side": None}, "no_picture"),
        ({"picture_side": 499}, "small_picture"),
        ({"description": ""}, "no_description"),
        ({"category": ""}, "no_category"),
        ({"brand": ""}, "no_brand"),
        ({"weight": 0.0}, "no_weight"),
        ({"is_page_public": False}, "unpublished_page"),
    ],
)
def test_one_fault_is_one_issue(facts, code):
    assert issues(**facts) == (code,)


@pytest.mark.parametrize(
    "facts",
    [
        {"identifier": "x" * 40},
        {"name": "x" * 150},
        {"price": 25.0},
        {"price": 25.0000001},
        {"regular_price": 0.0},
        {"picture_side": None},
        {"pictures": 1},
    ],
)
def test_what_is_just_right_is_no_issue(facts):
    assert issues(**facts) == ()


def test_what_two_rows_share_is_told_of_both():
    shared = Duplicates.among(
        ["A", "B", "A", "", ""], ["012345678905", "0012345678905", "", ""]
    )
    assert issues(shared, identifier="A") == ("duplicate_identifier",)
    assert issues(shared, identifier="B") == ()
    assert issues(shared, ean="0012345678905") == ("duplicate_ean",)
    assert issues(shared, ean="012345678905") == ("duplicate_ean",)


def test_nothing_is_no_duplicate():
    shared = Duplicates.among(["", ""], ["", ""])
    assert issues(shared, identifier="", ean="") == ("no_identifier", "no_ean")


@pytest.mark.parametrize("facts", [{"price": 0.0}, {"ean": ""}, {"weight": 0.0}])
def test_a_parent_needs_nothing_that_is_sold_as_its_variants(facts):
    assert issues(kind="parent", **facts) == ()


def test_a_parent_needs_an_identifier_and_a_name():
    found = issues(kind="parent", identifier="", name="", pictures=0)
    assert found == ("no_identifier", "no_name", "no_picture")


@pytest.mark.parametrize("problem", ["price_failed", "no_rate", "unreadable"])
def test_a_price_that_failed_is_told_once(problem):
    assert issues(price=0.0, problems=(problem,)) == (problem,)


@pytest.mark.parametrize("problem", ["no_tax", "foreign_tax"])
def test_what_was_found_before_is_told_too(problem):
    assert issues(problems=[problem], weight=0.0) == (problem, "no_weight")


def test_what_nobody_knows_is_a_warning():
    found = issues(problems=("of_a_module",))
    assert found == ("of_a_module",)
    assert has_warning(found)
    assert not has_error(found)


def test_issues_come_in_one_order():
    found = issues(name="", identifier="", ean="", weight=0.0, price=0.0)
    assert found == ("no_identifier", "no_name", "no_price", "no_ean", "no_weight")


def test_errors_are_what_cannot_be_sold():
    assert {code for code, level in ISSUES.items() if level == ERROR} == {
        "unreadable",
        "no_identifier",
        "duplicate_identifier",
        "no_name",
        "no_price",
        "price_failed",
        "no_rate",
    }
    assert has_error(["no_weight", "no_name"])
    assert not has_error(["no_weight"])
    assert has_warning(["no_name", "no_weight"])
    assert not has_warning(["no_name"])
    assert set(ISSUES.values()) == {ERROR, WARNING}


@pytest.mark.parametrize(
    "text",
    ["4006381333931", "96385074", "036000291452", "10614141000415", "9783161484100"],
)
def test_a_gtin_has_its_check_digit(text):
    assert gtin_is_valid(text)
    for place, digit in enumerate(text):
        wrong = text[:place] + str((int(digit) + 1) % 10) + text[place + 1 :]
        assert not gtin_is_valid(wrong)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "0000000000000",
        "00000000",
        "400638133393",
        "4006381333931 ",
        "١٢٣٤٥٦٧٠",
    ],
)
def test_what_is_no_gtin(text):
    assert not gtin_is_valid(text)


@given(st.text())
def test_every_text_is_a_gtin_or_none(text):
    assert gtin_is_valid(text) in (True, False)


@pytest.mark.parametrize(
    ("text", "is_internal"),
    [
        ("2000000000008", True),
        ("0212345678907", True),
        ("0400000000008", True),
        ("212345678907", True),
        ("400000000008", True),
        ("20000004", True),
        ("0012345678905", False),
        ("4006381333931", False),
        ("96385074", False),
        ("0614141000418", False),
    ],
)
def test_numbers_of_a_house_of_its_own_mean_nothing_outside(text, is_internal):
    assert gtin_is_internal(text) is is_internal


def test_a_upc_is_an_ean():
    assert ean_key("012345678905") == ean_key("0012345678905")
    assert ean_key("12345678905") == "12345678905"
