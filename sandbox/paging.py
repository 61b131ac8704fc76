"""The list envelope of orders and actions."""

from urllib.parse import urlencode

from .errors import ApiError

MAX_PAGE_SIZE = 100


def paginate(request, items, settings):
    """Return the envelope of the page that a request asks for.

    ``next`` and ``previous`` are absolute and keep every filter. A page size above 100
    is taken as 100; a page or size that is no number as the default.

    :param list items: all that match, in order
    :return: ``{count, next, previous, results}``; ``results`` is the slice of ``items``
    :raise ApiError: 404 after the last page, when the settings say so
    """
    size = _number(request.args.get("page_size"), settings.default_page_size)
    size = min(size, MAX_PAGE_SIZE)
    page = _number(request.args.get("page"), 1)
    start = (page - 1) * size
    if start >= len(items) and page > 1 and settings.beyond_last_page_status == 404:
        raise ApiError(404, "Invalid page", body={"detail": "Page non valide."})
    has_next = start + size < len(items)
    return {
        "count": len(items),
        "next": _page_url(request, page + 1) if has_next else None,
        "previous": _page_url(request, page - 1) if page > 1 else None,
        "results": items[start : start + size],
    }


def _number(text, default):
    """Return a positive number of a query string, or the default."""
    try:
        return max(1, int(text))
    except (TypeError, ValueError):
        return default


def _page_url(request, page):
    """Return the absolute address of another page of the same list."""
    others = [(k, v) for k, v in request.args.items(multi=True) if k != "page"]
    return f"{request.base_url}?{urlencode([*others, ('page', page)])}"
