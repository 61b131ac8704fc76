"""What grows with a shop stays small: in memory, and in questions to the database."""

from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL

from ..models.inbox import lengow_todo
from ..wizards import lengow_order_anonymise
from .common import LengowCase, package, payload
from .common import line as order_line
from .common.copies import copy_orders

NEW_ERROR = {"is_error_new": SQL("true"), "reported_error": SQL("NULL")}


@tagged("post_install", "-at_install")
class TestGrowth(LengowCase):
    def in_memory(self, model, name):
        """Return of how many records a field is in memory."""
        return len(self.env[model]._fields[name]._get_cache(self.env))

    def measure(self, do):
        """Do something as a run does; return how many queries that took."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        do()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    # === ERRORS === #

    def broken_orders(self, count):
        order = self.import_payload(payload("B-1", package(order_line("NOPE"))))
        self.assertEqual(order.import_state, "error")
        return copy_orders(order, count, NEW_ERROR)

    def test_many_errors_are_told_in_one_mail_and_leave_the_memory(self):
        self.account.user_id = self.user
        self.user.email = "responsible@example.com"
        orders = self.broken_orders(120)
        self.env["mail.mail"].search([]).unlink()
        todo = self.env["lengow.todo"]
        with patch.object(lengow_todo, "BATCH_SIZE", 20):
            queries = self.measure(todo._settle_errors)
        self.assertLess(queries, 120, "not a query for each")
        self.assertLessEqual(self.in_memory("lengow.order", "error_message"), 70)
        mail = self.env["mail.mail"].search([])
        self.assertEqual(len(mail), 1)
        self.assertIn("marketplace orders to fix (120)", mail.subject)
        self.assertIn("COPY-00050", mail.body_html)
        self.assertNotIn("COPY-00051", mail.body_html)
        self.assertIn("And 70 more", mail.body_html)
        self.assertFalse(any(orders.mapped("is_error_new")))
        self.assertEqual(len(set(orders.mapped("reported_error"))), 1)

    def test_many_mended_errors_are_forgotten_and_leave_the_memory(self):
        orders = self.broken_orders(120)
        self.env["lengow.todo"]._settle_errors()
        self.env.cr.execute(
            SQL(
                "UPDATE lengow_order SET import_state = 'ignored', error_code = NULL "
                "WHERE id IN %s",
                tuple(orders.ids),
            )
        )
        todo = self.env["lengow.todo"]
        with patch.object(lengow_todo, "BATCH_SIZE", 20):
            queries = self.measure(todo._settle_errors)
        self.assertLess(queries, 120, "not a query for each")
        self.assertLessEqual(self.in_memory("lengow.order", "error_message"), 20)
        self.assertFalse(any(orders.mapped("reported_error")))

    def test_many_near_deadlines_are_counted_without_reading_the_orders(self):
        order = self.import_payload(payload("N-1"))
        soon = fields.Datetime.add(fields.Datetime.now(), hours=1)
        self.account.ship_warning_hours = 24
        near = {
            "due_at": SQL("%s::timestamp", soon),
            "phase": SQL("'to_ship'"),
            "ship_warned_for": SQL("NULL"),
        }
        orders = copy_orders(order, 120, near)
        warning = self.env["lengow.deadline.warning"]
        queries = self.measure(lambda: warning._warn_accounts(self.account))
        self.assertLess(queries, 120)
        self.assertLessEqual(self.in_memory("lengow.order", "customer_name"), 1)
        self.assertEqual(set(orders.mapped("ship_warned_for")), {soon})

    # === DELETIONS === #

    def test_preview_of_many_deletions_looks_at_some_and_counts_all(self):
        order = self.import_payload(payload("P-1"))
        orders = copy_orders(order, 120)
        Preview = self.env["lengow.order.anonymise"]
        found = []

        def preview(count):
            chosen = orders[:count].ids
            wizard = Preview.with_user(self.manager).create({"order_ids": chosen})
            found.append((wizard.order_count, wizard.previewed_count, wizard.listing))

        with patch.object(lengow_order_anonymise, "PREVIEWED", 20):
            few = self.measure(lambda: preview(60))
            many = self.measure(lambda: preview(120))
        self.assertLess(many - few, 20)
        self.assertEqual([row[:2] for row in found], [(60, 20), (120, 20)])
