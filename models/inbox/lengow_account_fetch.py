"""How orders come from Lengow into the inbox: windows, pages, watermark.

orders_synced_until          now
────────┬─────────────────────┤
   ◄ 2h ┤ read again: Lengow stamps a change later than it happened
        ├── a day ──┬── a day ┤   one window each; the watermark moves
                                  when every page of a window is stored
"""

import logging
import time
from datetime import UTC, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import config

from ...lengow_api import LengowError

_logger = logging.getLogger(__name__)

# Lengow writes `updated_at` after the change was made; its own plugins re-read two
# hours.
OVERLAP = timedelta(hours=2)
# One window's pages are stored before the watermark moves, so a long absence advances
# day by day instead of starting over when a run is cut short.
WINDOW_MINUTES = 24 * 60
SHORTEST_WINDOW_MINUTES = 10
# An order may leave a window while its pages are read (somebody changed it), and then
# another one slips to a page that was already read. A second reading finds it.
MAX_READINGS = 3
# What a click may take. The crons do the rest.
BUTTON_SECONDS = 90
BUTTON_ORDERS = 1000
# At a hundred orders a page: what a click reads however slow Lengow is.
BUTTON_PAGES = 10


# What a run reads of an account even when time is out, so that none stands still.
FEWEST_PAGES = 5
# What a scheduled action may take where the server sets no limit.
CRON_SECONDS = 600


