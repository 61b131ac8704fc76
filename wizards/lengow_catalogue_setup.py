from odoo import api, fields, models


class LengowCatalogueSetup(models.TransientModel):
    """Asks what a catalog cannot do without, and presets everything else."""

    _name = "lengow.catalogue.setup"
    _description = "New Lengow Catalog"
    _inherit = ["lengow.dialog"]

    account_id = fields.Many2one(
        "lengow.account",
        required=True,
        default=lambda self: self._default_account(),
    )
    account_count = fields.Integer(compute="_compute_account_count")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    name = fields.Char(
        required=True,
        default=lambda self: self._default_account().name,
        help="Only you see it.",
    )
    pricelist_id = fields.Many2one(
        "product.pricelist",
        domain="['|', ('company_id', '=', False), ('company_id', '=', company_id)]",
        help="What your products cost on marketplaces. Empty: their sales prices.",
    )
    warehouse_ids = fields.Many2many(
        "stock.warehouse",
        string="Warehouses",
        domain="[('company_id', '=', company_id)]",
        default=lambda self: self._default_warehouses(),
        help="What is in these warehouses is offered.",
    )
    preset = fields.Selection(
        lambda self: (
            self.env["lengow.catalogue"]
            ._fields["preset"]
            ._description_selection(self.env)
        ),
        string="Column Names",
        required=True,
        default="lengow",
    )

    # === DEFAULTS === #

    @api.model
    def _default_account(self):
        return self.env["lengow.catalogue"]._default_account()

    @api.model
    def _default_warehouses(self):
        return self.env["stock.warehouse"].search(
            [("company_id", "=", self.env.company.id)]
        )

    # === COMPUTE METHODS === #

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_account_count(self):
        self.account_count = self.env["lengow.account"].search_count([])

    # === ACTION METHODS === #

    def action_create(self):
        """Create the catalog, with the columns of the preset, and open it.

        Nothing goes to Lengow before somebody publishes it.
        """
        self.ensure_one()
        self.env["lengow.catalogue"].check_access("create")
        catalogue = self.env["lengow.catalogue"].create(self._prepare_values())
        catalogue.env["lengow.catalogue.schedule"]._refresh_now(catalogue)
        return catalogue._get_records_action()

    # === HELPERS === #

    def _prepare_values(self):
        return {
            "account_id": self.account_id.id,
            "company_id": self.company_id.id,
            "name": self.name,
            "pricelist_id": self.pricelist_id.id,
            "warehouse_ids": [fields.Command.set(self.warehouse_ids.ids)],
            "preset": self.preset,
        }
