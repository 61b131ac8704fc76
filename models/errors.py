"""Telling apart what an exception is: a collision, words for people, or a fault.

What may fail without harm to others is done within `contained`; what is read of many
records at once, and fails because of a few, with `in_halves`.
"""

from contextlib import contextmanager

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


class Outcome:
    """How something went that may fail without harm to others.

    :ivar Exception error: what it raised, None if it worked
    """

    def __init__(self):
        """Begin without an error."""
        self.error = None

    @property
    def is_for_people(self):
        """Whether it failed with words that were written for people."""
        return isinstance(self.error, FOR_PEOPLE)

    @property
    def reason(self):
        """Why it failed: words for people, else the kind of the exception; or None.

        The text of any other exception may hold anything.
        """
        if self.error is None:
            return None
        return words_of(self.error) if self.is_for_people else type(self.error).__name__


@contextmanager
def contained(env):
    """Let what fails within undo itself alone, and go on behind it.

    A collision is raised on: nothing is lost by beginning anew. What others have not
    written yet is written before, and none of its failures.

    What is written at its end may fail, too: nobody returns from within.

    :param Environment env: of the transaction
    :return: a context manager; its `Outcome` tells afterwards how it went
    """
    env.cr.flush()
    outcome = Outcome()
    try:
        with env.cr.savepoint():
            yield outcome
    except Exception as error:
        if is_collision(error):
            raise
        outcome.error = error
        env.invalidate_all(flush=False)


def in_halves(records, read):
    """Yield what is read of records at once; where that fails, of their halves.

    One that fails costs as many tries as the records can be halved, and no other one.

    :param Model records: of any number
    :param read: takes some of them
    :return: some records, what was read of them, and the error where one alone fails
    :rtype: Iterator[tuple[Model, Any, Exception | None]]
    """
    waiting = [records] if records else []
    while waiting:
        batch, found = waiting.pop(), None
        with contained(batch.env) as outcome:
            found = read(batch)
        if outcome.error and len(batch) > 1:
            half = len(batch) // 2
            waiting += [batch[half:], batch[:half]]
        else:
            yield batch, None if outcome.error else found, outcome.error
