from odoo import api, fields, models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    lengow_hold_reason = fields.Char(
        string="On Hold Because",
        compute="_compute_lengow_hold_reason",
        compute_sudo=True,
        help="Why nothing of it may be delivered before somebody has decided.",
    )
    lengow_delivers_itself = fields.Boolean(
        string="Delivery Validates Itself",
        readonly=True,
        copy=False,
        help="The marketplace ships it: once it has, the delivery from the warehouse "
        "that stands for its own validates itself.",
    )

    _lengow_delivers_itself_idx = models.Index(
        "(lengow_order_id) WHERE lengow_delivers_itself IS TRUE"
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "lengow_order_id.change_kind",
        "lengow_order_id.lengow_status",
        "lengow_order_id.unread_end",
        "lengow_order_id.action_ids.state",
        "order_line.product_uom_qty",
        "state",
    )
    @api.depends_context("lang", "uid")
    def _compute_lengow_hold_reason(self):
        for sale in self:
            sale.lengow_hold_reason = sale.state != "cancel" and self.env[
                "lengow.hold"
            ]._reason(sale)
