"""Who may keep a processor busy, where Odoo and its database share a machine."""

import os

PROCESSORS = os.cpu_count() or 1


def has_processor(cr, what):
    """Take one of the machine's processors until a transaction ends.

    More processes than processors are done no sooner: they change places, and what
    they had at hand is read anew. A database on another machine has processors of its
    own, and whoever waits for it keeps none busy; then everybody may work.

    :param Cursor cr: of the transaction
    :param str what: is done; something else has the same processors once more
    :return: whether there was one
    :rtype: bool
    """
    for processor in range(PROCESSORS):
        cr.execute(
            # Both are NULL where they talk through a socket of their machine.
            """
            SELECT inet_client_addr() <> inet_server_addr()
                OR pg_try_advisory_xact_lock(hashtext(%s), %s)
            """,
            [f"lengow.processor.{what}", processor],
        )
        if cr.fetchone()[0]:
            return True
    return False
