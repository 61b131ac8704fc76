"""What becomes of an imported order whose content changed at Lengow.

    imported ──► payload differs in what matters ──► the order says what changed
                     │                                   │            │
                     └─ changed back: forgotten     apply to      keep as it is
                                                    sale order    (forgotten)

While a change waits for somebody, the payload that the sale order was made of is kept
beside the new one; what changed is always computed from the two.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...lengow_api import DEAD_STATUSES
from ...mapper import ImportProblem, OrderComparison, OrderMapper
from ..ui import notification
from .lengow_order_import import QUIET


class LengowOrder(models.Model):
    _inherit = "lengow.order"

    change_kind = fields.Selection(
        [("address", "Address Changed"), ("content", "Content Changed")],
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

    _changed_idx = models.Index("(change_kind) WHERE change_kind IS NOT NULL")

    # === COMPUTE METHODS === #

    @api.depends("change_kind", "payload", "imported_payload")
    def _compute_change_summary(self):
        for order in self:
            differences = []
            if order.imported_payload:
                differences = order._differences_from(order.imported_payload)
            order.change_summary = "\n".join(map(str, differences)) or False

    # === ACTION METHODS === #

    def action_apply_changes(self):
        """Bring the sale orders in line with what Lengow says now.

        Another address is put on them and on their open deliveries. Anything else needs
        other sale orders: the old ones are cancelled and the order is imported again.

        :return: a notification
        :raise UserError: if something was delivered or invoiced already
        """
        self.ensure_one()
        self.check_access("write")
        order = self._lock_for_decision()
        if order.change_kind == "address":
            order._apply_addresses()
            message = self.env._("The new address is on the sale order.")
        else:
            order._import_again()
            message = self.env._("Imported again as Lengow sends it now.")
        order._forget_changes()
        return notification("success", message)

    def action_keep_as_is(self):
        """Leave the sale orders as they are and stop saying that the order changed."""
        self.check_access("write")
        changed = self.sudo().filtered("change_kind")
        changed._log_note(
            self.env._("%s keeps the sale order as it is.", self.env.user.name)
        )
        changed._forget_changes()

    def action_import_again(self):
        """Replace the sale orders by new ones, made of what Lengow says now.

        :return: a notification
        :raise UserError: if something was delivered or invoiced, or the order cannot be
            imported any more; the sale orders then stay as they are
        """
        self.ensure_one()
        self.check_access("write")
        order = self._lock_for_decision()
        order._import_again()
        order._forget_changes()
        return notification("success", self.env._("Imported again."))

    # === BUSINESS METHODS === #

    def _write_payload(self, values):
        """Store what Lengow sends about a known order, and follow up what it changes.

        :param dict values: of `lengow.inbox._prepare_values`
        """
        self.ensure_one()
        if self.import_state != "imported":
            return self.write(values)
        order = self.sudo()
        old_payload, old_status = order.payload, order.lengow_status
        before = order._content() if old_payload else None
        self.write(values)
        if not old_payload:
            return None  # it was anonymised: there is nothing to compare with
        order._review_changes(old_payload)
        return order._follow_marketplace(before, old_status)

    def _review_changes(self, old_payload):
        """Note whether the order still is what its sale orders were made of.

        :param dict old_payload: what was stored before; the sale orders were made of it
            unless an older one is kept
        """
        erased = self.is_anonymised_by_lengow or self.anonymised_at
        if self.lengow_status in DEAD_STATUSES or erased:
            return self._forget_changes()
        was_changed = bool(self.change_kind)
        imported = self.imported_payload if was_changed else old_payload
        kinds = {difference.kind for difference in self._differences_from(imported)}
        if not kinds:
            return self._forget_changes()
        self.change_kind = "content" if "content" in kinds else "address"
        if not was_changed:
            self.imported_payload = imported
        return None

    def _differences_from(self, imported_payload):
        """Return what is not as it was.

        :param dict imported_payload: the order as it was imported
        :rtype: list[Difference]
        """
        comparison = OrderComparison(
            self.env,
            self._content_of(imported_payload),
            self._content(),
            self.marketplace_id._find_definition(),
            is_shipped=self._has_passed_shipment(),
        )
        return comparison.differences()

    def _forget_changes(self):
        """Drop undecided changes, with the buyer's data that they hold."""
        self.filtered("change_kind").sudo().write(
            {"change_kind": False, "imported_payload": False}
        )

    def _apply_addresses(self):
        """Put the addresses that Lengow has now on sale orders and open deliveries.

        :raise UserError: if there is nothing left to deliver, or no such address
        """
        order = self.with_company(self.company_id).with_context(**QUIET)
        account = order.account_id
        try:
            drafts = OrderMapper(account, order).plan(order)
        except ImportProblem as problem:
            raise UserError(problem.message) from problem
        order._create_partners(drafts)
        by_package = {draft.package_index: draft for draft in drafts}
        for sale in order._living_sales():
            draft = by_package.get(sale.lengow_package_index)
            if draft is None:
                raise UserError(
                    self.env._("The packages changed, too. Import the order again.")
                )
            sale._lengow_readdress(draft.delivery.partner, draft.buyer.invoice.partner)
        self._log_note(
            self.env._(
                "%s applied the address that was changed on the marketplace.",
                self.env.user.name,
            )
        )

    def _import_again(self):
        """Cancel the living sale orders and import afresh, or change nothing.

        :raise UserError: if something was delivered or invoiced, or the import fails;
            the caller's transaction must then be undone
        """
        order = self.with_company(self.company_id).with_context(lengow_any_age=True)
        if order.import_state != "imported":
            raise UserError(self.env._("%s is not imported.", order.name))
        sales = order._living_sales()
        order._check_can_be_replaced(sales)
        sales._action_cancel()
        # The database allows one living sale order per package: the old ones must have
        # gone before the new ones come.
        sales.flush_recordset()
        note = self.env._(
            "Imported again by %s: a new one replaces it.", self.env.user.name
        )
        sales._message_log_batch(bodies={sale.id: note for sale in sales})
        order._mark_ready()
        order.env["lengow.inbox"]._judge(order)
        if order.import_state == "ready":
            order._process()
        if order.import_state != "imported":
            reason = order.error_message or order.state_reason or ""
            raise UserError(
                self.env._("Nothing was changed, because the import fails: %s", reason)
            )

    def _check_can_be_replaced(self, sales):
        """Refuse to replace what has left the house.

        :raise UserError: if goods or a posted invoice went out for a sale order
        """
        delivered = sales.filtered(lambda sale: sale._lengow_is_delivered())
        if delivered:
            raise UserError(
                self.env._(
                    "%s is delivered, at least in part, and stays. Correct it by hand, "
                    "then choose “Keep as it is”.",
                    ", ".join(delivered.mapped("name")),
                )
            )
        invoices = sales.invoice_ids.filtered(lambda move: move.state == "posted")
        if invoices:
            raise UserError(
                self.env._(
                    "%s is posted, so the sale order stays. Correct it with a credit "
                    "note, then choose “Keep as it is”.",
                    ", ".join(invoices.mapped("name")),
                )
            )

    # === HELPERS === #

    def _living_sales(self):
        return self.sale_order_ids.filtered(lambda sale: sale.state != "cancel")

    def _lock_for_decision(self):
        """Return the order in system mode, locked against the crons and other people.

        :raise UserError: if somebody else holds it
        """
        order = self.sudo().try_lock_for_update(allow_referencing=True)
        if not order:
            raise UserError(
                self.env._("%s is being processed. Try again in a moment.", self.name)
            )
        return order
