"""Deliveries are held while it is not decided whether, or where to, they are to go.

a change of the order at Lengow that nobody has decided about   ─┐
an end of it that could not be taken over                       ─┤
a cancellation that the marketplace was asked for               ─┼─► held, says why
a canceled part that the sale order still sells                ─┘
"""

from odoo import models
from odoo.exceptions import UserError

from ...mapper.shipment import number_text

# Whom an invoice goes to does not matter to a parcel.
HARMLESS_CHANGES = ("billing",)


class LengowHold(models.AbstractModel):
    """Says why deliveries are held, and refuses to let them go."""

    _name = "lengow.hold"
    _description = "Deliveries of Lengow Orders on Hold"

    def _reason(self, sale):
        """Return why the deliveries of a sale order are held, False if they are not.

        :param sale.order sale: one, in system mode
        :return: a translated sentence that says what to do; none of the buyer's data
        :rtype: str | bool
        """
        if not sale.lengow_order_id:
            return False
        if undecided := self._undecided(sale):
            return " ".join(filter(None, (undecided, self._who_may())))
        return self._uncut(sale)

    def _doubt(self, order):
        """Say that nobody knows whether an order is as it was, False if it is known.

        :param lengow.order order: one or none, in system mode
        :return: a translated sentence that says what to do; none of the buyer's data
        :rtype: str | bool
        """
        if not order.unread_from:
            return False
        doubt = self.env._(
            "What Lengow sent last of the marketplace order %s could not be taken "
            "over: all or a part of it may be canceled, or changed. Look at the "
            "marketplace before it leaves.",
            order.name,
        )
        return " ".join(filter(None, (doubt, self._who_may())))

    def _who_may(self):
        """Say who decides, to people who cannot: to the warehouse, above all."""
        if self.env["lengow.order"].sudo(False).has_access("write"):
            return ""
        groups = self.env["ir.model.access"].group_names_with_access(
            "lengow.order", "write"
        )
        return self.env._("Ask somebody with the rights %s.", ", ".join(groups))

    def _undecided(self, sale):
        """Return what is to be decided on the marketplace order, False without."""
        order = sale.lengow_order_id
        if order.change_kind and order.change_kind not in HARMLESS_CHANGES:
            kinds = dict(order._fields["change_kind"]._description_selection(self.env))
            return self.env._(
                "The marketplace order %(order)s was changed after the import "
                "(%(change)s). Open it, and apply the change or keep the sale order "
                "as it is.",
                order=order.name,
                change=kinds[order.change_kind],
            )
        if order.unread_end:
            return self.env._(
                "The marketplace order %s has ended at Lengow, and that could not be "
                "taken over. Refresh it from Lengow, or cancel the sale order.",
                order.name,
            )
        if self.env["lengow.settlement"]._is_cancel_on_its_way(order, sale):
            return self.env._(
                "The cancellation of the marketplace order %s is on its way. Wait for "
                "the marketplace's answer, or withdraw the cancellation there.",
                order.name,
            )
        return False

    def _uncut(self, sale):
        """Return what is to be taken off the sale order, False without."""
        order = sale.lengow_order_id
        uncut = self.env["lengow.settlement"]._find_uncut_lines(order, sale)
        if uncut:
            return self.env._(
                "%(marketplace)s has canceled a part of %(order)s: reduce %(lines)s "
                "on the sale order.",
                marketplace=order.marketplace_id.name,
                order=order.name,
                lines=", ".join(
                    f"{line.product_id.display_name} ({number_text(left)})"
                    for line, left in uncut.items()
                ),
            )
        return False

    def _check(self, pickings):
        """Refuse to deliver to buyers what is held.

        :param stock.picking pickings: about to be validated
        :raise UserError: naming the first delivery that is held, and what to do
        """
        for picking in pickings:
            if picking._lengow_is_to_leave() and picking.lengow_hold_reason:
                raise UserError(
                    self.env._(
                        "%(delivery)s is on hold. %(reason)s",
                        delivery=picking.name,
                        reason=picking.lengow_hold_reason,
                    )
                )
