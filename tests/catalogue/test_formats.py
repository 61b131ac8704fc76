import csv
import io
import json
import os
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strict_readers import HOSTILE, file_of, read

from catalogue.formats import BETWEEN, CONTENT_TYPES, write
from catalogue.texts import to_text

FORMATS = tuple(CONTENT_TYPES)
every_format = pytest.mark.parametrize("file_format", FORMATS)


@every_format
def test_a_hostile_text_survives_a_strict_reader(file_format, hostile):
    row = [to_text(hostile), "next", to_text(hostile)]
    content = file_of(file_format, ["id", "name", "text"], [row, ["2", "", "last"]])
    headers, rows = read(file_format, content)
    assert headers == ["id", "name", "text"]
    assert rows == [row, ["2", "", "last"]]


@every_format
def test_a_text_that_nobody_cleaned_stops_no_file(file_format, hostile):
    content = file_of(file_format, ["id", "text"], [["1", hostile], ["2", "x"]])
    _headers, rows = read(file_format, content)
    assert [row[0] for row in rows] == ["1", "2"]
    assert rows[1] == ["2", "x"]


@every_format
def test_what_is_no_text_stops_no_file(file_format):
    content = file_of(file_format, ["a", "b", "c"], [[False, None, 1.5]])
    assert read(file_format, content)[1] == [["", "", "1.5"]]


def test_all_formats_say_the_same():
    rows = [[str(number), text] for number, text in enumerate(HOSTILE.values())]
    contents = [read(one, file_of(one, ["id", "text"], rows)) for one in FORMATS]
    # XML reads every kind of line end as one.
    assert contents[1] == contents[2] == contents[0]


rows_of_texts = st.integers(1, 5).flatmap(
    lambda width: st.lists(
        st.lists(st.text(st.characters()).map(to_text), min_size=width, max_size=width),
        min_size=1,
        max_size=6,
    )
)


@given(rows_of_texts)
def test_whatever_is_written_is_read_again(rows):
    headers = [f"h{number}" for number in range(len(rows[0]))]
    for one in FORMATS:
        assert read(one, file_of(one, headers, rows)) == (headers, rows)


@every_format
@given(rows=rows_of_texts)
def test_a_row_may_be_one_text(file_format, rows):
    headers = [f"h{number}" for number in range(len(rows[0]))]
    joined = [BETWEEN.join(row) for row in rows]
    content = file_of(file_format, headers, joined)
    assert content == file_of(file_format, headers, rows)


@every_format
def test_one_text_is_cleaned_as_others_are(file_format, hostile):
    text = hostile.replace(BETWEEN, "")
    rows = [["1", text, "x"], ["2", "", text]]
    joined = map(BETWEEN.join, rows)
    content = file_of(file_format, ["id", "a", "b"], joined)
    assert content == file_of(file_format, ["id", "a", "b"], rows)


@every_format
@pytest.mark.parametrize("values", [["1"], ["1", "2", "3"]])
def test_one_text_of_another_width_is_refused(file_format, values):
    with pytest.raises(ValueError, match="values, not 2"):
        file_of(file_format, ["a", "b"], [BETWEEN.join(values)])


@given(rows_of_texts)
def test_csv_is_to_the_byte_what_the_library_writes(rows):
    headers = [f"h{number}" for number in range(len(rows[0]))]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter="|", quoting=csv.QUOTE_ALL).writerows([headers, *rows])
    assert file_of("csv", headers, rows) == text.getvalue().encode()


def test_csv_is_as_lengow_likes_it():
    content = file_of("csv", ["id", "name"], [["1", 'Größe 19"'], ["2", ""]])
    assert content == '"id"|"name"\r\n"1"|"Größe 19"""\r\n"2"|""\r\n'.encode()


def test_xml_has_one_element_a_product():
    content = file_of("xml", ["id", "3d"], [["1", "<&>"]])
    assert content.decode() == (
        "<?xml version='1.0' encoding='utf-8'?>\n<catalog>"
        "<product><id>1</id><_3d>&lt;&amp;&gt;</_3d></product>\n</catalog>"
    )


def test_json_has_one_object_a_product():
    content = file_of("json", ["id", "name"], [["1", "é"], ["2", ""]])
    assert content.decode() == (
        '{"catalog":[\n{"id":"1","name":"é"},\n{"id":"2","name":""}\n]}\n'
    )


@every_format
def test_no_row_makes_an_empty_catalogue(file_format):
    content = file_of(file_format, ["id"], [])
    assert read(file_format, content)[1] == []


@every_format
def test_rows_are_counted(file_format):
    assert write(file_format, io.BytesIO(), ["id"], iter([["1"], ["2"]])) == 2


@every_format
def test_equal_rows_make_equal_bytes(file_format):
    rows = [[to_text(text), str(len(text))] for text in HOSTILE.values()]
    first = file_of(file_format, ["text", "size"], rows)
    assert file_of(file_format, ("text", "size"), iter(map(tuple, rows))) == first


@every_format
@pytest.mark.parametrize("row", [["1"], ["1", "2", "3"], []])
def test_a_row_that_lacks_a_value_moves_no_other_into_its_place(file_format, row):
    with pytest.raises(ValueError, match=r"Row 2 has \d values, not 2"):
        file_of(file_format, ["id", "name"], [["0", "x"], row])


@every_format
def test_a_heading_that_comes_twice_is_refused(file_format):
    with pytest.raises(ValueError, match="headings twice"):
        file_of(file_format, ["id", "name", "id"], [])


def test_what_no_element_can_be_called_is_no_heading_of_xml():
    with pytest.raises(ValueError, match="a b"):
        file_of("xml", ["a b"], [["1"]])


def test_what_stands_between_values_within_is_a_text_as_any():
    rows = [["\\u001f", "a\x1fb"], ["x", "%s %(h)s"]]
    content = json.loads(file_of("json", ["h", "i"], rows))["catalog"]
    assert [[*one.values()] for one in content] == [["\\u001f", "ab"], rows[1]]


@every_format
def test_the_file_stays_open_after_an_error_too(file_format):
    file = io.BytesIO()
    with pytest.raises(ValueError, match="values"):
        write(file_format, file, ["id"], [["1"], []])
    assert not file.closed


@every_format
def test_memory_does_not_grow_with_the_rows(file_format):
    # More than the length of tuples that Python keeps for later use.
    headers = [f"h{number}" for number in range(30)]

    def peak(count):
        rows = ([f"{number}x" * 10] * 30 for number in range(count))
        tracemalloc.start()
        try:
            with open(os.devnull, "wb") as sink:
                write(file_format, sink, headers, rows)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(10)
    assert peak(4000) < peak(400) + 50_000


def test_json_of_a_catalogue_is_readable_line_by_line():
    content = file_of("json", ["id"], [["1"], ["2"]]).decode().splitlines()
    assert [json.loads(line.rstrip(","))["id"] for line in content[1:-1]] == ["1", "2"]
