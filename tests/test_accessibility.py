"""Screens and dialogs hold nothing that keeps people out, as far as axe can tell.

`make test` says in `LENGOW_AXE` where axe is; it is no part of the addon. What Odoo's
own frame does wrong is Odoo's to mend, so only our markup is looked at.
"""

import json
import os
from pathlib import Path
from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from odoo.addons.web.controllers.utils import clean_action

from ..models.catalogue import lengow_catalogue_checker
from .common.orders import address, line, package, payload
from .common.overview import OverviewCase
from .common.rights import ADDON

WALKER = Path(__file__).parent / "common" / "barriers.js"
# What Odoo draws around what is ours, by selector, and what is wrong there.
SHELL = {
    ".o_control_panel": "the bar above each screen, with the search",
    ".o_search_panel": "the folds of the search panel have no name",
    ".o_notebook_headers": "tabs stand in items of a list",
    ".o-mail-Form-chatter": "pictures in the conversation have no text",
    ".modal-header": "the frame of a dialog",
    ".o_calendar_sidebar": "days of other months are pale, a box has no label",
}
# What Odoo draws amid what is ours: by rule, which elements may break it, and this rule
# alone.
KNOWN = {
    # Buttons that show an icon alone: for the columns of a list, beside a calendar.
    "button-name": ".o_optional_columns_dropdown button, .oi-panel-right",
    # Boxes in the rows of lists: the one to select the row, and a yes or no. What is
    # edited in a row is named by the head of its column, to the eye alone.
    "label": ".o_list_record_selector input, .o_data_cell > .o-checkbox input, "
    ".o_selected_row .o_data_cell input",
    # Measures above a pivot table, and what is not edited in the row that is.
    "color-contrast": ".o_pivot_measure_row, .o_selected_row .o_readonly_modifier *",
    # Days of a calendar are called by their date, not by what is due on them.
    "label-content-name-mismatch": ".fc-day",
    # The picture of a user beside the name, which is text.
    "image-alt": ".o-mail-Avatar img",
    # What says that something unfolds says it on an element without a role.
    # So do tags that can be taken away.
    # And so does a bar that shows how far something is.
    "aria-allowed-attr": ".o-dropdown, .o-autocomplete--input, .o_tag, .o_progress",
    # What a selection of records shows of its domain.
    "aria-command-name": ".o_field_domain .o_searchview_facet_label",
    "aria-required-parent": ".o_field_domain [role=listitem]",
    "role-img-alt": ".o_field_domain .fa-filter",
    # The list of a selection keeps browsers from completing with a word of its own.
    "autocomplete-valid": ".o_select_menu_input",
}
WORST = ("critical", "serious")
# On a phone lists are cards.
ROW = ".o_data_row, .o_kanban_record:not(.o_kanban_ghost)"
# Screens by what opens them, maybe with the view, and by what shows that they are
# there.
SCREENS = {
    "lengow_overview_action": ".o_lengow_checklist",
    "lengow_order_action": ROW,
    "lengow_order_action kanban": ROW,
    "lengow_order_action calendar": ".o_calendar_wrapper > *",
    "lengow_order_action pivot": ".o_pivot table",
    "lengow_order_action graph": ".o_graph_renderer canvas",
    "lengow_order_to_fix_action": ROW,
    "lengow_order_report_action pivot": ".o_pivot table",
    "lengow_order_report_action graph": ".o_graph_renderer canvas",
    "lengow_action_action": ROW,
    "lengow_document_action": ROW,
    "lengow_carrier_action": ".o_list_view, .o_kanban_view",
    "lengow_delivery_rule_action": ".o_list_view, .o_kanban_view",
    "lengow_routing_rule_action": ".o_list_view, .o_kanban_view",
    "lengow_product_alias_action": ".o_list_view, .o_kanban_view",
    "lengow_marketplace_action": ROW,
    "lengow_account_action": ROW,
    "lengow_day_check_action": ".o_list_view, .o_kanban_view",
    "lengow_health_action": ROW,
    "lengow_run_action": ROW,
    "lengow_export_action": ".o_list_view, .o_kanban_view",
    "lengow_task_action": ".o_list_view, .o_kanban_view",
    "lengow_commission_action": ".o_list_view, .o_kanban_view",
    "lengow_catalogue_action": ROW,
    "lengow_catalogue_action list": ROW,
    "lengow_catalogue_row_action": ROW,
    "lengow_catalogue_issue_action": ".o_group_header, .o_kanban_record",
    "lengow_catalogue_change_action": ".o_group_header, .o_kanban_record",
    "lengow_catalogue_fetch_action": ROW,
}
# Dialogs by the action that opens them.
DIALOGS_OF_MENUS = (
    "lengow_account_connect_action",
    "lengow_order_fetch_action",
    "lengow_order_export_action",
    "lengow_order_anonymise_action",
    "lengow_report_month_action",
    "lengow_lanes_action",
    "lengow_catalogue_setup_action",
)
# Dialogs by the method of an order that opens them, and the order.
DIALOGS = {
    "action_accept": "two",
    "action_refuse": "to_accept",
    "action_open_ship": "to_ship",
    "action_open_cancel": "to_cancel",
    "action_open_refund": "shipped",
    "action_open_act": "to_cancel",
    "action_open_resolve": "to_fix",
    "action_print_documents": "with_documents",
    "action_fix": "collected",
    "action_open_dismiss": "to_fix",
}


