"""Deliveries from the warehouse that stands for the marketplace's own.

confirmed ─► waits until the marketplace has shipped it ─► validates itself ─► done
                                                                 │
                     lots are missing, or Odoo asks for it ──────┴─► says so

It is validated once, by whoever comes first: where a person has validated a delivery,
what is left of it is theirs. That the goods have left is a fact: where Odoo knows of
too few in the warehouse, its stock becomes negative until they are received or counted.
A lot is never made up.
"""

from datetime import timedelta

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...lengow_api import SENT_STATUSES, SHIPPED_STATUSES
from ...mapper.shipment import number_text
from ..errors import FOR_PEOPLE, words_of
from ..settings.lengow_cron import Work
from .lengow_hold import HARMLESS_CHANGES
from .parcels import has_left

CRON = "cron_deliver_fulfilled"
# Less than the hour until the scheduled action looks again.
REST = timedelta(minutes=50)
UNVALIDATED = "unvalidated"
# Which sale orders are looked at: of an order with several, not each of them is.
DUE = Domain(
    [
        ("lengow_delivers_itself", "=", True),
        ("state", "=", "sale"),
        # Odoo exchanges no product that is delivered.
        ("order_line", "not any", [("lengow_is_to_match", "=", True)]),
    ]
)
# Nobody is asked, nor written to: the goods have left, and the marketplace has said so.
UNASKED = {
    "skip_backorder": True,
    "skip_expired": True,
    "skip_sms": True,
    "lengow_fulfils": True,
}


