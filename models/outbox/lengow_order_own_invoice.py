from odoo import models


class LengowOrder(models.Model):
    _inherit = "lengow.order"

    def _plan_own_invoice(self, move):
        """Have our posted invoice or credit note sent to the marketplace.

        The document is made when it is sent: whoever posts need not wait for it.

        :param account.move move: of this order
        :return: the action, or the one that is still to be sent for this document
        :rtype: lengow.action
        """
        self.ensure_one()
        Action = self.env["lengow.action"].sudo()  # who invoices need not be our user
        waiting = Action.search(
            [
                ("move_id", "=", move.id),
                ("kind", "=", "invoice"),
                ("state", "=", "todo"),
            ]
        )
        action = waiting or Action.create(
            {
                "order_id": self.id,
                "kind": "invoice",
                "move_id": move.id,
                "parameters": {"document_number": move.name},
            }
        )
        Action._trigger_send()
        return action
