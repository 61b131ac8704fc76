"""From Odoo to the file that Lengow fetches, and back with an order."""

import csv
import gzip
import io

from odoo.tests import tagged

from .common import line, package, payload
from .test_catalogue_stock import StockCase


@tagged("post_install", "-at_install")
class TestCatalogueRoundTrip(StockCase):
    """A published catalog of shirts and mugs, of which there are 10 shirts."""

    @classmethod
    def create_catalogue(cls, **values):
        return super().create_catalogue(
            domain="[('default_code', 'in', ['SHIRT', 'MUG', 'NEW'])]", **values
        )

    def setUp(self):
        super().setUp()
        self.catalogue.with_user(self.manager).action_publish()
        self.refresh()

    def refresh(self):
        """Let the scheduled action bring the catalog up to date."""
        with self.crons():
            self.run_cron("cron_refresh_catalogues")
        self.env.invalidate_all()

    def told(self, identifier="SHIRT", file="catalogue.csv"):
        """Return what Lengow reads of a product."""
        text = gzip.decompress(self.catalogue._attachment(file).raw).decode()
        lines = csv.DictReader(io.StringIO(text, newline=""), delimiter="|")
        return {one["id"]: one for one in lines}[identifier]

    def quantity(self):
        self.refresh()
        return self.told()["quantity"]

    def test_an_order_is_counted_once_from_the_inbox_to_its_cancellation(self):
        self.assertEqual(self.told()["quantity"], "10")
        self.assertEqual(self.told()["price_incl_tax"], "50.00")
        order = self.shirts("A-1", 4, "accepted")
        self.assertEqual(self.quantity(), "6")
        self.sandbox.move("cdiscount", "A-1", "waiting_shipment")
        order.action_refresh()
        self.sync()
        self.assertEqual(order.sale_order_ids.state, "sale")
        self.assertEqual(self.quantity(), "6")
        self.sandbox.move("cdiscount", "A-1", "canceled")
        order.action_refresh()
        self.assertEqual(order.sale_order_ids.state, "cancel")
        self.assertEqual(self.quantity(), "10")

    def test_what_is_ordered_is_what_was_published_whatever_became_of_it(self):
        known = self.told()["id"]
        self.shirt.default_code = "NEW"
        self.refresh()
        self.assertEqual(self.told(known)["sku"], "NEW")
        self.mug.default_code = known
        order = self.import_payload(payload("A-1", package(line(known))))
        self.assertEqual(order.import_state, "imported", order.error_message)
        self.assertEqual(order.sale_order_ids.order_line.product_id, self.shirt)
        self.shirt.active = False
        self.account.unsaleable_products = "pass"
        self.refresh()
        self.assertEqual(self.told(known)["quantity"], "0")
        late = self.import_payload(payload("A-2", package(line(known))))
        self.assertEqual(late.import_state, "imported", late.error_message)
        self.assertEqual(late.line_ids.product_id, self.shirt)
