"""Commissions as analytic entries, or as a draft vendor bill of month and marketplace.

told of an order ── less what is booked ──► due ──┬─► an analytic entry, at night
        ▲                                         │
        └─ changes later, or comes late           └─► a bill, once the month is over;
                                                      late ones on the next
"""

from collections import defaultdict
from datetime import timedelta
from typing import NamedTuple

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ...mapper.usable import why_unusable
from ..companies import begin_of, local_date, zone_of
from ..errors import FOR_PEOPLE, words_of
from ..inbox.lengow_order_rate import rates_in
from ..settings.lengow_commission_settings import NEEDED, USED
from ..settings.lengow_cron import Work

CRON = "cron_book_commissions"
# An account that begins with a year of orders is through after some runs.
ENTRIES_AT_ONCE = 1000
ACTIVITY = "lengow_connector.mail_activity_type_commission"


class Due(NamedTuple):
    """What of an order's commission is still to be booked."""

    order: object
    date: object
    currency: object
    amount: float


class LengowCommissionBooking(models.AbstractModel):
    """Books what marketplaces tell of commissions, each once."""

    _name = "lengow.commission.booking"
    _description = "Booking of Lengow Commissions"

    # === CRON METHODS === #

    def _run(self):
        """Book what is due of every marketplace whose commissions are to be booked."""
        domain = [("account_id.active", "=", True)]
        Marketplace = self.env["lengow.marketplace"].with_context(active_test=False)
        marketplaces = Marketplace.search(domain, order="id").filtered(
            lambda m: (
                NEEDED[m._setting("commission_booking") or "none"] or m.commission_error
            )
        )
        work = Work(CRON, self, step="_book_each", note="_note_failure", domain=domain)
        self.env["lengow.cron"]._each(marketplaces, work)

    def _book_each(self, marketplaces):
        """Book what is due of some marketplaces.

        :param lengow.marketplace marketplaces: locked
        """
        for marketplace in marketplaces:
            own = marketplace.company_id
            served = marketplace.account_id.served_company_ids
            reasons = [
                # Accounts of products and rates are those of a company.
                self.with_company(company)._book(marketplace.with_company(company))
                for company in own | served
            ]
            self._say(marketplace, " ".join(filter(None, reasons)) or None)

    def _note_failure(self, marketplace, error):
        """Keep on a marketplace why its commissions are not booked.

        :param lengow.marketplace marketplace: whose step was undone
        :param Exception error: what was raised
        """
        self._say(
            marketplace,
            words_of(error)
            if isinstance(error, FOR_PEOPLE)
            else self.env._(
                "The commissions could not be booked (%s). Give your administrator the "
                "server log of this moment.",
                type(error).__name__,
            ),
        )

    def _say(self, marketplace, reason):
        """Say why commissions are not booked, and call somebody once for each reason.

        :param lengow.marketplace marketplace: of the orders
        :param str reason: for people; None where all of them are booked
        """
        if (marketplace.commission_error or None) == reason:
            return
        marketplace.commission_error = reason
        self._call_off(marketplace)
        if reason:
            account = marketplace.account_id
            account.activity_schedule(
                ACTIVITY,
                summary=self._summary(marketplace),
                note=reason,
                user_id=account._find_responsible().id or self.env.user.id,
            )

    def _call_off(self, marketplace):
        """Call nobody any more because of a marketplace's commissions."""
        summary = self._summary(marketplace)
        kind = self.env.ref(ACTIVITY, raise_if_not_found=False)
        marketplace.account_id.activity_ids.filtered(
            lambda a: a.activity_type_id == kind and a.summary == summary
        ).unlink()

    def _summary(self, marketplace):
        return self.env._("Commissions of %s", marketplace.name)

    # === WHAT IS DUE === #

    def _book(self, marketplace):
        """Book what is due of a marketplace in the company of the environment.

        :param lengow.marketplace marketplace: one
        :return: why some of it is not booked, None if all is
        :rtype: str | None
        :raise UserError: if something that is set cannot be used by its own company
        """
        booking = marketplace._setting("commission_booking") or "none"
        if booking == "none":
            return None  # what was wrong is no more
        if self.env.company == marketplace.company_id:
            self._check_settings(marketplace, USED[booking])
        if booking == "analytic":
            return self._create_entries(marketplace)
        return self._create_bills(marketplace)

    def _check_settings(self, marketplace, names):
        if reason := marketplace._why_commission_unset():
            raise UserError(reason)
        for name in names:
            owner = marketplace if marketplace[name] else marketplace.account_id
            if reason := why_unusable(owner, name):
                raise UserError(reason)

    def _why_not(self, marketplace, dues):
        """Return why a company to which rules give orders cannot book what is due.

        It passes over what only the account's company may use, but needs some of it.

        :param lengow.marketplace marketplace: of the orders
        :param list[Due] dues: of orders of the company
        :return: None if it can, or it is the account's own
        :rtype: str | None
        """
        company = self.env.company
        if not dues or company == marketplace.company_id:
            return None
        order, booking = dues[0].order, marketplace._setting("commission_booking")
        for name in USED[booking]:
            owner = order._find_owner(name)
            if owner and (reason := why_unusable(owner, name, company=company)):
                return reason
            if not owner and name in NEEDED[booking]:
                return self.env._(
                    "%(company)s may use no “%(setting)s” of %(marketplace)s: choose "
                    "one that belongs to no company.",
                    company=company.name,
                    setting=marketplace._fields[name]._description_string(self.env),
                    marketplace=marketplace.name,
                )
        return None

    def _zone(self, marketplace):
        return zone_of(self.env.company, marketplace.account_id.user_id)

    def _find_due(self, marketplace, until=None):
        """Return what of the commissions of a company's orders is not booked yet.

        What is booked in a currency that the order has no more is left alone.

        :param lengow.marketplace marketplace: of the orders
        :param date until: of orders that were placed before this day only
        :rtype: list[Due]
        """
        zone = self._zone(marketplace)
        self.env["lengow.order"].flush_model()
        self.env["lengow.commission"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT o.id, COALESCE(o.order_date, o.create_date), o.currency_id,
                       COALESCE(o.amount_commission, 0) - COALESCE(SUM(c.amount), 0)
                  FROM lengow_order o
             LEFT JOIN lengow_commission c ON c.order_id = o.id
                 WHERE o.marketplace_id = %(marketplace)s
                   AND o.company_id = %(company)s
                   AND o.import_state = 'imported'
                   AND o.currency_id IS NOT NULL
                   AND COALESCE(o.order_date, o.create_date) >= %(since)s
                   AND (%(until)s::timestamp IS NULL
                        OR COALESCE(o.order_date, o.create_date) < %(until)s)
              GROUP BY o.id
                HAVING COALESCE(o.amount_commission, 0)
                       != COALESCE(SUM(c.amount), 0)
                   AND COALESCE(BOOL_AND(c.currency_id = o.currency_id), TRUE)
              ORDER BY COALESCE(o.order_date, o.create_date), o.id
                """,
                marketplace=marketplace.id,
                company=self.env.company.id,
                since=begin_of(marketplace._setting("commission_from"), zone),
                until=begin_of(until, zone) if until else None,
            )
        )
        Order, Currency = self.env["lengow.order"], self.env["res.currency"]
        found = []
        for order_id, moment, currency_id, amount in rows:
            currency = Currency.browse(currency_id)
            rounded = currency.round(float(amount))
            if rounded:
                day = local_date(moment, zone)
                found.append(Due(Order.browse(order_id), day, currency, rounded))
        return found

    # === ANALYTIC ENTRIES === #

    def _create_entries(self, marketplace):
        """Book what is due, as far as it can be said in the company's currency.

        :param lengow.marketplace marketplace: of the orders
        :return: why some of it is not booked, None if all is
        :rtype: str | None
        """
        dues = self._find_due(marketplace)
        if reason := self._why_not(marketplace, dues):
            return reason
        orders = self.env["lengow.order"].union(*(due.order for due in dues))
        rates = rates_in(orders, self.env.company)
        without_rate = [due for due in dues if not rates[due.order]]
        bookable = [due for due in dues if rates[due.order]]
        self._create_entries_of(marketplace, bookable[:ENTRIES_AT_ONCE])
        if len(bookable) > ENTRIES_AT_ONCE:
            # A run that takes longer than it may would never get through.
            self.env.ref(f"lengow_connector.{CRON}")._trigger()
        if not without_rate:
            return None
        return self.env._(
            "Orders whose commissions have no exchange rate: %(count)s "
            "(%(currencies)s).",
            count=len(without_rate),
            currencies=", ".join(sorted({d.currency.name for d in without_rate})),
        )

    def _create_entries_of(self, marketplace, dues):
        """Book commissions as costs on the analytic account.

        :param lengow.marketplace marketplace: of the orders
        :param list[Due] dues: what is booked
        """
        entries = self.env["account.analytic.line"].create(
            [self._entry_values(marketplace, due) for due in dues]
        )
        self._note_booked(dues, [{"analytic_line_id": e.id} for e in entries])

    def _entry_values(self, marketplace, due):
        """Return the values of the entry of an order.

        :param lengow.marketplace marketplace: of the order
        :param Due due: what is booked
        :rtype: dict
        """
        company, setting = self.env.company, due.order._setting
        analytic = setting("commission_analytic_id")
        cost = due.currency._convert(due.amount, company.currency_id, company, due.date)
        return {
            "name": self.env._("Commission of %s", due.order.display_name),
            "date": due.date,
            "amount": -cost,
            "ref": due.order.name,
            "partner_id": setting("commission_partner_id").id,
            "company_id": company.id,
            "category": "other",
            analytic.plan_id._column_name(): analytic.id,
        }

    # === VENDOR BILLS === #

    def _create_bills(self, marketplace):
        """Draft the bills of the months that are over, once a month.

        :param lengow.marketplace marketplace: of the orders
        :return: why they are not drafted, None if they are
        :rtype: str | None
        """
        company = self.env.company
        today = local_date(fields.Datetime.now(), self._zone(marketplace))
        until = today.replace(day=1)
        booked_until = marketplace._commission_booked_until(company)
        if booked_until and booked_until >= until:
            return None  # what has come in since goes on the next bill
        dues = self._find_due(marketplace, until)
        if reason := self._why_not(marketplace, dues):
            return reason
        by_currency = defaultdict(list)
        for due in dues:
            by_currency[due.currency].append(due)
        for currency, of_currency in by_currency.items():
            last = until - timedelta(days=1)
            self._create_bill(marketplace, currency, of_currency, last)
        marketplace._mark_commission_booked(company, until)
        return None

    def _create_bill(self, marketplace, currency, dues, day):
        """Draft a vendor bill, or what comes back as a credit note.

        :param lengow.marketplace marketplace: of the orders
        :param res.currency currency: of all that is due
        :param list[Due] dues: with at least one
        :param date day: the last one of the month
        """
        total = currency.round(sum(due.amount for due in dues))
        if not total:
            return  # nothing to pay: it counts on the next one
        sign, setting = -1 if total < 0 else 1, dues[0].order._setting
        move = self.env["account.move"].create(
            {
                "move_type": "in_invoice" if total > 0 else "in_refund",
                "company_id": self.env.company.id,
                "partner_id": setting("commission_partner_id").id,
                "currency_id": currency.id,
                "invoice_date": day,
                "date": day,
                "ref": f"{marketplace.display_name} {day:%Y-%m}",
                **self._journal(setting),
                "invoice_line_ids": [
                    (0, 0, self._line_values(marketplace, month, of_month, sign))
                    for month, of_month in self._by_month(dues).items()
                ],
            }
        )
        self._note_booked(dues, [{"move_id": move.id}] * len(dues))
        move._message_log(
            body=self.env._(
                "Commissions of %(marketplace)s, as told on %(date)s. Orders: "
                "%(count)s.",
                count=len({due.order for due in dues}),
                marketplace=marketplace.name,
                date=format_date(self.env, fields.Date.today()),
            )
        )

    def _journal(self, setting):
        """Return the journal, where one is set; else it is Odoo's choice."""
        journal = setting("commission_journal_id")
        return {"journal_id": journal.id} if journal else {}

    def _by_month(self, dues):
        """Return what is due by the month of its order; late ones come first.

        :rtype: dict[date, list[Due]]
        """
        by_month = defaultdict(list)
        for due in dues:
            by_month[due.date.replace(day=1)].append(due)
        return dict(sorted(by_month.items()))

    def _line_values(self, marketplace, month, dues, sign):
        """Return the line of a bill for the orders of a month.

        :param lengow.marketplace marketplace: of the orders
        :param date month: its first day
        :param list[Due] dues: of orders of that month
        :param int sign: -1 where the bill is a credit note
        :rtype: dict
        """
        setting = dues[0].order._setting
        total = sum(due.amount for due in dues)
        values = {
            "name": self.env._(
                "Commissions of %(marketplace)s, %(month)s (orders: %(count)s)",
                marketplace=marketplace.name,
                month=format_date(self.env, month, date_format="MMMM y"),
                count=len({due.order for due in dues}),
            ),
            "quantity": 1.0,
            "price_unit": sign * dues[0].currency.round(total),
            "tax_ids": [(6, 0, setting("commission_tax_ids").ids)],
        }
        for name, record in (
            ("product_id", setting("commission_product_id")),
            ("account_id", setting("commission_account_id")),
        ):
            if record:
                values[name] = record.id
        if distribution := setting("analytic_distribution"):
            values["analytic_distribution"] = distribution
        return values

    # === WHAT IS BOOKED === #

    def _note_booked(self, dues, places):
        """Keep what is booked of each order, so that it is booked once.

        :param list[Due] dues: that were booked
        :param list[dict] places: of each, the field that points at what books it
        """
        self.env["lengow.commission"].create(
            [
                {
                    "order_id": due.order.id,
                    "date": due.date,
                    "currency_id": due.currency.id,
                    "amount": due.amount,
                    **where,
                }
                for due, where in zip(dues, places, strict=True)
            ]
        )
        for due in dues[:1]:
            due.order.sudo().marketplace_id.commission_booked_at = fields.Datetime.now()
            account = due.order.account_id
            self.env["lengow.cron"]._count(account, updated=len(dues))
