from odoo import fields, models


class LengowMarketplace(models.Model):
    _inherit = "lengow.marketplace"

    import_taken_orders = fields.Selection(
        [("yes", "Import"), ("no", "Ignore")],
        string="Orders of Another System",
        tracking=True,
        help="Orders that another system has taken: Lengow knows its numbers of them, "
        "and none of ours.",
    )

    # === BUSINESS METHODS === #

    def _codes(self):
        """Return what Lengow calls these marketplaces, or has called them.

        :rtype: set[str]
        """
        return {
            *self.mapped("code"),
            *self.filtered("legacy_code").mapped("legacy_code"),
        }

    def _find_warehouse(self):
        """Return where orders are delivered from: as set, else as Odoo chooses.

        :return: maybe none, where the company has no warehouse
        :rtype: stock.warehouse
        """
        self.ensure_one()
        if warehouse := self._setting("warehouse_id"):
            return warehouse
        company = self.company_id
        SaleOrder = self.env["sale.order"].with_company(company)
        salesperson = self._setting("salesperson_id")
        sale = SaleOrder.new({"company_id": company.id, "user_id": salesperson.id})
        return sale.warehouse_id._origin
