"""The administrator's page in the browser."""

from odoo.tests import HttpCase, tagged

from .common import LengowCase


@tagged("post_install", "-at_install")
class TestHealthTours(LengowCase, HttpCase):
    def test_manager_pauses_and_resumes_an_account(self):
        self.run_cron("cron_fetch_orders")
        self.start_tour("/odoo/lengow-health", "lengow_health", login="lengow-manager")
        self.assertFalse(self.account.paused_since)
        self.assertIn("Stock-taking", " ".join(self.account.message_ids.mapped("body")))
