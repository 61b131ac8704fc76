"""Every view loads for every group, and no list is crowded."""

from lxml import etree

from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from ..lengow_api import STATUS_TONES, TO_SHIP_STATUSES
from .common import LengowCase, payload

MOST_COLUMNS = 8
# The second tells what is under way, too; both have the colors of the table.
STATUS_WIDGETS = ("lengow_status_badge", "lengow_order_status")
# What Alt and a letter do on Odoo's own pages: a button of ours would do nothing.
HOTKEYS_OF_ODOO = set("bchjkmnpsuvz")


@tagged("post_install", "-at_install")
class TestViews(LengowCase):
    def own_views(self):
        ids = self.env["ir.model.data"].search(
            [("module", "=", "lengow_connector"), ("model", "=", "ir.ui.view")]
        )
        return self.env["ir.ui.view"].browse(ids.mapped("res_id"))

    def own_actions(self):
        ids = self.env["ir.model.data"].search(
            [
                ("module", "=", "lengow_connector"),
                ("model", "=", "ir.actions.act_window"),
            ]
        )
        return self.env["ir.actions.act_window"].browse(ids.mapped("res_id"))

    def test_every_view_loads_for_users_and_managers(self):
        views = self.own_views().filtered(lambda view: view.type != "qweb")
        self.assertGreater(len(views), 10)
        for view in views:
            for user in (self.user, self.manager):
                with self.subTest(view=view.name, user=user.login):
                    base = view
                    while base.inherit_id:
                        base = base.inherit_id
                    model = self.env[view.model].with_user(user)
                    if not model.has_access("read"):
                        continue
                    loaded = model.get_views([(base.id, base.type)])["views"]
                    self.assertTrue(
                        etree.fromstring(loaded[base.type]["arch"]) is not None
                    )

    def buttons(self):
        """Yield each button of each view of ours, beside it the view."""
        for view in self.own_views():
            arch = etree.fromstring(view.arch)
            if view.mode == "primary":
                arch = view._get_combined_arch()
            for button in arch.iter("button"):
                yield view, button

    def test_no_button_has_a_hotkey_that_odoo_keeps_for_itself(self):
        for view, button in self.buttons():
            with self.subTest(view=view.name, button=button.get("string")):
                self.assertNotIn(button.get("data-hotkey", "").lower(), HOTKEYS_OF_ODOO)

    def test_enter_in_a_dialog_that_has_just_opened_destroys_nothing(self):
        """The first button of a dialog has the focus: it closes, or can be undone."""
        dangerous = 0
        for view in self.own_views().filtered(lambda view: view.type == "form"):
            for footer in etree.fromstring(view.arch).iter("footer"):
                buttons = list(footer.iter("button"))
                for index, button in enumerate(buttons):
                    if "btn-danger" in button.get("class", ""):
                        dangerous += 1
                        with self.subTest(view=view.name):
                            first = buttons[:index]
                            self.assertTrue([b for b in first if b.get("special")])
        self.assertGreater(dangerous, 2)

    def test_a_question_whether_to_cancel_is_not_answered_with_cancel(self):
        """Beside "Cancel", which keeps everything, "OK" says not what it does."""
        for view, button in self.buttons():
            words = f"{button.get('string')} {button.get('confirm')}"
            if button.get("confirm") and "ancel" in words:
                with self.subTest(view=view.name, button=button.get("string")):
                    self.assertTrue(button.get("confirm-label"))
                    self.assertTrue(button.get("cancel-label"))

    def test_a_status_has_the_same_color_in_every_view(self):
        shown = 0
        for view in self.own_views().filtered("model"):
            arch = etree.fromstring(view.arch)
            for field in arch.iterfind(".//field[@name='lengow_status'][@widget]"):
                shown += 1
                with self.subTest(view=view.name):
                    self.assertIn(field.get("widget"), STATUS_WIDGETS)
                    own = [n for n in field.attrib if n.startswith("decoration-")]
                    self.assertFalse(own)
        self.assertEqual(shown, 5)

    def test_a_status_has_the_color_of_the_table(self):
        order = self.import_payload(payload())
        for status, tone in STATUS_TONES.items():
            with self.subTest(status=status):
                order.lengow_status = order.line_ids.lengow_status = status
                self.assertEqual(order.status_tone, tone)
                self.assertEqual(order.line_ids.status_tone, tone)

    def test_the_filters_by_status_are_those_of_the_table(self):
        view = self.env.ref("lengow_connector.lengow_order_view_search")
        arch = etree.fromstring(view.arch)
        order = self.import_payload(payload())
        filters = {
            "to_ship": TO_SHIP_STATUSES,
            "shipped": {"shipped", "closed", "pickup_completed"},
            "canceled": {code for code, t in STATUS_TONES.items() if t == "danger"},
        }
        for name, statuses in filters.items():
            domain = safe_eval(arch.find(f".//filter[@name='{name}']").get("domain"))
            for status in STATUS_TONES:
                with self.subTest(filter=name, status=status):
                    order.lengow_status = status
                    found = order.search([("id", "=", order.id), *domain])
                    self.assertEqual(bool(found), status in statuses)

    def test_an_action_has_the_menu_of_one_app(self):
        """By its action Odoo tells which app an address belongs to."""
        menus = self.env["ir.ui.menu"].with_context(**{"ir.ui.menu.full_list": True})
        for action in self.own_actions():
            found = menus.search(
                [("action", "=", f"ir.actions.act_window,{action.id}")]
            )
            apps = {menu.parent_path.split("/")[0] for menu in found}
            with self.subTest(action=action.name):
                self.assertLessEqual(len(apps), 1)

    def test_every_action_opens_for_users_and_managers(self):
        self.import_payload(payload())
        for action in self.own_actions():
            for user in (self.user, self.manager):
                self.env.invalidate_all()
                model = self.env[action.res_model].with_user(user)
                if not model.has_access("read"):
                    continue
                with self.subTest(action=action.name, user=user.login):
                    modes = [(False, mode) for mode in action.view_mode.split(",")]
                    loaded = model.get_views(
                        [*modes, (action.search_view_id.id, "search")]
                    )
                    for mode in action.view_mode.split(","):
                        names = self._fields(loaded["views"][mode]["arch"], model)
                        model.search([], limit=3).web_read({name: {} for name in names})

    def _fields(self, arch, model):
        tree = etree.fromstring(arch)
        names = {
            node.get("name")
            for node in tree.iter("field")
            if not any(parent.tag == "field" for parent in node.iterancestors())
        }
        return names & set(model._fields)

    def test_records_open_in_their_forms(self):
        order = self.import_payload(payload())
        for record, user in (
            (order, self.user),
            (order, self.manager),
            (self.account, self.user),
            (self.account, self.manager),
            (self.marketplace, self.user),
            (self.marketplace, self.manager),
        ):
            with self.subTest(model=record._name, user=user.login):
                self.env.invalidate_all()  # as a request of theirs finds it
                Form(record.with_user(user))

    def test_no_list_shows_more_than_eight_columns(self):
        for view in self.own_views().filtered(
            lambda view: view.type == "list" and not view.inherit_id
        ):
            with self.subTest(view=view.name):
                shown = self._columns(etree.fromstring(view.arch))
                self.assertLessEqual(len(shown), MOST_COLUMNS, shown)

    def _columns(self, tree):
        """Return the names of the columns that a list shows by default.

        Icons side by side under no heading are one column to the eye.
        """
        shown = []
        for node in tree.iterchildren("field", "widget"):
            is_hidden = (
                node.get("optional") == "hide"
                or node.get("column_invisible") in ("True", "1")
                or node.get("groups")
            )
            is_icon = node.get("nolabel") == "1"
            if not is_hidden and not (is_icon and shown and shown[-1] == "icons"):
                shown.append("icons" if is_icon else node.get("name"))
        return shown

    def test_a_card_says_which_account_it_belongs_to(self):
        """Two accounts sell at the same marketplace, which has one name of its own."""
        seen = 0
        for view in self.own_views().filtered(lambda view: view.type == "kanban"):
            model = self.env[view.model]
            if model._transient or "account_id" not in model._fields:
                continue
            names = {
                node.get("name")
                for card in etree.fromstring(view.arch).iterfind(".//t[@t-name='card']")
                for node in card.iter("field")
            }
            seen += 1
            with self.subTest(view=view.name):
                self.assertTrue(
                    names & {"account_id", "marketplace_id", "display_name", "order_id"}
                )
        self.assertGreater(seen, 3)

    def test_whatever_is_put_in_order_is_put_there_without_a_mouse(self):
        """The handle of a list is for the mouse: the form says the position, too."""
        seen = set()
        for view in self.own_views().filtered("model"):
            arch = etree.fromstring(view.arch)
            for handle in arch.iterfind(".//field[@widget='handle']"):
                model = self._model_of(handle, view.model)
                form = etree.fromstring(model.get_view(view_type="form")["arch"])
                shown = [
                    field
                    for field in form.iterfind(
                        f".//field[@name='{handle.get('name')}']"
                    )
                    if field.get("invisible") not in ("1", "True")
                ]
                seen.add(model._name)
                with self.subTest(view=view.name, model=model._name):
                    self.assertTrue(shown)
        self.assertGreater(len(seen), 2)

    def _model_of(self, node, name):
        """Return the model of which a node of a view shows a field.

        :param str name: of the model of the view
        """
        model = self.env[name]
        for parent in reversed([*node.iterancestors("field")]):
            model = model[parent.get("name")]
        return model

    def test_every_list_is_cards_on_a_phone(self):
        """A list of several columns is cut there, whichever they are."""
        for action in self.own_actions():
            modes = (action.view_mode or "").split(",")
            # Behind a pivot table a list is for the numbers, on a large screen.
            if modes[0] == "list" and action.target != "new":
                with self.subTest(action=action.name):
                    self.assertIn("kanban", modes)

    def test_a_pivot_table_says_what_it_does_with_each_field(self):
        """What is neither a row nor a column nor measured is not shown at all."""
        tables = self.own_views().filtered(lambda view: view.type == "pivot")
        self.assertGreater(len(tables), 1)
        for view in tables:
            for node in etree.fromstring(view.arch).iter("field"):
                with self.subTest(view=view.name, field=node.get("name")):
                    self.assertIn(node.get("type"), ("row", "col", "measure"))

    def test_lists_of_orders_teach_when_they_are_empty(self):
        for action in self.own_actions():
            if action.target != "new":
                with self.subTest(action=action.name):
                    self.assertIn("o_view_nocontent_smiling_face", action.help or "")

    def test_every_filter_of_the_search_views_can_be_used(self):
        for view in self.own_views().filtered(
            lambda view: view.type == "search" and not view.inherit_id
        ):
            model = self.env[view.model].with_user(self.manager)
            if not model.has_access("read"):
                model = model.with_user(self.create_accountant())
            for node in etree.fromstring(view.arch).iter("filter"):
                with self.subTest(view=view.name, filter=node.get("name")):
                    if domain := node.get("domain"):
                        model.search(self._evaluate(domain), limit=1)
                    if "group_by" in (node.get("context") or ""):
                        group = self._evaluate(node.get("context"))["group_by"]
                        model.formatted_read_group([], [group], ["__count"])

    def _evaluate(self, text):
        return safe_eval(text, {"uid": self.manager.id})
