"""Lists of orders: what is due first, by phase, found by whatever is at hand."""

from datetime import timedelta
from unittest.mock import patch

from lxml import etree

from odoo.tests import tagged
from odoo.tools import SQL

from ..lengow_api import STATUS_CODES
from .common.overview import OverviewCase

PHASES = {
    "new": "waiting",
    "waiting_acceptance": "to_accept",
    "accepted": "waiting",
    "waiting_shipment": "to_ship",
    "shipped": "in_transit",
    "closed": "closed",
    "refused": "closed",
    "canceled": "closed",
    "refunding": "closed",
    "refunded": "closed",
    "partial_refunded": "in_transit",
    "to_refund": "to_refund",
    "pickup_to_prepare": "to_ship",
    "to_pickup": "in_transit",
    "pickup_completed": "closed",
    "pickup_canceled": "closed",
    "unknown": "waiting",
}


@tagged("post_install", "-at_install")
class TestOrderLists(OverviewCase):
    def found(self, field, text, user=None, operator="ilike"):
        Order = self.env["lengow.order"].with_user(user or self.user)
        return Order.search([(field, operator, text)])

    # === PHASES === #

    def test_every_status_has_its_phase(self):
        self.assertEqual(PHASES.keys() - {"unknown"}, set(STATUS_CODES))
        order = self.create_order("A-1")
        for status, phase in PHASES.items():
            with self.subTest(status=status):
                order.lengow_status = status
                self.assertEqual(order.phase, phase)

    def test_what_stops_an_order_comes_before_its_status(self):
        order = self.create_order("A-1", import_state="error")
        self.assertEqual(order.phase, "to_fix")
        order.write({"import_state": "imported", "invoice_state": "error"})
        self.assertEqual(order.phase, "to_fix")
        order.invoice_state = "done"
        self.assertEqual(order.phase, "to_ship")

    def test_what_was_asked_for_is_under_way_until_it_shows(self):
        order = self.create_order("A-1")
        action = self.ask(order, "ship")
        self.assertEqual(order.phase, "under_way")
        action.state = "failed"
        self.assertEqual(order.phase, "to_ship")

    def test_what_led_to_nothing_for_a_day_is_to_do_again(self):
        order = self.create_order("A-1")
        self.ask(order, "ship")
        self.assertEqual(order.phase, "under_way")
        order.pending_since = self.now - timedelta(days=2)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE lengow_order SET phase = 'under_way' WHERE id = %s", (order.id,)
        )
        order.invalidate_recordset()
        self.assertEqual(order.phase, "under_way", "nobody has touched it since")
        with self.crons():
            self.run_cron("cron_warn_deadlines")
        self.assertEqual(order.phase, "to_ship")

    def test_what_others_ship_is_closed_and_never_due(self):
        due = {"ship_before": self.now}
        for values in ({"import_state": "ignored"}, {"is_fulfilled_by_marketplace": 1}):
            with self.subTest(values=values):
                order = self.create_order(str(values), **due, **values)
                self.assertEqual(order.phase, "closed")
                self.assertFalse(order.due_at)

    def test_phases_are_in_the_order_of_an_orders_life(self):
        self.create_one_of_each()
        # as the board asks
        Order = self.env["lengow.order"].with_context(read_group_expand=True)
        groups = Order.web_read_group([], ["phase"], ["__count"])
        self.assertEqual(
            [group["phase"] for group in groups["groups"]],
            ["to_fix", "to_accept", "to_ship", "to_refund", "in_transit", "closed"],
        )

    # === DEADLINES === #

    def test_deadline_is_that_of_the_next_step(self):
        accept, ship = self.now + timedelta(hours=5), self.now + timedelta(days=2)
        order = self.create_order("A-1", accept_before=accept, ship_before=ship)
        for status, deadline in (
            ("new", False),
            ("waiting_acceptance", accept),
            ("accepted", False),
            ("waiting_shipment", ship),
            ("pickup_to_prepare", ship),
            ("shipped", False),
            ("canceled", False),
        ):
            with self.subTest(status=status):
                order.lengow_status = status
                self.assertEqual(order.due_at, deadline)

    def test_list_begins_with_what_is_due(self):
        self.create_order("LATER", ship_before=self.now + timedelta(days=2))
        self.create_order("NEW", lengow_status="new", order_date=self.now)
        self.create_order("LATE", ship_before=self.now - timedelta(days=2))
        self.create_order("OLD", lengow_status="closed")
        view = self.env.ref("lengow_connector.lengow_order_view_list")
        order = etree.fromstring(view.arch).get("default_order")
        names = self.env["lengow.order"].search([], order=order).mapped("name")
        self.assertEqual(names, ["LATE", "LATER", "NEW", "OLD"])

    # === SEARCH === #

    def test_order_is_found_by_whatever_is_at_hand(self):
        order = self.import_order("HAND-1")
        sale = order.sudo().sale_order_ids
        sale.picking_ids.carrier_tracking_ref = "6A0000012345"
        order.sudo().write({"customer_name": "Sacha Muster", "email": "x9@relay.test"})
        self.create_order("HAND-2", customer_name="Robin Specimen")
        for text in (
            "AND-1",
            sale.name,
            "sacha m",
            "x9@relay",
            "SHIRT",
            "000001234",
        ):
            with self.subTest(text=text):
                self.assertEqual(self.found("keyword", text), order)
        self.assertEqual(self.found("tracking", "000001234"), order)
        self.assertFalse(self.found("tracking", "SHIRT"))
        self.assertFalse(self.found("keyword", "nothing like it"))

    def test_parcel_that_was_reported_by_hand_is_found(self):
        order = self.create_order("A-1", lengow_status="shipped")
        action = self.ask(order, "ship", "done")
        action.parameters = {"carrier": "DHL", "tracking_number": "JJD0099"}
        self.assertEqual(self.found("keyword", "jjd0099"), order)
        action.parameters = {"carrier": "DHL"}  # as when its buyer is forgotten
        self.assertFalse(self.found("tracking", "JJD0099"))

    def test_search_shows_nothing_of_another_company(self):
        order = self.create_order("A-1", customer_name="Sacha Muster")
        stranger = self.create_stranger("lengow_connector.group_manager")
        self.assertEqual(self.found("keyword", "sacha"), order)
        self.assertFalse(self.found("keyword", "sacha", stranger))

    def test_a_page_and_its_number_are_searched_for_once(self):
        named = {"customer_name": "Sacha Muster"}
        orders = [self.create_order(f"KEY-{number}", **named) for number in range(4)]
        names = [order.name for order in reversed(orders)]
        Order = self.env["lengow.order"].with_user(self.user)
        for field in ("keyword", "customer_name"):
            domain = [(field, "ilike", "sacha")]
            for offset, count_limit, length in (
                (0, 10, 4),
                (2, 10, 4),
                (0, 3, 3),
                # Somebody has asked for the whole number, or is beyond the last one.
                (2, 10**9, 4),
                (2, None, 4),
                (4, 10, 0),
            ):
                with self.subTest(field=field, offset=offset, count_limit=count_limit):
                    page = Order.web_search_read(
                        domain, {"name": {}}, offset, 2, "id desc", count_limit
                    )
                    shown = [record["name"] for record in page["records"]]
                    self.assertEqual(shown, names[offset : offset + 2])
                    if shown:
                        self.assertEqual(page["length"], length)

    def test_what_is_searched_for_by_text_is_in_the_order_of_the_list(self):
        for day in (2, 4, 1, 3):
            self.create_order(f"KEY-{day}", order_date=self.now - timedelta(days=day))
        Order = self.env["lengow.order"].with_user(self.user)
        domain = [("keyword", "ilike", "key-")]
        for order in (None, "", "order_date desc, id desc"):
            for count_limit in (None, 3, 10001):
                with self.subTest(order=order, count_limit=count_limit):
                    page = Order.web_search_read(
                        domain, {"name": {}}, 1, 2, order, count_limit
                    )
                    shown = [record["name"] for record in page["records"]]
                    self.assertEqual(shown, ["KEY-2", "KEY-3"])

    def test_a_search_by_text_is_one_query_and_the_page_another(self):
        self.create_order("KEY-1")
        self.create_order("KEY-2")
        Order = self.env["lengow.order"].with_user(self.user)
        domain = [("keyword", "ilike", "key-")]

        def search():
            self.env.invalidate_all()
            with patch.object(type(Order), "search_count") as count:
                page = Order.web_search_read(
                    domain, {"name": {}}, limit=1, count_limit=10001
                )
            self.assertFalse(count.called)
            return page["length"]

        search()
        with self.assertQueryCount(2):
            self.assertEqual(search(), 2)

    def test_order_tells_its_numbers_in_odoo_without_access_to_sales(self):
        order = self.import_order("A-1")
        self.assertEqual(
            order.with_user(self.user).sale_numbers, order.sudo().sale_order_ids.name
        )
        self.assertFalse(self.create_order("A-2").sale_numbers)

    # === WHAT IS OFFERED === #

    def test_nothing_technical_is_offered_for_filters(self):
        Order = self.env["lengow.order"].with_user(self.user)
        described = Order.fields_get()
        for name in ("payload_digest", "reported_error", "is_error_new"):
            self.assertFalse(described[name]["searchable"])
            self.assertFalse(described[name]["groupable"])
        for name in ("name", "phase", "due_at", "customer_name"):
            self.assertTrue(described[name]["searchable"], name)
        self.assertTrue(Order.search_count([("reported_error", "=", False)]) >= 0)
        users = type(self.env["res.users"])
        with patch.object(users, "has_group", lambda _self, _group: True):
            self.assertTrue(Order.fields_get()["payload_digest"]["searchable"])

    def test_below_its_account_a_marketplace_needs_no_account_beside_it(self):
        self.create_order("A-1")
        self.create_account(name="Second Shop", access_token="x")
        self.env.invalidate_all()
        self.assertEqual(self.marketplace.display_name, "Amazon FR (Test Shop)")
        Order = self.env["lengow.order"].with_user(self.user)
        names = {"account_id": "Amazon FR", None: "Amazon FR (Test Shop)"}
        for group_by, name in names.items():
            with self.subTest(group_by=group_by):
                shown = Order.search_panel_select_multi_range(
                    "marketplace_id", group_by=group_by
                )["values"]
                self.assertIn(name, [value["display_name"] for value in shown])

    def test_panel_lists_the_marketplaces_of_what_is_seen_and_searched_for(self):
        self.create_order("A-1")
        another = self.create_order("A-2", self.other_marketplace)
        Order = self.env["lengow.order"].with_user(self.user)

        def shown(order=Order, **search):
            panel = order.search_panel_select_multi_range("marketplace_id", **search)
            return {value["id"] for value in panel["values"]}

        both = {self.marketplace.id, self.other_marketplace.id}
        self.assertEqual(shown(), both)
        self.assertEqual(
            shown(search_domain=[("name", "=", "A-2")]), {another.marketplace_id.id}
        )
        counted = Order.search_panel_select_multi_range(
            "marketplace_id", enable_counters=True
        )
        self.assertEqual({value["__count"] for value in counted["values"]}, {1})
        stranger = self.create_stranger("lengow_connector.group_user")
        self.assertFalse(shown(Order.with_user(stranger)))

    def test_panel_lists_no_marketplace_that_sells_for_another_company_alone(self):
        stranger = self.create_stranger("lengow_connector.group_user")
        rule = self.env["lengow.routing.rule"].create(
            {"account_id": self.account.id, "company_id": stranger.company_id.id}
        )
        self.create_order("A-1")
        theirs = self.create_order(
            "B-1", self.other_marketplace, routing_rule_id=rule.id
        )
        self.assertEqual(theirs.company_id, stranger.company_id)
        self.env.flush_all()
        Marketplace = self.env["lengow.marketplace"].with_user(stranger)
        self.assertIn(self.other_marketplace, Marketplace.search([]))
        theirs.marketplace_id.active = False
        for user, marketplace in (
            (self.user, self.marketplace),
            (stranger, self.other_marketplace),
        ):
            for group_by in (None, "account_id"):
                with self.subTest(user=user.login, group_by=group_by):
                    Order = self.env["lengow.order"].with_user(user)
                    panel = Order.search_panel_select_multi_range(
                        "marketplace_id", group_by=group_by
                    )
                    # Odoo lists by account what is not archived.
                    is_listed = marketplace.active or not group_by
                    self.assertEqual(
                        [value["id"] for value in panel["values"]],
                        marketplace.ids if is_listed else [],
                    )

    def test_marketplaces_are_listed_by_account_once_there_are_several(self):
        def groupby():
            view = self.env["lengow.order"].with_user(self.user)
            views = view.get_views([(False, "search")])["views"]
            arch = etree.fromstring(views["search"]["arch"])
            return arch.find("searchpanel/field[@name='marketplace_id']").get("groupby")

        self.assertFalse(groupby())
        another = self.env["lengow.account"].create({"name": "Another Shop"})
        self.assertEqual(groupby(), "account_id")
        # Its orders stay in the list, and its marketplaces keep its name.
        another.active = False
        self.assertEqual(groupby(), "account_id")

    def test_only_where_there_are_no_orders_it_says_how_they_come(self):
        def shown(name):
            Action = self.env["ir.actions.act_window"].with_user(self.user)
            return Action._for_xml_id(f"lengow_connector.{name}")["help"]

        self.assertIn("No marketplace order yet", shown("lengow_order_action"))
        self.create_order("A-1")
        self.assertIn("No order here", shown("lengow_order_action"))
        self.assertIn("Nothing to fix", shown("lengow_order_to_fix_action"))

    # === CHIPS === #

    def test_chips_count_within_what_is_searched_for(self):
        self.create_one_of_each()
        Order = self.env["lengow.order"].with_user(self.user)
        self.assertEqual(Order.get_overview()["to_accept"], 2)
        here = [["marketplace_id", "in", self.other_marketplace.ids]]
        self.assertEqual(Order.get_overview(here)["to_accept"], 1)
        self.assertEqual(Order.get_overview(here)["to_ship"], 0)


