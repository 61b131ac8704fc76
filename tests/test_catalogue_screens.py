"""What a catalog says of itself, what is wrong in it, and how that is mended."""

import re
from ast import literal_eval
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from ..catalogue.checks import ISSUES
from ..models.catalogue.issue_texts import ISSUE_HINTS, ISSUE_LABELS
from .common.catalogue_screens import CatalogueScreenCase

REFRESH = (
    "odoo.addons.lengow_connector.models.catalogue.lengow_catalogue_refresher."
    "LengowCatalogueRefresher._refresh"
)
# What a value must survive on its way through a file.
HOSTILE = 'He said "yes" | no;\n<b>&amp;</b> =1+1, ]]>'


@tagged("post_install", "-at_install")
class TestCatalogueIssues(CatalogueScreenCase):
    def issues(self, user=None):
        Issue = self.env["lengow.catalogue.issue"].with_user(user or self.manager)
        return Issue.search([("catalogue_id", "=", self.catalogue.id)])

    def mend(self, issue, values):
        """Save a line of the list as the browser does; return what it shows then."""
        spec = {name: {} for name in ("barcode", "is_mended", "status_text")}
        [answer] = issue.web_save(values, spec)
        return answer

    def test_every_code_has_words_and_says_what_to_do(self):
        self.assertEqual(set(ISSUE_LABELS), set(ISSUES))
        self.assertEqual(set(ISSUE_HINTS), set(ISSUES))

    def test_each_thing_that_is_wrong_is_a_line(self):
        self.list_product(self.mug, "no_ean", "no_weight")
        self.list_product(self.shirt)
        self.assertEqual(
            set(self.issues(self.user).mapped("code")),
            {"no_ean", "no_weight"},
        )

    def test_who_else_asks_for_an_identifier_is_named(self):
        row = self.list_product(
            self.mug, "duplicate_identifier", "no_ean", twins="Shirt, Hat"
        )
        said = f"{ISSUE_LABELS['duplicate_identifier']}, also by Shirt, Hat"
        issues = self.issues(self.user)
        self.assertEqual(issues.mapped("status_text"), [said, ISSUE_LABELS["no_ean"]])
        self.assertEqual(row.issue_text, f"{said}, {ISSUE_LABELS['no_ean']}")

    def test_what_is_no_longer_listed_needs_no_mending(self):
        self.list_product(self.mug, "no_ean", state="withdrawn")
        self.assertFalse(self.issues())

    def test_levels_are_those_of_the_checks(self):
        self.list_product(self.mug, *ISSUES)
        self.assertEqual({i.code: i.level for i in self.issues()}, ISSUES)
        self.assertEqual(self.issues()[0].level, "error", "what blocks comes first")

    def test_line_is_mended_in_the_list_and_gone_when_it_is_read_again(self):
        self.manager.group_ids |= self.env.ref("product.group_product_manager")
        row = self.list_product(self.mug, "no_ean")
        issue = self.issues()

        def refresh(service, catalogue, parts=(), products=None):
            self.assertEqual(products, self.mug)
            row.write({"issues": [], "has_warning": False})

        with patch(REFRESH, refresh):
            answer = self.mend(issue, {"barcode": "5901234123457"})
        self.assertEqual(
            answer,
            {
                "id": issue.id,
                "barcode": "5901234123457",
                "is_mended": True,
                "status_text": "Mended",
            },
        )
        self.assertEqual(self.mug.barcode, "5901234123457")
        self.assertFalse(self.issues())

    def test_product_is_looked_at_again_at_once(self):
        self.manager.group_ids |= self.env.ref("product.group_product_manager")
        catalogue = self.env["lengow.catalogue"].create(
            {"name": "All", "account_id": self.account.id}
        )
        self.env["lengow.catalogue.refresher"]._refresh(catalogue)
        theirs = [("catalogue_id", "=", catalogue.id), ("code", "=", "no_ean")]
        issue = self.env["lengow.catalogue.issue"].with_user(self.manager)
        issue = issue.search([*theirs, ("product_id", "=", self.mug.id)])
        answer = self.mend(issue, {"barcode": "5901234123457"})
        self.assertEqual(answer["status_text"], "Mended")
        row = catalogue.row_ids.filtered(lambda row: row.product_id == self.mug)
        self.assertEqual(row.values["ean"], "5901234123457")

    def test_line_that_is_still_wrong_says_so(self):
        self.manager.group_ids |= self.env.ref("product.group_product_manager")
        self.list_product(self.mug, "no_ean")
        with patch(REFRESH, lambda *args, **kwargs: None):
            answer = self.mend(self.issues(), {"barcode": False})
        self.assertFalse(answer["is_mended"])
        self.assertEqual(answer["status_text"], ISSUE_LABELS["no_ean"])

    def test_many_lines_are_mended_at_once(self):
        self.manager.group_ids |= self.env.ref("product.group_product_manager")
        for product in self.mug | self.shirt:
            self.list_product(product, "no_weight")
        issues = self.issues()
        with patch(REFRESH, lambda *args, **kwargs: None):
            answer = issues.web_save({"weight": 2.5}, {"weight": {}})
        self.assertEqual([line["weight"] for line in answer], [2.5, 2.5])
        self.assertEqual(self.mug.weight, 2.5)

    def test_whoever_may_not_change_products_only_reads(self):
        self.list_product(self.mug, "no_weight")
        issue = self.issues(self.user)
        self.assertFalse(issue.can_mend)
        self.assertIn("Ask somebody who may change products", issue.hint)
        self.assertNotIn("Ask somebody", self.issues(self.env.user).hint)
        with self.assertRaises(AccessError):
            issue.web_save({"weight": 2.5}, {"weight": {}})

    def test_line_opens_the_variant_or_the_only_product(self):
        self.list_product(self.mug, "no_weight")
        action = self.issues().action_open_product()
        self.assertEqual(action["res_model"], "product.template")
        self.assertEqual(action["res_id"], self.mug.product_tmpl_id.id)


