"""XML and JSON files, made of the CSV file once somebody asks for them."""

import gzip
import io
import os
from datetime import timedelta
from unittest.mock import patch

from lxml import etree

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..catalogue.formats import write
from ..catalogue.unpacking import some_rows
from ..models.catalogue import lengow_catalogue_files
from .common.catalogue import TenProductsCase

OTHERS = ("catalogue.xml", "catalogue.json")


@tagged("post_install", "-at_install")
class TestCatalogueFormats(TenProductsCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.catalogue.base_url = cls.base_url()

    def fetch(self, name, method="GET", **headers):
        """Ask for a file as a stranger does, who does not unpack."""
        self.env.flush_all()
        headers = {key.replace("_", "-"): value for key, value in headers.items()}
        answer = self.url_open(
            self.catalogue.sudo()._file_url(name),
            method=method,
            headers={"Accept-Encoding": "identity", **headers},
        )
        self.env.invalidate_all()
        return answer

    def expected(self, name):
        """Return what a file says if it says what the CSV file does."""
        raw = self.catalogue._attachment("catalogue.csv").raw
        file = io.BytesIO()
        write(name.rpartition(".")[2], file, *some_rows(io.BytesIO(raw)))
        return file.getvalue()

    def kept(self, name):
        """Return what the kept file of a format says, None if there is none."""
        raw = self.catalogue._attachment(name).raw
        return gzip.decompress(raw) if raw else None

    def change(self):
        self.left[self.more[0].id] = self.left.get(self.more[0].id, 5) + 1
        self.refresh()

    # === ASKED FOR === #

    def test_nothing_is_made_that_nobody_asks_for(self):
        for name in OTHERS:
            self.assertFalse(self.catalogue._attachment(name))
        self.change()
        for name in OTHERS:
            self.assertFalse(self.catalogue._attachment(name))

    def test_whoever_asks_first_gets_the_whole_file(self):
        for name in OTHERS:
            with self.subTest(name=name):
                answer = self.fetch(name)
                self.assertEqual(answer.status_code, 200)
                self.assertEqual(answer.content, self.expected(name))
                size = str(len(answer.content))
                self.assertEqual(answer.headers["Content-Length"], size)

    def test_what_is_kept_afterwards_is_the_same_file(self):
        for name in OTHERS:
            first = self.fetch(name)
            self.refresh()
            with self.subTest(name=name):
                self.assertEqual(self.kept(name), first.content)
                again = self.fetch(name, If_None_Match=first.headers["ETag"])
                self.assertEqual(again.status_code, 304)

    def test_kept_file_follows_the_csv_file(self):
        self.fetch("catalogue.xml")
        self.refresh()
        before = self.kept("catalogue.xml")
        self.change()
        self.assertNotEqual(self.kept("catalogue.xml"), before)
        self.assertEqual(self.kept("catalogue.xml"), self.expected("catalogue.xml"))
        self.assertFalse(self.catalogue._attachment("catalogue.json"))

    def test_kept_file_is_not_written_where_nothing_changes(self):
        self.fetch("catalogue.json")
        self.refresh()
        attachment = self.catalogue._attachment("catalogue.json")
        self.env.cr.execute(
            "UPDATE ir_attachment SET write_date = '2026-01-01' WHERE id = %s",
            [attachment.id],
        )
        published_at = self.catalogue.published_at
        self.refresh()
        self.assertEqual(self.catalogue._attachment("catalogue.json"), attachment)
        self.assertEqual(str(attachment.write_date), "2026-01-01 00:00:00")
        self.assertEqual(self.catalogue.published_at, published_at)

    def test_packed_file_counts_as_asked_for(self):
        self.assertEqual(
            gzip.decompress(self.fetch("catalogue.json.gz").content),
            self.expected("catalogue.json"),
        )
        self.refresh()
        self.assertTrue(self.kept("catalogue.json"))

    def test_what_was_refused_does_not_count(self):
        self.catalogue.addresses = "203.0.113.7"
        self.assertEqual(self.fetch("catalogue.xml").status_code, 404)
        self.refresh()
        self.assertFalse(self.catalogue._attachment("catalogue.xml"))

    def test_look_or_count_does_not_count(self):
        self.fetch("catalogue.xml?limit=1")
        self.assertEqual(self.fetch("catalogue.xml?mode=size").text, "10")
        self.refresh()
        self.assertFalse(self.catalogue._attachment("catalogue.xml"))

    def test_whole_file_counts_whatever_else_is_asked(self):
        answer = self.fetch("catalogue.xml?mode=full&lang=fr")
        self.assertEqual(answer.content, self.expected("catalogue.xml"))
        self.assertEqual(self.catalogue.fetch_ids[:1].file, "catalogue.xml")
        self.refresh()
        self.assertTrue(self.kept("catalogue.xml"))

    def test_head_and_part_of_what_is_made_just_now(self):
        content = self.expected("catalogue.xml")
        answer = self.fetch("catalogue.xml", method="HEAD")
        self.assertEqual(answer.headers["Content-Length"], str(len(content)))
        answer = self.fetch("catalogue.xml", Range="bytes=5-24")
        self.assertEqual((answer.status_code, answer.content), (206, content[5:25]))

    # === FORGOTTEN === #

    def test_what_nobody_has_fetched_for_long_is_no_longer_kept(self):
        self.fetch("catalogue.xml")
        self.refresh()
        self.catalogue.fetch_ids.fetched_at = fields.Datetime.now() - timedelta(days=31)
        self.change()
        self.assertFalse(self.catalogue._attachment("catalogue.xml"))
        answer = self.fetch("catalogue.xml")
        self.assertEqual(answer.content, self.expected("catalogue.xml"))

    def test_file_that_does_not_follow_is_not_sent(self):
        """Such as one of an earlier version, which nobody has asked for since."""
        self.fetch("catalogue.xml")
        self.refresh()
        attachment = self.catalogue._attachment("catalogue.xml")
        attachment.write({"raw": gzip.compress(b"<catalog/>"), "description": "10"})
        answer = self.fetch("catalogue.xml")
        self.assertEqual(answer.content, self.expected("catalogue.xml"))
        self.refresh()
        self.assertEqual(self.kept("catalogue.xml"), answer.content)

    # === ON HOLD, LOST, DAMAGED === #

    def test_file_on_hold_says_what_the_csv_file_does(self):
        self.fetch("catalogue.xml")
        self.refresh()
        self.catalogue.hold_zero = 10
        for product in self.more[:4]:
            self.left[product.id] = 0
        self.left[self.more[5].id] = 2
        self.refresh()
        self.assertEqual(self.catalogue.state, "held")
        self.assertEqual(self.kept("catalogue.xml"), self.expected("catalogue.xml"))
        tree = etree.fromstring(self.kept("catalogue.xml"))
        quantities = {one.findtext("id"): one.findtext("quantity") for one in tree}
        self.assertEqual(quantities[self.more[5].default_code], "2")
        self.assertEqual(
            self.fetch("catalogue.json").content, self.expected("catalogue.json")
        )

    def test_file_that_is_lost_is_made_anew(self):
        self.fetch("catalogue.xml")
        self.refresh()
        attachment = self.catalogue._attachment("catalogue.xml")
        os.unlink(attachment._full_path(attachment.store_fname))
        answer = self.fetch("catalogue.xml")
        self.assertEqual(answer.content, self.expected("catalogue.xml"))
        self.refresh()
        self.assertEqual(self.kept("catalogue.xml"), answer.content)

    @mute_logger("odoo.addons.lengow_connector.controllers.catalogue")
    def test_nothing_is_made_of_what_is_damaged(self):
        attachment = self.catalogue._attachment("catalogue.csv")
        attachment.raw = attachment.raw[:-20]
        self.assertEqual(self.fetch("catalogue.xml").status_code, 404)

    @mute_logger("odoo.addons.lengow_connector.controllers.catalogue")
    def test_nothing_is_made_of_what_is_lost_while_it_is_read(self):
        attachment = self.catalogue._attachment("catalogue.csv")
        os.unlink(attachment._full_path(attachment.store_fname))
        with patch.object(lengow_catalogue_files, "is_there", bool):
            self.assertEqual(self.fetch("catalogue.xml").status_code, 404)

    @mute_logger("odoo.addons.lengow_connector.controllers.catalogue")
    def test_file_that_was_emptied_is_not_sent_and_made_anew(self):
        """As a crash of the machine leaves what had not reached the disk."""
        self.fetch("catalogue.xml")
        self.refresh()
        for name in ("catalogue.csv", "catalogue.xml"):
            attachment = self.catalogue._attachment(name)
            path = attachment._full_path(attachment.store_fname)
            before = self.fetch(name).content
            os.truncate(path, 0)
            self.addCleanup(_remove_empty, path)
            if name == "catalogue.csv":
                for asked in (name, f"{name}.gz"):
                    self.assertEqual(self.fetch(asked).status_code, 404)
            self.refresh()
            self.assertEqual(self.fetch(name).content, before)
            self.assertTrue(os.path.getsize(path))

    @mute_logger("odoo.addons.lengow_connector.models.catalogue.lengow_catalogue_files")
    def test_csv_file_is_published_where_another_format_cannot_be_made(self):
        self.fetch("catalogue.xml")
        self.refresh()
        before = self.catalogue._attachment("catalogue.csv").checksum
        full = OSError(28, "No space left on device")
        with patch.object(lengow_catalogue_files, "packed", side_effect=full):
            self.change()
        self.assertNotEqual(
            self.catalogue._attachment("catalogue.csv").checksum, before
        )
        self.assertFalse(self.catalogue.run_stage)
        answer = self.fetch("catalogue.xml")
        self.assertEqual(answer.content, self.expected("catalogue.xml"))
        self.refresh()
        self.assertEqual(self.kept("catalogue.xml"), answer.content)

    def test_nothing_is_made_of_what_is_lost(self):
        attachment = self.catalogue._attachment("catalogue.csv")
        os.unlink(attachment._full_path(attachment.store_fname))
        self.assertEqual(self.fetch("catalogue.xml").status_code, 404)


def _remove_empty(path):
    """Remove what would keep the next file of the same content from being written."""
    if os.path.isfile(path) and not os.path.getsize(path):
        os.unlink(path)
