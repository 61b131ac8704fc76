"""Which company, warehouse and sales team the orders of one account go to."""

from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..mapper import new_product_values
from ..mapper.usable import ROUTING_POINTERS
from ..models.sales.mended_by import MENDED_BY
from .common import address, line, package, payload
from .common.companies import SHOP, CompaniesCase


@tagged("post_install", "-at_install")
class TestWhichRule(CompaniesCase):
    def test_without_a_rule_all_is_the_accounts(self):
        order = self.receive_from("R-1")
        self.assertEqual(self.company_of(order), self.company)
        self.assertFalse(order.routing_rule_id)
        self.assertEqual(self.account.served_company_ids, self.company)

    def test_by_marketplace(self):
        rule = self.add_rule(marketplace_id=self.shop.id)
        order = self.receive_from("R-1")
        self.assertEqual(self.company_of(order), self.company_b)
        self.assertEqual(order.routing_rule_id, rule)
        other = self.receive_from("R-2", "amazon_fr")
        self.assertEqual(self.company_of(other), self.company)
        self.assertFalse(other.routing_rule_id)

    def test_by_country_of_delivery(self):
        rule = self.add_rule(country_ids=self.env.ref("base.be").ids)
        self.assertEqual(
            self.company_of(self.receive_from("R-1", country="BE")), self.company_b
        )
        self.assertEqual(self.company_of(self.receive_from("R-2")), self.company)
        self.assertIn("Belgium", rule.display_name)

    def test_by_group_of_countries(self):
        countries = self.env.ref("base.nl") | self.env.ref("base.lu")
        group = self.env["res.country.group"].create(
            {"name": "Benelux", "country_ids": countries.ids}
        )
        self.add_rule(
            country_group_ids=group.ids, country_ids=self.env.ref("base.be").ids
        )
        for number, country in enumerate(("NL", "LU", "BE")):
            order = self.receive_from(f"R-{number}", country=country)
            self.assertEqual(self.company_of(order), self.company_b, country)
        self.assertEqual(self.company_of(self.receive_from("R-9")), self.company)

    def test_an_order_of_several_countries_follows_a_rule_for_all_of_them(self):
        belgium, france = self.env.ref("base.be"), self.env.ref("base.fr")
        rule = self.add_rule(country_ids=belgium.ids)
        parcels = [
            package(
                line(marketplace_order_line_id=code),
                delivery=address(common_country_iso_a2=code, city=code),
            )
            for code in ("BE", "FR")
        ]
        for number, packages in enumerate((parcels, parcels[::-1])):
            told = payload(f"R-{number}", *packages, marketplace=SHOP)
            self.assertEqual(self.company_of(self.import_payload(told)), self.company)
        # What is not delivered goes nowhere.
        parcels[1]["cart"][0]["lengow_status"] = "canceled"
        told = payload("R-2", *parcels[::-1], marketplace=SHOP)
        self.assertEqual(self.company_of(self.import_payload(told)), self.company_b)
        rule.country_ids = belgium | france
        parcels[1]["cart"][0]["lengow_status"] = "waiting_shipment"
        told = payload("R-3", *parcels, marketplace=SHOP)
        self.assertEqual(self.company_of(self.import_payload(told)), self.company_b)

    def test_a_group_without_countries_is_for_no_order(self):
        group = self.env["res.country.group"].create({"name": "Nowhere"})
        self.add_rule(country_group_ids=group.ids)
        self.assertEqual(self.company_of(self.receive_from("R-1")), self.company)

    def test_a_corrected_address_decides(self):
        self.add_rule(country_ids=self.env.ref("base.be").ids)
        order = self.receive_from("R-1", lengow_status="accepted")
        self.assertEqual(order.company_id, self.company)
        order.address_correction = {
            "delivery": {
                "full_name": "Camille Exemple",
                "first_line": "1 rue du Test",
                "zipcode": "1000",
                "city": "Bruxelles",
                "country_code": "BE",
            }
        }
        order._show_addresses()
        self.env["lengow.judge"]._judge(order)
        self.assertEqual(order.company_id, self.company_b)

    def test_by_catalogue_of_the_order_or_of_its_first_line(self):
        self.add_rule(catalogue="77, 78")
        meta = {"feed_id": 78, "checksum": "x"}
        order = self.receive_from("R-1", order_meta=meta)
        self.assertEqual(self.company_of(order), self.company_b)
        self.assertEqual(order.catalogue_ref, "78")
        order = self.receive_from("R-2", order_meta=None, lines=[line(feed_id=77)])
        self.assertEqual(self.company_of(order), self.company_b)
        order = self.receive_from("R-3", order_meta={"feed_id": 7})
        self.assertEqual(self.company_of(order), self.company)
        order = self.receive_from("R-4", order_meta=None)
        self.assertEqual(self.company_of(order), self.company)

    def test_the_catalogue_of_what_came_in_before_it_was_kept(self):
        order = self.receive_from(
            "R-1", order_meta={"feed_id": 77}, lengow_status="accepted"
        )
        order.catalogue_ref = False
        self.add_rule(catalogue="77")
        self.assertEqual(order.company_id, self.company_b)

    def test_the_first_that_fits_is_taken(self):
        second = self.add_rule(sequence=20)
        first = self.add_rule(
            sequence=10, marketplace_id=self.shop.id, company_id=self.company.id
        )
        order = self.receive_from("R-1")
        self.assertEqual(order.routing_rule_id, first)
        self.assertEqual(self.company_of(order), self.company)
        self.assertEqual(self.receive_from("R-2", "bol").routing_rule_id, second)
        first.active = False
        self.assertEqual(self.receive_from("R-3").routing_rule_id, second)

    def test_a_rule_within_one_company_names_warehouse_and_team(self):
        warehouse = self.env["stock.warehouse"].create({"name": "North", "code": "NO"})
        team = self.env["crm.team"].create({"name": "North Team"})
        rule = self.add_rule(
            company_id=self.company.id,
            warehouse_id=warehouse.id,
            team_id=team.id,
            country_ids=self.env.ref("base.be").ids,
        )
        self.shop.warehouse_id = self.env["stock.warehouse"].search([], limit=1)
        order = self.receive_from("R-1", country="BE")
        self.assertEqual(self.company_of(order), self.company)
        self.assertEqual(order.sale_order_ids.warehouse_id, warehouse)
        self.assertEqual(order.sale_order_ids.team_id, team)
        self.assertIn("North Team", rule.display_name)
        other = self.receive_from("R-2")
        self.assertEqual(other.sale_order_ids.warehouse_id, self.shop.warehouse_id)

    def test_rules_of_another_account_are_none_of_ours(self):
        other = self.create_account(name="Outlet")
        self.add_rule(account_id=other.id)
        self.assertEqual(self.company_of(self.receive_from("R-1")), self.company)


