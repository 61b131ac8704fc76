"""From products full of odd texts to what a strict reader fetches, and back."""

from odoo import Command
from odoo.tests import HttpCase, tagged

from ..sandbox import CatalogueFetcher
from .common.catalogue_files import picture
from .common.orders import LengowCase, line, package

HOSTILE = (
    'A "quoted" | text; with, separators',
    "two\r\nlines\tand \x0b controls \x1b[31m",
    "]]></name></product></catalog><!-- & &amp; &nbsp; <b>bold</b>",
    "=HYPERLINK('https://example.com')",
    "\u202egnihsif \u200b\u2066 right to left \ufeff",
    "\\\"backslash\\\" and 'quote'",
    "Ünïcödé 商品 🛒",
    "x" * 1_000_000,
)
FORMATS = ("catalogue.csv", "catalogue.xml", "catalogue.json", "catalogue.csv.gz")


@tagged("post_install", "-at_install")
class TestCatalogueEndToEnd(LengowCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.products = cls.env["product.product"].union(
            *(
                cls.create_product(f"ODD-{number}", description_sale=text)
                for number, text in enumerate(HOSTILE)
            )
        )
        for product, text in zip(cls.products, HOSTILE, strict=True):
            product.name = text[:300]
            cls.add_stock(product, 5)
        cls.products[0].product_tmpl_id.image_1920 = picture()
        cls.catalogue = cls.env["lengow.catalogue"].create(
            {
                "name": "Odd Shop",
                "account_id": cls.account.id,
                "domain": "[('default_code', '=like', 'ODD-%')]",
                "base_url": cls.base_url(),
            }
        )

    def publish(self):
        self.catalogue.action_publish()
        self.refresh()

    def refresh(self):
        self.catalogue.action_refresh()
        self.env.flush_all()
        self.env.invalidate_all()

    def fetcher(self, name="catalogue.csv", **values):
        return CatalogueFetcher(self.catalogue.sudo()._file_url(name), **values)

    def pull(self, fetcher):
        self.env.flush_all()
        with self.allow_requests(all_requests=True):
            pull = fetcher.pull()
        self.env.invalidate_all()
        return pull

    def test_strict_reader_gets_every_product_in_every_format(self):
        self.publish()
        self.assertEqual(self.catalogue.state, "published")
        read = []
        for name in FORMATS:
            for takes_gzip in (True, False):
                with self.subTest(name=name, takes_gzip=takes_gzip):
                    pull = self.pull(self.fetcher(name, takes_gzip=takes_gzip))
                    self.assertFalse(pull.faults)
                    read.append((pull.headers, pull.rows))
        self.assertTrue(all(one[1] == read[0][1] for one in read))
        ids = self.column(read[0], "id")
        self.assertEqual(sorted(ids), self.products.mapped("default_code"))
        names = self.column(read[0], "name")
        self.assertFalse([text for text in names if "\n" in text or "\x0b" in text])
        descriptions = dict(zip(ids, self.column(read[0], "description"), strict=True))
        self.assertIn('"quoted" | text', descriptions["ODD-0"])
        self.assertIn("商品 🛒", descriptions["ODD-6"])
        self.assertEqual(set(self.column(read[0], "quantity")), {"5"})

    def column(self, read, header):
        headers, rows = read
        place = headers.index(header)
        return [row[place] for row in rows]

    def test_reader_that_has_it_is_told_so_until_something_changes(self):
        self.publish()
        fetcher = self.fetcher()
        self.assertEqual(self.pull(fetcher).status, 200)
        self.refresh()
        pull = self.pull(fetcher)
        self.assertTrue(pull.is_unchanged, pull.faults)
        self.add_stock(self.products[3], 2)
        self.refresh()
        pull = self.pull(fetcher)
        self.assertEqual((pull.status, pull.faults), (200, []))
        quantities = dict(zip(pull.column("id"), pull.column("quantity"), strict=True))
        self.assertEqual(quantities["ODD-3"], "7")
        self.assertEqual(self.catalogue.fetch_ids.mapped("status"), [200, 304, 200])

    def test_pictures_in_the_file_are_pictures(self):
        self.publish()
        pull = self.pull(self.fetcher())
        header = next(name for name in pull.headers if name.startswith("image"))
        urls = dict(zip(pull.column("id"), pull.column(header), strict=True))
        self.assertFalse([url for name, url in urls.items() if url and name != "ODD-0"])
        answer = self.url_open(urls["ODD-0"])
        self.assertEqual(answer.headers["Content-Type"], "image/png")

    def test_counts_are_those_of_the_file(self):
        self.publish()
        url = self.catalogue.sudo()._file_url("catalogue.csv")
        size = self.url_open(f"{url}?mode=size").text
        self.assertEqual(size, str(len(self.pull(self.fetcher()).rows)))

    def test_order_of_what_was_fetched_finds_its_product(self):
        """Whatever became of the product's reference meanwhile."""
        self.publish()
        pull = self.pull(self.fetcher())
        sku = pull.column("id")[0]
        product = self.products.filtered(lambda p: p.default_code == sku)
        product.default_code = "RENAMED"
        order = self.import_order("A-1", package(line(sku, "24.00")))
        self.assertEqual(order.line_ids.product_id, product)

    def test_new_quantity_is_told_at_once(self):
        self.publish()
        pull = self.pull(self.fetcher())
        self.sandbox.allow_catalogues(4242)
        remote = self.sandbox.put_catalogue(77)
        remote.replace(pull.headers, pull.rows, self.sandbox.now())
        self.catalogue.lengow_number = 77
        self.catalogue.action_start_push()
        self.add_stock(self.products[3], 4)
        self.refresh()
        self.run_cron_here("cron_push_catalogues")
        self.assertEqual(remote.products["ODD-3"]["quantity"], "9")
        self.assertFalse(self.catalogue.push_error)
        self.assertFalse(self.catalogue.push_error_count)

    def run_cron_here(self, name):
        """Run a scheduled action; requests are in test mode already."""
        self.run_cron(name)
        self.env.invalidate_all()

    def test_withdrawn_product_stays_with_nothing_left(self):
        self.publish()
        self.catalogue.write({"hold_lost": 100, "hold_zero": 100})
        self.products[3].active = False
        self.refresh()
        pull = self.pull(self.fetcher())
        self.assertFalse(pull.faults)
        quantities = dict(zip(pull.column("id"), pull.column("quantity"), strict=True))
        self.assertEqual(quantities["ODD-3"], "0")

    def test_columns_of_every_preset_are_read(self):
        for preset in ("lengow", "magento", "prestashop", "shopware", "woocommerce"):
            with self.subTest(preset=preset):
                catalogue = self.catalogue.copy(
                    {"preset": preset, "column_ids": [Command.clear()]}
                )
                catalogue.action_publish()
                self.env.flush_all()
                fetcher = CatalogueFetcher(catalogue.sudo()._file_url("catalogue.csv"))
                pull = self.pull(fetcher)
                self.assertFalse(pull.faults)
                self.assertEqual(len(pull.rows), len(self.products))
