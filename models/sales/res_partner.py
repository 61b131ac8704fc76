from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

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
