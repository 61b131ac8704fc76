from odoo import api, fields, models


class LengowSettlementForm(models.AbstractModel):
    """A wizard that takes an order back, whole or line by line.

    Marketplaces have up to two actions for that: the wizard begins with one, and offers
    the other beside it.
    """

    _name = "lengow.settlement.form"
    _description = "Form That Takes a Marketplace Order Back"
    _inherit = "lengow.action.line.form"

    order_id = fields.Many2one(required=True)
    kind = fields.Char(readonly=True, help="Lengow's name of the action.")
    kind_label = fields.Char(string="Action", compute="_compute_kind_label")
    other_kind = fields.Char(compute="_compute_other_kind")
    other_kind_label = fields.Char(compute="_compute_other_kind")

    currency_id = fields.Many2one(related="order_id.currency_id")
    amount_chosen = fields.Monetary(
        compute="_compute_chosen", help="What is canceled or given back, with tax."
    )
    is_chosen = fields.Boolean(compute="_compute_chosen")
    is_everything = fields.Boolean(
        compute="_compute_chosen", help="Whether nothing of the order is left out."
    )

    # === COMPUTE METHODS === #

    @api.depends("kind")
    def _compute_kind_label(self):
        for wizard in self:
            wizard.kind_label = wizard.kind and wizard.order_id._action_label(
                wizard.kind
            )

    @api.depends(
        "price_name",
        "argument_ids.value",
        "chosen_line_ids.is_chosen",
        "chosen_line_ids.quantity",
        "chosen_line_ids.amount",
    )
    def _compute_chosen(self):
        for wizard in self:
            rows = wizard.chosen_line_ids
            chosen = rows.filtered("is_chosen")
            prices = wizard._entered_prices()
            goods = sum(chosen.mapped("amount"))
            if not rows:
                goods = 0.0 if prices else wizard.order_id.amount_total
            wizard.amount_chosen = goods + sum(prices)
            wizard.is_chosen = bool(chosen) or not rows
            wizard.is_everything = chosen == rows and all(
                row.quantity >= row.ordered_quantity and row.amount >= row.amount_total
                for row in rows
            )

    def _entered_prices(self):
        """Return the amounts that are entered once, such as that of the shipping."""
        entered = self.argument_ids.filtered(
            lambda row: (
                row.type == "price"
                and not {"tax", "taxes"} & set((row.name or "").split("_"))
            )
        )
        return [_as_amount(row.value) for row in entered if row.value]

    @api.depends("kind", "order_id")
    def _compute_other_kind(self):
        for wizard in self:
            others = [k for k in wizard._kinds() if k != wizard.kind]
            wizard.other_kind = next(iter(others), False)
            wizard.other_kind_label = wizard.other_kind and (
                wizard.order_id._action_label(wizard.other_kind)
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override to ask at once for what the marketplace wants to know."""
        wizards = super().create(vals_list)
        for wizard in wizards:
            wizard.kind = wizard.kind or next(
                iter(wizard._kinds()), wizard._expected_kind()
            )
            wizard._begin(wizard.order_id._check_action_possible(wizard.kind, True))
        return wizards

    # === ACTION METHODS === #

    def action_other_kind(self):
        """Ask for the other action instead."""
        self.ensure_one()
        other = self.create({"order_id": self.order_id.id, "kind": self.other_kind})
        return other._open(other.kind_label)

    def action_confirm(self):
        """Ask the marketplace.

        :raise UserError: naming the argument that is missing, unknown or unfit
        """
        self.ensure_one()
        rule = self.order_id._check_action_possible(self.kind)
        return self._announce(self._plan(rule, **self._source()))

    # === WHAT THE WIZARDS SAY === #

    def _kinds(self):
        """Return the actions that are possible and mean this.

        :rtype: list[str]
        """
        raise NotImplementedError

    def _expected_kind(self):
        """Return the action that a person expects, to say why it is not possible.

        :rtype: str
        """
        raise NotImplementedError

    def _begin(self, rule):
        """Ask for the arguments and the lines, beginning with what is known.

        No line is chosen that nobody has chosen.

        :param lengow_api.ActionRule rule: of the action
        """
        self._ask(rule, lines={})

    def _source(self):
        """Return the document that this is for: `move`, or nothing.

        :rtype: dict
        """
        return {}


def _as_amount(text):
    try:
        return float(text)
    except ValueError:
        return 0.0  # said when it is sent
