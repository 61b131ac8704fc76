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

    def _personal_actions(self):
        """Return the actions that may hold data of the buyer.

        :rtype: lengow.action
        """
        return self.action_ids.filtered(lambda action: kind_of(action.kind).is_personal)
