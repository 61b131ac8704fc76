import gzip
import io
import time

import pytest

from catalogue.formats import write
from catalogue.packing import packing


def packed(content):
    file = io.BytesIO()
    with packing(file) as target:
        target.write(content)
    return file.getvalue()


def test_what_is_packed_is_read_again():
    content = b"catalogue " * 10_000
    assert gzip.decompress(packed(content)) == content
    assert len(packed(content)) < len(content) / 50


def test_equal_contents_make_equal_files_at_any_time(monkeypatch):
    first = packed(b"the same")
    monkeypatch.setattr(time, "time", lambda: 2_000_000_000)
    assert packed(b"the same") == first


def test_a_file_on_the_disk_leaves_no_name(tmp_path):
    for name in ("one", "two"):
        with (tmp_path / name).open("wb") as file, packing(file) as target:
            target.write(b"x")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_file_that_breaks_off_is_whole_to_nobody():
    file = io.BytesIO()
    with pytest.raises(ValueError, match="values"), packing(file) as target:
        write("csv", target, ["id"], [["1"]] * 1000 + [[]])
    assert not file.closed
    with pytest.raises(EOFError):
        gzip.decompress(file.getvalue())


@pytest.mark.parametrize("file_format", ["csv", "xml", "json"])
def test_every_format_packs(file_format):
    file = io.BytesIO()
    with packing(file) as target:
        write(file_format, target, ["id"], [["1"]])
    plain = io.BytesIO()
    write(file_format, plain, ["id"], [["1"]])
    assert gzip.decompress(file.getvalue()) == plain.getvalue()
