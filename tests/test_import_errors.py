"""What cannot be imported: a code, a sentence, nothing half-made, and a way on."""

from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import LengowCase, address, line, package, payload

NOWHERE = address(common_country_iso_a2=None)
ATLANTIS = address(common_country_iso_a2="XX")


def in_currency(code, **values):
    """Return an order in a currency, on the marketplace and in Lengow's account."""
    currency = code and {"iso_a3": code, "symbol": code, "name": code}
    return payload(currency=currency, original_currency=currency, **values)


@tagged("post_install", "-at_install")
class TestImportErrors(LengowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.create_product("TWIN", name="First Twin")
        cls.create_product("TWIN", name="Second Twin")
        cls.create_product("OLD", name="Old Thing", active=False)
        cls.create_product("GIFT", name="Not For Sale", sale_ok=False)
        swiss = cls.env.ref("base.CHF")
        swiss.active = True
        cls.env["product.pricelist"].search([("currency_id", "=", swiss.id)]).unlink()
        cls.env.ref("base.JPY").active = False

    def bad_orders(self):
        """Return bad orders by name: the payload, the code, words of the sentence."""
        return {
            **self.bad_contents(),
            **self.bad_places(),
            **self.bad_currencies(),
            **self.bad_amounts(),
            **self.bad_products(),
        }

    def bad_contents(self):
        empty = {"cart": [], "delivery": address()}
        null = {"cart": None, "delivery": address()}
        return {
            "no package": (payload(packages=[]), "package_missing", ["package"]),
            "null packages": (payload(packages=None), "package_missing", ["package"]),
            "no line": (payload("X", empty, total="5.00"), "line_missing", ["line"]),
            "null lines": (payload(packages=[null]), "line_missing", ["line"]),
            "unknown marketplace": (
                payload(marketplace="mystery_shop"),
                "marketplace_unknown",
                ["mystery_shop"],
            ),
        }

    def bad_places(self):
        def sent_to(place):
            return payload("X", package(delivery=place), billing_address=place)

        nameless = {"cart": [line()], "delivery": None}
        return {
            "no address": (
                payload("X", nameless, billing_address=None),
                "address_missing",
                ["address"],
            ),
            "no country": (sent_to(NOWHERE), "country_missing", ["country"]),
            "unknown country": (sent_to(ATLANTIS), "country_unknown", ["XX"]),
        }

    def bad_currencies(self):
        return {
            "no currency": (in_currency(None), "currency_missing", ["currency"]),
            "unknown currency": (in_currency("QQQ"), "currency_unknown", ["QQQ"]),
            "inactive currency": (
                in_currency("JPY", total="24"),
                "currency_unknown",
                ["JPY", "active"],
            ),
            "no pricelist": (
                in_currency("CHF"),
                "pricelist_missing",
                ["CHF", "pricelist"],
            ),
            "no exchange rate": (
                payload(total="-1"),
                "no_exchange_rate",
                ["exchange rate"],
            ),
        }

    def bad_amounts(self):
        return {
            "negative total": (
                payload("X", package(line(amount="-24.00"))),
                "amount_negative",
                ["-24.00"],
            ),
            "no total": (
                {**payload(), "total_order": None},
                "amount_missing",
                ["total"],
            ),
            "line without amount": (
                payload("X", package(line(amount=None)), total="24.00"),
                "amount_missing",
                ["amount"],
            ),
            "total mismatch": (
                payload(total="25.00"),
                "total_mismatch",
                ["24.00", "25.00"],
            ),
            "unreadable total": (
                payload(total="12,50 €"),
                "payload_invalid",
                ["total_order", "Lengow's support"],
            ),
        }

    def bad_products(self):
        return {
            "unknown SKUs": (
                payload("X", package(line("NOPE-1"), line("SHIRT"), line("NOPE-2"))),
                "product_missing",
                ["NOPE-1", "NOPE-2", "Title of NOPE-1"],
            ),
            "ambiguous SKU": (
                payload("X", package(line("TWIN"))),
                "product_ambiguous",
                ["TWIN", "First Twin", "Second Twin"],
            ),
            "archived product": (
                payload("X", package(line("OLD"))),
                "product_unusable",
                ["OLD", "Old Thing", "archived"],
            ),
        }

    def numbered(self, name, content):
        return {**content, "marketplace_order_id": f"BAD {name}"}

    def footprint(self):
        """Return how much there is of what an import creates."""
        return {
            model: self.env[model].with_context(active_test=False).search_count([])
            for model in (
                "res.partner",
                "sale.order",
                "sale.order.line",
                "stock.picking",
                "product.product",
            )
        }

    def test_every_bad_order_is_explained_and_leaves_nothing_behind(self):
        before = self.footprint()
        for name, (content, code, words) in self.bad_orders().items():
            with self.subTest(order=name):
                order = self.import_payload(self.numbered(name, content))
                self.assertEqual(order.import_state, "error")
                self.assertEqual(order.error_code, code, order.error_message)
                for word in words:
                    self.assertIn(word, order.error_message)
                self.assertFalse(order.sale_order_ids)
        self.assertEqual(self.footprint(), before)

    def test_bad_orders_do_not_stop_the_good_ones_beside_them(self):
        bad = self.bad_orders()
        for number, (name, (content, _code, _words)) in enumerate(bad.items()):
            self.put(self.numbered(name, content))
            self.put(payload(f"GOOD {number}"))
        self.sync()
        for number, (name, (_content, code, _words)) in enumerate(bad.items()):
            self.assertEqual(self.order(f"BAD {name}").error_code, code)
            self.assertEqual(self.order(f"GOOD {number}").import_state, "imported")
        self.assertEqual(self.account.order_error_count, len(bad))

    def test_synchronization_says_how_many_are_to_fix(self):
        self.put(payload("A-1"))
        self.put(payload("A-2", total="1.00"))
        notification = self.account.action_sync_orders()["params"]
        self.assertEqual(notification["type"], "warning")
        self.assertIn("to fix: 1", notification["message"])

    # === THE WAY ON === #

    def retry(self, order):
        """Press the button of the order."""
        notification = order.with_user(self.user).action_import()
        return notification["params"]

    def test_unknown_sku_is_imported_once_the_product_exists(self):
        order = self.import_payload(payload("A-1", package(line("LATE"))))
        self.assertEqual(self.retry(order)["type"], "warning")
        self.assertEqual(order.error_code, "product_missing")
        self.create_product("LATE")
        self.assertEqual(self.retry(order)["type"], "success")
        self.assertEqual(order.import_state, "imported")
        self.assertFalse(order.error_code or order.error_message)

    def test_unknown_sku_is_imported_once_it_is_paired(self):
        order = self.import_payload(payload("A-1", package(line("THEIR-SKU"))))
        self.env["lengow.product.alias"].with_user(self.user).create(
            {
                "account_id": self.account.id,
                "sku": " THEIR-SKU ",
                "product_id": self.mug.id,
            }
        )
        self.retry(order)
        self.assertEqual(order.sale_order_ids.order_line.product_id, self.mug)

    def test_inactive_currency_is_imported_once_it_is_active(self):
        self.env.ref("base.CHF").active = False
        order = self.import_payload(in_currency("CHF"))
        self.assertEqual(order.error_code, "currency_unknown")
        self.env.ref("base.CHF").active = True
        self.retry(order)
        self.assertEqual(order.error_code, "pricelist_missing")
        self.env["product.pricelist"].create(
            {"name": "Swiss", "currency_id": self.env.ref("base.CHF").id}
        )
        self.retry(order)
        self.assertEqual(order.import_state, "imported", order.error_message)
        self.assertEqual(order.sale_order_ids.currency_id.name, "CHF")

    def test_currency_that_is_created_is_the_orders_own(self):
        order = self.import_payload(in_currency("QQQ"))
        self.assertEqual(order.error_code, "currency_unknown")
        currency = self.env["res.currency"].create({"name": "QQQ", "symbol": "Q"})
        self.env["product.pricelist"].create({"name": "Q", "currency_id": currency.id})
        self.retry(order)
        self.assertEqual(order.import_state, "imported", order.error_message)
        self.assertEqual(order.currency_id, currency)
        self.assertEqual(order.line_ids.currency_id, currency)

    def test_archived_product_is_imported_once_it_is_restored(self):
        order = self.import_payload(payload("A-1", package(line("OLD"))))
        product = self.env["product.product"].with_context(active_test=False)
        product.search([("default_code", "=", "OLD")]).active = True
        self.retry(order)
        self.assertEqual(order.import_state, "imported", order.error_message)

    def test_order_that_lengow_completes_is_imported_by_itself(self):
        order = self.import_payload(in_currency(None))
        self.assertEqual(order.error_code, "currency_missing")
        self.import_payload(payload())
        self.assertEqual(order.import_state, "imported")

    def test_retry_of_an_imported_order_changes_nothing(self):
        order = self.import_payload(payload())
        sales = order.sale_order_ids
        self.assertEqual(self.retry(order)["type"], "info")
        self.assertEqual(order.sale_order_ids, sales)
        self.assertEqual(order.import_state, "imported")


@tagged("post_install", "-at_install")
class TestImportFailsAtItsEnd(LengowCase):
    """What other modules do at the end of a transaction fails on one order alone."""

    def test_it_is_in_error_and_all_others_are_imported(self):
        for number in ("A-1", "A-2", "A-3"):
            self.put(payload(number))
        importer = self.registry["lengow.importer"]
        do_import = importer._import_batch

        def fail():
            raise RuntimeError("of another module")

        def failing(service, account, orders, **options):
            count = do_import(service, account, orders, **options)
            if "A-2" in orders.mapped("name"):
                service.env.cr.precommit.add(fail)
            return count

        logger = "odoo.addons.lengow_connector.models.sales.lengow_importer"
        with patch.object(importer, "_import_batch", failing), mute_logger(logger):
            self.sync()
        states = [self.order(n).import_state for n in ("A-1", "A-2", "A-3")]
        self.assertEqual(states, ["imported", "error", "imported"])
        self.assertEqual(self.order("A-2").error_code, "unexpected")
        self.assertFalse(self.order("A-2").sale_order_ids)
