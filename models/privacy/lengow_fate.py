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

from odoo import fields, models
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
    ("res.partner.bank", "partner_id"),
    ("sale.order.line", "order_partner_id"),
    ("sms.sms", "partner_id"),
    ("stock.move", "partner_id"),
}
# Models whose references are judged one by one, by :meth:`_fates_by_use`.
JUDGED_MODELS = ("account.move", "lengow.order", "sale.order", "stock.picking")
# These die with their partner, but say that somebody buys from them.
OWN_REFERENCES = {("product.supplierinfo", "partner_id")}
# From a record of these models to the marketplace order that it belongs to.
ORDER_OF = {
    "lengow.order": (),
    "sale.order": ("lengow_order_id",),
    "sale.order.line": ("order_id", "lengow_order_id"),
    "stock.picking": ("sale_id", "lengow_order_id"),
    "stock.move": ("sale_line_id", "order_id", "lengow_order_id"),
}
# What a marketplace order brings about in other apps, and by which fields it leads to
# records of those models. Any other model counts by its own fields: a task, a project
# or a repair names its sale order, a coupon the one that it was given for.
WAYS = {
    "payment.transaction": ("sale_order_ids", "invoice_ids"),
    "purchase.order": ("order_line.sale_line_id", "order_line.move_dest_ids"),
}
# By what a record points at any other: the fields of its model and of its id.
POINTERS = (("res_model", "res_id"), ("model", "res_id"))
# The same for orders and what became of them: these are the fields that name a partner.
NAMING_ORDERS = {
    "lengow.order": ["partner_id"],
    "sale.order": ["partner_id", "partner_invoice_id", "partner_shipping_id"],
    "stock.picking": ["partner_id"],
}

# Where an order names its buyer, and by which columns. Whoever adds a row here while a
# buyer is judged has changed the judgement.
NAMING_COLUMNS = {
    "lengow_order": ("partner_id",),
    "sale_order": ("partner_id", "partner_invoice_id", "partner_shipping_id"),
    "stock_picking": ("partner_id",),
    "account_move": ("partner_id", "partner_shipping_id"),
    "res_partner": ("parent_id",),
}


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
        # To look for one among 20,000 orders in a recordset is to read all of them.
        going = frozenset(orders.ids)
        for partner_id, fate, until in self._fates_by_use(partners, going):
            if partner_id in fates:
                fates[partner_id] = max(fates[partner_id], (fate, until))
        # A company or contact is as needed as its most needed address.
        for partner in partners:
            parent = partner.parent_id
            while parent.id in fates:
                fates[parent.id] = max(fates[parent.id], fates[partner.id])
                parent = parent.parent_id
        return {partners.browse(id_): fate for id_, fate in fates.items()}

    def _find_keepers(self, partners, orders):
        """Return the marketplace orders because of which some partners stay.

        :param res.partner partners: buyers and their addresses
        :param lengow.order orders: whose data goes
        :return: by partner, those that name it or one of its addresses
        :rtype: dict[res.partner, lengow.order]
        """
        Order = self.env["lengow.order"].sudo()
        going = frozenset(orders.ids)
        keepers = defaultdict(lambda: Order)
        for model, names in NAMING_ORDERS.items():
            for record in self._find_uses(partners, model, names):
                keeper = self._order_of(record)
                if keeper.id not in going and not keeper.anonymised_at:
                    for name in names:
                        keepers[record[name].id] |= keeper
        ids = set(partners.ids)
        for partner in partners:
            parent = partner.parent_id
            while parent.id in ids:
                keepers[parent.id] |= keepers[partner.id]
                parent = parent.parent_id
        return {partner: keepers[partner.id] for partner in partners}

    # === WHOM NOBODY MAY NAME MEANWHILE === #

    def _hold(self, partners):
        """Let nobody name some partners until this transaction ends.

        Whoever imports an order locks its buyer by naming it, so that either the
        import waits, and then finds that the buyer is gone, or the buyer is left alone.
        A lock does not renew what this transaction sees of the others. So another one
        looks whether somebody has named a partner since.

        :param res.partner partners: who are to be judged
        :return: those that are held, and were not named by what is not seen here
        :rtype: res.partner
        """
        held = partners.try_lock_for_update()
        if not held:
            return held
        self.env.flush_all()
        seen = _naming_rows(self.env.cr, held.ids)
        with self.env.registry.cursor() as cr:
            unseen = _naming_rows(cr, held.ids) - seen
        named = {partner_id for _table, _id, partner_id in unseen}
        return held.filtered(lambda partner: partner.id not in named)

    # === BY WHAT PARTNERS ARE USED === #

    def _fates_by_use(self, partners, going):
        """Yield a partner's id, a fate and a date for each use of some partners."""
        yield from self._fates_by_sales(partners, going)
        yield from self._fates_by_pickings(partners, going)
        yield from self._fates_by_moves(partners, going)
        for order in self._find_uses(partners, "lengow.order", ["partner_id"]):
            yield order.partner_id.id, _fate_by_order(order, going), date.min
        for model, name in self._get_references():
            domain = [(name, "in", partners.ids)]
            if model == "mail.message":
                # What was written about the records above goes with them.
                written = (*JUDGED_MODELS, partners._name)
                domain.append(("model", "not in", written))
            Model = self.env[model].sudo().with_context(active_test=False)
            for partner, users in Model._read_group(domain, [name], ["id:recordset"]):
                for fate in self._fates_by_origin(users, going):
                    yield partner.id, fate, date.min

    def _fates_by_origin(self, records, going):
        """Return what records of any other model make of the partner they name.

        What comes from a marketplace order is as needed as that order; what comes from
        nowhere, or from a sale of the merchant's own, too, is a use of their own.

        :param Model records: of one model, which all name a partner
        :param set going: the ids of the orders whose time is over
        :rtype: set[Fate]
        """
        fates = set()
        for record in records:
            origins = self._find_origins(record)
            fates |= {_fate_by_order(order, going) for order in origins}
            if not origins:
                fates.add(Fate.SHARED)
        return fates

    def _find_origins(self, record, follow=True):
        """Return the marketplace order behind each record that one leads to.

        :param Model record: one
        :param bool follow: whether to look at what it merely points at, too
        :return: an order each; an empty one for what belongs to none
        :rtype: list[lengow.order]
        """
        if record._name in ORDER_OF:
            return [self._order_of(record)]
        if record._name == "account.move":
            return [record._lengow_find_order()[:1]]
        ways = WAYS.get(record._name) or [
            name
            for name, field in record._fields.items()
            if field.type == "many2one" and field.store
            if field.comodel_name in (*ORDER_OF, "account.move")
        ]
        origins = []
        for way in ways:
            if way.partition(".")[0] in record._fields and _is_way(record, way):
                for origin in record.mapped(way):
                    origins += self._find_origins(origin, follow=False)
        for model_name, id_name in POINTERS if follow and not origins else ():
            pointed_at = self._find_pointed_at(record, model_name, id_name)
            if pointed_at:
                origins += self._find_origins(pointed_at, follow=False)
        return origins

    def _order_of(self, record):
        for name in ORDER_OF[record._name]:
            record = record[name]
        return record

    def _find_pointed_at(self, record, model_name, id_name):
        """Return the record that one points at by two fields, None if none."""
        if model_name not in record._fields or id_name not in record._fields:
            return None
        model, id_ = record[model_name], record[id_name]
        if not isinstance(model, str) or model not in self.env or not id_:
            return None
        return self.env[model].sudo().browse(id_).exists()

    def _fates_by_sales(self, partners, going):
        """Yield fates by sale orders, as :meth:`_fates_by_use` does."""
        names = ["partner_id", "partner_invoice_id", "partner_shipping_id"]
        for sale in self._find_uses(partners, "sale.order", names):
            fate = _fate_by_order(sale.lengow_order_id, going)
            for name in names:
                yield sale[name].id, fate, date.min

    def _fates_by_pickings(self, partners, going):
        """Yield fates by deliveries, as :meth:`_fates_by_use` does."""
        for picking in self._find_uses(partners, "stock.picking", ["partner_id"]):
            order = picking.sale_id.lengow_order_id
            yield picking.partner_id.id, _fate_by_order(order, going), date.min

    def _fates_by_moves(self, partners, going):
        """Yield fates by invoices, and by the entries that pay them."""
        names = ["partner_id", "commercial_partner_id", "partner_shipping_id"]
        today = fields.Date.context_today(self)
        for move in self._find_uses(partners, "account.move", names):
            fate, until = Fate.ERASED, date.min
            if move.posted_before:
                years = self._retention_years(move, partners)
                until = _end_of_retention(move, years)
                fate = Fate.INVOICED if until >= today else Fate.ERASED
            if move.is_invoice(include_receipts=True):
                order = move._lengow_find_order()[:1]
                fate = max(fate, _fate_by_order(order, going))
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


