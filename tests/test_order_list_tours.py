"""The list of orders and its board in the browser."""

from odoo.tests import HttpCase, tagged

from .common.overview import OverviewCase


@tagged("post_install", "-at_install")
class TestOrderListTours(OverviewCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.create_one_of_each()

    def test_chips_count_and_choose_within_what_is_searched_for(self):
        self.start_tour("/odoo/lengow-orders", "lengow_job_chips", login="lengow-user")

    def test_selected_orders_offer_what_they_allow(self):
        decider = self.find_marketplace("galeries_lafayette")
        waiting = {"lengow_status": "waiting_acceptance", "import_state": "waiting"}
        self.create_order("DECIDE", decider, **waiting)
        self.create_order("SHIP", self.find_marketplace("cdiscount"))
        self.start_tour(
            "/odoo/lengow-orders", "lengow_selected_orders", login="lengow-user"
        )

    def test_status_is_found_by_its_name(self):
        self.start_tour(
            "/odoo/lengow-orders", "lengow_search_orders", login="lengow-user"
        )

    def test_every_view_opens(self):
        self.create_order("DUE", ship_before=self.now)
        self.start_tour(
            "/odoo/lengow-orders", "lengow_views_of_orders", login="lengow-user"
        )


@tagged("post_install", "-at_install")
class TestListNews(OverviewCase, HttpCase):
    def test_a_list_follows_what_others_do_once_no_row_is_selected(self):
        self.account.undo_seconds = 60
        orders = self.env["lengow.order"]
        for number in (1, 2, 3):
            orders |= self.receive(f"TOUR-{number}")
        self.start_tour(
            "/odoo/lengow-orders",
            "lengow_list_follows",
            login="lengow-user",
            timeout=240,
        )
        self.assertEqual(orders[:2].mapped("pending_kind"), ["accept"] * 2)
        self.assertFalse(orders[2].pending_kind)
