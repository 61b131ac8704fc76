from odoo import api, fields, models
from odoo.exceptions import ValidationError

NAMES = ("carrier_name", "method_name")


class LengowDeliveryRule(models.Model):
    """Which delivery method orders get that ask for something.

    The first rule that fits is taken, unless its method does not deliver to the
    address. What is left empty fits every order.
    """

    _name = "lengow.delivery.rule"
    _description = "Delivery Rule"
    _inherit = ["lengow.mending", "lengow.guarded"]
    _check_company_auto = True
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    account_id = fields.Many2one(
        "lengow.account",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env["lengow.account"].search([], limit=1),
    )
    company_id = fields.Many2one(
        related="account_id.company_id", store=True, index=True
    )
    marketplace_id = fields.Many2one(
        "lengow.marketplace",
        ondelete="cascade",
        index="btree_not_null",
        domain="[('account_id', '=', account_id)]",
        help="Empty: for all marketplaces of the account.",
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

    @api.constrains("account_id", "marketplace_id")
    def _check_marketplace_of_account(self):
        """Keep a rule within one account.

        :raise ValidationError: if the marketplace is another account's
        """
        for rule in self.filtered("marketplace_id"):
            if rule.marketplace_id.account_id != rule.account_id:
                raise ValidationError(
                    self.env._(
                        "%(rule)s: %(marketplace)s does not belong to the account "
                        "%(account)s.",
                        rule=rule.display_name,
                        marketplace=rule.marketplace_id.name,
                        account=rule.account_id.name,
                    )
                )

    @api.constrains("delivery_method_id")
    def _check_delivery_method(self):
        """Refuse a method that is not used any more.

        :raise ValidationError: naming the rule
        """
        for rule in self:
            if not rule.sudo().delivery_method_id.active:
                raise ValidationError(
                    self.env._(
                        "%s: this delivery method is archived. Choose another.",
                        rule.display_name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override to drop the blanks around names."""
        return super().create([_stripped(vals) for vals in vals_list])

    def write(self, vals):
        """Override to drop the blanks around names."""
        return super().write(_stripped(vals))

    def unlink(self):
        """Override to have orders go on that only such a rule kept from it."""
        accounts = self.account_id
        result = super().unlink()
        self.env["lengow.mend"]._note_mended(accounts, {"delivery_choice": True})
        return result

    # === BUSINESS METHODS === #

    def _delivery_source(self):
        """Say what it is that chooses a delivery method.

        :rtype: str
        """
        return self.env._("delivery rule “%s”", self.display_name)


def _stripped(vals):
    names = {n: vals[n].strip() for n in NAMES if isinstance(vals.get(n), str)}
    return {**vals, **names}
