from odoo import fields, models


class LengowCatalogueRowPush(models.AbstractModel):
    """What Lengow was told of a product at once, and what it answered."""

    _name = "lengow.catalogue.row.push"
    _description = "Row of a Lengow Catalog That Is Told at Once"

    pushed_at = fields.Datetime(string="Last Sent", readonly=True)
    pushed_digest = fields.Char(
        readonly=True, help="Of what Lengow was told; it is told again if it changes."
    )
    push_error = fields.Char(
        string="Refused by Lengow",
        readonly=True,
        help="What Lengow answered. It is sent again once a quantity or a price "
        "changes.",
    )
