"""Keeping the secret of catalogs out of the log of the server.

Every request is logged with its path, and more people read logs than may fetch a
catalog: whoever looks after the machine, a supporter who is sent an extract.
"""

import logging
import re

# The number of a catalog stays, and the name of the file. Who types a slash twice is
# sent on to the right address.
_SECRET = re.compile(r"(/lengow/+catalogue/+[^/\s?]*/+)[^/\s?\"]+")


class WithoutSecrets(logging.Filter):
    """Replaces the secrets of catalogs in what is logged of requests."""

    def filter(self, record):
        """Override to let every line through, without secrets."""
        record.msg = _hidden(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(map(_hidden, record.args))
        return True


def _hidden(value):
    """Return what is logged without secrets; what is no text stays as it is."""
    return _SECRET.sub(r"\1***", value) if isinstance(value, str) else value


# Who answers, and who asks when the address is checked.
for name in ("werkzeug", "urllib3.connectionpool"):
    logging.getLogger(name).addFilter(WithoutSecrets())
