"""A record of every model, every kind of user, and own dialogs of each of them."""

import inspect

from odoo import Command

from .orders import payload
from .shipping import ShippingCase

ADDON = "lengow_connector"
# What the kinds of users of the table of rights are: each has these groups alone.
KINDS = {
    "public": ("base.group_public",),
    "portal": ("base.group_portal",),
    "internal": ("base.group_user",),
    "salesperson": ("sales_team.group_sale_salesman",),
    "storekeeper": ("stock.group_stock_user",),
    "accountant": ("account.group_account_invoice",),
    "auditor": ("account.group_account_readonly",),
    "user": (f"{ADDON}.group_user",),
    "exporter": (f"{ADDON}.group_user", "base.group_allow_export"),
    "manager": (f"{ADDON}.group_manager",),
    "elsewhere": (f"{ADDON}.group_manager",),
}
# The models of Odoo that the addon gives fields or methods to.
EXTENDED = (
    "account.move",
    "delivery.carrier",
    "product.document",
    "product.product",
    "product.template",
    "res.partner",
    "sale.order",
    "sale.order.line",
    "stock.picking",
)
# Of rows of dialogs: the field of the dialog that they belong to.
PARENTS = {
    "lengow.order.act.kind": ("act_id", "lengow.order.act"),
    "lengow.carrier.matrix.row": ("matrix_id", "lengow.carrier.matrix"),
    "lengow.company.check.row": ("check_id", "lengow.company.check"),
    "lengow.order.decide.line": ("decide_id", "lengow.order.decide"),
    "lengow.order.resolve.line": ("resolve_id", "lengow.order.resolve"),
    "lengow.order.ship.row": ("ship_id", "lengow.order.ship"),
}


