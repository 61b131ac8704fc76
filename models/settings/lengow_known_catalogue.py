from odoo import api, fields, models

from ...lengow_api import storable

# That a field can hold.
LARGEST_NUMBER = 2**31 - 1


class LengowKnownCatalogue(models.Model):
    """A catalog that an account has at Lengow, whatever it is made of."""

    _name = "lengow.known.catalogue"
    _description = "Catalog at Lengow"
    _inherit = ["lengow.guarded"]
    _order = "number"

    account_id = fields.Many2one(
        "lengow.account", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="account_id.company_id", store=True, index=True
    )
    number = fields.Integer(
        required=True, readonly=True, aggregator=None, help="Orders name it."
    )
    name = fields.Char(required=True, readonly=True)
    is_active = fields.Boolean(readonly=True)
    products_count = fields.Integer(
        string="Products", readonly=True, help="As Lengow counts them."
    )

    _account_number_uniq = models.UniqueIndex(
        "(account_id, number)", "Lengow's catalogs are unique by account and number."
    )

    # === COMPUTE METHODS === #

    @api.depends("number", "name")
    def _compute_display_name(self):
        """Override of `base` to show the number, which orders and Lengow show, too."""
        for catalogue in self:
            catalogue.display_name = f"{catalogue.number} {catalogue.name}"

    # === BUSINESS METHODS === #

    @api.model
    def _by_account(self, accounts):
        """Return what accounts have at Lengow, by their ids and by number.

        :param lengow.account accounts: any number
        :rtype: dict[int, dict[int, lengow.known.catalogue]]
        """
        known = self.search([("account_id", "in", accounts.ids)])
        return {
            account.id: {one.number: one for one in theirs}
            for account, theirs in known.grouped("account_id").items()
        }

    @api.model
    def _store(self, account, listed):
        """Know the catalogs of an account as Lengow has listed them, and no others.

        :param lengow.account account: one
        :param listed: each a lengow_api.ListedCatalogue
        """
        known_sudo = self.sudo().search([("account_id", "=", account.id)])
        by_number = {catalogue.number: catalogue for catalogue in known_sudo}
        to_create = []
        for one in listed:
            if one.id > LARGEST_NUMBER:
                continue
            values = {
                "name": storable(one.name),
                "is_active": one.is_active,
                "products_count": min(one.products_count or 0, LARGEST_NUMBER),
            }
            if known := by_number.pop(one.id, None):
                if changed := {k: v for k, v in values.items() if known[k] != v}:
                    known.write(changed)
            else:
                to_create.append({**values, "account_id": account.id, "number": one.id})
        known_sudo.browse([gone.id for gone in by_number.values()]).unlink()
        known_sudo.create(to_create)
