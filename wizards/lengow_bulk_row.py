from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.errors import words_of
from ..models.outbox.arguments import argument_label


class LengowBulkRow(models.AbstractModel):
    """What becomes of one order when many are asked for the same.

    Each wizard has rows of its own, which say what is entered for an order alone.
    """

    _name = "lengow.bulk.row"
    _description = "Order in a Form of Many Orders"
    _inherit = ["lengow.dialog"]
    _order = "state desc, id"

    order_id = fields.Many2one(
        "lengow.order", required=True, readonly=True, ondelete="cascade"
    )
    name = fields.Char(related="order_id.name", related_sudo=False)
    marketplace_id = fields.Many2one(related="order_id.marketplace_id")
    # possible ──► to_complete ──► planned | left_out
    state = fields.Selection(
        [
            ("possible", "Ready"),
            ("to_complete", "Incomplete"),
            ("planned", "Queued"),
            ("left_out", "Skipped"),
        ],
        required=True,
        readonly=True,
    )
    reason = fields.Char(readonly=True)
    summary = fields.Char(
        compute="_compute_summary", help="What a person knows the order by."
    )
    cells = fields.Json(
        compute="_compute_cells",
        help="What is entered for each order: fields of the row, and the arguments "
        "of the marketplace that they fill.",
    )

    # === COMPUTE METHODS === #

    @api.depends("order_id")
    def _compute_summary(self):
        for row in self:
            row.summary = row.order_id.customer_name

    @api.depends("order_id", "state")
    def _compute_cells(self):
        Argument = self.env["lengow.action.argument"]
        for row in self:
            kind = row._asked_kind()
            rule = kind and row.order_id._find_action_rule(kind)
            arguments = rule.arguments if rule else {}
            row.cells = [
                {
                    "field": field,
                    "name": name,
                    "label": argument_label(self.env, name),
                    "is_required": arguments[name].required,
                    "is_closed_list": arguments[name].is_closed_list,
                    "is_override": row._is_override,
                    "choices": Argument._listed(rule, arguments[name]),
                    "condition": arguments[name].condition,
                }
                for field, name in row._cell_names(arguments)
                if row.state != "left_out"
            ]

    # === WHAT THE ROWS SAY === #

    # Whether what is entered for an order replaces what is entered for all.
    _is_override = False

    def _asked_kind(self):
        """Return Lengow's name of the action that is asked for.

        A row does not know which of its fields is the wizard: each kind of row says it.

        :rtype: str
        """
        raise NotImplementedError

    def _cell_names(self, arguments):
        """Return pairs of a field of the row and the argument that it fills.

        :param dict arguments: those that the marketplace declares, by name
        :rtype: list[tuple]
        """
        return []

    # === BUSINESS METHODS === #

    def _cell_values(self):
        """Return what is entered for this order, blank values included.

        :rtype: dict
        """
        rule = self.order_id._find_action_rule(self._asked_kind())
        return {name: self[f] for f, name in self._cell_names(rule.arguments)}

    def _plan(self, kind, arguments):
        """Plan the action of one order, or keep what is to be mended first.

        :param str kind: Lengow's name of the action
        :param dict arguments: argument name to value
        :rtype: lengow.action
        """
        self.ensure_one()
        own = self._cell_values()
        if self._is_override:
            own = {name: value for name, value in own.items() if value}
        arguments = {**arguments, **own}
        try:
            # What follows may fail half way.
            with self.env.cr.savepoint():
                self._check_told(arguments)
                actions = self._ask(kind, arguments)
                self._follow(arguments)
        except UserError as error:
            self.write({"state": "to_complete", "reason": words_of(error)})
            return self.env["lengow.action"]
        self.write({"state": "planned", "reason": False})
        return actions

    def _ask(self, kind, arguments):
        """Ask for the action of the whole order.

        :param str kind: Lengow's name of the action
        :param dict arguments: argument name to value
        :rtype: lengow.action
        :raise UserError: if it is not possible, or incomplete
        """
        return self.order_id._plan_action(kind, arguments)

    def _follow(self, arguments):
        """Do what follows once the action is planned.

        :param dict arguments: argument name to value
        :raise UserError: if that cannot be done, so that nothing is
        """

    def _check_told(self, arguments):
        """Refuse what would say too little, even where the marketplace accepts it.

        :raise UserError: naming what is missing
        """