@tagged("post_install", "-at_install")
class TestCatalogueSentences(CatalogueScreenCase):
    def fetch_text(self):
        self.catalogue.invalidate_recordset()
        return self.catalogue.with_user(self.user).fetch_text

    def test_before_it_is_published_nothing_can_be_fetched(self):
        self.assertIn("before it is published", self.fetch_text())
        self.catalogue.state = "published"
        self.assertIn("has not fetched it yet", self.fetch_text())

    def test_says_when_lengow_came_how_often_and_what_it_got(self):
        self.publish(["id"], [[str(number)] for number in range(7)])
        for minutes in (9, 70, 129, 189):
            self.pull(minutes, 304 if minutes == 9 else 200)
        self.assertEqual(
            self.fetch_text(),
            "Lengow fetched it 9 minutes ago, about every 60 minutes. Rows: 7, nothing "
            "new",
        )

    def test_pulls_in_quick_succession_are_no_rhythm(self):
        self.publish(["id"], [["1"]])
        for minutes in (5, 5.1, 5.2):
            self.pull(minutes, 200)
        self.assertNotIn("every", self.fetch_text())

    def test_one_pull_says_nothing_of_how_often(self):
        self.catalogue.state = "published"
        self.pull(3)
        self.assertNotIn("every", self.fetch_text())

    def test_looks_and_own_checks_are_no_pulls(self):
        self.catalogue.state = "published"
        self.pull(1, file="catalogue.csv?limit=10")
        self.pull(1, file="stock.csv")
        self.pull(1, agent="Odoo-Lengow-Check")
        self.pull(1, size=0)
        self.pull(1, 404)
        self.assertIn("has not fetched it yet", self.fetch_text())

    def test_says_how_old_it_is_and_when_it_is_refreshed_next(self):
        self.assertEqual(self.catalogue.freshness_text, "Not yet")
        now = fields.Datetime.now()
        cron = self.env.ref("lengow_connector.cron_refresh_catalogues")
        cron.nextcall = fields.Datetime.add(now, minutes=6, seconds=5)
        self.catalogue.refreshed_at = fields.Datetime.subtract(now, minutes=9)
        self.assertEqual(
            self.catalogue.with_user(self.user).freshness_text,
            "9 minutes ago, next in 6 minutes",
        )
        cron.active = False
        self.catalogue.invalidate_recordset()
        self.assertIn("switched off", self.catalogue.freshness_text)

    def test_each_column_says_where_its_values_come_from(self):
        columns = self.catalogue.column_ids
        self.assertEqual(
            columns.mapped("origin"), ["Identifier", "Name", "For sale", "Always “new”"]
        )
        columns[1].write({"source": "field", "path": "categ_id.name"})
        self.assertEqual(columns[1].origin, "Product Category > Name")
        # as after the module of a field was uninstalled
        gone = columns.new({"source": "field", "path": "x_gone.name"})
        self.assertEqual(gone.origin, "x_gone.name")

    def test_rows_that_lengow_has_refused_are_found_with_its_words(self):
        self.list_product(self.mug, push_error="No such price.")
        self.list_product(self.shirt)
        action = self.catalogue.with_user(self.user).action_open_push_errors()
        self.assertEqual(action["context"], {"search_default_refused": 1})
        views = self.env["lengow.catalogue.row"].get_views([(False, "search")])
        [domain] = re.findall(
            r'name="refused"[^>]*domain="([^"]+)"', views["views"]["search"]["arch"]
        )
        rows = self.env["lengow.catalogue.row"].search(
            [*action["domain"], *literal_eval(domain)]
        )
        self.assertEqual(rows.product_id, self.mug)

    def test_address_is_for_system_administrators(self):
        self.assertIn("catalogue.csv", self.catalogue.url)
        for user in (self.user, self.manager):
            with self.subTest(user=user.login):
                catalogue = self.catalogue.with_user(user)
                with self.assertRaises(AccessError):
                    catalogue.read(["url"])
                Form(catalogue)
                form = Form(catalogue, self.view("lengow_catalogue_view_form_address"))
                self.assertNotIn("url", form._view["fields"])

    def view(self, name):
        return f"lengow_connector.{name}"


