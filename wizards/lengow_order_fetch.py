import time
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lengow_api import LengowError
from ..models.ui import notification

LONGEST_PERIOD_DAYS = 31
# What a click may take; a shorter period finds the rest.
BUTTON_SECONDS = 90


class LengowOrderFetch(models.TransientModel):
    """Reads one order by its number, or the orders of a period, from Lengow now.

    It finds what the synchronization missed: orders that a marketplace handed to Lengow
    late, or that were placed before the account was connected.
    """

    _name = "lengow.order.fetch"
    _description = "Fetch Marketplace Orders"
    _inherit = ["lengow.dialog"]

    account_id = fields.Many2one(
        "lengow.account",
        required=True,
        domain=[("state", "!=", "draft"), ("lengow_account_ref", "!=", False)],
        default=lambda self: self._default_account(),
    )
    mode = fields.Selection(
        [("number", "One order"), ("period", "Orders of a period")],
        string="What",
        required=True,
        default="number",
    )
    marketplace_id = fields.Many2one(
        "lengow.marketplace",
        domain="[('account_id', '=', account_id)]",
        help="Empty: on whichever marketplace it is.",
    )
    number = fields.Char(
        string="Marketplace Order", help="As the marketplace shows it."
    )
    date_from = fields.Date(
        string="Ordered From",
        default=lambda self: fields.Date.context_today(self) - timedelta(days=3),
    )
    date_to = fields.Date(
        string="To", default=lambda self: fields.Date.context_today(self)
    )

    @api.model
    def _default_account(self):
        return self.env["lengow.account"].search(
            [("state", "!=", "draft"), ("lengow_account_ref", "!=", False)], limit=1
        )

    # === ACTION METHODS === #

    def action_fetch(self):
        """Ask Lengow now, and import what is to be imported.

        Orders that are ignored for their age are imported, and by its number also one
        that another system has taken; dead orders and those without the buyer's data
        never are.

        :return: a notification with the outcome, then the orders
        :raise UserError: if something is missing or the period is too long
        """
        self.ensure_one()
        self._check_input()
        began = time.monotonic()
        deadline = began + BUTTON_SECONDS
        account = self.account_id.sudo()  # a user asks for it, the system does it
        account = account.with_company(account.company_id)
        account.env["lengow.fetcher"]._check_ready(account)
        Order = account.env["lengow.order"]
        last = account.env["lengow.fetcher"]._last_order()
        try:
            numbers, is_complete = self._read(account, Order, deadline)
        except LengowError as error:
            account._mark_error(error)
            return notification("danger", account.error_message)
        account._mark_connected()
        added = Order.search_count(
            [("account_id", "=", account.id), ("id", ">", last.id or 0)]
        )
        orders = Order.search(
            [("account_id", "=", account.id), ("name", "in", list(numbers))]
        )
        if self.mode == "number":
            orders.env["lengow.judge"]._ask_for(orders)
        ignored = orders.filtered(lambda order: order.import_state == "ignored")
        ignored.env["lengow.judge"]._judge(ignored, any_age=True)
        ready = orders.filtered(lambda order: order.import_state == "ready")
        self.env["lengow.importer"]._process_within(ready, deadline)
        fetcher = account.env["lengow.fetcher"]
        fetcher._record_click(account, orders, ready, last, began)
        fetcher._hand_over(account, True)
        return self._outcome(orders, added, is_complete)

    # === HELPERS === #

    def _check_input(self):
        account = self.account_id
        account.check_access("read")
        if account.state == "draft" or not account.lengow_account_ref:
            raise UserError(self.env._("Connect %s first.", account.name))
        if self.mode == "number":
            if not (self.number or "").strip():
                raise UserError(self.env._("Enter the number of the order."))
            return
        if not (self.date_from and self.date_to) or self.date_to < self.date_from:
            raise UserError(
                self.env._("Enter the first and the last day of the period.")
            )
        if (self.date_to - self.date_from).days >= LONGEST_PERIOD_DAYS:
            raise UserError(
                self.env._(
                    "At most %s days at once: choose a shorter period.",
                    LONGEST_PERIOD_DAYS,
                )
            )

    def _read(self, account, Order, deadline):
        """Store what Lengow answers.

        :return: the marketplaces' numbers of the orders, and whether that was all
        :rtype: tuple[set[str], bool]
        :raise LengowError: if Lengow cannot be read
        """
        Inbox = Order.env["lengow.inbox"]
        numbers = set()
        with account._get_client() as client:
            for page in self._pages(account, client):
                found, _unreadable = Inbox._identify(page.results)
                numbers |= {number for _marketplace, number in found}
                Inbox._store_page(account, page.results)
                if time.monotonic() > deadline:
                    return numbers, False
        return numbers, True

    def _pages(self, account, client):
        conversion = account.currency_conversion
        if self.mode == "number":
            return client.iter_order_pages(
                marketplace=self.marketplace_id.code or None,
                marketplace_order_id=self.number.strip(),
                # Without a date Lengow looks at the last seven days only.
                updated_from=datetime(1990, 1, 1, tzinfo=UTC),
                currency_conversion=conversion,
            )
        start = datetime.combine(self.date_from, clock_time.min)
        end = datetime.combine(self.date_to, clock_time(23, 59, 59))
        return client.iter_order_pages(
            marketplace=self.marketplace_id.code or None,
            ordered_from=self.env.tz.localize(start),
            ordered_to=self.env.tz.localize(end),
            currency_conversion=conversion,
        )

    def _outcome(self, orders, added, is_complete):
        """Return a notification, which then shows the orders."""
        if not orders:
            return notification("warning", self._nothing_found())
        states = orders.mapped("import_state")
        message = self.env._(
            "Orders read: %(count)s, new here: %(added)s, imported: %(imported)s, to "
            "fix: %(to_fix)s.",
            count=len(orders),
            added=added,
            imported=states.count("imported"),
            to_fix=states.count("error"),
        )
        if self.mode == "number":
            message = " ".join(self._describe(order) for order in orders)
        if not is_complete:
            message += " " + self.env._(
                "There was no time for all of them: choose a shorter period."
            )
        kind = "warning" if "error" in states or not is_complete else "success"
        outcome = notification(kind, message)
        outcome["params"]["next"] = self._open_orders(orders)
        return outcome

    def _nothing_found(self):
        if self.mode == "number":
            return self.env._(
                "Lengow has no order %s. Check the number and the marketplace.",
                self.number.strip(),
            )
        return self.env._("Lengow has no order of this period.")

    def _describe(self, order):
        labels = dict(order._fields["import_state"]._description_selection(self.env))
        reason = order.error_message or order.state_reason or ""
        return f"{order.name}: {labels[order.import_state]}. {reason}".strip()

    def _open_orders(self, orders):
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Fetched Orders"),
            "res_model": "lengow.order",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", orders.ids)],
        }
        if len(orders) == 1:
            action.update(views=[(False, "form")], res_id=orders.id)
        return action
