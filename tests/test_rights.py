"""The table of rights, held against what every kind of user really can do."""

import psycopg2

from odoo import Command
from odoo.exceptions import AccessError, RedirectWarning, UserError
from odoo.http import Controller
from odoo.models import TransientModel
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common.rights import ADDON, EXTENDED, RightsCase
from .data import rights

LETTERS = {"read": "R", "write": "W", "create": "C", "unlink": "U"}


@tagged("post_install", "-at_install")
class TestRights(RightsCase):
    def setUp(self):
        super().setUp()
        self.records = self.records_of_models()
        self.order = self.records["lengow.order"]

    def is_allowed(self, ask):
        """Say whether something passes the rights; then it is undone."""
        allowed = True
        # What the database refuses is an answer here, and none for the log.
        with mute_logger("odoo.sql_db"), self.env.cr.savepoint() as savepoint:
            try:
                ask()
                self.env.flush_all()
            except AccessError:
                allowed = False
            except (UserError, RedirectWarning, psycopg2.Error):
                allowed = True  # a rule of business, for whoever has the right
            savepoint.rollback()
        self.env.invalidate_all()
        return allowed

    def kinds_that(self, ask):
        """Return the kinds of users that may do something, as the table writes them."""
        return " ".join(
            kind
            for kind, user in self.people.items()
            if self.is_allowed(lambda user=user: ask(user))
        )

    def is_dialog(self, name):
        return issubclass(self.env.registry[name], TransientModel)

    # === MODELS === #

    def test_every_model_gives_every_kind_of_user_what_the_table_says(self):
        measured = {name: self.letters(name) for name in self.own_models()}
        self.assert_table(measured, rights.MODELS)

    def letters(self, name):
        record = self.records.get(name, self.env[name])
        found = {}
        for kind, user in self.people.items():
            letters = ""
            for operation, letter in LETTERS.items():
                target = record if operation != "create" else self.env[name]
                if target.with_user(user).has_access(operation):
                    letters += letter
            if letters:
                found[kind] = letters
        return found

    # === FIELDS === #

    def test_people_write_the_fields_of_the_table_and_no_others(self):
        """Even with every right that Odoo gives, dialogs apart: they are input."""
        everybody = self.create_user(
            "everybody",
            f"{ADDON}.group_manager",
            "base.group_system",
            "stock.group_stock_manager",
            "account.group_account_manager",
        )
        measured = {
            name: " ".join(self.writable(record.with_user(everybody)))
            for name, record in self.records.items()
        }
        self.assert_table(measured, rights.FIELDS)

    def writable(self, record):
        return [
            name
            for name, field in sorted(record._fields.items())
            if ADDON in field._modules
            and (field.store or field.inverse or field.type == "one2many")
            and self.is_allowed(lambda name=name: self.write_other(record, name))
        ]

    def write_other(self, record, name):
        """Write another value than there is, with the user's own rights."""
        field, value = record._fields[name], record.sudo()[name]
        if field.relational:
            other = value.search([("id", "not in", value.ids)], limit=1)
            many = [Command.link(other.id)] if other else [Command.clear()]
            record.write({name: many if field.type.endswith("2many") else other.id})
        elif field.type == "selection":
            values = field.get_values(self.env)
            record.write({name: next(v for v in values if v != value)})
        elif field.type in ("date", "datetime"):
            record.write({name: "2020-01-01"})
        elif field.type in ("boolean", "integer", "float", "monetary"):
            record.write({name: not value})
        else:
            record.write({name: {"x": 1} if field.type == "json" else "x"})

    # === METHODS === #

    def test_every_public_method_serves_whom_the_table_says(self):
        measured = {
            f"{name}.{method}": self.kinds_that(
                lambda user, n=name, m=method: self.call(n, m, user)
            )
            for name in [*self.own_models(), *EXTENDED]
            for method in self.public_methods(name)
        }
        self.assert_table(measured, rights.METHODS)

    def call(self, name, method, user):
        if self.is_dialog(name):
            record = self.create_dialog(name, user, self.order)
        else:
            record = self.record_for(name, user)
        self.env.invalidate_all()  # as a request finds it
        getattr(record, method)()

    def test_no_service_has_a_public_method(self):
        for name, model in self.env.registry.items():
            if name.startswith("lengow.") and model._abstract:
                with self.subTest(service=name):
                    inherited = {
                        method
                        for own in [*self.own_models(), *EXTENDED]
                        if issubclass(self.env.registry[own], model)
                        for method in self.public_methods(own)
                    }
                    self.assertFalse(set(self.public_methods(name)) - inherited)

    # === DIALOGS === #

    def test_dialog_of_somebody_else_serves_nobody(self):
        for name in self.own_models():
            if not self.is_dialog(name):
                continue
            maker = "exporter" if name == "lengow.order.export" else "manager"
            dialog = self.create_dialog(name, self.people[maker], self.order)
            for method in ["read", *self.public_methods(name)]:
                with self.subTest(dialog=name, method=method):
                    self.assertEqual(
                        self.kinds_that(
                            lambda user, d=dialog, m=method: getattr(
                                d.with_user(user), m
                            )()
                        ),
                        maker,
                    )

    def test_every_dialog_checks_what_it_points_at(self):
        guard = self.env.registry["lengow.dialog"]
        for name in self.own_models():
            if self.is_dialog(name):
                with self.subTest(dialog=name):
                    self.assertIsInstance(self.env[name], guard)

    def test_every_kept_model_is_written_by_the_system(self):
        guard = self.env.registry["lengow.guarded"]
        for name in [*self.own_models(), *EXTENDED]:
            is_kept = self.env[name]._auto and not self.is_dialog(name)
            if is_kept and name not in rights.UNGUARDED:
                with self.subTest(model=name):
                    self.assertIsInstance(self.env[name], guard)

    # === ROUTES AND REPORTS === #

    def test_every_route_is_in_the_table(self):
        found = {}
        for controller in Controller.children_classes[ADDON]:
            for value in vars(controller).values():
                if routing := getattr(value, "original_routing", None):
                    found |= dict.fromkeys(routing["routes"], routing["auth"])
        self.assert_table(found, rights.ROUTES)

    def test_every_report_and_server_action_is_in_the_table(self):
        data = self.env["ir.model.data"].search(
            [
                ("module", "=", ADDON),
                ("model", "in", ("ir.actions.report", "ir.actions.server")),
            ]
        )
        crons = self.env["ir.cron"].with_context(active_test=False).search([])
        actions = data.filtered(
            lambda d: (
                d.model != "ir.actions.server"
                or d.res_id not in crons.ir_actions_server_id.ids
            )
        )
        self.assertEqual(sorted(actions.mapped("name")), sorted(rights.REPORTS))

    # === HELPERS === #

    def assert_table(self, measured, table):
        """Compare line by line, and name what only one of the two has."""
        for line in sorted({*measured, *table}):
            with self.subTest(line=line):
                self.assertIn(line, table, f"say in the table: {measured.get(line)!r}")
                self.assertIn(line, measured, "the table has it, the addon has not")
                self.assertEqual(measured[line], table[line])