@tagged("post_install", "-at_install")
class TestOrderListCosts(OverviewCase):
    def test_lists_read_no_whole_table(self):
        self.fill(30_000)
        Order = self.env(user=self.user)["lengow.order"]
        view = self.env.ref("lengow_connector.lengow_order_view_list")
        order = etree.fromstring(view.arch).get("default_order")
        for name, domain in {
            "the list": [],
            "a phase": [("phase", "=", "to_ship")],
        }.items():
            with self.subTest(asked=name):
                query = Order._search(domain, order=order, limit=80)
                self.assert_uses_indexes(query)

    def test_filters_of_what_is_rare_have_indexes(self):
        self.fill(30_000)
        Order = self.env(user=self.user)["lengow.order"]
        view = self.env.ref("lengow_connector.lengow_order_view_list")
        order = etree.fromstring(view.arch).get("default_order")
        for index, domain in {
            "express": [("is_express", "=", True)],
            "prime": [("is_prime", "=", True)],
            "business": [("is_business", "=", True)],
            "fulfilled": [("is_fulfilled_by_marketplace", "=", True)],
            "ignored": [("import_state", "=", "ignored")],
            "pending": [("pending_kind", "!=", False)],
            "doubtful": [("tax_doubt", "!=", False)],
            "failing": [("error_message", "ilike", "nothing like it")],
        }.items():
            with self.subTest(index=index):
                query = Order._search(domain, order=order, limit=80)
                rows = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
                plan = "\n".join(row[0] for row in rows)
                self.assertIn(f"lengow_order_{index}_idx", plan)
