"""Who works on a record over several commits, each of which releases its row."""

from contextlib import contextmanager

from odoo.sql_db import db_connect


@contextmanager
def claim(record, what):
    """Keep a record to oneself, whoever else wants it on whatever server.

    PostgreSQL keeps the claim as long as the connection lives that it was made with: a
    worker that is killed leaves none.

    :param Model record: one
    :param str what: is done with it; something else may be done meanwhile
    :return: a context that tells whether nobody else has claimed it
    """
    # Not the registry's, which is committed meanwhile.
    with db_connect(record.env.cr.dbname).cursor() as cr:
        cr.execute(
            "SELECT pg_try_advisory_xact_lock(hashtext(%s), %s)",
            [f"{record._name}.{what}", record.id],
        )
        yield cr.fetchone()[0]
