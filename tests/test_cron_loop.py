"""One failing record never stops a run: every scheduled action, every kind of failure.

The scheduled actions are found, not listed: one that is new fails here until it says
what it works on.
"""

from contextlib import contextmanager
from datetime import date, timedelta
from unittest.mock import patch

from psycopg2.errors import SerializationFailure, UniqueViolation

from odoo import fields
from odoo.exceptions import RedirectWarning, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.models.ir_qweb import QWebError

from ..models.settings.lengow_cron import Work
from .common import payload
from .common.documents import pdf
from .common.shipping import ShippingCase

LOOP = "odoo.addons.lengow_connector.models.settings.lengow_cron"
LOGGERS = (LOOP, "odoo.addons.lengow_connector.models.sales.lengow_importer",
           "odoo.addons.lengow_connector.models.sales.lengow_invoicing",
           "odoo.addons.lengow_connector.models.shipping.lengow_reporter")  # fmt: skip

ERRORS = (
    ZeroDivisionError("a bug of another module"),
    MemoryError(),
    QWebError("a field of the layout is gone"),
    SerializationFailure("could not serialize access"),
    UserError("Please create a warehouse."),
    RedirectWarning("Please create a warehouse.", 1, "Go there"),
)
# Where an exception may quote what is to be deleted.
SECRET = ("cron_anonymise",)


