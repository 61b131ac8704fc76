"""Whether every order is here: the last days, compared with Lengow by their numbers.

a day that is over and fetched ──► every number is here ──► from then on it is counted,
                │                                           until a count changes
                │
                └─ one is not ──► does it matter ──► kept on the account, an activity,
                                                     a button

Counts alone prove nothing: orders that Lengow lists no more, or under another date,
would stand for those that are missing.
"""

import logging
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time

from markupsafe import Markup

from odoo import fields, models

from ...lengow_api import LengowError, Order
from ..settings.lengow_cron import Work
from ..ui import notification
from .lengow_fetcher import BUTTON_SECONDS, OVERLAP, cron_seconds

_logger = logging.getLogger(__name__)

ACTIVITY = "lengow_connector.mail_activity_type_missing_orders"
DAY = timedelta(days=1)
# What nobody has fetched by then is told no more.
KEPT_DAYS = 31
# A day may lack thousands of orders; some numbers say enough.
LISTED_ORDERS = 100
SHOW_AGAIN = {"type": "ir.actions.client", "tag": "soft_reload"}


class LengowDayWatch(models.AbstractModel):
    """Compares days with Lengow, and fetches what is missing."""

    _name = "lengow.day.watch"
    _description = "Lengow: Completeness of Days"

    # === ON SCHEDULE === #

    def _run(self):
        """Check the last days of every account whose orders are wanted in earnest."""
        Account, cron = self.env["lengow.account"], self.env["lengow.cron"]
        domain = [
            *Account._working_domain(),
            ("test_mode", "=", False),
            ("setup_state", "=", False),
        ]
        deadline = time.monotonic() + cron_seconds()
        work = Work(
            "cron_check_days",
            self,
            step="_check_account",
            note="_note_failure",
            domain=domain,
            args=(deadline,),
            deadline=deadline,
        )
        if not cron._each(self._in_turn(Account.search(domain)), work):
            # Whoever is left comes first next time. Odoo would begin anew at once, and
            # never end.
            cron._commit(remaining=0)
        cron._finish(self, "_forget_idle_accounts")

    def _in_turn(self, accounts):
        """Return accounts in the order of their last check, never checked ones first.

        :rtype: lengow.account
        """
        last = dict(
            self.env["lengow.day.check"]._read_group(
                [("account_id", "in", accounts.ids)], ["account_id"], ["checked_at:max"]
            )
        )
        return accounts.sorted(lambda account: str(last.get(account) or ""))

    def _note_failure(self, account, error):
        """Keep on an account that something else than Lengow stopped the check.

        :param lengow.account account: whose step was undone
        :param Exception error: what was raised
        """
        account._mark_unexpected(error)

    def _check_account(self, account, deadline):
        """Check the days of an account; one that Lengow fails at stays as it was.

        :param lengow.account account: one
        :param float deadline: on the clock of `time.monotonic`
        """
        account = account.with_company(account.company_id)
        self._forget_days(account)
        before = {
            check.day: (check.missing_count, check._numbers())
            for check in account.day_check_ids
        }
        try:
            with account._get_client() as client:
                for day in self._days_of(account):
                    self._check_day(account, client, day)
                    # One however late it is: no turn is for nothing.
                    if time.monotonic() > deadline:
                        break
        except LengowError as error:
            _logger.info("Account %s: %s", account.id, error)
            account._mark_error(error)
        else:
            self._note_success(account)
        has_news = any(
            self._is_news(check, *before.get(check.day, (0, set())))
            for check in account.day_check_ids
        )
        self._keep_activity(account, has_news)

    def _is_news(self, check, count, numbers):
        """Whether a day lacks an order that it did not lack before.

        :param lengow.day.check check: of this day
        :param int count: how many were missing before
        :param set numbers: those of them that were listed
        :rtype: bool
        """
        return check.missing_count > count or (
            count <= LISTED_ORDERS and bool(check._numbers() - numbers)
        )

    def _note_success(self, account):
        """Note that Lengow could be read, which mends no order without a number."""
        if account.error_code != "payload":
            account._mark_connected()

    # === WHICH DAYS === #

    def _days_of(self, account):
        """Return the days that are over, fetched, and not from before the account.

        What is missing of an earlier one is looked at until somebody has fetched it.

        :return: the newest first
        :rtype: list[date]
        """
        if not (account.completeness_days and account.orders_synced_until):
            return []
        today = _today()
        end = min(today, account.orders_synced_until.date())
        days = {today - DAY * ago for ago in range(1, account.completeness_days + 1)}
        days |= set(account.day_check_ids.filtered("missing_count").mapped("day"))
        if account.connected_at:
            # The first synchronization begins in the middle of a day.
            reach = timedelta(days=account.import_window_days)
            start = (account.connected_at - reach).date() + DAY
            # What came between the account before and this one has nobody read.
            before = (account._of_same_shop() - account).mapped("orders_synced_until")
            ends = {moment.date() for moment in before if moment} & days
            start = min(start, max(ends, default=start))
            days = {day for day in days if day >= start}
        return sorted((day for day in days if day < end), reverse=True)

    def _forget_days(self, account):
        """Keep the days that are checked, and those that somebody is to look at."""
        today = _today()
        first = today - DAY * account.completeness_days
        account.day_check_ids.filtered(
            lambda check: (
                not account.completeness_days
                or check.day < today - DAY * KEPT_DAYS
                or (check.day < first and not check.missing_count)
            )
        ).unlink()

    def _forget_idle_accounts(self):
        """Tell no more of what is missing where nothing is compared any more."""
        oldest = _today() - DAY * KEPT_DAYS
        checks = self.env["lengow.day.check"].with_context(active_test=False)
        idle = checks.search(
            [
                "|",
                "|",
                ("account_id.active", "=", False),
                ("account_id.test_mode", "=", True),
                ("day", "<", oldest),
            ]
        )
        accounts = idle.account_id
        idle.unlink()
        for account in accounts:
            self._keep_activity(account, has_news=False)

    # === ONE DAY === #

    def _check_day(self, account, client, day):
        """Compare a day with Lengow, and keep the outcome.

        :param lengow.account account: one
        :param LengowClient client: to read with
        :param date day: in UTC
        :raise LengowError: if Lengow cannot be read; the day then stays as it was
        """
        check = account.day_check_ids.filtered(lambda check: check.day == day)
        if check.is_settled and self._is_as_before(check, client):
            check.checked_at = fields.Datetime.now()
            return
        there, unknown = self._compare(account, client, day)
        self._keep(account, day, there, unknown)

    def _is_as_before(self, check, client):
        """Whether a day that lacked nothing has as many orders as it had then.

        :param lengow.day.check check: of this day
        :param LengowClient client: to count with
        :rtype: bool
        """
        account, day = check.account_id, check.day
        page = next(self._pages(account, client, day, page_size=1), None)
        is_same_there = page is not None and page.count == check.lengow_count
        return is_same_there and self._count_here(account, day) == check.here_count

    def _keep(self, account, day, there, unknown):
        """Keep how a day compares with Lengow.

        :param int there: how many orders Lengow has
        :param dict unknown: whether those matter that are not here, by identity
        """
        missing = [
            f"{code} {number}"
            for (code, number), matters in sorted(unknown.items())
            if matters
        ]
        values = {
            "lengow_count": there,
            "here_count": self._count_here(account, day),
            "missing_count": len(missing),
            "missing_orders": "\n".join(missing[:LISTED_ORDERS]),
            # What is no loss today may be one tomorrow.
            "is_settled": not unknown,
            "checked_at": fields.Datetime.now(),
        }
        check = account.day_check_ids.filtered(lambda check: check.day == day)
        if check:
            check.write(values)
        else:
            values.update(account_id=account.id, day=day)
            self.env["lengow.day.check"].create(values)

    def _pages(self, account, client, day, **params):
        start = datetime.combine(day, clock_time.min, UTC)
        return client.iter_order_pages(
            ordered_from=start,
            ordered_to=start + DAY - timedelta(seconds=1),
            currency_conversion=account.currency_conversion,
            **params,
        )

    def _count_here(self, account, day):
        """Count the orders of a day, those of the accounts before it among them.

        What both have is one order.
        """
        start = datetime.combine(day, clock_time.min)
        orders = self.env["lengow.order"].search_fetch(
            [
                ("account_id", "in", account._of_same_shop().ids),
                ("order_date", ">=", start),
                ("order_date", "<", start + DAY),
            ],
            ["name", "marketplace_id"],
        )
        return len({(order.marketplace_id.code, order.name) for order in orders})

    def _compare(self, account, client, day, fetch_until=None):
        """Read a day from Lengow, and look for each of its orders here.

        :param float fetch_until: on the clock of `time.monotonic`: store what is read,
            until then; None only compares
        :return: how many orders Lengow has, and of those that are not here whether they
            matter, by identity; None where there was no time for all
        :rtype: tuple[int, dict[tuple, bool]] | None
        """
        count, read, unknown = None, 0, {}
        for page in self._pages(account, client, day):
            if fetch_until is not None:
                if read and time.monotonic() > fetch_until:
                    return None
                account.env["lengow.inbox"]._store_page(account, page.results)
            by_identity, _unreadable = self.env["lengow.inbox"]._identify(page.results)
            known = self._find_known(account, by_identity)
            unknown |= {
                identity: self._matters(account, identity, payload)
                for identity, payload in by_identity.items()
                if identity not in known
            }
            count, read = page.count, read + len(page.results)
        return (read if count is None else count), unknown

    def _find_known(self, account, identities):
        orders = self.env["lengow.order"].search_fetch(
            [
                ("account_id", "in", account._of_same_shop().ids),
                ("name", "in", [number for _code, number in identities]),
            ],
            ["name", "marketplace_id"],
        )
        here = defaultdict(set)
        for order in orders:
            here[order.name] |= order.marketplace_id._codes()
        # Lengow may still use the earlier name of a marketplace; an account before may
        # know no other.
        ours = account.with_context(active_test=False).marketplace_ids
        names = {
            code: ours.filtered(lambda m, c=code: c in m._codes())._codes() | {code}
            for code in {code for code, _number in identities}
        }
        return {
            (code, number)
            for code, number in identities
            if names[code] & here.get(number, set())
        }

    def _matters(self, account, identity, payload):
        """Whether an order that is not here is missed by anybody.

        Not what nobody would import, nor what the next synchronization brings anyway.
        """
        content = Order.from_payload(payload)
        if content.anonymized:
            return False
        marketplaces = account.with_context(active_test=False).marketplace_ids
        marketplace = marketplaces.filtered(lambda m: identity[0] in m._codes())[:1]
        if marketplace and not marketplace.active:
            return False
        owner = marketplace or account
        first = owner.import_orders_from or account.import_orders_from
        placed = _naive(content.marketplace_order_date)
        if first and placed and placed < first:
            return False
        changed = _naive(content.updated_at or content.imported_at)
        # Empty while somebody has everything read again.
        until = account.orders_synced_until
        return not (changed and until) or changed < until - OVERLAP

    # === WHAT A PERSON MUST DO === #

    def _keep_activity(self, account, has_news):
        """Let an account have one activity while something is missing.

        Whoever has marked it as done is called again when more is missing.

        :param lengow.account account: one
        :param bool has_news: whether more is missing than before
        """
        account.invalidate_recordset(["missing_order_count"])
        activity = account.activity_search([ACTIVITY], only_automated=False)
        count = account.missing_order_count
        if not count:
            activity.unlink()
            return
        account = account.with_context(lang=account._find_language() or self.env.lang)
        summary = account.env._("Orders missing here: %s", count)
        if activity:
            if activity[0].summary != summary:
                activity[0].summary = summary
        elif has_news:
            account.with_context(mail_activity_quick_update=True).activity_schedule(
                ACTIVITY,
                user_id=account._find_responsible().id,
                summary=summary,
                note=Markup('<p><a href="/odoo/lengow-missing-orders">%s</a></p>')
                % account.env._("Show these days"),
            )

    # === ON A CLICK === #

    def _fetch(self, checks):
        """Read what is missing of some days now, and import what is to be imported.

        :param lengow.day.check checks: in system mode
        :return: a notification with what came
        :raise UserError: if an account is not connected, or is being synchronized
        """
        accounts = checks.account_id
        Fetcher = self.env["lengow.fetcher"]
        Fetcher._check_ready(accounts)
        began = time.monotonic()
        deadline = began + BUTTON_SECONDS
        Stored, last = self.env["lengow.order"], Fetcher._last_order()
        is_through = True
        for account, of_account in checks.grouped("account_id").items():
            is_through &= self._fetch_days(account, of_account, deadline)
            self._keep_activity(account, has_news=False)
        fetched = Stored.search(
            [("account_id", "in", accounts.ids), ("id", ">", last.id or 0)]
        )
        ready = fetched.filtered(lambda order: order.import_state == "ready")
        self.env["lengow.importer"]._process_within(ready, deadline)
        Fetcher._record_click(accounts, fetched, ready, last, began)
        Fetcher._hand_over(accounts, True)
        # Not one whose only trouble are some other orders.
        if failing := accounts.filtered(lambda one: one.state != "connected"):
            return notification("danger", failing[0].error_message)
        states = fetched.mapped("import_state")
        message = self.env._(
            "Orders fetched: %(count)s, imported: %(imported)s, to fix: %(to_fix)s.",
            count=len(fetched),
            imported=states.count("imported"),
            to_fix=states.count("error"),
        )
        if not is_through:
            message += " " + self.env._("There was no time for all days: fetch again.")
        is_well = is_through and "error" not in states
        outcome = notification("success" if is_well else "warning", message)
        outcome["params"]["next"] = SHOW_AGAIN
        return outcome

    def _fetch_days(self, account, checks, deadline):
        """Store the orders of some days of an account, and compare them anew.

        :return: whether there was time for all of them
        :rtype: bool
        """
        account = account.with_company(account.company_id)
        try:
            with account._get_client() as client:
                for check in checks:
                    read = self._compare(account, client, check.day, deadline)
                    if read is None:
                        return False
                    self._keep(account, check.day, *read)
        except LengowError as error:
            account._mark_error(error)
        else:
            self._note_success(account)
        return True


def _naive(moment):
    """Return an aware datetime as Odoo keeps it: naive, in UTC."""
    return moment and moment.astimezone(UTC).replace(tzinfo=None)


def _today():
    """Return which day it is: orders are compared by days of universal time."""
    return fields.Datetime.now().date()
