"""Reading and writing of the instants that travel in requests and answers."""

from datetime import UTC, datetime


def utc_now():
    """Return the current instant, aware and in UTC."""
    return datetime.now(UTC)


def format_time(moment):
    """Write an aware datetime as Lengow does: UTC, microseconds, ``Z``.

    :param datetime moment: aware
    :return: for example ``2016-02-08T15:26:26.174512Z``
    :rtype: str
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_time(text):
    """Read an ISO 8601 date or date-time; one without an offset is taken as UTC.

    A ``+`` that was not percent-encoded in a query string arrives as a blank: such a
    value is no date, as at Lengow, where it silently widens or narrows the answer.

    :param text: any value of a payload or a query string
    :return: aware datetime, or None when it is no date
    :rtype: datetime | None
    """
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
