"""The sale side of a marketplace order: what was made of it, and what is to be decided.

What happens to it is told by the services: `lengow.importer` makes its sale orders,
`lengow.revision` follows what changes afterwards, `lengow.invoicing` invoices them.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...mapper.problems import PRODUCT_ERRORS
from ...mapper.territories import TERRITORY_LABELS
from ..ui import notification
from .lengow_tax_watch import TAX_ACTIVITY

DECIDE_CHANGE_ACTIVITY = "lengow_connector.mail_activity_type_decide_change"


class LengowOrder(models.Model):
    _inherit = "lengow.order"

    # === FIELDS: its sale orders === #

    # In system mode: who may see the marketplace order may know that it has others.
    sale_order_count = fields.Integer(compute="_compute_sale_counts", compute_sudo=True)
    picking_count = fields.Integer(compute="_compute_sale_counts", compute_sudo=True)
    amount_margin = fields.Monetary(
        string="Margin",
        compute="_compute_amount_margin",
        help="What the sale orders bring without tax, less the cost of their products "
        "and the marketplace's commission.",
    )

    tax_doubt = fields.Text(
        string="Taxes to Check",
        readonly=True,
        copy=False,
        help="What about the taxes of the sale orders may be wrong.",
    )

    tax_territory = fields.Selection(
        TERRITORY_LABELS,
        string="Territory",
        readonly=True,
        copy=False,
        help="The part of the delivery country that has taxes of its own.",
    )

    is_outdated = fields.Boolean(
        readonly=True,
        copy=False,
        help="A setting has changed since it was looked at: the next run of the import "
        "does that.",
    )

    # === FIELDS: what changed since the import === #

    change_kind = fields.Selection(
        [
            ("billing", "Invoice Address Changed"),
            ("address", "Address Changed"),
            ("content", "Content Changed"),
            ("review", "Refunded or Shipped in Part"),
            ("canceled", "Ended, Not All Delivered"),
            ("reopened", "Reopened"),
        ],
        string="Changed After Import",
        readonly=True,
        copy=False,
        help="What Lengow changed since the sale order was made, until it is decided.",
    )
    change_summary = fields.Text(
        string="Changes", compute="_compute_change_summary", compute_sudo=True
    )
    # Personal data: it goes once the change is decided, or with _forget_changes().
    imported_payload = fields.Json(
        readonly=True,
        prefetch=False,
        copy=False,
        groups="lengow_connector.group_manager",
        help="The order as the sale order was made of it, while a change is undecided.",
    )

    # === FIELDS: its invoice === #

    # todo ──► done                        todo: something is delivered or ordered that
    #  ▲ └───► error ──► todo (retried)          is to be invoiced; error: says why not
    invoice_state = fields.Selection(
        [("todo", "To Invoice"), ("done", "Invoiced"), ("error", "Not Invoiced")],
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="For marketplaces whose orders are invoiced and noted as paid at once.",
    )
    invoice_error = fields.Text(readonly=True, copy=False)

    # === FIELDS: its commission === #

    commission_ids = fields.One2many(
        "lengow.commission",
        "order_id",
        string="Booked Commissions",
        readonly=True,
        groups="account.group_account_invoice,account.group_account_readonly",
    )

    _outdated_idx = models.Index("(account_id) WHERE is_outdated IS TRUE")
    _changed_idx = models.Index("(change_kind) WHERE change_kind IS NOT NULL")

    # === COMPUTE METHODS === #

    @api.depends(
        "amount_commission",
        "sale_order_ids.state",
        "sale_order_ids.amount_untaxed",
        "sale_order_ids.order_line.product_uom_qty",
    )
    def _compute_amount_margin(self):
        for order in self:
            sales = order.sudo().sale_order_ids.filtered(lambda s: s.state != "cancel")
            cost = 0.0
            for line in sales.order_line.filtered("product_id"):
                # Each company has its own cost, whichever somebody looks from.
                product = line.product_id.with_company(line.company_id)
                line_cost = product.standard_price * line.product_uom_qty
                cost += product.cost_currency_id._convert(
                    line_cost,
                    line.currency_id,
                    line.company_id,
                    line.order_id.date_order.date(),
                )
            revenue = sum(sales.mapped("amount_untaxed"))
            order.amount_margin = revenue - cost - order.amount_commission

    @api.depends("sale_order_ids.picking_ids")
    def _compute_sale_counts(self):
        for order in self:
            order.sale_order_count = len(order.sale_order_ids)
            order.picking_count = len(order.sale_order_ids.picking_ids)

    @api.depends("change_kind", "payload", "imported_payload")
    def _compute_change_summary(self):
        for order in self:
            order.change_summary = self.env["lengow.revision"]._summary(order)

    # === CRON METHODS === #

    @api.model
    def _cron_process_orders(self):
        """Import the orders that are ready."""
        self.env["lengow.importer"]._cron_process_orders()

    @api.model
    def _cron_invoice_orders(self):
        """Invoice the orders of marketplaces that are invoiced at once."""
        self.env["lengow.invoicing"]._cron_invoice_orders()

    # === ACTION METHODS === #

    def action_apply_changes(self):
        """Bring the sale orders in line with what Lengow shows now.

        Another address is put on them and on their open deliveries; of what ended, the
        rest is canceled; where there is just less of something, lines are reduced.
        Anything else needs other sale orders: the old ones are canceled and the order
        is imported again.

        :return: a notification
        :raise UserError: if something was delivered or invoiced already
        """
        self.ensure_one()
        self.check_access("write")
        order = self._lock_for_decision()
        if not order.change_kind:
            raise UserError(self.env._("Nothing of %s waits to be applied.", self.name))
        if order.change_kind in ("billing", "address"):
            self.env["lengow.revision"]._apply_addresses(order)
            order._log_note(
                self.env._(
                    "%s applied the address that was changed on the marketplace.",
                    self.env.user.name,
                )
            )
            message = self.env._("The new address is on the sale order.")
        elif order.change_kind == "canceled":
            self.env["lengow.follow.up"]._cancel_rest(order)
            message = self.env._("What was still to be delivered is canceled.")
        elif order.change_kind == "reopened":
            self.env["lengow.revision"]._import_again(order)
            message = self.env._("Imported again as Lengow sends it now.")
        elif order.change_kind == "review":
            raise UserError(
                self.env._(
                    "Nothing in Odoo can follow this by itself. Correct the sale order "
                    "and its deliveries by hand, then choose “Keep Sale Order”."
                )
            )
        else:
            self.env["lengow.revision"]._apply_content(order)
            message = self.env._("The sale order is as Lengow sends it now.")
        order._forget_changes()
        return notification("success", message)

    def action_use_told_address(self):
        """Use the marketplace's own address again instead of a corrected one.

        :return: a notification
        :raise UserError: if all is delivered, or the order cannot be had with it
        """
        self.ensure_one()
        self.check_access("write")
        order = self._lock_for_decision()
        return self.env["lengow.told.address"]._use(order)

    def action_keep_as_is(self):
        """Leave the sale orders as they are and stop saying that the order changed."""
        self.check_access("write")
        changed = self.sudo().filtered("change_kind")
        changed._log_note(
            self.env._("%s keeps the sale order as it is.", self.env.user.name)
        )
        changed._forget_changes()

    def action_taxes_checked(self):
        """Note that somebody looked at the taxes, and stop calling for it."""
        self.check_access("write")
        doubtful = self.sudo().filtered("tax_doubt")
        doubtful._log_note(self.env._("%s has checked the taxes.", self.env.user.name))
        doubtful.tax_doubt = False
        doubtful._dismiss_calls([TAX_ACTIVITY])

    def action_import_again(self):
        """Replace the sale orders by new ones, made of what Lengow shows now.

        :return: a notification
        :raise UserError: if something was delivered or invoiced, or the order cannot be
            imported any more; the sale orders then stay as they are
        """
        self.ensure_one()
        self.check_access("write")
        order = self._lock_for_decision()
        self.env["lengow.revision"]._import_again(order)
        order._forget_changes()
        return notification("success", self.env._("Imported again."))

    def action_invoice_again(self):
        """Try again to invoice orders whose invoice failed."""
        self.check_access("write")
        orders_sudo = self.sudo()  # the import's own right, as when it ran by itself
        self.env["lengow.invoicing"]._invoice_again(orders_sudo)

    def action_open_resolve(self):
        """Match the SKUs that keep these orders from being imported with products.

        With none selected, those of all orders.

        :return: the dialog
        :raise UserError: if none of them waits for a product
        """
        self.check_access("write")
        dialog = self.env["lengow.order.resolve"]
        if not self:
            return dialog._open_all()
        return dialog._open_for(
            self.filtered(
                lambda order: (
                    order.import_state in ("waiting", "ready")
                    or order.error_code in PRODUCT_ERRORS
                    or any(order.line_ids.mapped("is_to_match"))
                )
            )
        )

    def action_open_sale_orders(self):
        """Open the sale orders of these marketplace orders."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("sale.action_orders")
        action["domain"] = [("lengow_order_id", "in", self.ids)]
        action["context"] = {}
        if len(self.sale_order_ids) == 1:
            action.update(
                views=[(self.env.ref("sale.view_order_form").id, "form")],
                res_id=self.sale_order_ids.id,
            )
        return action

    def action_open_pickings(self):
        """Open the deliveries of these marketplace orders."""
        self.check_access("read")
        pickings = self.sale_order_ids.picking_ids
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "stock.action_picking_tree_all"
        )
        action["domain"] = [("id", "in", pickings.ids)]
        action["context"] = {}
        if len(pickings) == 1:
            action.update(views=[(False, "form")], res_id=pickings.id)
        return action

    # === STATE TRANSITIONS === #

    def _mark_changed(self, kind, old_payload):
        """Note that the order is not what its sale orders were made of any more.

        :param str kind: of `change_kind`
        :param dict old_payload: what was stored before; kept unless an older one is
        """
        values = {"change_kind": kind}
        if not self.change_kind:
            values["imported_payload"] = old_payload
        self.write(values)

    def _forget_changes(self):
        """Drop undecided changes, with the buyer's data that they hold."""
        changed = self.filtered("change_kind").sudo()
        if changed:
            changed.write({"change_kind": False, "imported_payload": False})
            changed._dismiss_calls([DECIDE_CHANGE_ACTIVITY])

    def _mark_to_invoice(self):
        self.write({"invoice_state": "todo", "invoice_error": False})

    def _mark_invoiced(self):
        self.write({"invoice_state": "done", "invoice_error": False})

    def _mark_not_invoiced(self, reason):
        """Keep on the order why it has no invoice.

        :param str reason: of Odoo or another module
        """
        self.write({"invoice_state": "error", "invoice_error": reason})

    # === HELPERS === #

    def _living_sales(self):
        return self.sale_order_ids.filtered(lambda sale: sale.state != "cancel")

    def _open_sales(self):
        """Return the living sale orders of which something is still to be delivered."""
        return self._living_sales().filtered(
            lambda sale: any(line._lengow_remaining() for line in sale.order_line)
        )

    def _posted_invoices(self):
        invoices = self.sale_order_ids.invoice_ids
        return invoices.filtered(
            lambda move: move.state == "posted" and move.move_type == "out_invoice"
        )

    def _lock_for_decision(self):
        """Return the order in system mode, locked against the crons and other people.

        :rtype: lengow.order
        :raise UserError: if somebody else holds it
        """
        order = self.sudo().try_lock_for_update(allow_referencing=True)
        if not order:
            raise UserError(
                self.env._("%s is being processed. Try again in a moment.", self.name)
            )
        return order

    def _status_label(self):
        """Return the Lengow status as people read it."""
        labels = dict(self._fields["lengow_status"]._description_selection(self.env))
        return labels[self.lengow_status]
