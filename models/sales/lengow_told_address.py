"""The marketplace's own address, used again instead of what somebody has corrected."""

from odoo import models

from ..ui import notification


class LengowToldAddress(models.AbstractModel):
    """Lets go of a corrected address."""

    _name = "lengow.told.address"
    _description = "Lengow: The Marketplace's Own Address"

    def _use(self, order):
        """Use the address that the marketplace tells, also on what was made of it.

        :param lengow.order order: one, in system mode
        :return: a notification
        :raise UserError: if all is delivered, or the order cannot be had with it; the
            correction then stays
        """
        message = self.env._("The marketplace's address is used again.")
        if not order.address_correction:
            return notification("success", message)  # a second click
        order.address_correction = False
        order._show_addresses()
        order._log_note(
            self.env._("%s uses the marketplace's address again.", self.env.user.name)
        )
        if order.import_state == "imported":
            self.env["lengow.revision"]._apply_addresses(order)
        elif order.import_state in ("error", "ready"):
            return self.env["lengow.mend"]._go_on(order, message)
        return notification("success", message)