class LengowAccount(models.Model):
    _inherit = "lengow.account"

    last_turn_at = fields.Datetime(
        readonly=True,
        copy=False,
        help="When a scheduled action last turned to it, whatever came of that.",
    )
    fetch_window_minutes = fields.Integer(
        readonly=True, copy=False, default=WINDOW_MINUTES, required=True
    )

    # === ACTION METHODS === #

    def action_sync_orders(self):
        """Fetch and import orders now, as many as a click can bear.

        Nothing is committed before the end, so a failure in Odoo leaves no trace; what
        does not fit into the time is handed to the scheduled actions. A failure at
        Lengow is kept on its account and does not undo what was fetched.

        :return: a notification with the counts
        :raise UserError: if an account is not connected, or already synchronising
        """
        self.check_access("read")
        return self.sudo()._sync_orders()  # a user may ask for it, the system does it

    def _sync_orders(self):
        self._check_ready_to_sync()
        deadline = time.monotonic() + BUTTON_SECONDS
        Order = self.env["lengow.order"]
        orders, complete = Order, True
        for account in self:
            touched, finished = account._fetch_within(deadline)
            orders |= touched
            complete = complete and finished
        ready = Order.search(
            [("account_id", "in", self.ids), ("import_state", "=", "ready")],
            limit=BUTTON_ORDERS,
        )
        imported = self.env["lengow.importer"]._process_within(ready, deadline)
        self._hand_over_to_crons(complete)
        return self._sync_notification(orders, imported)

    def _check_ready_to_sync(self):
        self._check_connected()
        if self.try_lock_for_update(allow_referencing=True) != self:
            raise UserError(
                self.env._(
                    "This account is being synchronised right now. Look again in a "
                    "minute."
                )
            )

    def _hand_over_to_crons(self, complete):
        if not complete:
            self.env.ref("lengow_connector.cron_fetch_orders")._trigger()
        if self.env["lengow.order"].search_count(
            [("account_id", "in", self.ids), ("import_state", "=", "ready")], limit=1
        ):
            self.env.ref("lengow_connector.cron_process_orders")._trigger()

    def _sync_notification(self, orders, imported):
        failing = self.filtered("error_message")
        if failing:
            return self._notification("danger", failing[0].error_message)
        to_fix = self.env["lengow.order"].search_count(
            [("account_id", "in", self.ids), ("import_state", "=", "error")]
        )
        return self._notification(
            "warning" if to_fix else "success",
            self.env._(
                "%(changed)s orders new or changed, %(imported)s became sale orders, "
                "%(to_fix)s to fix.",
                changed=len(orders),
                imported=imported,
                to_fix=to_fix,
            ),
        )

    # === CRON METHODS === #

    @api.model
    def _cron_fetch_orders(self):
        """Fetch the changed orders of every connected account."""
        self._cron_each_account(
            "cron_fetch_orders",
            lambda account, deadline: account._cron_fetch_account(deadline),
        )

    @api.model
    def _cron_sync_marketplaces(self):
        """Refresh the marketplaces of every connected account."""
        self._cron_each_account(
            "cron_sync_marketplaces",
            lambda account, _deadline: account.action_sync_marketplaces(),
        )

    @api.model
    def _cron_each_account(self, cron_name, step):
        """Run a step for every connected account, and commit after each.

        A failure stays on its account: an exception would stop the accounts that come
        after it and, after some days, make Odoo switch the action off.

        :param str cron_name: xml id of the action, to run again after a collision
        :param step: callable that takes an account
        """
        deadline = time.monotonic() + _cron_seconds()
        # Whoever waits longest comes first, so that a slow account delays nobody twice.
        accounts = self.search(
            self._connected_domain(), order="last_turn_at NULLS FIRST, name, id"
        )
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(accounts))
        for account in accounts:
            if time.monotonic() > deadline:
                self.env.ref(f"lengow_connector.{cron_name}")._trigger()
                break
            try:
                account.last_turn_at = fields.Datetime.now()
                step(account.with_company(account.company_id), deadline)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as error:
                # Somebody else writes the same rows. Nothing is lost by reading again.
                _logger.info("Account %s is tried again: %s", account.id, error)
                self.env.cr.rollback()
                self.env.ref(f"lengow_connector.{cron_name}")._trigger()
            except Exception as error:
                _logger.exception("Account %s: %s failed", account.id, cron_name)
                self.env.cr.rollback()
                account._mark_unexpected(error)
            cron._commit_progress(1)

    def _cron_fetch_account(self, deadline):
        """Fetch one account unless somebody else does, committing every page.

        A window that does not fit into a run is read in smaller pieces from then on:
        the watermark moves after each, so every run gets further than the one before.

        :param float deadline: on the clock of `time.monotonic`
        """
        self.ensure_one()
        locked = self.try_lock_for_update(allow_referencing=True)
        if not locked.filtered_domain(self._connected_domain()):
            return
        cron = self.env["ir.cron"]
        trigger = self.env.ref("lengow_connector.cron_process_orders")._trigger
        watermark = self.orders_synced_until
        for read, touched in enumerate(self._fetch_pages(), start=1):
            # It imports what is ready, reports new errors and closes mended ones.
            if touched.filtered(
                lambda order: (
                    order.import_state == "ready"
                    or order.is_error_new
                    or order.reported_error
                )
            ):
                trigger()
            cron._commit_progress()
            # The commit released the account. Whoever holds it now reads the same
            # window, so there is nothing left to do here.
            if not self.try_lock_for_update(allow_referencing=True):
                return
            if time.monotonic() > deadline and read >= FEWEST_PAGES:
                if self.orders_synced_until == watermark:
                    self._narrow_window()
                self.env.ref("lengow_connector.cron_fetch_orders")._trigger()
                return
        self.fetch_window_minutes = WINDOW_MINUTES

    def _connected_domain(self):
        return [("state", "!=", "draft"), ("lengow_account_ref", "!=", False)]

    # === BUSINESS METHODS === #

    def _fetch_within(self, deadline):
        """Fetch until done or `deadline`.

        :param float deadline: on the clock of `time.monotonic`
        :return: the orders that were new or changed, and whether that was all
        :rtype: tuple[lengow.order, bool]
        """
        orders = self.env["lengow.order"]
        for read, touched in enumerate(self._fetch_pages(), start=1):
            orders |= touched
            if time.monotonic() > deadline and read >= BUTTON_PAGES:
                return orders, False
        return orders, not self.error_message

    def _fetch_pages(self):
        """Store page after page, and yield the orders of each that were touched.

        The caller may commit at each yield. A failure at Lengow ends the reading and is
        kept on the account; the watermark then stays before the window that failed.
        """
        self.ensure_one()
        account = self.sudo().with_company(self.company_id)
        Order = account.env["lengow.order"]
        now = fields.Datetime.now()
        unreadable = 0
        try:
            with account._get_client() as client:
                for start, end in account._fetch_windows(now):
                    unreadable += yield from account._fetch_window(client, start, end)
                    account._mark_window_stored(start, end or now, unreadable)
        except LengowError as error:
            _logger.info("Account %s: %s", account.id, error)
            account._mark_error(error)
        else:
            if not account.error_message or account.error_code != "payload":
                account._mark_connected()
        yield Order

    def _fetch_windows(self, now):
        """Cut the time since the watermark into windows.

        The last one is open at its end: Lengow's clock may be ahead of ours.

        :param datetime now: naive, UTC
        :return: pairs of naive UTC datetimes, oldest first; the last end is None
        """
        if self.orders_synced_until:
            start = min(self.orders_synced_until, now) - OVERLAP
        else:
            # Until the first success nothing is forgotten, even if Lengow fails for
            # days.
            since = now if self.last_sync_at else self.connected_at or now
            start = since - timedelta(days=self.import_window_days)
        length = timedelta(minutes=self.fetch_window_minutes)
        while start + length < now:
            yield start, start + length
            start += length
        yield start, None

    def _narrow_window(self):
        """Read in smaller pieces after a window that did not fit into a run."""
        self.fetch_window_minutes = max(
            self.fetch_window_minutes // 4, SHORTEST_WINDOW_MINUTES
        )

    def _fetch_window(self, client, start, end):
        """Store every page of a window; see :meth:`_fetch_pages`.

        :return: how many orders could not even be identified
        """
        Order = self.env["lengow.order"]
        unreadable = 0
        for _reading in range(MAX_READINGS):
            counts, unreadable = [], 0
            for page in client.iter_order_pages(
                updated_from=start.replace(tzinfo=UTC),
                updated_to=end and end.replace(tzinfo=UTC),
                currency_conversion=self.currency_conversion,
            ):
                touched, skipped = Order._store_payloads(self, page.results)
                unreadable += skipped
                counts.append(page.count)
                yield touched
            if not self._window_shrank(counts):
                break
        return unreadable

    def _window_shrank(self, counts):
        known = [count for count in counts if count is not None]
        return len(known) > 1 and min(known) < known[0]

    def _mark_window_stored(self, start, end, unreadable):
        """Move the watermark, unless an order up to here has no number.

        Such an order cannot be kept, so the period is read again until Lengow mends it,
        though not for longer than the first synchronisation looks back: an order that
        stays broken must not make every run read a longer period.

        :param datetime start, end: of the window
        :param int unreadable: orders without identity in this run's windows so far
        """
        self.last_sync_at = fields.Datetime.now()
        if not unreadable:
            if self.error_code == "payload":
                self.write({"error_code": False, "error_message": False})
            self._move_watermark(end)
            return
        if not self.orders_synced_until:
            self._move_watermark(start)
        message = self.env._(
            "Among the orders changed since %(since)s (UTC) are %(count)s without a "
            "marketplace or a number, which cannot be shown. Ask Lengow's support for "
            "them. The other orders are here.",
            count=unreadable,
            since=fields.Datetime.to_string(self.orders_synced_until),
        )
        if self.error_message != message:
            self.write({"error_code": "payload", "error_message": message})
        if self.orders_synced_until < end - timedelta(days=self.import_window_days):
            self.message_post(body=message)
            self._move_watermark(end)

    def _move_watermark(self, moment):
        """Note up to when everything is here, without telling the chatter each time."""
        self.with_context(tracking_disable=True).orders_synced_until = moment


def _cron_seconds():
    """Return how long a scheduled action may read: half of what the server allows.

    Odoo's own measure, what is left of ten seconds, is meant for work that goes on
    where it stopped. A window that is cut short begins anew.
    """
    limit = config["limit_time_real_cron"]
    if limit < 0:
        limit = config["limit_time_real"]
    return limit / 2 if limit > 0 else CRON_SECONDS
