from odoo import api, fields, models

from ...mapper.usable import refuse_unusable


class LengowDeliverySettings(models.AbstractModel):
    """Which delivery method sale orders get: on the account, and per marketplace.

    What a marketplace leaves empty is taken from its account.
    """

    _name = "lengow.delivery.settings"
    _description = "Lengow Delivery Settings"

    delivery_choice = fields.Selection(
        [
            ("order", "As the order asks, else the default"),
            ("default", "Always the default"),
        ],
        string="Choose Delivery Method",
        tracking=True,
        help="Delivery rules come first, then the carrier or method that the order "
        "names, by what your delivery methods are called at the marketplace.",
    )
    delivery_method_id = fields.Many2one(
        "delivery.carrier",
        string="Default Delivery Method",
        tracking=True,
        check_company=True,
        index="btree_not_null",
        help="For orders that ask for nothing, or for what none of your delivery "
        "methods stands for. It is not used where it does not deliver to the address.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("delivery_method_id")
    def _check_delivery_method(self):
        """Refuse a method that cannot be used.

        :raise ValidationError: naming it, and whose default it is
        """
        refuse_unusable(self, ["delivery_method_id"])
