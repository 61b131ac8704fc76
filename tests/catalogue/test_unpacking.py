"""Finished files, read again."""

import csv
import gzip
import io
import random

import pytest

from catalogue import unpacking
from catalogue.unpacking import Unpacked, first_rows, plain_size, some_rows


def pack(content: bytes) -> io.BytesIO:
    return io.BytesIO(gzip.compress(content, mtime=0))


def table(*rows: tuple[str, ...]) -> bytes:
    quoted = ("|".join('"' + v.replace('"', '""') + '"' for v in row) for row in rows)
    return "".join(f"{row}\r\n" for row in quoted).encode()


def test_size_is_that_of_what_is_packed():
    content = random.Random(1).randbytes(300_000)
    packed = pack(content)
    assert plain_size(packed) == 300_000
    assert packed.tell() == 0


def test_unpacked_bytes_are_the_same_in_small_pieces():
    content = b"a line of text\r\n" * 100_000
    pieces = list(Unpacked(pack(content)))
    assert b"".join(pieces) == content
    assert max(map(len, pieces)) <= unpacking.CHUNK


def test_closing_closes_a_file_that_nobody_has_read():
    packed = pack(b"x")
    Unpacked(packed).close()
    assert packed.closed


@pytest.mark.parametrize("cut", [12, 1_000, 40_000])
def test_damaged_file_raises_on_the_way(cut):
    content = gzip.compress(random.Random(2).randbytes(100_000))
    with pytest.raises((EOFError, OSError)):
        list(Unpacked(io.BytesIO(content[:-cut])))


def test_damage_that_only_the_end_tells_keeps_the_last_piece_back(monkeypatch):
    monkeypatch.setattr(unpacking, "CHUNK", 1000)
    content = random.Random(3).randbytes(10_000)  # packed as it is
    packed = bytearray(gzip.compress(content))
    packed[5_000] ^= 1
    got = []
    with pytest.raises(gzip.BadGzipFile):
        got.extend(Unpacked(io.BytesIO(packed)))
    assert sum(map(len, got)) < len(content)


def test_some_rows_are_those_in_the_middle():
    packed = pack(table(("id", "name"), *((str(i), f"n{i}") for i in range(9))))
    headers, rows = some_rows(packed, offset=3, limit=2)
    assert headers == ["id", "name"]
    assert list(rows) == [["3", "n3"], ["4", "n4"]]


def test_rows_after_an_offset_are_all_of_them():
    _headers, rows = some_rows(pack(table(("id",), ("1",), ("2",))), offset=1)
    assert list(rows) == [["2"]]


def test_offset_behind_the_end_gives_no_rows():
    headers, rows = some_rows(pack(table(("id",), ("1",))), offset=10, limit=5)
    assert (headers, list(rows)) == (["id"], [])


def test_file_without_anything_has_no_headers():
    headers, rows = some_rows(pack(b""))
    assert (headers, list(rows)) == ([], [])


def test_values_with_separators_quotes_and_breaks_survive():
    value = 'a "quoted" | value\r\nwith a break'
    _headers, rows = some_rows(pack(table(("id", "text"), ("1", value))))
    assert list(rows) == [["1", value]]


def test_first_rows_of_a_whole_file():
    content = table(("id",), ("1",), ("2",))
    assert first_rows(content, 2) == [["id"], ["1"]]
    assert first_rows(content, 9) == [["id"], ["1"], ["2"]]


def test_fields_of_any_length_are_read():
    content = table(("id", "text"), ("1", "x" * 300_000))
    assert first_rows(content, 9)[1][1] == "x" * 300_000
    csv.field_size_limit(131_072)
    _headers, rows = some_rows(pack(content))
    assert next(rows)[1] == "x" * 300_000


def test_first_rows_leave_out_the_one_that_is_cut():
    content = table(("id", "name"), ("1", "ä"), ("2", "b"))
    for length in range(len(content)):
        rows = first_rows(content[:length], 9)
        assert rows == [["id", "name"], ["1", "ä"], ["2", "b"]][: len(rows)]
        assert len(rows) < 3


def test_first_rows_of_a_web_page_raise_nothing():
    assert first_rows(b'<!doctype html>\r\n<p class="x">"\r\n', 5)
