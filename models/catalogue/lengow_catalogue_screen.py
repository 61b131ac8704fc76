from odoo import models


class LengowCatalogueScreen(models.AbstractModel):
    """What the screens of a catalog show and open."""

    _name = "lengow.catalogue.screen"
    _description = "Screens of a Lengow Catalog"

    # === ACTION METHODS === #

    def action_preview(self):
        """Open the rows as Lengow reads them."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "lengow.catalogue.row",
            "view_mode": "list,form",
            "domain": [("catalogue_id", "=", self.id), ("state", "!=", "removed")],
        }
