"""Who takes orders, with their buyers, out of Odoo: every export is kept."""

from odoo import Command, fields, models


class LengowDisclosure(models.AbstractModel):
    """Keeps which orders are exported, by whom and when."""

    _name = "lengow.disclosure"
    _description = "Record of Exports"

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
