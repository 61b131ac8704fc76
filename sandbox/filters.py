"""Filters of the order list, its default window and its ordering.

Names and meaning are those of the help centre and the release notes of 2023-07-25:
without a valid date filter only orders placed in the last 7 days are listed, whatever
else is asked.
"""

from datetime import timedelta

from .times import parse_time

DEFAULT_WINDOW = timedelta(days=7)

EXACT = ("marketplace", "marketplace_order_id", "marketplace_status")

DATES = {
    "marketplace_order_date": "ordered_at",
    "imported": "imported_at",
    "updated": "updated_at",
}

ORDERABLE = {
    "marketplace": lambda record: str(record.get("marketplace")),
    "marketplace_order_id": lambda record: str(record.get("marketplace_order_id")),
    "merchant_order_id": lambda record: str(record.get("merchant_order_id") or ""),
    "lengow_status": lambda record: str(record.get("lengow_status")),
    "marketplace_status": lambda record: str(record.get("marketplace_status")),
    "marketplace_order_date": lambda record: record.ordered_at,
    "imported_at": lambda record: record.imported_at,
    "updated_at": lambda record: record.updated_at,
}

DEFAULT_ORDERING = "marketplace,-marketplace_order_date,-imported_at"


def select(records, query, now):
    """Return the records that match a query, in the order it asks for.

    :param query: the request's parameters; unknown ones have no effect
    :param datetime now: for the default window
    """
    tests = [
        *_exact_tests(query),
        *_status_tests(query),
        *_merchant_tests(query),
        *_catalog_tests(query),
        *_date_tests(query, now),
    ]
    found = [record for record in records if all(test(record) for test in tests)]
    return _sort(found, query.get("ordering") or DEFAULT_ORDERING)


def _exact_tests(query):
    """Yield the tests of filters that compare one member with one value."""
    for name in EXACT:
        if value := query.get(name):
            yield lambda record, n=name, v=value: str(record.get(n)) == v


def _status_tests(query):
    """Yield the tests of normalised statuses; several may be given with commas."""
    if value := query.get("lengow_status"):
        wanted = set(value.split(","))
        yield lambda record: record.get("lengow_status") in wanted
    if value := query.get("lengow_line_status"):
        wanted_lines = set(value.split(","))
        yield lambda record: any(
            line.get("lengow_status") in wanted_lines for line in record.lines
        )


def _merchant_tests(query):
    """Yield the test of our own number; ``None`` or nothing means: not marked yet."""
    value = query.get("merchant_order_id")
    if value in ("None", ""):
        yield lambda record: not record.get("merchant_order_id")
    elif value is not None:
        yield lambda record: value in _merchant_ids(record)


def _merchant_ids(record):
    """Return our numbers of an order as texts."""
    ids = record.get("merchant_order_id") or []
    return [str(item) for item in (ids if isinstance(ids, list) else [ids])]


def _catalog_tests(query):
    """Yield the test of catalogues, given with commas."""
    if value := query.get("catalog_ids"):
        wanted = set(value.split(","))
        yield lambda record: str(record.catalog_id) in wanted


def _date_tests(query, now):
    """Return the tests of dates, both ends included.

    Without a valid date it is the test of the default window.
    """
    tests = []
    for prefix, attribute in DATES.items():
        if start := parse_time(query.get(f"{prefix}_from")):
            tests.append(lambda r, a=attribute, s=start: getattr(r, a) >= s)
        if end := parse_time(query.get(f"{prefix}_to")):
            tests.append(lambda r, a=attribute, e=end: getattr(r, a) <= e)
    since = now - DEFAULT_WINDOW
    return tests or [lambda record: record.ordered_at >= since]


def _sort(records, ordering):
    """Sort by a comma list of fields, ``-`` for descending, unknown ones left out."""
    for name in reversed(ordering.split(",")):
        key = ORDERABLE.get(name.strip().lstrip("-"))
        if key:
            records = sorted(records, key=key, reverse=name.strip().startswith("-"))
    return records
