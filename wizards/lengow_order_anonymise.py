from collections import defaultdict
from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import format_date

from ..models.privacy.lengow_fate import Fate
from ..models.ui import notification

# What a click may take. More goes on in the background, batch by batch.
MOST_ORDERS = 200
# Of more orders than these is only told how many they are: each of them is looked at.
PREVIEWED = 500
# Nobody reads a longer list; what it adds up to stands above it.
LISTED = 50
# Until whoever imports another order of the same buyers is done.
BUSY = timedelta(minutes=1)
# Nobody has bought so much that their orders lead to each other more often.
MOST_STEPS = 10


class Stay(NamedTuple):
    """Why a customer or address is not erased."""

    fate: Fate
    until: object
    """Until when an invoice wants it."""
    keepers: models.Model
    """The marketplace orders that need it."""


class LengowOrderAnonymise(models.TransientModel):
    """Shows what deleting buyers' data deletes and keeps, and does it.

    For the orders of an account whose time is over, or for orders that somebody chose
    because their buyer asks for it.
    """

    _name = "lengow.order.anonymise"
    _description = "Delete Buyers' Data"
    _inherit = ["lengow.dialog"]

    account_id = fields.Many2one("lengow.account", readonly=True, ondelete="cascade")
    order_ids = fields.Many2many(
        "lengow.order",
        readonly=True,
        default=lambda self: (
            self.env.context.get("active_model") == "lengow.order"
            and self.env.context.get("active_ids")
        ),
    )
    has_keepers = fields.Boolean(compute="_compute_preview")
    include_keepers = fields.Boolean(
        string="Delete There Too",
        help="Deletes the data of every other marketplace order of the same buyers, "
        "because of which they would stay.",
    )
    order_count = fields.Integer(string="Orders", compute="_compute_preview")
    previewed_count = fields.Integer(
        compute="_compute_preview",
        help="Of so many of them is counted what goes and what stays.",
    )
    partner_count = fields.Integer(
        string="Customers and Addresses", compute="_compute_preview"
    )
    document_count = fields.Integer(string="Documents", compute="_compute_preview")
    undelivered_count = fields.Integer(
        string="Not Delivered Yet",
        compute="_compute_preview",
        help="Once the address is deleted, these can only be delivered by hand.",
    )
    kept = fields.Text(compute="_compute_preview")
    listing = fields.Html(compute="_compute_listing", sanitize=False)

    # === COMPUTE METHODS === #

    @api.depends("account_id", "order_ids", "include_keepers")
    def _compute_preview(self):
        anonymiser = self.env["lengow.anonymiser"]
        for preview in self:
            orders_sudo = preview._get_orders().sudo()
            looked_at = orders_sudo.browse(orders_sudo.ids[:PREVIEWED])
            plan = anonymiser._plan(looked_at, among=orders_sudo)
            fates = [fate for fate, _until in plan.fates.values()]
            preview.order_count = len(orders_sudo)
            preview.previewed_count = len(looked_at)
            preview.partner_count = fates.count(Fate.ERASED)
            preview.document_count = len(plan.documents)
            preview.undelivered_count = len(looked_at.filtered(_is_undelivered))
            preview.kept = preview._describe_kept(fates)
            preview.has_keepers = not preview.account_id and (
                preview.include_keepers or Fate.NEEDED in fates
            )

    @api.depends("account_id", "order_ids", "include_keepers")
    def _compute_listing(self):
        for preview in self:
            orders = preview._get_orders()
            # Not those beside them.
            listed = orders[:LISTED].with_prefetch()
            preview.listing = self.env["ir.qweb"]._render(
                "lengow_connector.anonymise_listing",
                {
                    "rows": preview._list(listed, among=orders),
                    "unlisted": len(orders) - len(listed),
                },
            )

    def _list(self, orders, among):
        """Return a row for each of some orders: its buyer, what goes and what stays.

        :param lengow.order orders: to list
        :param lengow.order among: all whose data is to go
        :rtype: list[dict]
        """
        stays = self._find_stays(orders, among)
        return [
            {
                "order": order,
                "documents": len(order.sudo().document_ids),
                "is_undelivered": _is_undelivered(order.sudo()),
                "stays": [
                    (partner.sudo().display_name, self._say(stay), stay.keepers)
                    for partner, stay in stays[order].items()
                ],
            }
            for order in orders
        ]

    def _find_stays(self, orders, among):
        """Return by order the customers and addresses that stay, and why.

        :rtype: dict[lengow.order, dict[res.partner, Stay]]
        """
        anonymiser = self.env["lengow.anonymiser"]
        orders_sudo = orders.sudo()
        plan = anonymiser._plan(orders_sudo, among=among.sudo())
        kept = {p: fate for p, fate in plan.fates.items() if fate[0] != Fate.ERASED}
        partners = self.env["res.partner"].sudo().concat(*kept)
        keepers = self.env["lengow.fate"]._find_keepers(partners, among.sudo())
        stays = defaultdict(dict)
        for order in orders:
            family = anonymiser._find_buyers(order)._lengow_family() if kept else ()
            for partner in family:
                if partner in kept and (partner.name or not partner.parent_id):
                    fate, until = kept[partner]
                    named = keepers[partner].sudo(False)._filtered_access("read")
                    stays[order][partner] = Stay(fate, until, named)
        return stays

    def _say(self, stay):
        """Return why somebody stays, in words that go before the orders it is about.

        :param Stay stay: why
        :rtype: str
        """
        if stay.fate == Fate.NEEDED:
            return self.env._("stays, because of")
        if stay.fate == Fate.SHARED:
            return self.env._("stays: also used outside of marketplace orders")
        return self.env._(
            "stays archived, without e-mail and phone, until %s: on a posted invoice",
            format_date(self.env, stay.until),
        )

    def _describe_kept(self, fates):
        """Return a line for each reason why something is kept, with how many it is.

        :param list fates: of the partners
        :rtype: str | bool
        """
        lines = [
            f"{fates.count(fate)}: {reason}"
            for fate, reason in self.env["lengow.anonymiser"]._reasons_to_keep().items()
            if fate in fates
        ]
        if self.account_id and not self.account_id.anonymise_orders:
            lines.append(
                self.env._(
                    "Everything: this account does not delete buyers' data. %s",
                    self.account_id.anonymise_off_reason or "",
                )
            )
        return "\n".join(lines) or False

    # === ACTION METHODS === #

    def action_anonymise(self):
        """Delete the buyers' data of the chosen orders, many of them in the background.

        :return: a notification, or how far it is in the background
        :raise UserError: if something is still on its way
        """
        self.ensure_one()
        orders = self._get_orders()
        if self.account_id:
            self.account_id.check_access("write")
            if not self.account_id.anonymise_orders:
                return notification("warning", self.kept)
            return self._go_on_in_background(orders, account_id=self.account_id.id)
        if len(orders) > MOST_ORDERS:
            return self._go_on_in_background(orders)
        orders._check_may_anonymise()
        stays = self._find_stays(orders, among=orders)
        done = orders._anonymise().orders
        sentences = [
            self.env._("Orders whose buyer's data is deleted: %s.", len(done)),
            *self._tell_stays(stays),
        ]
        if rest := orders - done:
            task = self.env["lengow.background"]._begin("anonymise", rest).sudo()
            task._mark_waiting(fields.Datetime.now() + BUSY, False)
            sentences.append(
                self.env._(
                    "Other orders of the same buyers are being imported just now. To "
                    "be deleted in a minute: %s.",
                    len(rest),
                )
            )
            if task.news:  # nothing is done there just now
                sentences.append(task.news)
        is_complete = not (rest or stays)
        kind = "success" if is_complete else "warning"
        told = notification(kind, " ".join(sentences))
        # Nobody reads of several people, and why they stay, in four seconds.
        told["params"]["sticky"] = not is_complete
        return told

    def _go_on_in_background(self, orders, **options):
        """Have it done batch by batch, and show how far it is.

        :param lengow.order orders: whose buyers' data goes
        :param options: as of `lengow.background._begin`
        :rtype: dict
        """
        orders.check_access("write")
        task = self.env["lengow.background"]._begin("anonymise", orders, **options)
        return task._open()

    def _tell_stays(self, stays):
        """Yield a sentence about each customer who is still there.

        :param dict stays: by order, as of :meth:`_find_stays`
        """
        by_partner = {
            partner: stay for some in stays.values() for partner, stay in some.items()
        }
        for partner, stay in by_partner.items():
            if stay.fate == Fate.INVOICED:
                continue  # has gone but for the invoice, which says so on the order
            names = ", ".join(stay.keepers.mapped("name"))
            who = partner.sudo().display_name
            yield f"{who} {self._say(stay)} {names}".rstrip() + "."

    # === HELPERS === #

    def _get_orders(self):
        """Return the orders whose buyers' data is to go.

        :rtype: lengow.order
        """
        if self.account_id:
            return self.env["lengow.order"].search(
                self.account_id._due_for_anonymisation_domain()
            )
        orders = self.order_ids._origin.filtered(lambda o: not o.anonymised_at)
        return self._with_keepers(orders) if self.include_keepers else orders

    def _with_keepers(self, orders):
        """Return some orders, and every other one because of which buyers stay."""
        for _step in range(MOST_STEPS):
            partners = self.env["lengow.anonymiser"]._find_buyers(orders)
            found = self.env["lengow.fate"]._find_keepers(
                partners._lengow_family(), orders.sudo()
            )
            others = orders.concat(*(one.sudo(False) for one in found.values()))
            more = (others - orders)._filtered_access("write")
            if not more:
                break
            orders |= more
        return orders


def _is_undelivered(order):
    return any(
        picking.state not in ("done", "cancel")
        for picking in order.sale_order_ids.picking_ids
    )
