"""The buyers: whose data goes, whose stays a while, and whose is not ours to delete.

                     ┌── used by nothing that is newer ─────────► erased, archived
buyer and addresses ─┼── on a posted invoice ──► detached, archived ── years ──► erased
 that came from      ├── of an order whose time is not over ────► kept until it is
 Lengow              └── used outside of Lengow ────────────────► kept
"""

from datetime import date
from enum import IntEnum

from dateutil.relativedelta import relativedelta

from odoo import fields, models


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
# Models whose references are judged one by one, by :meth:`_fates_by_use`.
JUDGED_MODELS = ("account.move", "lengow.order", "sale.order", "stock.picking")
# A bank account dies with its partner, but says that somebody deals with them.
OWN_REFERENCES = {("res.partner.bank", "partner_id")}


class LengowFate(models.AbstractModel):
    _name = "lengow.fate"
    _description = "Fate of Buyers"

    def _decide(self, partners, orders):
        """Say what becomes of some partners when the data of some orders goes.

        :param res.partner partners: buyers and their addresses
        :param lengow.order orders: whose time is over
        :return: by partner its fate, and until when an invoice wants it
        :rtype: dict[res.partner, tuple[Fate, date | None]]
        """
        fates = dict.fromkeys(partners.ids, (Fate.ERASED, date.min))
        for partner_id, fate, until in self._fates_by_use(partners, orders):
            if partner_id in fates:
                fates[partner_id] = max(fates[partner_id], (fate, until))
        # A company or contact is as needed as its most needed address.
        for partner in partners:
            parent = partner.parent_id
            while parent.id in fates:
                fates[parent.id] = max(fates[parent.id], fates[partner.id])
                parent = parent.parent_id
        return {partners.browse(id_): fate for id_, fate in fates.items()}

    # === BY WHAT PARTNERS ARE USED === #

    def _fates_by_use(self, partners, orders):
        """Yield a partner's id, a fate and a date for each use of some partners."""
        yield from self._fates_by_sales(partners, orders)
        yield from self._fates_by_pickings(partners, orders)
        yield from self._fates_by_moves(partners, orders)
        for order in self._find_uses(partners, "lengow.order", ["partner_id"]):
            yield order.partner_id.id, _fate_by_order(order, orders), date.min
        for model, name in self._get_references():
            domain = [(name, "in", partners.ids)]
            if model == "mail.message":
                # What was written about the records above goes with them.
                written = (*JUDGED_MODELS, partners._name)
                domain.append(("model", "not in", written))
            Model = self.env[model].sudo().with_context(active_test=False)
            for (partner,) in Model._read_group(domain, [name]):
                yield partner.id, Fate.SHARED, date.min

    def _fates_by_sales(self, partners, orders):
        """Yield fates by sale orders, as :meth:`_fates_by_use` does."""
        names = ["partner_id", "partner_invoice_id", "partner_shipping_id"]
        for sale in self._find_uses(partners, "sale.order", names):
            fate = _fate_by_order(sale.lengow_order_id, orders)
            for name in names:
                yield sale[name].id, fate, date.min

    def _fates_by_pickings(self, partners, orders):
        """Yield fates by deliveries, as :meth:`_fates_by_use` does."""
        for picking in self._find_uses(partners, "stock.picking", ["partner_id"]):
            order = picking.sale_id.lengow_order_id
            yield picking.partner_id.id, _fate_by_order(order, orders), date.min

    def _fates_by_moves(self, partners, orders):
        """Yield fates by invoices, and by the entries that pay them."""
        names = ["partner_id", "commercial_partner_id", "partner_shipping_id"]
        today = fields.Date.context_today(self)
        for move in self._find_uses(partners, "account.move", names):
            fate, until = Fate.ERASED, date.min
            if move.posted_before:
                years = self._retention_years(move, partners)
                until = move.date + relativedelta(years=years)
                fate = Fate.INVOICED if until > today else Fate.ERASED
            if move.is_invoice(include_receipts=True):
                order = move._lengow_find_order()[:1]
                fate = max(fate, _fate_by_order(order, orders))
            for name in names:
                yield move[name].id, fate, until

    # === HELPERS === #

    def _retention_years(self, move, partners):
        """Return for how many years an invoice is kept as it is.

        :param account.move move: posted
        :param res.partner partners: who are decided about
        :rtype: int
        """
        account = move.lengow_order_id.account_id
        account = account or move.partner_id.lengow_marketplace_id.account_id
        accounts = account or partners.lengow_marketplace_id.account_id
        return max(accounts.mapped("invoice_retention_years"), default=0)

    def _find_uses(self, partners, model, names):
        """Return the records of a model that name one of some partners.

        :param res.partner partners: who are named
        :param str model: the model's name
        :param list names: of its fields
        :rtype: Model
        """
        domain = [(name, "in", partners.ids) for name in names]
        return self.env["lengow.privacy"]._find_all(
            model, ["|"] * (len(names) - 1) + domain
        )

    def _get_references(self):
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


def _fate_by_order(order, orders):
    """Return the fate of who is used by a record of an order, or of none."""
    if not order:
        return Fate.SHARED
    if order in orders or order.anonymised_at:
        return Fate.ERASED
    return Fate.NEEDED