@tagged("post_install", "-at_install")
class TestCronLoop(ShippingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.shirt | cls.mug).invoice_policy = "order"

    # === WHAT EVERY SCHEDULED ACTION WORKS ON: three records that are due === #

    def _ready(self):
        for number in ("R-1", "R-2", "R-3"):
            self.put(payload(number))
        with self.crons():
            self.run_cron("cron_fetch_orders")
        return self.account.order_ids

    def due_for_cron_fetch_orders(self):
        return self.account | self.second_account() | self.third_account()

    due_for_cron_sync_marketplaces = due_for_cron_fetch_orders
    due_for_cron_warn_deadlines = due_for_cron_fetch_orders
    due_for_cron_check_days = due_for_cron_fetch_orders
    due_for_cron_watch_accounts = due_for_cron_fetch_orders

    def due_for_cron_book_commissions(self):
        plan = self.env["account.analytic.plan"].create({"name": "Channels"})
        analytic = self.env["account.analytic.account"].create(
            {"name": "Commissions", "plan_id": plan.id}
        )
        marketplaces = self.account.marketplace_ids[:3]
        marketplaces.write(
            {
                "commission_analytic_id": analytic.id,
                "commission_from": "2026-01-01",
                "commission_booking": "analytic",
            }
        )
        return marketplaces

    def due_for_cron_refresh_catalogues(self):
        catalogues = self.env["lengow.catalogue"].create(
            [{"name": name, "account_id": self.account.id} for name in "ABC"]
        )
        catalogues.state = "published"
        return catalogues

    due_for_cron_rebuild_catalogues = due_for_cron_refresh_catalogues

    def due_for_cron_push_catalogues(self):
        catalogues = self.due_for_cron_refresh_catalogues()
        catalogues.write({"is_pushed": True})
        return catalogues

    def due_for_cron_process_orders(self):
        return self._ready()

    def due_for_cron_invoice_orders(self):
        self.marketplace.workflow = "invoice"
        orders = self._ready()
        self.env["lengow.importer"]._process(orders)
        return orders

    def due_for_cron_send_actions(self):
        orders = self.env["lengow.order"]
        for number in ("S-1", "S-2", "S-3"):
            orders |= self.receive(number)
        return self.env["lengow.action"].union(
            *(order._plan_action("accept") for order in orders)
        )

    def due_for_cron_follow_actions(self):
        self.sandbox.settings.action_delay = 0
        actions = self.due_for_cron_send_actions()
        self.send()
        self.assertEqual(set(actions.mapped("state")), {"accepted"})
        return actions

    def due_for_cron_auto_accept(self):
        self.find_marketplace("zalando").auto_accept = True
        orders = self.env["lengow.order"]
        for number in ("A-1", "A-2", "A-3"):
            orders |= self.receive(number)
        return orders

    def due_for_cron_report_shipments(self):
        orders = self.env["lengow.order"]
        for number in ("W-1", "W-2", "W-3"):
            orders |= self.receive_to_ship(number)
        with patch.object(type(self.env["lengow.reporter"]), "_report"):
            for picking in orders.sale_order_ids.picking_ids:
                self.deliver(picking, tracking="T")
        return orders

    def due_for_cron_deliver_fulfilled(self):
        fba = self.env["stock.warehouse"].create({"name": "FBA", "code": "FBA"})
        self.account.write(
            {"import_fulfilled_by_marketplace": True, "fulfilment_warehouse_id": fba.id}
        )
        fulfilled = [{"type": "is_delivered_by_marketplace", "label": "Fulfilled"}]
        orders = self.env["lengow.order"]
        for number in ("M-1", "M-2", "M-3"):
            orders |= self.receive_to_ship(
                number, lengow_status="shipped", order_types=fulfilled
            )
        return orders

    def due_for_cron_run_tasks(self):
        background = self.env["lengow.background"].with_user(self.user)
        return self.env["lengow.task"].union(
            *(background._begin("refresh", order).sudo() for order in self._ready())
        )

    def due_for_cron_fetch_documents(self):
        for number in ("D-1", "D-2", "D-3"):
            self.put(payload(number))
            record = self.sandbox.find("amazon_fr", number, 4242)
            document = self.sandbox.documents.add(record, "invoice.pdf", pdf(number))
            record.payload["documents"] = [
                {"id": document.id, "name": document.filename}
            ]
        self.sync()
        return self.account.order_ids.document_ids

    def due_for_cron_anonymise(self):
        orders = self._ready()
        self.account.write({"anonymise_orders": True, "anonymise_after_months": 6})
        orders.order_date = fields.Datetime.now() - timedelta(days=400)
        return orders

    def second_account(self, name="Another Shop"):
        access_token, secret = self.server.second_keys
        account = self.create_account(
            name=name, access_token=access_token, secret_token=secret
        )
        account.action_connect()
        return account

    def third_account(self):
        account = self.create_account(name="Third Shop")
        account.sudo().write({"state": "connected", "lengow_account_ref": "4242"})
        return account

    # === THE RUNS === #

    def crons_of_the_addon(self):
        """Return the xml ids of every scheduled action that the addon brings."""
        return (
            self.env["ir.model.data"]
            .search([("module", "=", "lengow_connector"), ("model", "=", "ir.cron")])
            .mapped("name")
        )

    def run_with(self, name, bad, error):
        """Run a scheduled action in which the step of one record raises.

        :return: the records whose step was done
        """
        Loop = type(self.env["lengow.cron"])
        original, done = Loop._do, set()

        def step(loop, records, work):
            if records._name == bad._name and bad in records:
                raise error
            result = original(loop, records, work)
            if records._name == bad._name:
                done.update(records.ids)
            return result

        with patch.object(Loop, "_do", step), self.crons(), mute_logger(*LOGGERS):
            self.run_cron(name)
        self.env.invalidate_all()
        return bad.browse(done)

    def words_on(self, record):
        """Return whatever the record says about what went wrong."""
        names = (
            "error_message", "invoice_error", "wait_reason", "state_reason",
            "commission_error", "push_error", "message",
        )  # fmt: skip
        texts = [record[name] for name in names if name in record._fields]
        if "activity_ids" in record._fields:
            texts += [f"{a.summary} {a.note}" for a in record.activity_ids]
        if "sale_order_ids" in record._fields:
            texts += record.sale_order_ids.picking_ids.mapped("lengow_ship_message")
        return " ".join(filter(None, texts))

    def test_whatever_the_step_of_one_record_raises_the_others_are_done(self):
        names = self.crons_of_the_addon()
        self.assertGreaterEqual(len(names), 10)
        for name in names:
            with self.undone():
                due = getattr(self, f"due_for_{name}")()
                self.assertEqual(len(due), 3, name)
                for error in ERRORS:
                    with self.subTest(cron=name, error=error), self.undone():
                        self.check(name, due, error)
            self.sandbox.clear_orders()
            self.sandbox.forget_actions()

    @contextmanager
    def undone(self):
        """Undo in the end what happens meanwhile."""
        with self.env.cr.savepoint() as savepoint:
            yield
            savepoint.rollback()
        self.env.invalidate_all()

    def check(self, name, due, error):
        """Check that an error in the step of the first record harms only that one."""
        bad = due[:1]
        self.assertEqual(self.run_with(name, bad, error) & due, due - bad)
        cron = self.env.ref(f"lengow_connector.{name}")
        self.assertTrue(cron.active)
        self.assertFalse(cron.failure_count)
        words = self.words_on(bad)
        if isinstance(error, SerializationFailure):
            self.assertFalse(self.env["lengow.pause"].search([("res_id", "=", bad.id)]))
        elif isinstance(error, (UserError, RedirectWarning)) and name not in SECRET:
            self.assertIn("Please create a warehouse.", words)
        else:
            self.assertTrue(words)

    def test_what_was_due_when_it_was_found_is_looked_at_again(self):
        services = {
            "cron_process_orders": "lengow.importer",
            "cron_send_actions": "lengow.sender",
            "cron_follow_actions": "lengow.follower",
            "cron_fetch_documents": "lengow.document.fetcher",
        }
        for cron, name in services.items():
            for is_due in (True, False):
                with self.subTest(service=name, is_due=is_due), self.undone():
                    due = getattr(self, f"due_for_{cron}")()
                    found = self.account if cron == "cron_follow_actions" else due
                    if not is_due:
                        self.account.sudo().state = "draft"
                    expected = found if is_due else found.browse()
                    self.assertEqual(self.taken_of(name, found), expected)
                self.sandbox.clear_orders()
                self.sandbox.forget_actions()

    def taken_of(self, name, records):
        """Return which of some records a service takes through its step."""
        taken, Loop = set(), type(self.env["lengow.cron"])

        def step(_loop, batch, _work):
            taken.update(batch.ids)

        self.env.flush_all()
        steps = patch.object(Loop, "_do", step)
        with steps, self.crons(), self.registry.cursor() as cr:
            env = self.env(cr=cr)
            env[name]._run_on(records.with_env(env))
        return records.browse(taken)

    def test_record_that_stays_due_does_not_come_first_in_the_next_run(self):
        orders = self.due_for_cron_anonymise()
        bad = orders.sorted("id")[:1]
        error = ZeroDivisionError("a bug of another module")
        self.assertNotIn(bad, self.run_with("cron_anonymise", bad, error))
        pause = self.env["lengow.pause"].search([("res_id", "=", bad.id)])
        self.assertGreater(pause.until, fields.Datetime.now())
        with self.crons():
            self.run_cron("cron_anonymise")
        self.assertFalse(bad.anonymised_at, "it pauses")
        pause.until = fields.Datetime.now()
        with self.crons():
            self.run_cron("cron_anonymise")
        self.assertTrue(bad.anonymised_at)

    def test_pause_grows_with_each_failure_and_is_forgotten_in_the_end(self):
        loop = self.env["lengow.cron"]
        work = Work("cron_anonymise", loop, "", "", [])
        lengths = []
        for _failure in range(3):
            loop._pause(self.account, work)
            pause = self.env["lengow.pause"].search([("res_id", "=", self.account.id)])
            lengths.append(pause.until - fields.Datetime.now())
        self.assertEqual(lengths, sorted(lengths))
        pause.until = fields.Datetime.now() - timedelta(days=2)
        self.env["lengow.pause"]._gc_pauses()
        self.assertFalse(pause.exists())

    def test_record_does_not_pause_because_one_of_another_model_has_its_number(self):
        loop = self.env["lengow.cron"]
        work = Work("cron_anonymise", loop, "", "", [])
        partner = self.env["res.partner"].create({"name": "Of the same number"})
        loop._pause(self.env["lengow.order"].browse(partner.id), work)
        self.assertEqual(loop._without_paused(partner, work.cron), partner)

    def test_note_that_fails_stops_nothing_either(self):
        orders = self.due_for_cron_process_orders()
        bad = orders[:1]
        importer = type(self.env["lengow.importer"])
        noting = patch.object(importer, "_note_failure", side_effect=KeyError("x"))
        with noting:
            done = self.run_with("cron_process_orders", bad, MemoryError())
        self.assertEqual(done, orders - bad)
        self.assertTrue(self.env["lengow.pause"].search([("res_id", "=", bad.id)]))

    def test_record_that_another_worker_lets_pause_stops_nothing_either(self):
        orders = self.due_for_cron_anonymise()
        bad = orders[:1]
        Pause = type(self.env["lengow.pause"])
        with patch.object(Pause, "create", side_effect=UniqueViolation("there")):
            done = self.run_with("cron_anonymise", bad, MemoryError())
        self.assertEqual(done, orders - bad)
        self.assertTrue(bad.activity_ids, "it is noted all the same")

    def test_what_is_noted_is_in_the_language_of_the_responsible(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.manager.lang = "fr_FR"
        self.account.user_id = self.manager
        orders, seen = self.due_for_cron_process_orders(), []
        importer = type(self.env["lengow.importer"])
        original = importer._process

        def process(service, batch):
            seen.append((service.env.lang, batch.env.lang))
            return original(service, batch)

        with patch.object(importer, "_process", process), self.crons():
            self.run_cron("cron_process_orders")
        self.assertEqual(set(seen), {("fr_FR", "fr_FR")})
        self.assertEqual(set(orders.mapped("import_state")), {"imported"})

    # === WHAT THAT MEANS, ONE BY ONE === #

    def test_layout_that_cannot_be_rendered_keeps_no_other_action_from_being_sent(self):
        (self.shirt | self.mug).invoice_policy = "order"
        order = self.import_order("G-1", marketplace="galeries_lafayette")
        invoice = order.sale_order_ids._create_invoices()
        invoice.action_post()
        document = order.action_ids.filtered(lambda a: a.kind == "invoice")
        accept = self.receive("A-1")._plan_action("accept")
        rendering = patch.object(
            type(self.env["ir.actions.report"]),
            "_pre_render_qweb_pdf",
            side_effect=QWebError("a field of the layout is gone"),
        )
        with rendering, mute_logger(*LOGGERS):
            self.send()
        self.assertEqual(accept.state, "accepted")
        self.assertEqual(
            (document.state, document.error_code), ("failed", "unexpected")
        )
        self.assertTrue(order.activity_ids)

    def test_words_of_a_redirect_warning_stand_on_the_order(self):
        words = "Please create a warehouse."

        def refuse(*_args):
            raise RedirectWarning(words, 1, words)

        self.patch(type(self.env["sale.order"]), "_action_confirm", refuse)
        order = self.import_payload(payload("A-1"))
        self.assertEqual(order.error_code, "refused_by_odoo")
        self.assertIn(words, order.error_message)

    def test_words_of_a_redirect_warning_stand_on_the_invoice(self):
        self.marketplace.workflow = "invoice"
        order = self.import_order("A-1")

        words = "Please choose a journal."

        def refuse(*_args, **_kwargs):
            raise RedirectWarning(words, 1, words)

        self.patch(type(self.env["sale.order"]), "_create_invoices", refuse)
        with self.crons():
            self.run_cron("cron_invoice_orders")
        self.assertEqual(order.invoice_error, words)

    def test_company_without_a_warehouse_is_told_so_at_the_connection(self):
        company = self.env["res.company"].create({"name": "Seed"})
        self.env["stock.warehouse"].search(
            [("company_id", "=", company.id)]
        ).active = False
        access_token, secret = self.server.second_keys
        account = self.create_account(
            name="Seed",
            company_id=company.id,
            user_id=False,
            access_token=access_token,
            secret_token=secret,
        )
        action = account.action_connect()
        self.assertEqual(account.state, "connected", account.error_message)
        self.assertEqual(action["params"]["type"], "warning")
        self.assertIn("no warehouse", action["params"]["message"])

    def overdue_partners(self):
        return self.env["res.partner"].create(
            [
                {"name": name, "lengow_anonymise_after": date(2020, 1, 1)}
                for name in ("First", "Second", "Third")
            ]
        )

    def test_what_fails_at_the_end_of_a_step_keeps_no_other_record(self):
        partners = self.overdue_partners()

        def fail():
            raise RuntimeError("of another module")

        def end(service, batch):
            batch.lengow_anonymise_after = False
            if partners[0] in batch:
                service.env.cr.precommit.add(fail)

        Anonymiser = type(self.env["lengow.anonymiser"])
        ending = patch.object(Anonymiser, "_end_retention", end)
        with ending, self.crons(), mute_logger(LOOP):
            self.run_cron("cron_anonymise")
        self.assertEqual(partners.filtered("lengow_anonymise_after"), partners[0])

    def test_partner_that_cannot_be_erased_keeps_no_other_one(self):
        partners = self.overdue_partners()
        Anonymiser = type(self.env["lengow.anonymiser"])

        words = "It is still needed."

        def refuse(_service, batch):
            if partners[0] in batch:
                raise UserError(words)
            batch.lengow_anonymise_after = False

        with (
            patch.object(Anonymiser, "_end_retention", refuse),
            self.crons(),
            self.assertLogs(LOOP, "ERROR") as logged,
        ):
            self.run_cron("cron_anonymise")
        self.assertNotIn(words, str(logged.output), "it may quote what is to go")
        self.assertEqual(
            partners.filtered("lengow_anonymise_after"), partners[0], "others are done"
        )
        self.assertIn("could not be deleted", partners[0].message_ids[0].body)

    def test_account_whose_keys_are_gone_keeps_no_other_one_from_being_followed(self):
        self.sandbox.settings.action_delay = 0
        action = self.receive()._plan_action("accept")
        self.send()
        other = self.second_account("A First Shop")
        theirs = action.copy({"order_id": self._order_of(other).id})
        theirs.sudo().write({"state": "accepted", "sent_at": action.sent_at})
        other.sudo().write({"access_token": False})
        other.sudo().write({"state": "connected", "lengow_account_ref": "4343"})
        self.follow()
        self.assertEqual(action.state, "done")
        self.assertIn("Enter the access token", other.error_message)

    def _order_of(self, account):
        self.env["lengow.inbox"]._store(account, [payload("B-1", account_id=4343)])
        return self.order("B-1", account)
