import enum
import math
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from strict_readers import HOSTILE

from catalogue.texts import clean, html_of, plain, reduced_html, to_text

# Odoo's moments have no time zone.
NAIVE = datetime(2026, 8, 1, 9, 5, 3, 999, UTC).replace(tzinfo=None)
TAGS = [
    "<p>",
    "</p>",
    "<b>",
    "</b>",
    "<br>",
    "<ul>",
    "<li>",
    "</li>",
    "</ul>",
    "<div>",
    "</div>",
    "<td>",
    "<table>",
    "</table>",
    "<script>",
    "</script>",
    "<!--",
    "-->",
    "<a",
    "</a>",
    "&",
    "&lt;",
    "text",
    "<",
    ">",
    "x='y'>",
]


class Size(enum.IntEnum):
    SMALL = 3


class Label(str):
    def __str__(self):
        return "not this"


def itself():
    value = ["in"]
    value.append(value)
    return value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (False, ""),
        (True, "1"),
        ("", ""),
        (0, "0"),
        (0.0, "0"),
        (-0.0, "0"),
        (12, "12"),
        (Size.SMALL, "3"),
        (19.9, "19.9"),
        (0.1 + 0.2, "0.3"),
        (1e-7, "0"),
        (1e21, "1000000000000000000000"),
        (Decimal("1E+3"), "1000"),
        (Decimal("2.50"), "2.5"),
        (math.nan, ""),
        (math.inf, ""),
        (Decimal("NaN"), ""),
        (Decimal("-Infinity"), ""),
        pytest.param(10**5000, "1.000000E+5000", id="huge"),
        (date(2026, 8, 1), "2026-08-01"),
        (NAIVE, "2026-08-01 09:05:03"),
        (datetime(2026, 8, 1, tzinfo=UTC), "2026-08-01 00:00:00+00:00"),
        (time(9, 5), "09:05:00"),
        (b"\xc3\xa9t\xc3\xa9", "été"),
        (b"\xff", "\ufffd"),
        (["a", None, False, "", "b", 2], "a, b, 2"),
        ((), ""),
        ({"b", "a"}, "a, b"),
        ({"size": "L", "none": False}, "size: L"),
        ({"a": {"b": [1, 2]}}, "a: b: 1, 2"),
        ([["a", ["b"]], "c"], "a, b, c"),
        (iter(["a", "b"]), "a, b"),
        (Label("this"), "this"),
        (Label("this  one"), "this one"),
    ],
)
def test_every_value_has_a_text(value, text):
    assert to_text(value) == text
    assert type(to_text("" if value is text else value)) is str


def test_a_list_that_holds_itself_ends():
    assert set(to_text(itself()).split(", ")) == {"in"}


@pytest.mark.parametrize(("value", "text"), [(True, "1"), (False, "0"), (None, "0")])
def test_of_a_boolean_no_is_an_answer(value, text):
    assert to_text(value, is_boolean=True) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (19.9, "19.90"),
        (2.675, "2.68"),
        (-2.675, "-2.68"),
        (0, "0.00"),
        (-0.001, "0.00"),
        (1e15, "1000000000000000.00"),
        (Decimal("0.005"), "0.01"),
        ([1, 2.5], "1.00, 2.50"),
    ],
)
def test_digits_are_kept_and_rounded_as_people_do(value, text):
    assert to_text(value, digits=2) == text


def test_a_whole_number_needs_no_point():
    assert to_text(19.5, digits=0) == "20"
    assert to_text(100.0) == "100"


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.decimals(),
    st.text(st.characters()),
    st.binary(),
    st.dates(),
    st.datetimes(),
    st.sampled_from(list(HOSTILE.values())[:-2]),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers(), inner),
    max_leaves=8,
)


@given(values, st.none() | st.integers(0, 6))
def test_every_value_is_a_text_that_stays_as_it_is(value, digits):
    text = to_text(value, digits=digits)
    assert text == to_text(text) == " ".join(text.split())
    etree.Element("x").text = text
    text.encode()


def test_a_hostile_text_stays_one_line(hostile):
    text = clean(hostile)
    assert text == " ".join(text.split())
    etree.Element("x").text = text
    text.encode()


def test_what_is_seen_of_a_text_stays():
    for text in (
        '19" | <b> \\ =1+1 \U0001f469\u200d\U0001f467 été',
        "\u200f\u05e9\u200e",
    ):
        assert clean(text) == text


