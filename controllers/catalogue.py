"""What Lengow fetches: finished files, and the pictures they point at.

A file is sent as it was published; whoever has it already, is told so. While somebody
waits, nothing is computed but what a finished file says in another format, until that
is kept, too. All that is wrong with an address, looks alike from outside.
"""

import io
import logging
import os
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.http import (
    parse_accept_header,
    parse_date,
    parse_etags,
    parse_range_header,
)
from werkzeug.wsgi import wrap_file

from odoo import SUPERUSER_ID, http
from odoo.http import STATIC_CACHE_LONG, Response, content_disposition, request

from ..catalogue.formats import write
from ..catalogue.unpacking import Unpacked, plain_size, some_rows
from ..models.errors import contained

_logger = logging.getLogger(__name__)

TYPES = {
    "catalogue.csv": "text/csv; charset=utf-8",
    "catalogue.json": "application/json",
    "catalogue.xml": "application/xml; charset=utf-8",
    "stock.csv": "text/csv; charset=utf-8",
}
PACKED = ".gz"
# All that an answer depends on is read at once, so that it takes the same time whether
# or not there is such a catalog.
READ_FIELDS = (
    *("token", "old_token", "old_token_until", "addresses"),
    *("active", "state", "published_at", "account_id", "company_id"),
)
# What makes of a pull a count, or a look.
COUNTS = ("size", "total")
LOOKS = ("limit", "offset")
LARGEST_ID = 2**31 - 1
# A look at a few rows stays in memory, a longer one does not.
LOOK_BYTES = 1024 * 1024
# How long a picture is kept by who has fetched it under the address of an earlier one.
REPLACED_SECONDS = 3600


class LengowCatalogueFiles(http.Controller):
    """The files of catalogs, for whoever has the token; the pictures in them."""

    @http.route(
        "/lengow/catalogue/<int:catalogue_id>/<string:token>/<string:file>",
        type="http",
        auth="public",
        methods=["GET"],
        readonly=False,
        save_session=False,
        sitemap=False,
    )
    def send_file(self, catalogue_id, token, file, **parameters):
        """Send a published file, some rows of it, or how many it has.

        :param int catalogue_id: of a catalog
        :param str token: its secret
        :param str file: one of :data:`TYPES`, or the same packed
        :param str parameters: `limit` and `offset` choose rows for a look; `mode` is
            `size` for the number of rows, `total` for that of the shop's products
        """
        if request.httprequest.method == "OPTIONS":
            return _methods()
        started = time.monotonic()
        catalogue = _catalogue(catalogue_id)
        # The token is compared whether or not there is such a catalog.
        kind, address = catalogue._token_kind(token), _remote_address()
        is_open = catalogue._is_open_to(address) and kind in ("current", "old")
        response = _answer(catalogue, file, parameters) if is_open else _not_found()
        note = {
            "file": _noted_name(file, parameters),
            "status": response.status_code,
            "size": _sent_size(response),
            "seconds": time.monotonic() - started,
            "address": address,
            "agent": request.httprequest.headers.get("User-Agent", ""),
            "is_old_token": kind in ("old", "expired"),
        }
        fetches = catalogue.env["lengow.catalogue.fetch"]
        keep = fetches._note
        if not is_open:
            keep = partial(fetches._note_refused, is_told=kind is not None)
        _note(catalogue, keep, note)
        return response

    @http.route(
        "/lengow/image/<string:signed>/<string:name>",
        type="http",
        auth="public",
        methods=["GET"],
        readonly=True,
        save_session=False,
        sitemap=False,
    )
    def send_picture(self, signed, name):
        """Send a picture of a product that stands in the file of a catalog."""
        if request.httprequest.method == "OPTIONS":
            return _methods()
        pictures = _system_env()["lengow.catalogue.pictures"]
        attachment, is_same = pictures._find(signed, name)
        file = attachment and _open(attachment)
        if not file:
            return _not_found()
        body = Body(file, _size_of(file), attachment.mimetype, attachment.checksum)
        response = _conditional(body, attachment.write_date)
        # Channels show it to everybody: whatever asks before it does may have it.
        response.headers.remove("X-Robots-Tag")
        # whatever was replaced has another address
        response.headers["Cache-Control"] = (
            f"public, max-age={STATIC_CACHE_LONG}, immutable"
            if is_same
            else f"public, max-age={REPLACED_SECONDS}"
        )
        return response


@dataclass(frozen=True)
class Body:
    """What is sent: the bytes, how many, what they are and what tells them apart."""

    file: object
    size: int
    mimetype: str
    etag: str
    encoding: str = ""


# === WHOSE IT IS === #


def _system_env():
    """Return the environment in which everything is read, whoever asks.

    A person who is logged in gets what a stranger gets.
    """
    return request.env(user=SUPERUSER_ID, context={}, su=True)


