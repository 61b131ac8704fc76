"""Who sees and does what: groups, record rules, companies."""

import inspect

from odoo import Command
from odoo.exceptions import AccessError
from odoo.models import AbstractModel, TransientModel
from odoo.tests import tagged

from .common import LengowCase, payload

ADDON = "lengow_connector"
OWN_GROUPS = {f"{ADDON}.group_user", f"{ADDON}.group_manager"}
COMPANY_LIMIT = 'company_id", "in", company_ids)'
# Of an account whose orders go to several companies.
SERVED_LIMIT = 'served_company_ids", "in", company_ids)'
OWN_LIMIT = '("create_uid", "=", user.id)'
# Who else may use a model of the addon, and why.
OTHER_GROUPS = {
    # Accountants alone.
    "lengow.commission": {
        "account.group_account_invoice",
        "account.group_account_readonly",
    },
    # Accountants print the marketplaces' invoices.
    "lengow.carrier": {"stock.group_stock_user"},
    "lengow.carrier.link": {"stock.group_stock_user"},
    "lengow.document": {"account.group_account_invoice"},
    "lengow.document.print": {"account.group_account_invoice"},
    # A print of many goes on in the background.
    "lengow.task": {"account.group_account_invoice"},
    "lengow.tax.report": {
        "account.group_account_invoice",
        "account.group_account_readonly",
    },
}


