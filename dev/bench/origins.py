"""Who asks the database for what: statements by their kind, table and asking method."""

import re
import sys
import threading
from collections import Counter
from contextlib import contextmanager

OURS = "lengow_connector"
ADDON = re.compile(r".*/addons/(?P<module>\w+)/")
TABLE = re.compile(r'\b(?:FROM|INTO|UPDATE(?: ONLY)?)\s+"?(\w+)"?', re.IGNORECASE)
COLUMN = re.compile(r'"(\w+)"\s*=')


def shape_of(query):
    """Return what a statement does to which table, without its values.

    :param str query: as it is sent
    :rtype: str
    """
    query = " ".join(query.split())
    if "SAVEPOINT" in query[:20]:
        return query.split(" ", 1)[0] + " SAVEPOINT" * query.startswith("RELEASE")
    verb = query.split(" ", 1)[0].upper()
    if "nextval" in query.lower():
        return "SELECT nextval"
    if verb == "WITH":
        verb = "SELECT"
    table = TABLE.search(query)
    shape = f"{verb} {table[1]}" if table else query[:40]
    if verb == "UPDATE":
        # Of which columns tells who has written.
        names = COLUMN.findall(query.split(" FROM ", 1)[0])
        names = [name for name in names if not name.startswith("write_")]
        shape += f" ({', '.join(names[:4])}{', …' if len(names) > 4 else ''})"
    return shape


def origin_of(frame):
    """Return the innermost method of an addon that a statement comes from.

    :param frame: of whoever executes it
    :return: `module: method`; the module is `ours` for this addon's own
    :rtype: str
    """
    while frame := frame.f_back:
        if found := ADDON.match(frame.f_code.co_filename):
            module = "ours" if found["module"] == OURS else found["module"]
            return f"{module}: {frame.f_code.co_name}"
    return "orm"


@contextmanager
def watched():
    """Count the statements of this thread by their shape and origin.

    :return: a context manager of the Counter, whose keys are pairs of both
    """
    found, thread = Counter(), threading.current_thread()

    def note(_cr, query, _params, _start, _delay):
        found[shape_of(query), origin_of(sys._getframe(1))] += 1

    before = getattr(thread, "query_hooks", ())
    thread.query_hooks = [*before, note]
    try:
        yield found
    finally:
        thread.query_hooks = before
