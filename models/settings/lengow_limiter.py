"""Calls stay below what Lengow allows a minute, whoever makes them, on whatever server.

    450 a minute: a bucket of 90 calls, filled with 360 a minute
        a call takes one ──► there was one: at once
              │
              ├─ there was none: taken in advance, and waited for, at most some seconds
              └─ too many wait already: nothing taken, the account pauses

Whatever the minute, no more calls fall into it than what the bucket holds and what
flows in. It lies in PostgreSQL, and is taken from in a transaction of its own: that
lasts a moment, so that nobody waits for anybody's work, and what is taken stays taken
whatever becomes of it.
"""

import logging
from functools import partial

import psycopg2

from odoo import models
from odoo.sql_db import db_connect
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

# Of what is allowed a minute, so much may be called at once; the rest flows in.
BURST = 0.2
# Of what Lengow itself says that it allows: its clock, and other programs, count, too.
SHARE = 0.9
# Every worker sees at once what the others have taken. Nobody holds a bucket for long:
# a wait is a fault, which stops no call.
BEGIN = """
    SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
    SET LOCAL lock_timeout = '1s';
"""
NOW = SQL("(clock_timestamp() AT TIME ZONE 'UTC')")


class LengowLimiter(models.AbstractModel):
    """Hands out the calls that accounts may make."""

    _name = "lengow.limiter"
    _description = "Limit of Calls to Lengow"

    def _turn_of(self, account):
        """Return what tells a client when it may make its next call, and counts that.

        :param lengow.account account: whose calls they are
        :rtype: Callable[[float], float] | None
        """
        limit = account._allowed_calls()
        return limit and partial(_take, self.env.cr.dbname, account.id, limit)

    def _left(self, account):
        """Return how many calls an account may make at once, None without a limit.

        :param lengow.account account: one
        :rtype: int | None
        """
        if not (limit := account._allowed_calls()):
            return None
        size, rate = _bucket(limit)
        rows = self.env.execute_query(
            SQL(
                "SELECT %s FROM lengow_allowance held WHERE account = %s",
                _filled(size, rate),
                account.id,
            )
        )
        return max(0, int(rows[0][0] if rows else size))


def _bucket(limit):
    """Return how many calls a bucket holds, and how many flow in a second.

    :param int limit: calls a minute
    :rtype: tuple[float, float]
    """
    size = max(1.0, limit * BURST)
    return size, (limit - size) / 60 or 1 / 60


def _filled(size, rate):
    """Return what a bucket holds by now, as a part of a query.

    :rtype: SQL
    """
    return SQL(
        "LEAST(%s, held.tokens"
        " + %s * GREATEST(0, EXTRACT(EPOCH FROM %s - held.counted_at)))",
        size,
        rate,
        NOW,
    )


def _take(dbname, account_id, limit, longest):
    """Take a call, and return in how many seconds it may be made.

    :param float longest: whoever calls waits no longer; nothing is taken then
    :rtype: float
    """
    size, rate = _bucket(limit)
    query = SQL(
        """
        INSERT INTO lengow_allowance AS held (account, tokens, counted_at)
             VALUES (%(account)s, %(size)s - 1, %(now)s)
        ON CONFLICT (account) DO UPDATE
                SET tokens = %(filled)s - 1, counted_at = %(now)s
              WHERE %(filled)s - 1 >= %(least)s
          RETURNING tokens
        """,
        account=account_id,
        size=size,
        now=NOW,
        filled=_filled(size, rate),
        least=-longest * rate,
    )
    try:
        # Not the registry's: in tests that one is a part of the test's transaction.
        with db_connect(dbname).cursor() as cr:
            cr.execute(BEGIN, log_exceptions=False)
            cr.execute(query, log_exceptions=False)
            taken = cr.fetchone()
    except psycopg2.Error as error:
        # Lengow says itself when it is too much: no order waits for our own count.
        _logger.warning("A call of account %s is not counted: %s", account_id, error)
        return 0.0
    if taken is None:
        return longest + 1 / rate
    return max(0.0, -taken[0] / rate)
