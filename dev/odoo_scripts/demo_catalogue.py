"""Publish a catalog of the demo's products, and fetch it twice as Lengow would.

Runs in an Odoo shell, which answers HTTP meanwhile. The process environment's
``LENGOW_DEMO`` is a JSON object with ``output``, the file to write. That file is a JSON
object, too: ``catalogue``, with the ``name`` of the catalog, how many ``rows`` and
which ``faults`` the fetcher found, whether it was told ``unchanged`` when it asked
again, how many rows have ``errors`` and ``warnings``, and how many quantities are
``lowered`` by orders without a confirmed sale order.
"""

import json
import os
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

# The sandbox is no part of the addon that merchants install.
sys.path.append(str(Path(__file__).parent.parent.parent))
from werkzeug.serving import make_server

from odoo import http

from sandbox import CatalogueFetcher

NAME = "Demo Catalog"
ACCOUNT = "Lengow sandbox"

request = json.loads(os.environ["LENGOW_DEMO"])
env = env(user=env.ref("base.user_admin"))


def ensure_catalogue():
    """Return the published catalog of the demo's products, up to date."""
    catalogue = env["lengow.catalogue"].search([("name", "=", NAME)], limit=1)
    if not catalogue:
        account = env["lengow.account"].search([("name", "=", ACCOUNT)], limit=1)
        catalogue = catalogue.create(
            {
                "name": NAME,
                "account_id": account.id,
                "company_id": account.company_id.id,
                "domain": '[("default_code", "ilike", "LGW-")]',
            }
        )
    if catalogue.state == "draft":
        catalogue.action_publish()
    else:
        catalogue.action_refresh()
    return catalogue


@contextmanager
def served():
    """Answer HTTP on this database until the end; give the address."""
    server = make_server("127.0.0.1", 0, http.root, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()


def lowered(catalogue):
    """Return how many products of a catalog wait for open marketplace orders."""
    products = catalogue.row_ids.product_id
    columns = catalogue.column_ids.browse()
    levels = env["lengow.catalogue.stock"]._read(catalogue, columns, products)
    return sum(level.open_orders > 0 for level in levels.values())


catalogue = ensure_catalogue()
env.cr.commit()
with served() as address:
    fetcher = CatalogueFetcher(address + urlsplit(catalogue.url).path)
    first, second = fetcher.pull(), fetcher.pull()
report = {
    "catalogue": {
        "name": catalogue.name,
        "rows": len(first.rows),
        "faults": first.faults,
        "unchanged": second.is_unchanged,
        "errors": catalogue.error_count,
        "warnings": catalogue.warning_count,
        "lowered": lowered(catalogue),
    }
}
Path(request["output"]).write_text(json.dumps(report, indent=1), encoding="utf-8")
