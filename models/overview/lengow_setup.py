"""From two keys to the first sale order: what is left to do, and where it is done.

    ① Connect   ② What to Import   ③ Company   ④ Products   ⑤ Carriers   ⑥ Catalog
    ⑦ Go Live

Nothing of it is stored but what somebody has confirmed: every step looks at the facts.
No order becomes a sale order before the fourth, and nothing is sent before the last.
"""

import time
from typing import NamedTuple

from odoo import models

from ...lengow_api import IMPORTABLE_STATUSES
from ...mapper import count_open_skus, find_unknown_skus, merge
from ..sales.lengow_second_look import ORDERS_AT_ONCE
from ..ui import notification

# What a click may take; the scheduled action does the rest.
BUTTON_SECONDS = 60
OPTIONAL = ("import", "company", "catalogue")


class Step(NamedTuple):
    """A line of the checklist."""

    name: str
    label: str
    text: str
    """How far it is."""
    is_done: bool
    button: str
    """What its dialog is opened with; empty where there is nothing to do."""


class LengowSetup(models.AbstractModel):
    """Leads through the setting up of an account, and begins its first import."""

    _name = "lengow.setup"
    _description = "Setting up of Lengow Accounts"

    # === THE CHECKLIST === #

    def _checklists(self):
        """Return what is left to do for the accounts that are being set up.

        :rtype: list[dict]
        """
        accounts = self.env["lengow.account"].search([("setup_state", "!=", False)])
        return [self._checklist(account) for account in accounts]

    def _checklist(self, account):
        steps = self._steps(account)
        # What has defaults that suit most, or stops nothing, nobody has to look at.
        left = [s.name for s in steps if not s.is_done and s.name not in OPTIONAL]
        return {
            "account_id": account.id,
            "name": account.name,
            "summary": self._summary(account, steps),
            "can_configure": account.has_access("write"),
            "can_close": account.setup_state == "importing",
            "steps": [
                {**step._asdict(), "is_next": step.name in left[:1]} for step in steps
            ],
        }

    def _steps(self, account):
        """Return the steps of an account, in their order.

        :param lengow.account account: being set up
        :rtype: list[Step]
        """
        is_connected = account.state != "draft" and bool(account.lengow_account_ref)
        if not is_connected:
            return [self._connect_step(account, False), *self._steps_to_come()]
        return [
            self._connect_step(account, True),
            self._import_step(account),
            self._company_step(account),
            self._products_step(account),
            self._carriers_step(account),
            self._catalogue_step(account),
            self._go_step(account),
        ]

    def _connect_step(self, account, is_connected):
        text = (
            self.env._("Marketplaces: %s", account.marketplace_count)
            if is_connected
            else account.error_message or self.env._("Two keys that Lengow shows")
        )
        button = "" if is_connected else self.env._("Connect")
        return Step("connect", self.env._("Connect"), text, is_connected, button)

    def _steps_to_come(self):
        labels = {
            "import": self.env._("What to Import"),
            "company": self.env._("Company"),
            "products": self.env._("Products"),
            "carriers": self.env._("Carriers"),
            "catalogue": self.env._("Catalog"),
            "go": self.env._("Go Live"),
        }
        return [Step(name, label, "", False, "") for name, label in labels.items()]

    def _import_step(self, account):
        days = f"{account.import_window_days:.1f}".removesuffix(".0")
        company = account.company_id.name
        text = (
            self.env._("Orders of the last day, for %s", company)
            if days == "1"
            else self.env._(
                "Orders of the last %(days)s days, for %(company)s",
                days=days,
                company=company,
            )
        )
        is_done = "import" in (account.setup_seen or ())
        return Step(
            "import", self.env._("What to Import"), text, is_done, self.env._("Review")
        )

    def _company_step(self, account):
        points = self.env["lengow.readiness"]._points(account)
        labels = [point.label for point in points if not point.is_done]
        text = (
            self.env._("To do: %s", ", ".join(labels))
            if labels
            else self.env._("%s has what orders need.", account.company_id.name)
        )
        is_done = not labels or "company" in (account.setup_seen or ())
        return Step(
            "company", self.env._("Company"), text, is_done, self.env._("Check")
        )

    def _products_step(self, account):
        account_sudo = account.sudo()  # counts orders, whoever looks
        unknown = len(merge(find_unknown_skus(account_sudo)))
        count = count_open_skus(account_sudo)
        text = (
            self.env._(
                "SKUs matched: %(matched)s of %(count)s",
                matched=count - unknown,
                count=count,
            )
            if count
            else self.env._("No order waits for a product.")
        )
        is_held = account.setup_state == "held"
        button = ""
        if unknown:
            button = self.env._("Match Products")
        elif is_held:
            button = self.env._("Start Importing")
        is_done = not unknown and not is_held
        return Step("products", self.env._("Products"), text, is_done, button)

    def _carriers_step(self, account):
        links = self.env["lengow.carrier"].sudo()._find_links(account.marketplace_ids)
        linked = sum(bool(link.carrier) for link in links)
        text = (
            self.env._(
                "%(linked)s of %(count)s linked", linked=linked, count=len(links)
            )
            if links
            else self.env._("No marketplace asks for a carrier.")
        )
        is_done = linked == len(links) or "carriers" in (account.setup_seen or ())
        button = self.env._("Link Carriers") if links else ""
        return Step("carriers", self.env._("Carriers"), text, is_done, button)

    def _catalogue_step(self, account):
        catalogue = self._catalogue_of(account)
        label = self.env._("Catalog")
        if not catalogue:
            text = self.env._("If you like: products, prices and stock for Lengow")
            return Step("catalogue", label, text, False, self.env._("New Catalog"))
        if catalogue.state == "draft":
            text = self.env._("%s is not published yet.", catalogue.name)
            return Step("catalogue", label, text, False, self.env._("Open"))
        if catalogue.last_fetch_at:
            return Step("catalogue", label, catalogue.fetch_text, True, "")
        text = self.env._("Lengow has to be told the address of %s.", catalogue.name)
        return Step("catalogue", label, text, False, self.env._("Add in Lengow"))

    def _catalogue_of(self, account):
        """Return the catalog of an account that has come furthest, if there is any."""
        catalogues = self.env["lengow.catalogue"].search(
            [("account_id", "=", account.id)]
        )
        return catalogues.sorted(
            lambda c: (bool(c.last_fetch_at), c.state != "draft"), reverse=True
        )[:1]

    def _go_step(self, account):
        text = (
            self.env._("Test mode: nothing is sent to the marketplaces.")
            if account.test_mode
            else self._live_sentence(account)
        )
        label = self.env._("Go Live")
        return Step("go", label, text, not account.test_mode, label)

    def _live_sentence(self, account):
        return self.env._("%s is live: what you do is sent.", account.name)

    def _summary(self, account, steps):
        """Say how many orders are imported, and what the others wait for."""
        Order = self.env["lengow.order"]
        ours = [("account_id", "=", account.id)]
        imported = Order.search_count([*ours, ("import_state", "=", "imported")])
        waiting = Order.search_count(
            [
                *ours,
                ("import_state", "in", ("waiting", "ready", "error")),
                ("lengow_status", "in", list(IMPORTABLE_STATUSES)),
            ]
        )
        if not waiting:
            return self.env._("Orders: %s imported", imported)
        names = [step.name for step in steps]
        awaited = "products" if steps[0].is_done else "connect"
        return self.env._(
            "Orders: %(imported)s imported, %(waiting)s waiting for step %(step)s",
            imported=imported,
            waiting=waiting,
            step=names.index(awaited) + 1,
        )

    # === ITS STEPS === #

    def _open_dialog(self, account, view, title):
        """Open a page of an account's settings as a dialog.

        :param lengow.account account: maybe none yet
        :param str view: the end of the xml id of the form
        :param str title: of the dialog
        """
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "lengow.account",
            "res_id": account.id,
            "views": [
                (
                    self.env.ref(f"lengow_connector.lengow_account_view_{view}").id,
                    "form",
                )
            ],
            "target": "new",
        }

    def _open_catalogue(self, account):
        """Open what is next for the catalog of an account: to make it or to tell it.

        :param lengow.account account: one
        """
        catalogue = self._catalogue_of(account)
        if not catalogue:
            action = self.env["ir.actions.act_window"]._for_xml_id(
                "lengow_connector.lengow_catalogue_setup_action"
            )
            context = {"default_account_id": account.id, "default_name": account.name}
            return {**action, "context": context}
        if catalogue.state == "draft":
            return catalogue._get_records_action()
        return catalogue.action_open_address()

    def _confirm_import(self, account):
        """Note that what is imported is as it should be, and read it if it changed."""
        account._mark_seen("import")
        account_sudo = account.sudo()  # the system writes what Lengow says
        if account.setup_state == "held" and account.state != "draft":
            # From when on is asked again: nothing is imported twice.
            account_sudo.orders_synced_until = account_sudo.last_sync_at = False
            account_sudo.env["lengow.fetcher"]._begin(account_sudo)

    def _begin_import(self, account):
        """Let the orders that were held become sale orders, as many as a click bears.

        :param lengow.account account: one
        :return: a notification with the counts
        :raise AccessError: if the user may not configure it
        """
        account.check_access("write")
        account._mark_importing()
        account_sudo = account.sudo()  # creates customers and sale orders for the user
        orders = account_sudo.env["lengow.order"].search(
            [
                ("account_id", "=", account.id),
                ("import_state", "in", ("waiting", "error")),
                ("lengow_status", "in", list(IMPORTABLE_STATUSES)),
            ],
            # Errors first: the scheduled action takes up only what waits.
            order="import_state, order_date, id",
        )
        # What the account before has imported is followed, not only linked.
        account_sudo.env["lengow.revision"]._take_over(
            account_sudo, orders[:ORDERS_AT_ONCE]
        )
        imported, looked_at = account_sudo.env["lengow.importer"]._import_within(
            orders, time.monotonic() + BUTTON_SECONDS
        )
        to_fix = len(looked_at.filtered(lambda order: order.import_state == "error"))
        message = self.env._(
            "Orders imported: %(imported)s, to fix: %(to_fix)s.",
            imported=imported,
            to_fix=to_fix,
        )
        if left := orders - looked_at:
            message += " " + self.env._("In a minute: %s more.", len(left))
        if not account.test_mode:
            self._finish(account)  # somebody has switched it off before
        return notification("warning" if to_fix else "success", message)

    def _go_live(self, account):
        """Leave test mode and close the checklist.

        :param lengow.account account: one
        :return: a notification with what was imported, where that was still held
        """
        is_held = account.setup_state == "held"
        # First: what an import in test mode plans is never sent.
        account.test_mode = False
        if is_held:
            return self._begin_import(account)
        self._finish(account)
        return notification("success", self._live_sentence(account))

    def _finish(self, account):
        """Close the checklist; what is still to fix is on the to-do list from then on.

        No mail lists it: whoever sets the account up has just seen it.
        """
        account._mark_set_up()
        Order = self.env["lengow.order"].sudo()
        for order in Order.search(
            [("account_id", "=", account.id), ("is_error_new", "=", True)]
        ):
            order.reported_error = order._error_key()
        self.env["lengow.todo"]._settle_errors()
