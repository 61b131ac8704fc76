"""What every button has in common."""


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
