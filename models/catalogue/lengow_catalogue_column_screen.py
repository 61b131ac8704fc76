from odoo import api, fields, models


class LengowCatalogueColumnScreen(models.AbstractModel):
    """The face of a column of a catalog."""

    _name = "lengow.catalogue.column.screen"
    _description = "Screens of Columns of Lengow Catalogs"

    origin = fields.Char(string="Comes From", compute="_compute_origin")

    # === COMPUTE METHODS === #

    @api.depends(
        "source",
        "standard",
        "path",
        "attribute_id.name",
        "constant",
        "lang_id.name",
        "pricelist_id.display_name",
        "fiscal_position_id.display_name",
        "price_kind",
        "quantity_kind",
        "warehouse_ids.name",
    )
    @api.depends_context("lang")
    def _compute_origin(self):
        explainer = self.env["lengow.catalogue.explainer"]
        for column in self:
            column.origin = explainer._origin(column)
