"""How orders come from Lengow into the inbox: windows, pages, watermark.

orders_synced_until          now
────────┬─────────────────────┤
   ◄ 2h ┤ read again: Lengow stamps a change later than it happened
        ├── a day ──┬── a day ┤   one window each; the watermark moves
                                  when every page of a window is stored
"""

import logging
import time
from collections import Counter
from datetime import UTC, timedelta

from odoo import fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.tools import config

from ...lengow_api import BEFORE_SHIPMENT_STATUSES, LengowError
from ..settings.lengow_cron import Work
from ..ui import notification

_logger = logging.getLogger(__name__)

# Lengow writes `updated_at` after the change was made; its own plugins re-read two
# hours.
OVERLAP = timedelta(hours=2)
# One window's pages are stored before the watermark moves, so a long absence advances
# day by day instead of starting over when a run is cut short.
WINDOW_MINUTES = 24 * 60
# How far back an account reads what the one before it has left open.
LONGEST_LOOK_BACK = timedelta(days=30)
# An order may leave a window while its pages are read (somebody changed it), and then
# another one slips to a page that was already read. A second reading finds it.
MAX_READINGS = 3
# What a click may take. The crons do the rest.
BUTTON_SECONDS = 90
BUTTON_ORDERS = 1000
# What somebody waits for who has just connected an account.
FIRST_SECONDS = 20
# At a hundred orders a page: what a click reads however slow Lengow is.
BUTTON_PAGES = 10
# What a run reads of an account even when time is out, so that none stands still.
FEWEST_PAGES = 5
# What a scheduled action may take where the server sets no limit.
CRON_SECONDS = 600


