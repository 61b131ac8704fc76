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
