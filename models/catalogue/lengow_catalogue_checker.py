"""What a stranger gets at the public address of a catalog, and what is wrong there."""

import io
import ipaddress
from typing import NamedTuple
from urllib.parse import urlsplit

from odoo import http, models

from ...catalogue.unpacking import Unpacked, first_rows
from ...catalogue.visit import Visit, visit
from .lengow_catalogue_address import MAIN_FILE

# Of the file, the headers among them.
ROWS_SHOWN = 6
# From then on whoever fetches may lose patience.
SLOW_SECONDS = 2.0
# Ends of names that nobody outside knows.
INSIDE = (".internal", ".lan", ".local", ".localhost", ".test")
TONES = ("success", "warning", "danger")


class Point(NamedTuple):
    """Something that was found.

    :ivar str tone: one of :data:`TONES`
    :ivar str text: translated
    """

    tone: str
    text: str


class Finding(NamedTuple):
    """What came of a check.

    :ivar Visit visit: as it was
    :ivar list points: of :class:`Point`, the worst first
    :ivar list rows: of the catalog, as they were read; none of anything else
    """

    visit: Visit
    points: list
    rows: list


class LengowCatalogueChecker(models.AbstractModel):
    """Asks for a catalog as Lengow does, from this server."""

    _name = "lengow.catalogue.checker"
    _description = "Check of a Catalog's Address"

    def _check(self, catalogue):
        """Fetch a catalog at its public address, and say what is found.

        Of an answer that is not the catalog nothing is shown: it may be a page that
        only this server can reach.

        :param lengow.catalogue catalogue: one
        :rtype: Finding
        """
        url = catalogue._file_url(MAIN_FILE)
        found = visit(url)
        is_ours = found.status == 200 and self._is_ours(catalogue, found)
        points = [
            *self._address_points(url),
            *self._answer_points(catalogue, url, found, is_ours),
        ]
        points.sort(key=lambda point: -TONES.index(point.tone))
        rows = first_rows(found.start, ROWS_SHOWN) if is_ours else []
        return Finding(found, points, rows)

    # === THE ADDRESS === #

    def _address_points(self, url):
        """Yield what the address itself tells."""
        parts = urlsplit(url)
        if _is_inside(parts.hostname or ""):
            yield Point(
                "danger",
                self.env._(
                    "%s is not on the internet: Lengow cannot reach it. Enter the "
                    "public address of this Odoo in the settings of the catalog.",
                    parts.hostname or url.split("/lengow/")[0],
                ),
            )
        if parts.scheme == "http":
            yield Point(
                "warning",
                self.env._(
                    "The address begins with http://. Everybody on the way can read "
                    "the catalog and its secret; use https://."
                ),
            )

    # === THE ANSWER === #

    def _answer_points(self, catalogue, url, found, is_ours):
        """Yield what the answer tells."""
        if found.failure:
            yield Point("danger", self._failure_sentence(found))
        elif found.status == 200 and is_ours:
            yield Point("success", self.env._("Lengow gets the catalog."))
            yield from self._delivery_points(found)
        else:
            yield Point("danger", self._wrong_sentence(catalogue, url, found))

    def _delivery_points(self, found):
        """Yield what could be better about how the catalog is sent."""
        if found.seconds > SLOW_SECONDS:
            yield Point(
                "warning",
                self.env._(
                    "The answer took %.1f seconds to begin. The file lies ready, so "
                    "this server, or what stands before it, is busy.",
                    found.seconds,
                ),
            )
        if not found.is_packed:
            yield Point(
                "warning",
                self.env._(
                    "Something on the way unpacks the file, which makes it about ten "
                    "times larger. It works, only slower."
                ),
            )

    def _failure_sentence(self, found):
        sentences = {
            "address": self.env._(
                "This is no address that can be opened. Enter one such as "
                "https://odoo.example.com in the settings of the catalog."
            ),
            "name": self.env._(
                "Nobody knows this name. Check the spelling, and the entry of the "
                "domain."
            ),
            "timeout": self.env._(
                "No answer within %s seconds. A firewall may be in the way, or Odoo "
                "runs with a single worker, which cannot answer while it asks.",
                round(found.seconds),
            ),
            "certificate": self.env._(
                "The certificate of this address is not trusted. It may have expired, "
                "or is for another name."
            ),
            "connection": self.env._(
                "Nobody answers at this address. A firewall may be in the way, or the "
                "port is another one."
            ),
        }
        return sentences[found.failure]

    def _wrong_sentence(self, catalogue, url, found):
        """Say what came instead of the catalog, and what to do."""
        if 300 <= found.status < 400:
            return self.env._(
                "The address leads elsewhere, to %s. Enter the final address in the "
                "settings of the catalog: Lengow may not follow.",
                _host_of(found.location) or found.location[:100],
            )
        if found.status == 200:
            return self.env._(
                "Something else than the catalog came (%s). Another server, or a page "
                "to log in, answers at this address.",
                found.kind or "?",
            )
        if found.status == 404:
            return self._not_found_sentence(catalogue, url, found)
        if found.status in (401, 403):
            return self.env._(
                "Something before Odoo asks for a password or refuses (status %s). "
                "Let the addresses below /lengow/ through.",
                found.status,
            )
        return self.env._(
            "The server answers with status %s. Its log says more.", found.status
        )

    def _not_found_sentence(self, catalogue, url, found):
        """Say why the catalog is not found, as far as that can be known from here."""
        if not catalogue._is_served():
            return self.env._(
                "Nobody gets the catalog yet: it is not published, or archived, or "
                "this database is a copy."
            )
        if not catalogue._attachment(MAIN_FILE):
            return self.env._("There is no file yet. Publish the catalog first.")
        if len(http.db_list(force=True, host=_host_of(url))) > 1:
            return self.env._(
                "Several databases answer at this address, so that a stranger gets "
                "none. Choose one by name with the server's option dbfilter."
            )
        if catalogue.addresses:
            return self.env._(
                "This server itself is not among the allowed addresses, so it cannot "
                "look. The list of fetches says which address asked; if it is the same "
                "for everybody, switch on proxy_mode."
            )
        return self.env._(
            "Another server answers at this address (%s), or it does not know this "
            "database.",
            found.server[:60] or "?",
        )

    def _is_ours(self, catalogue, found):
        """Whether an answer begins as the published file does."""
        attachment = catalogue._attachment(MAIN_FILE)
        if not attachment or not found.start:
            return False
        published = next(Unpacked(io.BytesIO(attachment.raw)), b"")
        headers = published.split(b"\r\n", 1)[0]
        return bool(headers) and found.start.startswith(headers)


def _is_inside(host):
    """Whether the name of a host means nothing outside of this network."""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith(INSIDE)


def _host_of(url):
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
