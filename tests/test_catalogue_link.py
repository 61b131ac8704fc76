"""Which catalogs there are at Lengow, and what follows from an order's."""

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import line, package, payload
from .common.companies import CompaniesCase

LIST = "/v3.1/cms/catalogs/"


@tagged("post_install", "-at_install")
class TestCatalogueLink(CompaniesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.catalogue = cls.create_catalogue()

    @classmethod
    def create_catalogue(cls, **values):
        return cls.env["lengow.catalogue"].create(
            {"name": "Shop", "account_id": cls.account.id, **values}
        )

    def setUp(self):
        super().setUp()
        self.sandbox.put_catalogue(101, name="Odoo", products=[{"id": "A"}])
        self.sandbox.put_catalogue(102, name="Old Shop", status="draft")
        self.account.action_sync_marketplaces()

    def known(self):
        return self.env["lengow.known.catalogue"].search(
            [("account_id", "=", self.account.id)]
        )

    # === WHAT LENGOW TELLS === #

    def test_the_catalogs_of_an_account_are_read_with_its_marketplaces(self):
        self.assertEqual(
            self.known().mapped(lambda one: (one.number, one.name, one.is_active)),
            [(101, "Odoo", True), (102, "Old Shop", False)],
        )
        self.assertEqual(self.known()[0].products_count, 1)
        self.assertEqual(self.known()[0].display_name, "101 Odoo")

    def test_what_is_renamed_or_gone_at_lengow_is_so_here(self):
        first = self.known()[0]
        self.sandbox.put_catalogue(101, name="Odoo 19")
        self.sandbox.catalogues._catalogues.pop(102)
        self.account.action_sync_marketplaces()
        self.assertEqual(self.known(), first)
        self.assertEqual(first.name, "Odoo 19")

    def test_no_answer_changes_nothing_and_is_no_error(self):
        for fault in ({"status": 500}, {"status": 403}, {"cut": "before"}):
            with self.subTest(**fault):
                self.sandbox.faults.clear()
                self.fault(LIST, **fault)
                self.account.action_sync_marketplaces()
                self.assertEqual(self.account.state, "connected")
                self.assertFalse(self.account.error_message)
                self.assertEqual(len(self.known()), 2)

    def test_nobody_but_the_system_writes_what_lengow_tells(self):
        with self.assertRaises(AccessError):
            self.known().with_user(self.manager).write({"name": "Mine"})

    # === OUR CATALOG === #

    def test_a_catalog_is_linked_by_choosing_it(self):
        catalogue = self.catalogue.with_user(self.manager)
        self.assertTrue(catalogue.has_known_catalogues)
        catalogue.known_catalogue_id = self.known()[0]
        self.assertEqual(catalogue.lengow_number, 101)
        catalogue.lengow_number = 102
        self.assertEqual(catalogue.known_catalogue_id.name, "Old Shop")
        catalogue.lengow_number = 999
        self.assertFalse(catalogue.known_catalogue_id)
        catalogue.known_catalogue_id = False
        self.assertEqual(catalogue.lengow_number, 0)

    def test_what_was_sold_from_a_catalog_is_what_that_one_published(self):
        self.catalogue.lengow_number = 101
        other = self.create_catalogue(name="Other", lengow_number=102)
        for catalogue, product in ((self.catalogue, self.shirt), (other, self.mug)):
            self.env["lengow.catalogue.row"].create(
                {
                    "catalogue_id": catalogue.id,
                    "product_id": product.id,
                    "product_tmpl_id": product.product_tmpl_id.id,
                    "identifier": "OLD",
                    "kind": "simple",
                    "state": "listed",
                    "published_at": fields.Datetime.now(),
                }
            )
        for number, product in (("101", self.shirt), (102, self.mug)):
            order = self.import_payload(
                payload(f"A-{number}", package(line("OLD", feed_id=number)))
            )
            self.assertEqual(order.import_state, "imported", order.error_message)
            self.assertEqual(order.line_ids.product_id, product)
        order = self.import_payload(payload("A-3", package(line("OLD"))))
        self.assertEqual(order.error_code, "product_ambiguous")

    # === ROUTING RULES === #

    def rule_form(self, rule=None):
        rules = self.env["lengow.routing.rule"].with_user(self.manager)
        return Form(rule.with_user(self.manager) if rule else rules)

    def test_a_rule_is_for_catalogs_that_are_chosen_by_name(self):
        rule = self.add_rule()
        with self.rule_form(rule) as form:
            self.assertFalse(form.has_unknown_catalogue)
            form.known_catalogue_ids.add(self.known()[1])
            form.known_catalogue_ids.add(self.known()[0])
        self.assertEqual(rule._catalogues(), ["101", "102"])
        self.env.invalidate_all()
        self.assertEqual(rule.known_catalogue_ids, self.known())
        order = self.import_payload(
            payload("A-1", package(line("SHIRT")), order_meta={"feed_id": 102})
        )
        self.assertEqual(order.company_id, self.company_b)

    def test_numbers_that_lengow_has_not_told_stay(self):
        rule = self.add_rule(catalogue="7, 101")
        self.assertTrue(rule.has_unknown_catalogue)
        self.assertEqual(rule.known_catalogue_ids.number, 101)
        rule.known_catalogue_ids = self.known()[1]
        self.assertEqual(rule._catalogues(), ["7", "102"])
        rule.known_catalogue_ids = False
        self.assertEqual(rule._catalogues(), ["7"])

    def test_numbers_are_typed_where_none_are_known(self):
        self.known().unlink()
        self.env.invalidate_all()
        rule = self.add_rule()
        with self.rule_form(rule) as form:
            self.assertTrue(form.has_unknown_catalogue)
            form.catalogue = "101"
        self.assertEqual(rule._catalogues(), ["101"])
