from odoo import fields, models


class LengowExport(models.Model):
    """Which orders somebody has taken out of Odoo as a file, and when.

    It holds numbers alone and stays when a buyer's data is deleted: a file that was
    made before is still somewhere.
    """

    _name = "lengow.export"
    _description = "Lengow Order Export"
    _inherit = ["lengow.guarded"]
    _rec_name = "file_name"
    _order = "id desc"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    exported_at = fields.Datetime(string="When", required=True, readonly=True)
    user_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    # Users may be deleted; what they have exported stays theirs.
    user_name = fields.Char(string="By", required=True, readonly=True)
    file_name = fields.Char(string="File", required=True, readonly=True)
    order_count = fields.Integer(string="Orders", readonly=True)
    order_ids = fields.Many2many(
        "lengow.order",
        "lengow_export_order_rel",
        string="Marketplace Orders",
        readonly=True,
    )

    # === ACTION METHODS === #

    def action_open_orders(self):
        """Open the orders that were exported."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "lengow_connector.lengow_order_action"
        )
        return {**action, "domain": [("id", "in", self.order_ids.ids)], "context": {}}
