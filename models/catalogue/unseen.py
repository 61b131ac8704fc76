"""Since when somebody may have written what nobody could read yet.

Odoo stamps what is written with the beginning of its transaction, so that what is
committed only now may bear an older date than what was read meanwhile:

    began ────────── written ──────────────── committed
                                  read ▲        with the date of the beginning

Whoever reads on from the last reading has to begin where the oldest transaction began
that was open then. What began after it, bears a later date.
"""

from datetime import timedelta

from odoo.tools import SQL

# PostgreSQL tells a moment later than it begins that a transaction has begun.
MARGIN = timedelta(minutes=1)
# One that has written nothing for so long is a backup or a forgotten console; and what
# has written is waited for a day, as long as the next full reading is away.
LONGEST_READING = timedelta(hours=2)
LONGEST_WRITING = timedelta(days=1)


def unseen_since(env):
    """Return since when what was written may not be seen by the *next* transaction.

    This one may have begun to read before others ended that are gone by now.

    :param Environment env: of the database
    :return: on the clock of PostgreSQL; None where nobody can tell
    :rtype: datetime | None
    """
    # Our own transaction is one of them. Those of other roles are hidden from us, as
    # prepared ones are; what has no role is PostgreSQL's own.
    told = env.execute_query(
        SQL(
            """
            SELECT NOW() AT TIME ZONE 'UTC',
                   MIN(xact_start) AT TIME ZONE 'UTC',
                   MIN(xact_start) FILTER (WHERE backend_xid IS NOT NULL)
                       AT TIME ZONE 'UTC',
                   BOOL_OR(usesysid IS NOT NULL
                           AND (state IS NULL OR state = 'disabled')
                           AND (backend_type IS NULL
                                OR backend_type = 'client backend'))
                   OR EXISTS (SELECT FROM pg_prepared_xacts
                               WHERE database = CURRENT_DATABASE())
              FROM pg_stat_activity
             WHERE datname = CURRENT_DATABASE()
               AND (backend_type IS NULL
                    OR backend_type NOT IN ('autovacuum worker', 'walsender'))
            """
        )
    )
    return bound_of(*told[0])


def bound_of(now, opened, wrote, is_hidden):
    """Return since when something may be unseen.

    :param datetime now: when our own transaction began
    :param datetime opened: when the oldest open transaction began; None if unknown
    :param datetime wrote: when the oldest one began that has written; maybe None
    :param bool is_hidden: whether there may be others that nobody tells us of
    :return: None where nobody can tell
    :rtype: datetime | None
    """
    if is_hidden or opened is None:
        return None
    since = max(opened, now - LONGEST_READING)
    if wrote is not None:
        since = min(since, max(wrote, now - LONGEST_WRITING))
    return min(since, now) - MARGIN
