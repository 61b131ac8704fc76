from odoo import api, fields, models


class LengowCatalogueRowScreen(models.AbstractModel):
    """The face of a row of a catalog."""

    _name = "lengow.catalogue.row.screen"
    _description = "Screens of Rows of Lengow Catalogs"

    _rec_names_search = ["identifier", "product_id", "product_tmpl_id"]

    issue_text = fields.Char(
        string="What Is Wrong",
        compute="_compute_issue_text",
        help="Those that block first.",
    )
    offer = fields.Selection(
        [
            ("listed", "Listed"),
            ("blocked", "Blocked"),
            ("withdrawn", "Withdrawn"),
            ("removed", "Removed"),
        ],
        compute="_compute_offer",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    quantity_reason = fields.Char(
        string="Why This Quantity",
        compute="_compute_quantity_reason",
        help="How it differs from what is in stock.",
    )
    details = fields.Json(string="Values and Sources", compute="_compute_details")

    # === COMPUTE METHODS === #

    @api.depends("identifier", "product_id", "product_tmpl_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        """Override of `base` to call a row as its product is called.

        What was published stays, also where the product is another company's by now.
        """
        for row in self:
            product = (row.product_id or row.product_tmpl_id).sudo()
            row.display_name = product.display_name or row.identifier or ""

    @api.depends("state", "has_error")
    def _compute_offer(self):
        for row in self:
            is_blocked = row.state == "listed" and row.has_error
            row.offer = "blocked" if is_blocked else row.state

    @api.depends("catalogue_id.pricelist_id", "company_id")
    def _compute_currency_id(self):
        for row in self:
            pricelist = row.catalogue_id.pricelist_id
            row.currency_id = pricelist.currency_id or row.company_id.currency_id

    @api.depends("issues", "twins")
    @api.depends_context("lang")
    def _compute_issue_text(self):
        explainer = self.env["lengow.catalogue.explainer"]
        for row in self:
            row.issue_text = explainer._issue_text(row, row.issues or ())

    @api.depends("quantity", "state", "product_id")
    @api.depends_context("lang")
    def _compute_quantity_reason(self):
        reasons = self.env["lengow.catalogue.explainer"]._reasons(self)
        for row in self:
            row.quantity_reason = reasons.get(row.id, "")

    @api.depends("values", "catalogue_id.column_ids")
    @api.depends_context("lang")
    def _compute_details(self):
        explainer = self.env["lengow.catalogue.explainer"]
        for row in self:
            row.details = explainer._details(row)

    # === ACTION METHODS === #

    def action_open_product(self):
        """Open the product of this row, the variant where there are several."""
        self.ensure_one()
        self.check_access("read")
        variants = self.product_tmpl_id.product_variant_ids
        if self.product_id and len(variants) > 1:
            return self.product_id._get_records_action()
        return self.product_tmpl_id._get_records_action()
