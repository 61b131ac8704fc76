"""The address of an order in error, corrected in Odoo for this order."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import address, line, package, payload
from .test_people import PeopleCase

NOWHERE = {"common_country_iso_a2": "XX"}


@tagged("post_install", "-at_install")
class TestAddressCorrection(PeopleCase):
    def failing(self, number="P-1", *packages, **values):
        """Return an order that goes to a country that nobody knows."""
        packages = packages or (package(delivery=address(**NOWHERE)),)
        values.setdefault("billing_address", address(type="billing", **NOWHERE))
        order = self.import_payload(payload(number, *packages, **values))
        self.assertEqual(order.error_code, "country_unknown", order.error_message)
        return order

    def dialog(self, order, user=None):
        """Return the dialog that the button of the error opens, as a form."""
        as_user = order.with_user(user or self.user)
        self.assertEqual(as_user.fix_label, "Correct Address")
        action = as_user.action_fix()
        Dialog = self.env[action["res_model"]].with_user(user or self.user)
        return Form(Dialog.with_context(**action["context"]))

    def correct(self, order, **values):
        """Correct an address as a user does; return what the dialog answers."""
        form = self.dialog(order)
        form.country_id = self.env.ref("base.fr")
        for name, value in values.items():
            setattr(form, name, value)
        return form.save().action_confirm()["params"]

    # === USED FOR THIS ORDER === #

    def test_begins_with_what_the_marketplace_sent(self):
        form = self.dialog(self.failing())
        self.assertEqual(form.part, "both")
        self.assertEqual(form.name, "Camille Exemple")
        self.assertEqual(
            (form.street, form.zip, form.city), ("1 rue du Test", "75001", "Paris")
        )
        self.assertFalse(form.country_id)
        self.assertEqual(form.phone, "0600000000")

    def test_begins_without_placeholders_and_relays_that_are_not_wanted(self):
        self.account.relay_emails = "drop"
        where = address(
            **NOWHERE, first_name="-", email="x9@marketplace.amazon.example.com"
        )
        form = self.dialog(
            self.failing("P-1", package(delivery=where), billing_address=where)
        )
        self.assertEqual(form.name, "Exemple")
        self.assertFalse(form.email)

    def test_corrected_it_is_imported_with_that_address(self):
        order = self.failing()
        told = self.correct(order, street="2 rue du Test", zip="69001", city="Lyon")
        self.assertEqual(told["type"], "success", told)
        sale = order.sale_order_ids
        for partner in (sale.partner_id, sale.partner_shipping_id):
            self.assertEqual(partner.street, "2 rue du Test")
            self.assertEqual(partner.city, "Lyon")
            self.assertEqual(partner.country_id.code, "FR")
            self.assertEqual(partner.name, "Camille Exemple")
        self.assertEqual(sale.picking_ids.partner_id, sale.partner_shipping_id)
        self.assertIn("Lyon", order.recipient)
        notes = str(order.message_ids.mapped("body"))
        self.assertIn("corrected the address", notes)
        self.assertNotIn("Lyon", notes)

    def test_the_order_shows_who_buys_and_where_it_goes(self):
        order = self.failing()
        self.shirt.active = False
        self.correct(order, name="Sacha Muster", email="entered@example.com")
        billing = address(type="billing", **NOWHERE)
        here = package(delivery=address(**NOWHERE))
        for comments in (None, "Read again"):
            values = {"billing_address": billing, "comments": comments}
            self.import_payload(payload("P-1", here, **values))
            self.assertEqual(order.country_id.code, "FR")
            self.assertEqual(order.customer_name, "Sacha Muster")
            self.assertEqual(order.email, "camille@example.com")
        order._anonymise()
        self.import_payload(payload("P-1", here, comments="Once more"))
        self.assertFalse(order.customer_name)

    def test_only_the_delivery_is_corrected(self):
        order = self.failing(billing_address=address(type="billing", city="Nantes"))
        self.correct(order, part="delivery", city="Lyon")
        sale = order.sale_order_ids
        self.assertEqual(sale.partner_shipping_id.city, "Lyon")
        self.assertEqual(sale.partner_invoice_id.city, "Nantes")

    def test_what_was_typed_stays_unless_another_address_is_shown(self):
        order = self.failing(
            billing_address=address(type="billing", city="Nantes", **NOWHERE)
        )
        form = self.dialog(order)
        form.city = "Lyon"
        form.part = "delivery"
        self.assertEqual(form.city, "Lyon")
        form.part = "billing"
        self.assertEqual(form.city, "Nantes")

    def test_only_for_this_order(self):
        order = self.failing("P-1")
        other = self.failing("P-2")
        self.correct(order)
        self.assertEqual(order.import_state, "imported")
        self.assertEqual(other.import_state, "error")

    def test_no_address_at_all_can_be_entered(self):
        empty = dict.fromkeys(
            (
                "first_name",
                "last_name",
                "first_line",
                "zipcode",
                "city",
                "common_country_iso_a2",
                "phone_mobile",
                "email",
                "civility",
            )
        )
        order = self.import_payload(
            payload("P-1", package(delivery=address(**empty)), billing_address=None)
        )
        self.assertEqual(order.error_code, "address_missing")
        self.correct(order, name="Sacha Muster", street="1 quai", city="Lyon", zip="1")
        self.assertEqual(order.import_state, "imported", order.error_message)
        self.assertEqual(order.sale_order_ids.partner_id.name, "Sacha Muster")

    def test_what_else_is_wrong_is_said_and_the_correction_stays(self):
        order = self.failing()
        self.shirt.active = False
        told = self.correct(order, city="Lyon")
        self.assertEqual(told["type"], "warning")
        self.assertEqual(order.error_code, "product_unusable")
        with self.crons():
            self.shirt.active = True
            self.run_cron("cron_process_orders")
        self.assertEqual(order.sale_order_ids.partner_shipping_id.city, "Lyon")

    def test_corrected_once_more_before_it_is_imported(self):
        order = self.failing()
        self.shirt.active = False
        self.correct(order, city="Lyon")
        action = (
            self.env["lengow.order.address"]
            .with_user(self.user)
            ._open_for(order.with_user(self.user))
        )
        Dialog = self.env["lengow.order.address"].with_user(self.user)
        form = Form(Dialog.with_context(**action["context"]))
        self.assertEqual(form.city, "Lyon", "it begins with the correction")
        self.assertEqual(form.country_id.code, "FR")

    # === WHAT IS REFUSED === #

    def test_an_incomplete_address_is_refused_by_name(self):
        order = self.failing()
        with self.assertRaisesRegex(UserError, "P-1.*Name.*Street.*City"):
            self.correct(order, name=False, street=False, city="  ")
        self.assertEqual(order.import_state, "error")

    def test_what_is_no_email_address_is_refused(self):
        order = self.failing()
        for text in ("not an email", "@", "a@"):
            with (
                self.subTest(text=text),
                self.assertRaisesRegex(UserError, "no e-mail address"),
            ):
                self.correct(order, email=text)
        self.correct(order, email="  ")
        self.assertEqual(order.import_state, "imported")

    def test_an_order_that_is_imported_is_corrected_in_its_sale_order(self):
        order = self.failing()
        form = self.dialog(order)
        form.country_id = self.env.ref("base.fr")
        late = form.save()
        self.correct(order)
        with self.assertRaisesRegex(UserError, "P-1 is not in error"):
            late.action_confirm()

    def test_several_delivery_addresses_are_for_lengow_to_correct(self):
        order = self.failing(
            "P-1",
            package(delivery=address(**NOWHERE)),
            package(line("MUG"), delivery=address(city="Lyon")),
        )
        self.assertEqual(order.with_user(self.user).fix_label, "Refresh from Lengow")

    def test_several_orders_are_not_corrected_at_once(self):
        orders = self.failing("P-1") | self.failing("P-2")
        with self.assertRaisesRegex(UserError, "select one"):
            orders.with_user(self.user).action_fix()

    def test_who_may_not_see_the_order_corrects_nothing(self):
        order = self.failing()
        stranger = self.create_stranger("lengow_connector.group_user")
        with self.assertRaises(AccessError):
            self.env["lengow.order.address"].with_user(stranger).create(
                {"order_id": order.id, "country_id": self.env.ref("base.fr").id}
            )
        Dialog = self.env["lengow.order.address"].with_user(stranger)
        with self.assertRaises(AccessError):
            Dialog.with_context(default_order_id=order.id).default_get(
                ["order_id", "city"]
            )
        with self.assertRaises(AccessError):
            order.with_user(self.user).write({"address_correction": {"delivery": {}}})

    # === REFRESHES === #

    def test_it_survives_refreshes_and_an_own_change_of_the_marketplace_is_told(self):
        order = self.failing()
        self.shirt.active = False
        self.correct(order, city="Lyon")
        relay = package(delivery=address(**NOWHERE, email="new@relay.test"))
        billing = address(type="billing", **NOWHERE)
        self.put(payload("P-1", relay, billing_address=billing, comments="Hello"))
        self.account.action_sync_orders()
        self.assertNotIn("correction stays", str(order.message_ids.mapped("body")))
        moved = package(delivery=address(**NOWHERE, city="Lille"))
        self.put(payload("P-1", moved, billing_address=billing))
        self.account.action_sync_orders()
        self.assertIn("correction stays", str(order.message_ids.mapped("body")))
        with self.crons():
            self.shirt.active = True
            self.run_cron("cron_process_orders")
        self.assertEqual(order.sale_order_ids.partner_shipping_id.city, "Lyon")

    def test_imported_a_refresh_asks_nobody_about_the_correction(self):
        order = self.failing()
        self.correct(order, city="Lyon")
        billing = address(type="billing", **NOWHERE)
        here = package(delivery=address(**NOWHERE))
        self.put(payload("P-1", here, billing_address=billing, comments="Hello"))
        self.account.action_sync_orders()
        self.assertFalse(order.change_kind)
        self.assertEqual(order.sale_order_ids.partner_shipping_id.city, "Lyon")

    def test_applied_the_marketplaces_new_address_counts(self):
        order = self.failing(billing_address=address(type="billing"))
        self.correct(order, part="delivery", city="Lyon", street="2 rue du Test")
        self.assertEqual(order.country_id.code, "FR")
        moved = package(delivery=address(city="Lille", zipcode="59000"))
        self.put(payload("P-1", moved, billing_address=address(type="billing")))
        self.account.action_sync_orders()
        self.assertTrue(order.change_kind)
        order.with_user(self.user).action_apply_changes()
        sale = order._living_sales()
        self.assertEqual(sale.partner_shipping_id.city, "Lille")
        self.assertEqual(order.customer_name, "Camille Exemple")

    # === NOT WANTED ANY MORE === #

    def buttons_of(self, order):
        """Return the buttons that the order's banners offer a user."""
        banners = self.env["lengow.banner"].with_user(self.user)
        return [
            button["name"]
            for banner in banners._of(order.with_user(self.user))
            for button in banner["buttons"]
        ]

    def test_the_marketplaces_address_is_used_again_before_the_import(self):
        order = self.failing()
        self.assertNotIn("action_use_told_address", self.buttons_of(order))
        self.shirt.active = False
        self.correct(order, city="Lyon", name="Sacha Muster")
        self.assertEqual(order.error_code, "product_unusable", order.error_message)
        self.assertIn("action_use_told_address", self.buttons_of(order))
        order.with_user(self.user).action_use_told_address()
        self.assertFalse(order.address_correction)
        self.assertEqual(order.customer_name, "Camille Exemple")
        self.assertFalse(order.country_id)
        self.assertNotIn("action_use_told_address", self.buttons_of(order))
        self.shirt.active = True
        order.with_user(self.user).action_import()
        self.assertEqual(order.error_code, "country_unknown", order.error_message)

    def test_mended_by_the_marketplace_the_order_is_imported_with_its_address(self):
        order = self.failing()
        self.shirt.active = False
        self.correct(order, city="Lyon")
        mended = {"billing_address": address(type="billing")}
        self.put(payload("P-1", package(delivery=address()), **mended))
        self.account.action_sync_orders()
        self.shirt.active = True
        told = order.with_user(self.user).action_use_told_address()["params"]
        self.assertEqual(told["type"], "success", told)
        self.assertEqual(order.sale_order_ids.partner_shipping_id.city, "Paris")

    def test_it_is_put_on_the_sale_order_and_its_open_delivery(self):
        order = self.failing(billing_address=address(type="billing"))
        self.correct(order, part="delivery", city="Lyon", street="2 rue du Test")
        here = package(delivery=address(city="Lille", zipcode="59000"))
        self.put(payload("P-1", here, billing_address=address(type="billing")))
        self.account.action_sync_orders()
        order.with_user(self.user).action_keep_as_is()
        sale = order.sale_order_ids
        self.assertEqual(sale.partner_shipping_id.city, "Lyon")
        order.with_user(self.user).action_use_told_address()
        order.with_user(self.user).action_use_told_address()  # a double click
        self.assertEqual(sale.partner_shipping_id.city, "Lille")
        self.assertEqual(sale.picking_ids.partner_id, sale.partner_shipping_id)
        notes = str(order.message_ids.mapped("body"))
        self.assertEqual(notes.count("uses the marketplace"), 1)

    def test_where_it_cannot_be_used_the_correction_stays(self):
        order = self.failing()
        self.correct(order, city="Lyon")
        with self.assertRaisesRegex(UserError, "XX"), self.env.cr.savepoint():
            order.with_user(self.user).action_use_told_address()
        self.assertEqual(order.address_correction["delivery"]["city"], "Lyon")
        self.assertEqual(order.sale_order_ids.partner_shipping_id.city, "Lyon")

    def test_once_it_has_left_nobody_is_offered_another_address(self):
        order = self.failing(billing_address=address(type="billing"))
        self.correct(order, part="delivery", city="Lyon")
        self.assertIn("action_use_told_address", self.buttons_of(order))
        order.shipped_at = fields.Datetime.now()
        self.assertNotIn("action_use_told_address", self.buttons_of(order))

    # === FORGOTTEN === #

    def test_the_deletion_forgets_it(self):
        order = self.failing()
        self.shirt.active = False
        self.correct(order, name="Sacha Unmistakable", city="Lyon")
        self.assertTrue(order.address_correction)
        order.order_date = fields.Datetime.now() - timedelta(days=400)
        with self.crons():
            self.run_cron("cron_anonymise")
        self.assertTrue(order.anonymised_at)
        self.assertFalse(order.address_correction)
        self.assertNotIn("Lyon", order.recipient or "")
        with self.assertRaises(UserError):
            self.env["lengow.order.address"]._open_for(order)
