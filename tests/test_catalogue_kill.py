"""A run that is killed: the last file stays whole, and the next run ends it.

What is killed is a process of its own with its own connection, by a signal that nobody
can catch, before a statement that a test chooses. These tests commit, so they remove
what they made, before and after.
"""

import gzip
import multiprocessing
import os
import signal
from unittest.mock import patch

from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from ..models.catalogue import lengow_catalogue_refresher as refresher_module
from ..models.catalogue import lengow_catalogue_schedule as schedule_module

NAME = "Kill Test"
PREFIX = "KILL-TEST"
PATIENCE = 60  # seconds
# How many times a run is killed, at points spread over all of its statements.
KILLS = 10
TOLD = (
    "identifier", "kind", "values", "quantity", "price", "issues", "state",
    "published_quantity", "published_price", "is_published",
)  # fmt: skip
processes = multiprocessing.get_context("fork")


@tagged("post_install", "-at_install")
class TestCatalogueKill(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.in_transaction(cls._remove_everything)
        cls.addClassCleanup(cls.in_transaction, cls._remove_everything)
        cls.killed, cls.undisturbed = cls.in_transaction(cls._create_catalogues)

    @classmethod
    def in_transaction(cls, work):
        """Run a function in a transaction of its own, and return what it returns."""
        with cls.registry.cursor() as cr:
            return work(api.Environment(cr, SUPERUSER_ID, {}))

    @classmethod
    def _create_catalogues(cls, env):
        """Return two published catalogs of the same products."""
        for number in range(8):
            cls._create_product(env, number)
        account = env["lengow.account"].create({"name": NAME})
        catalogues = env["lengow.catalogue"].create(
            [
                {
                    "name": NAME,
                    "account_id": account.id,
                    "domain": f"[('default_code', '=like', '{PREFIX}%')]",
                    "hold_lost": 100,
                    "hold_zero": 100,
                    "hold_price": 100,
                    "with_parents": True,
                }
                for _each in range(2)
            ]
        )
        for catalogue in catalogues:
            catalogue.action_publish()
        return catalogues.ids

    @classmethod
    def _create_product(cls, env, number):
        env["product.product"].create(
            {
                "name": f"{NAME} {number}",
                "default_code": f"{PREFIX}-{number}",
                "type": "service",
                "list_price": 10 + number,
                "taxes_id": False,
            }
        )

    @classmethod
    def _remove_everything(cls, env):
        everything = env["lengow.account"].with_context(active_test=False)
        accounts = everything.search([("name", "=", NAME)])
        catalogues = env["lengow.catalogue"].search(
            [("account_id", "in", accounts.ids)]
        )
        catalogues.state = "draft"
        catalogues.unlink()
        accounts.unlink()
        env["product.product"].with_context(active_test=False).search(
            [("default_code", "=like", f"{PREFIX}%")]
        ).product_tmpl_id.unlink()
        cron = env.ref("lengow_connector.cron_refresh_catalogues")
        env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]).unlink()

    # === A PROCESS OF ITS OWN === #

    def run_in_process(self, kill_before=None):
        """Refresh the catalog in a process of its own.

        :param int kill_before: the number of the statement before which it is killed
        :return: how it ended, and how many statements it has sent
        """
        sql_db.close_db(get_db_name())
        sent = processes.Value("i", 0)
        worker = processes.Process(target=self._work, args=(sent, kill_before))
        worker.start()
        worker.join(PATIENCE)
        return worker.exitcode, sent.value

    def _work(self, sent, kill_before):
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
            self.registry.cursor() as cr,
            patch.object(sql_db.Cursor, "execute", counted),
        ):
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["lengow.catalogue"]._cron_refresh_catalogues()

    # === WHAT IS THERE === #

    def change(self, round_):
        """Change every product, lose one and gain one; return the file before."""

        def work(env):
            products = env["product.product"].search(
                [("default_code", "=like", f"{PREFIX}%")], order="id"
            )
            for number, product in enumerate(products):
                product.name = f"{NAME} {round_}.{number}"
                product.list_price = 10 + round_ + number
            products[0].active = False
            self._create_product(env, 100 + round_)

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
        self.change(0)
        exitcode, statements = self.run_in_process()
        self.assertEqual(exitcode, 0)
        self.refresh_undisturbed()
        self.assertGreater(statements, KILLS)
        for round_ in range(1, KILLS + 1):
            point = 1 + statements * round_ // (KILLS + 1)
            with self.subTest(statement=point, of=statements):
                before = self.change(round_)
                exitcode, _sent = self.run_in_process(kill_before=point)
                self.assertEqual(exitcode, -signal.SIGKILL)
                self.assertEqual(self.file(self.killed), before)
                self.assertEqual(self.run_in_process()[0], 0)
                self.refresh_undisturbed()
                self.assertEqual(self.rows(self.killed), self.rows(self.undisturbed))
                self.assertNotEqual(self.file(self.killed), before)
                self.assertEqual(self.file(self.killed), self.file(self.undisturbed))
