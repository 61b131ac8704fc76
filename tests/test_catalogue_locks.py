"""Whom the refresh of a catalog keeps waiting: each at once, as processes are.

Others work while a run is in the middle of a transaction, each with a connection of its
own.
"""

from contextlib import contextmanager

from psycopg2.errors import LockNotAvailable, SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.catalogue.at_work import at_work
from .common.catalogue_commits import CommittedCatalogueCase


@tagged("post_install", "-at_install")
class TestCatalogueLocks(CommittedCatalogueCase):
    name = "Lock Test"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.catalogue_id = cls.create_catalogue_of(3)

    # === AT ONCE === #

    @contextmanager
    def run_under_way(self):
        """Read every product anew, and do not commit it; then it is undone."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            catalogue = at_work(env["lengow.catalogue"].browse(self.catalogue_id))
            self.assertTrue(catalogue.try_lock_for_update(allow_referencing=True))
            refresher = env["lengow.catalogue.refresher"]
            shelves = refresher._begin(catalogue, is_whole=True)
            while catalogue.run_stage:
                refresher._advance(catalogue, shelves)
            env.flush_all()
            yield env
            cr.rollback()

    def do(self, work):
        """Do something in a transaction that waits for nobody; then undo it."""
        with self.registry.cursor() as cr:
            cr.execute("SET LOCAL lock_timeout = '300ms'")
            env = api.Environment(cr, SUPERUSER_ID, {})
            work(env)
            env.flush_all()
            cr.rollback()

    def product(self, env):
        return env["product.product"].search([("default_code", "=", self.reference(0))])

    def catalogue(self, env):
        return env["lengow.catalogue"].browse(self.catalogue_id)

    # === TESTS === #

    def test_a_run_keeps_nobody_waiting_who_works_with_products(self):
        def sell(env):
            self.add_stock(env, self.product(env), 3)

        with self.run_under_way():
            for name, work in {
                "price": lambda env: self.product(env).write({"list_price": 12}),
                "reference": lambda env: self.product(env).write({"default_code": "x"}),
                "archive": lambda env: self.product(env).write({"active": False}),
                "delete": lambda env: self.product(env).unlink(),
                "stock": sell,
                "fetch": lambda env: env["lengow.catalogue.fetch"]._note(
                    self.catalogue(env), file="catalogue.csv", status=200
                ),
                "chatter": lambda env: self.catalogue(env).message_post(body="x"),
            }.items():
                with self.subTest(name):
                    self.do(work)

    def test_second_run_says_that_one_is_under_way(self):
        with self.run_under_way(), self.assertRaisesRegex(UserError, "right now"):
            self.do(lambda env: self.catalogue(env).action_refresh())

    def test_of_two_at_once_with_an_address_that_ended_one_is_noted(self):
        """And the other one is not kept waiting by a second try of its request."""

        def note(env):
            env["lengow.catalogue.fetch"]._note_refused(
                self.catalogue(env), is_told=True, file="catalogue.csv", status=404
            )

        while True:
            with self.registry.cursor() as other:
                with self.registry.cursor() as cr:
                    # From here on the other one sees nothing of what is noted.
                    if cr.now().minute != other.now().minute:
                        continue
                    note(api.Environment(cr, SUPERUSER_ID, {}))
                note(api.Environment(other, SUPERUSER_ID, {}))
            break
        self.in_transaction(
            lambda env: self.assertEqual(len(self.catalogue(env).fetch_ids), 1)
        )

    def test_settings_wait_until_a_batch_is_through(self):
        """So that what is read belongs together."""
        with (
            self.run_under_way(),
            mute_logger("odoo.sql_db"),
            self.assertRaises(LockNotAvailable),
        ):
            self.do(lambda env: self.catalogue(env).write({"buffer": 1}))

    def test_product_deleted_while_its_row_is_written_is_a_collision(self):
        """Which is tried again, and no failure of the catalog."""
        product_id = self.in_transaction(lambda env: self.create_product(env, 10).id)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            # From here on it sees nothing of what others do.
            self.assertTrue(env["product.product"].browse(product_id).exists())
            self.in_transaction(
                lambda other: (
                    other["product.product"].browse(product_id).product_tmpl_id.unlink()
                )
            )
            with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
                refresher = env["lengow.catalogue.refresher"]
                refresher._refresh(self.catalogue(env))
            cr.rollback()
