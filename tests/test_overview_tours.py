"""The overview in the browser."""

from odoo.tests import HttpCase, tagged

from .common.overview import OverviewCase


@tagged("post_install", "-at_install")
class TestOverviewTours(OverviewCase, HttpCase):
    def test_a_number_leads_to_its_orders(self):
        self.create_one_of_each()
        self.create_order("TOUR-LATE", self.other_marketplace, ship_before="2026-01-02")
        self.account.test_mode = True
        self.start_tour("/odoo/lengow", "lengow_overview", login="lengow-user")

    def test_empty_database_leads_to_a_new_account(self):
        self.account.unlink()
        self.start_tour("/odoo/lengow", "lengow_overview_empty", login="lengow-manager")
