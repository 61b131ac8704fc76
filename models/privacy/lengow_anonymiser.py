"""Deletes the buyer's data of orders whose time is over, or on the buyer's request.

    due orders ──► batch, locked ──► planned ──► erased, noted ──► committed
                                        │
                                        └──► the preview shows this and stops here

Every batch is whole: a run that is killed leaves the batches before it done and those
after it due.
"""

import logging
from collections import defaultdict
from dataclasses import dataclass

from odoo import fields, models
from odoo.fields import Domain

from ...lengow_api import personal_texts, reduce_payload, telling
from ...mapper import QUIET
from ..errors import contained
from ..sales.lengow_refund_proposal import CHANGE_ACTIVITY
from ..settings.lengow_cron import Work
from .lengow_account import settled_domain
from .lengow_fate import Fate
from .lengow_privacy import CORRESPONDENCE_OF_OTHERS

_logger = logging.getLogger(__name__)

BATCH_SIZE = 100
# By what other places quote a partner.
QUOTED_FIELDS = ("name", "email", "phone", "street", "street2", "vat")


@dataclass(frozen=True)
class AnonymisationPlan:
    """What is erased with some orders, and what is kept.

    :ivar lengow.order orders: whose buyers' data goes
    :ivar lengow.document documents: that are deleted
    :ivar dict fates: what becomes of each partner, and until when an invoice wants it
    """

    orders: models.Model
    documents: models.Model
    fates: dict

    def fates_of(self, partners):
        """Return the fates that occur among some partners and their contacts.

        :rtype: set[Fate]
        """
        related = partners | partners.parent_id
        return {self.fates[one][0] for one in related if one in self.fates}


