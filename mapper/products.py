from collections import defaultdict
from itertools import chain
from typing import NamedTuple

from odoo import models
from odoo.tools import float_compare

from .problems import ImportProblem

# Feed attributes that say by which of Odoo's fields a merchant exports its products.
# Lengow names the attribute in `merchant_product_id.field`. A number in "ID_PRODUCT" is
# deliberately not taken for a database id: numeric SKUs would find the wrong product.
FIELD_BY_ATTRIBUTE = {
    "sku": "default_code",
    "reference": "default_code",
    "default_code": "default_code",
    "ean": "barcode",
    "ean13": "barcode",
    "gtin": "barcode",
    "upc": "barcode",
    "barcode": "barcode",
}
# Whose own texts SKUs may be matched by, instead of reference and barcode. One of a
# product of several variants means none of them in particular.
PRODUCT_MODELS = ("product.product", "product.template")
USUAL_FIELDS = ("default_code", "barcode")
# Amazon appends it to the SKU of goods in its own warehouses.
FULFILMENT_SUFFIX = "_FBA"


class Match(NamedTuple):
    """What a SKU stands for: a product, and how many of it one piece is.

    Nothing where the product is empty.
    """

    product: models.Model
    factor: float = 1.0
    is_fallback: bool = False
    """Whether it only stands in for a product that nobody knows."""


class Published(NamedTuple):
    """A product as a catalog of ours has told it."""

    catalog: models.Model
    """In system mode."""
    product: models.Model
    state: str
    """Of the row: listed, withdrawn or removed."""

    @property
    def is_offered(self):
        """Whether it is what the catalog tells now."""
        return self.state == "listed" and self.catalog.active