def _is_way(record, way):
    """Whether a dotted path of fields exists, whatever modules are installed."""
    model = record
    for name in way.split("."):
        if name not in model._fields:
            return False
        model = model.env[model._fields[name].comodel_name]
    return True


def _end_of_retention(move, years):
    """Return the last day on which an invoice has to be kept as it is.

    The years of the law begin when the fiscal year of the invoice ends.

    :param account.move move: posted
    :param int years: for how many; none is not even until then
    :rtype: date
    """
    if not years:
        return date.min
    posted_in = max(move.date, move.invoice_date or move.date)
    fiscal_year = move.company_id.compute_fiscalyear_dates(posted_in)
    return fiscal_year["date_to"] + relativedelta(years=years)


def _fate_by_order(order, going):
    """Return the fate of who is used by a record of an order, or of none.

    :param lengow.order order: one, or none
    :param set going: the ids of the orders whose data goes
    """
    if not order:
        return Fate.SHARED
    if order.id in going or order.anonymised_at:
        return Fate.ERASED
    return Fate.NEEDED


def _naming_rows(cr, partner_ids):
    """Return what names some partners, as a transaction sees it.

    :param Cursor cr: of the transaction
    :param list partner_ids: of partners
    :return: the table, the row and the partner of each
    :rtype: set[tuple[str, int, int]]
    """
    queries = [
        SQL(
            "SELECT %s, id, %s FROM %s WHERE %s = ANY(%s)",
            table,
            SQL.identifier(column),
            SQL.identifier(table),
            SQL.identifier(column),
            partner_ids,
        )
        for table, columns in NAMING_COLUMNS.items()
        for column in columns
    ]
    cr.execute(SQL(" UNION ALL ").join(queries))
    return set(cr.fetchall())
