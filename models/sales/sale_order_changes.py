from odoo import models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    _inherit = "sale.order"

    # === WHEN THE MARKETPLACE ORDER CHANGES AFTERWARDS === #

    def _lengow_is_delivered(self):
        """Return whether anything of this sale order left for the buyer.

        Goods that came back count, too: somebody has dealt with them by hand.

        :rtype: bool
        """
        self.ensure_one()
        return any(self.order_line.mapped("qty_delivered")) or bool(
            self.picking_ids.filtered(
                lambda picking: (
                    picking.state == "done"
                    and picking.location_dest_id.usage == "customer"
                )
            )
        )

    def _lengow_readdress(self, delivery, invoiced):
        """Send what is still to be delivered to another address.

        The fiscal position stays: the buyer has paid, whatever the taxes of the new
        address would be.

        :param res.partner delivery: the new delivery address
        :param res.partner invoiced: the new invoice address, taken while nothing is
            invoiced
        :raise UserError: if everything has left for the old address
        """
        self.ensure_one()
        open_pickings = self.picking_ids.filtered(
            lambda picking: (
                picking.state not in ("done", "cancel")
                and picking.picking_type_code == "outgoing"
            )
        )
        moves = delivery != self.partner_shipping_id
        if moves and not open_pickings and self._lengow_is_delivered():
            raise UserError(
                self.env._(
                    "%s is delivered already, so nothing can go to another address. "
                    "Choose “Keep as It Is”.",
                    self.name,
                )
            )
        values = {
            "partner_shipping_id": delivery.id,
            "fiscal_position_id": self.fiscal_position_id.id,
        }
        if not self.invoice_ids.filtered(lambda move: move.state != "cancel"):
            values["partner_invoice_id"] = invoiced.id
        # Odoo would ask the user to correct the deliveries, quoting both addresses.
        self.with_context(mail_activity_automation_skip=True).write(values)
        open_pickings.write({"partner_id": delivery.id})
        open_pickings.move_ids.write({"partner_id": delivery.id})
