"""Screens and dialogs hold nothing that keeps people out, as far as axe can tell.

`make test` says in `LENGOW_AXE` where axe is; it is no part of the addon. What Odoo's
own frame does wrong is Odoo's to mend, so only our markup is looked at.
"""

import json
import os
from pathlib import Path

from odoo.tests import HttpCase, tagged

from .common.orders import line, package, payload
from .common.overview import OverviewCase

WALKER = Path(__file__).parent / "common" / "barriers.js"
# What Odoo draws around what is ours, by selector, and what is wrong there.
SHELL = {
    ".o_control_panel": "the bar above each screen, with the search",
    ".o_search_panel": "the folds of the search panel have no name",
    ".o_notebook_headers": "tabs stand in items of a list",
    ".o-mail-Form-chatter": "pictures in the conversation have no text",
    ".modal-header": "the frame of a dialog",
}
# What Odoo draws amid what is ours: by rule, which elements may break it, and this rule
# alone.
KNOWN = {
    # The button that chooses columns of a list shows an icon alone.
    "button-name": ".o_optional_columns_dropdown button",
    # Boxes in the rows of lists: the one to select the row, and a yes or no.
    "label": ".o_list_record_selector input, .o_data_cell > .o-checkbox input",
    # The picture of a user beside the name, which is text.
    "image-alt": ".o-mail-Avatar img",
    # What says that something unfolds says it on an element without a role.
    "aria-allowed-attr": ".o-dropdown, .o-autocomplete--input",
    # The list of a selection keeps browsers from completing with a word of its own.
    "autocomplete-valid": ".o_select_menu_input",
}
WORST = ("critical", "serious")
# Screens by what opens them and by what shows that they are there.
LISTS = {
    "lengow_overview_action": ".o_lengow_checklist",
    "lengow_order_action": ".o_data_row",
    "lengow_order_to_fix_action": ".o_data_row",
    "lengow_carrier_action": ".o_list_view",
}
# Dialogs by the method of an order that opens them, and the order.
DIALOGS = {
    "action_accept": "two",
    "action_refuse": "to_accept",
    "action_open_ship": "to_ship",
    "action_open_cancel": "to_cancel",
    "action_open_refund": "shipped",
    "action_open_act": "to_cancel",
    "action_open_resolve": "to_fix",
}


@tagged("post_install", "-at_install")
class TestAccessibility(OverviewCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.axe = os.environ.get("LENGOW_AXE")
        if not self.axe:
            # Of a run by Odoo alone: `make test` fetches axe, or fails.
            self.skipTest("LENGOW_AXE does not say where axe is")
        self.create_one_of_each()
        to_accept = self.receive("AXE-1", "galeries_lafayette")
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
        # The overview shows the checklist of what is being set up.
        self.create_account(name="New Shop", setup_state="importing")
        # Last: what is received above would have it imported.
        self.create_order("READY", import_state="ready")

    def test_no_screen_and_no_dialog_has_a_barrier(self):
        walk = {
            "steps": [*self.lists(), *self.forms(), *self.dialogs()],
            "shell": list(SHELL),
            "known": KNOWN,
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
            timeout=180,
        )

    def lists(self):
        for name, ready in LISTS.items():
            action = self.env["ir.actions.act_window"]._for_xml_id(
                f"lengow_connector.{name}"
            )
            yield {"name": name, "action": action, "ready": ready}

    def forms(self):
        for name in ("to_accept", "to_ship", "shipped", "to_fix"):
            yield self.form(self.orders[name], f"order {name}")
        yield self.form(self.account, "account")
        yield self.form(self.marketplace, "marketplace")

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
        marketplace = self.marketplace.with_user(self.manager)
        yield self.dialog("action_link_carriers", marketplace.action_link_carriers())

    def dialog(self, name, action):
        self.assertEqual(action.get("target"), "new", f"{name} opens no dialog")
        return {"name": name, "action": action, "ready": ".o_form_view"}
