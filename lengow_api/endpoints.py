"""The calls of Lengow's API that this package makes, with their limits.

Paths and read timeouts are those of Lengow's own plugins; document calls, which no
plugin makes, get time and room for a file.
"""

from dataclasses import dataclass
from urllib.parse import quote

MEGABYTE = 1024 * 1024
CONNECT_TIMEOUT = 10.0
_SUCCESS = (200, 201)
#: One answer for each part of a call; the parts say themselves how they went.
MULTI_STATUS = 207


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method on one path.

    :ivar read_timeout: seconds to wait for the next piece of an answer.
    :ivar is_repeatable: whether making the call twice is the same as once.
    :ivar largest_body: bytes an answer may have, after decompression.
    :ivar successes: statuses of an answer that the call asked for.
    """

    method: str
    path: str
    read_timeout: float
    is_repeatable: bool = True
    largest_body: int = 50 * MEGABYTE
    successes: tuple[int, ...] = _SUCCESS

    def __str__(self) -> str:
        """Return method and path, the way errors name the call."""
        return f"{self.method} {self.path}"


# Asking for a token twice is harmless: the older one stays valid.
GET_TOKEN = Endpoint("POST", "/access/get_token", 10.0)
# Nice to know, and not worth a second try.
RATE_LIMITS = Endpoint("GET", "/rate-limits", 10.0, is_repeatable=False)
MARKETPLACES = Endpoint("GET", "/v3.0/marketplaces", 15.0)
ORDERS = Endpoint("GET", "/v3.0/orders", 20.0)
# Sets a whole list of order numbers, so a repetition changes nothing.
LINK_ORDER = Endpoint("PATCH", "/v3.0/orders/moi/", 10.0)
ACTIONS = Endpoint("GET", "/v3.0/orders/actions/", 15.0)
CREATE_ACTION = Endpoint("POST", "/v3.0/orders/actions/", 15.0, is_repeatable=False)
UPLOAD_DOCUMENT = Endpoint("POST", "/v3.0/document", 30.0, is_repeatable=False)
CATALOGUES = Endpoint("GET", "/v1.0/catalogues", 15.0)
# Open to every account, unlike the one above; nice to know, as the limits are.
CATALOGUE_LIST = Endpoint("GET", "/v3.1/cms/catalogs/", 10.0, is_repeatable=False)


# What is registered twice may be there twice; what is told again stays the same.
REGISTER_SYSTEM = Endpoint("POST", "/v3.1/cms", 10.0, is_repeatable=False)
UPDATE_SYSTEM = Endpoint("PUT", "/v3.1/cms", 10.0)


def download_document(document_id: str) -> Endpoint:
    """Return the call that fetches one document, of at most 25 MB."""
    path = f"/v3.0/document/{quote(document_id, safe='')}"
    return Endpoint("GET", path, 30.0, largest_body=25 * MEGABYTE)


def catalogue(catalogue_id: int) -> Endpoint:
    """Return the call that reads one catalogue."""
    return Endpoint("GET", f"{CATALOGUES.path}/{catalogue_id:d}", 15.0)


def catalogue_attributes(catalogue_id: int) -> Endpoint:
    """Return the call that lists the columns of a catalogue."""
    return Endpoint("GET", f"{CATALOGUES.path}/{catalogue_id:d}/attributes", 15.0)


def update_products(catalogue_id: int) -> Endpoint:
    """Return the call that changes values of products, the same however often."""
    return Endpoint(
        "PATCH",
        f"{CATALOGUES.path}/{catalogue_id:d}/products",
        60.0,
        successes=(*_SUCCESS, MULTI_STATUS),
    )
