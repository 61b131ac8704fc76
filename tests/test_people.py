"""Terms, tags and names of what is imported, by the settings of each marketplace."""

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import LengowCase, address, line, package, payload


class PeopleCase(LengowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.terms = cls.env["account.payment.term"].create({"name": "End of Month"})
        cls.bank = cls.env["account.journal"].create(
            {"name": "Pay-outs", "code": "PAYO", "type": "bank"}
        )
        cls.by_card = cls.bank.inbound_payment_method_line_ids[0]
        cls.tag = cls.env["res.partner.category"].create({"name": "Marketplace"})

    def elsewhere(self):
        return self.env["res.company"].create({"name": "Elsewhere"})

    def import_sale(self, number="P-1", *packages, **values):
        found = self.import_payload(payload(number, *packages, **values))
        code = values.get("marketplace", "amazon_fr")
        order = found.filtered(lambda order: order.marketplace_id.code == code)
        self.assertEqual(order.import_state, "imported", order.error_message)
        return order.sale_order_ids


@tagged("post_install", "-at_install")
class TestTerms(PeopleCase):
    # === PAYMENT TERM AND METHOD === #

    def test_terms_of_the_account_stand_on_sale_order_and_invoice(self):
        self.account.payment_term_id = self.terms
        self.account.payment_method_line_id = self.by_card
        self.invoice_at_once()
        sale = self.import_sale()
        self.assertEqual(sale.payment_term_id, self.terms)
        self.assertEqual(sale.preferred_payment_method_line_id, self.by_card)
        invoice = sale._create_invoices()
        self.assertEqual(invoice.invoice_payment_term_id, self.terms)
        self.assertEqual(invoice.preferred_payment_method_line_id, self.by_card)

    def test_a_marketplace_may_have_its_own(self):
        own = self.terms.copy({"name": "At Once"})
        self.account.payment_term_id = self.terms
        self.marketplace.payment_term_id = own
        self.assertEqual(self.import_sale().payment_term_id, own)
        other = self.import_sale("P-2", marketplace="cdiscount")
        self.assertEqual(other.payment_term_id, self.terms)

    def test_without_any_the_terms_of_a_fixed_customer_stay(self):
        customer = self.env["res.partner"].create(
            {"name": "Marketplace Ltd", "property_payment_term_id": self.terms.id}
        )
        self.account.invoice_partner_id = customer
        self.assertEqual(self.import_sale().payment_term_id, self.terms)

    def test_payments_are_registered_by_the_method(self):
        self.bank.inbound_payment_method_line_ids = [
            Command.create(
                {
                    "name": "Marketplace Pay-out",
                    "payment_method_id": self.by_card.payment_method_id.id,
                }
            )
        ]
        method = self.bank.inbound_payment_method_line_ids[-1]
        self.assertNotEqual(method, self.by_card)
        self.marketplace.write(
            {
                "payment_journal_id": self.bank.id,
                "payment_method_line_id": method.id,
                "workflow": "invoice",
            }
        )
        self.invoice_at_once()
        sale = self.import_sale()
        self.env["lengow.invoicing"]._invoice_each(sale.lengow_order_id)
        payments = sale.invoice_ids.sudo().matched_payment_ids
        self.assertEqual(payments.payment_method_line_id, method)

    def invoice_at_once(self):
        self.shirt.invoice_policy = "order"
        self.account.shipping_product_id.invoice_policy = "order"

    # === CHECKED WHEN SAVED === #

    def test_what_cannot_be_used_is_refused_by_name(self):
        discount = self.env["account.payment.term"].create(
            {"name": "2 % in 10 Days", "early_discount": True}
        )
        outgoing = self.bank.outbound_payment_method_line_ids[0]
        archived = self.tag.copy({"name": "Old", "active": False})
        for owner in (self.account, self.marketplace):
            for field, value, said in (
                ("payment_term_id", discount, "2 % in 10 Days"),
                ("payment_method_line_id", outgoing, outgoing.display_name),
                ("partner_tag_ids", archived, "Old"),
            ):
                with (
                    self.subTest(owner=owner.name, field=field),
                    self.assertRaises(ValidationError) as refusal,
                ):
                    owner[field] = value
                self.assertIn(said, str(refusal.exception))
                self.assertIn(owner.name, str(refusal.exception))

    def test_terms_of_another_company_are_refused(self):
        self.terms.company_id = self.elsewhere()
        with self.assertRaisesRegex(UserError, "End of Month"):
            self.marketplace.payment_term_id = self.terms

    # === WHAT BECOMES UNUSABLE LATER === #

    def test_archived_terms_stop_their_orders_and_no_others(self):
        self.marketplace.payment_term_id = self.terms
        self.terms.active = False
        order = self.import_payload(payload("P-1"))
        self.assertEqual(order.error_code, "setting_unusable")
        self.assertIn("End of Month", order.error_message)
        self.assertIn(self.marketplace.name, order.error_message)
        self.assertFalse(order.sale_order_ids)
        self.import_sale("P-2", marketplace="cdiscount")
        action = order.with_user(self.manager).action_fix()
        self.assertEqual(action["res_model"], "lengow.marketplace")
        self.assertEqual(action["res_id"], self.marketplace.id)
        with self.crons():
            self.terms.active = True
            self.run_cron("cron_process_orders")
        self.assertEqual(order.import_state, "imported", order.error_message)

    def test_whatever_moved_or_was_archived_stops_and_names_it(self):
        def moved():
            self.terms.company_id = self.elsewhere()

        def discounted():
            self.terms.early_discount = True

        def journal_away():
            self.bank.active = False

        def tag_away():
            self.tag.active = False

        self.account.write(
            {
                "payment_term_id": self.terms.id,
                "payment_method_line_id": self.by_card.id,
                "partner_tag_ids": self.tag.ids,
            }
        )
        for number, change in enumerate((moved, discounted, journal_away, tag_away)):
            with (
                self.subTest(change=change.__name__),
                self.env.cr.savepoint() as savepoint,
            ):
                change()
                order = self.import_payload(payload(f"P-{number}"))
                self.assertEqual(order.error_code, "setting_unusable")
                self.assertIn("Test Shop", order.error_message)
                action = order.with_user(self.manager).action_fix()
                self.assertEqual(action["res_model"], "lengow.account")
                savepoint.rollback()
            self.env.invalidate_all()

    def test_changing_the_setting_lets_the_order_go_on(self):
        self.account.partner_tag_ids = self.tag
        self.tag.active = False
        order = self.import_payload(payload("P-1"))
        self.assertEqual(order.error_code, "setting_unusable")
        with self.crons():
            self.account.partner_tag_ids = False
            self.run_cron("cron_process_orders")
        self.assertEqual(order.import_state, "imported", order.error_message)

    # === TAGS === #

    def test_new_and_known_buyers_get_the_tags_beside_their_own(self):
        self.account.partner_tag_ids = self.tag
        buyer = {"marketplace_customer_id": "C-77"}
        partner = self.import_sale(**buyer).partner_id
        self.assertEqual(partner.category_id, self.tag)
        own = self.tag.copy({"name": "Good Payer"})
        more = self.tag.copy({"name": "More"})
        partner.category_id |= own
        self.marketplace.partner_tag_ids = more
        again = self.import_sale("P-2", **buyer).partner_id
        self.assertEqual(again, partner)
        self.assertEqual(partner.category_id, self.tag | own | more)

    def test_a_fixed_customer_is_not_tagged_but_its_buyers_are(self):
        customer = self.env["res.partner"].create({"name": "Marketplace Ltd"})
        self.account.write(
            {"invoice_partner_id": customer.id, "partner_tag_ids": self.tag.ids}
        )
        sale = self.import_sale()
        self.assertFalse(customer.category_id)
        self.assertEqual(sale.lengow_order_id.partner_id.category_id, self.tag)


@tagged("post_install", "-at_install")
class TestSaleNames(PeopleCase):
    def find(self, text):
        """Return what the search bar of sale orders finds."""
        name = text
        return self.env["sale.order"].search(
            ["|", ("name", "ilike", name), ("client_order_ref", "ilike", name)]
        )

    def keyword(self, text):
        return self.env["lengow.order"].search([("keyword", "ilike", text)])

    def test_odoo_numbers_them_unless_told_otherwise(self):
        self.assertRegex(self.import_sale().name, r"^S\d+")

    def test_by_the_number_or_by_a_prefix_and_found_by_both(self):
        self.account.sale_name = "number"
        sale = self.import_sale("403-1234567")
        self.assertEqual(sale.name, "403-1234567")
        self.marketplace.write({"sale_name": "prefix", "sale_name_prefix": "AMZ-"})
        other = self.import_sale("403-7654321")
        self.assertEqual(other.name, "AMZ-403-7654321")
        for text in ("403-7654321", "AMZ-403-7654321"):
            self.assertEqual(self.find(text), other)
            self.assertEqual(self.keyword(text), other.lengow_order_id)
        self.marketplace.sale_name = "sequence"
        self.assertRegex(self.import_sale("403-3").name, r"^S\d+")

    def test_several_sale_orders_of_an_order_have_names_of_their_own(self):
        self.account.sale_name = "number"
        away = address(city="Lyon", zipcode="69001", first_line="9 quai du Test")
        sales = self.import_sale(
            "P-1", package(line()), package(line("MUG"), delivery=away)
        )
        self.assertEqual(sorted(sales.mapped("name")), ["P-1", "P-1-2"])

    def test_one_number_at_two_marketplaces_has_two_names(self):
        self.account.sale_name = "number"
        first = self.import_sale("P-1")
        other = self.import_sale("P-1", marketplace="cdiscount")
        third = self.env["sale.order"].create(
            {"name": "P-2", "partner_id": first.partner_id.id}
        )
        fourth = self.import_sale("P-2")
        self.assertEqual(first.name, "P-1")
        self.assertEqual(other.name, "P-1-2")
        self.assertEqual((third.name, fourth.name), ("P-2", "P-2-2"))

    def test_equal_numbers_of_one_batch_have_two_names(self):
        self.account.sale_name = "number"
        self.put(payload("P-1"))
        self.put(payload("P-1", marketplace="cdiscount"))
        self.put(payload("P-1-2"))
        self.account.action_sync_orders()
        orders = self.env["lengow.order"].search([("name", "in", ("P-1", "P-1-2"))])
        self.assertEqual(len(orders.sale_order_ids), 3)
        self.assertEqual(len(set(orders.sale_order_ids.mapped("name"))), 3)

    def test_imported_again_the_new_one_is_told_apart(self):
        self.account.sale_name = "number"
        sale = self.import_sale("P-1")
        order = sale.lengow_order_id
        self.env["lengow.revision"]._import_again(order.sudo())
        self.assertEqual(order._living_sales().name, "P-1-2")
        self.assertEqual(sale.name, "P-1")

    def test_a_copy_is_numbered_by_odoo(self):
        self.account.sale_name = "number"
        copy = self.import_sale("P-1").copy()
        self.assertRegex(copy.name, r"^S\d+")
        self.assertFalse(copy.lengow_order_id)

    def test_an_adopted_sale_order_keeps_its_name(self):
        self.account.sale_name = "number"
        earlier = self.import_sale("P-1")
        earlier.name = "S-OLD"
        order = earlier.lengow_order_id
        earlier.lengow_order_id = False
        order.line_ids.sale_line_id = False
        order._mark_ready()
        self.env["lengow.importer"]._process(order)
        self.assertEqual(order.sale_order_ids, earlier)
        self.assertEqual(earlier.name, "S-OLD")

    def test_blanks_of_a_number_are_not_in_the_name(self):
        self.account.write({"sale_name": "prefix", "sale_name_prefix": "X/"})
        self.assertEqual(self.import_sale("12  34").name, "X/12 34")

    def test_prefixes_are_checked(self):
        own = self.env["ir.sequence"].search([("code", "=", "sale.order")])[:1]
        for prefix, said in (
            (own.prefix, "tells them apart"),
            (" A", "blank"),
            ("A" * 17, "16 signs"),
            ("A\n", "visible"),
            ("", "enter the prefix"),
        ):
            for owner in (self.account, self.marketplace):
                with (
                    self.subTest(prefix=prefix, owner=owner.name),
                    self.assertRaisesRegex(ValidationError, said) as refusal,
                ):
                    owner.write({"sale_name": "prefix", "sale_name_prefix": prefix})
                self.assertIn(owner.name, str(refusal.exception))

    def test_a_prefix_that_a_marketplace_relies_on_stays(self):
        self.account.sale_name_prefix = "AMZ-"
        self.marketplace.sale_name = "prefix"
        with self.assertRaisesRegex(ValidationError, self.marketplace.name):
            self.account.sale_name_prefix = False

    def test_what_is_told_to_lengow_is_the_name(self):
        self.account.sale_name = "number"
        sale = self.import_sale("P-1")
        with self.crons():
            self.run_cron("cron_send_actions")
        told = self.sandbox.get_order("amazon_fr", "P-1")["merchant_order_id"]
        self.assertEqual(told, ["P-1"])
        self.put(payload("P-1", merchant_order_id=["P-1"], comments="changed"))
        self.account.action_sync_orders()
        self.assertEqual(sale.lengow_order_id.import_state, "imported")


RELAY = "x9@marketplace.amazon.example.com"


@tagged("post_install", "-at_install")
class TestRelays(PeopleCase):
    def buyer(self, number="P-1", email=RELAY, marketplace="amazon_fr", customer="C-9"):
        """Return the customer of an order whose addresses have an e-mail."""
        where = address(email=email)
        sale = self.import_sale(
            number,
            package(delivery=where),
            billing_address={**where, "type": "billing"},
            marketplace=marketplace,
            marketplace_customer_id=customer,
        )
        return sale.partner_id

    def test_they_are_kept_unless_told_otherwise(self):
        self.assertEqual(self.buyer().email, RELAY)

    def test_dropped_of_every_country_but_no_address_of_the_buyers_own(self):
        self.account.relay_emails = "drop"
        partner = self.buyer()
        self.assertFalse(partner.email)
        self.assertFalse(partner.child_ids.filtered("email"))
        order = self.env["lengow.order"].search([("name", "=", "P-1")])
        self.assertEqual(order.email, RELAY, "the marketplace order still shows it")
        own = self.buyer("P-2", "camille@example.com")
        self.assertEqual(own.email, "camille@example.com")

    def test_a_dropped_relay_makes_room_for_the_buyers_own(self):
        self.account.relay_emails = "drop"
        sale = self.import_sale(
            "P-1",
            package(delivery=address(email="camille@example.com")),
            billing_address=address(type="billing", email=RELAY),
        )
        self.assertEqual(sale.partner_id.email, "camille@example.com")

    def test_hashed_they_tell_buyers_apart_and_reach_nobody(self):
        self.account.relay_emails = "hash"
        email = self.buyer().email
        self.assertRegex(email, r"^[0-9a-f]{32}@amazon-fr\.invalid$")
        self.assertEqual(self.buyer("P-2").email, email)
        self.assertNotEqual(self.buyer("P-3", f"y{RELAY}").email, email)

    def test_known_customers_lose_their_relays_with_the_next_order(self):
        partner = self.buyer()
        self.account.relay_emails = "drop"
        self.assertEqual(self.buyer("P-2"), partner)
        self.assertFalse(partner.email)

    def test_codes_of_relays_go_with_the_relays(self):
        self.account.relay_emails = "hash"
        partner = self.buyer()
        self.assertTrue(partner.email)
        self.account.relay_emails = "drop"
        self.assertEqual(self.buyer("P-2"), partner)
        self.assertFalse(partner.email)

    def test_what_somebody_entered_stays_though_every_domain_is_a_relay(self):
        self.account.write({"relay_emails": "drop", "relay_domains": "*"})
        partner = self.buyer(email="camille@example.com")
        self.assertFalse(partner.email)
        partner.email = "by.hand@example.com"
        self.buyer("P-2", email="camille@example.com")
        self.assertEqual(partner.email, "by.hand@example.com")

    def test_a_marketplace_may_do_otherwise(self):
        self.account.relay_emails = "drop"
        self.marketplace.relay_emails = "keep"
        self.assertEqual(self.buyer().email, RELAY)
        self.assertFalse(self.buyer("P-2", marketplace="cdiscount").email)
        self.marketplace.write({"relay_emails": "drop", "relay_domains": "mp.test"})
        self.assertEqual(self.buyer("P-3").email, RELAY, "it has its own domains")
        self.assertFalse(self.buyer("P-4", "a@MP.test", customer="C-10").email)

    def test_domains_are_checked(self):
        for domain in ("*.com", "com", "localhost", "a b.c", "https://x.test", "*@x"):
            for owner in (self.account, self.marketplace):
                with (
                    self.subTest(domain=domain, owner=owner.name),
                    self.assertRaisesRegex(ValidationError, "domain") as refusal,
                ):
                    owner.relay_domains = domain
                self.assertIn(owner.name, str(refusal.exception))
        self.account.relay_domains = " @Marketplace.Amazon.*;  *.relay.test, a-b.test "
        self.account.relay_domains = "*"

    def test_changing_relays_needs_their_domains(self):
        with self.assertRaisesRegex(ValidationError, "Test Shop: enter the domains"):
            self.account.write({"relay_emails": "hash", "relay_domains": False})
        self.account.write({"relay_emails": "keep", "relay_domains": False})
        with self.assertRaisesRegex(ValidationError, self.marketplace.name):
            self.marketplace.relay_emails = "drop"


@tagged("post_install", "-at_install")
class TestPlaceholders(PeopleCase):
    def partner(self, number="P-1", **values):
        where = address(**values)
        return self.import_sale(
            number,
            package(delivery=where),
            billing_address={**where, "type": "billing"},
        ).partner_id

    def test_names_that_stand_for_none_are_left_out(self):
        for number, (first, last, full, expected) in enumerate(
            (
                ("-", "Exemple", None, "Exemple"),
                ("--", "__", "Camille Exemple", "Camille Exemple"),
                ("N/A", "n/a", None, "Marketplace customer"),
                ("None", "null", "unknown", "Marketplace customer"),
                ("Unknown", "Exemple", None, "Exemple"),
                ("Jennifer", "Null", None, "Jennifer Null"),
                ("X", "Exemple", None, "X Exemple"),
                ("xx", "Exemple", None, "Exemple"),
                ("Not provided", "", "Not Provided", "Marketplace customer"),
                (None, None, "Non communiqué", "Marketplace customer"),
                (None, None, None, "Marketplace customer"),
                ("李", "明", None, "李 明"),
            )
        ):
            with self.subTest(first=first, last=last, full=full):
                partner = self.partner(
                    f"P-{number}", first_name=first, last_name=last, full_name=full
                )
                self.assertEqual(partner.name, expected)

    def test_a_company_that_stands_for_none_is_not_on_the_label(self):
        for number, company in enumerate(("-", "N/A", "none", "Exemple SARL")):
            partner = self.partner(f"P-{number}", company=company)
            is_real = company == "Exemple SARL"
            self.assertEqual(partner.company_name, is_real and company)

    def test_words_for_no_customer_make_one_of_no_two_buyers(self):
        words = ("anonymous", "Not provided", "not_provided", "xxx", "N/C", "Guest")
        for number, word in enumerate(words):
            one, other = (
                self.import_sale(f"{letter}-{number}", marketplace_customer_id=word)
                for letter in "AB"
            )
            self.assertNotEqual(one.partner_id, other.partner_id, word)
        names = ("Nancy", "x9", "N-4711")
        for number, name in enumerate(names):
            one, other = (
                self.import_sale(f"{letter}-{number}", marketplace_customer_id=name)
                for letter in "CD"
            )
            self.assertEqual(one.partner_id, other.partner_id, name)

    def test_phones_that_call_nobody_are_left_out(self):
        for number, (phone, is_kept) in enumerate(
            (
                ("0000000000", False),
                ("+33 000 000 000", False),
                ("0123456789", False),
                ("1234567890", False),
                ("99999999", False),
                ("0", False),
                ("-", False),
                ("N/A", False),
                ("+33 6 12 34 56 78", True),
                ("0600000000", True),
                ("01 00000 777", True),
            )
        ):
            with self.subTest(phone=phone):
                partner = self.partner(f"P-{number}", phone_mobile=phone)
                self.assertEqual(partner.phone, is_kept and phone)

    def test_another_phone_of_the_address_takes_its_place(self):
        partner = self.partner(phone_mobile="0000000000", phone_home="0140000001")
        self.assertEqual(partner.phone, "0140000001")

    def test_as_sent_where_that_is_wanted(self):
        self.marketplace.placeholders = "keep"
        partner = self.partner(first_name="-", phone_mobile="0000000000")
        self.assertEqual((partner.name, partner.phone), ("- Exemple", "0000000000"))
        other = self.import_sale(
            "P-2", package(delivery=address(first_name="-")), marketplace="cdiscount"
        )
        self.assertEqual(other.partner_shipping_id.name, "Exemple")