class RightsCase(ShippingCase):
    """What the walks over rights and buttons need."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_b = cls.env["res.company"].create({"name": "Company B"})
        cls.people = {
            kind: cls.create_user(f"kind-{kind}", *groups)
            for kind, groups in KINDS.items()
        }
        cls.people["elsewhere"].write(
            {
                "company_id": cls.company_b.id,
                "company_ids": [Command.set(cls.company_b.ids)],
            }
        )

    # === WHAT THERE IS === #

    def own_models(self):
        """Return the names of the addon's own models, services left out."""
        return sorted(
            name
            for name, model in self.env.registry.items()
            if name.startswith("lengow.") and not model._abstract
        )

    def public_methods(self, name):
        """Return what anybody may call of a model, of the addon's own methods.

        What Odoo lets be called of every model is Odoo's.
        """
        of_every_model = self.env.registry["base"]
        return sorted(
            {
                method
                for base in self.env.registry[name].mro()
                if base.__module__.startswith(f"odoo.addons.{ADDON}.")
                for method, value in vars(base).items()
                if inspect.isroutine(value) or isinstance(value, classmethod)
                if not method.startswith("_")
                and not getattr(value, "_api_private", False)
                and not hasattr(of_every_model, method)
            }
        )

    # === RECORDS === #

    def records_of_models(self):
        """Return a record of each kept model, as it looks in the middle of its life."""
        order = self.import_payload(
            payload(documents=[{"type": "invoice", "url": "https://example.com/i.pdf"}])
        )
        sale = order.sale_order_ids
        action = self.env["lengow.action"].create(
            {"order_id": order.id, "kind": "ship", "state": "failed"}
        )
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": order.partner_id.id,
                "lengow_order_id": order.id,
            }
        )
        document = order.document_ids or self.env["lengow.document"].create(
            {"order_id": order.id, "remote_key": "x", "kind": "invoice"}
        )
        day = self.env["lengow.day.check"].create(
            {"account_id": self.account.id, "day": "2026-01-15", "missing_count": 1}
        )
        self.env["lengow.disclosure"]._record(order.ids, "orders.xlsx")
        export = self.env["lengow.export"].search([("order_ids", "in", order.ids)])
        run = self.env["lengow.run"].search([("account_id", "=", self.account.id)])
        background = self.env["lengow.background"].with_user(self.people["manager"])
        task = background._begin("refresh", order).sudo()
        records = (
            self.account,
            run[:1],
            export,
            task,
            day,
            self.commission_of(order),
            self.marketplace,
            self.marketplace.carrier_ids[0],
            *self.entered_for_account(),
            order,
            order.line_ids[0],
            action,
            document[0],
            move,
            self.method,
            order.partner_id,
            self.mug,
            self.mug.product_tmpl_id,
            *self.catalogue_records(),
            sale,
            sale.order_line[0],
            sale.picking_ids,
        )
        self.env.flush_all()
        taxes = self.env["lengow.tax.report"].search([("order_id", "=", order.id)])
        report = self.env["lengow.order.report"].search([("order_id", "=", order.id)])
        return {record._name: record for record in (*records, report, taxes[:1])}

    def record_for(self, name, user):
        """Return the record of a model that a user has to do with."""
        if name != "lengow.task":
            return self.records[name].with_user(user)
        background = self.env["lengow.background"].with_user(user)
        return background._begin("refresh", self.records["lengow.order"])

    def catalogue_records(self):
        """Return a catalog with a column, a row and a fetch, and a picture."""
        catalogue = self.env["lengow.catalogue"].create(
            {"name": "Catalog", "account_id": self.account.id}
        )
        theirs = self.env["lengow.known.catalogue"].create(
            {"account_id": self.account.id, "number": 1, "name": "Catalog"}
        )
        ours = {"catalogue_id": catalogue.id}
        row = self.env["lengow.catalogue.row"].create(
            {
                **ours,
                "product_id": self.mug.id,
                "product_tmpl_id": self.mug.product_tmpl_id.id,
                "identifier": "MUG",
                "kind": "simple",
                "state": "listed",
                "issues": ["no_weight"],
                "has_warning": True,
            }
        )
        return (
            catalogue,
            theirs,
            catalogue.column_ids[0],
            row,
            self.env["lengow.catalogue.issue"].search([("row_id", "=", row.id)]),
            self.change_on_hold(),
            self.env["lengow.catalogue.fetch"].create(
                {**ours, "file": "catalogue.csv", "status": 200}
            ),
            self.env["product.document"].create(
                {
                    "name": "mug.png",
                    "res_model": "product.product",
                    "res_id": self.mug.id,
                }
            ),
        )

    def change_on_hold(self):
        """Return what would change in a catalog on hold."""
        catalogue = self.env["lengow.catalogue"].create(
            {"name": "Held", "account_id": self.account.id}
        )
        catalogue.state = "held"
        row = self.env["lengow.catalogue.row"].create(
            {
                "catalogue_id": catalogue.id,
                "identifier": "MUG",
                "kind": "simple",
                "state": "listed",
                "quantity": 2,
            }
        )
        return self.env["lengow.catalogue.change"].search([("row_id", "=", row.id)])

    def entered_for_account(self):
        """Return a record of each model of which people enter many for an account."""
        values = {
            "lengow.delivery.rule": {"delivery_method_id": self.method.id},
            "lengow.product.alias": {"sku": "THEIR-SKU", "product_id": self.mug.id},
            "lengow.routing.rule": {},
        }
        return [
            self.env[name].create({"account_id": self.account.id, **theirs})
            for name, theirs in values.items()
        ]

    def commission_of(self, order):
        return self.env["lengow.commission"].create(
            {
                "order_id": order.id,
                "date": "2026-01-15",
                "currency_id": order.currency_id.id,
                "amount": 1.5,
            }
        )

    def create_dialog(self, name, user, order):
        """Return a dialog, or a row of one, as its user makes it.

        :raise AccessError: if the user may not
        """
        catalogue = self.env["lengow.catalogue"].search([], limit=1)
        values = {
            "lengow.account.pause": {"account_id": order.account_id.id},
            "lengow.action.argument": {"form_model": "x", "name": "x"},
            "lengow.action.line": {"form_model": "x", "line_id": order.line_ids[:1].id},
            "lengow.catalogue.check": {"catalogue_id": catalogue.id},
            "lengow.catalogue.preview": {"catalogue_id": catalogue.id},
            "lengow.catalogue.setup": {"account_id": order.account_id.id, "name": "x"},
            "lengow.company.check": {"account_id": order.account_id.id},
            "lengow.company.check.row": {"code": "chart", "state": "todo"},
            "lengow.dismiss": {"order_ids": order.ids, "order_reason": "duplicate"},
            "lengow.document.print": {"res_ids": order.document_ids.ids},
            "lengow.lanes": {},
            "lengow.order.act": {"order_id": order.id},
            "lengow.order.act.kind": {"kind": "x", "name": "x"},
            "lengow.order.address": {"order_id": order.id},
            "lengow.order.difference": {"order_id": order.id, "reason": "x"},
            "lengow.order.anonymise": {"order_ids": [Command.set(order.ids)]},
            "lengow.order.cancel": {"order_id": order.id},
            "lengow.order.decide": {"order_ids": [Command.set(order.ids)]},
            "lengow.order.decide.line": {"order_id": order.id, "state": "left_out"},
            "lengow.order.export": {"order_ids_listed": order.ids},
            "lengow.order.fetch": {"account_id": order.account_id.id, "number": "A-1"},
            "lengow.order.refund": {"order_id": order.id},
            "lengow.carrier.link": {
                "picking_id": order.sudo().sale_order_ids.picking_ids.id
            },
            "lengow.carrier.matrix": {},
            "lengow.carrier.matrix.row": {
                "marketplace_id": order.marketplace_id.id,
                "method_id": self.method.id,
            },
            "lengow.order.resolve": {},
            "lengow.order.resolve.line": {
                "account_id": order.account_id.id,
                "sku": "x",
            },
            "lengow.order.setting": {"order_id": order.id, "kind": "conversion"},
            "lengow.report.month": {},
            "lengow.order.ship": {"order_ids": [Command.set(order.ids)]},
            "lengow.order.ship.row": {"order_id": order.id, "state": "left_out"},
        }[name]
        Model = self.env[name].with_user(user)
        Model.check_access("create")
        if name in PARENTS:
            field, parent = PARENTS[name]
            values[field] = self.create_dialog(parent, user, order).id
        order.sudo().lengow_status = {
            "lengow.order.decide": "waiting_acceptance",
            "lengow.order.refund": "shipped",
        }.get(name, "waiting_shipment")
        return Model.create(values)
