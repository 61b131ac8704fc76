"""Who buys and where it goes, whatever the marketplace fills in."""

from odoo.tests import tagged

from .common import LengowCase, address, line, package, payload


@tagged("post_install", "-at_install")
class TestImportBuyers(LengowCase):
    def import_sale(self, number="B-1", **kwargs):
        """Import an order with these addresses and return its sale order."""
        delivery = kwargs.pop("delivery", address())
        packages = [package(line("SHIRT"), delivery=delivery)]
        row = self.import_payload(payload(number, *packages, **kwargs))
        self.assertEqual(row.import_state, "imported", row.error_message)
        return row.sale_order_ids

    # === IDENTITY (bugs 34, 41: merged and doubled buyers) === #

    def test_same_customer_id_is_one_partner(self):
        first = self.import_sale("B-1", marketplace_customer_id="C-7")
        second = self.import_sale("B-2", marketplace_customer_id="C-7")
        self.assertEqual(first.partner_id, second.partner_id)
        self.assertEqual(first.partner_shipping_id, second.partner_shipping_id)

    def test_same_customer_elsewhere_gets_another_delivery_address(self):
        first = self.import_sale("B-1", marketplace_customer_id="C-7")
        second = self.import_sale(
            "B-2",
            marketplace_customer_id="C-7",
            delivery=address(first_line="9 place de l'Essai"),
        )
        self.assertEqual(first.partner_id, second.partner_id)
        self.assertEqual(second.partner_shipping_id.parent_id, first.partner_id)
        self.assertEqual(second.partner_shipping_id.type, "delivery")
        self.assertEqual(second.partner_shipping_id.street, "9 place de l'Essai")

    def test_same_customer_twice_in_one_run_is_one_partner(self):
        for number in ("B-1", "B-2"):
            self.put(payload(number, marketplace_customer_id="C-8"))
        sales = self.sync().sale_order_ids
        self.assertEqual(len(sales), 2)
        self.assertEqual(len(sales.partner_id), 1)

    def test_shared_relay_email_does_not_merge_two_buyers(self):
        mail = {"email": "relay@marketplace.example"}
        first = self.import_sale(
            "B-1", billing_address=address(**mail), delivery=address(**mail)
        )
        second = self.import_sale(
            "B-2", billing_address=address(**mail), delivery=address(**mail)
        )
        self.assertNotEqual(first.partner_id, second.partner_id)

    def test_same_customer_id_on_two_marketplaces_is_two_partners(self):
        first = self.import_sale("B-1", marketplace_customer_id="C-9")
        second = self.import_sale(
            "B-2",
            marketplace="zalando",
            marketplace_status="exported",
            marketplace_customer_id="C-9",
        )
        self.assertNotEqual(first.partner_id, second.partner_id)

    # === NAMES (bugs 35, 36) === #

    def test_names_in_every_shape(self):
        shapes = [
            ({"first_name": "Camille", "last_name": "Exemple"}, "Camille Exemple"),
            (
                {"first_name": None, "last_name": None, "full_name": "Camille Exemple"},
                "Camille Exemple",
            ),
            (
                {"first_name": None, "last_name": None, "full_name": "Mme Camille d'E"},
                "Camille d'E",
            ),
            (
                {"first_name": None, "last_name": "Monsieur Jean Paul Exemple"},
                "Jean Paul Exemple",
            ),
            ({"first_name": "Camille", "last_name": None}, "Camille"),
            ({"first_name": "", "last_name": "", "full_name": "M."}, "M."),
        ]
        for index, (values, expected) in enumerate(shapes):
            with self.subTest(values=values):
                billing = address(type="billing", **values)
                sale = self.import_sale(
                    f"N-{index}", billing_address=billing, delivery=billing
                )
                self.assertEqual(sale.partner_id.name, expected)

    def test_erased_names_still_make_a_customer(self):
        nameless = address(first_name=None, last_name=None, civility=None, email=None)
        sale = self.import_sale(billing_address=nameless, delivery=nameless)
        self.assertEqual(sale.partner_id.name, "Marketplace customer")

    def test_name_of_the_billing_address_serves_a_nameless_delivery(self):
        sale = self.import_sale(delivery=address(first_name=None, last_name=None))
        self.assertEqual(sale.partner_shipping_id.name, "Camille Exemple")

    # === ADDRESSES (bugs 14, 18, 37 to 39, 42, 43) === #

    def test_missing_billing_falls_back_to_delivery(self):
        for number, billing in (("B-1", None), ("B-2", {})):
            sale = self.import_sale(number, billing_address=billing)
            self.assertEqual(sale.partner_id.street, "1 rue du Test")

    def test_missing_delivery_falls_back_to_billing(self):
        for number, delivery in (("B-1", {}), ("B-2", {"id": 5})):
            sale = self.import_sale(number, delivery=delivery)
            self.assertEqual(sale.partner_shipping_id.street, "1 rue du Test")

    def test_three_street_lines_are_all_kept(self):
        sale = self.import_sale(
            billing_address=None,
            delivery=address(second_line="Bâtiment B", complement="3e étage"),
        )
        self.assertEqual(sale.partner_id.street, "1 rue du Test")
        self.assertEqual(sale.partner_id.street2, "Bâtiment B, 3e étage")

    def test_street_in_the_second_line_only(self):
        sale = self.import_sale(
            billing_address=None,
            delivery=address(first_line=None, second_line="2 rue du Test"),
        )
        self.assertEqual(sale.partner_id.street, "2 rue du Test")
        self.assertFalse(sale.partner_id.street2)

    def test_address_in_one_text_is_kept(self):
        text = "1 rue du Test 75001 Paris"
        sale = self.import_sale(
            billing_address=None, delivery=address(first_line=None, full_address=text)
        )
        self.assertEqual(sale.partner_id.street, text)

    def test_long_and_odd_texts_are_kept_whole(self):
        street = "12 rue de l'Œuvre & <fils> " + "très " * 100 + "longue"
        sale = self.import_sale(
            billing_address=None, delivery=address(first_line=street)
        )
        self.assertEqual(sale.partner_id.street, street)

    def test_states_by_code_name_and_accents(self):
        spain = {"common_country_iso_a2": "ES"}
        for index, (country, text, code) in enumerate(
            [
                ({"common_country_iso_a2": "US"}, "CA", "CA"),
                ({"common_country_iso_a2": "US"}, "california", "CA"),
                (spain, "MALAGA", "MA"),
                (spain, "A Coruña / La Coruña", "C"),
                ({"common_country_iso_a2": "US"}, "Nowhere", False),
            ]
        ):
            with self.subTest(text=text):
                sale = self.import_sale(
                    f"S-{index}",
                    billing_address=None,
                    delivery=address(state_region=text, **country),
                )
                self.assertEqual(sale.partner_id.state_id.code, code)

    def test_phone_from_any_field_of_any_address(self):
        none = {"phone_mobile": None, "phone_home": None, "phone_office": None}
        office = address(**{**none, "phone_office": "0100000000"})
        silent = address(**none)
        sale = self.import_sale("B-1", billing_address=office, delivery=silent)
        self.assertEqual(sale.partner_id.phone, "0100000000")
        self.assertEqual(sale.partner_shipping_id.phone, "0100000000")
        sale = self.import_sale("B-2", billing_address=silent, delivery=silent)
        self.assertFalse(sale.partner_id.phone)

    def test_odd_email_does_not_stop_the_import(self):
        odd = address(email="not an address")
        sale = self.import_sale(billing_address=odd, delivery=odd)
        self.assertEqual(sale.partner_id.email, "not an address")

    def test_language_where_the_marketplace_tells_it(self):
        self.env["res.lang"]._activate_lang("de_DE")
        german = self.import_sale("B-1", locale="de_DE").partner_id
        self.assertEqual(german.lang, "de_DE")
        self.assertNotEqual(
            self.import_sale("B-2", locale="xx_XX").partner_id.lang, "xx_XX"
        )

    # === COMPANIES (bug 40) === #

    def business(self, **values):
        company = {"company": "Exemple SARL", "vat_number": "FR23334175221"}
        return {
            "billing_address": address(type="billing", **{**company, **values}),
            "order_types": [{"type": "is_business", "label": "B2B"}],
        }

    def test_company_is_the_customer_and_its_person_a_contact_of_it(self):
        sale = self.import_sale(**self.business())
        company = sale.partner_id
        self.assertTrue(company.is_company)
        self.assertEqual(company.name, "Exemple SARL")
        self.assertEqual(sale.partner_invoice_id, company)
        self.assertEqual(company.child_ids.mapped("name"), ["Camille Exemple"])
        self.assertFalse(company.child_ids.is_company)

    def test_vat_number_that_is_none_is_left_out_and_told(self):
        sale = self.import_sale(**self.business(vat_number="FR00000000000"))
        self.assertFalse(sale.partner_id.vat)
        self.assertIn("not valid", sale.lengow_order_id.tax_doubt)

    def test_vat_number_that_comes_later_is_taken_over(self):
        first = self.import_sale("B-1", marketplace_customer_id="C-1")
        self.assertFalse(first.partner_id.vat)
        second = self.import_sale(
            "B-2", marketplace_customer_id="C-1", **self.business()
        )
        self.assertEqual(second.partner_id, first.partner_id)
        self.assertEqual(first.partner_id.vat, "FR23334175221")
        self.assertTrue(first.partner_id.is_company)
        self.assertEqual(first.partner_id.name, "Exemple SARL")

    def test_other_company_of_the_same_customer_leaves_the_first_alone(self):
        ours = {"marketplace_customer_id": "C-1"}
        first = self.import_sale("B-1", **ours, **self.business())
        other = self.business(company="Autre SA", vat_number="BE0477472701")
        second = self.import_sale("B-2", **ours, **other)
        third = self.import_sale("B-3", **ours, **other)
        self.assertEqual(first.partner_id.vat, "FR23334175221")
        self.assertEqual(first.partner_id.name, "Exemple SARL")
        self.assertEqual(second.partner_id.vat, "BE0477472701")
        self.assertEqual(second.partner_id.commercial_partner_id, second.partner_id)
        self.assertEqual(second.partner_id.name, "Autre SA")
        self.assertEqual(third.partner_id, second.partner_id)

    def test_business_with_another_billing_address_keeps_its_person(self):
        for index in range(4):
            business = self.business(first_line=f"{index} rue des Factures")
            sale = self.import_sale(
                f"B-{index}", marketplace_customer_id="C-1", **business
            )
        persons = sale.partner_id.child_ids.filtered(lambda c: c.type == "contact")
        self.assertEqual(persons.mapped("name"), ["Camille Exemple"])
        self.assertEqual(sale.partner_invoice_id.street, "3 rue des Factures")

    # === WHAT STANDS ON THE LABEL === #

    def test_company_of_a_delivery_stands_on_its_label(self):
        reception = address(company="Acme Reception", first_line="9 place")
        sale = self.import_sale("B-1", delivery=reception, marketplace_customer_id="C")
        label = sale.partner_shipping_id._display_address()
        self.assertIn("Acme Reception", sale.partner_shipping_id.name)
        self.assertIn("9 place", label)
        at_home = self.import_sale("B-2", marketplace_customer_id="C")
        at_work = self.import_sale(
            "B-3", delivery=address(company="Acme"), marketplace_customer_id="C"
        )
        self.assertEqual(at_home.partner_shipping_id, at_home.partner_id)
        self.assertNotEqual(at_work.partner_shipping_id, at_home.partner_shipping_id)

    def test_branch_office_of_a_business_is_named_on_the_label(self):
        sale = self.import_sale(
            delivery=address(company="Branch Office Lyon", city="Lyon"),
            **self.business(),
        )
        self.assertIn("Branch Office Lyon", sale.partner_shipping_id.name)

    # === HOW THE BUYER IS REACHED === #

    def test_relay_email_that_changes_is_followed(self):
        for number in ("B-1", "B-2"):
            mail = address(email=f"{number}@relay.example", first_line="9 place")
            sale = self.import_sale(
                number, marketplace_customer_id="C-1", delivery=mail
            )
            self.assertEqual(sale.partner_shipping_id.email, mail["email"])

    def test_contact_is_reached_as_its_delivery_address(self):
        silent = address(type="billing", phone_mobile=None, email=None)
        sale = self.import_sale(billing_address=silent)
        self.assertEqual(sale.partner_id.phone, "0600000000")
        self.assertEqual(sale.partner_id.email, "camille@example.com")
        self.assertEqual(sale.partner_invoice_id, sale.partner_id)

    def test_customer_number_that_is_none_merges_nobody(self):
        for ref in ("0", "000", "-", "null"):
            first, second = (
                self.import_sale(f"{ref}-{i}", marketplace_customer_id=ref)
                for i in (1, 2)
            )
            self.assertNotEqual(first.partner_id, second.partner_id, ref)

    def test_country_of_the_billing_address_serves_where_the_delivery_has_none(self):
        nowhere = address(common_country_iso_a2=None, first_line="9 place")
        sale = self.import_sale(delivery=nowhere)
        self.assertEqual(sale.partner_shipping_id.country_id.code, "FR")
        self.assertIn("no country", sale.lengow_order_id.tax_doubt)

    def test_countries_by_the_codes_of_their_vat_numbers(self):
        for told, code in (("UK", "GB"), ("EL", "GR")):
            sale = self.import_sale(told, delivery=address(common_country_iso_a2=told))
            self.assertEqual(sale.partner_shipping_id.country_id.code, code)

    # === WHOSE THEY ARE === #

    def test_every_address_of_a_buyer_is_of_the_accounts_company(self):
        tracking = {"relay": {"id": 15632, "name": "Tabac du Test", "type": "A2P"}}
        delivery = address(first_line="9 place")
        row = self.import_payload(
            payload("R-1", package(delivery=delivery, trackings=[tracking]))
        )
        sale = row.sale_order_ids
        family = self.env["res.partner"].search(
            [("id", "child_of", sale.partner_id.id)]
        )
        self.assertEqual(len(family), 3)
        self.assertTrue(all(p.company_id == self.company for p in family))

    def test_relay_point_gets_no_mail_meant_for_the_buyer(self):
        tracking = {"relay": {"id": 15632, "name": "Tabac du Test", "type": "A2P"}}
        delivery = address(first_line="9 place")
        row = self.import_payload(
            payload("R-1", package(delivery=delivery, trackings=[tracking]))
        )
        relay = row.sale_order_ids.partner_shipping_id
        before = self.env["mail.mail"].search([])
        for record in (row.sale_order_ids.picking_ids, relay, self.shirt):
            record.message_post(
                body="On its way",
                partner_ids=relay.ids,
                subtype_xmlid="mail.mt_comment",
            )
        self.assertFalse(self.env["mail.mail"].search([]) - before)

    def test_upgrade_leaves_one_known_contact_of_a_buyer(self):
        sale = self.import_sale(marketplace_customer_id="C-1")
        older, Partner = sale.partner_id, self.env["res.partner"]
        self.env.cr.execute("DROP INDEX res_partner_lengow_customer_uniq")
        younger = Partner.create(
            {
                "name": "Twice",
                "lengow_marketplace_id": self.marketplace.id,
                "lengow_customer_ref": "C-1",
            }
        )
        child = Partner.create({"name": "Shared", "parent_id": older.id})
        child.company_id = False
        self.env.flush_all()
        Partner._lengow_clean_up()
        self.env.invalidate_all()
        self.assertEqual(older.lengow_customer_ref, "C-1")
        self.assertFalse(younger.lengow_customer_ref)
        self.assertEqual(child.company_id, self.company)

    # === RELAY POINTS (bug 44) === #

    def test_relay_point_becomes_the_delivery_address(self):
        tracking = {"relay": {"id": 15632, "name": "Tabac du Test", "type": "A2P"}}
        row = self.import_payload(
            payload("R-1", package(line("SHIRT"), trackings=[tracking]))
        )
        sale = row.sale_order_ids
        self.assertEqual(row.pickup_ref, "15632")
        self.assertEqual(sale.pickup_location_data["id"], "15632")
        self.assertTrue(sale.partner_shipping_id.is_pickup_location)
        self.assertEqual(sale.partner_shipping_id.name, "Tabac du Test")
        self.assertEqual(sale.picking_ids.partner_id, sale.partner_shipping_id)

    # === ONE FIXED CUSTOMER === #

    def test_fixed_customer_is_invoiced_and_the_buyer_only_delivered_to(self):
        fixed = self.env["res.partner"].create({"name": "Amazon EU"})
        self.marketplace.invoice_partner_id = fixed
        sale = self.import_sale()
        self.assertEqual(sale.partner_id, fixed)
        self.assertEqual(sale.partner_invoice_id, fixed)
        self.assertEqual(sale.partner_shipping_id.name, "Camille Exemple")
        self.assertFalse(sale.partner_shipping_id.parent_id)
        again = self.import_sale("B-2", marketplace_customer_id=None)
        self.assertNotEqual(again.partner_shipping_id, sale.partner_shipping_id)
