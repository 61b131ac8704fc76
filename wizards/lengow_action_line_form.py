from odoo import fields, models
from odoo.exceptions import UserError

from ..mapper.refund import price_argument
from ..mapper.shipment import number_text, quantity_argument
from ..models.outbox.ledger import Ledger, shared_kinds


class LengowActionLineForm(models.AbstractModel):
    """A wizard for an action of one order that may go line by line."""

    _name = "lengow.action.line.form"
    _description = "Form of a Lengow Action with Lines"
    _inherit = "lengow.action.form"

    order_id = fields.Many2one("lengow.order", ondelete="cascade")
    marketplace_id = fields.Many2one(related="order_id.marketplace_id")
    chosen_line_ids = fields.One2many(
        "lengow.action.line",
        "form_id",
        domain=lambda self: [("form_model", "=", self._name)],
    )
    quantity_name = fields.Char(
        readonly=True, help="The argument that the quantities of the lines fill."
    )
    price_name = fields.Char(
        readonly=True, help="The argument that the amounts of the lines fill."
    )

    is_planned = fields.Boolean(
        readonly=True, help="What was entered is on its way: a second click is none."
    )

    def _ask(self, rule, known=None, lines=None):
        """Ask for the arguments of an action, and for its lines where it has any.

        :param lengow_api.ActionRule rule: of the action
        :param dict known: values to begin with, by argument
        :param dict lines: what is to be chosen, by line: `quantity` and `amount`,
            either may be left out; by default what was not asked for already
        """
        self.ensure_one()
        rows = self.order_id._lines_for(rule) if rule.is_per_line else ()
        self.quantity_name = quantity_argument(rule) if rows else False
        self.price_name = price_argument(rule) if rows else False
        if lines is None:
            lines = {line: {} for line in self.order_id._lines_unasked_for(rule)}
        self.env["lengow.action.line"].create(
            [self._prepare_row(rule, row, lines.get(row)) for row in rows]
        )
        self._ask_for_arguments(
            self.marketplace_id,
            rule,
            known=known,
            leave_out=("line", self.quantity_name, self.price_name),
        )
        self.invalidate_recordset(["chosen_line_ids"])

    def _prepare_row(self, rule, line, chosen):
        left = Ledger(self.order_id).pieces_left(line, shared_kinds(rule.name))
        values = {
            "form_model": self._name,
            "form_id": self.id,
            "line_id": line.id,
            "is_chosen": chosen is not None,
            "quantity": left or line.whole_quantity,
        }
        # An amount of zero says nothing: what the pieces have cost is given back.
        told = {name: value for name, value in (chosen or {}).items() if value}
        values = {**values, **told}
        return {**values, "quantity_left": max(left, values["quantity"])}

    def _plan(self, rule, **source):
        """Plan the action with what was entered.

        :param lengow_api.ActionRule rule: of the action
        :param source: the document it is for: `picking` or `move`
        :rtype: lengow.action
        :raise UserError: naming the argument that is missing, unknown or unfit
        """
        self.order_id.check_access("write")
        if self.is_planned:
            return self.env["lengow.action"]
        arguments = self._arguments_for(self.marketplace_id)
        lines = self._chosen_lines(rule, arguments)
        actions = self.order_id._plan_action(rule.name, arguments, lines, **source)
        self.is_planned = True
        return actions

    def _chosen_lines(self, rule, arguments):
        """Return what is sent about each chosen line, None where there are no lines.

        What is entered once, such as the price of the shipping, goes with the first
        line: sent with each, it would be refunded as often.

        :rtype: dict | None
        :raise UserError: if none is chosen
        """
        chosen = self.chosen_line_ids.filtered("is_chosen")
        # Those that were chosen from may be gone: nobody has asked for the whole order.
        is_by_line = rule.is_per_line and self.order_id._lines_for(rule)
        if not chosen and (self.chosen_line_ids or is_by_line):
            raise UserError(self.env._("Choose at least one line."))
        if not chosen:
            return None
        once = {
            name: "0.00" if rule.arguments[name].required else None
            for name in arguments
            if name in rule.arguments and rule.arguments[name].type == "price"
        }
        return {
            row.line_id: {**(once if index else {}), **self._line_values(row)}
            for index, row in enumerate(chosen)
        }

    def _line_values(self, row):
        values = {}
        if self.quantity_name:
            values[self.quantity_name] = number_text(row.quantity)
        if self.price_name:
            if row.amount <= 0 < row.amount_total:
                raise UserError(
                    self.env._(
                        "Enter how much of “%s” is given back.", row.title or row.sku
                    )
                )
            values[self.price_name] = f"{row.amount:.2f}"
        return values
