"""Which of a merchant's products an unknown SKU probably means.

Guesses are shown to a person, who takes them or not: nothing is imported by them.
"""

import re

from odoo.tools import SQL

# Shorter references are like too many others.
SHORTEST_REFERENCE = 3


class ProductGuesser:
    """Finds products that are nearly called like some SKUs, in three queries for all.

    In this order: the barcode without leading zeros, the reference without case, blanks
    and hyphens, the same name. What several products answer to is no guess.
    """

    def __init__(self, account, rows):
        """Look up everything that some SKUs may mean.

        :param lengow.account account: in the company whose products are searched
        :param rows: pairs of a SKU and a title
        """
        self.env = account.env
        self.company_ids = account.env.company.sudo().parent_ids.ids
        self.env["product.product"].flush_model(["active", "barcode", "default_code"])
        self.env["product.template"].flush_model(["name", "sale_ok", "company_id"])
        skus = [sku for sku, _title in rows]
        self._by_barcode = self._look_up(
            SQL("ltrim(product.barcode, '0')"), map(_barcode, skus)
        )
        self._by_reference = self._look_up(
            SQL("regexp_replace(lower(product.default_code), '[^a-z0-9]', '', 'g')"),
            map(_reference, skus),
        )
        self._by_name = self._look_up(
            # As Odoo shows a name that nobody has translated.
            SQL(
                "lower(COALESCE(template.name ->> %s, template.name ->> 'en_US'))",
                self.env.lang or "en_US",
            ),
            (_name(title) for _sku, title in rows),
        )

    def guess(self, sku, title):
        """Return the product that a SKU may mean and what is the same, if anything.

        :return: one product.product and a sentence; an empty one and False
        """
        for known, key, reason in (
            (self._by_barcode, _barcode(sku), self.env._("Same barcode")),
            (self._by_reference, _reference(sku), self.env._("Similar reference")),
            (self._by_name, _name(title), self.env._("Same name")),
        ):
            products = known.get(key, ()) if key else ()
            if len(products) == 1:
                return self.env["product.product"].browse(products), reason
        return self.env["product.product"], False

    def _look_up(self, spelling, keys):
        """Return the ids of products for sale by a spelling of what they are called.

        :param SQL spelling: of a product
        :param keys: the ones that are looked for
        :rtype: dict[str, list[int]]
        """
        wanted = sorted(set(filter(None, keys)))
        if not wanted:
            return {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT %(spelling)s AS spelling, array_agg(product.id)
                  FROM product_product product
                  JOIN product_template template
                    ON template.id = product.product_tmpl_id
                 WHERE product.active AND template.active AND template.sale_ok
                   AND template.type != 'combo'
                   AND (template.company_id IS NULL
                        OR template.company_id IN %(companies)s)
                   AND %(spelling)s IN %(wanted)s
              GROUP BY 1
                """,
                spelling=spelling,
                companies=tuple(self.company_ids) or (0,),
                wanted=tuple(wanted),
            )
        )
        return dict(rows)


def _barcode(sku):
    return sku.lstrip("0") if sku and sku.isdecimal() and len(sku) >= 8 else ""


def _reference(sku):
    plain = re.sub(r"[^a-z0-9]", "", (sku or "").lower())
    return plain if len(plain) >= SHORTEST_REFERENCE else ""


def _name(title):
    return (title or "").strip().lower()