@tagged("post_install", "-at_install")
class TestCatalogueDialogs(CatalogueScreenCase):
    def dialog_of(self, action, user):
        self.assertEqual(action["target"], "new")
        return self.env[action["res_model"]].with_user(user).browse(action["res_id"])

    def preview(self, user=None):
        user = user or self.user
        return self.dialog_of(self.catalogue.with_user(user).action_preview(), user)

    def test_preview_reads_what_a_file_would_hold(self):
        self.list_product(self.mug, values={"id": "MUG", "name": HOSTILE})
        dialog = self.preview()
        self.assertEqual(dialog.version, "next")
        self.assertEqual(
            dialog.table,
            {
                "headers": ["id", "name", "quantity", "condition"],
                "rows": [["MUG", HOSTILE, "", ""]],
            },
        )

    def test_preview_shows_what_lengow_has_until_the_other_is_asked_for(self):
        self.list_product(self.mug)
        self.publish(["id", "name"], [["OLD", "As it was"]])
        dialog = self.preview()
        self.assertEqual(dialog.version, "published")
        self.assertEqual(dialog.table["rows"], [["OLD", "As it was"]])
        dialog.version = "next"
        self.assertEqual(dialog.table["rows"][0][0], "MUG")

    def test_preview_opens_as_the_web_client_opens_it(self):
        self.publish(["id"], [["MUG"]])
        dialog = self.preview().with_context(bin_size=True)
        dialog.invalidate_recordset()
        [found] = dialog.web_read({"table": {}, "text": {}})
        self.assertEqual(found["table"], {"headers": ["id"], "rows": [["MUG"]]})

    def test_preview_of_one_product_names_the_source_of_each_value(self):
        self.list_product(self.mug)
        details = self.preview().details
        self.assertEqual(details["rows"][0], ["id", "MUG", "Identifier"])
        self.assertEqual(details["rows"][-1], ["condition", "new", "Always “new”"])

    def test_preview_of_nothing_says_what_to_look_at(self):
        self.assertIn("Look at which ones are chosen", self.preview().text)

    def test_three_fields_make_a_catalog(self):
        wizard = self.env["lengow.catalogue.setup"].with_user(self.manager).create({})
        self.assertEqual(wizard.account_id, self.account)
        self.assertEqual(wizard.warehouse_ids.company_id, self.company)
        wizard.write({"name": "Spain", "preset": "magento"})
        action = wizard.action_create()
        catalogue = self.env["lengow.catalogue"].browse(action["res_id"])
        self.assertEqual(catalogue.name, "Spain")
        self.assertEqual(catalogue.preset, "magento")
        self.assertEqual(catalogue.state, "draft")
        self.assertIn("parent_id", catalogue.column_ids.mapped("header"))

    def test_new_catalog_holds_goods_alone(self):
        """Shipping, fees and ways of delivery are sold, and are no goods."""
        ours = self.env.ref("lengow_connector.product_product_shipping")
        values = {"default_code": "POST", "type": "service", "list_price": 5.0}
        carried = self.env["product.product"].create({"name": "Post", **values})
        wizard = self.env["lengow.catalogue.setup"].with_user(self.manager)
        action = wizard.create({"name": "Spain"}).action_create()
        rows = self.env["lengow.catalogue"].browse(action["res_id"]).row_ids
        self.assertIn(self.mug, rows.product_id)
        self.assertFalse((ours | carried) & rows.product_id)

    def test_every_form_of_a_product_has_the_switch_and_its_catalogs(self):
        self.manager.group_ids |= self.env.ref("product.group_product_manager")
        self.list_product(self.mug)
        forms = {
            "product.product_template_only_form_view": self.mug.product_tmpl_id,
            "product.product_normal_form_view": self.mug,
            "product.product_variant_easy_edit_view": self.mug,
        }
        for view, product in forms.items():
            with self.subTest(view=view):
                self.mug.lengow_is_selected = False
                with Form(product.with_user(self.manager), view) as form:
                    form.lengow_is_selected = True
                    self.assertEqual(len(form.lengow_row_ids), 1)
                self.assertTrue(self.mug.lengow_is_selected)

    def test_many_products_are_switched_in_their_list(self):
        selection = self.env["lengow.catalogue.selection"]
        answer = selection._switch(self.mug | self.shirt, True)
        self.assertIn("switched on for Lengow: 2", answer["params"]["message"])
        self.assertIn("changes nothing yet", answer["params"]["message"])
        self.catalogue.only_selected = True
        templates = (self.mug | self.shirt).product_tmpl_id
        answer = selection.with_user(self.manager)._switch(
            templates.with_user(self.manager), False
        )
        self.assertIn("refresh of Tour Catalog", answer["params"]["message"])
        self.assertFalse(self.mug.lengow_is_selected)

    def test_switches_are_offered_to_those_alone_who_may(self):
        offered = {
            "product.template": {"Send to Lengow", "Do Not Send to Lengow"},
            "product.product": {"Send to Lengow", "Do Not Send to Lengow"},
        }
        editor = self.create_user(
            "editor", "lengow_connector.group_user", "product.group_product_manager"
        )
        outsider = self.create_user("outsider", "product.group_product_manager")
        for user, may in (
            (self.manager, True),
            (editor, True),
            (self.user, False),
            (outsider, False),
        ):
            for model, names in offered.items():
                with self.subTest(user=user.login, model=model):
                    views = (
                        self.env[model]
                        .with_user(user)
                        .get_views([(False, "list")], {"toolbar": True})
                    )
                    toolbar = views["views"]["list"]["toolbar"]
                    shown = {one["name"] for one in toolbar.get("action", ())}
                    self.assertEqual(shown & names, names if may else set())

    def test_whoever_may_change_neither_products_nor_catalogs_switches_nothing(self):
        selection = self.env["lengow.catalogue.selection"].with_user(self.user)
        with self.assertRaises(AccessError):
            selection._switch(self.mug.with_user(self.user), True)