@tagged("post_install", "-at_install")
class TestRulesChange(CompaniesCase):
    def test_what_waits_moves_at_once_and_back(self):
        order = self.receive_from("R-1", lengow_status="accepted")
        self.assertEqual(order.import_state, "waiting")
        rule = self.add_rule(marketplace_id=self.shop.id)
        self.assertEqual(order.company_id, self.company_b)
        self.assertEqual(order.line_ids.company_id, self.company_b)
        rule.country_ids = self.env.ref("base.be")
        self.assertEqual(order.company_id, self.company)
        rule.country_ids = False
        self.assertEqual(order.company_id, self.company_b)
        rule.company_id = self.company
        self.assertEqual(order.company_id, self.company)
        rule.company_id = self.company_b
        rule.unlink()
        self.assertEqual(order.company_id, self.company)
        self.assertFalse(order.routing_rule_id)

    def test_what_waits_follows_the_countries_of_a_group(self):
        group = self.env["res.country.group"].create(
            {"name": "Benelux", "country_ids": self.env.ref("base.lu").ids}
        )
        self.add_rule(country_group_ids=group.ids)
        order = self.receive_from("R-1", country="NL", lengow_status="accepted")
        self.assertEqual(order.company_id, self.company)
        group.country_ids += self.env.ref("base.nl")
        self.assertEqual(order.company_id, self.company_b)
        group.country_ids -= self.env.ref("base.nl")
        self.assertEqual(order.company_id, self.company)

    @mute_logger("odoo.sql_db")
    def test_no_rule_gets_every_order_since_its_group_is_deleted(self):
        group = self.env["res.country.group"].create(
            {"name": "Benelux", "country_ids": self.env.ref("base.lu").ids}
        )
        self.add_rule(country_group_ids=group.ids)
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            group.unlink()

    def test_what_is_imported_stays(self):
        order = self.receive_from("R-1")
        self.add_rule(marketplace_id=self.shop.id)
        self.assertEqual(order.company_id, self.company)
        moved = self.receive_from("R-2")
        rule = moved.routing_rule_id
        rule.active = False
        self.assertEqual(moved.company_id, self.company_b)
        rule.write({"active": True, "company_id": self.company.id})
        self.assertEqual(moved.company_id, self.company_b)
        self.receive_from("R-2", comments="Ring twice")
        self.assertEqual(moved.comment, "Ring twice")
        self.assertEqual(moved.company_id, self.company_b)
        self.assertEqual(self.company_of(self.receive_from("R-3")), self.company)

    def test_what_is_imported_again_stays(self):
        self.add_rule()
        order = self.receive_from("R-1")
        self.env["lengow.routing.rule"].search([]).active = False
        order.action_import_again()
        self.assertEqual(order._living_sales().company_id, self.company_b)
        self.assertEqual(order.company_id, self.company_b)

    def test_a_rule_that_has_decided_is_archived_and_not_deleted(self):
        rule = self.add_rule()
        self.receive_from("R-1")
        with self.assertRaisesRegex(UserError, "Archive it"):
            rule.unlink()

    def test_an_account_keeps_its_company_for_what_no_rule_has_moved(self):
        rule = self.add_rule()
        self.receive_from("R-1")
        rule.active = False
        self.account.company_id = self.company_b
        self.account.company_id = self.company
        self.receive_from("R-2")
        with self.assertRaises(ValidationError):
            self.account.company_id = self.company_b

    def test_companies_served_follow_the_rules_and_the_orders(self):
        rule = self.add_rule()
        both = self.company | self.company_b
        self.assertEqual(self.account.served_company_ids, both)
        rule.active = False
        self.assertEqual(self.account.served_company_ids, self.company)
        rule.active = True
        self.receive_from("R-1")
        rule.active = False
        self.assertEqual(self.account.served_company_ids, both)


