"""What is taken from the stock for a product: itself, or the parts of a kit."""

from ..overrides import are_known

# How Odoo finds the bill of materials of a product, as long as no module does it in
# another way.
FOUND_BY = {"mrp.bom": ({"mrp"}, {"_bom_find"})}


class Kits:
    """The kits of a company, where Odoo knows any; what was looked up is kept."""

    def __init__(self, company):
        """Know nothing yet.

        :param res.company company: whose bills of materials count
        """
        self.env = company.env
        self._company = company
        self._boms = {}
        self._parts = {}

    def look_up(self, products):
        """Find out at once which of some products are kits.

        :param product.product products: of any kind
        """
        if "mrp.bom" not in self.env:
            return
        ids = [id_ for id_ in products.ids if id_ not in self._boms]
        if not ids:
            return
        # Whoever looks at the stock need not see how anything is made.
        found = self._find(products.browse(ids), self.env["mrp.bom"].sudo())
        boms = {product.id: bom for product, bom in found.items()}
        self._boms |= {id_: boms.get(id_) for id_ in ids}

    def _find(self, products, boms_sudo):
        """Return the bill of materials of each product that is a kit.

        Odoo looks at each product for it: it is asked for those that any may be for.

        :rtype: dict[product.product, mrp.bom]
        """
        asked = {"company_id": self._company.id, "bom_type": "phantom"}
        if len(products) > 1 and are_known(self.env, FOUND_BY):
            some = boms_sudo.search(boms_sudo._bom_find_domain(products, **asked))
            variants = some.product_id | some.product_tmpl_id.product_variant_ids
            products &= variants.with_env(products.env)
        return boms_sudo._bom_find(products, **asked)

    def ids(self):
        """Return which of the products that were looked up are kits.

        :rtype: list[int]
        """
        return [id_ for id_, bom in self._boms.items() if bom]

    def of(self, products):
        """Return those of some products that are delivered as their parts.

        :param product.product products: of any kind
        :rtype: product.product
        """
        self.look_up(products)
        return products.browse(id_ for id_ in products.ids if self._boms.get(id_))

    def is_kit(self, product):
        """Whether a product is delivered as its parts.

        :param product.product product: one, or none
        :rtype: bool
        """
        self.look_up(product)
        return bool(self._boms.get(product.id))

    def parts(self, product, quantity):
        """Return what is taken from the stock for so many of a product.

        :param product.product product: one, or none
        :param float quantity: of it
        :return: pairs of a product and a quantity; none for what no stock is kept of
        :rtype: list[tuple[product.product, float]]
        """
        if not self.is_kit(product):
            return [(product, quantity)] if product.is_storable else []
        if (product.id, quantity) not in self._parts:
            self._parts[product.id, quantity] = self._explode(product, quantity)
        return self._parts[product.id, quantity]

    def _explode(self, product, quantity):
        bom = self._boms[product.id]
        in_kits = product.uom_id._compute_quantity(
            quantity, bom.product_uom_id, round=False
        )
        _kits, lines = bom.explode(product, in_kits / bom.product_qty)
        return [
            (
                line.product_id.with_env(self.env),
                line.product_uom_id._compute_quantity(
                    values["qty"], line.product_id.uom_id, round=False
                ),
            )
            for line, values in lines
            if line.product_id.is_storable
        ]

    def containing(self, parts):
        """Return the kits that some products are parts of, or of whose kits.

        :param product.product parts: of any kind
        :rtype: product.product
        """
        if "mrp.bom" not in self.env:
            return parts.browse()
        boms_sudo = self.env["mrp.bom"].sudo()
        kits, found = parts.browse(), parts
        while found:
            boms = boms_sudo.search(
                [
                    ("type", "=", "phantom"),
                    ("bom_line_ids.product_id", "in", found.ids),
                ]
            )
            variants = boms.product_tmpl_id.product_variant_ids
            found = (boms.product_id | variants).sudo(False) - kits
            kits |= found
        return kits