def _remote_address():
    """Return who asks: what a proxy says of them, where proxies are trusted."""
    return request.httprequest.remote_addr


def _catalogue(catalogue_id):
    """Return a catalog, empty if there is none of this id."""
    catalogues = _system_env()["lengow.catalogue"].with_context(active_test=False)
    if not 0 < catalogue_id <= LARGEST_ID:
        return catalogues
    return catalogues.search_fetch([("id", "=", catalogue_id)], READ_FIELDS)


def _note(catalogue, keep, note):
    """Note a fetch; whoever fetches gets the file even where nothing can be noted.

    :param keep: takes the catalog and the values of the note
    :param dict note: its values
    """
    with contained(catalogue.env) as outcome:
        keep(catalogue, **note)
    if outcome.error:
        _logger.error("%s: a fetch is not noted", catalogue, exc_info=outcome.error)


def _not_found():
    """Return the one answer to all that is not to be had, or not by everybody."""
    return _headed(Response(status=404, content_type="text/plain; charset=utf-8"))


def _methods():
    """Return what may be done at an address, whether or not anything is there.

    Odoo lets everybody ask for it, and would have the file sent as the answer.
    """
    return _headed(Response(status=204, headers={"Allow": "GET, HEAD, OPTIONS"}))


def _headed(response):
    """Add what every answer says: nobody indexes it, or takes it for a page."""
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    response.headers.setdefault("Cache-Control", "no-store")
    return response


# === FILES === #


def _answer(catalogue, file, parameters):
    """Return the answer to whoever has the token."""
    name = file.removesuffix(PACKED)
    if name not in TYPES or not catalogue._is_served():
        return _not_found()
    if parameters.get("mode") in COUNTS:
        return _count(catalogue, name, parameters["mode"])
    if any(parameters.get(key) for key in LOOKS):
        return _look(catalogue, name, parameters)
    attachment, made = _find(catalogue, name)
    packed = io.BytesIO(made.content) if made else _open(attachment)
    if packed is None:
        return _not_found()
    checksum = (made or attachment).checksum
    response = _conditional(_body(packed, checksum, file), attachment.write_date)
    # kept by nobody between us and Lengow, and asked for anew each time
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Disposition"] = content_disposition(file)
    if file == name:
        response.headers["Vary"] = "Accept-Encoding"
    return response


def _find(catalogue, name):
    """Return a published file, or one that is made of it as a whole right now.

    :return: as :meth:`LengowCatalogueFiles._find`; nothing where that is damaged
    """
    found = catalogue.env["ir.attachment"], None
    with contained(catalogue.env) as outcome:
        found = catalogue.env["lengow.catalogue.files"]._find(catalogue, name)
    if outcome.error:
        _logger.error("%s: no %s can be made", catalogue, name, exc_info=outcome.error)
    return found


def _body(packed, checksum, file):
    """Return what is sent of a published file, as whoever asks can read it.

    Its forms differ in bytes, so each has a tag of its own.
    """
    if file.endswith(PACKED):
        return Body(packed, _size_of(packed), "application/gzip", checksum)
    if _takes_gzip():
        return Body(packed, _size_of(packed), TYPES[file], f"{checksum}-g", "gzip")
    size = plain_size(packed)
    return Body(Unpacked(packed), size, TYPES[file], f"{checksum}-p")


def _takes_gzip():
    """Whether whoever asks unpacks by itself, and would not rather have it plain."""
    header = request.httprequest.headers.get("Accept-Encoding")
    parsed = parse_accept_header(header) if header else ()
    accepted = {name.lower(): quality for name, quality in parsed}
    packed = accepted.get("gzip", accepted.get("*", 0))
    return packed > 0 and packed >= accepted.get("identity", 0)


def _count(catalogue, name, mode):
    """Return a number as the official plugins do: bare."""
    attachment = _table(catalogue, name)
    if not attachment:
        return _not_found()
    if mode == "total":
        count = catalogue._product_total()
    elif (attachment.description or "").isdigit():
        count = attachment.description
    else:
        with _open(attachment) or io.BytesIO() as packed:
            count = sum(1 for _row in some_rows(packed)[1])
    return _headed(Response(str(count), content_type="text/plain; charset=utf-8"))


def _table(catalogue, name):
    """Return the CSV file that says what a file does."""
    return catalogue._attachment(f"{name.partition('.')[0]}.csv")


def _look(catalogue, name, parameters):
    """Return some rows of a file, in its own form; they are cut out of the CSV file."""
    try:
        offset, limit = (_whole(parameters.get(key)) for key in ("offset", "limit"))
    except ValueError as error:
        text = "text/plain; charset=utf-8"
        return _headed(Response(str(error), status=400, content_type=text))
    packed = _open(_table(catalogue, name))
    if not packed:
        return _not_found()
    with packed:
        rows = some_rows(packed, offset, limit or None)
        file = _written(name.rpartition(".")[2], rows)
    size = _size_of(file)
    response = Response(
        wrap_file(request.httprequest.environ, file),
        content_type=TYPES[name],
        direct_passthrough=True,
    )
    response.content_length = size
    return _headed(response)