@tagged("post_install", "-at_install")
class TestAccess(LengowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stranger_company = cls.env["res.company"].create({"name": "Company B"})
        only_b = {
            "company_id": cls.stranger_company.id,
            "company_ids": [Command.set(cls.stranger_company.ids)],
        }
        cls.stranger = cls.create_user("lengow-b", f"{ADDON}.group_manager", **only_b)
        cls.outsider = cls.create_user("no-lengow", "base.group_user")
        cls.alias = cls.env["lengow.product.alias"].create(
            {
                "account_id": cls.account.id,
                "sku": "THEIR-SKU",
                "product_id": cls.mug.id,
            }
        )

    def own_models(self, transient=False):
        """Return the addon's own models: kept in the database, or wizards.

        What the scheduled actions keep for themselves is nobody's.
        """
        for name, model in sorted(self.env.registry.items()):
            is_wizard = issubclass(model, TransientModel)
            is_abstract = issubclass(model, AbstractModel) and model._abstract
            if (
                name.startswith("lengow.")
                and name not in ("lengow.allowance", "lengow.pause")
                and not is_abstract
                and is_wizard == transient
            ):
                yield self.env[name]

    def records_of_each_model(self):
        """Return a record of every model that an import fills."""
        order = self.import_payload(payload())
        return [
            self.account,
            self.marketplace,
            self.marketplace.carrier_ids[0],
            self.alias,
            order,
            order.line_ids,
        ]

    # === EVERY MODEL === #

    def test_every_model_says_who_may_use_it(self):
        for model in [*self.own_models(), *self.own_models(transient=True)]:
            with self.subTest(model=model._name):
                lines = self.env["ir.model.access"].search(
                    [("model_id.model", "=", model._name)]
                )
                self.assertTrue(lines)
                self.assertTrue(all(line.group_id for line in lines))
                self.assertLessEqual(
                    set(lines.group_id.get_external_id().values()),
                    OWN_GROUPS | OTHER_GROUPS.get(model._name, set()),
                )

    def test_every_kept_model_belongs_to_companies(self):
        for model in self.own_models():
            with self.subTest(model=model._name):
                self.assertIn("company_id", model._fields)
                self.assertTrue(model._fields["company_id"].store)
                limits = self.limits_of(model)
                self.assertTrue(COMPANY_LIMIT in limits or SERVED_LIMIT in limits)

    def test_every_wizard_belongs_to_its_user_or_to_companies(self):
        """Odoo itself lets everybody in the group read everybody's wizards."""
        for model in self.own_models(transient=True):
            with self.subTest(model=model._name):
                limits = self.limits_of(model)
                self.assertTrue(COMPANY_LIMIT in limits or OWN_LIMIT in limits)

    def limits_of(self, model):
        """Return the record rules of a model that hold for everybody, as one text."""
        rules = self.env["ir.rule"].search(
            [("model_id.model", "=", model._name), ("groups", "=", False)]
        )
        return " ".join(rules.mapped("domain_force"))

    def test_wizard_of_somebody_else_is_not_readable(self):
        order = self.import_payload(payload(lengow_status="waiting_acceptance"))
        action = order.with_user(self.user).action_refuse()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertTrue(wizard.with_user(self.user).read(["display_name"]))
        with self.assertRaises(AccessError):
            wizard.with_user(self.manager).read(["display_name"])

    # === COMPANIES === #

    def test_other_company_sees_nothing(self):
        for record in self.records_of_each_model():
            theirs = record.with_user(self.stranger)
            with self.subTest(model=record._name):
                self.assertFalse(theirs.search([]))
                self.assertFalse(theirs.search_count([]))
                with self.assertRaises(AccessError):
                    theirs.read(["display_name"])
                with self.assertRaises(AccessError):
                    theirs.write({})
                    theirs.check_access("write")

    def test_other_company_does_nothing(self):
        order = self.import_payload(payload())
        account = self.account.with_user(self.stranger)
        theirs = order.with_user(self.stranger)
        for action in (
            account.action_connect,
            account.action_sync_orders,
            account.action_sync_marketplaces,
            account.action_disconnect,
            theirs.action_import,
            theirs.action_refresh,
        ):
            with self.subTest(action=action.__name__), self.assertRaises(AccessError):
                action()

    def test_both_companies_at_once_see_both(self):
        both = self.stranger
        both.company_ids = [Command.link(self.company.id)]
        accounts = self.env["lengow.account"].with_user(both)
        alone = accounts.with_context(allowed_company_ids=self.stranger_company.ids)
        self.assertNotIn(self.account, alone.search([]))
        companies = (self.company | self.stranger_company).ids
        allowed = accounts.with_context(allowed_company_ids=companies)
        self.assertIn(self.account, allowed.search([]))

    # === GROUPS === #

    def test_outsider_sees_nothing(self):
        for record in self.records_of_each_model():
            with self.subTest(model=record._name), self.assertRaises(AccessError):
                record.with_user(self.outsider).read(["display_name"])

    def test_user_reads_everything_and_configures_nothing(self):
        for record in self.records_of_each_model():
            theirs = record.with_user(self.user)
            with self.subTest(model=record._name):
                theirs.read(["display_name"])
                if record._name not in ("lengow.product.alias", "lengow.order"):
                    with self.assertRaises(AccessError):
                        theirs.check_access("write")
                with self.assertRaises(AccessError):
                    theirs.unlink()
        for model in ("lengow.account", "lengow.marketplace", "lengow.order"):
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[model].with_user(self.user).create({})

    def test_manager_configures_but_invents_no_orders(self):
        marketplace = self.marketplace.with_user(self.manager)
        marketplace.workflow = "quotation"
        marketplace.carrier_ids[0].carrier_id = self.env["delivery.carrier"].search(
            [], limit=1
        )
        for model in ("lengow.order", "lengow.order.line", "lengow.marketplace"):
            with self.subTest(model=model), self.assertRaises(AccessError):
                self.env[model].with_user(self.manager).create({})

    def test_user_sees_no_payload(self):
        """The payload holds all that a marketplace tells of a buyer."""
        order = self.import_payload(payload())
        self.env.invalidate_all()
        for name in (
            "payload",
            "payload_text",
            "imported_payload",
            "address_correction",
        ):
            with self.subTest(field=name):
                theirs = order.with_user(self.user)
                self.assertNotIn(name, theirs.fields_get())
                with self.assertRaises(AccessError):
                    theirs.read([name])
                with self.assertRaises(AccessError):
                    theirs.search([(name, "!=", False)])
                order.with_user(self.manager).read([name])

    def test_outsider_does_nothing(self):
        records = self.records_of_each_model()
        self.sandbox.calls.clear()
        for record in records:
            theirs = record.with_user(self.outsider)
            for name in self.public_methods(record):
                with self.subTest(model=record._name, method=name):
                    self.assertTrue(self.is_refused(getattr(theirs, name)))
        for model in self.own_models(transient=True):
            with self.subTest(model=model._name), self.assertRaises(AccessError):
                model.with_user(self.outsider).create({})
        self.assertFalse(self.sandbox.calls)

    def is_refused(self, method):
        """Say whether a method refuses, or only opens what it would not show."""
        try:
            result = method()
        except AccessError:
            return True
        shown = self.env[result["res_model"]].with_user(self.outsider)
        return result["type"] == "ir.actions.act_window" and not shown.has_access(
            "read"
        )

    def public_methods(self, record):
        """Return the names of the addon's own methods that anybody may call by RPC."""
        return sorted(
            name
            for base in type(record).mro()
            if base.__module__.startswith(f"odoo.addons.{ADDON}.")
            for name, value in vars(base).items()
            if inspect.isfunction(value)
            and not name.startswith("_")
            and not getattr(value, "_api_private", False)
            and not hasattr(self.env["base"], name)
        )

    def test_user_imports_orders_and_opens_what_they_became(self):
        self.put(payload())
        self.account.with_user(self.user).action_sync_orders()
        self.put(payload("A-2", total="1.00"))
        self.account.with_user(self.user).action_sync_orders()
        self.env.invalidate_all()
        order = self.order("A-1").with_user(self.user)
        self.assertEqual(order.sale_order_count, 1)
        self.assertEqual(order.picking_count, 1)
        self.assertTrue(order.sale_order_ids.read(["amount_total"]))
        self.assertEqual(
            order.action_open_sale_orders()["res_id"], order.sale_order_ids.id
        )
        self.order("A-2").with_user(self.user).action_import()

    def test_buyers_marketplace_number_is_for_lengow_users(self):
        order = self.import_payload(payload(marketplace_customer_id="BUYER-1"))
        partner = order.sale_order_ids.partner_id
        with self.assertRaises(AccessError):
            partner.with_user(self.outsider).read(["lengow_customer_ref"])
