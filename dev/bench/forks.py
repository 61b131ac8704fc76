"""Work in transactions and processes of its own, as scheduled actions do it."""

import os
import sys
import traceback

from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry
from odoo.service.model import retrying


def in_transaction(database, work, *args):
    """Run a function in a transaction of its own.

    :param str database: its name
    :param work: takes an environment, and `args`
    :return: what it returns
    """
    with Registry(database).cursor() as cr:
        own = api.Environment(cr, SUPERUSER_ID, {})
        return retrying(lambda: work(own, *args), own)


def fork(work, *args):
    """Do some work in a process of its own, which never goes on with the script.

    No connection may be open: they are the parent's.

    :param work: a function
    :return: the process' id
    :rtype: int
    """
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        sql_db._Pool = sql_db._Pool_readonly = None
        work(*args)
        status = 0
    except BaseException:  # noqa: BLE001 (a fork never goes on with the script)
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(status)