def _written(extension, rows):
    """Return a file of rows, open for whoever is sent it.

    :param str extension: of one of the formats
    :param tuple rows: the headers, and the rows
    """
    file = tempfile.SpooledTemporaryFile(LOOK_BYTES)  # noqa: SIM115 (sent, then closed)
    write(extension, file, *rows)
    return file


def _whole(text):
    """Return a number of rows; what is left empty is 0.

    :raise ValueError: if it is none
    """
    if not text:
        return 0
    if not (text.isascii() and text.isdigit() and int(text[:12]) <= LARGEST_ID):
        raise ValueError("limit and offset are whole numbers.")
    return int(text)


# === BYTES === #


def _open(attachment):
    """Return the file of an attachment, opened; None if it, or all of it, is gone.

    Once it is open, it is read to its end whatever is published meanwhile.

    :param ir.attachment attachment: maybe none
    """
    if not attachment.store_fname:
        return io.BytesIO(attachment.raw) if attachment.raw else None
    try:
        path = attachment._full_path(attachment.store_fname)
        file = open(path, "rb")  # noqa: SIM115 (sent, then closed)
    except OSError:
        _logger.exception("Attachment %s has no file", attachment.id)
        return None
    if not os.fstat(file.fileno()).st_size:
        _logger.error("Attachment %s has an empty file", attachment.id)
        file.close()
        return None
    return file


def _size_of(file):
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    return size


def _conditional(body, changed_at):
    """Return the answer that carries a body, or the part of it that is asked for.

    :param Body body: what is sent to who has nothing of it
    :param datetime changed_at: when it was written
    """
    environ = request.httprequest.environ
    is_file = hasattr(body.file, "read")
    response = Response(
        wrap_file(environ, body.file) if is_file else body.file,
        content_type=body.mimetype,
        direct_passthrough=True,
    )
    response.content_length = body.size
    response.set_etag(body.etag)
    response.last_modified = changed_at
    response.headers["Accept-Ranges"] = "bytes"
    if body.encoding:
        response.headers["Content-Encoding"] = body.encoding
    try:
        response.make_conditional(
            _with_this_date_alone(environ, response),
            accept_ranges=_wants_part(response),
            complete_length=body.size,
        )
    except RequestedRangeNotSatisfiable:
        body.file.close()
        response = Response(status=416)
        response.headers["Content-Range"] = f"bytes */{body.size}"
    if response.status_code == 412:
        # Another file was wanted: nothing of this one is.
        body.file.close()
        response = Response(status=412)
    # The server says it, too, and it may be said but once.
    response.headers.remove("Date")
    return _headed(response)


def _with_this_date_alone(environ, response):
    """Return what is asked, without the date of something else.

    A file is dated when it was begun. Whoever has fetched the one before it in the
    meantime, or goes by a clock of their own, names a later date and has not got it.
    """
    since = parse_date(environ.get("HTTP_IF_MODIFIED_SINCE"))
    if since is None or since == response.last_modified:
        return environ
    return {k: v for k, v in environ.items() if k != "HTTP_IF_MODIFIED_SINCE"}


def _wants_part(response):
    """Whether one part is asked for, and of this very file.

    Anything else is answered with the whole, or with what comes before parts: that it
    is known already, or that another one is wanted.
    """
    headers, (tag, _is_weak) = request.httprequest.headers, response.get_etag()
    wanted = parse_range_header(headers.get("Range"))
    if not (wanted and wanted.units == "bytes" and len(wanted.ranges) == 1):
        return False
    # Whoever has it from a proxy that has packed it anew has other bytes.
    if _is_head() or headers.get("If-Range", "").strip().startswith("W/"):
        return False
    date = parse_date(headers.get("If-Range"))
    if date is not None and date != response.last_modified:
        return False
    if "If-Match" in headers and not parse_etags(headers["If-Match"]).contains(tag):
        return False
    return not parse_etags(headers.get("If-None-Match")).contains_weak(tag)


def _sent_size(response):
    """Return how many bytes of a file an answer sends."""
    is_sent = response.status_code in (200, 206)
    return (response.content_length or 0) if is_sent and not _is_head() else 0


def _is_head():
    return request.httprequest.method == "HEAD"


def _noted_name(file, parameters):
    """Return what was asked for: a look or a count is told from a pull."""
    asked = {key: parameters[key] for key in LOOKS if parameters.get(key)}
    if parameters.get("mode") in COUNTS:
        asked = {"mode": parameters["mode"], **asked}
    return f"{file}?{urlencode(asked)}" if asked else file
