"""What there is to do over all marketplaces, and how their accounts do.

    jobs.JOBS ──► one query each ──► numbers by marketplace ──► cards, head, order list
    orders of the last days, one query ──► graph and worth of a card

Nothing is stored. Every query finds its few rows by an index, however many orders are
closed; the rules of access apply to all of them.
"""

from collections import defaultdict
from datetime import timedelta
from typing import NamedTuple

from markupsafe import Markup

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import format_datetime, format_time

from ...lengow_api import CANCELED_STATUSES
from .jobs import JOBS
from .recent import DAYS, RecentOrders

CHANGED = "lengow_overview_changed"
# Orders are fetched every quarter of an hour: after this long nothing fetches.
STALE_AFTER = timedelta(hours=2)
# So many orders are cheaper to name than to search for again.
FEW = 2000
RECENT = Domain("order_date", ">=", f"today -{DAYS - 1}d") & Domain(
    "lengow_status", "not in", CANCELED_STATUSES
)


class Tally(NamedTuple):
    """How many orders wait for a job, and until when the first of them can."""

    count: int = 0
    deadline: object = False


class LengowOverview(models.AbstractModel):
    """Counts what waits for somebody, among what the user may see."""

    _name = "lengow.overview"
    _description = "Overview of Marketplaces"

    # === JOBS === #

    def _labels(self):
        """Return the names of the jobs, each with what it is called."""
        return [(job.name, self.env._(job.label)) for job in JOBS]

    def _domain_of(self, names):
        """Return the domain of the orders that wait for any of some jobs.

        :param names: of the jobs; False means none at all
        :rtype: Domain
        """
        wanted = Domain.OR(job.domain for job in JOBS if job.name in names)
        if False in names:
            wanted |= ~Domain.OR(job.domain for job in JOBS)
        return wanted

    def _most_urgent(self, orders):
        """Return the name of the first job that each order waits for, or False.

        :rtype: dict[lengow.order, str | bool]
        """
        urgent = dict.fromkeys(orders, False)
        for job in reversed(JOBS):
            urgent |= dict.fromkeys(orders.filtered_domain(job.domain), job.name)
        return urgent

    # === NUMBERS === #

    def _count(self, domain=()):
        """Count the orders of each job, among some.

        :param domain: of the orders that are looked at; all of them by default
        :return: numbers by the name of the filter that shows the same orders
        :rtype: dict[str, int]
        """
        Order = self.env["lengow.order"]
        among = Domain(list(domain))
        # Few orders are searched for once, and not anew for each job.
        found = Order.search(among, limit=FEW + 1) if not among.is_true() else Order
        if 0 < len(found) <= FEW:
            among = Domain("id", "in", found.ids)
        return {job.name: Order.search_count(among & job.domain) for job in JOBS}

    def _tallies(self):
        """Count the orders of each job, by marketplace: a query per job, for all.

        :rtype: dict[str, dict[lengow.marketplace, Tally]]
        """
        Order = self.env["lengow.order"]
        tallies = {}
        for job in JOBS:
            aggregates = ["__count", *([f"{job.deadline}:min"] if job.deadline else [])]
            rows = Order._read_group(job.domain, ["marketplace_id"], aggregates)
            tallies[job.name] = {row[0]: Tally(*row[1:]) for row in rows}
        return tallies

    def _recent_orders(self):
        """Return what came in lately, by marketplace.

        :rtype: dict[lengow.marketplace, RecentOrders]
        """
        recent = defaultdict(RecentOrders)
        for marketplace, day, *rest in self.env["lengow.order"]._read_group(
            RECENT,
            ["marketplace_id", "order_date:day", "currency_id"],
            ["__count", "amount_total:sum"],
        ):
            recent[marketplace].add(day.date(), *rest)
        return recent

    def _busy_marketplaces(self):
        """Return the marketplaces with anything to do, or with new orders.

        Each question is asked for all of them: a marketplace that has nothing to do
        would be searched through to its oldest order otherwise.

        :rtype: lengow.marketplace
        """
        Order = self.env["lengow.order"]
        wholes = (job.domain for job in JOBS if not job.part_of)
        found = (
            marketplace
            for domain in (RECENT, *wholes)
            for [marketplace] in Order._read_group(domain, ["marketplace_id"])
        )
        return self.env["lengow.marketplace"].union(*found)

    # === WHAT IS SHOWN === #

    def _jobs(self):
        """Return every job with its number over all marketplaces, for the head.

        :rtype: list[dict]
        """
        shown = []
        for job, by_marketplace in zip(JOBS, self._tallies().values(), strict=True):
            tallies = by_marketplace.values()
            deadlines = [tally.deadline for tally in tallies if tally.deadline]
            count = sum(tally.count for tally in tallies)
            shown.append(self._show(job, Tally(count, min(deadlines, default=False))))
        return shown

    def _cards(self, marketplaces):
        """Return what the cards of marketplaces show, and the graph of each.

        :rtype: dict[lengow.marketplace, tuple[dict, str]]
        """
        tallies, recent = self._tallies(), self._recent_orders()
        today = fields.Date.context_today(self)
        cards = {}
        for marketplace in marketplaces:
            orders = recent.get(marketplace._origin) or RecentOrders()
            card = {
                "is_test": marketplace.account_id.test_mode,
                "jobs": self._jobs_of(marketplace._origin, tallies),
                "worth": orders.worth(self.env),
            }
            cards[marketplace] = card, orders.graph(self.env, today)
        return cards

    def _jobs_of(self, marketplace, tallies):
        """Return what waits at one marketplace, the most urgent first."""
        return [
            self._show(job, tally)
            for job in JOBS
            if job.is_on_card and (tally := tallies[job.name].get(marketplace))
        ]

    def _show(self, job, tally):
        """Return a job with its number, as the screen wants it."""
        return {
            "name": job.name,
            "label": self.env._(job.label),
            "part_of": job.part_of,
            "part_label": job.part_label and self.env._(job.part_label),
            "tone": job.tone,
            "action": job.action,
            "count": tally.count,
            "deadline": fields.Datetime.to_string(tally.deadline),
        }

    def _help_where_empty(self, help_message):
        """Return what stands where no marketplace is shown.

        :param str help_message: what to do first, for whoever may connect an account
        :rtype: str
        """
        Account = self.env["lengow.account"]
        is_connected = Account.search_count([("state", "!=", "draft")], limit=1)
        if not is_connected and Account.search_count([], limit=1):
            title = self.env._("Not connected yet")
            text = self.env._(
                "The marketplaces appear here once Lengow is connected, with what is "
                "to be done."
            )
        elif is_connected:
            title = self.env._("Nothing to do")
            text = self.env._(
                "No marketplace has orders that wait for you, or had new ones in the "
                "last %s days. Remove the filter to see all of them.",
                DAYS,
            )
        elif Account.has_access("create"):
            return help_message
        else:
            title = self.env._("No Lengow account is connected yet")
            text = self.env._(
                "Ask somebody with the right Lengow: Manager to connect one."
            )
        return Markup(
            "<p class='o_view_nocontent_smiling_face'>%(title)s</p><p>%(text)s</p>"
        ) % {"title": title, "text": text}

    # === HOW THE ACCOUNTS DO === #

    def _health(self):
        """Return how the accounts do that the user sees.

        :rtype: dict
        """
        accounts = self.env["lengow.account"].search([("active", "=", True)])
        # What is being set up has a checklist, which says that nothing is sent yet and,
        # until it is connected, what is wrong.
        established = accounts.filtered(lambda account: not account.setup_state)
        working = established | accounts.filtered("connected_at")
        troubles = {account: self._trouble_of(account) for account in working}
        test_accounts = established.filtered("test_mode")
        return {
            "is_empty": not accounts,
            "is_synced": bool(accounts.filtered("last_sync_at")),
            "synced": self._when_synced(accounts, not any(troubles.values())),
            "troubles": [
                {"account_id": account.id, "name": account.name, "text": text}
                for account, text in troubles.items()
                if text
            ],
            "resends": [
                {"account_id": account.id, "name": account.name, "count": count}
                for account in established
                if (count := account.resend_count)
            ],
            "test_mode": bool(test_accounts)
            and self.env._(
                "Test mode: whatever is done here, nothing is reported to the "
                "marketplaces of %s.",
                ", ".join(test_accounts.mapped("name")),
            ),
        }

    def _when_synced(self, accounts, all_well):
        """Say when all accounts that synchronize have last done so."""
        connected = accounts.filtered(lambda a: a.state != "draft")
        synced = connected.filtered("last_sync_at")
        if not synced:
            return self.env._("Not synchronized yet")
        moment = self._tell_time(min(synced.mapped("last_sync_at")))
        if all_well and synced == accounts and len(accounts) > 1:
            return self.env._("Last sync %s, all accounts", moment)
        return self.env._("Last sync %s", moment)

    def _trouble_of(self, account):
        """Say why an account has not every order, or False if it has.

        :rtype: str | bool
        """
        if account.is_elsewhere:
            return self.env._(
                "This database is a copy: nothing is read from Lengow or sent to it."
            )
        if account.paused_since:
            return account.pause_label
        if account.error_message:
            return account.error_message
        if account.state == "draft":
            return self.env._("Not connected to Lengow.")
        last = account.last_sync_at
        if last and account._synced_or_live() < fields.Datetime.now() - STALE_AFTER:
            return self.env._(
                "Nothing was synchronized since %s. Ask your administrator whether the "
                "scheduled actions run.",
                self._tell_time(last),
            )
        if account.missing_order_count:
            return self.env._(
                "Orders of the last days that are at Lengow and not here: %s. Fetch "
                "them on the account.",
                account.missing_order_count,
            )
        return False

    def _tell_time(self, moment):
        """Return a moment in the user's words; the date only where it is not today."""
        local = fields.Datetime.context_timestamp(self, moment)
        if local.date() == fields.Date.context_today(self):
            return format_time(self.env, moment, time_format="short")
        return format_datetime(self.env, moment, dt_format="short")

    # === NEWS === #

    def _announce(self):
        """Have whatever lists orders show what has changed, wherever it is open.

        Nothing is told but that: everybody reads anew what they may see.
        """
        group = self.env.ref("lengow_connector.group_user", raise_if_not_found=False)
        if group:
            group._bus_send(CHANGED, {})
