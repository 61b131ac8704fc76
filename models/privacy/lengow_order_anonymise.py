"""Deletes the buyer's data of orders whose time is over, or on the buyer's request.

    due orders ──► batch, locked ──► planned ──► erased, noted ──► committed
                                        │
                                        └──► the preview shows this and stops here

Every batch is whole: a run that is killed leaves the batches before it done and those
after it due.
"""

import logging
from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...lengow_api import personal_texts, reduce_payload, telling
from ..outbox.kinds import kind_of
from ..outbox.lengow_action import OPEN_STATES
from ..sales.lengow_importer import QUIET
from ..sales.lengow_revision import CHANGE_ACTIVITY
from .lengow_partner_anonymise import Fate

_logger = logging.getLogger(__name__)

BATCH_SIZE = 100
# By what other places quote a partner.
QUOTED_FIELDS = ("name", "email", "phone", "street", "street2", "vat")


@dataclass(frozen=True)
class AnonymisationPlan:
    """What is erased with some orders, and what is kept.

    :ivar lengow.order orders: whose buyers' data goes
    :ivar lengow.document documents: that are deleted
    :ivar dict verdicts: the fate of each partner, and until when an invoice wants it
    """

    orders: models.Model
    documents: models.Model
    verdicts: dict

    def fates_of(self, partners):
        """Return the fates that occur among some partners and their contacts.

        :rtype: set[Fate]
        """
        related = partners | partners.parent_id
        return {self.verdicts[one][0] for one in related if one in self.verdicts}


