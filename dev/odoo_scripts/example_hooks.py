"""Tell whether the example of an integration has changed what it is to change.

Runs in an Odoo shell after the demo's orders were imported beside it. The process
environment's ``LENGOW_EXAMPLE`` is the file to write: a JSON object, for each hook
whether all values that went through it are as the example wants them.
"""

import json
import os
from pathlib import Path

env = env(user=env.ref("base.user_admin"))
orders = env["lengow.order"].search([("import_state", "=", "imported")])
sales = orders.sale_order_ids
goods = sales.order_line.filtered(lambda line: line.product_id.is_storable)
to_ship = orders.filtered("can_ship")[:1]
outbox = env["lengow.outbox"]
told = outbox._as_told(to_ship, "ship", {"tracking_number": "1 Z 99", "carrier": "DHL"})
actions = outbox._plan(to_ship, "ship", [told])
report = {
    "partner": all("Came by" in str(buyer.comment) for buyer in orders.partner_id),
    "sale": all(
        sale.client_order_ref == f"{sale.lengow_marketplace_id.code}: {sale.origin}"
        for sale in sales
    ),
    "line": bool(goods) and set(goods.mapped("customer_lead")) == {2},
    "picking": bool(sales.picking_ids)
    and all("Marketplace order" in str(one.note) for one in sales.picking_ids),
    "action": actions.parameters["tracking_number"] == "1Z99",
}
env.cr.rollback()
Path(os.environ["LENGOW_EXAMPLE"]).write_text(json.dumps(report), encoding="utf-8")