@tagged("post_install", "-at_install")
class TestBadRules(CompaniesCase):
    def targets(self):
        """Return something of each kind that a rule of the second company names."""
        partner = self.env["res.partner"].create({"name": "Payer"})
        return {
            "warehouse_id": self.warehouse_b,
            "team_id": self.env["crm.team"].create({"name": "Team B"}),
            "pricelist_id": self.env["product.pricelist"].create(
                {"name": "List B", "company_id": self.company_b.id}
            ),
            "fiscal_position_id": self.env["account.fiscal.position"].create(
                {"name": "Position B", "company_id": self.company_b.id}
            ),
            "invoice_journal_id": self.env["account.journal"].search(
                [("type", "=", "sale"), ("company_id", "=", self.company_b.id)], limit=1
            ),
            "payment_term_id": self.env["account.payment.term"].create(
                {"name": "Term B"}
            ),
            "route_id": self.env["stock.route"].create(
                {
                    "name": "Route B",
                    "sale_selectable": True,
                    "company_id": self.company_b.id,
                }
            ),
            "delivery_method_id": self.method,
            "invoice_partner_id": partner,
        }

    def test_what_is_archived_stops_the_orders_that_the_rule_is_for(self):
        for name, target in self.targets().items():
            with self.subTest(name):
                rule = self.add_rule(
                    marketplace_id=self.shop.id, **{name: target.id}, sequence=1
                )
                if name == "warehouse_id":
                    self.env["stock.warehouse"].create(
                        {
                            "name": "Spare",
                            "code": "SPB",
                            "company_id": self.company_b.id,
                        }
                    )
                target.with_context(active_test=False).active = False
                order = self.receive_from(f"R-{name}")
                self.assertEqual(order.import_state, "error")
                self.assertEqual(order.error_code, "routing_unusable")
                self.assertIn(target.display_name, order.error_message)
                other = self.receive_from(f"O-{name}", "amazon_fr")
                self.assertEqual(self.company_of(other), self.company)
                action = order.action_fix()
                self.assertEqual(action["res_model"], "lengow.routing.rule")
                self.assertEqual(action["res_id"], rule.id)
                target.active = True
                self.assertNotEqual(order.import_state, "error", "it goes on by itself")
                order.action_import()
                self.assertEqual(self.company_of(order), self.company_b)
                rule.active = False

    def test_a_salesperson_who_comes_back_lets_the_orders_go_on(self):
        salesman = self.create_user(
            "salesman-b",
            "sales_team.group_sale_salesman",
            company_id=self.company_b.id,
            company_ids=self.company_b.ids,
        )
        self.add_rule(salesperson_id=salesman.id)
        salesman.active = False
        order = self.receive_from("R-1")
        self.assertEqual(order.error_code, "routing_unusable")
        salesman.active = True
        self.assertNotEqual(order.import_state, "error")
        order.action_import()
        self.assertEqual(self.company_of(order), self.company_b)

    def test_a_product_that_is_shared_lets_the_orders_go_on(self):
        carriage = self.env["product.product"].create(
            {"name": "Carriage B", "type": "service", "company_id": self.company_b.id}
        )
        self.add_rule(shipping_product_id=carriage.id)
        carriage.product_tmpl_id.company_id = self.company
        order = self.receive_from("R-1")
        self.assertEqual(order.error_code, "routing_unusable")
        carriage.product_tmpl_id.company_id = False
        self.assertNotEqual(order.import_state, "error")

    def test_a_payer_of_another_company_is_neither_taken_nor_waited_for_in_vain(self):
        payer = self.env["res.partner"].create({"name": "Payer"})
        rule = self.add_rule(invoice_partner_id=payer.id)
        payer.company_id = self.company
        order = self.receive_from("R-1")
        self.assertEqual(order.error_code, "routing_unusable")
        self.assertIn("Payer", order.error_message)
        payer.company_id = self.company_b
        self.assertNotEqual(order.import_state, "error", "it goes on by itself")
        order.action_import()
        self.assertEqual(self.company_of(order), self.company_b)
        with self.assertRaisesRegex(UserError, "Payer"):
            rule.company_id = self.company

    def test_whatever_a_rule_points_at_lets_its_orders_go_on(self):
        fields_of_rule = self.env["lengow.routing.rule"]._fields
        # Odoo itself never lets these change their company.
        fixed = ("stock.picking.type", "stock.warehouse")
        for name in ROUTING_POINTERS:
            target = self.env[fields_of_rule[name].comodel_name]
            known = {"active", "company_ids"}
            own = target._fields.get("company_id")
            if own and not (own.related or "company_ids" in target._fields):
                known |= {"company_id"} if target._name not in fixed else set()
            for field in known & target._fields.keys():
                codes = MENDED_BY.get(target._name, {}).get(field, ())
                self.assertIn("routing_unusable", codes, (name, field))

    def test_another_target_lets_the_orders_go_on(self):
        team = self.env["crm.team"].create({"name": "Team B"})
        rule = self.add_rule(team_id=team.id)
        team.active = False
        order = self.receive_from("R-1")
        self.assertEqual(order.error_code, "routing_unusable")
        rule.team_id = False
        self.assertNotEqual(order.import_state, "error")

    def test_a_company_that_is_archived_stops_its_orders(self):
        company = self.env["res.company"].create({"name": "Closed"})
        self.add_rule(company_id=company.id)
        company.active = False
        order = self.receive_from("R-1")
        self.assertEqual(order.error_code, "routing_unusable")
        self.assertIn("Closed", order.error_message)
        company.active = True
        self.assertNotEqual(order.error_code, "routing_unusable")

    def test_what_went_to_another_company_stops_the_orders(self):
        team = self.env["crm.team"].create({"name": "Team B"})
        self.add_rule(team_id=team.id)
        team.company_id = self.company
        order = self.receive_from("R-1")
        self.assertEqual(order.error_code, "routing_unusable")
        self.assertIn("another company", order.error_message)

    def test_a_prefix_is_none_of_any_company_that_gets_orders(self):
        self.env["ir.sequence"].create(
            {
                "name": "Sales of B",
                "code": "sale.order",
                "prefix": "B-",
                "company_id": self.company_b.id,
            }
        )
        rule = self.add_rule()
        for owner in (self.account, self.shop):
            with self.assertRaisesRegex(ValidationError, "begin with B-"):
                owner.write({"sale_name": "prefix", "sale_name_prefix": "B-"})
        rule.active = False
        self.shop.write({"sale_name": "prefix", "sale_name_prefix": "B-"})
        with self.assertRaisesRegex(ValidationError, "begin with B-"):
            self.add_rule()
        with self.assertRaisesRegex(ValidationError, "begin with B-"):
            rule.active = True

    def test_a_target_of_another_company_is_refused(self):
        ours = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        with self.assertRaises(UserError):
            self.add_rule(warehouse_id=ours.id)
        rule = self.add_rule(warehouse_id=self.warehouse_b.id)
        with self.assertRaises(UserError):
            rule.company_id = self.company

    def test_an_archived_target_is_refused(self):
        team = self.env["crm.team"].create({"name": "Gone", "active": False})
        with self.assertRaisesRegex(ValidationError, "Gone"):
            self.add_rule(team_id=team.id)

    def test_what_is_no_catalogue_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "Summer"):
            self.add_rule(catalogue="12, Summer")

    def test_a_marketplace_of_another_account_is_refused(self):
        other = self.create_account(name="Outlet")
        theirs = self.env["lengow.marketplace"].create(
            {"account_id": other.id, "code": "bol", "name": "Bol"}
        )
        with self.assertRaises(ValidationError):
            self.add_rule(marketplace_id=theirs.id)

    def test_nothing_is_moved_to_an_account_of_others(self):
        stranger = self.env["res.company"].create({"name": "Stranger"})
        theirs = self.create_account(
            name="Theirs", company_id=stranger.id, user_id=False
        )
        ours = {"account_id": self.account.id}
        entered = (
            self.add_rule(company_id=self.company.id),
            self.env["lengow.product.alias"].create(
                {**ours, "sku": "X", "product_id": self.mug.id}
            ),
            self.env["lengow.delivery.rule"].create(
                {**ours, "delivery_method_id": self.method.id}
            ),
        )
        for record in entered:
            with self.subTest(record._name), self.assertRaises(AccessError):
                record.with_user(self.manager).account_id = theirs.id

    def test_an_account_does_not_leave_settings_of_its_company_behind(self):
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        self.shop.warehouse_id = warehouse
        with (
            self.assertRaisesRegex(UserError, warehouse.name),
            self.env.cr.savepoint(),
        ):
            self.account.company_id = self.company_b
        self.shop.warehouse_id = False
        self.method.company_id = self.company
        rule = self.env["lengow.delivery.rule"].create(
            {"account_id": self.account.id, "delivery_method_id": self.method.id}
        )
        with (
            self.assertRaisesRegex(UserError, self.method.name),
            self.env.cr.savepoint(),
        ):
            self.account.company_id = self.company_b
        rule.unlink()
        self.account.company_id = self.company_b

    def test_nobody_gives_an_account_to_a_company_that_is_not_theirs(self):
        stranger = self.env["res.company"].create({"name": "Stranger"})
        self.account.user_id = False
        account = self.account.with_user(self.manager)
        with self.assertRaisesRegex(AccessError, "work in"), self.env.cr.savepoint():
            account.company_id = stranger.id
        account.company_id = self.company_b

    def test_nobody_gives_orders_to_a_company_that_is_not_theirs(self):
        stranger = self.env["res.company"].create({"name": "Stranger"})
        rules = self.env["lengow.routing.rule"].with_user(self.manager)
        values = {"account_id": self.account.id}
        with self.assertRaisesRegex(AccessError, "work in"):
            rules.create({**values, "company_id": stranger.id})
        rule = rules.create({**values, "company_id": self.company_b.id})
        with self.assertRaisesRegex(AccessError, "work in"):
            rule.company_id = stranger


