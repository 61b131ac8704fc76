"""Lengow is told of new quantities and prices at once, where that was switched on."""

import os
from pathlib import Path
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.catalogue import lengow_catalogue_pusher
from .common.catalogue_files import PublishedCase, written

CRON = "cron_push_catalogues"
PATH = "/v1.0/catalogues/77/products"
HEADERS = ("id", "name", "quantity", "price_incl_tax")
ROWS = {"SHIRT": ("3", "20.00"), "MUG": ("5", "9.90"), "LAMP": ("0", "49.00")}


@tagged("post_install", "-at_install")
class TestCataloguePush(PublishedCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        columns = (
            {"header": "id", "standard": "id"},
            {"header": "name", "standard": "name"},
            {"header": "quantity", "source": "quantity", "quantity_kind": "sellable"},
            {"header": "price_incl_tax", "source": "price", "price_kind": "incl"},
        )
        cls.catalogue = cls.create_catalogue(
            lengow_number=77, column_ids=[Command.create(column) for column in columns]
        )
        products = {
            "SHIRT": cls.shirt,
            "MUG": cls.mug,
            "LAMP": cls.create_product("LAMP"),
        }
        cls.rows = {
            name: cls.list_product(cls.catalogue, product)
            for name, product in products.items()
        }
        cls.publish_rows()

    def setUp(self):
        super().setUp()
        self.sandbox.allow_catalogues(4242)
        self.remote = self.sandbox.put_catalogue(
            77,
            name="Shop of Lengow",
            attributes=list(HEADERS),
            products=[
                dict(zip(HEADERS, (name, name, "1", "1.00"), strict=True))
                for name in ROWS
            ],
        )

    @classmethod
    def publish_rows(cls, **changed):
        """Publish the file anew, with other quantities and prices of some products."""
        rows = [
            (name, f"A {name}", *told) for name, told in {**ROWS, **changed}.items()
        ]
        content = written("csv", HEADERS, rows)
        cls.publish(cls.catalogue, "catalogue.csv", content)

    def start(self):
        self.catalogue.with_user(self.manager).action_start_push()
        self.sandbox.calls.clear()

    def push(self):
        """Run the scheduled action, and return what each call said of products."""
        self.sandbox.calls.clear()
        with self.crons():
            self.run_cron(CRON)
        self.env.invalidate_all()
        return [call.body for call in self.told()]

    def told(self):
        return [c for c in self.sandbox.calls if c.method == "PATCH"]

    def at_lengow(self, name):
        product = self.remote.products[name]
        return product["quantity"], product["price_incl_tax"]

    # === SWITCHED ON AND OFF === #

    def test_nothing_is_told_unless_switched_on(self):
        self.assertFalse(self.catalogue.is_pushed)
        self.assertFalse(self.push())
        self.assertFalse(self.sandbox.calls)

    def test_switching_on_says_what_is_told(self):
        answer = self.catalogue.with_user(self.manager).action_start_push()
        self.assertIn("Shop of Lengow", answer["params"]["message"])
        self.assertIn("quantity, price_incl_tax", answer["params"]["message"])
        self.assertEqual(self.catalogue.lengow_name, "Shop of Lengow")
        self.assertTrue(self.catalogue.is_pushed)

    def test_account_that_lengow_has_not_let_in_stays_off(self):
        self.sandbox.allow_catalogues(4242, False)
        answer = self.catalogue.action_start_push()
        self.assertIn("not opened this", answer["params"]["message"])
        self.assertFalse(self.catalogue.is_pushed)
        self.assertEqual(self.account.state, "connected")

    def test_catalog_that_is_not_there_or_a_draft_stays_off(self):
        self.catalogue.lengow_number = 78
        self.assertIn(
            "number 78", self.catalogue.action_start_push()["params"]["message"]
        )
        self.catalogue.lengow_number = 77
        self.remote.status = "draft"
        self.assertIn("draft", self.catalogue.action_start_push()["params"]["message"])
        self.catalogue.lengow_number = 0
        with self.assertRaisesRegex(UserError, "number"):
            self.catalogue.action_start_push()
        self.assertFalse(self.catalogue.is_pushed)

    def test_catalog_that_calls_products_otherwise_stays_off(self):
        self.remote.product_id_key = "sku"
        with self.assertRaisesRegex(UserError, "from the column sku, and not from id"):
            self.catalogue.action_start_push()
        self.remote.product_id_key = "id"
        self.remote.attributes = ["id", "name"]
        with self.assertRaisesRegex(UserError, "quantity, price_incl_tax"):
            self.catalogue.action_start_push()

    def test_number_stays_while_lengow_is_told(self):
        self.start()
        with self.assertRaisesRegex(ValidationError, "Stop them before"):
            self.catalogue.lengow_number = 78
        self.catalogue.with_user(self.manager).action_stop_push()
        self.catalogue.lengow_number = 78
        self.assertFalse(self.push())

    # === WHAT IS TOLD === #

    def test_first_time_everything_is_told(self):
        self.start()
        (told,) = self.push()
        self.assertEqual(told["MUG"], {"quantity": "5", "price_incl_tax": "9.90"})
        for name, values in ROWS.items():
            self.assertEqual(self.at_lengow(name), values)
        self.assertTrue(self.catalogue.pushed_at)
        self.assertTrue(all(row.pushed_at for row in self.rows.values()))

    def test_only_what_has_changed_is_told(self):
        self.start()
        self.push()
        self.assertFalse(self.push())
        self.assertFalse(self.sandbox.calls)
        self.publish_rows(MUG=("4", "9.90"))
        (told,) = self.push()
        self.assertEqual(told, {"MUG": {"quantity": "4", "price_incl_tax": "9.90"}})

    def test_change_of_a_text_is_left_to_the_fetch(self):
        self.start()
        self.push()
        content = written(
            "csv", HEADERS, [(name, "New name", *told) for name, told in ROWS.items()]
        )
        self.publish(self.catalogue, "catalogue.csv", content)
        self.assertFalse(self.push())
        self.assertTrue(self.catalogue.pushed_checksum)

    @mute_logger("odoo.addons.lengow_connector.models.settings.lengow_cron")
    def test_file_that_is_lost_is_told_once_it_is_there_again(self):
        self.start()
        self.push()
        self.publish_rows(MUG=("4", "9.90"))
        attachment = self.catalogue._attachment("catalogue.csv")
        path, content = attachment._full_path(attachment.store_fname), attachment.raw
        os.unlink(path)
        self.assertFalse(self.push())
        self.assertIn("EOFError", self.catalogue.push_error)
        Path(path).write_bytes(content)
        self.go_on()
        (told,) = self.push()
        self.assertEqual(told, {"MUG": {"quantity": "4", "price_incl_tax": "9.90"}})

    def test_only_columns_that_lengow_knows_are_told(self):
        self.remote.attributes = ["id", "name", "quantity"]
        self.start()
        (told,) = self.push()
        self.assertEqual(told["MUG"], {"quantity": "5"})

    def test_what_is_not_published_is_not_told(self):
        """What is held stays held: the rows are others, the file is not."""
        self.start()
        self.push()
        self.rows["MUG"].write({"quantity": 0, "values": {"quantity": "0"}})
        self.catalogue.state = "held"
        self.assertFalse(self.push())

    def test_many_rows_are_told_in_parts(self):
        self.start()
        with patch.object(lengow_catalogue_pusher, "PAGE", 2):
            self.assertEqual(sum(map(len, self.push())), 3)
        self.assertEqual(len(self.told()), 2)

    # === ANSWERS === #

    def test_refused_product_is_sent_again_once_lengow_has_read_the_file(self):
        """What Lengow does not know is unknown until its next fetch."""
        mug = self.remote.products.pop("MUG")
        self.start()
        self.push()
        row = self.rows["MUG"]
        self.assertIn("'MUG' not found", row.push_error)
        said = row.with_user(self.user).push_text
        self.assertTrue(said.startswith(row.push_error))
        self.assertIn("send it again under Live Updates", said)
        self.assertFalse(self.push())
        self.remote.products["MUG"] = mug
        answer = self.catalogue.with_user(self.manager).action_push_again()
        self.assertIn("again: 1", answer["params"]["message"])
        (told,) = self.push()
        self.assertEqual(list(told), ["MUG"])
        self.assertFalse(row.push_text)

    def test_refused_products_are_not_said_to_be_sent_while_nothing_is(self):
        del self.remote.products["MUG"]
        self.start()
        self.push()
        reasons = {
            "test mode": (self.account, {"test_mode": True}),
            "draft at Lengow": (self.catalogue, {"push_error": "A draft at Lengow."}),
            "archived": (self.catalogue, {"active": False}),
            "updates are off": (self.catalogue, {"is_pushed": False}),
        }
        for reason, (record, values) in reasons.items():
            with self.subTest(reason=reason):
                record.sudo().write(values)
                said = self.catalogue.with_user(self.manager).action_push_again()
                self.assertEqual(said["params"]["type"], "warning")
                self.assertIn("once live updates go on: 1.", said["params"]["message"])
                self.assertIn(reason, said["params"]["message"])
                record.sudo().write(dict.fromkeys(values, False))
                self.catalogue.sudo().write({"active": True, "is_pushed": True})

    def test_refused_product_that_no_file_names_any_more_waits_for_nobody(self):
        del self.remote.products["MUG"]
        self.start()
        self.push()
        self.assertEqual(self.catalogue.push_error_count, 1)
        self.rows["MUG"].state = "removed"
        rows = [(name, name, *ROWS[name]) for name in ("SHIRT", "LAMP")]
        self.publish(self.catalogue, "catalogue.csv", written("csv", HEADERS, rows))
        self.push()
        self.assertFalse(self.rows["MUG"].push_error)
        self.assertEqual(self.catalogue.push_error_count, 0)

    def test_product_without_an_answer_says_that_it_is_sent_again(self):
        self.rows["MUG"].push_error = "Lengow has not said what became of it."
        self.assertIn("sent again by itself", self.rows["MUG"].push_text)

    def test_what_lengow_says_is_a_sentence_of_its_own(self):
        for said in ("No such price", "No such price."):
            self.rows["MUG"].push_error = said
            text = self.rows["MUG"].push_text
            self.assertTrue(text.startswith("No such price. It is sent again"), text)

    def test_refused_product_says_why_and_waits_for_a_change(self):
        faults = type(self.remote).find_faults

        def refuse(catalogue, identifier, attributes):
            found = faults(catalogue, identifier, attributes)
            return ["No such price."] if identifier == "MUG" else found

        self.start()
        with patch.object(type(self.remote), "find_faults", refuse):
            self.push()
            self.assertEqual(self.rows["MUG"].push_error, "No such price.")
            self.assertFalse(self.rows["SHIRT"].push_error)
            self.assertEqual(self.catalogue.push_error_count, 1)
            self.publish_rows(SHIRT=("2", "20.00"))
            (told,) = self.push()
            self.assertEqual(list(told), ["SHIRT"])
            self.publish_rows(SHIRT=("2", "20.00"), MUG=("6", "9.90"))
            (told,) = self.push()
            self.assertEqual(list(told), ["MUG"])
        self.publish_rows(SHIRT=("2", "20.00"), MUG=("7", "9.90"))
        self.push()
        self.assertFalse(self.rows["MUG"].push_error)

    def test_lost_answer_is_repeated(self):
        self.start()
        self.fault(PATH, method="PATCH", cut="after")
        self.push()
        self.assertFalse(self.catalogue.pushed_at)
        self.assertFalse(any(row.pushed_digest for row in self.rows.values()))
        self.assertTrue(self.catalogue.push_error)
        self.go_on()
        self.push()
        self.assertEqual(self.at_lengow("MUG"), ROWS["MUG"])
        self.assertFalse(self.catalogue.push_error)

    def test_lost_answer_is_mended_though_the_file_is_as_before(self):
        self.start()
        self.push()
        self.publish_rows(MUG=("4", "9.90"))
        self.fault(PATH, method="PATCH", cut="after")
        self.push()
        self.assertEqual(self.at_lengow("MUG"), ("4", "9.90"))
        self.publish_rows()
        self.go_on()
        (told,) = self.push()
        self.assertEqual(list(told), ["MUG"])
        self.assertEqual(self.at_lengow("MUG"), ROWS["MUG"])
        self.assertFalse(self.push())

    def go_on(self):
        """Let the trouble be over, and the pause after it."""
        self.sandbox.faults.clear()
        self.account._mark_connected()
        self.env["lengow.pause"].search([]).unlink()

    def test_product_that_lengow_does_not_know_says_so(self):
        del self.remote.products["MUG"]
        self.start()
        self.push()
        self.assertIn("not found", self.rows["MUG"].push_error)

    def test_what_was_told_before_a_trouble_is_not_told_again(self):
        self.start()
        with patch.object(lengow_catalogue_pusher, "PAGE", 2):
            self.fault(PATH, method="PATCH", status=500, skip=1)
            self.push()
        self.go_on()
        told = self.push()
        names = [name for one in told for name in one]
        self.assertEqual(names, ["LAMP"])

    def test_product_that_an_answer_leaves_out_is_told_again(self):
        self.start()
        answer = {name: {"status": "updated"} for name in ("SHIRT", "LAMP")}
        self.fault(PATH, method="PATCH", status=207, body=answer)
        self.push()
        self.assertIn("not said", self.rows["MUG"].push_error)
        self.assertIn("not said", self.catalogue.push_error)
        self.assertFalse(self.rows["SHIRT"].push_error)
        self.go_on()
        (told,) = self.push()
        self.assertEqual(list(told), ["MUG"])
        self.assertFalse(self.rows["MUG"].push_error)
        self.assertFalse(self.catalogue.push_error)
        self.assertFalse(self.push())

    def test_trouble_with_catalogs_keeps_no_order_from_coming_in(self):
        """Few accounts have this part of the API, and it may fail by itself."""
        self.start()
        for trouble in ({"status": 500}, {"cut": "before"}, {"cut": "after"}):
            with self.subTest(trouble=trouble):
                self.sandbox.faults.clear()
                self.env["lengow.pause"].search([]).unlink()
                self.fault(PATH, method="PATCH", **trouble)
                self.push()
                self.assertTrue(self.catalogue.push_error)
                self.assertEqual(self.account.state, "connected")
                self.assertFalse(self.account.paused_until)
                self.assertFalse(self.push())  # it pauses
                self.assertFalse(self.sandbox.calls)

    def test_wish_for_a_pause_is_the_accounts(self):
        self.start()
        self.fault(PATH, method="PATCH", status=429, headers={"Retry-After": "1800"})
        self.push()
        self.assertTrue(self.account.paused_until)
        self.assertFalse(self.push())
        self.assertFalse(self.sandbox.calls)

    def test_token_that_expires_in_the_middle_is_replaced(self):
        self.start()
        with patch.object(lengow_catalogue_pusher, "PAGE", 2):
            self.fault(PATH, method="PATCH", expire_token=True, skip=1, times=1)
            self.push()
        for name, values in ROWS.items():
            self.assertEqual(self.at_lengow(name), values)
        self.assertFalse(self.catalogue.push_error)

    def test_access_that_lengow_takes_back_is_told_on_the_catalog_alone(self):
        self.start()
        self.sandbox.allow_catalogues(4242, False)
        self.push()
        self.assertIn("not opened this", self.catalogue.push_error)
        self.assertEqual(self.account.state, "connected")
        self.push()
        self.assertFalse(self.sandbox.calls)  # it pauses

    def test_account_in_test_mode_and_copies_tell_nothing(self):
        self.start()
        self.account.test_mode = True
        self.assertFalse(self.push())
        self.account.test_mode = False
        self.env["ir.config_parameter"].set_param("database.is_neutralized", "true")
        self.assertFalse(self.push())

    def test_draft_and_archived_catalogs_are_not_told(self):
        self.start()
        self.catalogue.active = False
        self.assertFalse(self.push())

    def test_pushes_are_in_the_record_of_runs(self):
        self.start()
        self.push()
        run = self.env["lengow.run"].search([("kind", "=", "push_catalogues")])
        self.assertEqual(run[:1].updated_count, 3)
