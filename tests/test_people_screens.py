"""Every screen and search bar, as people who may do no more than their work."""

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools.safe_eval import datetime, safe_eval

from .common.rights import ADDON, RightsCase

# Those who open no screen of the company, by the table of rights.
STRANGERS = {"elsewhere", "portal", "public"}
SCREENS = ("list", "kanban", "form")
ALWAYS = {True, "1", "True"}
TEXTS = ("char", "text", "many2one", "one2many", "many2many")


@tagged("post_install", "-at_install")
class TestPeopleScreens(RightsCase):
    def setUp(self):
        super().setUp()
        self.records = self.records_of_models()
        self.refused, self.count = set(), 0

    def test_whatever_a_screen_shows_may_be_read(self):
        """The addon's own fields: for those of Odoo's own screens, Odoo answers."""
        for kind, view, Model in self.views_of_people(*SCREENS):
            record = self.records.get(view.model, self.env[view.model])
            record = Model.browse(record.ids[:1])
            if not record.has_access("read"):
                continue
            arch = etree.fromstring(Model.get_view(view.id)["arch"])
            asked = self.specification(arch, Model, self.is_own(view.model))
            self.ask(f"{kind}: {view.name}", lambda r=record, a=asked: r.web_read(a))
        self.assert_nobody_is_refused(300)

    def test_whatever_a_search_bar_offers_may_be_searched(self):
        for kind, view, Model in self.views_of_people("search"):
            for node in etree.fromstring(Model.get_view(view.id)["arch"]).iter():
                if node.tag in ("field", "filter") and self.is_ours(node, view):
                    what = f"{kind}: {node.get('name')} in {view.name}"
                    self.ask(what, lambda n=node, M=Model: self.search_by(n, M))
        self.assert_nobody_is_refused(500)

    def test_whatever_is_to_be_chosen_may_be_looked_for(self):
        """In every form, list and dialog that somebody may fill in."""
        for kind, view, Model in self.views_of_people(*SCREENS):
            if not (Model.has_access("write") or Model.has_access("create")):
                continue
            arch = etree.fromstring(Model.get_view(view.id)["arch"])
            for name, Other in self.choices(arch, Model):
                self.ask(f"{kind}: {name} in {view.name}", Other.name_search)
        self.assert_nobody_is_refused(150)

    def test_orders_of_others_serve_no_salesperson(self):
        """Who sees own documents alone, and calls what has no button for them."""
        sale, move = (self.records[name] for name in ("sale.order", "account.move"))
        sale.user_id = move.invoice_user_id = self.manager
        for record in (sale, sale.order_line[0], move):
            theirs = record.with_user(self.people["salesperson"])
            self.assertFalse(theirs.has_access("read"))
            for method in self.public_methods(record._name):
                with self.subTest(method=f"{record._name}.{method}"):
                    self.env.invalidate_all()
                    with self.assertRaises(AccessError):
                        getattr(theirs, method)()

    def test_an_invoice_names_its_order_once(self):
        """By a link to those who may open it, and by its number to all others."""
        accountant = self.people["accountant"]
        for rights, name in (
            ("base.group_user", "name"),
            (f"{ADDON}.group_user", "id"),
        ):
            accountant.group_ids |= self.env.ref(rights)
            move = self.env["account.move"].with_user(accountant)
            arch = etree.fromstring(move.get_view(view_type="form")["arch"])
            names = {
                node.get("name")
                for node in arch.findall(".//page[@id='other_tab']//field")
                if node.get("invisible") not in ALWAYS
            }
            told = names & {"lengow_order_id", "lengow_order_name"}
            self.assertEqual(told, {f"lengow_order_{name}"}, rights)

    def test_a_storekeeper_opens_a_delivery_and_validates_it(self):
        """Who has the rights of the warehouse alone: which carrier fits is asked."""
        order = self.receive_to_ship("P-1")
        picking = order.sale_order_ids.picking_ids.with_user(self.storeman)
        for view in ("stock.view_picking_form", "stock.vpicktree"):
            self.env.invalidate_all()
            arch = picking.get_view(self.env.ref(view).id)["arch"]
            asked = self.specification(etree.fromstring(arch), picking, True)
            self.assertIn("allowed_carrier_ids", asked)
            picking.web_read(asked)
        self.deliver(picking, "6A001")

    def test_a_storekeeper_is_told_who_decides_about_what_is_on_hold(self):
        order = self.receive_to_ship("P-2")
        order.change_kind = "address"
        picking = order.sale_order_ids.picking_ids
        for user, is_told in ((self.storeman, True), (self.user, False)):
            reason = picking.with_user(user).lengow_hold_reason
            self.assertIn("apply the change", reason)
            self.assertEqual("Lengow/User" in reason, is_told, reason)
        with self.assertRaisesRegex(UserError, "Ask somebody .* Lengow/User"):
            picking.with_user(self.storeman).button_validate()

    # === SCREENS === #

    def views_of_people(self, *types):
        """Yield each whole view that has something of the addon, for each kind."""
        data = self.env["ir.model.data"].search(
            [("module", "=", ADDON), ("model", "=", "ir.ui.view")]
        )
        views = self.env["ir.ui.view"].browse(data.mapped("res_id"))
        whole = views.browse()
        for view in views.filtered(lambda v: v.model and v.type in types):
            while view.mode == "extension":
                view = view.inherit_id
            whole |= view
        for kind in self.people.keys() - STRANGERS:
            for view in whole:
                Model = self.env[view.model].with_user(self.people[kind])
                if not Model._abstract and Model.has_access("read"):
                    self.env.invalidate_all()
                    yield kind, view, Model

    def is_own(self, name):
        return name.startswith("lengow.")

    def is_ours(self, node, view):
        """Whether a field or filter of a search view is the addon's."""
        if self.is_own(view.model):
            return True
        own = self.env[view.model]._fields.get(node.get("name"))
        if node.tag == "field" and own is not None and ADDON in own._modules:
            return True
        text = f"{node.get('domain')}{node.get('filter_domain')}{node.get('context')}"
        return "lengow" in text

    def specification(self, arch, Model, is_whole):
        """Return what the client asks for of a record, lists within it included."""
        asked = {}
        for node in arch.iter("field"):
            name = node.get("name")
            field = Model._fields.get(name)
            within = any(arch in parent.iterancestors() for parent in self.over(node))
            if within or field is None or not (is_whole or ADDON in field._modules):
                continue
            asked[name] = {}
            if field.type == "many2one":
                asked[name] = {"fields": {"display_name": {}}}
            elif field.type.endswith("2many"):
                Other = self.env[field.comodel_name].with_user(Model.env.user)
                inner = {}
                for one in node.iterchildren("list", "kanban"):
                    inner |= self.specification(one, Other, True)
                asked[name] = {"fields": inner}
        return asked

    def choices(self, arch, Model):
        """Yield the fields whose values are records to choose, with their models."""
        for node in arch.iter("field"):
            field = Model._fields.get(node.get("name"))
            within = any(arch in parent.iterancestors() for parent in self.over(node))
            if within or field is None or not field.relational:
                continue
            Other = self.env[field.comodel_name].with_user(Model.env.user)
            lists = [*node.iterchildren("list", "kanban", "form")]
            for one in lists:
                yield from self.choices(one, Other)
            is_fixed = ALWAYS & {
                field.readonly,
                *map(node.get, ("readonly", "invisible", "column_invisible")),
            }
            is_ours = self.is_own(Model._name) or ADDON in field._modules
            if is_ours and not (lists or is_fixed or field.type == "one2many"):
                yield field.name, Other

    def over(self, node):
        return node.iterancestors("field")

    # === SEARCH BARS === #

    def search_by(self, node, Model):
        """Search as somebody does who types something, or who clicks."""
        context = self.evaluate(node.get("context") or "{}")
        if group := context.get("group_by"):
            Model.formatted_read_group([], [group], ["__count"])
        domain = node.get("domain")
        if node.tag == "field":
            field = Model._fields[node.get("name")]
            is_text = field.type in TEXTS
            domain = node.get("filter_domain") or str(
                [(field.name, "ilike" if is_text else "=", "x" if is_text else False)]
            )
        if domain:
            Model.search(self.evaluate(domain), limit=1)

    def evaluate(self, text):
        today = fields.Date.today()
        known = {"context_today": lambda: today, "datetime": datetime, "self": "x"}
        return safe_eval(text, {"uid": self.env.uid, **known})

    # === HELPERS === #

    def ask(self, what, call):
        self.count += 1
        try:
            call()
        except AccessError as error:
            self.refused.add(f"{what}: {str(error).splitlines()[0]}")

    def assert_nobody_is_refused(self, least):
        self.assertFalse(self.refused, "\n".join(sorted(self.refused)))
        self.assertGreater(self.count, least)
