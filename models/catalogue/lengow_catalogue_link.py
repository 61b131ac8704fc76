from odoo import api, fields, models


class LengowCatalogueLink(models.AbstractModel):
    """Which catalog at Lengow was made of the address of one of ours.

    Orders name that one, so that rules may route them by it, and what was published in
    several catalogs under one identifier is known apart.
    """

    _name = "lengow.catalogue.link"
    _description = "Catalog at Lengow of One of Ours"

    known_catalogue_id = fields.Many2one(
        "lengow.known.catalogue",
        string="Catalog at Lengow",
        compute="_compute_known_catalogue_id",
        inverse="_inverse_known_catalogue_id",
        domain="[('account_id', '=', account_id)]",
        help="That was made of this one's address: choose it once Lengow has read the "
        "address. Lengow's catalogs are read with its marketplaces.",
    )
    has_known_catalogues = fields.Boolean(compute="_compute_known_catalogue_id")

    # === COMPUTE METHODS === #

    @api.depends("account_id", "lengow_number")
    def _compute_known_catalogue_id(self):
        known = self.env["lengow.known.catalogue"]._by_account(self.account_id)
        for catalogue in self:
            theirs = known.get(catalogue.account_id.id, {})
            catalogue.has_known_catalogues = bool(theirs)
            catalogue.known_catalogue_id = theirs.get(catalogue.lengow_number)

    def _inverse_known_catalogue_id(self):
        for catalogue in self:
            catalogue.lengow_number = catalogue.known_catalogue_id.number
