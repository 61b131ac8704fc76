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
