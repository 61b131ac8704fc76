"""Every button of every view, pressed the way the web client presses it."""

from lxml import etree

from odoo.exceptions import RedirectWarning, UserError
from odoo.models import TransientModel
from odoo.service.model import call_kw
from odoo.tests import tagged

from .common.rights import ADDON, RightsCase
from .data import rights

# Those who open no screen of the company, by the table of rights.
STRANGERS = {"elsewhere", "portal", "public"}
# What shows many records, of which some may be selected.
MANY = ("list", "kanban")


@tagged("post_install", "-at_install")
class TestButtons(RightsCase):
    def setUp(self):
        super().setUp()
        self.records = self.records_of_models()
        self.forms = 0
        self.presser = self.create_user(
            "presser",
            f"{ADDON}.group_manager",
            "base.group_allow_export",
            "stock.group_stock_user",
            "account.group_account_invoice",
        )

    def test_every_button_answers_or_says_why_not(self):
        """Whatever is selected, and where nothing has to be, with nothing selected."""
        pressed = 0
        for view, model, button in self.object_buttons():
            for ids in self.selections(model, button):
                # a click on the row of a list has its own attribute
                name = button.get("name") or button.get("action")
                with self.subTest(view=view.name, button=name, ids=ids):
                    self.press(model, name, ids)
                    pressed += 1
        self.assertGreater(pressed, 100)
        self.assertGreater(self.forms, 20)

    def test_list_button_that_needs_no_selection_takes_none(self):
        orders = self.env["lengow.order"].with_user(self.presser)
        result = call_kw(orders, "action_sync_now", [[]], {})
        self.assertEqual(result["tag"], "display_notification")

    def test_nobody_is_shown_a_button_that_is_not_theirs(self):
        """Whoever may not press it gets an error, and did nothing wrong."""
        shown, refused = 0, set()
        for kind in self.people.keys() - STRANGERS:
            user = self.people[kind]
            for view, name, button in self.buttons_shown_to(user):
                method = f"{name}.{button.get('name')}"
                shown += 1
                if kind not in rights.METHODS.get(method, kind).split():
                    refused.add(f"{kind}: {method} in {view.name}")
        self.assertGreater(shown, 200)
        self.assertFalse(refused, "\n".join(sorted(refused)))

    def test_users_and_accountants_are_shown_the_documents_of_an_invoice(self):
        for kind in ("user", "accountant"):
            with self.subTest(kind=kind):
                shown = {
                    (name, button.get("name"))
                    for _view, name, button in self.buttons_shown_to(self.people[kind])
                }
                self.assertIn(("account.move", "action_open_lengow_documents"), shown)

    def buttons_shown_to(self, user):
        """Yield the addon's buttons that call a method, as the user's views have them.

        What depends on the record is taken to be there.
        """
        for view in self.own_views():
            Model = self.env[view.model].with_user(user)
            if Model._abstract or not Model.has_access("read"):
                continue
            ours = {b.get("name") for b in self.buttons_in(view.arch)}
            whole = view
            while whole.mode == "extension":
                whole = whole.inherit_id
            for button in self.buttons_in(Model.get_view(whole.id)["arch"]):
                if button.get("name") in ours:
                    yield view, self.model_of(view, button), button

    def buttons_in(self, arch):
        return etree.fromstring(arch).xpath("//*[@type='object']")

    def own_views(self):
        data = self.env["ir.model.data"].search(
            [("module", "=", ADDON), ("model", "=", "ir.ui.view")]
        )
        return self.env["ir.ui.view"].browse(data.mapped("res_id")).filtered("model")

    def object_buttons(self):
        """Yield the addon's buttons that call a method, with the model of each."""
        for view in self.own_views():
            if self.env[view.model]._abstract:
                continue  # shown within the views that inherit it, if at all
            arch = view.get_combined_arch() if view.mode == "primary" else view.arch
            for button in self.buttons_in(arch):
                yield view, self.model_of(view, button), button

    def model_of(self, view, button):
        """Return the model that a button is for: maybe that of a list in a form."""
        model = self.env[view.model]
        for parent in reversed(list(button.iterancestors("field"))):
            field = model._fields.get(parent.get("name"))
            if field is not None and field.relational:
                model = self.env[field.comodel_name]
        return model._name

    def selections(self, model, button):
        """Return the ids that the client sends along."""
        if issubclass(self.env.registry[model], TransientModel):
            order = self.records["lengow.order"]
            return [self.create_dialog(model, self.presser, order).ids]
        one = self.records[model].ids
        parent = button.getparent()
        if parent is None or parent.tag != "header":
            return [one]
        if parent.getparent().tag not in MANY:
            return [one]
        several = self.env[model].search([], limit=3).ids
        return [one, several, *([[]] if button.get("display") == "always" else [])]

    def open_form(self, action):
        """Read the form that an action opens, as the client does.

        It asks for the sizes of files in the place of the files.
        """
        is_window = isinstance(action, dict) and "res_model" in action
        kind = is_window and action.get("views") and action["views"][0][1]
        context = is_window and action.get("context")
        if kind != "form" or isinstance(context, str):
            return
        Model = self.env[action["res_model"]].with_user(self.presser)
        Model = Model.with_context(**(context or {}), bin_size=True)
        views = Model.get_views([action["views"][0]])
        known = views["models"][Model._name]["fields"]
        arch = etree.fromstring(views["views"]["form"]["arch"])
        shown = {
            node.get("name")
            for node in arch.iter("field")
            if not any(True for _list in node.iterancestors("field"))
        }
        specification = {
            name: {"fields": {"display_name": {}}}
            if known[name]["type"] == "many2one"
            else {}
            for name in shown & known.keys()
        }
        if action.get("res_id"):
            Model.browse(action["res_id"]).web_read(specification)
        else:
            Model.onchange({}, [], specification)
        self.forms += 1

    def press(self, model, name, ids):
        """Call as a click does; a person may be told why not, never more."""
        context = {"active_model": model, "active_ids": ids, "active_id": ids[:1]}
        with self.env.cr.savepoint() as savepoint:
            self.env.invalidate_all()
            try:
                result = call_kw(
                    self.env[model].with_user(self.presser),
                    name,
                    [ids],
                    {"context": context},
                )
                self.env.flush_all()
                self.open_form(result)
            except (UserError, RedirectWarning):
                result = None
            savepoint.rollback()
        self.env.invalidate_all()
        self.assertIsInstance(result, dict | bool | type(None))
