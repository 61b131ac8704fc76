from odoo import fields, models


class LengowAmountSettings(models.AbstractModel):
    """What is paid beside the goods, and taxed how: on the account, per marketplace.

    What a marketplace leaves empty is taken from its account.
    """

    _name = "lengow.amount.settings"
    _description = "Lengow Settings of Shipping and Fees"

    fee_policy = fields.Selection(
        [
            ("import", "As a line of its own"),
            ("shipping", "With shipping"),
            ("drop", "Left out"),
        ],
        string="Processing Fee",
        tracking=True,
        help="What becomes of the fee that a marketplace charges the buyer. Left out: "
        "the sale order totals what the marketplace announces, less the fee.",
    )
    service_tax_policy = fields.Selection(
        [
            ("dominant", "As the order's largest line"),
            ("proportion", "In proportion to the goods"),
            ("told", "As the marketplace tells"),
            ("product", "As set on those products"),
        ],
        string="Taxes of Shipping and Fees",
        tracking=True,
        help="Marketplaces charge shipping at the rate of the goods that are shipped. "
        "In proportion: a line for each tax of the goods. As told: what the lines "
        "leave of the order's tax; where it is not told, or fits none of your taxes, "
        "as the largest line.",
    )
