from odoo import api, fields, models
from odoo.exceptions import UserError

from ..outbox.kinds import kind_of
from ..outbox.lengow_action import OPEN_STATES


class LengowOrder(models.Model):
    """What of an order is personal; `lengow.anonymiser` deletes it."""

    _inherit = "lengow.order"

    anonymised_at = fields.Datetime(
        string="Buyer's Data Deleted On", readonly=True, copy=False
    )

    _not_anonymised_idx = models.Index("(account_id, id) WHERE anonymised_at IS NULL")

    # === CRON METHODS === #

    @api.model
    def _cron_anonymise(self):
        """Delete the buyers' data whose time is over."""
        self.env["lengow.anonymiser"]._cron_anonymise()

    # === BUSINESS METHODS === #

    def _anonymise(self):
        """Delete the buyers' data of orders; those that have none are left alone.

        :return: what was done
        :rtype: AnonymisationPlan
        """
        return self.env["lengow.anonymiser"]._anonymise(self)

    def _follow_anonymisation(self):
        """Delete here what Lengow has deleted there."""
        erased = self.filtered(
            lambda order: (
                order.is_anonymised_by_lengow
                and not order.anonymised_at
                and order.account_id.anonymise_orders
            )
        )
        if erased:
            self.env["lengow.anonymiser"]._anonymise_safely(erased)

    def _check_may_anonymise(self):
        """Refuse to delete what somebody else must decide about, or is still needed.

        :raise AccessError: if the user is no manager or may not write the orders
        :raise UserError: if an action is on its way to the marketplace
        """
        self.env["lengow.order.anonymise"].check_access("create")
        self.check_access("write")
        waiting = (
            self.sudo()
            ._personal_actions()
            .filtered(lambda action: action.state in OPEN_STATES)
        )
        if waiting:
            raise UserError(
                self.env._(
                    "Something is still on its way to the marketplace: %s. Wait until "
                    "it is done, or withdraw it.",
                    ", ".join(waiting.mapped("display_name")),
                )
            )

    # === WHAT MAY BE PERSONAL === #

    def _find_buyers(self):
        """Return every partner that the orders' documents name.

        :rtype: res.partner
        """
        orders = self.sudo()
        sales = orders.sale_order_ids
        invoices = orders._find_invoices()
        return (
            orders.partner_id
            | sales.partner_id
            | sales.partner_invoice_id
            | sales.partner_shipping_id
            | sales.picking_ids.partner_id
            | invoices.partner_id
            | invoices.partner_shipping_id
        )

    def _personal_actions(self):
        """Return the actions that may hold data of the buyer.

        :rtype: lengow.action
        """
        return self.action_ids.filtered(lambda action: kind_of(action.kind).is_personal)

    def _find_invoices(self):
        """Return the invoices and credit notes of the orders.

        :rtype: account.move
        """
        invoices = self.sale_order_ids.invoice_ids | self.env["account.move"].search(
            [("lengow_order_id", "in", self.ids)]
        )
        return invoices | invoices.reversal_move_ids
