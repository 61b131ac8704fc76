from odoo import api, fields, models

from ...mapper.usable import refuse_unusable

NAMES = ("carrier_name", "method_name")


class LengowDeliveryRule(models.Model):
    """Which delivery method orders get that ask for something.

    The first rule that fits is taken, unless its method does not deliver to the
    address. What is left empty fits every order.
    """

    _name = "lengow.delivery.rule"
    _description = "Delivery Rule"
    _inherit = ["lengow.mending", "lengow.scoped"]
    _order = "sequence, id"

    sequence = fields.Integer(
        string="Position", default=10, help="Rules are tried from the lowest on."
    )
    carrier_name = fields.Char(
        string="Carrier",
        help="As the order names it, or as the marketplace labels that.",
    )
    method_name = fields.Char(
        string="Method",
        help="As the order names it, or as the marketplace labels that.",
    )
    destination = fields.Selection(
        [("address", "The buyer's address"), ("relay", "A relay point")],
        string="Delivered To",
    )
    service = fields.Selection([("express", "Express"), ("prime", "Prime")])
    delivery_method_id = fields.Many2one(
        "delivery.carrier",
        required=True,
        index=True,
        check_company=True,
        ondelete="cascade",
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "marketplace_id", "delivery_method_id", *NAMES, "destination", "service"
    )
    def _compute_display_name(self):
        """Override of `base` to say the rule in a line."""
        for rule in self:
            labels = [
                dict(rule._fields[name]._description_selection(self.env)).get(
                    rule[name]
                )
                for name in ("destination", "service")
            ]
            parts = (
                rule.marketplace_id.name,
                *(rule[name] for name in NAMES),
                *labels,
            )
            asked = ", ".join(filter(None, parts)) or self.env._("All orders")
            rule.display_name = f"{asked} → {rule.delivery_method_id.name or ''}"

    # === CONSTRAINT METHODS === #

    @api.constrains("delivery_method_id")
    def _check_delivery_method(self):
        """Refuse a method that cannot be used.

        :raise ValidationError: naming it, and the rule
        """
        refuse_unusable(self, ["delivery_method_id"])

    # === CRUD METHODS === #

    def unlink(self):
        """Override to have orders go on that only such a rule kept from it."""
        accounts = self.account_id
        result = super().unlink()
        self.env["lengow.mend"]._note_mended(accounts, {"delivery_choice": True})
        return result
