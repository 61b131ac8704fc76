"""What every button has in common."""

# As much of a foreign text as a person reads.
LONGEST_TEXT = 1000


def bounded(text):
    """Return a text of Lengow or a marketplace as long as it may be kept and shown.

    :rtype: str
    """
    text = text or ""
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def notification(kind, message):
    """Return the client action that shows a message, and shows the page anew.

    :param str kind: `success`, `info`, `warning` or `danger`; the last one stays until
        somebody closes it
    :param str message: translated
    :rtype: dict
    """
    return {
        "type": "ir.actions.client",
        "tag": "display_notification",
        "params": {
            "type": kind,
            "message": message,
            "sticky": kind == "danger",
            "next": {"type": "ir.actions.client", "tag": "soft_reload"},
        },
    }