class LengowFulfilment(models.AbstractModel):
    """Validates the deliveries of what marketplaces ship, once they have shipped it."""

    _name = "lengow.fulfilment"
    _description = "Deliveries of Orders Fulfilled by Marketplaces"

    # === CRON METHODS === #

    def _run(self):
        """Validate the deliveries of what has left the marketplaces' warehouses."""
        domain = self._due_domain()
        work = Work(
            CRON,
            self,
            step="_deliver",
            note="_note_failure",
            domain=domain,
            # What waits for lots must not keep the others from their turn.
            rest=REST,
        )
        orders = self.env["lengow.order"].search(domain, order="id")
        self.env["lengow.cron"]._each(orders, work)

    def _due_domain(self):
        return (
            Domain("sale_order_ids", "any", DUE)
            & Domain("change_kind", "in", (False, *HARMLESS_CHANGES))
            & (
                Domain("lengow_status", "in", list(SHIPPED_STATUSES))
                | Domain("line_ids.lengow_status", "in", list(SENT_STATUSES))
            )
        )

    # === BUSINESS METHODS === #

    def _await(self, sales):
        """Have the deliveries of sale orders validate themselves in time.

        :param sale.order sales: just confirmed
        """
        fulfilled = sales.filtered(
            lambda sale: (
                sale.lengow_is_fulfilled_by_marketplace
                and not sale.lengow_stays_out_of_stock
                and not self._has_left_before(sale)
            )
        )
        if fulfilled:
            fulfilled.sudo().lengow_delivers_itself = True  # whoever confirms them
            self._trigger()

    def _has_left_before(self, sale):
        """Whether it has left already for a sale order that this one has replaced.

        Then a person says whether it leaves once more.

        :param sale.order sale: one, in any mode
        :rtype: bool
        """
        others = (sale.sudo().lengow_order_id.sale_order_ids - sale.sudo()).filtered(
            lambda other: other.lengow_package_index == sale.lengow_package_index
        )
        return any(
            line.move_ids and has_left(line)
            for line in others.order_line
            if line._lengow_is_goods()
        )

    def _follow(self, orders):
        """Look soon at what marketplaces may have shipped by now.

        :param lengow.order orders: that have changed at Lengow
        """
        orders = orders.sudo()  # whoever reads them need not see what was sold
        if orders and orders.search_count(
            self._due_domain() & Domain("id", "in", orders.ids), limit=1
        ):
            self._trigger()

    def _trigger(self):
        self.env.ref(f"lengow_connector.{CRON}")._trigger()

    def _deliver(self, orders):
        """Validate what has left of orders; what a person must do is said on it.

        :param lengow.order orders: due
        """
        for order in orders.sudo():
            order = order.with_company(order.company_id)
            for sale in order._living_sales().filtered_domain(DUE):
                self._deliver_sale(order, sale)

    def _deliver_sale(self, order, sale):
        if not self._open_pickings(sale):
            sale.lengow_delivers_itself = False
            return
        if sale.lengow_hold_reason:
            return  # as it says itself
        count = self.env["lengow.cron"]._count
        done = 0
        try:
            with self.env.cr.savepoint():
                while picking := self._find_next(order, sale):
                    self._validate(picking)
                    done += 1
        except FOR_PEOPLE as error:
            reason = words_of(error)
        else:
            if not self._open_pickings(sale):
                sale.lengow_delivers_itself = False
            count(order.account_id, updated=done)
            return
        self.env.invalidate_all(flush=False)
        count(order.account_id, failed=1)
        self._mark(self._find_next(order, sale), reason)

    def _note_done(self, pickings):
        """Have nothing said any more of what is done, and leave the rest to people.

        Whoever has validated a delivery by hand has said what left.

        :param stock.picking pickings: just validated or canceled, in system mode
        """
        ended = pickings.filtered(lambda picking: picking.state in ("done", "cancel"))
        ended.filtered(
            lambda picking: picking.lengow_ship_state == UNVALIDATED
        )._lengow_mark_reported()
        if self.env.context.get("lengow_fulfils"):
            return
        sales = ended.filtered(
            lambda picking: (
                picking.state == "done" and picking.location_dest_id.usage == "customer"
            )
        ).sale_id
        sales.filtered("lengow_delivers_itself").lengow_delivers_itself = False

    def _note_failure(self, order, error):
        """Say on the deliveries of an order that they could not be validated.

        :param lengow.order order: in any mode
        :param Exception error: what was raised
        """
        if isinstance(error, FOR_PEOPLE):
            reason = words_of(error)
        else:
            reason = self.env._(
                "It could not be validated. It is tried again by itself; if it stays, "
                "give your administrator the server log of this moment."
            )
        sales = order.sudo()._living_sales().filtered("lengow_delivers_itself")
        for sale in sales:
            self._mark(self._open_pickings(sale)[:1], reason)

    def _mark(self, picking, reason):
        picking._lengow_mark_unreported(UNVALIDATED, reason)

    # === WHICH DELIVERIES === #

    def _open_pickings(self, sale):
        """Return what is still to leave the fulfilment warehouse, with its steps.

        What comes back, or from elsewhere, is for people.
        """
        return sale.picking_ids.filtered(
            lambda picking: (
                picking.state not in ("done", "cancel")
                and picking.picking_type_id.warehouse_id == sale.warehouse_id
                and picking.picking_type_code in ("internal", "outgoing")
                and not picking.return_id
            )
        )

    def _find_next(self, order, sale):
        """Return the delivery, or the step of one, that is validated next.

        :param lengow.order order: in system mode
        :param sale.order sale: one of its sale orders
        :return: maybe none
        :rtype: stock.picking
        """
        pickings = self._open_pickings(sale)
        return pickings.filtered(
            lambda picking: (
                not picking.move_ids.move_orig_ids.picking_id & pickings
                and not any(picking.move_ids.mapped("picked"))  # somebody is at it
                and self._has_left(order, picking)
            )
        ).sorted("id")[:1]

    def _has_left(self, order, picking):
        """Whether the marketplace has shipped all that is in a delivery."""
        sold = picking.move_ids.filtered(lambda m: m.state != "cancel").sale_line_id
        rows = order.line_ids.filtered(lambda row: row.sale_line_id in sold)
        return order._has_passed_shipment() or (
            bool(rows)
            and rows.sale_line_id == sold
            and all(row._has_left() for row in rows)
        )

    # === VALIDATE === #

    def _validate(self, picking):
        """Validate a delivery of all that it holds.

        :param stock.picking picking: whose goods have left
        :raise UserError: if a person must do something first
        """
        if picking.state == "draft":
            picking.action_confirm()
        self._fill(picking)
        picking.with_context(**UNASKED).button_validate()
        if picking.state != "done":
            raise UserError(
                self.env._(
                    "Odoo asks for something before it validates %s. Validate it in "
                    "the inventory.",
                    picking.name,
                )
            )

    def _fill(self, picking):
        """Take what is there, the first that came in first, and what is not there, too.

        :raise UserError: naming the products whose lots are missing
        """
        moves = picking.move_ids.filtered(lambda m: m.state not in ("done", "cancel"))
        moves._action_assign()
        kind = picking.picking_type_id
        missing = {}
        for move in moves:
            if move.has_tracking != "none" and (
                kind.use_create_lots or kind.use_existing_lots
            ):
                named = move.move_line_ids.filtered(lambda ml: ml.lot_id or ml.lot_name)
                there = sum(named.mapped("quantity_product_uom"))
                short = move.product_id.uom_id.round(move.product_qty - there)
                if short > 0:
                    product = move.product_id
                    missing[product] = missing.get(product, 0.0) + short
            elif move.product_uom.compare(move.quantity, move.product_uom_qty):
                move.quantity = move.product_uom_qty
        if missing:
            raise UserError(
                self.env._(
                    "Lots or serial numbers are missing in %(location)s: %(products)s. "
                    "Receive or move them there, or validate the delivery yourself.",
                    location=picking.location_id.display_name,
                    products=", ".join(
                        f"{product.display_name} ({number_text(short)})"
                        for product, short in missing.items()
                    ),
                )
            )