@tagged("post_install", "-at_install")
class TestSettingsOfTheCompany(CompaniesCase):
    def test_what_belongs_to_the_accounts_company_is_not_used(self):
        journal = self.env["account.journal"].create(
            {"name": "Marketplaces", "code": "MKP", "type": "sale"}
        )
        position = self.env["account.fiscal.position"].create({"name": "Position A"})
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        team = self.env["crm.team"].create(
            {"name": "Team A", "company_id": self.company.id}
        )
        values = {
            "warehouse_id": warehouse.id,
            "team_id": team.id,
            "fiscal_position_id": position.id,
            "invoice_journal_id": journal.id,
        }
        self.account.write(values)
        self.shop.write(values)
        self.add_rule()
        sale = self.receive_from("R-1").sale_order_ids
        self.assertEqual(sale.company_id, self.company_b)
        self.assertEqual(sale.warehouse_id, self.warehouse_b)
        self.assertNotEqual(sale.team_id, team)
        self.assertNotEqual(sale.fiscal_position_id, position)
        self.assertNotEqual(sale.journal_id, journal)
        self.assertEqual(sale.order_line.tax_ids, self.tax_b)

    def test_what_is_shared_serves_all(self):
        term = self.env["account.payment.term"].create({"name": "Paid"})
        tag = self.env["crm.tag"].create({"name": "Marketplace"})
        self.account.write({"payment_term_id": term.id, "tag_ids": tag.ids})
        self.add_rule()
        sale = self.receive_from("R-1").sale_order_ids
        self.assertEqual(sale.payment_term_id, term)
        self.assertEqual(sale.tag_ids, tag)

    def test_the_rules_own_come_first(self):
        shared = self.env["account.payment.term"].create({"name": "Paid"})
        own = self.env["account.payment.term"].create({"name": "Paid B"})
        self.shop.payment_term_id = shared
        self.shop.delivery_method_id = self.method
        van = self.create_method("Van")
        self.add_rule(payment_term_id=own.id, delivery_method_id=van.id)
        sale = self.receive_from("R-1").sale_order_ids
        self.assertEqual(sale.payment_term_id, own)
        self.assertEqual(sale.carrier_id, van)
        other = self.receive_from("R-2", "amazon_fr").sale_order_ids
        self.assertEqual(other.payment_term_id, own)

    def test_a_delivery_method_of_the_other_company_is_passed_over(self):
        self.method.company_id = self.company
        self.shop.delivery_method_id = self.method
        van = self.create_method("Van")
        self.account.delivery_method_id = van
        self.add_rule(country_ids=self.env.ref("base.be").ids)
        sale = self.receive_from("R-1", country="BE").sale_order_ids
        self.assertEqual(sale.carrier_id, van)
        self.assertEqual(
            self.receive_from("R-2").sale_order_ids.carrier_id, self.method
        )

    def test_a_shipping_product_of_the_other_company_gives_way_to_a_shared_one(self):
        ours = self.env["product.product"].create(
            {
                "name": "Carriage A",
                "type": "service",
                "company_id": self.company.id,
            }
        )
        self.account.shipping_product_id = ours
        self.add_rule()
        order = self.receive_from("R-1", shipping="4.90")
        self.assertEqual(self.company_of(order), self.company_b)
        self.assertNotIn(ours, order.sale_order_ids.order_line.product_id)
        self.assertAlmostEqual(order.sale_order_ids.amount_total, 28.90)

    def test_products_of_each_company_answer_to_one_reference(self):
        self.shirt.product_tmpl_id.company_id = self.company
        theirs = self.create_product("SHIRT", company_id=self.company_b.id)
        theirs.taxes_id = self.tax_b
        self.add_rule(country_ids=self.env.ref("base.be").ids)
        order = self.receive_from("R-1", country="BE")
        self.assertEqual(self.company_of(order), self.company_b)
        self.assertEqual(order.line_ids.product_id, theirs)
        other = self.receive_from("R-2")
        self.assertEqual(other.line_ids.product_id, self.shirt)

    def test_a_buyer_of_both_companies_is_a_customer_of_each(self):
        self.add_rule(country_ids=self.env.ref("base.be").ids)
        numbers = ("R-1", "FR"), ("R-2", "BE"), ("R-3", "BE"), ("R-4", "FR")
        orders = [
            self.receive_from(number, country=country, marketplace_customer_id="C-1")
            for number, country in numbers
        ]
        buyers = [order.partner_id for order in orders]
        self.assertEqual(buyers[0], buyers[3])
        self.assertEqual(buyers[1], buyers[2])
        self.assertEqual(buyers[0].company_id, self.company)
        self.assertEqual(buyers[1].company_id, self.company_b)
        self.env["res.partner"]._lengow_clean_up()
        refs = (buyers[0] | buyers[1]).mapped("lengow_customer_ref")
        self.assertEqual(refs, ["C-1", "C-1"])

    def test_the_stock_of_the_right_warehouse_is_looked_at(self):
        self.add_stock(self.shirt, 5)
        shop = self.find_marketplace("zalando")
        shop.write({"auto_accept": True, "auto_accept_stock": True})
        self.add_rule(country_ids=self.env.ref("base.be").ids)
        lines = [line(lengow_status="waiting_acceptance")]
        theirs = self.receive_from(
            "R-1", "zalando", "BE", lines=lines, lengow_status="waiting_acceptance"
        )
        lines = [line(lengow_status="waiting_acceptance")]
        ours = self.receive_from(
            "R-2", "zalando", "FR", lines=lines, lengow_status="waiting_acceptance"
        )
        with self.crons():
            self.run_cron("cron_auto_accept")
        self.assertFalse(self.actions_of(theirs, "accept"))
        self.assertTrue(self.actions_of(ours, "accept"))
        self.assertTrue(theirs.line_ids.with_user(self.user_b).is_short)

    def let_accept(self, **values):
        """Have a marketplace accept by itself what passes the checks that are given."""
        shop = self.find_marketplace("galeries_lafayette")
        shop.write({"auto_accept": True, "auto_accept_stock": False, **values})

    def offer(self, number, amount="60.00"):
        """Let an order that waits for acceptance come in, and be examined."""
        one = line("SHIRT", amount, lengow_status="waiting_acceptance")
        order = self.receive_from(
            number,
            "galeries_lafayette",
            lines=[one],
            lengow_status="waiting_acceptance",
        )
        with self.crons():
            self.run_cron("cron_auto_accept")
        return order

    def count_in_francs(self):
        """Let the second company count in francs: two for a euro."""
        swiss = self.env.ref("base.CHF")
        swiss.active = True
        euro = self.env.ref("base.EUR")
        (swiss | euro).rate_ids.unlink()
        self.env["res.currency.rate"].create(
            [
                {
                    "currency_id": currency.id,
                    "company_id": False,
                    "name": "2025-01-01",
                    "rate": rate,
                }
                for currency, rate in ((swiss, 2.0), (euro, 1.0))
            ]
        )
        self.company_b.currency_id = swiss
        self.env["product.pricelist"].create({"name": "EUR", "currency_id": euro.id})
        return swiss

    def test_a_sales_price_is_told_in_its_own_currency(self):
        self.count_in_francs()
        self.let_accept(auto_accept_price_floor=80)
        self.add_rule()
        self.assertEqual(self.shirt.currency_id, self.company.currency_id)
        cheap, fair = self.offer("R-1", "30.00"), self.offer("R-2", "45.00")
        self.assertEqual(cheap.company_id, self.company_b)
        self.assertFalse(self.actions_of(cheap, "accept"))
        self.assertTrue(self.actions_of(fair, "accept"))

    def test_a_new_product_has_its_price_in_the_currency_of_products(self):
        self.count_in_francs()
        self.company_b.account_sale_tax_id = self.tax_b
        self.add_rule()
        order = self.receive_from("R-1", lines=[line("NOBODY", "24.00")])
        self.assertEqual(order.company_id, self.company_b)
        account = self.account.with_company(self.company_b)
        values = new_product_values(account, "NOBODY", order.line_ids)
        self.assertAlmostEqual(values["list_price"], 24.0)

    def test_the_margin_counts_the_cost_of_the_company(self):
        self.shirt.with_company(self.company).standard_price = 1.0
        self.shirt.with_company(self.company_b).standard_price = 9.0
        self.add_rule()
        order = self.receive_from("R-1")
        net = order.sale_order_ids.amount_untaxed
        for company in (self.company, self.company_b):
            self.env.invalidate_all()
            seen = order.with_company(company)
            self.assertAlmostEqual(seen.amount_margin, net - 9.0 - 1.5, 2)

    def test_a_company_without_a_warehouse_refuses_nothing_by_itself(self):
        self.let_accept(
            auto_accept_stock=True, auto_refuse=True, auto_refuse_reason="Out of stock"
        )
        self.warehouse_b.active = False
        self.add_rule()
        order = self.offer("R-1")
        self.assertEqual(order.company_id, self.company_b)
        self.assertFalse(order.action_ids)
        self.add_stock(self.shirt, 5)
        self.user.company_ids += self.company_b
        seen = order.with_user(self.user).with_context(
            allowed_company_ids=(self.company_b | self.company).ids
        )
        self.assertIn("0 free", seen.line_ids.stock_label)

    def test_a_route_per_marketplace(self):
        route = self.env["stock.route"].create(
            {"name": "Drop", "sale_selectable": True}
        )
        other = self.env["stock.route"].create(
            {"name": "Other", "sale_selectable": True}
        )
        self.shop.route_id = route
        order = self.receive_from("R-1", shipping="3.00")
        goods = order.line_ids.sale_line_id
        self.assertEqual(goods.route_ids, route)
        self.assertFalse((order.sale_order_ids.order_line - goods).route_ids)
        self.account.route_id = other
        order = self.receive_from("R-2", "amazon_fr")
        self.assertEqual(order.sale_order_ids.order_line.route_ids, other)
        route.active = False
        order = self.receive_from("R-3")
        self.assertEqual(order.error_code, "setting_unusable")
        route.active = True
        self.assertNotEqual(order.import_state, "error")
        with self.assertRaises(UserError):
            foreign = self.env["stock.route"].create(
                {
                    "name": "B",
                    "sale_selectable": True,
                    "company_id": self.company_b.id,
                }
            )
            self.shop.route_id = foreign


