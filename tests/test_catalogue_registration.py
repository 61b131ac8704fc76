"""Lengow is told where a catalog is, once a person asks for it."""

import logging

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common.catalogue import CatalogueCase

PATH = "/v3.1/cms"


@tagged("post_install", "-at_install")
class TestCatalogueRegistration(CatalogueCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.system = new_test_user(
            cls.env,
            "catalogue-system",
            "base.group_system,lengow_connector.group_manager",
        )

    def register(self, user=None):
        answer = self.catalogue.with_user(user or self.system).action_register()
        self.env.invalidate_all()
        return answer["params"]

    def told(self):
        return [call for call in self.sandbox.calls if call.path == PATH]

    def test_nothing_is_told_by_itself(self):
        self.publish()
        self.refresh(is_whole=True)
        self.assertFalse(self.told())
        self.assertFalse(self.catalogue.registered_at)

    def test_lengow_is_told_the_name_the_address_and_how_many_products(self):
        self.publish()
        answer = self.register()
        self.assertEqual(answer["type"], "success")
        self.assertIn("choose it there as a source", answer["message"])
        (call,) = self.told()
        self.assertEqual((call.method, call.query), ("POST", {"account_id": "4242"}))
        (shop,) = call.body["shops"]
        self.assertEqual(shop["shop_name"], "Shop")
        self.assertEqual(shop["feed_url"], self.catalogue.sudo().url)
        self.assertEqual(shop["exported_product_number"], 4)
        self.assertGreaterEqual(shop["total_product_number"], 4)
        self.assertTrue(shop["enabled"])
        self.assertEqual(call.body["type"], "odoo")
        self.assertTrue(self.catalogue.registered_at)
        self.assertIn("common_account", self.catalogue.registration_answer)
        # The names of system and shop open nothing.
        for token in (call.body["token"], shop["token"]):
            self.assertFalse(self.catalogue._is_token(token))
        self.assertIn(self.system.name, self.catalogue.message_ids[0].body)

    def test_second_time_tells_how_many_products_there_are_by_now(self):
        self.publish()
        self.register()
        new = self.create_product("NEW")
        self.catalogue.domain = self.catalogue.domain.replace("]", ", 'NEW']", 1)
        self.refresh()
        self.assertTrue(self.row(new).is_published)
        answer = self.register()
        self.assertIn("how many products", answer["message"])
        first, second = self.told()
        self.assertEqual(second.method, "PUT")
        self.assertEqual(second.body["token"], first.body["token"])
        (shop,) = second.body["shops"]
        self.assertEqual(shop["token"], first.body["shops"][0]["token"])
        self.assertEqual(shop["exported_product_number"], 5)
        self.assertNotIn("feed_url", shop)
        self.assertIn("common_account", self.catalogue.registration_answer)

    def test_new_address_is_told_under_the_name_of_before(self):
        self.publish()
        self.register()
        self.catalogue.with_user(self.system).action_rotate_token()
        self.register()
        first, second = self.told()
        self.assertEqual(second.method, "POST")
        self.assertEqual(second.body["token"], first.body["token"])
        self.assertNotEqual(
            second.body["shops"][0]["feed_url"], first.body["shops"][0]["feed_url"]
        )
        self.assertEqual(second.body["shops"][0]["feed_url"], self.catalogue.sudo().url)

    def test_catalog_that_lengow_knows_no_more_is_told_whole(self):
        self.publish()
        self.register()
        for number, status in enumerate((404, 400), start=1):
            with self.subTest(status=status):
                self.fault(PATH, method="PUT", status=status)
                answer = self.register()
                self.sandbox.faults.clear()
                self.assertEqual(answer["type"], "success")
                self.assertIn("choose it there as a source", answer["message"])
                told = [call for call in self.told() if call.method == "POST"]
                self.assertEqual(len(told), number + 1)
                self.assertEqual(told[-1].body["token"], told[0].body["token"])
        # What may have arrived, or is nobody's answer, says nothing of what it knows.
        self.fault(PATH, method="PUT", status=500)
        self.assertEqual(self.register()["type"], "danger")
        self.assertEqual(len([c for c in self.told() if c.method == "POST"]), 3)

    def test_press_that_is_undone_and_repeated_tells_the_same_name(self):
        """As Odoo does by itself where another transaction stood in the way."""
        self.publish()
        savepoint = self.env.cr.savepoint()
        self.register()
        savepoint.close(rollback=True)
        self.env.invalidate_all()
        self.assertFalse(self.catalogue.registered_at)
        self.register()
        first, second = self.told()
        self.assertEqual(first.body["token"], second.body["token"])

    def test_every_catalog_has_a_name_of_its_own(self):
        other = self.create_catalogue(name="Other")
        for catalogue in (self.catalogue, other):
            self.publish(catalogue)
            catalogue.with_user(self.system).action_register()
        first, second = self.told()
        self.assertNotEqual(first.body["token"], second.body["token"])
        copy = other.copy()
        self.assertFalse(copy.registered_at)
        self.assertNotEqual(
            copy.sudo()._name_at_lengow(), other.sudo()._name_at_lengow()
        )

    def test_answer_that_repeats_the_address_is_kept_without_its_secret(self):
        self.publish()
        told = {"feed_url": self.catalogue.sudo().url, "token": "x"}
        body = {"common_account": {"id": 4242}, "shops": [told]}
        self.fault(PATH, method="POST", status=201, body=body)
        self.register()
        answer = self.catalogue.with_user(self.user).registration_answer
        self.assertIn("catalogue.csv", answer)
        self.assertNotIn(self.catalogue.sudo().token, answer)

    def test_refusal_that_repeats_the_address_gives_its_secret_to_nobody(self):
        self.publish()
        url, token = self.catalogue.sudo().url, self.catalogue.sudo().token
        self.fault(PATH, method="POST", status=400, body={"detail": f"Bad {url}"})
        with self.assertLogs("odoo.addons.lengow_connector", "DEBUG") as logs:
            logging.getLogger("odoo.addons.lengow_connector").debug("at least one")
            answer = self.register()
        self.assertEqual(answer["type"], "danger")
        self.assertNotIn(token, answer["message"])
        self.assertNotIn(token, "".join(logs.output))

    # === WHAT IS REFUSED === #

    def test_what_nobody_gets_here_is_not_told(self):
        self.publish()
        self.catalogue.active = False
        with self.assertRaisesRegex(UserError, "archived"):
            self.register()
        self.catalogue.active = True
        self.env["ir.config_parameter"].set_param("database.is_neutralized", "true")
        with self.assertRaisesRegex(UserError, "a copy"):
            self.register()
        self.assertFalse(self.told())

    def test_what_is_not_published_is_not_told(self):
        with self.assertRaisesRegex(UserError, "Publish Shop first"):
            self.register()
        self.assertFalse(self.told())

    def test_nobody_tells_an_address_that_they_may_not_read(self):
        self.publish()
        for user in (self.user, self.manager):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.register(user)
        self.assertFalse(self.told())

    def test_refusals_are_sentences_and_nothing_counts_as_told(self):
        self.publish()
        for fault, words in (
            ({"status": 400}, "source of the kind URL"),
            ({"status": 404}, ""),
            ({"status": 403}, ""),
            ({"status": 500}, ""),
            ({"status": 200, "body": {}}, ""),
        ):
            with self.subTest(fault=fault):
                self.fault(PATH, method="POST", **fault)
                answer = self.register()
                self.assertEqual(answer["type"], "danger")
                self.assertGreater(len(answer["message"]), 20)
                self.assertIn(words, answer["message"])
                self.assertFalse(self.catalogue.registered_at)
                self.sandbox.faults.clear()
        self.assertEqual(self.register()["type"], "success")
