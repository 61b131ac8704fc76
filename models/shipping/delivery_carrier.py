from odoo import api, fields, models


class DeliveryCarrier(models.Model):
    _name = "delivery.carrier"
    _inherit = ["delivery.carrier", "lengow.mending"]

    lengow_carrier_ids = fields.One2many(
        "lengow.carrier",
        "carrier_id",
        string="Marketplace Carriers",
        groups="lengow_connector.group_user",
        help="What the marketplaces are sent when you ship with this delivery method.",
    )

    # === CRUD METHODS: a new name may be the one that a marketplace uses === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override of `delivery` to propose new methods for marketplace carriers."""
        methods = super().create(vals_list)
        methods._lengow_propose()
        return methods

    def write(self, vals):
        """Override of `delivery` to propose renamed methods, and no archived ones."""
        result = super().write(vals)
        if vals.keys() & {"name", "active", "company_id"}:
            self._lengow_propose()
        return result

    def unlink(self):
        """Override of `delivery` to have orders go on that it kept from it."""
        result = super().unlink()
        accounts = self.env["lengow.account"].sudo().search([("active", "=", True)])
        self.env["lengow.mend"]._note_mended(accounts, {"delivery_choice": True})
        return result

    def _lengow_propose(self):
        marketplaces = (
            self.env["lengow.marketplace"].sudo().search([("active", "=", True)])
        )
        self.env["lengow.carrier"]._propose(marketplaces)
