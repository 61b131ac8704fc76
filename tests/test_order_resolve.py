"""Unknown SKUs: the dialog that matches them, and aliases from a file."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import html2plaintext, mute_logger
from odoo.tools.safe_eval import safe_eval

from ..mapper import new_product_values
from .common import LengowCase, line, package, payload


@tagged("post_install", "-at_install")
class TestOrderResolve(LengowCase):
    def broken(self, number, *skus, **values):
        lines = [line(sku, amount="24.00") for sku in skus]
        return self.import_payload(payload(number, package(*lines), **values))

    def wizard(self, orders):
        action = orders.with_user(self.user).action_open_resolve()
        return self.wizard_of(action, self.user)

    def pair(self, wizard, **products):
        for row in wizard.line_ids:
            if row.sku in products:
                row.product_id = products[row.sku]
        return wizard.action_pair()

    def aliases(self):
        return self.env["lengow.product.alias"].search(
            [("account_id", "=", self.account.id)]
        )

    # === THE WIZARD === #

    def test_all_unknown_skus_are_listed_once(self):
        order = self.broken("A-1", "X1", "SHIRT", "X2", "X1")
        self.assertIn("X1", order.error_message)
        self.assertIn("X2", order.error_message)
        wizard = self.wizard(order)
        self.assertEqual(wizard.line_ids.mapped("sku"), ["X1", "X2"])
        self.assertEqual(wizard.line_ids[0].title, "Title of X1")

    def test_matching_imports_every_order_that_waited(self):
        first = self.broken("A-1", "X1", "X2")
        second = self.broken("A-2", "X1")
        elsewhere = self.broken("A-3", "X1", marketplace="zalando")
        unrelated = self.broken("A-4", "X9")
        result = self.pair(self.wizard(first), X1=self.shirt, X2=self.mug)
        waited = first | second | elsewhere
        self.assertEqual(set(waited.mapped("import_state")), {"imported"})
        self.assertEqual(unrelated.import_state, "error")
        sold = first.sale_order_ids.order_line.product_id
        self.assertEqual(sold, self.shirt | self.mug)
        self.assertIn("Orders imported: 3 of 3.", result["params"]["message"])
        self.assertEqual(result["params"]["type"], "success")

    def test_what_waits_for_no_product_is_not_sent_to_be_imported_again(self):
        order = self.import_payload(payload("NOTHING-TO-PAIR"))
        with self.assertRaisesRegex(UserError, "None of these orders waits"):
            order.with_user(self.user).action_open_resolve()
        told = order.with_user(self.user).action_import()["params"]["message"]
        self.assertIn("Imported before: 1.", told)

    def test_matching_is_remembered(self):
        self.pair(self.wizard(self.broken("A-1", "X1")), X1=self.shirt)
        self.assertEqual(self.aliases().sku, "X1")
        self.assertFalse(self.aliases().marketplace_id)
        self.assertEqual(self.broken("A-2", "X1").import_state, "imported")

    def test_matching_for_one_marketplace_stays_there(self):
        first = self.broken("A-1", "X1")
        elsewhere = self.broken("A-2", "X1", marketplace="zalando")
        wizard = self.wizard_of(self.wizard(first).action_split(), self.user)
        here = wizard.line_ids.filtered(lambda r: r.marketplace_id == self.marketplace)
        here.product_id = self.shirt
        wizard.action_pair()
        self.assertEqual(first.import_state, "imported")
        self.assertEqual(elsewhere.import_state, "error")
        self.assertEqual(self.aliases().marketplace_id, self.marketplace)

    def test_one_sku_may_stand_for_another_product_on_each_marketplace(self):
        here = self.broken("A-1", "X1")
        there = self.broken("A-2", "X1", marketplace="zalando")
        wizard = self.wizard(here | there)
        self.assertEqual(len(wizard.line_ids), 1)
        wizard = self.wizard_of(wizard.action_split(), self.user)
        for row, product in zip(wizard.line_ids, (self.shirt, self.mug), strict=True):
            row.product_id = product
        wanted = {r.marketplace_id: r.product_id for r in wizard.line_ids}
        wizard.action_pair()
        for order in here | there:
            self.assertEqual(order.import_state, "imported", order.error_message)
            self.assertEqual(
                order.sale_order_ids.order_line.product_id,
                wanted[order.marketplace_id],
            )
        self.assertEqual(self.aliases().marketplace_id, (here | there).marketplace_id)

    def test_matching_replaces_an_alias_of_the_marketplace_that_is_of_no_use(self):
        old = self.create_product("OLD-ONE")
        self.env["lengow.product.alias"].create(
            {
                "account_id": self.account.id,
                "marketplace_id": self.marketplace.id,
                "sku": "X1",
                "product_id": old.id,
            }
        )
        old.active = False
        order = self.broken("A-1", "X1")
        self.assertEqual(order.error_code, "product_unusable")
        self.pair(self.wizard(order), X1=self.shirt)
        self.assertEqual(order.import_state, "imported", order.error_message)
        self.assertEqual(self.aliases().product_id, self.shirt)

    def test_matching_one_of_two_says_what_is_missing(self):
        order = self.broken("A-1", "X1", "X2")
        result = self.pair(self.wizard(order), X1=self.shirt)
        self.assertEqual(order.import_state, "error")
        self.assertIn("X2", order.error_message)
        self.assertNotIn("X1", order.error_message)
        self.assertEqual(result["params"]["type"], "warning")
        self.assertIn("X2", result["params"]["message"])

    def test_ambiguous_and_archived_products_can_be_paired(self):
        self.create_product("TWICE")
        self.create_product("TWICE")
        self.create_product("GONE", active=False)
        order = self.broken("A-1", "TWICE", "GONE")
        wizard = self.wizard(order)
        self.assertEqual(set(wizard.line_ids.mapped("sku")), {"TWICE", "GONE"})
        self.pair(wizard, TWICE=self.shirt, GONE=self.mug)
        self.assertEqual(order.import_state, "imported", order.error_message)

    def test_alias_of_an_archived_product_is_replaced(self):
        self.env["lengow.product.alias"].create(
            {"account_id": self.account.id, "sku": "X1", "product_id": self.mug.id}
        )
        self.mug.active = False
        order = self.broken("A-1", "X1")
        self.assertEqual(order.error_code, "product_unusable")
        self.pair(self.wizard(order), X1=self.shirt)
        self.assertEqual(order.import_state, "imported")
        self.assertEqual(len(self.aliases()), 1)

    def test_fulfilment_suffix_is_paired_with_its_sku(self):
        order = self.broken("A-1", "X1_FBA")
        other = self.broken("A-2", "X1")
        self.pair(self.wizard(other), X1=self.shirt)
        self.assertEqual(order.import_state, "imported")

    def test_several_orders_at_once(self):
        orders = self.broken("A-1", "X1") | self.broken("A-2", "X1", "X2")
        wizard = self.wizard(orders)
        self.assertEqual(wizard.line_ids.mapped("order_count"), [2, 1])

    def test_nothing_chosen_or_nothing_to_pair_is_refused(self):
        order = self.broken("A-1", "X1")
        with self.assertRaisesRegex(UserError, "Choose a product"):
            self.wizard(order).action_pair()
        with self.assertRaisesRegex(UserError, "waits for a product"):
            self.import_payload(payload("A-2")).action_open_resolve()

    def test_wizard_is_closed_to_others(self):
        nobody = self.env.ref("base.public_user")
        wizard = self.wizard(self.broken("A-1", "X1"))
        with self.assertRaises(AccessError):
            wizard.with_user(nobody).action_pair()

    # === WHAT IS SHOWN, AND WHAT IS PROPOSED === #

    def test_a_sku_is_shown_once_for_all_marketplaces_most_orders_first(self):
        self.broken("A-1", "X1")
        self.broken("A-2", "X2")
        self.broken("A-3", "X2", marketplace="zalando")
        wizard = self.wizard(self.env["lengow.order"])
        rows = [(r.sku, r.order_count, r.marketplace_count) for r in wizard.line_ids]
        self.assertEqual(rows, [("X2", 2, 2), ("X1", 1, 1)])
        self.pair(wizard, X2=self.mug)
        alias = self.aliases()
        self.assertEqual((alias.sku, alias.marketplace_id.ids), ("X2", []))

    def test_an_order_shows_its_own_skus_with_the_orders_of_all(self):
        first = self.broken("A-1", "X1")
        self.broken("A-2", "X1", "X2", marketplace="zalando")
        wizard = self.wizard(first)
        self.assertEqual(wizard.line_ids.mapped("sku"), ["X1"])
        self.assertEqual(wizard.line_ids.order_count, 2)

    def test_orders_that_only_wait_show_their_skus_before_any_import(self):
        self.put(
            payload("EARLY", package(line("X7")), lengow_status="waiting_acceptance")
        )
        self.put(payload("DEAD", package(line("X8")), lengow_status="canceled"))
        left_out = line("X9", lengow_status="canceled")
        self.put(payload("PART", package(line("SHIRT"), left_out)))
        self.sync()
        self.assertEqual(self.order("EARLY").import_state, "waiting")
        wizard = self.wizard(self.env["lengow.order"])
        self.assertEqual(wizard.line_ids.mapped("sku"), ["X7"])

    def test_nothing_to_match_is_said_and_not_opened(self):
        self.import_payload(payload("A-1"))
        orders = self.env["lengow.order"].with_user(self.user)
        result = orders.action_open_resolve()
        self.assertEqual(result["params"]["type"], "success")

    def test_a_product_is_proposed_by_reference_barcode_and_name(self):
        self.create_product("LGW-2005")
        self.create_product("EAN", barcode="0012345678905")
        self.create_product("NAMED", name="Title of x3")
        for twin in ("TWIN-A", "TWIN-B"):
            self.create_product(twin, name="Title of X4")
        order = self.broken("A-1", "lgw2005", "12345678905", "X3", "X4", "X5")
        found = {row.sku: row for row in self.wizard(order).line_ids}
        self.assertEqual(found["lgw2005"].product_id.default_code, "LGW-2005")
        self.assertEqual(found["lgw2005"].hint, "Similar reference")
        self.assertEqual(found["12345678905"].product_id.default_code, "EAN")
        self.assertEqual(found["X3"].product_id.default_code, "NAMED")
        self.assertEqual(found["X3"].hint, "Same name")
        self.assertFalse(found["X4"].product_id, "two products have the name")
        self.assertFalse(found["X5"].product_id)

    def test_a_product_of_another_company_is_not_proposed(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.create_product("LGW-1", company_id=other.id, taxes_id=False)
        self.assertFalse(self.wizard(self.broken("A-1", "lgw1")).line_ids.product_id)

    def test_a_sku_known_by_the_marketplaces_own_number_is_not_asked_for(self):
        self.env["lengow.product.alias"].create(
            {"account_id": self.account.id, "sku": "MP-1", "product_id": self.mug.id}
        )
        known = line("FOREIGN", marketplace_product_id="MP-1")
        self.put(payload("A-1", package(known), lengow_status="waiting_acceptance"))
        self.put(payload("A-2", package(line("X1")), lengow_status="new"))
        self.sync()
        wizard = self.wizard(self.env["lengow.order"])
        self.assertEqual(wizard.line_ids.mapped("sku"), ["X1"])

    def test_a_name_that_is_not_translated_is_proposed_in_every_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.create_product("NAMED", name="Title of X3")
        order = self.broken("A-1", "X3")
        self.user.lang = "fr_FR"
        wizard = self.wizard(order.with_context(lang="fr_FR"))
        self.assertEqual(wizard.line_ids.product_id.default_code, "NAMED")

    def test_a_branch_chooses_what_its_parent_sells(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        row = self.env["lengow.order.resolve.line"]
        shared = self.create_product("OURS", company_id=self.company.id)
        bundle = self.create_product(
            "BUNDLE",
            type="combo",
            combo_ids=[
                (
                    0,
                    0,
                    {
                        "name": "C",
                        "combo_item_ids": [(0, 0, {"product_id": self.shirt.id})],
                    },
                )
            ],
            is_storable=False,
        )
        domain = safe_eval(row._fields["product_id"].domain, {"company_id": branch.id})
        found = self.env["product.product"].search(domain)
        self.assertIn(shared, found)
        self.assertNotIn(bundle, found, "nothing of a combo is sent by itself")

    # === PRODUCTS THAT ARE CREATED === #

    def creating(self, order):
        self.user.group_ids |= self.env.ref("product.group_product_manager")
        wizard = self.wizard(order)
        return self.wizard_of(wizard.action_create_missing(), self.user)

    def test_missing_products_are_created_from_what_the_orders_say(self):
        image = "https://images.example.com/x1.jpg"
        order = self.import_payload(
            payload(
                "A-1",
                package(
                    line("X1", amount="48.00", quantity=2, url_image=image),
                    line("4006381333948", amount="12.00"),
                ),
            )
        )
        result = self.creating(order).action_pair()
        self.assertEqual(result["params"]["type"], "success", result)
        self.assertEqual(order.import_state, "imported", order.error_message)
        product, with_barcode = order.sale_order_ids.order_line.product_id
        self.assertEqual(product.name, "Title of X1")
        self.assertEqual(product.default_code, "X1")
        self.assertIn(image, product.description)
        self.assertFalse(product.image_1920, "nothing is fetched")
        self.assertEqual(with_barcode.barcode, "4006381333948")
        self.assertFalse(with_barcode.default_code)
        self.assertFalse(self.aliases(), "the product itself has the SKU")

    def test_reference_and_ean_with_one_title_are_one_product(self):
        ean = "4006381333948"
        order = self.import_payload(
            payload("A-1", package(line("X1"), line(ean, title="Title of X1")))
        )
        self.creating(order).action_pair()
        product = order.sale_order_ids.order_line.product_id
        self.assertEqual((product.default_code, product.barcode), ("X1", ean))
        second = self.broken("A-2", "Y1", "Y2")
        second.line_ids.title = "The same title"
        self.creating(second).action_pair()
        self.assertEqual(len(second.sale_order_ids.order_line.product_id), 2)

    def test_the_price_is_kept_as_odoo_keeps_prices(self):
        self.company.account_sale_tax_id = self.tax
        order = self.broken("A-1", "X1")
        self.creating(order).action_pair()
        sold = order.line_ids.product_id
        self.assertEqual(sold.list_price, 24.0)
        self.company.account_sale_tax_id = self.create_tax(20.0, included=False)
        order = self.broken("A-2", "X2")
        self.creating(order).action_pair()
        self.assertEqual(order.line_ids.product_id.list_price, 20.0)

    def test_a_price_without_an_exchange_rate_is_left_to_a_person(self):
        self.company.account_sale_tax_id = False
        order = self.broken("A-1", "X1")
        swiss = self.env.ref("base.CHF")
        swiss.active = True
        swiss.rate_ids.unlink()
        order.currency_id = swiss
        values = new_product_values(self.account, "X1", order.line_ids)
        self.assertEqual(values["list_price"], 0.0)
        self.assertIn("no exchange rate", values["description"])
        swiss.rate_ids.create(
            {"currency_id": swiss.id, "name": "2020-01-01", "rate": 2.0}
        )
        values = new_product_values(self.account, "X1", order.line_ids)
        self.assertEqual(values["list_price"], 12.0)
        self.assertNotIn("description", values)

    def test_a_sku_of_two_accounts_gets_one_product(self):
        other = self.create_account(name="Other", access_token="x", secret_token="y")
        first = self.broken("A-1", "X1")
        order = first.copy({"name": "A-2", "account_id": other.id})
        self.creating(first | order).action_pair()
        products = self.env["product.product"].search([("default_code", "=", "X1")])
        self.assertEqual(len(products), 1)

    def test_a_sku_that_is_called_otherwise_elsewhere_is_one_product(self):
        here = self.broken("A-1", "X1")
        item = line("X1", amount="24.00", title="Called otherwise")
        there = self.import_payload(
            payload("A-2", package(item), marketplace="zalando")
        )
        wizard = self.creating(here | there)
        wizard = self.wizard_of(wizard.action_split(), self.user)
        self.assertEqual(len(set(wizard.line_ids.mapped("title"))), 2)
        wizard.action_create_missing()
        wizard.action_pair()
        products = self.env["product.product"].search([("default_code", "=", "X1")])
        self.assertEqual(len(products), 1)
        self.assertEqual(set((here | there).mapped("import_state")), {"imported"})

    def test_what_got_its_product_meanwhile_is_not_created_again(self):
        order = self.broken("A-1", "X1")
        wizard = self.creating(order)
        self.create_product("X1")
        self.assertEqual(order.import_state, "ready")
        wizard.action_pair()
        products = self.env["product.product"].search([("default_code", "=", "X1")])
        self.assertEqual(len(products), 1)
        self.assertIn(order.import_state, ("ready", "imported"))

    def test_what_somebody_else_matched_meanwhile_stays(self):
        self.create_product("LGW-1")
        order = self.broken("A-1", "lgw1", "X2")
        wizard = self.wizard(order)
        guessed = wizard.line_ids.filtered(lambda row: row.sku == "lgw1")
        self.assertTrue(guessed.product_id, "proposed by its reference")
        self.env["lengow.product.alias"].create(
            {"account_id": self.account.id, "sku": "lgw1", "product_id": self.mug.id}
        )
        self.pair(wizard, X2=self.shirt)
        order.action_import()
        sold = order.sale_order_ids.order_line.product_id
        self.assertEqual(sold, self.mug | self.shirt)
        again = wizard.action_pair()["params"]
        self.assertIn("has its product", again["message"])

    def test_both_spellings_of_a_sku_are_one_row_of_a_marketplace(self):
        orders = self.broken("A-1", "X1") | self.broken("A-2", "X1_FBA")
        orders |= self.broken("A-3", "X1", marketplace="zalando")
        wizard = self.wizard_of(self.wizard(orders).action_split(), self.user)
        self.assertEqual(
            [(row.sku, row.marketplace_id.code) for row in wizard.line_ids],
            [("X1", "amazon_fr"), ("X1", "zalando")],
        )
        self.assertEqual(wizard.line_ids.mapped("order_count"), [2, 1])
        wizard.line_ids.product_id = self.shirt
        wizard.action_pair()
        self.assertEqual(set(orders.mapped("import_state")), {"imported"})

    def test_what_was_matched_meanwhile_for_a_marketplace_stays(self):
        here = self.broken("A-1", "X1")
        there = self.broken("A-2", "X1", marketplace="zalando")
        for is_split in (True, False):
            wizard = self.wizard(here | there)
            if is_split:
                wizard = self.wizard_of(wizard.action_split(), self.user)
            settled = self.env["lengow.product.alias"].create(
                {
                    "account_id": self.account.id,
                    "marketplace_id": self.marketplace.id,
                    "sku": "X1",
                    "product_id": self.mug.id,
                }
            )
            wizard.line_ids.product_id = self.shirt
            savepoint = self.env.cr.savepoint()
            wizard.action_pair()
            self.assertEqual(settled.product_id, self.mug)
            sold = there.sale_order_ids.order_line.product_id
            self.assertEqual(sold, self.shirt)
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)
            settled.unlink()

    def test_a_created_product_is_found_whatever_skus_are_matched_by(self):
        self.account.product_match = "product.template.hs_code"
        order = self.broken("A-1", "X1")
        self.user.group_ids |= self.env.ref("product.group_product_manager")
        wizard = self.wizard(order)
        wizard.line_ids.to_create = True
        wizard.action_pair()
        self.assertEqual(order.import_state, "imported", order.error_message)
        self.assertEqual(self.aliases().sku, "X1")
        self.assertEqual(self.broken("A-2", "X1").import_state, "imported")

    def test_the_address_of_a_picture_stays_as_it_came(self):
        image = "https://images.example.com/x1.jpg?a=1&copy=2"
        item = line("X1", url_image=image)
        other = line("X2", url_image="https://x/<a href='https://bad.example'>y</a>")
        order = self.import_payload(payload("A-1", package(item, other)))
        self.creating(order).action_pair()
        first, second = order.sale_order_ids.order_line.product_id
        self.assertIn(image, html2plaintext(first.description))
        self.assertNotIn("<a ", second.description)

    def test_nobody_creates_products_without_the_right(self):
        wizard = self.wizard(self.broken("A-1", "X1"))
        self.assertFalse(wizard.may_create)
        with self.assertRaisesRegex(UserError, "may not create products"):
            wizard.action_create_missing()
        wizard.line_ids.to_create = True
        with self.assertRaises(AccessError):
            wizard.action_pair()

    def test_what_has_an_unfit_product_gets_no_second_one(self):
        self.create_product("GONE", active=False)
        wizard = self.creating(self.broken("A-1", "GONE"))
        self.assertFalse(wizard.line_ids.to_create)
        self.assertIn("archived", wizard.line_ids.hint)

    # === MANY === #

    def test_as_many_queries_for_many_skus_as_for_few(self):
        def opened(count):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            wizard = self.wizard(self.env["lengow.order"])
            self.assertEqual(len(wizard.line_ids), count)
            return self.env.cr.sql_log_count - before

        for number in range(3):
            self.broken(f"A-{number}", f"X{number}")
        opened(3)  # what is asked once
        few = opened(3)
        lines = [line(f"MANY-{number}") for number in range(300)]
        for number in range(3):
            here = lines[number * 100 : number * 100 + 100]
            self.put(payload(f"B-{number}", package(*here)))
        self.sync()
        self.assertLessEqual(opened(303), few + 8)

    # === ALIASES === #

    def test_aliases_come_from_a_file(self):
        orders = self.broken("A-1", "X1") | self.broken(
            "A-2", "X2", marketplace="zalando"
        )
        result = (
            self.env["lengow.product.alias"]
            .with_user(self.manager)
            .load(
                ["account_id", "marketplace_id", "sku", "product_id"],
                [
                    ["Test Shop", "", " X1 ", "[SHIRT] Shirt"],
                    ["Test Shop", "Zalando", "X2", "MUG"],
                ],
            )
        )
        self.assertFalse(result["messages"])
        self.assertEqual(self.aliases().mapped("sku"), ["X1", "X2"])
        self.assertEqual(self.aliases().product_id, self.shirt | self.mug)
        self.assertEqual(set(orders.mapped("import_state")), {"ready"})
        with self.crons():
            self.run_cron("cron_process_orders")
        self.assertEqual(set(orders.mapped("import_state")), {"imported"})

    def test_alias_file_names_its_wrong_rows(self):
        Alias = self.env["lengow.product.alias"]
        fields = ["account_id", "sku", "product_id"]
        good = ["Test Shop", "X1", "SHIRT"]
        for bad, expected in (
            (["Test Shop", "X2", "NO SUCH PRODUCT"], "NO SUCH PRODUCT"),
            (["Test Shop", "", "SHIRT"], "SKU"),
            (good, "already stands for a product"),
        ):
            with self.subTest(expected), mute_logger("odoo.sql_db"):
                result = Alias.load(fields, [good, bad])
                self.assertFalse(result["ids"])
                message = result["messages"][0]
                self.assertEqual(message["record"], 1)
                self.assertIn(expected, message["message"])

    def test_alias_of_another_accounts_marketplace_is_refused(self):
        other = self.create_account(name="Other")
        with self.assertRaisesRegex(ValidationError, "does not belong"):
            self.env["lengow.product.alias"].create(
                {
                    "account_id": other.id,
                    "marketplace_id": self.marketplace.id,
                    "sku": "X1",
                    "product_id": self.shirt.id,
                }
            )
