from odoo import fields, models
from odoo.exceptions import UserError


class LengowBulkRow(models.AbstractModel):
    """What becomes of one order when many are asked for the same."""

    _name = "lengow.bulk.row"
    _description = "Order in a Form of Many Orders"
    _inherit = ["lengow.dialog"]
    _order = "state desc, id"

    order_id = fields.Many2one(
        "lengow.order", required=True, readonly=True, ondelete="cascade"
    )
    marketplace_id = fields.Many2one(related="order_id.marketplace_id")
    # possible ──► to_complete ──► planned | left_out
    state = fields.Selection(
        [
            ("possible", "Possible"),
            ("to_complete", "Incomplete"),
            ("planned", "Planned"),
            ("left_out", "Left Out"),
        ],
        required=True,
        readonly=True,
    )
    reason = fields.Char(readonly=True)

    def _plan(self, kind, arguments):
        """Plan the action of one order, or keep what is to be mended first.

        :param str kind: Lengow's name of the action
        :param dict arguments: argument name to value
        :rtype: lengow.action
        """
        self.ensure_one()
        try:
            self._check_told(arguments)
            actions = self.order_id._plan_action(kind, arguments)
        except UserError as error:
            self.write({"state": "to_complete", "reason": str(error)})
            return self.env["lengow.action"]
        self.write({"state": "planned", "reason": False})
        return actions

    def _check_told(self, arguments):
        """Refuse what would say too little, even where the marketplace takes it.

        :raise UserError: naming what is missing
        """
