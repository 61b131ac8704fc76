"""Read the address of a catalogue on a schedule, as Lengow does.

Nothing is forgiven: what some reader on the way could stumble over is a fault, even
where this one gets by. What was read once is kept, and asked for again under the
condition that it changed.
"""

import gzip
import re
import time
import zlib
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import requests
import urllib3

from .feed_formats import FeedFault, read_feed

AGENT = "Lengow-Sandbox/1.0"
TIMEOUT = 60


@dataclass
class Pull:
    """What one request brought.

    :ivar int | None status: of HTTP; None without an answer
    :ivar list headers: of the columns, as read now or, after a 304, before
    :ivar list rows: of texts, likewise
    :ivar int size: bytes that came over the line
    :ivar bool is_unchanged: whether the server said so
    :ivar list faults: texts; with any of them Lengow may refuse the catalogue
    """

    status: int | None = None
    headers: list = field(default_factory=list)
    rows: list = field(default_factory=list, repr=False)
    size: int = 0
    seconds: float = 0.0
    is_unchanged: bool = False
    faults: list = field(default_factory=list)

    @property
    def is_good(self):
        """Whether the catalogue can be used as it is."""
        return self.status in (200, 304) and not self.faults

    def column(self, header):
        """Return the texts of one column, from the first row to the last."""
        place = self.headers.index(header)
        return [row[place] for row in self.rows]


class CatalogueFetcher:
    """Pulls one address again and again.

    :param str url: of the file; its end says the format, or else the answer does
    :param bool takes_gzip: whether the answer may be packed on its way
    :param str key: the column that identifies a row
    :ivar list pulls: all of them, oldest first
    """

    def __init__(self, url, *, takes_gzip=True, key="id", timeout=TIMEOUT):
        self.url = url
        self.key = key
        self.pulls = []
        self._timeout = timeout
        self._session = requests.Session()
        self._session.trust_env = False
        encoding = "gzip" if takes_gzip else "identity"
        self._headers = {"User-Agent": AGENT, "Accept-Encoding": encoding}
        self._conditions = {}
        self._last_good = None

    def pull(self):
        """Ask for the file once, and read what comes.

        :rtype: Pull
        """
        pull = Pull()
        start = time.monotonic()
        try:
            response, body = self._ask()
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            pull.faults.append(f"No answer: {type(error).__name__}")
        else:
            pull.status, pull.size = response.status_code, len(body)
            self._read(pull, response, body)
        pull.seconds = time.monotonic() - start
        self.pulls.append(pull)
        return pull

    def _ask(self):
        """Return an answer with its body as it came, packed or not."""
        with self._session.get(
            self.url,
            headers={**self._headers, **self._conditions},
            timeout=self._timeout,
            allow_redirects=False,
            stream=True,
        ) as response:
            return response, response.raw.read(decode_content=False)

    def _read(self, pull, response, body):
        if pull.status == 304:
            self._keep_last(pull, body)
            return
        if pull.status != 200:
            pull.faults.append(f"HTTP status {pull.status}")
            return
        pull.faults += _transport_faults(response, body)
        try:
            content, kind = _unpack(self.url, response.headers, body)
            pull.headers, pull.rows = read_feed(kind, content)
        except FeedFault as fault:
            pull.faults.append(str(fault))
            return
        pull.faults += self._content_faults(pull)
        if pull.is_good:
            self._last_good = pull
            self._conditions = _conditions(response.headers)

    def _keep_last(self, pull, body):
        """Take what was read before for what is there now."""
        if not self._conditions:
            pull.faults.append("HTTP status 304 without having asked for it")
        if body:
            pull.faults.append("A body with HTTP status 304")
        if last := self._last_good:
            pull.headers, pull.rows = last.headers, last.rows
            pull.is_unchanged = True

    def _content_faults(self, pull):
        """Return what is wrong with rows that could be read."""
        if self.key not in pull.headers:
            return [f"No column {self.key!r}"]
        identifiers = pull.column(self.key)
        faults = []
        if missing := identifiers.count(""):
            faults.append(f"{missing} rows without {self.key!r}")
        counts = Counter(filter(None, identifiers))
        if twice := [one for one, count in counts.items() if count > 1]:
            faults.append(f"{self.key!r} more than once: {twice[0]!r}")
        if bad := [one for one in counts if re.search(r"[\s,]", one)]:
            faults.append(f"{self.key!r} with blanks or commas: {bad[0]!r}")
        if self._last_good:
            gone = [one for one in self._last_good.headers if one not in pull.headers]
            faults += [f"The column {one!r} is gone" for one in gone]
        return faults


def _transport_faults(response, body):
    headers = response.headers
    faults = []
    announced = headers.get("Content-Length")
    if announced is not None and announced != str(len(body)):
        faults.append(f"{len(body)} bytes of {announced}")
    if "Set-Cookie" in headers:
        faults.append("A cookie")
    return faults


def _unpack(url, headers, body):
    """Return the content of an answer and its format.

    :raise FeedFault: what is packed is cut or damaged, or the format is not known
    """
    try:
        if headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        name = urlsplit(url).path.rpartition("/")[2].lower()
        if name.endswith(".gz"):
            name, body = name.removesuffix(".gz"), gzip.decompress(body)
    except (OSError, EOFError, zlib.error) as error:
        raise FeedFault("What is packed is not whole") from error
    kind = headers.get("Content-Type", "").partition(";")[0].strip().lower()
    for one in ("csv", "xml", "json"):
        if name.endswith(f".{one}") or kind.endswith(f"/{one}"):
            return body, one
    raise FeedFault(f"Neither CSV, XML nor JSON: {kind or name}")


def _conditions(headers):
    """Return the conditions under which the next request wants an answer."""
    names = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}
    return {names[name]: headers[name] for name in names if headers.get(name)}
