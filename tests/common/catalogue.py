"""A catalog whose prices and quantities are what a test says, and its files read."""

import csv
import gzip
import io
from contextlib import contextmanager
from unittest.mock import patch

from ...models.catalogue.lengow_catalogue_pricing import Priced
from ...models.catalogue.lengow_catalogue_stock import Stocked
from .orders import LengowCase

PRODUCTS = ("SHIRT", "MUG", "HAT", "SCARF")
COLUMNS = (
    ("id", {"source": "standard", "standard": "id"}),
    ("sku", {"source": "standard", "standard": "sku"}),
    ("parent_id", {"source": "standard", "standard": "parent_id"}),
    ("type", {"source": "standard", "standard": "type"}),
    ("name", {"source": "standard", "standard": "name"}),
    ("ean", {"source": "standard", "standard": "ean"}),
    ("status", {"source": "standard", "standard": "status"}),
    ("availability", {"source": "standard", "standard": "availability"}),
    ("price_incl_tax", {"source": "price", "price_kind": "incl"}),
    ("quantity", {"source": "quantity", "quantity_kind": "sellable"}),
)


class CatalogueCase(LengowCase):
    """A published catalog of a few products, on prices and quantities of the test."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.left, cls.prices, cls.price_stamp = {}, {}, ["first"]
        cls.startClassPatcher(cls._patched_stock())
        cls.startClassPatcher(cls._patched_prices())
        cls.startClassPatcher(cls._patched_price_stamp())
        cls.hat = cls.create_product("HAT")
        cls.scarf = cls.create_product("SCARF")
        cls.catalogue = cls.create_catalogue()

    # === WHAT OTHERS SAY === #

    @classmethod
    def _patched_stock(cls):
        def read(service, catalogue, columns, products, begun=None):
            found = {}
            for product in products:
                left = cls.left.get(product.id, 5)
                texts = dict.fromkeys(columns.mapped("header"), str(left))
                found[product.id] = Stocked(texts, left, left, 0.0, 0)
            return found

        return patch.object(
            cls.registry["lengow.catalogue.stock"], "_read", read, create=True
        )

    @classmethod
    def _patched_prices(cls):
        def read(service, catalogue, columns, products):
            found = {}
            for product in products:
                price = cls.prices.get(product.id, product.list_price)
                texts = dict.fromkeys(columns.mapped("header"), f"{price:.2f}")
                found[product.id] = Priced(texts, price, price)
            return found

        return patch.object(
            cls.registry["lengow.catalogue.pricing"], "_read", read, create=True
        )

    @classmethod
    def _patched_price_stamp(cls):
        def stamp(service, catalogue, columns):
            return cls.price_stamp[0]

        return patch.object(
            cls.registry["lengow.catalogue.pricing"], "_stamp", stamp, create=True
        )

    # === RECORDS === #

    @classmethod
    def create_catalogue(cls, columns=COLUMNS, **values):
        """Return a catalog of the four products."""
        catalogue = cls.env["lengow.catalogue"].create(
            {
                "name": "Shop",
                "account_id": cls.account.id,
                "user_id": cls.manager.id,
                "domain": f"[('default_code', 'in', {list(PRODUCTS)})]",
                **values,
            }
        )
        catalogue.column_ids.unlink()
        cls.env["lengow.catalogue.column"].create(
            [
                {
                    "catalogue_id": catalogue.id,
                    "header": header,
                    "sequence": number,
                    **column,
                }
                for number, (header, column) in enumerate(columns)
            ]
        )
        return catalogue

    def publish(self, catalogue=None):
        """Publish a catalog as a manager does, and return it."""
        catalogue = catalogue or self.catalogue
        catalogue.with_user(self.manager).action_publish()
        self.env.invalidate_all()
        return catalogue

    def refresh(self, catalogue=None, is_whole=False):
        """Bring a catalog up to date, as the scheduled actions do."""
        catalogue = catalogue or self.catalogue
        with self.crons():
            self.run_cron(
                "cron_rebuild_catalogues" if is_whole else "cron_refresh_catalogues"
            )
        self.env.invalidate_all()
        return catalogue

    def row(self, product, catalogue=None):
        """Return the row of a product."""
        return (catalogue or self.catalogue).row_ids.filtered(
            lambda row: row.product_id == product
        )

    # === FILES === #

    def read_file(self, name="catalogue.csv", catalogue=None):
        """Return the lines of a published file as Lengow reads them, by identifier."""
        raw = (catalogue or self.catalogue)._attachment(name).raw
        text = gzip.decompress(raw or b"").decode() if raw else ""
        reader = csv.DictReader(
            io.StringIO(text, newline=""), delimiter="|", strict=True
        )
        return {line["id"]: line for line in reader}

    @contextmanager
    def counted_writes(self):
        """Give a list of the statements that write rows of catalogs meanwhile."""
        cursor, statements = type(self.env.cr), []
        execute = cursor.execute

        def counting(cr, query, *args, **kwargs):
            text = str(getattr(query, "code", query))
            words = text.split(None, 3)[:3]
            if (
                "lengow_catalogue_row" in text
                and words
                and words[0]
                in (
                    "INSERT",
                    "UPDATE",
                    "DELETE",
                )
            ):
                statements.append(" ".join(words))
            return execute(cr, query, *args, **kwargs)

        with patch.object(cursor, "execute", counting):
            yield statements


class TenProductsCase(CatalogueCase):
    """A published catalog of ten products with five pieces each."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.more = cls.env["product.product"].union(
            *(cls.create_product(f"P-{number}") for number in range(6))
        )
        cls.products = cls.shirt | cls.mug | cls.hat | cls.scarf | cls.more
        cls.catalogue.domain = f"[('id', 'in', {cls.products.ids})]"

    def setUp(self):
        super().setUp()
        self.publish()
        self.before = self.read_file()
        self.addCleanup(self.left.clear)
        self.addCleanup(self.prices.clear)

    def sell_out(self, products):
        for product in products:
            self.left[product.id] = 0

    def assert_held(self, *words):
        self.assertEqual(self.catalogue.state, "held")
        for word in words:
            self.assertIn(word, self.catalogue.hold_reason)
        activity = self.catalogue.activity_ids
        self.assertEqual(activity.user_id, self.catalogue.user_id)
        self.assertIn(words[0], activity.note)
