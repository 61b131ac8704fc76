"""What becomes of an imported order whose content or status changes at Lengow.

    imported ──► payload differs in what matters ──► the order says what changed
                     │                                   │            │
                     └─ changed back: forgotten     apply to      keep as it is
                                                    sale order    (forgotten)

While a change waits for somebody, the payload that the sale order was made of is kept
beside the new one; what changed is always computed from the two.

Cancelled, refused or refunded on the marketplace after the import:

                   not delivered yet          delivered, at least in part
cancelled/refused  sale order cancelled,      left alone, activity
                   posted invoice: activity
refunded           sale order cancelled       left alone
   and any refund  see `lengow.refund.proposal`
"""

import logging

from odoo import models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...lengow_api import CANCELLED_STATUSES, DEAD_STATUSES, REFUND_STATUSES
from ...mapper import ImportProblem, OrderMapper
from .lengow_importer import QUIET

_logger = logging.getLogger(__name__)

CHANGE_ACTIVITY = "lengow_connector.mail_activity_type_marketplace_change"


class LengowRevision(models.AbstractModel):
    """Brings in line with Lengow what was imported already, or asks a person to."""

    _name = "lengow.revision"
    _description = "Changes of Imported Lengow Orders"

    # === WHAT LENGOW SENDS ABOUT A KNOWN ORDER === #

    def _write_payload(self, order, values):
        """Store what Lengow sends about a known order, and follow up what it changes.

        :param lengow.order order: known to the inbox
        :param dict values: of the inbox, with the new payload
        """
        if order.import_state != "imported":
            order.write(values)
            return
        order_sudo = order.sudo()  # what was sold is for the system to bring in line
        old_payload, old_status = order_sudo.payload, order_sudo.lengow_status
        before = order_sudo._content() if old_payload else None
        order.write(values)
        if before is None:
            return  # it was anonymised: there is nothing to compare with
        self._review(order_sudo, old_payload, before)
        self._follow(order_sudo, before, old_status)

    def _review(self, order, old_payload, before):
        """Note whether the order still is what its sale orders were made of.

        :param lengow.order order: imported
        :param dict old_payload: what was stored before; the sale orders were made of it
            unless an older one is kept
        :param lengow_api.Order before: the content of the old payload
        """
        erased = order.is_anonymised_by_lengow or order.anonymised_at
        if order.lengow_status in DEAD_STATUSES or erased:
            order._forget_changes()
            return
        imported = before
        if order.change_kind:
            imported = order._content_of(order.imported_payload)
        kinds = {difference.kind for difference in order._find_differences(imported)}
        if not kinds:
            order._forget_changes()
            return
        order._mark_changed("content" if "content" in kinds else "address", old_payload)

    # === A PERSON DECIDES === #

    def _apply_addresses(self, order):
        """Put the addresses that Lengow has now on sale orders and open deliveries.

        :param lengow.order order: imported, in system mode
        :raise UserError: if there is nothing more to deliver, or no such address
        """
        quiet = order.with_company(order.company_id).with_context(**QUIET)
        try:
            drafts = OrderMapper(quiet.account_id, quiet).plan(quiet)
        except ImportProblem as problem:
            raise UserError(problem.message) from problem
        quiet.env["lengow.importer"]._create_partners(drafts)
        by_package = {draft.package_index: draft for draft in drafts}
        for sale in quiet._living_sales():
            draft = by_package.get(sale.lengow_package_index)
            if draft is None:
                raise UserError(
                    self.env._("The packages changed, too. Import the order again.")
                )
            sale._lengow_readdress(
                draft.delivery.partner, draft.plan.buyer.invoice.partner
            )
        order._log_note(
            self.env._(
                "%s applied the address that was changed on the marketplace.",
                self.env.user.name,
            )
        )

    def _import_again(self, order):
        """Cancel the living sale orders and import afresh, or change nothing.

        :param lengow.order order: imported, in system mode
        :raise UserError: if something was delivered or invoiced, or the import fails;
            the caller's transaction must then be undone
        """
        order = order.with_company(order.company_id)
        if order.import_state != "imported":
            raise UserError(self.env._("%s is not imported.", order.name))
        sales = order._living_sales()
        self._check_can_be_replaced(sales)
        sales._action_cancel()
        # The database allows one living sale order per package: the old ones must have
        # gone before the new ones come.
        sales.flush_recordset()
        note = self.env._(
            "Imported again by %s: a new one replaces it.", self.env.user.name
        )
        sales._message_log_batch(bodies={sale.id: note for sale in sales})
        order.is_asked_for = True
        order._mark_ready()
        order.env["lengow.judge"]._judge(order)
        if order.import_state == "ready":
            order.env["lengow.importer"]._process(order)
        if order.import_state != "imported":
            reason = order.error_message or order.state_reason or ""
            raise UserError(
                self.env._("Nothing was changed, because the import fails: %s", reason)
            )

    def _check_can_be_replaced(self, sales):
        """Refuse to replace what has left the house.

        :param sale.order sales: of one order
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

    # === CANCELLED, REFUSED OR REFUNDED ON THE MARKETPLACE === #

    def _follow(self, order, before, old_status):
        """Do in Odoo what a cancellation or refund on the marketplace calls for.

        Whatever Odoo refuses becomes an activity: one order must not stop the others.

        :param lengow.order order: imported
        :param lengow_api.Order before: its content before this change
        :param str old_status: its Lengow status before this change
        """
        proposal = order.env["lengow.refund.proposal"]
        status = order.lengow_status
        has_moved = status != old_status
        refunded = {}
        if status in REFUND_STATUSES:
            refunded = proposal._newly_refunded(before, order._content())
        order = order.with_company(order.company_id)
        try:
            with self.env.cr.savepoint():
                if has_moved and status in CANCELLED_STATUSES | {"refunded"}:
                    self._follow_cancellation(order)
                if status in REFUND_STATUSES and (has_moved or refunded):
                    proposal._propose(order, refunded)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except UserError as error:
            self._report_refusal(order, str(error))
        except Exception as error:
            # Whatever another module raises concerns this order and no other.
            _logger.exception("Order %s could not follow the marketplace", order.id)
            self._report_refusal(order, type(error).__name__)

    def _report_refusal(self, order, reason):
        """Ask a person to do what Odoo refused to."""
        order.invalidate_recordset(flush=False)
        order._call_person(
            CHANGE_ACTIVITY,
            order._status_label(),
            self.env._("Odoo refused to follow: %s", reason),
            order.account_id._find_responsible(),
        )

    def _follow_cancellation(self, order):
        """Cancel what is not delivered, and point at what is."""
        sales = order._living_sales()
        delivered = sales.filtered(lambda sale: sale._lengow_is_delivered())
        self._cancel_sales(order, sales - delivered)
        if order.lengow_status in REFUND_STATUSES:
            return  # what is delivered or invoiced is for the credit note to settle
        sentences = []
        if delivered:
            sentences.append(
                self.env._(
                    "%s is delivered, at least in part, and was left alone: arrange "
                    "the return, or ask the marketplace.",
                    ", ".join(delivered.mapped("name")),
                )
            )
        invoices = order._posted_invoices()
        if invoices:
            sentences.append(
                self.env._(
                    "%s is posted and stays: it probably needs a credit note.",
                    ", ".join(invoices.mapped("name")),
                )
            )
        if sentences:
            order._call_person(
                CHANGE_ACTIVITY,
                order._status_label(),
                " ".join(sentences),
                order.account_id._find_responsible(),
            )

    def _cancel_sales(self, order, sales):
        """Cancel sale orders of an order, locked ones too, and say why on each."""
        if not sales:
            return
        sales._action_cancel()
        note = self.env._(
            "Cancelled because the marketplace order %(order)s is now “%(status)s”.",
            order=order.name,
            status=order._status_label(),
        )
        sales._message_log_batch(bodies={sale.id: note for sale in sales})
        order._log_note(note)
