"""Under which identifier Lengow knows a product: decided once, and never again.

wanted ─► somebody else's? ─no──► theirs; frozen once published
│
├─ published, and still sent: whoever came later goes without
├─ published, but withdrawn: the newcomer waits until it is removed, since orders for it
│  may still come; unless it was deleted, or archived and both have one barcode
├─ published, but removed: the newcomer goes on where it ended
└─ two that were not published yet: both go without
"""

from collections import Counter
from dataclasses import dataclass, field

from odoo import models
from odoo.fields import Domain

from ...catalogue.checks import ean_key
from ...catalogue.texts import to_text


@dataclass
class Decision:
    """What else is to be done so that rows get the identifiers that they want.

    :ivar set others: ids of products outside of the batch to be looked at anew
    :ivar list dropped: ids of rows that go on as another row
    :ivar list freed: ids of rows that lose their identifiers
    """

    others: set = field(default_factory=set)
    dropped: list = field(default_factory=list)
    freed: list = field(default_factory=list)


class LengowCatalogueIdentity(models.AbstractModel):
    """Gives the rows of catalogs the identifiers under which Lengow knows them."""

    _name = "lengow.catalogue.identity"
    _description = "Identifiers of Lengow Catalogs"

    def _parent_identifier(self, catalogue, template_id):
        """Return the identifier of the parent's row of a template.

        :rtype: str
        """
        prefix = "" if catalogue.identity == "database" else "T"
        return f"{prefix}{template_id}"

    def _wanted(self, catalogue, product):
        """Return the identifier that a product variant asks for, maybe empty.

        :rtype: str
        """
        if catalogue.identity == "database":
            return f"{product.product_tmpl_id.id}_{product.id}"
        return to_text(product.default_code)

    def _assign(self, catalogue, store, rows, products):
        """Give rows that were never published the identifiers that they want.

        :param lengow.catalogue catalogue: one
        :param RowStore store: of its rows
        :param list rows: of a batch, each for another product or template
        :param product.product products: of the batch
        :rtype: Decision
        """
        wanted = [
            (row, self._wanted_by(catalogue, row, products))
            for row in rows
            if not row.is_frozen
        ]
        if not wanted:
            return Decision()
        names = [name for _row, name in wanted if name]
        holders = self._find_holders(store, names, rows)
        claims = self._find_claims(catalogue, names, holders)
        known = {row.identifier: row.product_id for row in rows if row.is_frozen}
        counts = Counter([*names, *(name for name in names if name in known)])
        decision = Decision()
        for row, name in wanted:
            row.twins, row.wanted = None, name
            rivals = self._rivals(store, claims.get(name, set()) - {row.product_id})
            holder = holders.get(name)
            if not name or counts[name] > 1 or rivals:
                self._refuse(row, rivals, holder, decision)
                row.twins = self._names(rivals | {known.get(name)})
            else:
                self._grant(row, name, holder, decision)
        self._make_room(store, rows, decision)
        decision.others -= {row.product_id for row in rows} | {None}
        return decision

    def _wanted_by(self, catalogue, row, products):
        if row.kind == "parent":
            return self._parent_identifier(catalogue, row.product_tmpl_id)
        return self._wanted(catalogue, products.browse(row.product_id))

    def _refuse(self, row, rivals, holder, decision):
        """Leave a row without an identifier, and its rivals, too."""
        row.identifier = None
        if holder and not holder.is_frozen:
            decision.freed.append(holder.id)
        decision.others |= rivals

    def _grant(self, row, name, holder, decision):
        """Give a row the identifier that it wants, if nobody is known by it."""
        if not holder:
            row.identifier = name
        elif not holder.is_frozen:
            # Its product asks for another one by now.
            decision.freed.append(holder.id)
            decision.others.add(holder.product_id)
            row.identifier = name
        elif not self._may_go_on(row, holder):
            row.identifier = None
            row.twins = self._names({holder.product_id})
        else:
            if row.id:
                decision.dropped.append(row.id)
            self._take_over(row, holder)

    def _find_holders(self, store, names, rows):
        """Return the rows outside of a batch that have some identifiers.

        :rtype: dict[str, Row]
        """
        inside = {row.id for row in rows}
        return {
            row.identifier: row
            for row in store.of_identifiers(names)
            if row.id not in inside
        }

    def _find_claims(self, catalogue, names, holders):
        """Return the products in the catalog's selection that have some references.

        :param dict holders: the rows that have them by now
        :return: ids by reference
        :rtype: dict[str, set[int]]
        """
        if catalogue.identity == "database" or not names:
            return {}
        Product, selection = catalogue.env["product.product"], catalogue._selection()
        found = Product._read_group(
            selection & Domain("default_code", "in", names),
            ["default_code"],
            ["id:array_agg"],
        )
        claims = {name: set(ids) for name, ids in found}
        # A blank beside a reference hides it from the search.
        ids = [row.product_id for row in holders.values() if not row.is_frozen]
        if ids := list(filter(None, ids)):
            for product in Product.search(selection & Domain("id", "in", ids)):
                name = self._wanted(catalogue, product)
                claims.setdefault(name, set()).add(product.id)
        return claims

    def _rivals(self, store, product_ids):
        """Return which products with a reference have no other identifier for good.

        :param RowStore store: of the rows of the catalog
        :param set product_ids: that have it
        :rtype: set[int]
        """
        if not product_ids:
            return product_ids
        rows = store.of_products(product_ids)
        return product_ids - {id_ for id_, row in rows.items() if row.is_frozen}

    def _names(self, product_ids):
        """Return the names of the products that stand in each other's way."""
        ids = sorted(filter(None, product_ids))
        products = self.env["product.product"].sudo().browse(ids[:5])
        return ", ".join(products.exists().mapped("display_name")) or None

    def _may_go_on(self, row, holder):
        """Whether a product may be sold under the identifier of one that was sent.

        Marketplaces still send orders for what was withdrawn just now: they are for
        that product and no other.

        :param Row row: of the one that asks for it
        :param Row holder: that is known by it
        :rtype: bool
        """
        if "parent" in (holder.kind, row.kind) and holder.kind != row.kind:
            return False
        if holder.state != "withdrawn" or not holder.product_id:
            return holder.state != "listed"
        Product = self.env["product.product"].sudo()
        before, now = Product.browse(holder.product_id), Product.browse(row.product_id)
        is_same = (
            before.barcode
            and now.barcode
            and (ean_key(before.barcode) == ean_key(now.barcode))
        )
        return not before.active and bool(is_same)

    def _take_over(self, row, holder):
        """Have a product go on with the row of one that is sent no more."""
        row.id, row.digest = holder.id, None
        row.identifier = holder.identifier
        row.published_at = holder.published_at

    def _make_room(self, store, rows, decision):
        """Free the identifiers that change hands, since no two rows may have one."""
        moved = [
            row.id
            for row in rows
            if row.had_identifier and row.identifier != row.had_identifier
        ]
        store.release([*decision.freed, *moved])