class LengowAnonymiser(models.AbstractModel):
    _name = "lengow.anonymiser"
    _description = "Deletes Buyers' Data"

    # === CRON METHODS === #

    def _cron_anonymise(self):
        """Delete the buyers' data whose time is over, a batch per transaction."""
        Account = self.env["lengow.account"].with_context(active_test=False)
        deleting = Account.search([("anonymise_orders", "=", True)])
        keeping = Account.search([("anonymise_orders", "=", False)])
        orders_are_due = Domain.OR(
            account._due_for_anonymisation_domain() for account in deleting
        )
        retention_is_over = self._retention_is_over_domain(keeping)
        if self._cron_each(
            self.env["lengow.order"], orders_are_due, "_anonymise", "_note_failure"
        ):
            self._cron_each(
                self.env["res.partner"].with_context(active_test=False),
                retention_is_over,
                "_end_retention",
                "_note_kept_partner",
            )

    def _retention_is_over_domain(self, keeping):
        """Return the domain of the partners whose invoices need not be kept any more.

        :param lengow.account keeping: whose buyers' data nothing deletes by itself
        :rtype: list
        """
        kept = [("lengow_marketplace_id.account_id", "in", keeping.ids)]
        return [
            ("lengow_anonymise_after", "<=", fields.Date.context_today(self)),
            "!",
            *kept,
            # An address or contact is its buyer's.
            ("commercial_partner_id", "not any", kept),
        ]

    def _cron_each(self, model, domain, step, note):
        """Work through the records of a domain, however many they are.

        :param Model model: whose records
        :param Domain domain: of those that are due
        :param str step: takes a batch of them
        :param str note: takes one that failed, and what was raised
        :return: whether there was time for all of them
        :rtype: bool
        """
        return self.env["lengow.cron"]._each(
            model.search(domain, order="id"), self._work(domain, step, note)
        )

    def _work(self, domain, step, note):
        """Return what is to be done with the records of a domain.

        :param list domain: as of :meth:`_cron_each`, like what follows
        :rtype: Work
        """
        return Work(
            "cron_anonymise",
            self,
            step=step,
            note=note,
            domain=domain,
            size=BATCH_SIZE,
            # An exception may quote the data that should have gone.
            is_secret=True,
        )

    # === BUSINESS METHODS === #

    def _anonymise_safely(self, order):
        """Delete the buyer's data of an order; a failure harms only itself.

        :param lengow.order order: whose time is over
        """
        with contained(self.env) as outcome:
            self._anonymise(order)
        if outcome.error:
            # The text may quote the data that should have gone, so it is not logged.
            _logger.warning(
                "The buyer's data of order %s is not deleted: %s",
                order.id,
                type(outcome.error).__name__,
            )
            self._note_failure(order, outcome.error)

    def _note_failure(self, order, _error):
        """Call a person to an order whose buyer's data could not be deleted.

        :param lengow.order order: whose deletion was undone
        :param Exception _error: may quote the data, so it is told to nobody
        """
        order._call_person(
            CHANGE_ACTIVITY,
            self.env._("Buyer's data not deleted"),
            self.env._(
                "Its time is over, but Odoo refused to delete it. Choose “Delete "
                "Buyers' Data” in this order's menu to see why."
            ),
            order.account_id._find_responsible(),
        )

    def _note_kept_partner(self, partner, error):
        """Note on a partner that could not be erased that this is still to be done.

        :param res.partner partner: whose invoices need not be kept any more
        :param Exception error: may quote the data, so only its kind is told
        """
        partner._message_log(
            body=self.env._(
                "The buyer's data could not be deleted (%s). It is tried again; if it "
                "stays, give your administrator the server log of this moment.",
                type(error).__name__,
            )
        )

    def _follow(self, orders):
        """Delete here what Lengow has deleted there, unless it is still needed.

        Then it goes when nothing is left to be done, at the latest in its own time.

        :param lengow.order orders: new or changed
        """
        erased = orders.filtered(
            lambda order: (
                order.is_anonymised_by_lengow
                and not order.anonymised_at
                and order.account_id.anonymise_orders
            )
        )
        settled = erased.filtered_domain(settled_domain())
        for order in settled:
            self._anonymise_safely(order)
        for order in erased - settled:
            self._note_still_needed(order)

    def _note_still_needed(self, order):
        """Say once that the buyer is unknown to Lengow now, and known here."""
        note = self.env._(
            "Lengow has deleted this buyer's data. Here it stays until the order is "
            "delivered, invoiced and reported."
        )
        if not any(note in (message.body or "") for message in order.message_ids):
            order._log_note(note)

    def _anonymise(self, orders):
        """Delete the buyers' data of orders; those that have none are left alone.

        Those of a buyer of whom another order is imported just now are left for later.

        :param lengow.order orders: whoever asks may anonymise them
        :return: what was done
        :rtype: AnonymisationPlan
        """
        quietly = self.sudo().with_context(**QUIET, active_test=False)
        orders = orders.with_env(quietly.env)
        orders = orders.filtered(lambda order: not order.anonymised_at)
        orders = quietly._without_busy_buyers(orders)
        plan = quietly._plan(orders)
        if orders:
            quietly._carry_out(plan)
            for account, theirs in orders.grouped("account_id").items():
                quietly.env["lengow.cron"]._count(account, updated=len(theirs))
        return plan

    def _plan(self, orders, among=None):
        """Find out what belongs to some orders and what of it has to stay.

        :param lengow.order orders: whose data goes
        :param lengow.order among: all the orders whose data goes, if these are not all
        :rtype: AnonymisationPlan
        """
        orders = orders.sudo()
        family = self._find_buyers(orders)._lengow_family()
        fates = {}
        if family:
            fates = self.env["lengow.fate"]._decide(family, among or orders)
        return AnonymisationPlan(orders, orders.document_ids, fates)

    def _end_retention(self, partners):
        """Erase partners whose invoices need not be kept as they are any more.

        :param res.partner partners: whose time is over
        """
        family = partners._lengow_family()
        # Whoever is busy is looked at again in the next run, and so is their family.
        busy = (family - self.env["lengow.fate"]._hold(family))._lengow_family()
        fates = self.env["lengow.fate"]._decide(family - busy, self.env["lengow.order"])
        self._settle(fates)

    # === WHOM NOBODY MAY NAME MEANWHILE === #

    def _without_busy_buyers(self, orders):
        """Return those of some orders whose buyers nobody else is just naming.

        :param lengow.order orders: whose data is to go
        :rtype: lengow.order
        """
        family = self._find_buyers(orders)._lengow_family()
        busy = family - self.env["lengow.fate"]._hold(family)
        if not busy:
            return orders
        return orders.filtered(
            lambda order: not self._find_buyers(order)._lengow_family() & busy
        )

    # === WHAT BELONGS TO AN ORDER === #

    def _find_buyers(self, orders):
        """Return every partner that the orders' documents name.

        :param lengow.order orders: any
        :rtype: res.partner
        """
        orders = orders.sudo()
        sales = orders.sale_order_ids
        invoices = self._find_invoices(orders)
        return (
            orders.partner_id
            | sales.partner_id
            | sales.partner_invoice_id
            | sales.partner_shipping_id
            | sales.picking_ids.partner_id
            | invoices.partner_id
            | invoices.partner_shipping_id
        )

    def _find_invoices(self, orders):
        """Return the invoices and credit notes of the orders.

        :param lengow.order orders: any
        :rtype: account.move
        """
        invoices = orders.sale_order_ids.invoice_ids | orders.env[
            "account.move"
        ].search([("lengow_order_id", "in", orders.ids)])
        return invoices | invoices.reversal_move_ids

    # === WHAT IS DONE === #

    def _carry_out(self, plan):
        """Do what was planned, and leave a note of it on each order.

        :param AnonymisationPlan plan: for orders that are not anonymised yet
        """
        orders = plan.orders
        texts = self._collect_personal_texts(plan)
        # First of all: nothing that is written below may report or import it.
        orders.anonymised_at = fields.Datetime.now()
        notes = {order: self._describe(order, plan) for order in orders}
        self._erase_sale_side(orders)
        self._erase_own_side(orders, plan.documents)
        self._erase_followers(orders, texts)
        self._settle(plan.fates)
        self.env["lengow.privacy"]._remove_quotations(texts)
        for order, note in notes.items():
            order._log_note(note)

    def _collect_personal_texts(self, plan):
        """Return the texts by which other places may quote the buyers.

        :param AnonymisationPlan plan: what is erased
        :rtype: set[str]
        """
        orders = plan.orders
        texts = set()
        for order in orders:
            texts |= personal_texts(order.payload)
            texts |= personal_texts(order.imported_payload)
            for said in (order.address_correction or {}).values():
                texts |= telling(said.values())
        for action in orders.action_ids:
            # Numbers of parcels tell whose they are; a carrier or a reason does not.
            values = telling((action.parameters or {}).values())
            texts |= {text for text in values if any(map(str.isdigit, text))}
        pickings = orders.sale_order_ids.picking_ids
        texts |= telling(pickings.mapped("carrier_tracking_ref"))
        for partner, (fate, _until) in plan.fates.items():
            if fate <= Fate.INVOICED:
                texts |= telling(partner[name] for name in QUOTED_FIELDS)
        return texts

    def _erase_sale_side(self, orders):
        """Erase what Odoo's documents and the messages about them say of the buyers.

        :param lengow.order orders: whose data goes
        """
        privacy = self.env["lengow.privacy"]
        sales = orders.sale_order_ids
        pickings = sales.picking_ids
        invoices = self._find_invoices(orders)
        drafts = invoices.filtered(lambda move: not move.posted_before)
        for records in (sales, pickings, drafts):
            privacy._remove_traces(records)
            privacy._erase_personal_fields(records)
        privacy._remove_correspondence(invoices - drafts)
        removed = self.env._("(deleted)")
        for lines in (sales.order_line, drafts.line_ids):
            lines.filtered(lambda line: line.display_type == "line_note").name = removed

    def _erase_followers(self, orders, texts):
        """Erase what the orders brought about in other apps: tasks, meetings, coupons.

        :param lengow.order orders: whose data goes
        :param set texts: by which other places may quote the buyers
        """
        privacy = self.env["lengow.privacy"]
        for records in privacy._find_followers(orders):
            if records._name in CORRESPONDENCE_OF_OTHERS:
                privacy._remove_messages_with(records, texts)
            else:
                privacy._remove_traces(records)
            privacy._erase_personal_fields(records)

    def _erase_own_side(self, orders, documents):
        """Erase what the orders themselves, their actions and documents hold.

        :param lengow.order orders: whose data goes
        :param lengow.document documents: all of theirs
        """
        privacy = self.env["lengow.privacy"]
        self._close_actions(orders)
        background = self.env["lengow.background"]
        background._forget(orders)
        background._forget(documents)
        files = documents.attachment_id
        documents.unlink()
        files.exists().unlink()
        privacy._remove_traces(orders)
        privacy._erase_personal_fields(orders)
        for order in orders:
            order.payload = reduce_payload(order.payload)
        self.env["lengow.judge"]._judge(orders)
        # Errors quote what could not be imported or invoiced.
        failed = orders.filtered("invoice_error")
        failed.invoice_error = self.env._(
            "The reason was deleted with the buyer's data."
        )
        for order in orders:
            order.reported_error = order._error_key()

    def _close_actions(self, orders):
        """Withdraw actions that did not succeed, and empty all of them.

        :param lengow.order orders: whose data goes
        """
        actions = orders._personal_actions()
        self.env["lengow.privacy"]._erase_personal_fields(actions)
        # What people wrote may be about the buyer, whatever it is written on.
        orders.action_ids.filtered("dismiss_note").dismiss_note = False
        actions.filtered(
            lambda action: action.state not in ("done", "canceled", "withheld")
        )._mark_canceled(self.env._("Withdrawn when the buyer's data was deleted."))

    def _settle(self, fates):
        """Erase or detach partners, as it was decided.

        :param dict fates: of `lengow.fate`
        """
        by_end = defaultdict(self.env["res.partner"].browse)
        for partner, (fate, until) in fates.items():
            if fate <= Fate.INVOICED:
                by_end[until if fate == Fate.INVOICED else None] |= partner
        for until, partners in by_end.items():
            if until:
                partners._lengow_detach(until)
            else:
                partners._lengow_erase()

    # === WHAT PEOPLE ARE TOLD === #

    def _describe(self, order, plan):
        """Say in one paragraph what was deleted and what was kept, but not whose.

        :param lengow.order order: one of the plan's
        :param AnonymisationPlan plan: what is erased
        :rtype: str
        """
        sentences = [self.env._("The buyer's data was deleted.")]
        if order.sale_order_ids:
            sentences.append(
                self.env._("It went from the sale orders and deliveries, too.")
            )
        documents = len(order.document_ids)
        if documents:
            sentences.append(self.env._("Documents deleted: %s.", documents))
        kept = self._reasons_to_keep()
        fates = plan.fates_of(self._find_buyers(order))
        sentences += [kept[fate] for fate in sorted(fates) if fate in kept]
        if Fate.INVOICED in fates and order.company_id.restrictive_audit_trail:
            sentences.append(
                self.env._(
                    "What Odoo has noted about changes of that customer is kept as "
                    "long: the audit trail of the company protects it."
                )
            )
        return " ".join(sentences)

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
