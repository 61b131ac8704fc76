from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import split_every

from ..models.privacy.lengow_fate import Fate
from ..models.ui import notification

# What a click may take. The scheduled action does more, batch by batch.
MOST_ORDERS = 200
PREVIEW_BATCH = 500


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
    order_count = fields.Integer(string="Orders", compute="_compute_preview")
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

    # === COMPUTE METHODS === #

    @api.depends("account_id", "order_ids")
    def _compute_preview(self):
        anonymiser = self.env["lengow.anonymiser"]
        for preview in self:
            orders_sudo = preview._get_orders().sudo()
            fates, documents, undelivered = {}, 0, 0
            for ids in split_every(PREVIEW_BATCH, orders_sudo.ids):
                batch = orders_sudo.browse(ids)
                plan = anonymiser._plan(batch, among=orders_sudo)
                documents += len(plan.documents)
                undelivered += len(batch.filtered(_is_undelivered))
                for partner, (fate, _until) in plan.fates.items():
                    fates[partner.id] = max(fate, fates.get(partner.id, fate))
            preview.order_count = len(orders_sudo)
            preview.partner_count = list(fates.values()).count(Fate.ERASED)
            preview.document_count = documents
            preview.undelivered_count = undelivered
            preview.kept = preview._describe_kept(list(fates.values()))

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
        """Delete the buyers' data of the chosen orders, or have the next run do it.

        :return: a notification
        :raise UserError: if something is still on its way, or there are too many orders
        """
        self.ensure_one()
        if self.account_id:
            self.env.ref("lengow_connector.cron_anonymise").sudo()._trigger()
            message = self.env._("The data is being deleted, a batch after the other.")
            return notification("success", message)
        orders = self._get_orders()
        if len(orders) > MOST_ORDERS:
            raise UserError(
                self.env._(
                    "Choose at most %s orders. The scheduled action deletes the data "
                    "of all whose time is over.",
                    MOST_ORDERS,
                )
            )
        orders._check_may_anonymise()
        done = orders._anonymise().orders
        message = self.env._("The buyer's data of %s orders is deleted.", len(done))
        if len(done) < len(orders):
            message = self.env._(
                "The buyer's data of %(done)s of %(count)s orders is deleted. Other "
                "orders of the same buyers are being imported just now: delete the "
                "rest in a minute.",
                done=len(done),
                count=len(orders),
            )
            return notification("warning", message)
        return notification("success", message)

    # === HELPERS === #

    def _get_orders(self):
        """Return the orders whose buyers' data is to go.

        :rtype: lengow.order
        """
        if self.account_id:
            return self.env["lengow.order"].search(
                self.account_id._due_for_anonymisation_domain()
            )
        return self.order_ids.filtered(lambda order: not order.anonymised_at)


def _is_undelivered(order):
    return any(
        picking.state not in ("done", "cancel")
        for picking in order.sale_order_ids.picking_ids
    )
