from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    lengow_order_id = fields.Many2one(
        "lengow.order",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
