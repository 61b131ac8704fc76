from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.ui import notification


class LengowCarrierLink(models.TransientModel):
    """Says what the delivery method of a delivery is called at its marketplace.

    Who may not configure marketplaces says it for this delivery only.
    """

    _name = "lengow.carrier.link"
    _description = "Link a Carrier"
    _inherit = ["lengow.dialog"]

    picking_id = fields.Many2one("stock.picking", required=True, readonly=True)
    marketplace_id = fields.Many2one(related="picking_id.lengow_marketplace_id")
    method_id = fields.Many2one(
        related="picking_id.carrier_id", string="Delivery Method"
    )
    question = fields.Char(compute="_compute_question")
    lengow_carrier_id = fields.Many2one(
        "lengow.carrier",
        string="Carrier",
        domain="[('marketplace_id', '=', marketplace_id)]",
    )
    only_here = fields.Boolean(string="For this delivery only")
    may_link = fields.Boolean(compute="_compute_may_link")
    who_may = fields.Char(compute="_compute_may_link")

    # === COMPUTE METHODS === #

    @api.depends("picking_id")
    def _compute_question(self):
        for dialog in self:
            picking_sudo = dialog.picking_id.sudo()  # names alone
            dialog.question = self.env._(
                "At %(marketplace)s, %(method)s is:",
                marketplace=picking_sudo.lengow_marketplace_id.name,
                method=picking_sudo.carrier_id.name,
            )

    @api.depends("picking_id")
    @api.depends_context("uid")
    def _compute_may_link(self):
        for dialog in self:
            carriers = dialog.lengow_carrier_id or self.env["lengow.carrier"]
            dialog.may_link = carriers.has_access("write")
            dialog.who_may = self.env._(
                "You choose for this delivery only. For all deliveries, %s can.",
                dialog._who_may(),
            )

    def _who_may(self):
        """Return who links carriers for good, as people call them."""
        account = self.picking_id.sudo().lengow_order_id.account_id
        return account._find_responsible().name or self.env._("a Lengow manager")

    # === ACTION METHODS === #

    @api.model
    def _open_for(self, picking):
        """Open the dialog on a delivery, with what is known or called alike.

        :param stock.picking picking: of a marketplace order
        :raise UserError: if it has no delivery method
        """
        picking_sudo = picking.sudo()
        self._check_method(picking_sudo)
        known = picking_sudo.lengow_carrier_id or self._find_likely(picking_sudo)
        dialog = self.create({"picking_id": picking.id, "lengow_carrier_id": known.id})
        if not dialog.may_link:
            dialog.only_here = True
        return dialog._open(self.env._("Link Carrier"))

    def _check_method(self, picking_sudo):
        if not (picking_sudo.carrier_id and picking_sudo.lengow_marketplace_id):
            raise UserError(
                self.env._("Choose the carrier of %s in Odoo first.", picking_sudo.name)
            )

    def _find_likely(self, picking_sudo):
        marketplace = picking_sudo.lengow_marketplace_id
        method = picking_sudo.carrier_id
        Carrier = picking_sudo.env["lengow.carrier"]
        alike = [("proposed_carrier_id", "=", method.id), ("carrier_id", "=", False)]
        return Carrier._find_for(marketplace, method) or Carrier.search(
            [("marketplace_id", "=", marketplace.id), *alike], limit=1
        )

    def action_link(self):
        """Link the carrier, or note it on this delivery, and report what waited.

        :return: a notification
        :raise UserError: if none is chosen, it is another marketplace's, or there is
            no delivery method any more
        """
        self.ensure_one()
        self.check_access("write")
        self.picking_id.check_access("write")
        carrier = self.lengow_carrier_id
        if not carrier or carrier.sudo().marketplace_id != self.sudo().marketplace_id:
            raise UserError(self.env._("Choose one of the marketplace's carriers."))
        picking_sudo = self.picking_id.sudo()  # the system keeps what is told
        self._check_method(picking_sudo)
        if self.only_here or not self.may_link:
            picking_sudo.lengow_carrier_id = carrier
            picking_sudo._lengow_report_shipment()
        else:
            picking_sudo.lengow_carrier_id = False  # as for every other delivery
            carrier._stand_for(picking_sudo.carrier_id, carrier.marketplace_id)
        return notification("success", self.env._("%s is linked.", carrier.name))
