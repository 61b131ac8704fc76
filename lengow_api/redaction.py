"""Keep secrets and buyers out of log lines and exception texts.

:func:`redact` recognises what looks like a secret or like personal data in a text.
Order numbers, status codes and amounts stay: they are needed to find the case again.
"""

import logging
import re
import traceback
from collections.abc import Iterable

HIDDEN = "[hidden]"

_CREDENTIALS = "access_token|secret_token|authorization|secret|token|password"
_BUYER = (
    "first_name|last_name|full_name|company|society|civility|first_line|second_line"
    "|complement|full_address|zipcode|city|state_region|email|phone_home|phone_office"
    "|phone_mobile|phone|vat_number|fiscalnb|siret_number|marketplace_customer_id"
)
#: Arguments of actions too, so their names stand before Lengow's own explanations.
_SHIPMENT = "comments|comment|tracking_number|tracking_url|metas"
_ALL = f"{_CREDENTIALS}|{_BUYER}|{_SHIPMENT}"
_RULES = (
    # credentials and query inside an address
    (r"(?<=://)[^/\s@?#]+@", f"{HIDDEN}@"),
    (r"(\bhttps?://[^\s?\"'<>]*)\?[^\s\"'<>)]*", rf"\1?{HIDDEN}"),
    (r"(\burl: ?/[^\s?\"'<>]*)\?[^\s\"'<>)]*", rf"\1?{HIDDEN}"),
    # the part of a catalogue's address that opens it
    (r"(/lengow\\?/catalogue\\?/\d+\\?/)[\w-]{8,}", rf"\1{HIDDEN}"),
    # "key": "value", with either quote, and escaped inside another text
    (rf"([\"'](?:{_ALL})[\"']\s*:\s*)([\"'])(?:\\.|(?!\2).)*\2", rf"\1\2{HIDDEN}\2"),
    (rf"(\\\"(?:{_ALL})\\\"\s*:\s*\\\").*?(\\\")", rf"\1{HIDDEN}\2"),
    # key=value, key: value
    (rf"(?<![\w-])((?:{_CREDENTIALS})\s*[=:]\s*)(?:bearer\s+)?[^\s\"'&,;]+", r"\1"),
    (rf"(?<![\w-])((?:{_BUYER})\s*[=:]\s*)[^&,;\n\"'{{}}\[\]]+", r"\1"),
    (rf"(?<![\w-])((?:{_SHIPMENT})=)[^\s\"'&,;]+", r"\1"),
    (r"\bbearer\s+[^\s,;]+", "Bearer "),
    # a token as Lengow makes them
    (r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", ""),
    (r"(?<![\w.+%-])[\w.+%-]+@[\w-]+(?:\.[\w-]+)*", ""),
    # telephone numbers: international, then national with pairs of digits
    (r"(?<![\w+.-])(?:\+|00)[1-9](?:[ .()/-]{0,2}\d){7,14}(?![\w-])", ""),
    (r"(?<![\w+.-])0[1-9](?:[ ./-]?\d{2}){4}(?![\w-])", ""),
)
_COMPILED = tuple(
    (
        re.compile(pattern, re.IGNORECASE),
        replacement if HIDDEN in replacement else replacement + HIDDEN,
    )
    for pattern, replacement in _RULES
)


def redact(text: object, secrets: Iterable[str] = ()) -> str:
    """Return the text without what looks like a secret or like personal data.

    :param text: anything; it is converted with ``str``.
    :param secrets: exact values to hide besides the patterns, such as known keys.
    """
    clean = str(text)
    for secret in secrets:
        if secret:
            clean = clean.replace(secret, HIDDEN)
    for pattern, replacement in _COMPILED:
        clean = pattern.sub(replacement, clean)
    return clean


class RedactingFilter(logging.Filter):
    """Rewrite each record so that its message and traceback are redacted."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Redact the record in place and let it pass."""
        record.msg = redact(record.getMessage())
        record.args = ()
        if record.exc_info and record.exc_info[0]:
            trace = "".join(traceback.format_exception(*record.exc_info))
            record.exc_text = redact(trace.rstrip("\n"))
        return True


def get_logger(name: str) -> logging.Logger:
    """Return the logger of a module of this package, with redaction in place.

    A filter on a parent logger does not see the records of its children, so every
    module gets its logger here.
    """
    logger = logging.getLogger(name)
    if not any(isinstance(known, RedactingFilter) for known in logger.filters):
        logger.addFilter(RedactingFilter())
    return logger
