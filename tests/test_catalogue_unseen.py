"""What is committed while a catalog is read, or after it, is read by the next run."""

from datetime import UTC, datetime, timedelta
from unittest.mock import patch

from odoo import SUPERUSER_ID, api
from odoo.fields import Domain
from odoo.tests import BaseCase, tagged
from odoo.tools import SQL

from ..models.catalogue import lengow_catalogue_schedule as schedule_module
from ..models.catalogue.at_work import at_work
from ..models.catalogue.unseen import MARGIN, bound_of, unseen_since
from .common.catalogue_commits import CommittedCatalogueCase

NOW = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)


@tagged("post_install", "-at_install")
class TestCatalogueUnseen(CommittedCatalogueCase):
    name = "Unseen Test"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.catalogue_id = cls.create_catalogue_of(2)

    def age(self, hours):
        """As if the products had been changed so long ago."""

        def work(env):
            products = env["product.product"].search(self.domain())
            for table, ids in (
                ("product_product", products.ids),
                ("product_template", products.product_tmpl_id.ids),
                ("product_category", products.categ_id.ids),
            ):
                env.cr.execute(
                    SQL(
                        "UPDATE %s SET write_date = now() AT TIME ZONE 'UTC'"
                        " - %s * interval '1 hour' WHERE id = ANY(%s)",
                        SQL.identifier(table),
                        hours,
                        ids,
                    )
                )

        self.in_transaction(work)

    def run_on_schedule(self):
        """Bring the catalog up to date as the scheduled action does, with commits."""
        only = [*schedule_module.DUE, ("id", "=", self.catalogue_id)]
        with patch.object(schedule_module, "DUE", only):
            self.in_transaction(
                lambda env: env["lengow.catalogue"]._cron_refresh_catalogues()
            )

    def next_read(self):
        """Return the references of the products that the next run reads anew."""

        def work(env):
            catalogue = at_work(env["lengow.catalogue"].browse(self.catalogue_id))
            changed = env["lengow.catalogue.refresher"]._changed(catalogue)
            found = env["product.product"].search(changed & Domain(self.domain()))
            return set(found.mapped("default_code"))

        return self.in_transaction(work)

    def test_what_was_changed_within_two_hours_is_read_once(self):
        self.age(hours=1)
        self.run_on_schedule()
        self.assertEqual(self.next_read(), set())

    def test_what_is_committed_after_a_run_is_read_by_the_next_one(self):
        self.age(hours=1)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            product = env["product.product"].search(
                [("default_code", "=", self.reference(0))]
            )
            product.name = "Changed"
            env.flush_all()
            began = cr.now()
            with self.registry.cursor() as other:
                others = api.Environment(other, SUPERUSER_ID, {})
                self.assertLessEqual(unseen_since(others), began - MARGIN)
            self.run_on_schedule()
        self.assertEqual(self.next_read(), {self.reference(0)})

    def test_what_one_transaction_reads_tells_nothing_of_what_others_do(self):
        """It reads as things were when it began, and others may have ended since."""
        self.age(hours=1)
        self.in_transaction(
            lambda env: env["lengow.catalogue.refresher"]._refresh(
                env["lengow.catalogue"].browse(self.catalogue_id)
            )
        )
        both = {self.reference(number) for number in range(2)}
        self.assertEqual(self.next_read(), both)
        self.age(hours=3)
        self.assertEqual(self.next_read(), set())


@tagged("post_install", "-at_install")
class TestUnseenBound(BaseCase):
    def since(self, opened, wrote=None, is_hidden=False):
        """Return how long before now it is to begin, in minutes."""
        opened, wrote = (
            minutes and NOW - timedelta(minutes=minutes) for minutes in (opened, wrote)
        )
        found = bound_of(NOW, opened, wrote, is_hidden)
        return found and (NOW - found - MARGIN) / timedelta(minutes=1)

    def test_oldest_open_transaction_is_where_to_begin(self):
        self.assertEqual(self.since(30), 30)
        self.assertEqual(self.since(30, wrote=10), 30)

    def test_long_reading_is_waited_for_two_hours_and_long_writing_a_day(self):
        self.assertEqual(self.since(600), 120)
        self.assertEqual(self.since(600, wrote=600), 600)
        self.assertEqual(self.since(600, wrote=10), 120)
        self.assertEqual(self.since(6000, wrote=6000), 1440)

    def test_what_is_hidden_leaves_it_open(self):
        self.assertIsNone(self.since(30, is_hidden=True))
        self.assertIsNone(self.since(None))