@tagged("post_install", "-at_install")
class TestAccessibility(OverviewCase, HttpCase):
    browser_size = "1280x800"
    known = KNOWN

    def setUp(self):
        super().setUp()
        self.axe = os.environ.get("LENGOW_AXE")
        if not self.axe:
            # Of a run by Odoo alone: `make test` fetches axe, or fails.
            self.skipTest("LENGOW_AXE does not say where axe is")
        self.create_one_of_each()
        waiting = {"lengow_status": "waiting_acceptance"}
        lines = [line(**waiting), line("MUG", **waiting)]
        to_accept = self.receive("AXE-1", "galeries_lafayette", lines=lines)
        self.orders = {
            "to_accept": to_accept,
            "two": to_accept | self.receive("AXE-2", "fnac"),
            "to_ship": self.receive_to_ship("AXE-3", "manomano_fr"),
            "to_cancel": self.receive_to_ship("AXE-8", "zalando", line(), line()),
            "many": self.receive_to_ship("AXE-4", "cdiscount")
            | self.receive_to_ship("AXE-5", "cdiscount"),
            "shipped": self.receive_to_ship(
                "AXE-6", "zalando", lengow_status="shipped"
            ),
            "to_fix": self.import_payload(payload("AXE-7", package(line("MYSTERY")))),
        }
        self.orders["with_documents"] = self.orders["shipped"]
        self.add_document(self.orders["shipped"])
        collected = {"tax": {"is_marketplace_deemed_supplier": True}}
        self.orders["collected"] = self.import_payload(payload("AXE-9", **collected))
        nowhere = address(common_country_iso_a2="XX")
        self.orders["nowhere"] = self.import_payload(
            payload("AXE-11", package(delivery=nowhere), billing_address=nowhere)
        )
        self.account.difference_limit = 5.0
        self.orders["differing"] = self.import_payload(payload("AXE-12", total="25"))
        # Commissions are for accountants alone.
        self.manager.group_ids |= self.env.ref("account.group_account_invoice")
        self.action = self.ask(self.create_order("AXE-10"), "accept", "failed")
        # The overview shows the checklist of what is being set up.
        self.new_shop = self.create_account(name="New Shop", setup_state="importing")
        self.catalogue = self.create_catalogue()
        # Last: what is received above would have it imported.
        self.create_order("READY", import_state="ready")

    def create_catalogue(self):
        """Return a catalog on hold, of a product with an issue, that Lengow fetched."""
        catalogue = self.env["lengow.catalogue"].create(
            {"name": "Catalog", "account_id": self.account.id}
        )
        catalogue.write({"state": "held", "hold_reason": "Half of it would be lost."})
        ours = {"catalogue_id": catalogue.id}
        self.env["lengow.catalogue.row"].create(
            {
                **ours,
                "product_id": self.shirt.id,
                "product_tmpl_id": self.shirt.product_tmpl_id.id,
                "identifier": "SHIRT",
                "kind": "simple",
                "state": "listed",
                "values": {"id": "SHIRT"},
                "issues": ["no_weight"],
                "has_warning": True,
            }
        )
        self.env["lengow.catalogue.fetch"].create(
            {**ours, "file": "catalogue.csv", "status": 304}
        )
        return catalogue

    def test_no_screen_and_no_dialog_has_a_barrier(self):
        walk = {
            "steps": [*self.screens(), *self.forms(), *self.dialogs()],
            "shell": list(SHELL),
            "known": self.known,
            "worst": WORST,
        }
        scripts = (Path(self.axe), WALKER)
        # Evaluated from a file: a failure would quote all of axe if it were given.
        source = self.env["ir.attachment"].create(
            {
                "name": "barriers.txt",
                "mimetype": "text/plain",
                "public": True,
                "raw": "\n".join(
                    [
                        *(script.read_text("utf-8") for script in scripts),
                        f"walkThroughBarriers({json.dumps(walk, default=str)});",
                    ]
                ).encode(),
            }
        )
        self.browser_js(
            "/odoo/lengow-orders",
            f"fetch('/web/content/{source.id}')"
            ".then((answer) => answer.text()).then((source) => (0, eval)(source))"
            ".then(() => console.log('test successful'))"
            ".catch((error) => console.error(error.message))",
            login=self.manager.login,
            timeout=300,
        )

    def screens(self):
        for name, ready in SCREENS.items():
            xml_id, _space, view = name.partition(" ")
            options = {"viewType": view} if view else {}
            action = self.action_of(xml_id)
            yield {"name": name, "action": action, "options": options, "ready": ready}

    def action_of(self, xml_id):
        Action = self.env["ir.actions.act_window"]
        return Action._for_xml_id(f"{ADDON}.{xml_id}")

    def forms(self):
        for name in ("to_accept", "to_ship", "shipped", "to_fix"):
            yield self.form(self.orders[name], f"order {name}")
        yield self.form(self.account, "account")
        yield self.form(self.marketplace, "marketplace")
        yield self.form(self.orders["shipped"].document_ids, "document")
        yield self.form(self.action, "action")
        yield self.form(self.marketplace.carrier_ids[:1], "carrier")
        yield from self.forms_of_catalogues()

    def forms_of_catalogues(self):
        issue = self.env["lengow.catalogue.issue"].search([], limit=1)
        yield self.form(self.catalogue, "catalog")
        yield self.form(self.catalogue.row_ids, "row of a catalog")
        yield self.form(issue, "issue of a catalog")
        yield self.form(self.shirt.product_tmpl_id, "product in a catalog")
        yield self.form(self.shirt, "variant in a catalog")

    def form(self, record, name):
        action = {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": record._name,
            "res_id": record.id,
            "views": [(False, "form")],
            "target": "current",
        }
        return {"name": name, "action": action, "ready": ".o_form_view"}

    def dialogs(self):
        for method, name in DIALOGS.items():
            orders = self.orders[name].with_user(self.manager)
            yield self.dialog(f"{method} {name}", getattr(orders, method)())
        many = self.orders["many"].with_user(self.manager)
        yield self.dialog("action_open_ship many", many.action_open_ship())
        failed = self.ask(self.orders["to_cancel"], "cancel", "failed")
        yield self.dialog(
            "action_correct", failed.with_user(self.manager).action_correct()
        )
        nowhere = self.orders["nowhere"].with_user(self.manager)
        yield self.dialog("action_fix nowhere", nowhere.action_fix())
        differing = self.orders["differing"].with_user(self.manager)
        yield self.dialog("action_fix differing", differing.action_fix())
        yield self.dialog(
            "action_open_dismiss action",
            self.action.with_user(self.manager).action_open_dismiss(),
        )
        account = self.account.with_user(self.manager)
        yield self.dialog("action_open_pause", account.action_open_pause())
        yield from self.dialogs_of_carriers()
        catalogue = self.catalogue.with_user(self.manager)
        yield self.dialog("action_preview", catalogue.action_preview())
        yield self.dialog("action_open_address", catalogue.action_open_address())
        yield self.dialog("action_check_url", self.checked_address())
        yield from self.dialogs_of_tasks()
        for step in ("import", "company", "go"):
            shop = self.new_shop.with_user(self.manager)
            name = f"action_setup_{step}"
            yield self.dialog(name, getattr(shop, name)())
        for xml_id in DIALOGS_OF_MENUS:
            yield self.dialog(xml_id, self.action_of(xml_id))

    def checked_address(self):
        """Return the dialog on the address of a catalog, with all that it may show."""
        catalogue = self.env["lengow.catalogue"].create(
            {
                "name": "Shop",
                "account_id": self.account.id,
                "base_url": "http://a.local",
            }
        )
        start = b'"id"|"name"\r\n"SHIRT"|"A shirt"\r\n'
        found = lengow_catalogue_checker.Visit(status=200, start=start, size=40)
        checker = type(self.env["lengow.catalogue.checker"])
        with (
            patch.object(lengow_catalogue_checker, "visit", lambda url: found),
            patch.object(checker, "_is_ours", lambda *args: True),
        ):
            return catalogue.with_user(self.manager).action_check_url()

    def dialogs_of_tasks(self):
        """Yield a task about which nothing is done, one that failed, and one that left
        something out.
        """
        self.env.ref("lengow_connector.cron_run_tasks").active = False
        background = self.env["lengow.background"].with_user(self.manager)
        for state in ("waiting", "failed", "done"):
            task = background._begin("refresh", self.orders["shipped"], state=state)
            if state != "waiting":
                left = self.orders["shipped"].ids
                task.sudo()._note(["A-1: It could not be done."], left=left)
                task.sudo()._end(state, "Up to date with Lengow: 0 of 1. Left out: 1.")
            yield self.dialog(f"task {state}", task._open())

    def dialogs_of_carriers(self):
        picking = self.orders["to_ship"].sale_order_ids.picking_ids
        picking.carrier_id = self.method
        self.manager.group_ids |= self.env.ref("stock.group_stock_user")
        action = picking.with_user(self.manager).action_link_carrier()
        yield self.dialog("action_link_carrier", action)
        marketplace = self.marketplace.with_user(self.manager)
        yield self.dialog("action_link_carriers", marketplace.action_link_carriers())
        # What is linked, what is called alike, and what is neither.
        self.map_carrier("cdiscount", "Colissimo")
        self.create_method("Our own van")
        carriers = self.env["lengow.carrier"].with_user(self.manager)
        action = carriers.action_link_by_method()
        rows = self.env["lengow.carrier.matrix"].browse(action["res_id"]).row_ids
        kinds = {(row.is_linked, bool(row.lengow_carrier_id)) for row in rows}
        self.assertEqual(kinds, {(True, True), (False, True), (False, False)})
        yield self.dialog("action_link_by_method", action)

    def dialog(self, name, action):
        self.assertEqual(action.get("target"), "new", f"{name} opens no dialog")
        action = clean_action(action, self.env)  # as if a button had asked for it
        return {"name": name, "action": action, "ready": ".o_form_view"}


@tagged("post_install", "-at_install")
class TestAccessibilityOnAPhone(TestAccessibility):
    browser_size = "390x844"
    touch_enabled = True
    allow_inherited_tests_method = True
    # On a phone Odoo draws the labels of every form pale.
    known = {**KNOWN, "color-contrast": f"{KNOWN['color-contrast']}, .o_form_label"}

    def screens(self):
        # Whichever view of the orders is asked for, a phone begins with the board.
        return [step for step in super().screens() if not step["options"]]
