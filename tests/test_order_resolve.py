"""Unknown SKUs: the wizard that pairs them, and aliases from a file."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import LengowCase, line, package, payload


@tagged("post_install", "-at_install")
class TestOrderResolve(LengowCase):
    def broken(self, number, *skus, **values):
        lines = [line(sku, amount="24.00") for sku in skus]
        return self.import_payload(payload(number, package(*lines), **values))

    def wizard(self, orders, **values):
        action = orders.with_user(self.user).action_open_resolve()
        wizard = self.wizard_of(action, self.user)
        wizard.write(values)
        return wizard

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

    def test_pairing_imports_every_order_that_waited(self):
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
        self.assertIn("3 of 3 orders", result["params"]["message"])
        self.assertEqual(result["params"]["type"], "success")

    def test_what_waits_for_no_product_is_not_sent_to_be_imported_again(self):
        order = self.import_payload(payload("NOTHING-TO-PAIR"))
        with self.assertRaisesRegex(UserError, "None of these orders waits"):
            order.with_user(self.user).action_open_resolve()
        told = order.with_user(self.user).action_import()["params"]["message"]
        self.assertIn("1 were imported before", told)

    def test_pairing_is_remembered(self):
        self.pair(self.wizard(self.broken("A-1", "X1")), X1=self.shirt)
        self.assertEqual(self.aliases().sku, "X1")
        self.assertFalse(self.aliases().marketplace_id)
        self.assertEqual(self.broken("A-2", "X1").import_state, "imported")

    def test_pairing_for_one_marketplace_stays_there(self):
        first = self.broken("A-1", "X1")
        elsewhere = self.broken("A-2", "X1", marketplace="zalando")
        self.pair(self.wizard(first, scope="marketplace"), X1=self.shirt)
        self.assertEqual(first.import_state, "imported")
        self.assertEqual(elsewhere.import_state, "error")
        self.assertEqual(self.aliases().marketplace_id, self.marketplace)

    def test_one_sku_may_stand_for_another_product_on_each_marketplace(self):
        here = self.broken("A-1", "X1")
        there = self.broken("A-2", "X1", marketplace="zalando")
        wizard = self.wizard(here | there)
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

    def test_pairing_replaces_an_alias_of_the_marketplace_that_is_of_no_use(self):
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

    def test_pairing_one_of_two_says_what_is_missing(self):
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
