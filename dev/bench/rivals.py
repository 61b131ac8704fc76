"""A shop whose orders are imported, and bare Odoo creating the same sale orders.

What the import would create is worked out beforehand, so that the bare ORM only creates
and confirms it.
"""

import sys
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from payloads import SKUS, payload

from odoo.addons.lengow_connector.mapper import QUIET, OrderMapper, SaleMapper

BATCH = 50
PAGE = 100
# What only this addon adds, and bare Odoo does not know.
OURS_ON_PARTNERS = ("lengow_marketplace_id", "lengow_customer_ref")
OURS_ON_SALES = ("lengow_order_id", "lengow_package_index")
OURS_ON_LINES = ("lengow_line_ref", "lengow_factor")


def without(values, names):
    return {name: value for name, value in values.items() if name not in names}


class Shop:
    """A connected shop, its products, and what came in of it."""

    def __init__(self, env):
        """Create it.

        :param Environment env: of the database, which is somebody's own
        """
        self.env = env
        env["product.product"].create(
            [
                {"name": f"Product of {sku}", "default_code": sku, "is_storable": True}
                for sku in SKUS
            ]
        )
        self.account = env["lengow.account"].create(
            {"name": "Bench", "import_max_age_days": 0}
        )
        env["lengow.marketplace"].create(
            {
                "account_id": self.account.id,
                "code": "bench",
                "name": "Bench",
                "is_known": True,
                "definition": {"name": "Bench"},
            }
        )
        self.rows = self.env["lengow.order"]

    def invoice_one_customer(self):
        """Have every order invoiced to the same customer from now on."""
        self.account.invoice_partner_id = self.env["res.partner"].create(
            {"name": "Fixed customer", "country_id": self.env.ref("base.fr").id}
        )

    def receive(self, count):
        """Store orders page by page, as they come in.

        :param int count: how many
        :return: fresh rows of the inbox
        :rtype: lengow.order
        """
        rows = self.env["lengow.order"]
        for first in range(0, count, PAGE):
            numbers = range(first, min(first + PAGE, count))
            page = [payload(number) for number in numbers]
            rows |= self.env["lengow.inbox"]._store(self.account, page)[0]
        return rows

    def import_rows(self, rows):
        """Import rows batch by batch, each with an empty cache as after a commit.

        :param lengow.order rows: ready
        """
        for first in range(0, len(rows), BATCH):
            self.env["lengow.importer"]._process(rows[first : first + BATCH])
            self.env.flush_all()
            self.env.transaction.clear()


class BareOrm:
    """Creates and confirms the same partners and sale orders without the addon."""

    def __init__(self, shop, rows):
        """Work out what the import of rows would create.

        :param Shop shop: whose they are
        :param lengow.order rows: not imported yet
        """
        self.env = shop.env(context={**shop.env.context, **QUIET})
        mapper = OrderMapper(shop.account, rows)
        self.drafts = [draft for row in rows for draft in mapper.plan(row)]
        self.values = [*map(self._values_of, self._sales(shop))]

    def _sales(self, shop):
        """Return the values of the sale orders, as of partners that stay planned."""
        new = {
            plan
            for draft in self.drafts
            for address in draft.plan.buyer.addresses
            for plan in address.lineage
            if not plan.partner
        }
        with rolled_back(self.env):
            self.env["lengow.importer"]._create_partners(self.drafts)
            mapper = SaleMapper(shop.account.with_env(self.env))
            sales = [mapper.values(draft) for draft in self.drafts]
        for plan in new:
            plan.partner = None
        return sales

    def _values_of(self, sale):
        lines = [
            (0, 0, without(line, OURS_ON_LINES)) for _0, _0, line in sale["order_line"]
        ]
        return {**without(sale, OURS_ON_SALES), "order_line": lines}

    def create(self, size):
        """Create and confirm all of it.

        :param int size: of a batch
        :rtype: sale.order
        """
        created = self.env["sale.order"]
        for first in range(0, len(self.drafts), size):
            part = slice(first, first + size)
            created |= self._create_part(self.drafts[part], self.values[part])
        self.env.flush_all()
        return created

    def _create_part(self, drafts, values):
        new = iter(
            self.env["res.partner"].create(
                [without(d.delivery.values, OURS_ON_PARTNERS) for d in drafts]
            )
        )
        vals_list = []
        for draft, sale in zip(drafts, values, strict=True):
            partner = draft.delivery.partner or next(new)
            customer = draft.plan.buyer.contact.partner or partner
            vals_list.append(
                {
                    **sale,
                    "partner_id": customer.id,
                    "partner_invoice_id": customer.id,
                    "partner_shipping_id": partner.id,
                }
            )
        sales = self.env["sale.order"].create(vals_list)
        sales.action_confirm()
        return sales


@contextmanager
def rolled_back(env):
    """Undo what is done within, and forget what was read."""
    savepoint = env.cr.savepoint()
    yield
    env.flush_all()
    savepoint.close(rollback=True)
    env.invalidate_all(flush=False)


def sold(sales):
    """Return what was sold of sale orders, whoever has made them.

    Not when: Odoo takes the moment of the confirmation, and the addon the date of the
    marketplace's order.

    :param sale.order sales: confirmed
    :return: a list to compare
    :rtype: list
    """
    return sorted(
        (
            sale.client_order_ref,
            sale.state,
            sale.amount_total,
            sale.amount_tax,
            *map(_who, (sale.partner_id, sale.partner_invoice_id)),
            _who(sale.partner_shipping_id),
            sale.fiscal_position_id.id,
            [
                (
                    line.product_id.id,
                    line.product_uom_qty,
                    line.price_unit,
                    line.price_total,
                    line.tax_ids.ids,
                )
                for line in sale.order_line
            ],
            [
                (picking.state, picking.partner_id.zip, len(picking.move_ids))
                for picking in sale.picking_ids
            ],
        )
        for sale in sales
    )


def _who(partner):
    return (partner.name, partner.street, partner.zip, partner.city, partner.email)
