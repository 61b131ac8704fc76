"""What broke the catalogues of others, told by those who use them.

Each of these was reported of a published plugin, or stands in its code today. What they
have in common with records of Odoo is tested with those.
"""

import gzip
import io

import pytest
from strict_readers import file_of, read

from catalogue.changes import Offer, held_for
from catalogue.checks import Duplicates, RowFacts, find_issues
from catalogue.formats import CONTENT_TYPES, write
from catalogue.headers import LONGEST_HEADER, clashes, normalize
from catalogue.packing import packing
from catalogue.presets import PRESETS
from catalogue.texts import reduced_html, to_text

every_format = pytest.mark.parametrize("file_format", CONTENT_TYPES)


class FakeRecords:
    """What is no plain value: somebody's object in a custom field."""

    def __str__(self):
        return "res.partner(1,\n2)"


@every_format
@pytest.mark.parametrize(
    "value", [None, False, [], {}, ["a", None], {"a": 1}, 7, object, FakeRecords()]
)
def test_a_value_that_is_no_text_crashes_nothing(file_format, value):
    content = file_of(
        file_format, ["id", "value", "name"], [["1", to_text(value), "x"]]
    )
    _headers, (row,) = read(file_format, content)
    assert (row[0], row[2]) == ("1", "x")
    assert "False" not in row[1]
    assert "None" not in row[1]


def test_an_attribute_without_a_name_has_no_heading():
    assert [normalize(name) for name in ("", " ", "\n")] == ["", "", ""]


def test_headings_that_only_the_file_makes_alike_are_found_before():
    long = "a" * LONGEST_HEADER
    headers = ["Size", "size", f"{long}_front", f"{long}_back", "id"]
    assert clashes(headers) == [("Size", "size"), (f"{long}_front", f"{long}_back")]


@every_format
def test_an_empty_attribute_moves_no_other_into_its_column(file_format):
    rows = [["1", "", "blue", ""], ["2", "x", "", "y"]]
    content = file_of(file_format, ["id", "delay", "color", "end"], rows)
    assert read(file_format, content)[1] == rows


@every_format
def test_one_bad_row_does_not_block_the_others(file_format):
    rows = [["1", "good"], ["2", 'bad "\0\ud800|]]>\r\n'], ["3", "good"]]
    _headers, found = read(file_format, file_of(file_format, ["id", "name"], rows))
    assert [row[0] for row in found] == ["1", "2", "3"]
    assert [found[0][1], found[2][1]] == ["good", "good"]


@every_format
def test_nothing_stands_before_the_first_row(file_format, capsys):
    content = file_of(file_format, ["id"], [["1"]])
    assert content[:1] in (b'"', b"<", b"{")
    assert capsys.readouterr().out == ""


def test_a_missing_picture_is_told_and_is_no_text():
    assert to_text(None) == ""
    facts = RowFacts("SKU", "A lamp", pictures=0)
    assert find_issues(facts, Duplicates()) == ("no_picture",)


def test_a_price_rule_that_fails_is_the_matter_of_its_row_alone():
    failed = RowFacts("A", "A lamp", price=0.0, problems=("price_failed",))
    other = RowFacts("B", "A lamp", price=5.0)
    assert find_issues(failed, Duplicates()) == ("price_failed",)
    assert find_issues(other, Duplicates()) == ()


def test_nothing_in_stock_is_a_number_and_not_missing():
    assert (to_text(0), to_text(0.0), to_text(-0.0)) == ("0", "0", "0")
    assert to_text(0.0, digits=2) == "0.00"


@every_format
def test_an_error_on_the_way_leaves_no_file_that_seems_whole(file_format):
    def rows():
        yield ["1"]
        raise RuntimeError("the database is gone")

    file = io.BytesIO()
    with pytest.raises(RuntimeError), packing(file) as target:
        write(file_format, target, ["id"], rows())
    with pytest.raises(EOFError):
        gzip.decompress(file.getvalue())


def test_a_catalogue_that_empties_itself_is_held():
    old = {str(number): Offer(5, 10.0) for number in range(100)}
    assert [reason.code for reason in held_for(old, {})] == ["lost"]


def test_the_same_number_on_two_variants_is_told():
    shared = Duplicates.among(["A", "B"], ["4006381333931", "4006381333931"])
    facts = RowFacts("A", "A lamp", ean="4006381333931")
    assert find_issues(facts, shared) == ("duplicate_ean",)


def test_no_preset_sends_what_a_product_costs():
    for columns in PRESETS.values():
        for column in columns:
            if "wholesale" in column.header or "cost" in column.header:
                assert (column.source, column.constant) == ("constant", "")


def test_no_address_of_an_editor_leaves_with_a_description():
    markup = '<p><img src="/web/image/1"/><a href="/shop">a <b>lamp</b></a></p>'
    assert reduced_html(markup) == "<p>a <b>lamp</b></p>"
