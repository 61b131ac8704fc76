"""What nobody but an administrator learns or changes of a catalog's address."""

import logging
from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common.catalogue_files import CatalogueFilesCase, written

SECRETS = ("token", "old_token", "url", "stock_url")
STORED = ("token", "old_token", "old_token_until")
TRAP = "https://trap.example.com"


@tagged("post_install", "-at_install")
class TestCatalogueSecrets(CatalogueFilesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.create_user(
            "lengow-admin", "lengow_connector.group_manager", "base.group_system"
        )
        cls.manager.group_ids += cls.env.ref("base.group_allow_export")
        cls.mine = cls.catalogue.with_user(cls.admin)
        cls.theirs = cls.catalogue.with_user(cls.manager)

    # === WHO READS IT === #

    def test_secret_is_not_offered_for_export_to_anybody(self):
        fields = self.mine.fields_get(SECRETS, ["exportable"])
        offered = [name for name in SECRETS if fields[name]["exportable"]]
        self.assertFalse(offered)

    def test_nobody_else_searches_sorts_groups_or_exports_it(self):
        Catalogue = self.env["lengow.catalogue"].with_user(self.manager)
        Fetch = self.env["lengow.catalogue.fetch"].with_user(self.manager)
        asked = {
            "search": lambda name: Catalogue.search([(name, "=like", "a%")]),
            "order": lambda name: Catalogue.search([], order=name),
            "group": lambda name: Catalogue.formatted_read_group(
                [], [name], ["__count"]
            ),
            "aggregate": lambda name: Catalogue.formatted_read_group(
                [], [], [f"{name}:array_agg"]
            ),
            "path": lambda name: Fetch.search([(f"catalogue_id.{name}", "!=", False)]),
            "order of path": lambda name: Fetch.search(
                [], order=f"catalogue_id.{name}"
            ),
            "filter": lambda name: self.theirs.filtered_domain([(name, "!=", False)]),
            "export": lambda name: self.theirs.export_data([name]),
            "read": lambda name: self.theirs.web_read({name: {}}),
        }
        for way, ask in asked.items():
            for name in STORED:
                # Odoo sorts by no path at all.
                error = ValueError if way == "order of path" else AccessError
                with self.subTest(way=way, field=name), self.assertRaises(error):
                    ask(name)

    def test_reading_and_changing_forms_shows_nothing_secret(self):
        self.mine.action_rotate_token()
        secrets = {self.catalogue.token, self.catalogue.old_token}
        told = [
            self.theirs.read(),
            self.theirs.onchange({"name": "x"}, ["name"], {"name": {}}),
            self.theirs.copy_data(),
            self.env["lengow.catalogue"]
            .with_user(self.manager)
            .default_get(list(self.catalogue._fields)),
            self.theirs.message_ids.read(["body"]),
        ]
        for secret in secrets:
            self.assertNotIn(secret, str(told))

    # === WHERE IT GOES === #

    def test_only_an_administrator_says_where_the_secret_is_sent(self):
        """The check of the address sends it there."""
        Catalogue = self.env["lengow.catalogue"].with_user(self.manager)
        with self.assertRaises(AccessError):
            self.theirs.base_url = TRAP
        with self.assertRaises(AccessError):
            Catalogue.create({"name": "Trap", "base_url": TRAP})
        with self.assertRaises(AccessError):
            Catalogue.with_context(default_base_url=TRAP).create({"name": "Trap"})
        with self.assertRaises(AccessError):
            self.theirs.copy({"base_url": TRAP})
        self.mine.base_url = TRAP
        self.theirs.write({"base_url": TRAP, "name": "Renamed"})  # as it is
        self.assertEqual(self.theirs.copy().base_url, TRAP)

    def test_only_an_administrator_says_who_may_fetch_and_how_long(self):
        self.mine.addresses = "46.19.183.204"
        for values in ({"addresses": False}, {"token_days": 90}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                self.theirs.write(values)
        self.theirs.write({"addresses": "46.19.183.204", "token_days": 7})
        self.assertEqual(self.theirs.copy().addresses, "46.19.183.204")

    def test_managers_set_catalogs_up_all_the_same(self):
        dialog = self.env["lengow.catalogue.setup"].with_user(self.manager)
        dialog.create({"name": "New"}).action_create()
        catalogue = self.env["lengow.catalogue"].search([("name", "=", "New")])
        self.assertEqual(catalogue.base_url, catalogue.get_base_url())

    # === THE FILES === #

    def test_only_the_system_writes_files(self):
        Attachment = self.env["ir.attachment"].with_user(self.manager)
        published = self.catalogue._attachment("catalogue.csv")
        values = {
            "name": "catalogue.csv.gz",
            "res_model": "lengow.catalogue",
            "res_id": self.catalogue.id,
            "res_field": "file_ids",
            "raw": b"other",
        }
        with self.assertRaises(AccessError):
            Attachment.create(values)
        with self.assertRaises(AccessError):
            published.with_user(self.manager).raw = b"other"
        with self.assertRaises(AccessError):
            published.with_user(self.manager).unlink()
        other = Attachment.create({**values, "res_field": False})
        with self.assertRaises(AccessError):
            other.res_field = "file_ids"
        mine = Attachment.create(
            {**values, "res_model": False, "res_id": False, "res_field": False}
        )
        with self.assertRaises(AccessError):
            mine.write({name: values[name] for name in values if "res_" in name})
        self.env.invalidate_all()
        self.assertEqual(self.fetch(self.path()).content, written("csv"))

    def test_what_lies_there_before_the_first_file_is_not_served(self):
        catalogue = self.env["lengow.catalogue"].create(
            {
                "name": "New",
                "account_id": self.account.id,
                "domain": f"[('id', '=', {self.shirt.id})]",
                "base_url": self.base_url(),
            }
        )
        planted = self.env["ir.attachment"].create(
            {
                "name": "catalogue.csv.gz",
                "res_model": "lengow.catalogue",
                "res_id": catalogue.id,
                "res_field": "file_ids",
                "raw": b"other",
            }
        )
        catalogue.with_user(self.manager).action_publish()
        self.env.invalidate_all()
        answer = self.fetch(self.path(catalogue=catalogue))
        self.assertIn(b"SHIRT", answer.content)
        self.assertFalse(planted.exists())

    def test_files_are_nobodys_without_a_right_to_the_catalog(self):
        attachment = self.catalogue._attachment("catalogue.csv")
        for groups in ("base.group_user", "base.group_portal"):
            user = self.create_user(f"some-{groups}", groups)
            with self.subTest(groups=groups), self.assertRaises(AccessError):
                attachment.with_user(user).read(["raw"])
            self.authenticate(user.login, user.login)
            for path in (
                f"/web/content/{attachment.id}",
                f"/web/content/lengow.catalogue/{self.catalogue.id}/token",
            ):
                self.assertEqual(self.fetch(path).status_code, 404, path)

    # === WHERE IT STAYS === #

    def test_server_log_does_not_hold_the_secret(self):
        paths = (
            self.path(),
            f"{self.path('stock.csv.gz')}?limit=1",
            self.path("nonsense"),
            f"{self.path()}/more",
            self.path().replace("/", "//"),
        )
        with self.assertLogs("werkzeug", logging.INFO) as log:
            for path in paths:
                self.fetch(path)
            self._wait_remaining_requests()
        lines = "\n".join(log.output)
        self.assertNotIn(self.catalogue.token, lines)
        # which catalog and which file were asked for can be read all the same
        self.assertIn(f"/lengow/catalogue/{self.catalogue.id}/", lines)
        self.assertIn("/stock.csv.gz?limit=1", lines)

    def test_check_of_the_address_logs_no_secret_either(self):
        self.env.flush_all()
        with (
            self.assertLogs("urllib3", logging.DEBUG) as log,
            self.allow_requests(all_requests=True),
        ):
            self.env["lengow.catalogue.checker"]._check(self.catalogue)
        lines = "\n".join(log.output)
        self.assertIn(f"/lengow/catalogue/{self.catalogue.id}/", lines)
        self.assertNotIn(self.catalogue.token, lines)

    def test_neutralized_database_has_no_secret_and_no_file_goes_out(self):
        path = self.path()
        self.mine.action_rotate_token()
        self.env.flush_all()
        for query in get_neutralization_queries(["lengow_connector"]):
            self.cr.execute(query)
        self.env.invalidate_all()
        self.assertFalse(any(self.catalogue[name] for name in (*STORED, "url")))
        self.assertEqual(self.fetch(path).status_code, 404)
        for text in ("False", "None", "null"):
            self.assertEqual(self.fetch(self.path(token=text)).status_code, 404)

    # === WHAT A STRANGER CAN MEASURE === #

    def test_whatever_is_wrong_takes_as_many_queries_as_a_wrong_token(self):
        wrong, ended = "x" * 43, self.catalogue.token
        self.mine.action_rotate_token()
        self.catalogue.old_token_until = "2020-01-01 00:00:00"
        unknown = self.path().replace(
            f"/{self.catalogue.id}/", f"/{self.catalogue.id + 999}/"
        )
        self.fetch(self.path(token=wrong))
        count = self.count_queries(self.path(token=wrong))
        self.assertEqual(self.count_queries(unknown), count)
        for _first_and_next in range(2):
            self.assertEqual(self.count_queries(self.path(token=ended)), count)
        self.mine.addresses = "192.0.2.1"
        self.env.flush_all()
        self.assertEqual(self.count_queries(self.path()), count, "not from here")

    def count_queries(self, path):
        queries = []
        execute = type(self.env.cr).execute

        def noting(cursor, query, *args, **kwargs):
            queries.append(query)
            return execute(cursor, query, *args, **kwargs)

        with patch.object(type(self.env.cr), "execute", noting):
            self.assertEqual(self.fetch(path).status_code, 404)
        return len(queries)

    def test_nothing_asked_for_sets_a_cookie_or_breaks(self):
        for query in ("debug=assets", "lang=fr_FR", "db=other", "session_id=x"):
            with self.subTest(query=query):
                answer = self.fetch(f"{self.path()}?{query}")
                self.assertEqual(answer.content, written("csv"))
                self.assertNotIn("Set-Cookie", answer.headers)

    def test_file_is_sent_even_where_nothing_can_be_noted(self):
        """A disk that is full, a database that is being switched over."""

        def refuse(fetches, catalogue, **values):
            fetches.env.cr.execute("SELECT 1 / 0")

        with (
            patch.object(self.registry["lengow.catalogue.fetch"], "_note", refuse),
            mute_logger("odoo.sql_db"),
            self.assertLogs("odoo.addons.lengow_connector", "ERROR"),
        ):
            answer = self.fetch(self.path())
        self.assertEqual((answer.status_code, answer.content), (200, written("csv")))
        self.assertFalse(self.fetches())

    # === DATES === #

    def test_only_the_date_of_the_file_says_that_somebody_has_it(self):
        """A file is dated when it was begun: others were fetched after that."""
        date = self.fetch(self.path()).headers["Last-Modified"]
        attachment = self.catalogue._attachment("catalogue.csv")
        self.env.cr.execute(
            "UPDATE ir_attachment SET write_date = %s WHERE id = %s",
            [attachment.write_date - timedelta(minutes=5), attachment.id],
        )
        self.env.invalidate_all()
        for accepted in ("gzip", "identity"):
            answer = self.fetch(
                self.path(), If_Modified_Since=date, Accept_Encoding=accepted
            )
            self.assertEqual(answer.status_code, 200)
            answer = self.fetch(
                self.path(),
                If_Range=date,
                Range="bytes=0-3",
                Accept_Encoding=accepted,
            )
            self.assertEqual(answer.status_code, 200)
        date = answer.headers["Last-Modified"]
        self.assertEqual(
            self.fetch(self.path(), If_Modified_Since=date).status_code, 304
        )
        answer = self.fetch(self.path(), If_Range=date, Range="bytes=0-3")
        self.assertEqual(answer.status_code, 206)

    def test_part_is_not_sent_of_what_somebody_has_or_does_not_want(self):
        tag = self.fetch(self.path()).headers["ETag"]
        for headers, status in (
            ({"If_None_Match": tag}, 304),
            ({"If_None_Match": f'"other", W/{tag}'}, 304),
            ({"If_None_Match": "*"}, 304),
            ({"If_None_Match": '"other"'}, 206),
            ({"If_Match": tag}, 206),
            ({"If_Match": '"other"'}, 412),
        ):
            with self.subTest(headers=headers):
                answer = self.fetch(self.path(), Range="bytes=0-3", **headers)
                self.assertEqual(answer.status_code, status)


@tagged("post_install", "-at_install")
class TestCatalogueKeeps(CatalogueFilesCase):
    """What a published catalog stands for stays what it was."""

    def test_published_catalog_stays_with_its_company_and_account(self):
        company = self.env["res.company"].create({"name": "Company B"})
        self.env["lengow.routing.rule"].create(
            {"account_id": self.account.id, "company_id": company.id}
        )
        self.manager.company_ids = [Command.link(company.id)]
        theirs = self.catalogue.with_user(self.manager).with_context(
            allowed_company_ids=[self.company.id, company.id]
        )
        other = self.create_account(name="Other", company_id=self.company.id)
        for values in (
            {"company_id": company.id},
            {"account_id": other.id},
            {"identity": "database"},
        ):
            with (
                self.subTest(values=values),
                mute_logger("odoo.sql_db"),
                self.assertRaisesRegex(UserError, "published"),
                self.cr.savepoint(),
            ):
                theirs.write(values)
        theirs.write({"company_id": self.company.id, "name": "Same"})
        self.catalogue.state = "draft"
        theirs.identity = "database"