@tagged("post_install", "-at_install")
class TestSecondCompany(CompaniesCase):
    def setUp(self):
        super().setUp()
        self.rule = self.add_rule(
            marketplace_id=self.shop.id, payment_journal_id=self.journal_b.id
        )

    def test_from_the_import_to_the_deletion(self):
        self.shop.workflow = "invoice"
        (self.shirt | self.mug).invoice_policy = "order"
        self.map_carrier(SHOP, "Colissimo")
        order = self.receive_from("E-1", shipping="4.90")
        sale = order.sale_order_ids
        self.assertEqual(sale.state, "sale")
        self.assertAlmostEqual(sale.amount_total, 28.90)
        self.assertEqual(sale.partner_id.company_id, self.company_b)
        picking = sale.picking_ids
        self.assertEqual(picking.company_id, self.company_b)
        self.storeman = self.storeman_b
        self.deliver(picking, "T-1")
        ship = self.ships_of(order)
        self.assertEqual(ship.company_id, self.company_b)
        self.assertEqual(ship.parameters["carrier"], "Colissimo")
        self.sandbox.settings.action_delay = 0
        self.send()
        self.follow()
        self.assertEqual(ship.state, "done", ship.error_message)
        with self.crons():
            self.run_cron("cron_invoice_orders")
        self.assertEqual(order.invoice_state, "done", order.invoice_error)
        invoice = sale.invoice_ids
        self.assertEqual(invoice.company_id, self.company_b)
        self.assertAlmostEqual(invoice.amount_total, 28.90)
        self.assertEqual(invoice.matched_payment_ids.journal_id, self.journal_b)
        self.assertEqual(invoice.line_ids.tax_ids, self.tax_b)
        refund = invoice._reverse_moves()
        refund.action_post()
        self.assertEqual(refund.company_id, self.company_b)
        order.action_refresh()
        report = self.env["lengow.order.report"].search([("order_id", "=", order.id)])
        self.assertEqual(report.company_id, self.company_b)
        order._anonymise()
        self.assertTrue(order.anonymised_at)
        self.assertEqual(order.company_id, self.company_b)

    def test_who_works_there_only_sees_its_orders_and_no_others(self):
        theirs, ours = self.receive_from("E-1"), self.receive_from("E-2", "amazon_fr")
        env = self.env(user=self.user_b)
        month = env["lengow.report.month"].create({})
        self.assertEqual(month.company_id.id, self.company_b.id)
        seen = env["lengow.order"].search([])
        self.assertEqual(seen.ids, theirs.ids)
        with self.assertRaises(AccessError):
            ours.with_user(self.user_b).read(["name"])
        lines = env["lengow.order.line"].search([])
        self.assertEqual(lines.order_id.ids, theirs.ids)
        account, shop = (r.with_user(self.user_b) for r in (self.account, self.shop))
        self.assertEqual(account.read(["name"])[0]["name"], self.account.name)
        self.assertTrue(shop.display_name)
        self.assertTrue(env["lengow.carrier"].search_count([]))
        self.assertEqual(env["lengow.routing.rule"].search([]).ids, self.rule.ids)
        counts = seen.get_overview()
        self.assertEqual(counts, seen.with_user(self.user_b).get_overview([]))
        for record in (self.account, self.shop, self.rule, self.shop.carrier_ids[0]):
            with self.assertRaises(AccessError):
                record.with_user(self.manager_b).write({"active": False})

    def test_who_works_in_one_company_sees_where_orders_go(self):
        names = self.rule.with_user(self.manager).mapped("other_company_name")
        self.assertEqual(names, [self.company_b.name])
        own = self.rule.create({"account_id": self.account.id})
        self.assertFalse(own.other_company_name)

    def test_a_company_that_is_not_served_sees_nothing_of_the_account(self):
        self.rule.active = False
        env = self.env(user=self.user_b)
        for model in ("lengow.account", "lengow.marketplace", "lengow.carrier"):
            self.assertFalse(env[model].search_count([]), model)

    def test_forms_and_buttons_for_who_works_there_only(self):
        order = self.receive_from("E-1", lines=[line("NOBODY", "10.00")])
        self.assertEqual(order.error_code, "product_missing")
        self.assertEqual(order.company_id, self.company_b)
        order_b = order.with_user(self.user_b)
        wizard = self.env["lengow.order.resolve"].with_user(self.user_b)
        action = order_b.action_open_resolve()
        wizard = wizard.browse(action["res_id"])
        self.assertEqual(wizard.line_ids.sku, "NOBODY")
        self.assertEqual(wizard.line_ids.company_id.id, self.company_b.id)
        wizard.line_ids.product_id = self.mug.with_user(self.user_b)
        wizard.action_pair()
        order_b.action_import()
        self.assertEqual(self.company_of(order), self.company_b)
        views = order_b.get_views([(False, "form"), (False, "list")])
        for model in ("lengow.account", "lengow.marketplace"):
            self.env[model].with_user(self.manager_b).get_views([(False, "form")])
        self.assertIn("routing_rule_id", views["models"]["lengow.order"]["fields"])
        order_b.action_refresh()
        order_b.action_open_sale_orders()
        order_b.action_open_act()

    def test_every_form_is_readable_with_settings_of_the_other_company(self):
        ours = [("company_id", "=", self.company.id)]
        journal = self.env["account.journal"].search([("type", "=", "bank"), *ours])[:1]
        warehouse = self.env["stock.warehouse"].search(ours, limit=1)
        values = {"payment_journal_id": journal.id, "warehouse_id": warehouse.id}
        self.account.write(values)
        self.shop.write(values)
        order = self.receive_from("E-1")
        for record in (order, self.account, self.shop, self.rule):
            Form(record.with_user(self.manager_b))
        for model in ("lengow.overview", "lengow.marketplace", "lengow.order"):
            if hasattr(self.env[model], "get_overview"):
                self.env[model].with_user(self.user_b).get_overview()

    def test_delivery_methods_of_each_company_stand_for_one_carrier(self):
        ours = self.create_method("Colissimo A", company_id=self.company.id)
        theirs = self.create_method("Colissimo B", company_id=self.company_b.id)
        carrier = self.map_carrier(SHOP, "Colissimo", ours)
        carrier.other_carrier_ids = theirs
        self.rule.country_ids = self.env.ref("base.be")
        for country, method in (("BE", theirs), ("FR", ours)):
            order = self.import_payload_with_carrier(country)
            self.assertEqual(self.company_of(order), method.company_id)
            self.assertEqual(order.sale_order_ids.carrier_id, method, country)
        stranger = self.env["res.company"].create({"name": "Stranger"})
        foreign = self.create_method("Foreign", company_id=stranger.id)
        with self.assertRaisesRegex(ValidationError, "Foreign"):
            carrier.other_carrier_ids = foreign

    def import_payload_with_carrier(self, country):
        one = line(lengow_status="waiting_shipment")
        one["marketplace_order_line_id"] = f"C-{country}"
        place = address(common_country_iso_a2=country)
        asked = [{"carrier": "Colissimo", "method": None, "number": None}]
        return self.import_payload(
            payload(
                f"C-{country}",
                package(one, delivery=place, trackings=asked),
                marketplace=SHOP,
            )
        )

    def test_a_product_of_the_company_may_have_a_marketplace_sku(self):
        theirs = self.create_product("B-ONLY", company_id=self.company_b.id)
        theirs.taxes_id = self.tax_b
        alias = self.env["lengow.product.alias"].with_user(self.user_b)
        alias.create(
            {
                "account_id": self.account.id,
                "sku": "NOBODY",
                "product_id": theirs.id,
            }
        )
        order = self.receive_from("E-1", lines=[line("NOBODY", "10.00")])
        self.assertEqual(self.company_of(order), self.company_b)
        self.assertEqual(order.line_ids.product_id, theirs)
        other = self.receive_from("E-2", "bol", lines=[line("NOBODY", "10.00")])
        self.assertEqual(other.error_code, "product_unusable")
        stranger = self.env["res.company"].create({"name": "Stranger"})
        foreign = self.create_product("FOREIGN", company_id=stranger.id, taxes_id=False)
        with self.assertRaisesRegex(ValidationError, "Foreign"):
            alias.sudo().create(
                {
                    "account_id": self.account.id,
                    "sku": "X",
                    "product_id": foreign.id,
                }
            )

    def test_each_company_is_warned_of_its_own_deadlines(self):
        self.account.write(
            {"user_id": self.manager_of_a().id, "ship_warning_hours": 24}
        )
        soon = fields.Datetime.now() + timedelta(hours=3)
        for number, shop in (("E-1", SHOP), ("E-2", "bol"), ("E-3", "bol")):
            self.receive_from(number, shop).write({"ship_before": soon})
        self.env.flush_all()
        with self.crons():
            self.run_cron("cron_warn_deadlines")
        calls = self.account.activity_ids.filtered(
            lambda a: (
                a.activity_type_id
                == self.env.ref("lengow_connector.mail_activity_type_ship_deadline")
            )
        )
        told = {call.user_id: call.summary for call in calls}
        self.assertEqual(told.keys(), {self.manager, self.manager_b})
        self.assertIn(": 1", told[self.manager_b])
        self.assertIn(": 2", told[self.manager])
        with self.crons():
            self.run_cron("cron_warn_deadlines")
        self.assertEqual(calls.exists(), calls, "nobody is called twice")

    def test_each_company_is_told_of_its_own_errors(self):
        self.account.user_id = self.manager_of_a()
        self.manager_b.email = "b@example.com"
        self.manager.email = "a@example.com"
        self.receive_from("E-1", lines=[line("NOBODY", "10.00")])
        self.receive_from("E-2", "bol", lines=[line("NOBODY", "10.00")])
        kind = self.env.ref("lengow_connector.mail_activity_type_orders_to_fix")
        calls = self.account.activity_ids.filtered(lambda a: a.activity_type_id == kind)
        self.assertEqual(calls.user_id, self.manager | self.manager_b)
        self.assertEqual(len(calls), 2)
        for call in calls:
            self.assertIn("(1)", call.summary)
        mails = self.env["mail.mail"].search([("subject", "like", "to fix")])
        bodies = {mail.email_to: mail.body_html for mail in mails}
        [for_b] = [body for to, body in bodies.items() if "b@example" in to]
        self.assertIn("E-1", for_b)
        self.assertNotIn("E-2", for_b)
        self.receive_from("E-3", lines=[line("NOBODY", "10.00")])
        self.assertEqual(len(calls.exists()), 2)
        mine = calls.filtered(lambda a: a.user_id == self.manager_b)
        self.assertIn("(2)", mine.summary)

    def test_an_accountant_of_the_company_posts_its_invoice(self):
        (self.shirt | self.mug).invoice_policy = "order"
        order = self.receive_from("E-1")
        invoice = order.sale_order_ids._create_invoices()
        invoice.with_user(self.accountant_b).action_post()
        self.assertEqual(invoice.state, "posted")
        self.assertEqual(invoice.lengow_order_id, order)
        self.assertEqual(order.action_ids.company_id, self.company_b)

    def test_skus_are_counted_for_who_works_there(self):
        self.receive_from("E-1", lines=[line("THEIRS", "10.00")])
        self.receive_from("E-2", "bol", lines=[line("OURS", "10.00")])
        dialog = self.env["lengow.order.resolve"]
        action = dialog.with_user(self.user_b)._open_all()
        rows = dialog.with_user(self.user_b).browse(action["res_id"]).line_ids
        self.assertEqual(rows.mapped("sku"), ["THEIRS"])

    def test_somebody_of_the_company_is_called(self):
        self.account.user_id = self.manager_of_a()
        order = self.receive_from("E-1", lines=[line("NOBODY", "10.00")])
        order._call_person(
            "lengow_connector.mail_activity_type_to_cancel",
            "Look",
            "Look at it",
            self.account._find_responsible(),
        )
        called = order.activity_ids.user_id
        self.assertIn(self.company_b, called.company_ids)
        self.assertEqual(
            self.account._find_responsible(company=self.company_b), self.manager_b
        )
        before = order.activity_ids.user_id
        self.env["lengow.todo"]._hand_over_lost()
        self.assertEqual(order.activity_ids.user_id, before)

    def manager_of_a(self):
        """Return a manager of the first company alone, and leave no other in both."""
        only = [Command.set(self.company.ids)]
        group = self.env.ref("lengow_connector.group_manager")
        for user in group.all_user_ids - self.manager_b:
            user.write({"company_id": self.company.id, "company_ids": only})
        return self.manager
