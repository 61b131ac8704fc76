"""The buyers: whose data goes, whose stays a while, and whose is not ours to delete.

                     ┌── used by nothing that is newer ─────────► erased, archived
buyer and addresses ─┼── on a posted invoice ──► detached, archived ── years ──► erased
 that came from      ├── of an order whose time is not over ────► kept until it is
 Lengow              └── used outside of Lengow ────────────────► kept
"""

from collections import defaultdict
from datetime import date
from enum import IntEnum

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL


class Fate(IntEnum):
    """What becomes of a partner; the highest that applies."""

    ERASED = 0
    INVOICED = 1
    NEEDED = 2
    SHARED = 3


# References that follow from a record that is judged itself, or that die with the
# partner.
FOLLOWING_REFERENCES = {
    ("account.analytic.line", "partner_id"),
    ("account.bank.statement.line", "partner_id"),
    ("account.move.line", "partner_id"),
    ("account.payment", "partner_id"),
    ("mail.notification", "author_id"),
    ("res.partner", "commercial_partner_id"),
    ("res.partner", "parent_id"),
    ("sale.order.line", "order_partner_id"),
    ("sms.sms", "partner_id"),
    ("stock.move", "partner_id"),
}
# Models whose references are judged one by one, by :meth:`_judge_uses`.
JUDGED_MODELS = ("account.move", "lengow.order", "sale.order", "stock.picking")
# A bank account dies with its partner, but says that somebody deals with them.
OWN_REFERENCES = {("res.partner.bank", "partner_id")}
# Numbers of ours and codes: they are no data of the buyer, or recomputed.
KEPT_TEXTS = {"zip", "signup_type", "invoice_edi_format_store", "peppol_eas"}
TEXT_TYPES = ("char", "text", "html", "binary", "json")
# What a law about invoices does not want: how to reach somebody, and what is thought.
UNINVOICED = ("email", "phone", "website", "comment", "function", "image_1920")