class LengowFetcher(models.AbstractModel):
    """Reads what changed at Lengow into the inbox: on a click, or on schedule."""

    _name = "lengow.fetcher"
    _description = "Fetching of Lengow Orders"

    # === ON A CLICK === #

    def _sync(self, accounts):
        """Fetch and import the orders of accounts, as many as a click can bear.

        :param lengow.account accounts: in system mode
        :return: a notification with the counts
        :raise UserError: if one is not connected, or already synchronizing
        """
        self._check_ready(accounts)
        began = time.monotonic()
        deadline = began + BUTTON_SECONDS
        Order = self.env["lengow.order"]
        orders, complete, last = Order, True, self._last_order()
        for account in accounts:
            touched, finished = self._fetch_within(account, deadline)
            orders |= touched
            complete = complete and finished
        ready = Order.search(
            [("account_id", "in", accounts.ids), ("import_state", "=", "ready")],
            limit=BUTTON_ORDERS,
        )
        imported = self.env["lengow.importer"]._process_within(ready, deadline)
        self._record_click(accounts, orders, ready, last, began)
        self.env["lengow.catalogue.schedule"]._follow(orders)
        self._hand_over(accounts, complete)
        return self._outcome(accounts, orders, imported)

    def _record_click(self, accounts, read, tried, last, began):
        """Keep what somebody's click has read and imported.

        :param lengow.account accounts: that it was about
        :param lengow.order read: that are new or changed
        :param lengow.order tried: that were ready to be imported
        :param lengow.order last: the last one that was there before
        :param float began: on the clock of `time.monotonic`
        """
        seconds = time.monotonic() - began
        for account in accounts:
            theirs = tried.filtered(lambda o, owner=account: o.account_id == owner)
            states = Counter(theirs.mapped("import_state"))
            self.env["lengow.recorder"]._record_click(
                "fetch_orders",
                account,
                seconds,
                **self._counts(
                    read.filtered(lambda o, owner=account: o.account_id == owner), last
                ),
                imported=states["imported"],
                failed=states["error"],
            )

    def _begin(self, account):
        """Fetch the first orders of an account that was just connected.

        :param lengow.account account: in system mode
        :return: how many orders are here; what is missing follows on schedule
        :rtype: int
        """
        began, last = time.monotonic(), self._last_order()
        orders, complete = self._fetch_within(
            account, began + FIRST_SECONDS, FEWEST_PAGES
        )
        self._record_click(account, orders, orders.browse(), last, began)
        self._hand_over(account, complete)
        return self.env["lengow.order"].search_count([("account_id", "=", account.id)])

    def _look_back(self, account):
        """Have an account that is back read what another one has left open meanwhile.

        :param lengow.account account: just connected
        """
        since = self._left_open_since(account.sudo())
        until = account.orders_synced_until
        if since and until and since < until:
            account._move_watermark(since)

    def _get_connected(self):
        """Return every connected account that the user sees.

        :rtype: lengow.account
        :raise RedirectWarning: to the accounts, if there is none
        :raise UserError: if they were connected in the database of which this is a copy
        """
        Account = self.env["lengow.account"]
        accounts = Account.search(Account._connected_domain())
        if not accounts:
            Account.search([("database_mark", "!=", False)])._check_speaks_here()
            raise RedirectWarning(
                self.env._(
                    "No Lengow account is connected yet. A manager connects one under "
                    "Configuration, Accounts."
                ),
                self.env.ref("lengow_connector.lengow_account_action").id,
                self.env._("Open the Accounts"),
            )
        return accounts

    def _check_ready(self, accounts):
        """Keep a click away from accounts that cannot be synchronized now.

        :param lengow.account accounts: they stay locked until the transaction ends
        :raise UserError: if one is not connected, or already synchronizing
        """
        accounts._check_connected()
        for account in accounts.filtered(lambda account: not account.active):
            # Another one may bring the same orders by now.
            raise UserError(
                self.env._(
                    "%s is archived: it brings no orders. Unarchive it first.",
                    account.name,
                )
            )
        if accounts.try_lock_for_update(allow_referencing=True) != accounts:
            raise UserError(
                self.env._(
                    "This account is being synchronized right now. Look again in a "
                    "minute."
                )
            )

    def _hand_over(self, accounts, complete):
        """Leave to the scheduled actions what a click had no time for.

        :param lengow.account accounts: that somebody synchronized
        :param bool complete: whether everything was fetched
        """
        if not complete:
            self.env.ref("lengow_connector.cron_fetch_orders")._trigger()
        if self.env["lengow.order"].search_count(
            [("account_id", "in", accounts.ids), ("import_state", "=", "ready")],
            limit=1,
        ):
            self.env.ref("lengow_connector.cron_process_orders")._trigger()

    def _outcome(self, accounts, orders, imported):
        failing = accounts.filtered("error_message")
        if failing:
            return notification("danger", failing[0].error_message)
        # Those of other companies are none of the user's business.
        to_fix = (
            self.env["lengow.order"]
            .sudo(False)
            .search_count(
                [("account_id", "in", accounts.ids), ("import_state", "=", "error")]
            )
        )
        return notification(
            "warning" if to_fix else "success",
            self.env._(
                "Orders new or changed: %(changed)s, imported: %(imported)s, to fix: "
                "%(to_fix)s.",
                changed=len(orders),
                imported=imported,
                to_fix=to_fix,
            ),
        )

    # === ON SCHEDULE === #

    def _cron_fetch_orders(self):
        """Fetch the changed orders of every connected account."""
        self._each_account("cron_fetch_orders", "_fetch_committing")

    def _cron_sync_marketplaces(self):
        """Refresh the marketplaces of every connected account."""
        self._each_account("cron_sync_marketplaces", "_sync_marketplaces")

    def _each_account(self, cron_name, step):
        """Run a step for every connected account; a failure stays on its account.

        :param str cron_name: xml id of the action
        :param str step: method that takes an account and a deadline on the clock of
            `time.monotonic`
        """
        deadline = time.monotonic() + cron_seconds()
        # Whoever waits longest comes first, so that a slow account delays nobody twice.
        Account = self.env["lengow.account"]
        domain = Account._working_domain()
        work = Work(
            cron_name,
            self,
            step=step,
            note="_note_failure",
            domain=domain,
            args=(deadline,),
            deadline=deadline,
            takes_turns=True,
        )
        accounts = Account.search(domain, order="last_turn_at NULLS FIRST, name, id")
        cron = self.env["lengow.cron"]
        if not cron._each(accounts, work):
            # Whoever is left comes first in a run of its own. Odoo would begin anew at
            # once, several times, and take longer than the server allows.
            self.env.ref(f"lengow_connector.{cron_name}")._trigger()
            cron._commit(remaining=0)

    def _note_failure(self, account, error):
        """Keep on an account that something else than Lengow stopped its turn.

        :param lengow.account account: whose step was undone
        :param Exception error: what was raised
        """
        account.last_turn_at = fields.Datetime.now()
        account._mark_unexpected(error)

    def _sync_marketplaces(self, account, _deadline):
        """Refresh the marketplaces of one account.

        :param lengow.account account: one
        """
        account.last_turn_at = fields.Datetime.now()
        account.with_company(account.company_id).action_sync_marketplaces()

    def _fetch_committing(self, account, deadline):
        """Fetch one account, committing every page.

        A window that does not fit into a run is read in smaller pieces from then on:
        the watermark moves after each, so every run gets further than the one before.

        :param lengow.account account: one, locked
        :param float deadline: on the clock of `time.monotonic`
        """
        account.last_turn_at = fields.Datetime.now()
        account = account.with_company(account.company_id)
        cron = self.env["lengow.cron"]
        watermark, last = account.orders_synced_until, self._last_order()
        for read, touched in enumerate(self._fetch_pages(account), start=1):
            self._import_soon(touched)
            # What was sold on one channel is not to be sold on another.
            self.env["lengow.catalogue.schedule"]._follow(touched)
            cron._count(account, **self._counts(touched, last))
            cron._commit()
            # The commit released the account. Whoever holds it now reads the same
            # window, so there is nothing left to do here; or somebody lets it rest.
            locked = account.try_lock_for_update(allow_referencing=True)
            if not locked or account.standing not in ("connected", "error"):
                return
            if time.monotonic() > deadline and read >= FEWEST_PAGES:
                if account.orders_synced_until == watermark:
                    account._narrow_window()
                self.env.ref("lengow_connector.cron_fetch_orders")._trigger()
                return
        account.fetch_window_minutes = WINDOW_MINUTES

    def _last_order(self):
        """Return the last order there is: what comes after it is new."""
        return self.env["lengow.order"].sudo().search([], order="id desc", limit=1)

    def _counts(self, orders, last):
        """Count what came of reading, for the record of the run.

        :param lengow.order orders: that are new or changed
        :param lengow.order last: the last one that was there before
        :rtype: dict[str, int]
        """
        created = orders.filtered(lambda order: order.id > (last.id or 0))
        ignored = created.filtered(lambda order: order.import_state == "ignored")
        return {
            "created": len(created),
            "updated": len(orders) - len(created),
            "ignored": len(ignored),
        }

    def _import_soon(self, orders):
        """Have the import take up what was read, if a run of it is wanted.

        It imports what is ready, reports new errors and closes mended ones.

        :param lengow.order orders: in system mode
        """
        if any(
            order.import_state == "ready" or order.is_error_new or order.reported_error
            for order in orders
        ):
            self.env.ref("lengow_connector.cron_process_orders")._trigger()

    # === READING === #

    def _fetch_within(self, account, deadline, least_pages=BUTTON_PAGES):
        """Fetch until done or `deadline`.

        :param lengow.account account: one
        :param float deadline: on the clock of `time.monotonic`
        :param int least_pages: what is read however slow Lengow is
        :return: the orders that were new or changed, and whether that was all
        :rtype: tuple[lengow.order, bool]
        """
        orders = self.env["lengow.order"]
        for read, touched in enumerate(self._fetch_pages(account), start=1):
            orders |= touched
            if time.monotonic() > deadline and read >= least_pages:
                return orders, False
        return orders, not account.error_message

    def _fetch_pages(self, account):
        """Store page after page, and yield the orders of each that were touched.

        The caller may commit at each yield. A failure at Lengow ends the reading and is
        kept on the account; the watermark then stays before the window that failed.

        :param lengow.account account: one
        """
        account = account.sudo().with_company(account.company_id)
        now = fields.Datetime.now()
        unreadable = 0
        try:
            with account._get_client() as client:
                for start, end in self._fetch_windows(account, now):
                    skipped = yield from self._fetch_window(account, client, start, end)
                    unreadable += skipped
                    stored_until = _not_after(client.server_time, end or now)
                    account._mark_window_stored(
                        start, stored_until, unreadable, is_here=bool(skipped)
                    )
                retry = account.env["lengow.inbox.retry"]
                yield from retry._try_again(account, client)
        except LengowError as error:
            _logger.info("Account %s: %s", account.id, error)
            account._mark_error(error)
        else:
            if not account.error_message or account.error_code != "payload":
                account._mark_connected()
        yield account.env["lengow.order"]

    def _fetch_windows(self, account, now):
        """Cut the time since an account's watermark into windows.

        The last one is open at its end: Lengow's clock may be ahead of ours.

        :param lengow.account account: one
        :param datetime now: naive, UTC
        :return: pairs of naive UTC datetimes, oldest first; the last end is None
        """
        length = timedelta(minutes=account.fetch_window_minutes)
        if account.orders_synced_until:
            # Of a small piece, which is one that did not fit into a run, less is read
            # again than is new: else the watermark would move back.
            start = min(account.orders_synced_until, now) - min(OVERLAP, length / 2)
        else:
            # Until the first success nothing is forgotten, even if Lengow fails for
            # days.
            since = now if account.last_sync_at else account.connected_at or now
            start = since - timedelta(days=account.import_window_days)
            start = min(start, self._left_open_since(account) or start)
        while start + length < now:
            yield start, start + length
            start += length
        yield start, None

    def _left_open_since(self, account):
        """Return since when Lengow tells what the accounts before one have left open.

        That is what they have not read any more, and what they had imported and is not
        shipped: this one is to follow it, and to tell its shipment.

        :param lengow.account account: one
        :return: naive, UTC; None where nothing is open
        :rtype: datetime | None
        """
        before = account._of_same_shop() - account
        if not before:
            return None
        oldest = fields.Datetime.now() - LONGEST_LOOK_BACK
        is_open = [
            ("account_id", "in", before.ids),
            ("import_state", "=", "imported"),
            ("lengow_status", "in", list(BEFORE_SHIPMENT_STATUSES)),
            ("lengow_updated_at", ">=", oldest),
        ]
        first = self.env["lengow.order"].search(
            is_open, order="lengow_updated_at", limit=1
        )
        ends = [end for end in before.mapped("orders_synced_until") if end]
        moments = [*first.mapped("lengow_updated_at"), *sorted(ends)[-1:]]
        return max(min(moments) - OVERLAP, oldest) if moments else None

    def _fetch_window(self, account, client, start, end):
        """Store every page of a window; see :meth:`_fetch_pages`.

        :return: how many orders could not even be identified
        """
        unreadable = 0
        for _reading in range(MAX_READINGS):
            counts, unreadable = [], 0
            for page in client.iter_order_pages(
                updated_from=start.replace(tzinfo=UTC),
                updated_to=end and end.replace(tzinfo=UTC),
                currency_conversion=account.currency_conversion,
            ):
                touched, skipped = account.env["lengow.inbox"]._store_page(
                    account, page.results
                )
                unreadable += skipped
                counts.append(page.count)
                yield touched
            if not self._window_shrank(counts):
                break
        return unreadable

    def _window_shrank(self, counts):
        known = [count for count in counts if count is not None]
        return len(known) > 1 and min(known) < known[0]


def _not_after(server_time, moment):
    """Return a moment, or Lengow's own now where our clock is ahead of it.

    Lengow's changes bear its own time: what it changes before a moment that it has not
    reached yet would never be read.

    :param datetime server_time: of Lengow, aware; None if not known
    :param datetime moment: of ours, naive, UTC
    :rtype: datetime
    """
    if server_time is None:
        return moment
    return min(moment, server_time.astimezone(UTC).replace(tzinfo=None))


def cron_seconds():
    """Return how long a scheduled action may read: half of what the server allows.

    Odoo's own measure, what is left of ten seconds, is meant for work that goes on
    where it stopped. A window that is cut short begins anew.
    """
    limit = config["limit_time_real_cron"]
    if limit < 0:
        limit = config["limit_time_real"]
    return limit / 2 if limit > 0 else CRON_SECONDS