def test_blanks_become_one():
    assert clean("  a\u00a0\r\n\t b\u2028c\x1fd ") == "a b c d"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (
            "<p>Hello <b>you</b>, you&nbsp;&amp; me</p><p>bye</p>",
            "Hello you, you & me bye",
        ),
        ("<p><br></p>", ""),
        ("a<br/>b", "a b"),
        ("<div>a</div><div>b</div>", "a b"),
        ("<ul><li>a<li>b</ul>", "a b"),
        ("<td>1</td><td>2</td>", "1 2"),
        ("un<b>der</b>lined", "underlined"),
        ("<style>p{}</style>x<script>alert('<p>')</script>", "x"),
        ("<!-- no -->yes<?php no ?>", "yes"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ("3 < 4 & 5 > 4", "3 < 4 & 5 > 4"),
        ("<?xml version='1.0' encoding='utf-16'?><p>été</p>", "été"),
        ("<p>in</p></body></html>after", "in after"),
        ("<img src='data:x' alt='no'>text", "text"),
        ("&#0;&#xD800;&#128512;", "😀"),
        ("no markup", "no markup"),
        ("<", "<"),
        (False, ""),
        (12, "12"),
    ],
)
def test_html_becomes_plain_text(markup, text):
    assert plain(markup) == text


@pytest.mark.parametrize(
    ("markup", "reduced"),
    [
        ('<p class="x" onclick="y()">a</p>', "<p>a</p>"),
        ("<p>a <a href='http://x'>link</a> <img src='y'>b</p>", "<p>a link b</p>"),
        ("<div>a</div><div>b</div>", "a<br>b"),
        ("<div><p>a</p></div><div><p>b</p></div>", "<p>a</p><p>b</p>"),
        ("<h1>A</h1><h2>B</h2>c", "A<h2>B</h2>c"),
        ("<h1>A</h1>b", "A<br>b"),
        ("<p>a<br><br><br><br>b<br></p>", "<p>a<br><br>b</p>"),
        ("<p><br></p><p>a</p><p> </p>", "<p>a</p>"),
        ("<p>\n  a\n</p>\n<p>b</p>", "<p>a</p><p>b</p>"),
        ("x<b> </b>y", "x y"),
        ("<b>a</b> <i>b</i>", "<b>a</b> <i>b</i>"),
        (
            "<table style='x'><tr><td>1</td><td></td></tr></table>",
            "<table><tr><td>1</td><td></td></tr></table>",
        ),
        ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ("<b>never closed", "<b>never closed</b>"),
        ("0<p></p>1", "0<br>1"),
        ("0<br><b></b>", "0"),
        ("<b><p>a</p><p>b</p></b>", "<p>a</p><p>b</p>"),
        ("<p>a<a><p>b</p></a></p>", "<p>a<br>b</p>"),
        ("<li>a</li><li>b</li>", "a<br>b"),
        ("<p>& <a> </a> </p>", "<p>&amp;</p>"),
        ("<script>alert(1)</script>", ""),
        ("<iframe src='x'>no</iframe>yes", "yes"),
        ("3 < 4 & 5", "3 &lt; 4 &amp; 5"),
        ("<p>]]&gt;</p>", "<p>]]&gt;</p>"),
        ("&lt;script&gt;", "&lt;script&gt;"),
        (False, ""),
    ],
)
def test_of_html_a_little_stays(markup, reduced):
    assert reduced_html(markup) == reduced


@given(
    st.lists(
        st.sampled_from([*TAGS, " ", "\n"]) | st.text(max_size=5), max_size=30
    ).map("".join)
)
def test_reduced_html_stays_as_it_is_and_says_the_same(markup):
    reduced = reduced_html(markup)
    assert reduced_html(reduced) == reduced
    assert plain(reduced).split() == plain(markup).split()
    closed = reduced.replace("<br>", "<br/>")
    # Random text makes tags, too.
    allowed = {"p", "h2", "h3", "h4", "b", "strong", "i", "em", "br", "ul", "ol", "li"}
    allowed |= {"table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"}
    tags = {element.tag for element in etree.fromstring(f"<x>{closed}</x>").iter()}
    assert tags - {"x"} <= allowed


def test_hostile_html_becomes_text(hostile):
    for text in (plain(hostile), reduced_html(hostile), html_of(hostile)):
        etree.Element("x").text = text
        assert text == " ".join(text.split())


@pytest.mark.parametrize(
    "piece", ["<b>", "<i></b>", "<p>x", "<!--", "<a x='", "</body", "&", "<td>"]
)
def test_a_megabyte_of_broken_html_takes_no_time_that_matters(piece):
    markup = piece * ((1 << 20) // len(piece))
    assert isinstance(plain(markup) + reduced_html(markup), str)


def test_where_tags_are_too_many_the_text_is_kept_without_scripts():
    markup = "<b>a</b>" * 5000 + "<script>no()</script><!-- no -->b &amp; c"
    assert plain(markup).endswith("a b & c")
    assert reduced_html(markup).endswith("a b &amp; c")


@pytest.mark.parametrize(
    ("text", "markup"),
    [
        ("one\ntwo", "<p>one<br>two</p>"),
        ("one\r\n\r\n \r\ntwo & <b>", "<p>one</p><p>two &amp; &lt;b&gt;</p>"),
        ("\n\n", ""),
        ("", ""),
        (False, ""),
    ],
)
def test_a_plain_text_becomes_html_with_its_lines(text, markup):
    assert html_of(text) == markup
