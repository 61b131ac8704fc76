"""Telling apart what an exception is: a collision, words for people, or a fault."""

from odoo.exceptions import ConcurrencyError, RedirectWarning, UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

# What Odoo raises for people to read. A `RedirectWarning` is no `UserError`, but says
# what is missing and where to set it.
FOR_PEOPLE = (UserError, RedirectWarning)
# Somebody else was quicker: what they did can be seen in a new transaction.
COLLISIONS = (*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, ConcurrencyError)


def words_of(error):
    """Return the words of an exception that was written for people.

    A `RedirectWarning` holds an action and a button beside them.

    :param Exception error: one of :data:`FOR_PEOPLE`
    :rtype: str
    """
    return str(error.args[0]) if error.args else str(error)


def is_collision(error):
    """Whether an exception only means that somebody else wrote the same rows.

    What renders or wraps may have put another exception around it.

    :param BaseException error: as it was caught
    :rtype: bool
    """
    while error is not None:
        if isinstance(error, COLLISIONS):
            return True
        error = error.__cause__
    return False
