"""A run that is killed: the last file stays whole, and the next run ends it.

What is killed is a process of its own with its own connection, by a signal that nobody
can catch, before a statement that a test chooses.
"""

import gzip
import multiprocessing
import os
import signal
from datetime import timedelta
from unittest.mock import patch

from odoo import SUPERUSER_ID, Command, api, sql_db
from odoo.tests import get_db_name, tagged
from odoo.tools import SQL, mute_logger

from ..models.catalogue import lengow_catalogue_refresher as refresher_module
from ..models.catalogue import lengow_catalogue_schedule as schedule_module
from .common.catalogue_commits import CommittedCatalogueCase

PATIENCE = 60  # seconds
# How many times a run is killed, at points spread over all of its statements.
KILLS = 10
TOLD = (
    "identifier", "kind", "values", "quantity", "price", "issues", "state",
    "published_quantity", "published_price", "is_published",
)  # fmt: skip
processes = multiprocessing.get_context("fork")


@tagged("post_install", "-at_install")
class TestCatalogueKill(CommittedCatalogueCase):
    name = "Kill Test"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.killed, cls.undisturbed = cls.in_transaction(cls._create_catalogues)

    @classmethod
    def _create_catalogues(cls, env):
        """Return two published catalogs of the same products."""
        for number in range(8):
            cls._create_stocked(env, number)
        cls._create_variants(env)
        pricelist = env["product.pricelist"].create(
            {
                "name": cls.name,
                "item_ids": [
                    Command.create({"compute_price": "percentage", "percent_price": 1})
                ],
            }
        )
        return cls.create_catalogues(
            env,
            count=2,
            hold_lost=100,
            hold_zero=100,
            hold_price=100,
            with_parents=True,
            pricelist_id=pricelist.id,
        ).ids

    @classmethod
    def _create_stocked(cls, env, number):
        product = cls.create_product(env, number, list_price=10 + number)
        cls.add_stock(env, product, 20)

    @classmethod
    def _create_variants(cls, env):
        """Have a parent with two variants, too."""
        size = env["product.attribute"].create(
            {"name": cls.name, "value_ids": [Command.create({"name": n}) for n in "SM"]}
        )
        values = [Command.set(size.value_ids.ids)]
        template = env["product.template"].create(
            {
                "name": cls.name,
                "is_storable": True,
                "list_price": 30,
                "attribute_line_ids": [
                    Command.create({"attribute_id": size.id, "value_ids": values})
                ],
            }
        )
        for number, variant in enumerate(template.product_variant_ids):
            variant.default_code = cls.reference(f"V{number}")
            cls.add_stock(env, variant, 20)

    # === A PROCESS OF ITS OWN === #

    def run_in_process(self, kill_before=None, is_whole=False):
        """Refresh the catalog in a process of its own.

        :param int kill_before: the number of the statement before which it is killed
        :param bool is_whole: whether every product is read anew
        :return: how it ended, and how many statements it has sent
        """
        sql_db.close_db(get_db_name())
        sent = processes.Value("i", 0)
        worker = processes.Process(
            target=self._work, args=(sent, kill_before, is_whole)
        )
        worker.start()
        worker.join(PATIENCE)
        return worker.exitcode, sent.value

    def _work(self, sent, kill_before, is_whole):
        # Kept as it is: closed here, it would be closed for the parent, too.
        self.inherited = sql_db._Pool, sql_db._Pool_readonly
        sql_db._Pool = sql_db._Pool_readonly = None
        execute = sql_db.Cursor.execute

        def counted(cr, *args, **kwargs):
            sent.value += 1
            if sent.value == kill_before:
                os.kill(os.getpid(), signal.SIGKILL)
            return execute(cr, *args, **kwargs)

        only = [*schedule_module.DUE, ("id", "=", self.killed)]
        with (
            mute_logger("odoo.sql_db"),
            patch.object(schedule_module, "DUE", only),
            patch.object(refresher_module, "BATCH", 2),
            patch.object(refresher_module, "QUANTITY_BATCH", 3),
            # What was not written just now has not changed.
            patch.object(refresher_module, "OVERLAP", timedelta()),
            self.registry.cursor() as cr,
            patch.object(sql_db.Cursor, "execute", counted),
        ):
            env = api.Environment(cr, SUPERUSER_ID, {})
            catalogues = env["lengow.catalogue"]
            if is_whole:
                catalogues._cron_rebuild_catalogues()
            else:
                catalogues._cron_refresh_catalogues()

    # === WHAT IS THERE === #

    def change(self, round_):
        """Give every pass something to do; return the file before.

        Some products are renamed; of the others only stock and prices change. One goes
        and one comes.
        """

        def forget(env):
            # As if nobody had touched a product for a day.
            for table in ("product_product", "product_template"):
                env.cr.execute(
                    SQL(
                        "UPDATE %s SET write_date = write_date - interval '1 day' "
                        "WHERE create_date > now() - interval '1 day'",
                        SQL.identifier(table),
                    )
                )

        def work(env):
            products = env["product.product"].search(self.domain(), order="id")
            for number, product in enumerate(products):
                if number % 3 == 0:
                    product.name = f"{self.name} {round_}.{number}"
                    product.list_price = 10 + round_ + number
                else:
                    self.add_stock(env, product, 1)
            products[0].active = False
            pricelist = env["product.pricelist"].search([("name", "=", self.name)])
            pricelist.item_ids.percent_price = 2 + round_
            self._create_stocked(env, 100 + round_)

        self.in_transaction(forget)
        self.in_transaction(work)
        return self.file(self.killed)

    def file(self, catalogue_id):
        """Return the file that Lengow reads now, unpacked, which proves it whole."""

        def read(env):
            catalogue = env["lengow.catalogue"].browse(catalogue_id)
            return gzip.decompress(catalogue._attachment("catalogue.csv").raw).decode()

        return self.in_transaction(read)

    def rows(self, catalogue_id):
        """Return what the rows of a catalog say, in their order."""

        def read(env):
            catalogue = env["lengow.catalogue"].browse(catalogue_id)
            rows = catalogue.row_ids.sorted("id")
            return [{name: row[name] for name in TOLD} for row in rows]

        return self.in_transaction(read)

    def refresh_undisturbed(self):
        self.in_transaction(
            lambda env: env["lengow.catalogue.refresher"]._refresh(
                env["lengow.catalogue"].browse(self.undisturbed)
            )
        )

    # === TESTS === #

    def test_kill_at_any_point_leaves_the_last_file_and_harms_no_row(self):
        statements = {}
        for number, is_whole in enumerate((False, True)):
            self.change(-1 - number)
            exitcode, statements[is_whole] = self.run_in_process(is_whole=is_whole)
            self.assertEqual(exitcode, 0)
            self.refresh_undisturbed()
            self.assertGreater(statements[is_whole], KILLS)
        for round_ in range(1, KILLS + 1):
            is_whole = round_ % 3 == 0
            # What the registry keeps is asked once, so that later runs are shorter.
            point = 1 + statements[is_whole] * round_ // (KILLS + 3)
            with self.subTest(statement=point, of=statements[is_whole], whole=is_whole):
                before = self.change(round_)
                exitcode, _sent = self.run_in_process(point, is_whole)
                self.assertEqual(exitcode, -signal.SIGKILL)
                self.assertEqual(self.file(self.killed), before)
                self.assertEqual(self.run_in_process()[0], 0)
                self.refresh_undisturbed()
                self.assertEqual(self.rows(self.killed), self.rows(self.undisturbed))
                self.assertNotEqual(self.file(self.killed), before)
                self.assertEqual(self.file(self.killed), self.file(self.undisturbed))
