"""Reading the address of a catalogue: what is taken, and what is a fault."""

import gzip
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from sandbox import CatalogueFetcher

CSV = b'"id"|"name"\r\n"1"|"A ""lamp"" | 19"""\r\n"2"|""\r\n'
XML = (
    b"<?xml version='1.0' encoding='utf-8'?>\n<catalog>"
    b"<product><id>1</id><name>A &lt;lamp&gt;</name></product>\n"
    b"<product><id>2</id><name/></product></catalog>"
)
JSON = b'{"catalog":[\n{"id":"1","name":"A"},\n{"id":"2","name":""}\n]}'
ETAG = '"abc"'


class Shop(ThreadingHTTPServer):
    """Answers every address with one file."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.asked = []
        self.serve(CSV)

    def serve(self, body, status=200, **headers):
        self.body, self.status = body, status
        self.headers = {name.replace("_", "-"): text for name, text in headers.items()}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        shop = self.server
        shop.asked.append(dict(self.headers))
        body, status, headers = shop.body, shop.status, dict(shop.headers)
        if headers.get("ETag") and self.headers.get("If-None-Match") == headers["ETag"]:
            body, status = b"", 304
        if headers.pop("packs", "") and "gzip" in self.headers["Accept-Encoding"]:
            body, headers["Content-Encoding"] = gzip.compress(body), "gzip"
        self.send_response(status)
        for name, text in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        """Keep test output clean."""


@pytest.fixture
def shop():
    server = Shop()
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.01}
    )
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def pull(shop):
    """Serve a file, and read it once."""

    def read(body, name="catalogue.csv", **answer):
        shop.serve(body, **answer)
        return CatalogueFetcher(f"{shop.url}/lengow/catalogue/1/token/{name}").pull()

    return read


def test_a_file_is_read_row_by_row(pull):
    found = pull(CSV)
    assert found.is_good
    assert found.headers == ["id", "name"]
    assert found.rows == [["1", 'A "lamp" | 19"'], ["2", ""]]
    assert found.column("id") == ["1", "2"]
    assert (found.status, found.size, found.is_unchanged) == (200, len(CSV), False)


@pytest.mark.parametrize(
    ("name", "body", "first"),
    [
        ("c.xml", XML, "A <lamp>"),
        ("c.json", JSON, "A"),
        ("c.csv", CSV, 'A "lamp" | 19"'),
    ],
)
def test_every_format_is_read(pull, name, body, first):
    found = pull(body, name)
    assert found.faults == []
    assert found.rows == [["1", first], ["2", ""]]
    packed = pull(gzip.compress(body), f"{name}.gz")
    assert (packed.faults, packed.rows) == ([], found.rows)


def test_without_an_end_of_the_name_the_answer_says_the_format(pull):
    assert pull(CSV, "feed", Content_Type="text/csv; charset=UTF-8").is_good
    assert pull(CSV, "feed", Content_Type="text/html").faults == [
        "Neither CSV, XML nor JSON: text/html"
    ]


def test_the_answer_may_be_packed_on_its_way(shop):
    shop.serve(CSV * 1, packs="1")
    found = CatalogueFetcher(f"{shop.url}/c.csv").pull()
    assert (found.faults, len(found.rows)) == ([], 2)
    assert "gzip" in shop.asked[-1]["Accept-Encoding"]
    plain = CatalogueFetcher(f"{shop.url}/c.csv", takes_gzip=False).pull()
    assert (plain.size, plain.rows) == (len(CSV), found.rows)


def test_what_did_not_change_is_not_read_again(shop):
    shop.serve(CSV, ETag=ETAG, Last_Modified="Tue, 10 Mar 2026 12:00:00 GMT")
    fetcher = CatalogueFetcher(f"{shop.url}/c.csv")
    first, second = fetcher.pull(), fetcher.pull()
    assert "If-None-Match" not in shop.asked[0]
    assert shop.asked[1]["If-None-Match"] == ETAG
    assert "If-Modified-Since" in shop.asked[1]
    assert (second.status, second.is_unchanged, second.size) == (304, True, 0)
    assert second.is_good
    assert second.rows == first.rows
    shop.serve(CSV + b'"3"|"new"\r\n', ETag='"other"')
    third = fetcher.pull()
    assert (third.status, third.is_unchanged, len(third.rows)) == (200, False, 3)
    assert [one.status for one in fetcher.pulls] == [200, 304, 200]


def test_a_bad_file_is_asked_for_again_without_condition(shop):
    shop.serve(b'"id"|"id"\r\n', ETag=ETAG)
    fetcher = CatalogueFetcher(f"{shop.url}/c.csv")
    fetcher.pull()
    assert not fetcher.pull().is_good
    assert "If-None-Match" not in shop.asked[1]


def test_nobody_may_say_unchanged_unasked(pull):
    assert pull(b"", status=304).faults == [
        "HTTP status 304 without having asked for it"
    ]


@pytest.mark.parametrize("status", [301, 302, 403, 404, 500])
def test_any_other_answer_is_a_fault(pull, status):
    found = pull(CSV, status=status, Location="/elsewhere")
    assert found.faults == [f"HTTP status {status}"]
    assert not found.is_good


def test_no_answer_is_a_fault(shop):
    fetcher = CatalogueFetcher("http://127.0.0.1:9/c.csv", timeout=2)
    found = fetcher.pull()
    assert found.status is None
    assert found.faults[0].startswith("No answer")


def test_a_cut_answer_is_a_fault(pull):
    found = pull(CSV, Content_Length="999")
    assert not found.is_good
    assert pull(gzip.compress(CSV)[:-4], "c.csv.gz").faults == [
        "What is packed is not whole"
    ]


def test_a_cookie_is_a_fault(pull):
    assert pull(CSV, Set_Cookie="a=b").faults == ["A cookie"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "no end"),
        (b'"id"|"name"\r\n"1"|"x', "no end"),
        (b'"id"|"name"\r\n"1"|"x\r\n', "CSV"),
        (b'"id"|"name"\r\n"1"|"a"b"\r\n', "CSV"),
        (b'"id"|"name"\r\n"1"\r\n', "Row 1 has 1 of 2 values"),
        (b'"id"|"name"\r\n"1"|"a"|"b"\r\n', "Row 1 has 3 of 2 values"),
        (b'"id"|"ID"\r\n', "there twice"),
        (b'"id"|"pr\xc3\xa9x"\r\n', "has what none may have"),
        (b'"id"|"a b"\r\n', "has what none may have"),
        (b'"id"|"name"\r\n"1"|"a\x00b"\r\n', "control character"),
        (b'"id"|"name"\r\n"1"|"\xe9"\r\n', "No UTF-8"),
        (b'\xef\xbb\xbf"id"|"name"\r\n', "mark of byte order"),
        (b'"sku"|"name"\r\n"1"|"x"\r\n', "No column 'id'"),
        (b'"id"\r\n"1"\r\n""\r\n', "1 rows without 'id'"),
        (b'"id"\r\n"1"\r\n"1"\r\n', "more than once: '1'"),
        (b'"id"\r\n"a b"\r\n', "blanks or commas"),
    ],
)
def test_what_a_strict_reader_stumbles_over_is_a_fault(pull, body, words):
    (fault,) = pull(body).faults
    assert words in fault


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("c.xml", XML[:-5]),
        ("c.xml", b"<catalog><product><a>&x;</a></product></catalog>"),
        ("c.xml", b"<catalog><item/></catalog>"),
        ("c.xml", b"<catalog><product><id>1</id></product><product/></catalog>"),
        ("c.json", JSON[:-1]),
        ("c.json", b"[]"),
        ("c.json", b'{"catalog":[{"id":"1","id":"2"}]}'),
        ("c.json", b'{"catalog":[{"id":1}]}'),
        ("c.json", b'{"catalog":[{"id":"1"},{"sku":"1"}]}'),
    ],
)
def test_xml_and_json_are_read_as_strictly(pull, name, body):
    assert len(pull(body, name).faults) == 1


def test_a_column_that_goes_is_a_fault(shop):
    fetcher = CatalogueFetcher(f"{shop.url}/c.csv")
    fetcher.pull()
    shop.serve(b'"id"|"title"\r\n"1"|"x"\r\n')
    assert fetcher.pull().faults == ["The column 'name' is gone"]


def test_what_was_read_becomes_the_catalogue(shop, state, api):
    found = CatalogueFetcher(f"{shop.url}/c.csv").pull()
    state.allow_catalogues(4242)
    catalogue = state.put_catalogue(101)
    catalogue.replace(found.headers, found.rows, state.now())
    answer = api.get("/v1.0/catalogues/101/products").json()
    assert [one["product_id_value"] for one in answer["data"]] == ["1", "2"]