class ResPartner(models.Model):
    _inherit = "res.partner"

    lengow_anonymise_after = fields.Date(
        string="Kept for Its Invoices Until",
        copy=False,
        readonly=True,
        index="btree_not_null",
        groups="lengow_connector.group_user",
    )
    lengow_anonymised_at = fields.Datetime(
        string="Buyer's Data Deleted On",
        copy=False,
        readonly=True,
        groups="lengow_connector.group_user",
    )

    # === JUDGEMENT === #

    def _lengow_family(self):
        """Return the buyers among these that came from Lengow, with their addresses."""
        Partner = self.with_context(active_test=False)
        buyers = Partner.filtered("lengow_marketplace_id")
        parents = (Partner - buyers).parent_id
        while parents:
            buyers |= parents.filtered("lengow_marketplace_id")
            parents = (parents - buyers).parent_id
        return Partner.search([("id", "child_of", buyers.ids)]).filtered(
            lambda partner: not partner.lengow_anonymised_at
        )

    def _lengow_judge(self, orders):
        """Say what becomes of each of these partners when the data of some orders goes.

        :param lengow.order orders: whose time is over
        :return: by partner its fate, and until when an invoice wants it
        :rtype: dict[res.partner, tuple[Fate, date | None]]
        """
        judged = dict.fromkeys(self.ids, (Fate.ERASED, date.min))
        for partner_id, fate, until in self._judge_uses(orders):
            if partner_id in judged:
                judged[partner_id] = max(judged[partner_id], (fate, until))
        # A company or contact is as needed as its most needed address.
        for partner in self:
            parent = partner.parent_id
            while parent.id in judged:
                judged[parent.id] = max(judged[parent.id], judged[partner.id])
                parent = parent.parent_id
        return {self.browse(id_): verdict for id_, verdict in judged.items()}

    def _judge_uses(self, orders):
        """Yield a partner's id, a fate and a date for each use of these partners."""
        yield from self._judge_sales(orders)
        yield from self._judge_pickings(orders)
        yield from self._judge_moves(orders)
        for order in self._lengow_uses("lengow.order", ["partner_id"]):
            yield order.partner_id.id, _fate_by_order(order, orders), date.min
        for model, name in self._lengow_references():
            domain = [(name, "in", self.ids)]
            if model == "mail.message":
                # What was written about the records above goes with them.
                written = (*JUDGED_MODELS, self._name)
                domain.append(("model", "not in", written))
            Model = self.env[model].sudo().with_context(active_test=False)
            for (partner,) in Model._read_group(domain, [name]):
                yield partner.id, Fate.SHARED, date.min

    def _judge_sales(self, orders):
        names = ["partner_id", "partner_invoice_id", "partner_shipping_id"]
        for sale in self._lengow_uses("sale.order", names):
            fate = _fate_by_order(sale.lengow_order_id, orders)
            for name in names:
                yield sale[name].id, fate, date.min

    def _judge_pickings(self, orders):
        for picking in self._lengow_uses("stock.picking", ["partner_id"]):
            order = picking.sale_id.lengow_order_id
            yield picking.partner_id.id, _fate_by_order(order, orders), date.min

    def _judge_moves(self, orders):
        """Judge by invoices, and by the entries that pay them."""
        names = ["partner_id", "commercial_partner_id", "partner_shipping_id"]
        today = fields.Date.context_today(self)
        for move in self._lengow_uses("account.move", names):
            fate, until = Fate.ERASED, date.min
            if move.posted_before:
                until = move.date + relativedelta(years=self._lengow_years(move))
                fate = Fate.INVOICED if until > today else Fate.ERASED
            if move.is_invoice(include_receipts=True):
                order = move._lengow_origin()
                fate = max(fate, _fate_by_order(order, orders))
            for name in names:
                yield move[name].id, fate, until

    def _lengow_years(self, move):
        account = move.lengow_order_id.account_id
        account = account or move.partner_id.lengow_marketplace_id.account_id
        accounts = account or self.lengow_marketplace_id.account_id
        return max(accounts.mapped("invoice_retention_years"), default=0)

    def _lengow_uses(self, model, names):
        """Return the records of a model that name one of these partners."""
        domain = [(name, "in", self.ids) for name in names]
        return (
            self.env[model]
            .sudo()
            .with_context(active_test=False)
            .search(["|"] * (len(names) - 1) + domain)
        )

    @api.model
    def _lengow_references(self):
        """Return every other stored reference to a partner that counts as a use.

        :return: pairs of a model's and a field's name
        :rtype: list[tuple[str, str]]
        """
        return [
            (model._name, name)
            for model in self.env.values()
            if model._auto and not model._abstract and not model._transient
            if model._name not in JUDGED_MODELS
            for name, field in model._fields.items()
            if field.type == "many2one" and field.comodel_name == "res.partner"
            if field.store and (model._name, name) not in FOLLOWING_REFERENCES
            if field.ondelete != "cascade" or (model._name, name) in OWN_REFERENCES
        ]

    # === WHAT IS DONE === #

    def _lengow_end_retention(self):
        """Erase partners whose invoices need not be kept as they are any more."""
        family = self._lengow_family()
        verdicts = family._lengow_judge(self.env["lengow.order"])
        self._lengow_settle(verdicts)

    def _lengow_settle(self, verdicts):
        """Erase or detach partners as they were judged.

        :param dict verdicts: of :meth:`_lengow_judge`
        """
        by_end = defaultdict(self.browse)
        for partner, (fate, until) in verdicts.items():
            if fate <= Fate.INVOICED:
                by_end[until if fate == Fate.INVOICED else None] |= partner
        for until, partners in by_end.items():
            if until:
                partners._lengow_detach(until)
            else:
                partners._lengow_erase()

    def _lengow_erase(self):
        """Overwrite every text of partners, and archive them.

        They cannot be deleted: sale orders and deliveries need them.
        """
        self._lengow_remove_traces()
        self._lengow_remove_invoice_files()
        self._lengow_quietly().write(
            {
                **dict.fromkeys(self._lengow_texts(), False),
                "name": self.env._("Deleted customer"),
                "state_id": False,
                "category_id": [fields.Command.clear()],
                "active": False,
                "lengow_anonymise_after": False,
                "lengow_anonymised_at": fields.Datetime.now(),
            }
        )
        self._lengow_shorten_postcodes()

    def _lengow_detach(self, until):
        """Take away how partners could be reached, and leave what their invoices show.

        :param date until: when the rest goes
        """
        known = self.filtered(lambda partner: partner.lengow_anonymise_after)
        known.lengow_anonymise_after = until
        partners = self - known
        if not partners:
            return
        partners._lengow_remove_traces()
        partners._lengow_quietly().write(
            {
                **dict.fromkeys(UNINVOICED, False),
                "lengow_customer_ref": False,
                "category_id": [fields.Command.clear()],
                "active": False,
                "lengow_anonymise_after": until,
            }
        )

    def _lengow_remove_traces(self):
        self.env["lengow.order"]._remove_traces(self)
        for model, name in (
            ("sms.sms", "partner_id"),
            ("mail.followers", "partner_id"),
        ):
            if model in self.env:
                self.env[model].sudo().search([(name, "in", self.ids)]).unlink()

    def _lengow_remove_invoice_files(self):
        """Delete printed invoices whose time is over, where the company may."""
        invoices = self._lengow_uses("account.move", ["partner_id"])
        self.env["lengow.order"]._remove_traces(
            invoices.filtered(lambda move: not move._is_protected_by_audit_trail())
        )

    def _lengow_texts(self):
        """Return the names of every field that may hold a text about a partner.

        Computed ones follow the others, unless people may overwrite them.
        """
        return [
            name
            for name, field in self._fields.items()
            if field.type in TEXT_TYPES and field.store and name not in KEPT_TEXTS
            if not field.company_dependent and name not in models.MAGIC_COLUMNS
            if not field.related and (not field.compute or not field.readonly)
        ]

    def _lengow_shorten_postcodes(self):
        """Leave of each postcode what says a region.

        In SQL, since each has its own, and since a text per company has no other way.
        """
        self.flush_recordset()
        per_company = [
            SQL("%s = NULL", SQL.identifier(name))
            for name, field in self._fields.items()
            if field.company_dependent and field.type in TEXT_TYPES
            if name not in KEPT_TEXTS
        ]
        self.env.cr.execute(
            SQL(
                "UPDATE res_partner SET %s WHERE id IN %s",
                SQL(", ").join([SQL("zip = left(zip, 2)"), *per_company]),
                tuple(self.ids),
            )
        )
        self.invalidate_recordset()

    def _lengow_quietly(self):
        """Return these partners with nothing of a change being tracked or checked.

        A tracked change would keep the old name in the history that was just deleted.
        """
        return self.sudo().with_context(
            tracking_disable=True, mail_notrack=True, no_vat_validation=True
        )


class AccountMove(models.Model):
    _inherit = "account.move"

    def _lengow_origin(self):
        """Return the marketplace order that an invoice or its reversal came from.

        :rtype: lengow.order
        """
        self.ensure_one()
        return (
            self.lengow_order_id
            or self.reversed_entry_id.lengow_order_id
            or self.line_ids.sale_line_ids.order_id.lengow_order_id[:1]
        )


def _fate_by_order(order, orders):
    """Return the fate of who is used by a record of an order, or of none."""
    if not order:
        return Fate.SHARED
    if order in orders or order.anonymised_at:
        return Fate.ERASED
    return Fate.NEEDED