class ProductFinder:
    """Finds the products of an account's order lines, with five queries per batch.

    In this order: the alias table, what the catalog that it was sold from has published
    under that identifier, else what one of the account tells, the field that Lengow
    names, the internal reference, the barcode, the barcode of a packaging; at last,
    what was published once and is no longer.
    """

    def __init__(self, account, lines_by_marketplace):
        """Look up everything that some lines may mean.

        :param lengow.account account: in the company whose products are searched
        :param list lines_by_marketplace: pairs of a lengow.marketplace and a line of
            the content of one of its orders
        """
        self.env = account.env
        self.account = account
        skus = {
            sku for _marketplace, line in lines_by_marketplace for sku in _skus(line)
        }
        self._aliases = self._load_aliases(skus)
        self._published = self._load_published(skus)
        marketplaces = {marketplace for marketplace, _line in lines_by_marketplace}
        self._fields = {one: self._fields_of(one) for one in marketplaces}
        wanted = {field for fields in self._fields.values() for field in fields}
        self._by_field = {
            field: self._load_products(field, skus)
            for field in sorted({*USUAL_FIELDS, *wanted})
        }
        self._packagings = self._load_packagings(skus)
        self._together = self._found_ids()

    def _found_ids(self):
        """Return the ids of all that was found: whatever is read, is read of all."""
        by_field = (found.values() for found in self._by_field.values() if found)
        rows = chain(*self._published.values())
        found = chain(
            (alias.product_id for alias in self._aliases.values()),
            (row.product for row in rows),
            *by_field,
            (packaging.product_id for packaging in self._packagings.values()),
        )
        return tuple(dict.fromkeys(id_ for products in found for id_ in products.ids))

    def _load_aliases(self, skus):
        aliases = self.env["lengow.product.alias"].search(
            [("account_id", "=", self.account.id), ("sku", "in", list(skus))]
        )
        return {(alias.marketplace_id.id, alias.sku): alias for alias in aliases}

    def _load_published(self, skus):
        """Return what catalogs of the account tell by some identifiers, or have told.

        Whatever has become of a product's reference since then: it is the one that was
        bought. A row of a parent means none of its variants.

        :return: by identifier
        :rtype: dict[str, list[Published]]
        """
        rows = (
            self.env["lengow.catalogue.row"]
            .sudo()
            .search(
                [
                    ("identifier", "in", list(skus)),
                    ("catalogue_id.account_id", "=", self.account.id),
                    ("published_at", "!=", False),
                    ("product_id", "!=", False),
                    ("kind", "!=", "parent"),
                ]
            )
        )
        # Whoever asks may not see the products of every company.
        seen = rows.product_id.with_env(self.env)._filtered_access("read")
        found = defaultdict(list)
        for row in rows:
            product = row.product_id.with_env(self.env) & seen
            told = Published(row.catalogue_id, product, row.state)
            found[row.identifier].append(told)
        return found

    def _sold_from(self, sku, feed):
        """Return what the catalog has published that a line was sold from.

        Whatever has become of it since then.

        :param str feed: the number of the catalog at Lengow; maybe None
        :rtype: product.product
        """
        known = self._published.get(sku, ()) if feed else ()
        return self._products_of(
            [row for row in known if str(row.catalog.lengow_number or "") == feed]
        )

    def _published_as(self, sku, is_removed=False):
        """Return what was published under an identifier.

        By a catalog of the company, else by any of the account. What is told now comes
        before what was withdrawn: the other one may have left it the identifier.

        :param bool is_removed: whether it is what is published no longer
        :rtype: product.product
        """
        known = [
            row
            for row in self._published.get(sku, ())
            if (row.state == "removed") == is_removed
        ]
        ours = [row for row in known if row.catalog.company_id == self.env.company]
        return self._products_of(ours or known)

    def _products_of(self, rows):
        offered = [row for row in rows if row.is_offered]
        products = (row.product for row in offered or rows)
        return self.env["product.product"].union(*products)

    def _fields_of(self, marketplace):
        """Return the fields that a marketplace's SKUs are looked for in, in order."""
        choice = marketplace._setting("product_match")
        usual = {"reference": USUAL_FIELDS, "barcode": USUAL_FIELDS[::-1]}
        return usual.get(choice, (choice,))

    def _load_products(self, field, skus):
        """Return products by one of their fields; None where there is no such field."""
        model, _dot, name = field.rpartition(".")
        if name not in self.env[model or "product.product"]._fields:
            return None
        is_of_template = model == "product.template"
        path = f"product_tmpl_id.{name}" if is_of_template else name
        products = {}
        Product = self.env["product.product"].with_context(active_test=False)
        for product in Product.search([(path, "in", list(skus))]):
            owner = product.product_tmpl_id if is_of_template else product
            products.setdefault(owner[name], Product.browse())
            products[owner[name]] |= product
        return products

    def _load_packagings(self, skus):
        """Return the units that products are packed in, by their own barcodes."""
        packagings = self.env["product.uom"].search(
            [
                ("barcode", "in", list(skus)),
                ("company_id", "in", self._company_ids()),
            ]
        )
        return {packaging.barcode: packaging for packaging in packagings}

    def _company_ids(self):
        """Return whose products may be sold: shared ones, a branch's parent's too."""
        return [False, *self.env.company.sudo().parent_ids.ids]

    def find(self, marketplace, line):
        """Return the product that a line means, and how many of it a piece is.

        :param lengow.marketplace marketplace: of the order
        :param lengow_api.Line line: of the order's content
        :return: one of an empty product when the SKU is not known
        :rtype: Match
        :raise ImportProblem: if several products answer, or one that cannot be sold
        """
        elsewhere = None
        for sku, products, source in self._candidates(marketplace, line):
            ours = products.with_prefetch(self._together).filtered(
                lambda product: product.company_id.id in self._company_ids()
            )
            active = (ours.filtered("active") or ours).with_prefetch(self._together)
            if len(active) > 1:
                raise self._ambiguous(sku, active)
            if active:
                self._check_usable(marketplace, sku, active)
                return Match(active, self._factor(sku, active, source))
            if products:
                # The same text may yet be the barcode of one of ours.
                elsewhere = elsewhere or self._of_another_company(sku)
        if elsewhere:
            raise elsewhere
        return Match(self.env["product.product"])

    def fallback(self, order):
        """Return what is sold for a SKU that nobody knows, an empty product if none is.

        :param lengow.order order: one
        :rtype: Match
        :raise ImportProblem: if it cannot be sold any more
        """
        product = order._setting("fallback_product_id")
        is_ours = product.company_id.id in self._company_ids()
        is_fit = is_ours and product.active and product.sale_ok
        if product and not (is_fit and product.type == "consu"):
            raise ImportProblem(
                "product_unusable",
                self.env._(
                    "The fallback product %(product)s of %(marketplace)s cannot be "
                    "sold any more. Choose another one, or match the SKUs.",
                    product=product.display_name,
                    marketplace=order.marketplace_id.name,
                ),
            )
        return Match(product, is_fallback=bool(product))

    def find_one(self, marketplace, line):
        """Return what a line means; an empty product if that is in doubt.

        :param lengow.marketplace marketplace: of the order
        :param lengow_api.Line line: of the order's content
        :rtype: Match
        """
        try:
            return self.find(marketplace, line)
        except ImportProblem:
            return Match(self.env["product.product"])

    def _candidates(self, marketplace, line):
        """Yield a SKU, its products and what tied them, the likeliest first.

        An alias and a packaging say how many of the product a piece is.

        The marketplace's own product number is looked for among the aliases, and among
        references only where the merchant's SKU is missing: a number means nothing
        elsewhere, and would find the wrong product.
        """
        empty = self.env["product.product"]
        no_alias = self.env["lengow.product.alias"]
        no_packaging = self.env["product.uom"]
        for sku in _skus(line):
            for place in (marketplace.id, False):
                alias = self._aliases.get((place, sku), no_alias)
                yield sku, alias.product_id, alias
        skus = _spellings(line.merchant_product_id or line.marketplace_product_id)
        for sku in skus:
            yield sku, self._sold_from(sku, line.feed_id), None
        for sku in skus:
            yield sku, self._published_as(sku), None
        fields = self._fields[marketplace]
        if fields == USUAL_FIELDS:
            named = FIELD_BY_ATTRIBUTE.get((line.merchant_product_field or "").lower())
            fields = tuple(filter(None, (named, *fields)))
        for sku in skus:
            for field in fields:
                if self._by_field[field] is None:
                    raise self._field_missing(marketplace, field)
                yield sku, self._by_field[field].get(sku, empty), None
            packaging = self._packagings.get(sku, no_packaging)
            yield sku, packaging.product_id, packaging
        for sku in skus:
            yield sku, self._published_as(sku, is_removed=True), None

    def _factor(self, sku, product, source):
        """Return how many of a product a piece is.

        :param str sku: that means it
        :param product.product product: that it means
        :param source: the alias or the packaging that ties them; None for the product
            itself
        :rtype: float
        :raise ImportProblem: if the product is not counted in such a packaging
        """
        if not source:
            return 1.0
        if source._name == "lengow.product.alias":
            return source.factor
        packed, unit = source.uom_id, product.uom_id
        if packed._has_common_reference(unit):
            exact = packed._compute_quantity(1.0, unit, round=False)
            factor = unit.round(exact)
            if factor > 0 and not float_compare(factor, exact, precision_digits=6):
                return factor
        raise ImportProblem(
            "product_unusable",
            self.env._(
                "The SKU %(sku)s is the barcode of the packaging %(packaging)s of "
                "%(product)s, which is counted in %(unit)s: one cannot be converted "
                "into the other exactly.",
                sku=sku,
                packaging=packed.name,
                product=product.display_name,
                unit=unit.name,
            ),
        )

    def _field_missing(self, marketplace, field):
        return ImportProblem(
            "product_field_missing",
            self.env._(
                "The SKUs of %(marketplace)s are matched by %(field)s, a field that "
                "products do not have any more. Choose another one.",
                marketplace=marketplace.name,
                field=field,
            ),
        )

    def _of_another_company(self, sku):
        return ImportProblem(
            "product_unusable",
            self.env._(
                "The SKU %s belongs to a product of another company only.",
                sku,
            ),
        )

    def _check_usable(self, marketplace, sku, product):
        """Refuse a product that cannot be sold, or is not to be.

        :raise ImportProblem: if it is none of its own; archived or not for sale, where
            that is to stop orders
        """
        if product.type == "combo":
            raise ImportProblem(
                "product_unusable",
                self.env._(
                    "The SKU %(sku)s belongs to %(product)s, a combo, of which nothing "
                    "is sent or invoiced by itself.",
                    sku=sku,
                    product=product.display_name,
                ),
            )
        if marketplace._setting("unsaleable_products") == "pass":
            return
        if not product.sale_ok:
            raise ImportProblem(
                "product_unusable",
                self.env._(
                    "The SKU %(sku)s belongs to %(product)s, which is not for sale.",
                    sku=sku,
                    product=product.display_name,
                ),
            )
        if not product.active:
            raise ImportProblem(
                "product_unusable",
                self.env._(
                    "The SKU %(sku)s belongs to %(product)s, which is archived.",
                    sku=sku,
                    product=product.display_name,
                ),
            )

    def _ambiguous(self, sku, products):
        return ImportProblem(
            "product_ambiguous",
            self.env._(
                "The SKU %(sku)s belongs to several products: %(products)s.",
                sku=sku,
                products=", ".join(
                    f"{product.display_name} (#{product.id})" for product in products
                ),
            ),
        )


def shown_sku(line):
    """Return the SKU under which a merchant knows a line."""
    return next(iter(_skus(line)), "?")


def _skus(line):
    """Return the SKUs of a line, the likeliest first."""
    skus = (line.merchant_product_id, line.marketplace_product_id)
    return list(dict.fromkeys(s for sku in skus for s in _spellings(sku)))


def _spellings(sku):
    """Return a SKU as it came, and without what the marketplace appended to it."""
    if not sku:
        return []
    return list(dict.fromkeys([sku, sku.removesuffix(FULFILMENT_SUFFIX)]))


def spellings(skus):
    """Return some SKUs as orders may spell them.

    :param skus: as the merchant writes them, or as an order does
    :rtype: set[str]
    """
    return {form for sku in skus for form in (sku, sku + FULFILMENT_SUFFIX)}
