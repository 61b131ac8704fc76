"""The overview: its numbers are what its lists show, for whoever looks, at low cost."""

import json
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from ..models.overview.jobs import JOBS
from ..models.overview.lengow_overview import RECENT
from ..models.overview.recent import DAYS
from .common.overview import OverviewCase


@tagged("post_install", "-at_install")
class TestOverviewNumbers(OverviewCase):
    def filters(self):
        view = self.env.ref("lengow_connector.lengow_order_view_search")
        return {
            node.get("name"): safe_eval(node.get("domain"))
            for node in etree.fromstring(view.arch).iter("filter")
            if node.get("domain")
        }

    def counts(self, user=None):
        return self.Overview.with_user(user or self.user)._count()

    def names(self, job, user=None):
        Order = self.env["lengow.order"].with_user(user or self.user)
        return sorted(Order.search(self.filters()[job]).mapped("name"))

    # === NUMBERS ARE LISTS === #

    def test_every_number_is_the_count_of_what_its_list_shows(self):
        self.create_one_of_each()
        shown = {job["name"]: job for job in self.overview()["jobs"]}
        Order = self.env["lengow.order"].with_user(self.user)
        for job in JOBS:
            with self.subTest(job=job.name):
                count = Order.search_count(self.filters()[job.name])
                self.assertEqual(shown[job.name]["count"], count)
                self.assertTrue(count or job.name == "to_ship_today")
                action = self.env.ref(shown[job.name]["action"])
                self.assertEqual(action.res_model, "lengow.order")

    def test_every_number_of_a_card_is_the_count_of_what_its_list_shows(self):
        self.create_one_of_each()
        Order = self.env["lengow.order"].with_user(self.user)
        for marketplace in self.marketplace | self.other_marketplace:
            of_marketplace = [("marketplace_id", "=", marketplace.id)]
            for job in self.card(marketplace)["jobs"]:
                with self.subTest(marketplace=marketplace.code, job=job["name"]):
                    found = self.filters()[job["name"]]
                    count = Order.search_count(of_marketplace + found)
                    self.assertEqual(job["count"], count)

    def test_what_could_not_be_read_again_is_a_change_after_the_import(self):
        unread = {"unread_from": "imported", "unread_since": self.now}
        self.create_order("UNREAD", **unread)
        self.create_order("GONE", anonymised_at=self.now, **unread)
        long_ago = self.now - timedelta(days=31)
        self.create_order("OLD", **{**unread, "unread_since": long_ago})
        self.create_order("NEW", **{**unread, "import_state": "waiting"})
        self.assertEqual(self.names("changed"), ["UNREAD"])

    def test_every_job_finds_what_it_is_called_for(self):
        self.create_one_of_each()
        expected = {
            "to_accept": ["ACCEPT-1", "ACCEPT-2"],
            "late": ["LATE"],
            "to_ship": ["LATE", "LATER", "PICKUP", "PRINT", "UNDATED"],
            "to_ship_today": [],
            "to_ship_later": ["LATER", "PICKUP", "PRINT", "UNDATED"],
            "to_fix": ["BILL", "FIX"],
            "action_failed": ["FAILED"],
            "changed": ["CHANGED"],
            "to_match": ["MATCH"],
            "refunds": ["REFUND"],
            "documents_to_print": ["PRINT"],
        }
        self.assertEqual({job.name for job in JOBS}, expected.keys())
        for job, names in expected.items():
            with self.subTest(job=job):
                self.assertEqual(self.names(job), names)

    def test_the_parts_of_a_job_are_its_whole_wherever_the_user_is(self):
        for hours in range(-30, 60, 3):
            self.create_order(
                f"H{hours}", ship_before=self.now + timedelta(hours=hours)
            )
        self.create_order("UNDATED")
        for tz in ("UTC", "Pacific/Auckland", "America/Los_Angeles"):
            with self.subTest(tz=tz):
                self.user.tz = tz
                user = self.user.with_context(tz=tz)
                counts = self.Overview.with_user(user).with_context(tz=tz)._count()
                parts = ("late", "to_ship_today", "to_ship_later")
                self.assertEqual(counts["to_ship"], sum(counts[p] for p in parts))

    def test_an_order_tells_its_most_urgent_job(self):
        self.create_one_of_each()
        jobs = {o.name: o.job for o in self.account.order_ids}
        self.assertEqual(jobs["LATE"], "late")
        self.assertEqual(jobs["PRINT"], "to_ship")
        self.assertEqual(jobs["FIX"], "to_fix")
        self.assertFalse(jobs["DONE"])
        free = self.env["lengow.order"].search([("job", "=", False)])
        self.assertEqual(free.mapped("name"), ["DONE"])

    # === WHAT IS NOBODY'S JOB === #

    def test_what_is_asked_for_leaves_its_queue_at_once(self):
        accept = {"lengow_status": "waiting_acceptance", "import_state": "waiting"}
        for job, kind, values in (
            ("to_accept", "accept", accept),
            ("to_accept", "refuse", accept),
            ("to_ship", "ship", {}),
            ("to_ship", "cancel", {}),
            ("refunds", "refund", {"lengow_status": "to_refund"}),
        ):
            order = self.create_order(f"{job}-{kind}", **values)
            for state, is_open in (
                ("todo", False),
                ("accepted", False),
                ("failed", True),
                ("withheld", True),
            ):
                with self.subTest(job=job, kind=kind, state=state):
                    action = self.ask(order, kind, state)
                    self.assertEqual(order.name in self.names(job), is_open)
                    action.unlink()

    def test_telling_our_number_is_not_shipping(self):
        order = self.create_order("LINKED")
        self.ask(order, "link")
        self.assertEqual(self.names("to_ship"), ["LINKED"])

    def test_what_others_ship_is_not_to_be_shipped_here(self):
        self.create_order("FBA", is_fulfilled_by_marketplace=True)
        self.create_order("TAKEN", import_state="ignored")
        self.assertEqual(self.names("to_ship"), [])

    def test_a_printed_document_is_done(self):
        document = self.add_document(self.create_order("PRINT"))
        self.assertEqual(self.counts()["documents_to_print"], 1)
        document.printed_at = self.now
        self.assertEqual(self.counts()["documents_to_print"], 0)

    # === CARDS === #

    def overview(self, user=None):
        return (
            self.env["lengow.marketplace"].with_user(user or self.user).get_overview()
        )

    def card(self, marketplace, user=None):
        self.env.invalidate_all()
        return marketplace.with_user(user or self.user).overview

    def test_nearest_deadline_over_all_marketplaces_and_at_each(self):
        self.create_one_of_each()
        accept = next(j for j in self.overview()["jobs"] if j["name"] == "to_accept")
        in_an_hour = fields.Datetime.to_string(self.now + timedelta(hours=1))
        self.assertEqual(accept["deadline"], in_an_hour)
        first = self.card(self.marketplace)["jobs"][0]
        in_five = fields.Datetime.to_string(self.now + timedelta(hours=5))
        self.assertEqual((first["name"], first["deadline"]), ("to_accept", in_five))

    def test_worth_is_in_the_usual_currency_and_says_what_is_not(self):
        self.create_order("E-1")
        self.create_order("E-2", amount_total=1234.5)
        self.assertIn("1,244.50", self.card(self.marketplace)["worth"])
        self.create_order("S-1", currency_id=self.env.ref("base.SEK").id)
        worth = self.card(self.marketplace)["worth"]
        self.assertIn("1,244.50", worth)
        self.assertIn("without the orders in SEK", worth)

    def test_orders_without_a_currency_are_orders(self):
        self.create_order("NONE", currency_id=False)
        worth = self.card(self.marketplace)["worth"]
        self.assertIn("without the orders in an unknown currency", worth)

    def test_graph_has_a_bar_a_day_and_leaves_out_what_was_canceled(self):
        self.create_order("OLD", order_date=self.now - timedelta(days=DAYS + 2))
        self.create_order("NO", lengow_status="canceled", order_date=self.now)
        self.create_order("NOW-1", order_date=self.now)
        self.create_order("NOW-2", order_date=self.now)
        self.env.invalidate_all()
        with freeze_time(self.now):  # its day, even if midnight has come since
            [graph] = json.loads(self.marketplace.with_user(self.user).overview_graph)
        values = [bar["value"] for bar in graph["values"]]
        self.assertEqual(values, [0] * (DAYS - 1) + [2])

    def test_busy_are_those_with_open_work_or_new_orders(self):
        Marketplace = self.env["lengow.marketplace"].with_user(self.user)
        busy = [("is_busy", "=", True)]
        self.assertFalse(Marketplace.search(busy))
        long_ago = self.now - timedelta(days=90)
        self.create_order("OPEN", order_date=long_ago)
        self.create_order(
            "CLOSED",
            self.other_marketplace,
            order_date=self.now,
            lengow_status="closed",
        )
        fnac = self.find_marketplace("fnac")
        self.create_order("OLD", fnac, order_date=long_ago, lengow_status="closed")
        expected = self.marketplace | self.other_marketplace
        self.assertEqual(Marketplace.search(busy), expected)
        self.assertFalse(fnac.with_user(self.user).is_busy)
        self.marketplace.active = False
        self.assertEqual(Marketplace.search(busy), self.other_marketplace)

    # === ACCOUNTS === #

    def health(self, user=None):
        return self.overview(user)["health"]

    def test_accounts_that_are_well_say_when_they_synchronized(self):
        self.account.last_sync_at = self.now
        health = self.health()
        self.assertFalse(health["troubles"])
        self.assertFalse(health["is_empty"])
        self.assertFalse(health["test_mode"])
        self.assertTrue(health["synced"].startswith("Last sync "))

    def test_what_never_synchronized_has_no_tick(self):
        self.account.last_sync_at = False
        self.assertFalse(self.health()["is_synced"])
        self.account.last_sync_at = self.now
        self.assertTrue(self.health()["is_synced"])

    def test_account_that_never_synchronized_is_not_said_to_have(self):
        self.account.last_sync_at = self.now
        self.account.copy({"name": "New"}).state = "connected"
        self.assertNotIn("all accounts", self.health()["synced"])

    def test_trouble_names_its_account_and_what_it_is(self):
        self.account.write({"state": "error", "error_message": "Wrong keys"})
        [trouble] = self.health()["troubles"]
        self.assertEqual(trouble["account_id"], self.account.id)
        self.assertEqual(trouble["text"], "Wrong keys")

    def test_scheduled_actions_that_stand_still_are_told(self):
        self.account.last_sync_at = self.now - timedelta(hours=5)
        self.assertFalse(self.health()["troubles"], "it was connected just now")
        self.account.live_since = self.now - timedelta(hours=6)
        [trouble] = self.health()["troubles"]
        self.assertIn("scheduled actions", trouble["text"])

    def test_test_mode_is_said_loudly(self):
        self.account.test_mode = True
        self.assertIn("Test Shop", self.health()["test_mode"])
        self.assertTrue(self.card(self.marketplace)["is_test"])

    def test_empty_database_teaches_whoever_may_connect(self):
        self.account.unlink()
        self.assertTrue(self.health()["is_empty"])
        self.assertEqual(self.help_for(self.manager), "<p>Connect</p>")
        self.assertIn("Manager", self.help_for(self.user))

    def test_nothing_to_do_says_so(self):
        self.assertIn("Nothing to do", self.help_for(self.manager))

    def test_an_account_that_is_not_connected_has_something_to_do(self):
        self.account.action_disconnect()
        self.assertNotIn("Nothing to do", self.help_for(self.manager))
        self.assertIn("Not connected yet", self.help_for(self.user))

    def help_for(self, user):
        Marketplace = self.env["lengow.marketplace"].with_user(user)
        return Marketplace.with_context(lengow_overview=True).get_empty_list_help(
            "<p>Connect</p>"
        )

    def test_synchronize_fetches_as_on_the_list(self):
        action = self.marketplace.with_user(self.user).action_sync_now()
        self.assertEqual(action["tag"], "display_notification")

    # === ACCESS === #

    def test_numbers_stay_within_the_companies(self):
        self.create_one_of_each()
        stranger = self.create_stranger("lengow_connector.group_manager")
        overview = self.overview(stranger)
        self.assertFalse(any(job["count"] for job in overview["jobs"]))
        self.assertTrue(overview["health"]["is_empty"])
        busy = self.env["lengow.marketplace"].with_user(stranger)
        self.assertFalse(busy.search([("is_busy", "=", True)]))

    def test_nobody_else_sees_numbers(self):
        accountant = self.create_accountant()
        with self.assertRaises(AccessError):
            self.overview(accountant)

    # === NEWS === #

    def test_a_run_that_did_something_tells_open_overviews(self):
        sent = []
        self.patch(
            type(self.env["bus.bus"]),
            "_sendone",
            lambda _bus, channel, kind, _message: sent.append((channel, kind)),
        )
        with self.crons():
            self.run_cron("cron_fetch_orders")
        group = self.env.ref("lengow_connector.group_user")
        self.assertIn((group, "lengow_overview_changed"), sent)


