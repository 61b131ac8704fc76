"""What is no longer sent: its row stays with quantity 0 for some days, then it goes.

A product that disappears from a catalog goes on being sold by some marketplaces; one
with quantity 0 does not. What was never published is forgotten at once.
"""

from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from .layout import Layout
from .row_store import RowStore

# So many rows are withdrawn in one transaction.
BATCH = 1000


class LengowCatalogueWithdrawal(models.AbstractModel):
    """Withdraws what a catalog no longer holds, and removes it in time."""

    _name = "lengow.catalogue.withdrawal"
    _description = "Withdrawal From Lengow Catalogs"

    def _withdraw(self, catalogue):
        """Withdraw the next rows of products that the catalog no longer holds.

        :param lengow.catalogue catalogue: one, in system mode, in its company
        :return: how many, none once that was all
        :rtype: int
        """
        store = RowStore(catalogue)
        return self._withdraw_rows(
            catalogue, store, store.page(self._gone(catalogue), 0, BATCH)
        )

    def _withdraw_products(self, catalogue, products):
        """Withdraw some products that the catalog no longer holds.

        :param lengow.catalogue catalogue: one, in system mode, in its company
        :param product.product products: out of its selection
        """
        store = RowStore(catalogue)
        rows = store.of_products(products.ids).values()
        listed = [row for row in rows if row.state == "listed"]
        self._withdraw_rows(catalogue, store, listed)

    def _withdraw_parents(self, catalogue):
        """Withdraw the parents of which no variant is sent any more.

        :param lengow.catalogue catalogue: one, in system mode, in its company
        :return: how many, none once that was all
        :rtype: int
        """
        childless = SQL(
            "NOT EXISTS (SELECT FROM lengow_catalogue_row c "
            "WHERE c.catalogue_id = %s AND c.kind = 'child' AND c.state = 'listed' "
            "AND c.product_tmpl_id = lengow_catalogue_row.product_tmpl_id)",
            catalogue.id,
        )
        condition = SQL(
            "kind = 'parent' AND state = 'listed' AND %s",
            childless if catalogue.with_parents else SQL("TRUE"),
        )
        store = RowStore(catalogue)
        return self._withdraw_rows(catalogue, store, store.page(condition, 0, BATCH))

    def _remove(self, catalogue):
        """Remove what was withdrawn long enough ago; its identifier stays known.

        What Lengow has not read yet as sold out stays, whatever the clock says: its
        days have not begun.

        :param lengow.catalogue catalogue: one, in system mode
        :return: how many, none once that was all
        :rtype: int
        """
        oldest = fields.Datetime.now() - timedelta(days=catalogue.withdrawn_days)
        store = RowStore(catalogue)
        is_due = SQL(
            "state = 'withdrawn' AND is_published IS NOT TRUE AND withdrawn_at <= %s",
            oldest,
        )
        rows = store.page(is_due, 0, BATCH)
        for row in rows:
            row.state = "removed"
        store.keep(rows)
        return len(rows)

    def _gone(self, catalogue):
        """Return which rows are of products that the catalog no longer holds."""
        Product = catalogue.env["product.product"]
        held = Product._search(catalogue._selection())
        # Not `NOT IN`: of more products than fit into the memory of a query, PostgreSQL
        # would go through all again for each row.
        return SQL(
            "state = 'listed' AND kind != 'parent' AND NOT EXISTS "
            "(SELECT FROM %s held(id) WHERE held.id = lengow_catalogue_row.product_id)",
            held.subselect(SQL.identifier(held.table, "id")),
        )

    def _withdraw_rows(self, catalogue, store, rows):
        layout, now = Layout(catalogue), fields.Datetime.now()
        composer = self.env["lengow.catalogue.composer"]
        store.drop([row.id for row in rows if not row.is_frozen])
        published = [row for row in rows if row.is_frozen]
        for row in published:
            row.state, row.withdrawn_at = "withdrawn", now
            composer._sell_out(row, layout)
        store.keep(published)
        return len(rows)
