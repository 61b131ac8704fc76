"""The secret in the address of a catalog, and who gets past it."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..catalogue.visit import AGENT
from ..controllers import catalogue as controller
from ..models.catalogue import lengow_catalogue_checker
from .common.catalogue_files import CatalogueFilesCase, written

PROXY = "odoo.addons.lengow_connector.controllers.catalogue._remote_address"


@tagged("post_install", "-at_install")
class TestCatalogueAddress(CatalogueFilesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.create_user(
            "lengow-admin", "lengow_connector.group_manager", "base.group_system"
        )
        cls.mine = cls.catalogue.with_user(cls.admin)

    def status(self, *args, **kwargs):
        return self.fetch(self.path(*args, **kwargs)).status_code

    def from_address(self, address):
        """Let whoever asks come from somewhere."""
        return patch(PROXY, lambda: address)

    # === WRONG ONES === #

    def test_all_that_is_wrong_looks_alike(self):
        right = self.catalogue.token
        catalogue_id = self.catalogue.id
        wrong = [
            f"/lengow/catalogue/{catalogue_id}/{right[:-1]}x/catalogue.csv",
            f"/lengow/catalogue/{catalogue_id}/{right}x/catalogue.csv",
            f"/lengow/catalogue/{catalogue_id}/{right[:5]}/catalogue.csv",
            f"/lengow/catalogue/{catalogue_id}/{right.upper()}/catalogue.csv",
            f"/lengow/catalogue/{catalogue_id}/False/catalogue.csv",
            f"/lengow/catalogue/{catalogue_id}/%C3%A9%00%F0%9F%98%80/catalogue.csv",
            f"/lengow/catalogue/{catalogue_id}/%ED%A0%80/catalogue.csv",
            f"/lengow/catalogue/{catalogue_id}/{'x' * 5000}/catalogue.csv",
            f"/lengow/catalogue/{catalogue_id + 1000}/{right}/catalogue.csv",
            f"/lengow/catalogue/0/{right}/catalogue.csv",
            f"/lengow/catalogue/-1/{right}/catalogue.csv",
            f"/lengow/catalogue/{2**31}/{right}/catalogue.csv",
            f"/lengow/catalogue/{10**40}/{right}/catalogue.csv",
            self.path("secret.csv"),
            self.path("catalogue.csv.gz.gz"),
            self.path("catalogue.yaml"),
            self.path("..%5C..%5Cetc"),
        ]
        seen = set()
        for path in wrong:
            with self.subTest(path=path[:80]):
                answer = self.fetch(path)
                self.assertEqual(answer.status_code, 404)
                headers = dict(answer.headers)
                headers.pop("Date")
                seen.add((answer.content, tuple(sorted(headers.items()))))
        self.assertEqual(len(seen), 1, seen)

    def test_wrong_token_is_not_noted(self):
        """Nobody without it can fill the database."""
        self.status(token="x" * 43)
        self.assertFalse(self.fetches())

    def test_catalogue_without_token_is_open_to_nobody(self):
        token = self.catalogue.token
        self.catalogue.token = False
        for text in (token, "False", "None", "0"):
            self.assertEqual(self.status(token=text), 404)

    def test_token_is_compared_whether_or_not_there_is_a_catalog(self):
        compared = []

        def noting(given, token):
            compared.append(len(token))
            return False

        with patch(
            "odoo.addons.lengow_connector.models.catalogue.lengow_catalogue_address"
            ".hmac.compare_digest",
            noting,
        ):
            self.assertFalse(self.catalogue._is_token("x"))
            of_one = list(compared)
            compared.clear()
            self.assertFalse(self.env["lengow.catalogue"]._is_token("x"))
        self.assertEqual(compared, of_one)

    def test_other_methods_than_reading_are_refused(self):
        for method in ("POST", "PUT", "DELETE"):
            answer = self.fetch(self.path(), method)
            self.assertGreaterEqual(answer.status_code, 400)
        self.assertFalse(self.fetches())

    # === WHAT IS NOT SERVED === #

    def test_archived_catalogue_is_not_found_and_that_is_noted(self):
        self.catalogue.active = False
        self.assertEqual(self.status(), 404)
        self.assertEqual(self.fetches().mapped("status"), [404])
        self.catalogue.active = True
        self.assertEqual(self.status(), 200)

    def test_draft_is_not_found(self):
        self.catalogue.state = "draft"
        self.assertEqual(self.status(), 404)

    def test_held_catalogue_goes_on_being_served(self):
        self.catalogue.state = "held"
        self.assertEqual(self.status(), 200)

    def test_neutralized_copy_answers_nobody(self):
        self.env["ir.config_parameter"].set_param("database.is_neutralized", "true")
        self.assertEqual(self.status(), 404)

    def test_other_copy_answers_nobody(self):
        self.account.database_mark = "of another database"
        self.assertEqual(self.status(), 404)

    def test_copy_of_a_database_that_never_spoke_to_lengow_answers_nobody(self):
        """The account was never connected: its keys were never entered."""
        account = self.env["lengow.account"].create({"name": "Never Connected"})
        catalogue = self.create_catalogue(account_id=account.id)
        catalogue.write({"state": "draft", "published_at": False})
        catalogue._find_files().unlink()
        self.shirt.default_code = "ONLY"
        catalogue.domain = "[('default_code', '=', 'ONLY')]"
        catalogue.with_user(self.manager).action_publish()
        path = self.path(catalogue=catalogue)
        self.assertEqual(self.fetch(path).status_code, 200)
        parameters = self.env["ir.config_parameter"].sudo()
        here = parameters.get_param("database.uuid")
        parameters.set_param("database.uuid", "00000000-0000-0000-0000-0000000000c0")
        self.env.invalidate_all()
        self.assertEqual(self.fetch(path).status_code, 404)
        parameters.set_param("database.uuid", here)
        self.env.invalidate_all()
        self.assertEqual(self.fetch(path).status_code, 200)

    def test_publishing_leaves_an_account_with_the_database_it_speaks_from(self):
        """Else a copy would make itself the shop by publishing there."""
        self.account.database_mark = "of another database"
        self.catalogue._begin_to_publish()
        self.assertEqual(self.account.database_mark, "of another database")
        self.assertEqual(self.status(), 404)

    def test_catalogue_without_a_file_is_not_found(self):
        self.catalogue._attachment("stock.csv").unlink()
        self.assertEqual(self.status("stock.csv"), 404)
        self.assertEqual(self.status("catalogue.csv"), 200)

    # === SEVERAL COMPANIES === #

    def test_each_company_has_a_catalogue_of_its_own(self):
        company_b = self.env["res.company"].create({"name": "Company B"})
        self.env["lengow.routing.rule"].create(
            {"account_id": self.account.id, "company_id": company_b.id}
        )
        other = self.create_catalogue(company_id=company_b.id)
        self.publish(other, "catalogue.csv", written("csv", rows=(("B", "B", "1"),)))
        answer = self.fetch(self.path(catalogue=other))
        self.assertEqual(answer.content, written("csv", rows=(("B", "B", "1"),)))
        self.assertEqual(self.fetch(self.path()).content, written("csv"))
        crossed = self.path(catalogue=other, token=self.catalogue.token)
        self.assertEqual(self.fetch(crossed).status_code, 404)
        self.assertEqual(self.fetches(other).company_id, company_b)

    def test_whoever_is_logged_in_gets_what_a_stranger_gets(self):
        stranger = self.create_stranger("lengow_connector.group_user")
        for login in (stranger.login, self.admin.login):
            self.authenticate(login, login)
            answer = self.fetch(self.path())
            self.assertEqual(answer.content, written("csv"))
            self.assertNotIn("Set-Cookie", answer.headers)
            self.assertEqual(self.status(token="x"), 404)

    # === NOTES === #

    def test_fetch_is_noted_with_all_that_is_known(self):
        with self.from_address("46.19.183.204"):
            self.fetch(self.path(), User_Agent="Lengow/1.0")
        fetch = self.fetches()
        self.assertEqual(fetch.file, "catalogue.csv")
        self.assertEqual((fetch.status, fetch.size), (200, len(written("csv"))))
        self.assertEqual((fetch.address, fetch.agent), ("46.19.183.204", "Lengow/1.0"))
        self.assertFalse(fetch.is_old_token)
        self.assertGreaterEqual(fetch.seconds, 0)
        self.assertLess(fetch.seconds, 5)

    def test_what_a_program_says_of_itself_harms_nothing(self):
        for agent in ("x" * 9000, "<script>alert(1)</script>", "caf\xe9 \x85", "'; --"):
            answer = self.fetch(self.path(), User_Agent=agent.encode("latin-1"))
            self.assertEqual(answer.status_code, 200)
            self.assertLessEqual(len(self.fetches()[0].agent), 200)
        self.env["lengow.catalogue.fetch"]._note(
            self.catalogue, file="\0\ud800", status=200, agent="\0\ud800", address=None
        )
        self.env.flush_all()

    def test_notes_are_forgotten_after_a_month(self):
        Fetch = self.env["lengow.catalogue.fetch"]
        now = fields.Datetime.now()
        old, young = Fetch.create(
            [
                {
                    "catalogue_id": self.catalogue.id,
                    "file": "catalogue.csv",
                    "status": 200,
                    "fetched_at": now - timedelta(days=days),
                }
                for days in (31, 29)
            ]
        )
        Fetch._gc_fetches()
        self.assertFalse(old.exists())
        self.assertTrue(young.exists())

    # === ROTATION === #

    def test_old_address_works_for_the_time_of_grace(self):
        old = self.catalogue.token
        self.mine.action_rotate_token()
        self.assertNotEqual(self.catalogue.token, old)
        self.assertEqual(self.status(), 200)
        self.assertEqual(self.status(token=old), 200)
        self.assertEqual(self.fetches().mapped("is_old_token"), [True, False])

    def test_old_address_ends_and_who_uses_it_still_is_noted(self):
        old = self.catalogue.token
        self.mine.action_rotate_token()
        self.catalogue.old_token_until = fields.Datetime.now() - timedelta(seconds=1)
        self.assertEqual(self.status(token=old), 404)
        self.assertEqual(self.status(), 200)
        noted = self.fetches()
        self.assertEqual(noted.mapped("status"), [200, 404])
        self.assertEqual(noted.mapped("is_old_token"), [False, True])

    def test_whoever_has_an_address_that_ended_does_not_fill_the_database(self):
        old = self.catalogue.token
        self.mine.action_rotate_token()
        self.catalogue.old_token_until = fields.Datetime.now() - timedelta(seconds=1)
        for number in range(5):
            self.status(f"{number}.csv", token=old)
        noted = self.fetches()
        self.assertEqual(noted.mapped("file"), ["0.csv"])
        self.assertTrue(noted.is_refused and noted.is_old_token)
        self.assertEqual(noted.answer, "Refused")
        self.assertEqual(noted.company_id, self.catalogue.company_id)
        other = self.create_catalogue()
        other.write({"old_token": "ended", "old_token_until": "2020-01-01 00:00:00"})
        self.status(catalogue=other, token="ended")
        self.assertEqual(len(self.fetches(other)), 1, "each catalog has its own")
        noted.sudo().fetched_at -= timedelta(minutes=2)
        self.status(token=old)
        self.assertEqual(len(self.fetches()), 2)

    def test_without_grace_the_old_address_ends_at_once(self):
        self.catalogue.token_days = 0
        old = self.catalogue.token
        self.mine.action_rotate_token()
        self.assertEqual(self.status(token=old), 404)

    def test_old_address_can_be_ended_before_its_time(self):
        old = self.catalogue.token
        self.mine.action_rotate_token()
        self.catalogue.with_user(self.manager).action_end_old_token()
        self.assertIn(self.manager.name, self.catalogue.message_ids[0].body)
        self.assertEqual(self.status(token=old), 404)
        self.assertFalse(self.fetches())

    def test_second_click_keeps_the_address_that_lengow_uses(self):
        used = self.catalogue.token
        self.mine.action_rotate_token()
        unused = self.catalogue.token
        self.fetch(self.path(), User_Agent=AGENT)  # our own look is no use of it
        self.mine.action_rotate_token()
        self.assertEqual(self.status(token=used), 200)
        self.assertEqual(self.status(token=unused), 404)
        self.assertEqual(self.status(), 200)

    def test_address_in_use_is_the_one_that_stays_a_while(self):
        self.mine.action_rotate_token()
        used = self.catalogue.token
        self.fetch(self.path())
        self.mine.action_rotate_token()
        self.assertEqual(self.status(token=used), 200)

    def test_whoever_got_nothing_from_the_new_address_has_not_used_it(self):
        used = self.catalogue.token
        self.mine.action_rotate_token()
        self.catalogue.addresses = "192.0.2.1"
        self.assertEqual(self.status(), 404)  # a look from the office
        self.catalogue.addresses = False
        self.assertEqual(self.status("nothing.csv"), 404)
        self.mine.action_rotate_token()
        self.assertEqual(self.status(token=used), 200)

    def test_only_who_can_read_the_address_may_change_it(self):
        for user in (self.user, self.manager):
            with self.assertRaises(AccessError):
                self.catalogue.with_user(user).action_rotate_token()
            for name in ("token", "old_token", "url", "stock_url"):
                with self.assertRaises(AccessError):
                    self.catalogue.with_user(user)[name]

    def test_rotation_is_told_without_the_secret(self):
        old = self.catalogue.token
        self.mine.action_rotate_token()
        self.env.flush_all()
        texts = " ".join(self.catalogue.message_ids.mapped("body"))
        tracked = str(self.catalogue.message_ids.tracking_value_ids.read())
        self.assertIn(self.admin.name, texts)
        for secret in (old, self.catalogue.token):
            self.assertNotIn(secret, texts + tracked)

    def test_copy_of_a_catalogue_has_an_address_of_its_own(self):
        self.mine.action_rotate_token()
        copy = self.catalogue.copy()
        self.assertTrue(copy.token)
        self.assertNotEqual(copy.token, self.catalogue.token)
        self.assertFalse(copy.old_token or copy.rotated_at)

    def test_address_to_copy_is_the_one_that_is_served(self):
        self.assertEqual(self.mine.url, self.base_url() + self.path())
        self.assertEqual(self.fetch(self.mine.url).status_code, 200)
        self.assertEqual(self.fetch(self.mine.stock_url).status_code, 200)
        self.catalogue.base_url = "https://odoo.example.com/"
        self.assertTrue(self.mine.url.startswith("https://odoo.example.com/lengow/"))

    def test_public_address_must_be_one(self):
        for url in (
            "odoo.example.com",
            "ftp://x.example",
            "https://a:b@x.example",
            "https://",
        ):
            with self.subTest(url=url), self.assertRaises(ValidationError):
                self.catalogue.base_url = url
        self.catalogue.base_url = "https://example.com:8443/odoo"

    # === ALLOWED ADDRESSES === #

    def test_list_of_addresses_is_asked_beside_the_token(self):
        self.catalogue.addresses = "46.19.183.204\n185.61.176.128/27, 2001:db8::/32"
        for address, status in (
            ("46.19.183.204", 200),
            ("::ffff:46.19.183.204", 200),
            ("185.61.176.140", 200),
            ("2001:db8::7", 200),
            ("46.19.183.205", 404),
            ("127.0.0.1", 404),
            ("::1", 404),
            ("", 404),
            (None, 404),
            ("unix:", 404),
        ):
            with self.subTest(address=address), self.from_address(address):
                self.assertEqual(self.status(), status)
                self.assertEqual(self.status(token="x"), 404)
        # Of those that are refused one a minute is noted.
        self.assertEqual(self.fetches().mapped("status"), [200] * 4 + [404])
        self.assertEqual(self.fetches()[-1].address, "46.19.183.205")

    def test_list_that_is_none_is_refused(self):
        for addresses in ("46.19.183", "lengow.com", "46.19.183.204/33", "*"):
            with self.subTest(list=addresses), self.assertRaises(ValidationError):
                self.catalogue.addresses = addresses
        self.catalogue.addresses = " \n "
        self.assertEqual(self.status(), 200)

    def test_who_asks_is_what_the_proxy_says_where_it_is_trusted(self):
        """Else anybody could claim an address of the list."""
        self.fetch(self.path(), X_Forwarded_For="46.19.183.204")
        self.assertEqual(self.fetches()[0].address, "127.0.0.1")
        self.assertTrue(controller._remote_address)


@tagged("post_install", "-at_install")
class TestCatalogueCheck(CatalogueFilesCase):
    """What the check of the address says."""

    def check(self, **found):
        """Check, of what really comes, or of what is given."""
        self.env.flush_all()
        checker = self.env["lengow.catalogue.checker"]
        if not found:
            with self.allow_requests(all_requests=True):
                return checker._check(self.catalogue)
        visit = lengow_catalogue_checker.Visit(**found)
        with patch.object(lengow_catalogue_checker, "visit", lambda url: visit):
            return checker._check(self.catalogue)

    def said(self, **found):
        return " ".join(point.text for point in self.check(**found).points)

    def test_what_a_stranger_gets_is_shown(self):
        found = self.check()
        self.assertEqual(found.visit.status, 200)
        self.assertTrue(found.visit.is_packed)
        self.assertFalse(found.visit.has_cookie)
        self.assertEqual(found.rows[0], ["id", "name", "quantity"])
        self.assertEqual(found.rows[1][0], "SHIRT")
        texts = [point.text for point in found.points]
        self.assertIn("Lengow gets the catalog.", texts)
        self.assertIn("127.0.0.1 is not on the internet", texts[0])
        self.assertTrue(any("http://" in text for text in texts))
        self.assertEqual(self.fetches().agent, AGENT)

    def test_good_address_has_nothing_to_improve(self):
        self.catalogue.base_url = "https://odoo.example.com"
        start = written("csv")
        found = self.check(status=200, start=start, is_packed=True, kind="text/csv")
        self.assertEqual([point.tone for point in found.points], ["success"])

    def test_what_is_not_the_catalog_is_not_shown(self):
        found = self.check(status=200, start=b"<html>hidden page", kind="text/html")
        self.assertFalse(found.rows)
        said = " ".join(point.text for point in found.points)
        self.assertIn("Something else than the catalog came (text/html)", said)
        self.assertNotIn("hidden", said)

    def test_each_failure_has_its_sentence(self):
        self.catalogue.base_url = "https://odoo.example.com"
        for failure, text in (
            ("address", "no address"),
            ("name", "Nobody knows this name"),
            ("timeout", "No answer within 10 seconds"),
            ("certificate", "certificate"),
            ("connection", "Nobody answers"),
        ):
            said = self.said(failure=failure, seconds=10.2)
            self.assertIn(text, said)

    def test_each_status_has_its_sentence(self):
        self.catalogue.base_url = "https://odoo.example.com"
        for found, text in (
            (
                {"status": 301, "location": "https://www.example.com/x"},
                "www.example.com",
            ),
            ({"status": 302, "location": "/web/login"}, "/web/login"),
            ({"status": 401}, "password"),
            ({"status": 502}, "status 502"),
            ({"status": 404, "server": "nginx"}, "Another server answers"),
        ):
            self.assertIn(text, self.said(**found))

    def test_not_found_says_why(self):
        self.catalogue.base_url = "https://odoo.example.com"
        several = patch("odoo.http.db_list", lambda force, host: ["a", "b"])
        with several:
            self.assertIn("Several databases", self.said(status=404))
        self.catalogue.addresses = "46.19.183.204"
        self.assertIn("allowed addresses", self.said(status=404))
        self.catalogue._attachment("catalogue.csv").unlink()
        self.assertIn("no file yet", self.said(status=404))
        self.catalogue.active = False
        self.assertIn("archived", self.said(status=404))

    def test_slow_and_unpacked_answers_are_told(self):
        said = self.said(status=200, start=written("csv"), seconds=3.21)
        self.assertIn("3.2 seconds", said)
        self.assertIn("unpacks the file", said)

    def test_dialog_shows_it_without_the_secret(self):
        catalogue = self.catalogue.with_user(self.manager)
        self.env.flush_all()
        with self.allow_requests(all_requests=True):
            action = catalogue.action_check_url()
        dialog = self.wizard_of(action, self.manager)
        self.assertEqual(dialog.tone, "danger")
        self.assertEqual(dialog.status, 200)
        self.assertIn("SHIRT", dialog.rows)
        self.assertIn('A "blue" shirt', dialog.rows)
        self.assertIn('title="Wrong"', dialog.points)
        self.assertIn('<span class="visually-hidden">Wrong: </span>', dialog.points)
        self.assertIn("not on the internet", dialog.points)
        told = str(dialog.read())
        self.assertNotIn(self.catalogue.token, told)
