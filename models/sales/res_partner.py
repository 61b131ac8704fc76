from odoo import api, fields, models
from odoo.tools.sql import column_exists


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

    # Whatever two workers do at the same time, a buyer has one contact in a company.
    _lengow_customer_uniq = models.UniqueIndex(
        "(lengow_marketplace_id, lengow_customer_ref, COALESCE(company_id, 0)) "
        "WHERE lengow_customer_ref IS NOT NULL AND active IS TRUE",
        "The marketplace knows another contact by this number.",
    )

    def _auto_init(self):
        """Override to clean up what an earlier version left, before the index is made.

        `init` comes too late for that.
        """
        if column_exists(self.env.cr, "res_partner", "lengow_customer_ref"):
            self._lengow_clean_up()
        return super()._auto_init()

    @api.model
    def _lengow_clean_up(self):
        """Leave one known contact of each buyer, and give its addresses its company.

        Two workers could create two contacts of one buyer: the older one is the buyer
        from now on, the other keeps what was sold to it.
        """
        self.env.cr.execute(
            """UPDATE res_partner AS younger SET lengow_customer_ref = NULL
                 FROM res_partner AS older
                WHERE older.lengow_marketplace_id = younger.lengow_marketplace_id
                  AND older.lengow_customer_ref = younger.lengow_customer_ref
                  AND COALESCE(older.company_id, younger.company_id, 0)
                      = COALESCE(younger.company_id, older.company_id, 0)
                  AND older.active AND younger.active AND older.id < younger.id"""
        )
        self.env.cr.execute(
            """WITH RECURSIVE family(id, company_id) AS (
                   SELECT id, company_id FROM res_partner
                    WHERE lengow_marketplace_id IS NOT NULL AND company_id IS NOT NULL
                    UNION
                   SELECT child.id, family.company_id
                     FROM res_partner AS child
                     JOIN family ON child.parent_id = family.id
               )
               UPDATE res_partner AS child SET company_id = family.company_id
                 FROM family
                WHERE family.id = child.id AND child.company_id IS NULL"""
        )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override to give what belongs to a marketplace's buyer the buyer's company.

        Odoo makes addresses of its own, such as relay points, and gives them none.
        """
        partners = super().create(vals_list)
        partners._lengow_join_company()
        return partners

    def write(self, vals):
        """Override to do the same for what is moved to a buyer.

        Orders go on, too, that waited for a partner to be of use again.
        """
        result = super().write(vals)
        self.env["lengow.mend"]._note_mended(self, vals)
        if vals.get("parent_id"):
            self._lengow_join_company()
        return result

    def _lengow_join_company(self):
        shared = self.sudo().filtered(
            lambda partner: partner.parent_id.company_id and not partner.company_id
        )
        for partner in shared._lengow_buyers():
            partner.company_id = partner.parent_id.company_id

    # === HELPERS === #

    def _lengow_buyers(self):
        """Return those of some partners that are, or belong to, marketplaces' buyers.

        In system mode: whose customer somebody is, everybody's mail has to know.
        """
        found = self.browse()
        for partner in self:
            ancestor = partner
            while ancestor and not (
                ancestor.lengow_marketplace_id or ancestor.lengow_customer_ref
            ):
                ancestor = ancestor.parent_id
            if ancestor:
                found |= partner
        return found
