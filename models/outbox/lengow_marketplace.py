"""What a marketplace is told by itself, and whether it may be told anything.

One that is switched off is told nothing.
"""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .lengow_acceptance import decides_lines


class LengowMarketplace(models.Model):
    _inherit = "lengow.marketplace"

    auto_accept_incoming = fields.Boolean(
        string="Count Incoming Stock",
        tracking=True,
        help="Receipts that are due before the order has to be shipped count as free "
        "stock, as in Odoo's forecast. An order without a shipping deadline is held "
        "against what is there.",
    )
    auto_refuse = fields.Boolean(
        string="Refuse What Cannot Be Delivered",
        tracking=True,
        help="Refuse an order at once if nothing but missing stock is in its way. The "
        "safety stock is no reason to refuse, and neither is a product that is made or "
        "bought to order: such orders wait for a person.",
    )
    auto_refuse_lines = fields.Boolean(
        string="Only the Missing Lines",
        tracking=True,
        help="Refuse the lines that cannot be delivered, and accept the others. "
        "Otherwise the whole order is refused.",
    )
    decides_lines = fields.Boolean(
        compute="_compute_decides_lines",
        help="Whether this marketplace lets lines be accepted and refused one by one.",
    )
    auto_refuse_reason = fields.Char(
        string="Reason to Refuse",
        tracking=True,
        help="Sent with the refusal, where this marketplace accepts or requires one.",
    )
    refuse_reasons = fields.Char(
        string="Possible Reasons",
        compute="_compute_refuse_reasons",
        help="The reasons that this marketplace accepts.",
    )

    # === COMPUTE METHODS === #

    @api.depends("definition")
    def _compute_decides_lines(self):
        for marketplace in self:
            marketplace.decides_lines = decides_lines(marketplace._find_definition())

    @api.depends("definition")
    def _compute_refuse_reasons(self):
        for marketplace in self:
            argument = self.env["lengow.acceptance"]._reason_argument(marketplace)
            is_listed = argument and argument.is_closed_list
            marketplace.refuse_reasons = is_listed and ", ".join(argument.choices)

    # === CONSTRAINT METHODS === #

    @api.constrains(
        "auto_refuse", "auto_refuse_lines", "auto_refuse_reason", "auto_accept_stock"
    )
    def _check_auto_refuse(self):
        """Refuse nothing without a look at the stock, nor what cannot be refused.

        :raise ValidationError: naming the marketplace
        """
        for marketplace in self.filtered("auto_refuse"):
            fault = self.env["lengow.acceptance"]._fault_of_refusal(marketplace)
            if fault:
                raise ValidationError(fault)

    # === BUSINESS METHODS === #

    def _reason_to_withhold(self):
        """Say why what is planned now is never to be sent, False if it is to be sent.

        :rtype: str | bool
        """
        self.ensure_one()
        if reason := self.sudo().account_id._reason_to_withhold():
            return reason
        return not self.active and self.env._(
            "Not sent: %s is switched off.", self.name
        )

    def _reason_to_send_nothing(self):
        """Say why nothing may be told to this marketplace, False if it may.

        :rtype: str | bool
        """
        self.ensure_one()
        if reason := self.account_id._reason_to_send_nothing():
            return reason
        return not self.active and self.env._(
            "%s is switched off: nothing is sent.", self.name
        )

    def _withhold_what_waits(self):
        """Close what was still to be sent when marketplaces are switched off."""
        for marketplace in self:
            self.env["lengow.outbox"]._withhold(
                marketplace, marketplace._reason_to_withhold()
            )
