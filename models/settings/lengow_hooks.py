from odoo import models


class LengowHooks(models.AbstractModel):
    """Where another module changes what this one writes: inherit it, and call `super`.

    Each method takes the values that are about to be written and returns those that
    are. None of them may write, commit, or call a server: they run for every order of a
    batch, which is undone and done again one by one where one of them fails. What they
    raise stands on the order: a `UserError` with its words, else that it failed.
    """

    _name = "lengow.hooks"
    _description = "Values That Other Modules May Change"

    def _prepare_partner_values(self, plan, values):
        """Change the contact or the address of a buyer that is about to be created.

        :param AddressPlan plan: whose contact or address it is, see `mapper/buyer.py`
        :param dict values: for `res.partner`, with `parent_id`
        :return: the values to create it with
        :rtype: dict
        """
        return values

    def _prepare_sale_values(self, draft, values):
        """Change a sale order that is about to be created.

        Its total is held against the marketplace's afterwards, to the cent: an order
        whose total is changed here ends in error.

        :param SaleDraft draft: what it is made of, see `mapper/draft.py`;
            `draft.plan.order` is the marketplace order, `draft.plan.content` its words
        :param dict values: for `sale.order`, with its lines
        :return: the values to create it with
        :rtype: dict
        """
        return values

    def _prepare_sale_line_values(self, draft, line, values):
        """Change a line of a sale order that is about to be created.

        :param SaleDraft draft: what the sale order is made of
        :param DraftLine line: what it sells; None for shipping, fees and discounts
        :param dict values: for `sale.order.line`, in the currency of the order
        :return: the values to create it with
        :rtype: dict
        """
        return values

    def _prepare_picking_values(self, order, values):
        """Change a delivery of a marketplace order that is about to be created.

        :param lengow.order order: what is delivered
        :param dict values: for `stock.picking`
        :return: the values to create it with
        :rtype: dict
        """
        return values

    def _prepare_action_values(self, order, kind, values):
        """Change what a marketplace is about to be told: to accept, ship, refund, ...

        It was held against the marketplace's rules already, and is not again: what does
        not fit is refused by the marketplace, and stands on the action. The same values
        must always give the same, since equal actions are sent once; quantities and
        amounts count as they are told.

        :param lengow.order order: whose action it is
        :param str kind: of the action, as `lengow.action` has it
        :param dict values: the arguments by the names that Lengow gives them; the
            reference of a line under `line`
        :return: the arguments to send
        :rtype: dict
        """
        return values
