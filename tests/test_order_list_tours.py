"""The list of orders and its board in the browser."""

from ast import literal_eval
from datetime import timedelta

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
        settled = {**waiting, "import_state": "ignored", "dismissed_at": self.now}
        self.create_order("SETTLED", decider, **settled)
        broken = {"import_state": "error", "error_code": "product_missing"}
        self.create_order("BROKEN", self.find_marketplace("cdiscount"), **broken)
        self.start_tour(
            "/odoo/lengow-orders", "lengow_selected_orders", login="lengow-user"
        )

    def test_status_is_found_by_its_name(self):
        self.start_tour(
            "/odoo/lengow-orders", "lengow_search_orders", login="lengow-user"
        )

    def test_every_view_opens(self):
        number = "408-0001108-0001108"
        order = self.create_order(number, ship_before=self.now, unread_from="imported")
        partner = self.env["res.partner"].create({"name": "Robin Muster"})
        self.env["sale.order"].create(
            {"partner_id": partner.id, "lengow_order_id": order.id}
        )
        self.start_tour(
            "/odoo/lengow-orders", "lengow_views_of_orders", login="lengow-user"
        )

    def test_favorites_open_what_they_are_called_by(self):
        action = self.env.ref("lengow_connector.lengow_order_action")
        filters = self.env["ir.filters"].with_user(self.user)
        favorites = filters.get_filters("lengow.order", action.id)
        jobs = {literal_eval(favorite["domain"])[0][2] for favorite in favorites}
        self.assertLessEqual(
            {"to_accept", "to_ship", "to_fix", "documents_to_print"}, jobs
        )
        self.assertFalse(any(favorite["is_default"] for favorite in favorites))
        Order = self.env["lengow.order"].with_user(self.user)
        for favorite in favorites:
            with self.subTest(favorite=favorite["name"]):
                domain = literal_eval(favorite["domain"])
                groupby = literal_eval(favorite["context"])["group_by"]
                groups = Order.web_read_group(domain, groupby)["groups"]
                self.assertTrue(groups)
                self.assertEqual(
                    sum(group["__count"] for group in groups),
                    Order.search_count(domain),
                )


@tagged("post_install", "-at_install")
class TestOrderCalendar(OverviewCase, HttpCase):
    def test_a_deadline_at_midnight_is_of_its_day(self):
        """Odoo would make an hour of it, which ends on the next day."""
        end_of_day = self.now.replace(hour=23, minute=59, second=59)
        self.create_order("MIDNIGHT", ship_before=end_of_day)
        self.start_tour(
            "/odoo/lengow-orders", "lengow_calendar_of_orders", login="lengow-user"
        )


@tagged("post_install", "-at_install")
class TestNarrowList(OverviewCase, HttpCase):
    browser_size = "1280x800"

    def test_columns_of_a_laptop_are_not_cut(self):
        whole = self.create_order(
            "408-0001108-0001108",
            self.other_marketplace,
            lengow_status="waiting_acceptance",
            import_state="waiting",
            accept_before=self.now + timedelta(days=1),
            customer_name="Robin Muster",
            amount_total=2241.57,
            is_express=True,
        )
        for number in range(12):
            self.create_order(f"BULK-{number}", amount_total=95000.0)
        self.env["lengow.order.line"].create(
            [
                {
                    "order_id": whole.id,
                    "sku": f"SKU-{amount:.0f}",
                    "amount_total": amount,
                }
                for amount in (2241.57, 500000.0, 500000.0)
            ]
        )
        self.start_tour(
            "/odoo/lengow-orders", "lengow_whole_columns", login="lengow-user"
        )


class TwoAccountsCase(OverviewCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.account.name = "My Brand"
        self.create_account(name="My Other Brand", access_token="x")
        self.create_order(
            "BRAND-1",
            self.find_marketplace("galeries_lafayette"),
            customer_name="Dominique Voorbeeld",
            import_state="error",
            error_code="product_missing",
            error_message="No product has the SKU LGW-4711. " * 9,
        )

    def look(self, path, tour):
        self.start_tour(f"/odoo/{path}", tour, login="lengow-user")


@tagged("post_install", "-at_install")
class TestTwoAccountsOnALaptop(TwoAccountsCase):
    browser_size = "1280x800"

    def test_a_marketplace_is_told_apart_by_its_account(self):
        for path in ("lengow-orders", "lengow-orders-to-fix"):
            with self.subTest(path=path):
                self.look(path, "lengow_whole_marketplace")


@tagged("post_install", "-at_install")
class TestTwoAccountsOnAWideScreen(TwoAccountsCase):
    browser_size = "1600x900"

    def test_a_marketplace_takes_one_line(self):
        self.look("lengow-orders", "lengow_marketplace_on_a_line")


@tagged("post_install", "-at_install")
class TestListNews(OverviewCase, HttpCase):
    def test_a_list_follows_what_others_do_once_no_row_is_selected(self):
        self.account.undo_seconds = 60
        orders = self.env["lengow.order"]
        for number in (1, 2, 3):
            orders |= self.receive(f"TOUR-{number}")
        for number in range(1, 11):
            self.receive(f"BEFORE-{number}")
        self.start_tour(
            "/odoo/lengow-orders",
            "lengow_list_follows",
            login="lengow-user",
            timeout=240,
        )
        self.assertEqual(orders[:2].mapped("pending_kind"), ["accept"] * 2)
        self.assertFalse(orders[2].pending_kind)

    def test_a_list_that_is_left_before_it_is_there_follows_nothing(self):
        self.start_tour(
            "/odoo/lengow-accounts",
            "lengow_left_before_it_is_there",
            login="lengow-user",
        )
