import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.headers import (
    LONGEST_HEADER,
    clashes,
    is_header,
    normalize,
    xml_name,
)


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("Color", "color"),
        ("Couleur d'été", "couleur_d_ete"),
        ("Größe (EU)", "grosse_eu"),
        ("Ærø Łódź", "aero_lodz"),
        ("price, 20 %", "price_20_"),
        (" Name ", "name"),
        ("a/b-c", "abc"),
        ("①½", "112"),
        ("x" * 80, "x" * 58),
        ("\u989c\u8272", ""),
        ("", ""),
        ("a\n\0\ud800|b", "a_b"),
    ],
)
def test_a_text_becomes_a_heading_as_in_the_plugins(text, header):
    assert normalize(text) == header


@given(st.text())
def test_every_text_becomes_a_heading_or_nothing(text):
    header = normalize(text)
    assert re.fullmatch(rf"[a-z0-9_]{{0,{LONGEST_HEADER}}}", header)
    assert normalize(header) == header


@pytest.mark.parametrize(
    "text", ["id", "ID_PRODUCT", "opt_Color", "price-de", "a" * 58, "3d"]
)
def test_what_lengow_takes_is_a_heading(text):
    assert is_header(text)


@pytest.mark.parametrize(
    "text", ["", "a b", "a,b", "prix_%", "a/b", "été", "a|b", "a\n", "-", "a" * 59, "é"]
)
def test_what_lengow_refuses_is_none(text):
    assert not is_header(text)


def test_headings_that_differ_in_case_only_clash():
    assert clashes(["id", "Size", "name", "size", "SIZE"]) == [("Size", "size", "SIZE")]


def test_headings_that_are_alike_once_cut_clash():
    long = "x" * LONGEST_HEADER
    assert clashes([f"{long}1", f"{long}2"]) == [(f"{long}1", f"{long}2")]


def test_headings_that_are_alike_without_accents_clash():
    assert clashes(["côté", "cote", "a-b", "ab"]) == [("côté", "cote"), ("a-b", "ab")]


def test_headings_that_xml_makes_alike_clash():
    assert clashes(["3d", "_3d"]) == [("3d", "_3d")]


def test_different_headings_do_not_clash():
    assert clashes(["id", "sku", "name"]) == []


@pytest.mark.parametrize(
    ("header", "name"), [("id", "id"), ("_x", "_x"), ("3d", "_3d"), ("-a", "_-a")]
)
def test_the_name_of_an_element_begins_with_no_digit(header, name):
    assert xml_name(header) == name
