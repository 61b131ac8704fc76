"""In which forms a text is found where others quote it."""

import html
import json


def forms(text):
    """Return a text as it is, as HTML writes it, and each of them as JSON does.

    :param str text: any
    :rtype: set[str]
    """
    # Odoo writes quotation marks as they are once it has cleaned a text.
    written = {text, *(html.escape(text, quote=quote) for quote in (True, False))}
    as_json = {
        json.dumps(form, ensure_ascii=is_ascii)[1:-1]
        for form in written
        for is_ascii in (True, False)
    }
    return written | as_json


def like(text):
    """Return a text as the pattern of SQL's LIKE that matches nothing else.

    :param str text: any
    :rtype: str
    """
    for sign in ("\\", "%", "_"):
        text = text.replace(sign, f"\\{sign}")
    return text
