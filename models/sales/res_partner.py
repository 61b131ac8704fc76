from odoo import api, fields, models
from odoo.tools import SQL


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "lengow.guarded"]

    lengow_marketplace_id = fields.Many2one(
        "lengow.marketplace",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups="lengow_connector.group_user",
    )
    lengow_customer_ref = fields.Char(
        string="Marketplace Customer",
        copy=False,
        readonly=True,
        groups="lengow_connector.group_user",
        help="The number by which the marketplace knows this buyer.",
    )

    _lengow_customer_idx = models.Index(
        "(lengow_marketplace_id, lengow_customer_ref) "
        "WHERE lengow_customer_ref IS NOT NULL"
    )

    # === CRUD METHODS: addresses of buyers belong to their company === #

    def init(self):
        """Override to give addresses from before the company of their buyer."""
        self.env.cr.execute(
            SQL(
                """
                WITH RECURSIVE family AS (
                    SELECT id, company_id
                      FROM res_partner
                     WHERE lengow_marketplace_id IS NOT NULL
                       AND company_id IS NOT NULL
                     UNION
                    SELECT child.id, family.company_id
                      FROM res_partner child
                      JOIN family ON child.parent_id = family.id
                     WHERE child.lengow_marketplace_id IS NULL
                )
                UPDATE res_partner
                   SET company_id = family.company_id
                  FROM family
                 WHERE res_partner.id = family.id
                   AND res_partner.company_id IS NULL
                """
            )
        )

    @api.model_create_multi
    def create(self, vals_list):
        """Override to keep what is added to a buyer in the buyer's company.

        Whoever adds it: the import, Odoo for a relay point, or a person.
        """
        partners = super().create(vals_list)
        partners._lengow_join_company()
        return partners

    def write(self, vals):
        """Override to do the same for what is moved to a buyer."""
        result = super().write(vals)
        if vals.get("parent_id"):
            self._lengow_join_company()
        return result

    def _lengow_join_company(self):
        for partner in self:
            if partner.company_id:
                continue
            parent_sudo = partner.sudo().parent_id  # it may not be visible to everybody
            if parent_sudo._lengow_is_of_buyer():
                partner.company_id = parent_sudo.company_id

    def _lengow_is_of_buyer(self):
        """Whether this is a buyer of a marketplace, or an address of one.

        :rtype: bool
        """
        partner = self
        while partner and not partner.lengow_marketplace_id:
            partner = partner.parent_id
        return bool(partner)
