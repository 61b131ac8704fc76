"""An order's payload is parsed once, and never answers for another one."""

from collections import Counter
from unittest.mock import patch

from odoo.tests import tagged

from ..lengow_api import Order, payload_digest
from ..models.inbox import content_cache
from .common import LengowCase, address, package, payload


@tagged("post_install", "-at_install")
class TestOrderContent(LengowCase):
    def parses(self):
        """Count how often each payload is parsed from now on."""
        counts, original = Counter(), Order.from_payload

        def count(source):
            counts[payload_digest(source)] += 1
            return original(source)

        self.startPatcher(patch.object(Order, "from_payload", count))
        return counts

    def begin_transaction(self):
        """Forget what a transaction knows, as its end does."""
        self.env.flush_all()
        self.env.invalidate_all()
        self.env.cr.cache.clear()

    # === HOW OFTEN === #

    def test_new_order_is_parsed_once_until_it_is_a_sale_order(self):
        counts = self.parses()
        row = self.import_payload(payload("A-1"))
        self.assertEqual(row.import_state, "imported")
        self.assertEqual(list(counts.values()), [1])

    def test_batch_is_parsed_once_each(self):
        counts = self.parses()
        for number in range(7):
            self.put(payload(f"A-{number}"))
        self.sync()
        self.assertEqual(list(counts.values()), [1] * 7)

    def test_import_in_its_own_transaction_parses_once(self):
        self.put(payload("A-1"))
        with self.crons():
            self.run_cron("cron_fetch_orders")
        self.begin_transaction()
        counts = self.parses()
        with self.crons():
            self.run_cron("cron_process_orders")
        self.assertEqual(self.order("A-1").import_state, "imported")
        self.assertEqual(list(counts.values()), [1])

    def test_changed_imported_order_is_parsed_once_per_version(self):
        self.import_payload(payload("A-1"))
        for street in ("Other street 1", "Other street 2"):
            self.put(payload("A-1", package(delivery=address(first_line=street))))
            self.begin_transaction()
            counts = self.parses()
            self.sync()
            self.assertTrue(self.order("A-1").change_summary)
            self.assertEqual(set(counts.values()), {1})

    # === WHICH === #

    def test_content_is_the_one_of_the_payload_that_is_stored_now(self):
        row = self.import_payload(payload("A-1", comments="first"))
        self.assertEqual(row._content().comments, "first")
        row.sudo().payload = {**row.sudo().payload, "comments": "second"}
        self.assertEqual(row._content().comments, "second")

    def test_content_follows_a_rollback(self):
        row = self.import_payload(payload("A-1", comments="first"))
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            row.sudo().payload = {**row.sudo().payload, "comments": "second"}
            self.assertEqual(row._content().comments, "second")
            raise ZeroDivisionError
        self.assertEqual(row._content().comments, "first")

    def test_content_needs_no_access_to_the_payload(self):
        row = self.import_payload(payload("A-1"))
        user = self.create_user("content-reader", "lengow_connector.group_user")
        self.assertTrue(row.with_user(user)._content().lines)

    def test_memory_is_bounded(self):
        self.startPatcher(patch.object(content_cache, "LARGEST", 3))
        cache = content_cache.ContentCache()
        for number in range(10):
            cache.content(number, payload(f"A-{number}"))
        for version in range(10):
            cache.content(9, payload("A-9", comments=str(version)))
        self.assertEqual(len(cache), 3 - 1 + content_cache.VERSIONS)