@tagged("post_install", "-at_install")
class TestOverviewCosts(OverviewCase):
    # The cards ask which of them are busy, what waits at those, and what is new.
    MOST_QUERIES = 2 * len(JOBS) + 10

    def queries_of(self, ask):
        """Return the reading queries that something runs, as they are sent."""
        queries = []
        execute = type(self.env.cr).execute

        def note(cursor, query, *args, **kwargs):
            queries.append(cursor.mogrify(query, *args) if args else query)
            return execute(cursor, query, *args, **kwargs)

        self.env.flush_all()
        self.env.invalidate_all()
        with patch.object(type(self.env.cr), "execute", note):
            ask(self.env["lengow.marketplace"].with_user(self.user))
        return queries

    def ask_for_head(self, Marketplace):
        Marketplace.get_overview()

    def ask_for_cards(self, Marketplace):
        Marketplace.search([("is_busy", "=", True)]).mapped("overview")

    def test_queries_do_not_grow_with_marketplaces(self):
        self.create_one_of_each()
        for ask in (self.ask_for_head, self.ask_for_cards):
            self.queries_of(ask)  # caches of the process
            queries = self.queries_of(ask)
            self.assertLessEqual(len(queries), self.MOST_QUERIES, queries)

    def test_nothing_reads_a_whole_table(self):
        self.create_one_of_each()
        self.fill(30_000)
        env = self.env(user=self.user)
        for name, domain in [("recent", RECENT), *((j.name, j.domain) for j in JOBS)]:
            with self.subTest(asked=name):
                self.assert_uses_indexes(env["lengow.order"]._search(domain))
