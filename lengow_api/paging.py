"""Walk through the pages of Lengow's list answers, one at a time."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from .answers import Answer
from .endpoints import Endpoint
from .reader import Reader
from .transport import Transport
from .urls import resolve

#: Far beyond any real list; stops a server that counts pages up for ever.
_MOST_PAGES = 10_000


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list.

    :ivar number: 1 for the first page that was read.
    :ivar count: how many items the whole list has, None when Lengow does not say.
    :ivar results: the raw JSON values of the page; they may be anything.
    """

    number: int
    count: int | None
    results: list = field(repr=False)


def iter_pages(
    transport: Transport, endpoint: Endpoint, filters: Mapping[str, str]
) -> Iterator[Page]:
    """Yield the pages of a list lazily, following ``next`` until it is null.

    Only the position is taken from ``next``: the filters stay those of the caller,
    whatever the server made of them.

    :raise BadResponseError: for an answer that is no list, for a ``next`` that leads
        to another place, and for one that was visited already.
    """
    position = {"page": "1"}
    visited = set()
    for number in range(1, _MOST_PAGES + 1):
        visited.add(tuple(sorted(position.items())))
        answer = transport.call(endpoint, params={**filters, **position})
        envelope = answer.json()
        yield Page(number, _count(envelope), _results(envelope, answer))
        position = _next_position(envelope, answer, transport.base_url, filters)
        if position is None:
            return
        if tuple(sorted(position.items())) in visited:
            raise answer.bad("Lengow's pages lead in a circle.")
    raise answer.bad(f"Lengow's list has more than {_MOST_PAGES} pages.")


def iter_numbered_pages(
    transport: Transport, endpoint: Endpoint, filters: Mapping[str, str]
) -> Iterator[Page]:
    """Yield the pages of a list of the catalogue API lazily.

    Its lists are of another shape, and how their ``next`` is written is not known: it
    only says that there is one more page.

    :raise BadResponseError: for an answer that is no list, and a list without an end.
    """
    seen = 0
    for number in range(1, _MOST_PAGES + 1):
        answer = transport.call(endpoint, params={**filters, "page": str(number)})
        envelope = answer.json()
        results = envelope.get("data") if isinstance(envelope, dict) else None
        if not isinstance(results, list):
            raise answer.bad("Lengow's answer is not a list.")
        total = Reader(envelope).integer("total")
        yield Page(number, total, results)
        seen += len(results)
        if not results or not envelope.get("next") or (total and seen >= total):
            return
    raise answer.bad(f"Lengow's list has more than {_MOST_PAGES} pages.")


def _count(envelope: object) -> int | None:
    return Reader(envelope).integer("count")


def _results(envelope: object, answer: Answer) -> list:
    """Return the items of a page; null is an empty list when nothing is counted."""
    if isinstance(envelope, dict) and "results" in envelope:
        results = envelope["results"]
        if isinstance(results, list):
            return results
        if results is None and not _count(envelope):
            return []
    raise answer.bad("Lengow's answer is not a list of results.")


def _next_position(
    envelope: dict, answer: Answer, base_url: str, filters: Mapping
) -> dict[str, str] | None:
    """Return the query members that say where the next page is, None at the end."""
    link = envelope.get("next")
    if link is None or link == "":
        return None
    here = base_url + answer.endpoint.path
    target = urlsplit(resolve(here, link) or "")
    if target.path.rstrip("/") != urlsplit(here).path.rstrip("/"):
        raise answer.bad("Lengow's next page is at another address.")
    query = parse_qsl(target.query)
    return {key: value for key, value in query if key not in filters}