class LengowOrder(models.Model):
    _inherit = "lengow.order"

    anonymised_at = fields.Datetime(
        string="Buyer's Data Deleted On", readonly=True, copy=False
    )

    _not_anonymised_idx = models.Index("(account_id, id) WHERE anonymised_at IS NULL")

    # === CRON METHODS === #

    @api.model
    def _cron_anonymise(self):
        """Delete the buyers' data whose time is over, a batch per transaction."""
        accounts = (
            self.env["lengow.account"]
            .with_context(active_test=False)
            .search([("anonymise_orders", "=", True)])
        )
        steps = [
            (self, account._due_for_anonymisation_domain(), "_anonymise_safely")
            for account in accounts
        ]
        steps.append(
            (
                self.env["res.partner"].with_context(active_test=False),
                [("lengow_anonymise_after", "<=", fields.Date.context_today(self))],
                "_lengow_end_retention",
            )
        )
        cron = self.env["ir.cron"]
        cron._commit_progress(
            remaining=sum(model.search_count(domain) for model, domain, _name in steps)
        )
        for model, domain, method in steps:
            if not self._cron_anonymise_all(model, domain, method):
                break

    def _cron_anonymise_all(self, model, domain, method):
        """Work through the records of a domain, however many they are.

        What fails stays due for the next run, so each is tried once per run.

        :return: whether there is time left
        :rtype: bool
        """
        cron, last_id = self.env["ir.cron"], 0
        while True:
            batch = model.search(
                [*domain, ("id", ">", last_id)], order="id", limit=BATCH_SIZE
            )
            if not batch:
                return True
            last_id = batch[-1].id
            locked = batch.try_lock_for_update(allow_referencing=True)
            getattr(locked.filtered_domain(domain), method)()
            if not cron._commit_progress(len(batch)):
                return False

    # === BUSINESS METHODS === #

    def _anonymise_safely(self):
        """Delete the buyers' data of orders; one that fails harms only itself."""
        if self._anonymise_or_undo():
            return
        for order in self if len(self) > 1 else ():
            order._anonymise_or_undo()

    def _anonymise_or_undo(self):
        """Delete the buyers' data of all of these orders, or of none.

        :return: whether it worked; if not, a single order says so
        :rtype: bool
        """
        try:
            with self.env.cr.savepoint():
                self._anonymise()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:  # noqa: BLE001
            # Whatever another module raises, one order must not stop the others. The
            # text may quote the data that should have gone, so it is not logged.
            _logger.warning(
                "The buyers' data of %s orders is not deleted: %s",
                len(self),
                type(error).__name__,
            )
            self.env.invalidate_all(flush=False)
            if len(self) == 1:
                self._call_person(
                    CHANGE_ACTIVITY,
                    self.env._("Buyer's data not deleted"),
                    self.env._(
                        "Its time is over, but Odoo refused to delete it. Choose "
                        "“Delete Buyers' Data” in this order's menu to see why."
                    ),
                )
            return False
        return True

    def _anonymise(self):
        """Delete the buyers' data of orders; those that have none are left alone.

        :return: what was done
        :rtype: AnonymisationPlan
        """
        orders = self.sudo().filtered(lambda order: not order.anonymised_at)
        orders = orders.with_context(**QUIET, active_test=False)
        plan = orders._plan_anonymisation()
        if not orders:
            return plan
        texts = orders._collect_personal_texts(plan)
        # First of all: nothing that is written below may report or import it.
        orders.anonymised_at = fields.Datetime.now()
        notes = {order: order._anonymisation_note(plan) for order in orders}
        orders._erase_sale_side()
        orders._erase_own_side(plan.documents)
        self.env["res.partner"]._lengow_settle(plan.verdicts)
        self._remove_quotations(texts)
        for order, note in notes.items():
            order._log_note(note)
        return plan

    def _plan_anonymisation(self, among=None):
        """Find out what belongs to these orders and what of it has to stay.

        :param lengow.order among: all the orders whose data goes, if these are not all
        :rtype: AnonymisationPlan
        """
        orders = self.sudo()
        family = orders._find_buyers()._lengow_family()
        return AnonymisationPlan(
            orders=orders,
            documents=orders.document_ids,
            verdicts=family._lengow_judge(among or orders) if family else {},
        )

    def _follow_anonymisation(self):
        """Delete here what Lengow has deleted there."""
        erased = self.filtered(
            lambda order: (
                order.is_anonymised_by_lengow
                and not order.anonymised_at
                and order.account_id.anonymise_orders
            )
        )
        if erased:
            erased._anonymise_safely()

    # === WHAT IS DONE === #

    def _erase_sale_side(self):
        """Erase what Odoo's documents and the messages about them say of the buyers."""
        sales = self.sale_order_ids
        pickings = sales.picking_ids
        invoices = self._find_invoices()
        drafts = invoices.filtered(lambda move: not move.posted_before)
        for records in (sales, pickings, drafts):
            self._remove_traces(records)
            self._erase_personal_fields(records)
        self._remove_correspondence(invoices - drafts)
        removed = self.env._("(deleted)")
        for lines in (sales.order_line, drafts.line_ids):
            lines.filtered(lambda line: line.display_type == "line_note").name = removed

    def _erase_own_side(self, documents):
        """Erase what the orders themselves, their actions and documents hold."""
        self._close_actions()
        files = documents.attachment_id
        documents.unlink()
        files.exists().unlink()
        self._remove_traces(self)
        self._erase_personal_fields(self)
        for order in self:
            order.payload = reduce_payload(order.payload)
        self.env["lengow.inbox"]._judge(self)
        # Errors quote what could not be imported or invoiced.
        failed = self.filtered("invoice_error")
        failed.invoice_error = self.env._(
            "The reason was deleted with the buyer's data."
        )
        for order in self:
            order.reported_error = order._error_key()

    def _close_actions(self):
        """Withdraw actions that did not succeed, and empty all of them."""
        actions = self._personal_actions()
        self._erase_personal_fields(actions)
        actions.filtered(
            lambda action: action.state not in ("done", "canceled")
        )._mark_canceled(self.env._("Withdrawn when the buyer's data was deleted."))

    def _collect_personal_texts(self, plan):
        """Return the texts by which other places may quote the buyers.

        :rtype: set[str]
        """
        texts = set()
        for order in self:
            texts |= personal_texts(order.payload)
            texts |= personal_texts(order.imported_payload)
        for action in self.action_ids:
            texts |= telling((action.parameters or {}).values())
        texts |= telling(self.sale_order_ids.picking_ids.mapped("carrier_tracking_ref"))
        for partner, (fate, _until) in plan.verdicts.items():
            if fate <= Fate.INVOICED:
                texts |= telling(partner[name] for name in QUOTED_FIELDS)
        return texts

    def _anonymisation_note(self, plan):
        """Say in one paragraph what was deleted and what was kept, but not whose."""
        sentences = [self.env._("The buyer's data was deleted.")]
        if self.sale_order_ids:
            sentences.append(
                self.env._("It went from the sale orders and deliveries, too.")
            )
        documents = len(self.document_ids)
        if documents:
            sentences.append(self.env._("Documents deleted: %s.", documents))
        kept = self._reasons_to_keep()
        fates = plan.fates_of(self._find_buyers())
        sentences += [kept[fate] for fate in sorted(fates) if fate in kept]
        return " ".join(sentences)

    @api.model
    def _reasons_to_keep(self):
        """Return why a customer is not erased with the order.

        :rtype: dict[Fate, str]
        """
        return {
            Fate.INVOICED: self.env._(
                "A customer or address is on a posted invoice: it is archived, without "
                "e-mail and phone, until the invoice need not be kept any more."
            ),
            Fate.NEEDED: self.env._(
                "A customer or address also belongs to another marketplace order, and "
                "is kept until that one's data is deleted."
            ),
            Fate.SHARED: self.env._(
                "A customer or address is also used outside of marketplace orders, and "
                "is kept."
            ),
        }

    # === HELPERS === #

    def _find_buyers(self):
        """Return every partner that the orders' documents name.

        :rtype: res.partner
        """
        orders = self.sudo()
        sales = orders.sale_order_ids
        invoices = orders._find_invoices()
        return (
            orders.partner_id
            | sales.partner_id
            | sales.partner_invoice_id
            | sales.partner_shipping_id
            | sales.picking_ids.partner_id
            | invoices.partner_id
            | invoices.partner_shipping_id
        )

    def _personal_actions(self):
        """Return the actions that may hold data of the buyer.

        :rtype: lengow.action
        """
        return self.action_ids.filtered(
            lambda action: kind_of(action.kind).is_personal
        )

    def _find_invoices(self):
        """Return the invoices and credit notes of the orders.

        :rtype: account.move
        """
        invoices = self.sale_order_ids.invoice_ids | self.env["account.move"].search(
            [("lengow_order_id", "in", self.ids)]
        )
        return invoices | invoices.reversal_move_ids

    def _check_may_anonymise(self):
        """Refuse to delete what somebody else must decide about, or is still needed.

        :raise AccessError: if the user is no manager or may not write the orders
        :raise UserError: if an action is on its way to the marketplace
        """
        self.env["lengow.order.anonymise"].check_access("create")
        self.check_access("write")
        waiting = (
            self.sudo()
            ._personal_actions()
            .filtered(lambda action: action.state in OPEN_STATES)
        )
        if waiting:
            raise UserError(
                self.env._(
                    "Something is still on its way to the marketplace: %s. Wait until "
                    "it is done, or withdraw it.",
                    ", ".join(waiting.mapped("display_name")),
                )
            )
