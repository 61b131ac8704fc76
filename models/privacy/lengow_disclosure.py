"""Who takes orders, with their buyers, out of Odoo: every export is kept."""

from odoo import Command, fields, models
from odoo.exceptions import AccessError, UserError

EXPORT_GROUP = "base.group_allow_export"


class LengowDisclosure(models.AbstractModel):
    """Keeps which orders are exported, by whom and when."""

    _name = "lengow.disclosure"
    _description = "Record of Exports"

    def _check_may_export(self):
        """Refuse what Odoo's own export refuses: the file is full of buyers' data.

        :raise AccessError: if the user has no access to exports
        """
        if not (self.env.is_admin() or self.env.user.has_group(EXPORT_GROUP)):
            raise AccessError(
                self.env._(
                    "You may not export data. Ask your administrator to allow “Export” "
                    "in your user's settings."
                )
            )

    def _check_room(self, table, row_count):
        """Refuse a table that its format cannot hold.

        :param XlsxTable table: or another format
        :param int row_count: how many rows it is to hold
        :raise UserError: if it is full
        """
        if row_count > table.most_rows:
            raise UserError(
                self.env._(
                    "An Excel sheet holds %s rows. Export fewer orders, or as CSV.",
                    table.most_rows,
                )
            )

    def _record(self, order_ids, file_name):
        """Keep that the user has exported some orders: a row for each company.

        :param order_ids: of the orders, in any number
        :param str file_name: what the file is called
        """
        Order = self.env["lengow.order"].sudo()
        by_company = Order._read_group(
            [("id", "in", list(order_ids))], ["company_id"], ["id:array_agg"]
        )
        self.env["lengow.export"].sudo().create(
            [
                {
                    "company_id": company.id,
                    "exported_at": fields.Datetime.now(),
                    "user_id": self.env.uid,
                    "user_name": self.env.user.name,
                    "file_name": file_name,
                    "order_count": len(ids),
                    "order_ids": [Command.set(ids)],
                }
                for company, ids in by_company
            ]
        )
