"""What a person must do: an activity where one is called for, one mail per run.

an order is in error ──► it was not reported ──► end of the run: digest mail
       │
       └─► it leaves the error ──► end of the run: report forgotten

What is mended once for many orders is one thing to do: each account has an activity for
each kind of error, which says how many orders wait.
"""

import dataclasses
from collections import defaultdict
from datetime import timedelta

from markupsafe import Markup

from odoo import fields, models
from odoo.tools import split_every

from .lengow_order import ERROR_FIELDS

# Of an account, for all its orders with the same error.
ERROR_ACTIVITY = "lengow_connector.mail_activity_type_orders_to_fix"
# Of an order, as earlier versions made them.
OLD_ERROR_ACTIVITY = "lengow_connector.mail_activity_type_to_fix"
# A longer mail is not read; the list in Odoo shows the rest.
LISTED_ORDERS = 50
# So many orders are in memory at once, however many have the same trouble.
BATCH_SIZE = 500
# While an account is set up, its checklist says what is to be done.
UNREPORTED = [("is_error_new", "=", True), ("account_id.setup_state", "=", False)]
# So long a run may go on until people hear of what it has met so far.
LONGEST_SILENCE = timedelta(minutes=15)
# What is noted so would be tracked by keeping all that is tracked in memory.
UNTRACKED = {"mail_notrack": True}
# What is read of an order to tell of its error.
TOLD_FIELDS = ("account_id", "company_id", *ERROR_FIELDS, "is_error_new")


@dataclasses.dataclass
class Report:
    """What there is to tell of the orders of an account and company.

    :ivar int count: of the orders that are newly in error
    :ivar list listed: the ids of the first ones
    :ivar set errors: the fields that say which errors they have, and their values
    """

    count: int = 0
    listed: list = dataclasses.field(default_factory=list)
    errors: set = dataclasses.field(default_factory=set)


class LengowTodo(models.AbstractModel):
    """Calls people to orders, and says no more once that is settled."""

    _name = "lengow.todo"
    _description = "Calls for People"

    # === CALL === #

    def _call(self, xmlid, calls, user=None, deadline=None, by_mail=False):
        """Put something about each of some orders on a to-do list, all in one go.

        It takes the place of what was there before of the same type.

        :param str xmlid: of the activity type
        :param dict calls: summary and sentence by order
        :param user: as of `lengow.order._call_person`, like what follows
        """
        if self.env.context.get("mail_activity_automation_skip"):
            return
        orders = self.env["lengow.order"].concat(*calls)
        orders._dismiss_calls([xmlid])
        kind = self.env.ref(xmlid, raise_if_not_found=False)
        values = {
            "activity_type_id": (kind or orders._default_activity_type()).id,
            "automated": True,
            "date_deadline": deadline or fields.Date.context_today(self),
            "res_model_id": self.env["ir.model"]._get_id(orders._name),
        }
        # Whoever does what calls for somebody need not have access to activities.
        Activity = self.env["mail.activity"].sudo()
        if not by_mail:
            Activity = Activity.with_context(mail_activity_quick_update=True)
        Activity.create(
            [
                {
                    **values,
                    "summary": summary,
                    "note": Markup("<p>%s</p>") % sentence,
                    "res_id": order.id,
                    "user_id": self._whom_to_call(order, user).id,
                }
                for order, (summary, sentence) in calls.items()
            ]
        )

    def _whom_to_call(self, order, user):
        """Return who is called: somebody who can open the order, if anybody can.

        Whoever validates a delivery or posts an invoice need not be a Lengow user.
        """
        if user is not None and not user:
            return user
        responsible = order.account_id._find_responsible(company=order.company_id)
        asked = user or self.env["res.users"]
        for somebody in asked | responsible | self.env.user:
            if self._can_open(order, somebody):
                return somebody
        return responsible

    def _can_open(self, order, user):
        return bool(self._what_opens(order, user))

    def _what_opens(self, records, user):
        """Return which of some records a user can open.

        :param Model records: orders or accounts
        :param res.users user: one
        """
        if not user.sudo().active:
            return records.browse()
        companies = user.sudo().company_ids.ids
        theirs = records.with_user(user).with_context(allowed_company_ids=companies)
        return records.browse(theirs._filtered_access("read").ids)

    # === ERRORS === #

    def _settle_errors(self):
        """Report the errors that are new and close what was reported and is mended.

        For the end of a run. Orders that another worker holds are left to its own run.
        """
        self._close_mended_errors()
        found = (
            self.env["lengow.order"]
            .sudo()
            .search(UNREPORTED, order="account_id, order_date, id")
        )
        reported = self._report(found.try_lock_for_update(allow_referencing=True))
        for (account, company), report in reported.items():
            orders = found.browse(report.listed)
            orders = orders.with_context(lang=account._find_language() or self.env.lang)
            self._mail_digest(account, company, orders, report.count)
        self._keep_activities(
            {
                (account, *error, company)
                for (account, company), report in reported.items()
                for error in report.errors
            }
        )

    def _settle_turn(self, is_through):
        """Do as :meth:`_settle_errors`, at the end of a turn of a run.

        One that takes many turns is told of in its last one, unless that is far off.

        :param bool is_through: whether it is the last one
        """
        if is_through or self._is_told_late():
            self._settle_errors()

    def _is_told_late(self):
        """Whether an error that is new waits for long already until it is reported."""
        late = [("write_date", "<=", fields.Datetime.now() - LONGEST_SILENCE)]
        orders = self.env["lengow.order"].sudo()
        return bool(orders.search_count(UNREPORTED + late, limit=1))

    def _report(self, orders):
        """Note on orders that their errors are reported; none of them stays in memory.

        :param lengow.order orders: locked, some maybe not in error any more
        :return: what there is to tell, by account and company
        :rtype: dict[tuple, Report]
        """
        reported = defaultdict(Report)
        for batch in _by_batch(orders):
            new = batch.filtered("is_error_new")
            for order in new:
                report = reported[order.account_id, order.company_id]
                report.count += 1
                report.errors.add(_error_of(order))
                if len(report.listed) < LISTED_ORDERS:
                    report.listed.append(order.id)
            for key, alike in new.grouped(lambda order: order._error_key()).items():
                alike.with_context(**UNTRACKED).reported_error = key
        return reported

    def _close_mended_errors(self):
        """Forget what was reported of orders that are not in error any more.

        An order that is about to be tried again counts until that is done.
        """
        mended = (
            self.env["lengow.order"]
            .sudo()
            .search(
                [
                    ("reported_error", "!=", False),
                    ("import_state", "not in", ("error", "ready")),
                    ("invoice_state", "!=", "error"),
                ]
            )
            .try_lock_for_update(allow_referencing=True)
        )
        for batch in _by_batch(mended):
            # Whoever is called to read an order once more is called for that alone.
            read = batch.filtered(lambda order: not order.unread_from)
            read._dismiss_calls([OLD_ERROR_ACTIVITY])
            batch.with_context(**UNTRACKED).reported_error = False

    # === ACTIVITIES OF ACCOUNTS === #

    def _keep_activities(self, news):
        """Let each account have an activity for each kind of error, and no other.

        What somebody has marked as done or canceled comes back with the next new error
        of its kind. Whoever holds an account is at it, too: the next run makes good
        what that one could not see.

        :param set news: account, field, value and company of the errors that are new
        """
        kind = self.env.ref(ERROR_ACTIVITY, raise_if_not_found=False)
        if not kind or self.env.context.get("mail_activity_automation_skip"):
            return
        Activity = self.env["mail.activity"].sudo()
        known = Activity.search(
            [("activity_type_id", "=", kind.id), ("res_model", "=", "lengow.account")]
        ).grouped("res_id")
        counts = self._count_errors()
        Account = self.env["lengow.account"].sudo().with_context(active_test=False)
        ids = {account.id for account in counts} | known.keys()
        accounts = Account.search(
            ["|", ("id", "in", list(ids)), ("error_calls", "!=", False)]
        )
        for account in accounts.try_lock_for_update(allow_referencing=True):
            fresh = {tuple(error) for owner, *error in news if owner == account}
            fresh = self._by_person(account, dict.fromkeys(fresh, 1)).keys()
            account = account.with_context(lang=account._find_language())
            self._keep_activities_of(
                account,
                kind,
                self._by_person(account, counts.get(account, {})),
                known.get(account.id, Activity),
                fresh,
            )

    def _by_person(self, account, counts):
        """Return how many orders have which error, by who is called for them.

        :param lengow.account account: of the orders
        :param dict counts: by field, value and company
        :return: by field, value and user
        :rtype: dict[tuple, int]
        """
        people, found = {}, {}
        for (field, code, company), count in counts.items():
            if company not in people:
                people[company] = account._find_responsible(company=company)
            key = field, code, people[company]
            found[key] = found.get(key, 0) + count
        return found

    def _count_errors(self):
        """Return how many orders of each account and company have which error.

        :rtype: dict[lengow.account, dict[tuple, int]]
        """
        Order = self.env["lengow.order"].sudo()
        counts = {}
        for field, state in (("error_code", "import_state"), ("invoice_state",) * 2):
            for account, code, company, count in Order._read_group(
                [
                    (state, "=", "error"),
                    ("account_id.setup_state", "=", False),
                    ("account_id.active", "=", True),
                ],
                ["account_id", field, "company_id"],
                ["__count"],
            ):
                counts.setdefault(account, {})[field, code, company] = count
        return counts

    def _keep_activities_of(self, account, kind, counts, known, news):
        """Bring the activities of one account in line with its errors.

        :param lengow.account account: locked, in the language of its responsible
        :param mail.activity.type kind: of these activities
        :param dict counts: how many orders, by field, value and user
        :param mail.activity known: those that there are
        :param set news: the fields, values and users of which there are new errors
        """
        usual = account._find_responsible()
        Order = account.env["lengow.order"]
        calls, left = account.error_calls or {}, known
        told = {}
        # The others' own come first: one of the usual person may be anybody's by now.
        for (field, code, user), count in sorted(
            counts.items(), key=lambda item: item[0][2] == usual
        ):
            labels = dict(Order._fields[field]._description_selection(account.env))
            label = labels.get(code, code)
            key = f"{field}:{code}" if user == usual else f"{field}:{code}:{user.id}"
            activity = known.browse(calls.get(key) or ()) & left
            others = user != usual and [("user_id", "=", user.id)]
            theirs = left.filtered_domain(others or [])
            activity = activity or _labeled(theirs, label)[:1]
            left -= activity
            summary = f"{label} ({count})"
            if activity and activity.summary != summary:
                activity.summary = summary
            elif not activity and ((field, code, user) in news or key not in calls):
                activity = self._add_activity(account, kind, summary, user)
            told[key] = activity.id or calls[key]
        left.unlink()
        if told != calls:
            account.error_calls = told or False

    def _add_activity(self, account, kind, summary, user):
        Activity = self.env["mail.activity"].sudo()
        # The digest tells by mail.
        return Activity.with_context(mail_activity_quick_update=True).create(
            {
                "activity_type_id": kind.id,
                "automated": True,
                "date_deadline": fields.Date.context_today(self),
                "res_model_id": self.env["ir.model"]._get_id(account._name),
                "res_id": account.id,
                "summary": summary,
                "note": Markup('<p><a href="/odoo/lengow-orders-to-fix">%s</a></p>')
                % account.env._("Open the orders to fix"),
                "user_id": user.id or self.env.user.id,
            }
        )

    # === WHO TAKES OVER === #

    def _hand_over(self, users, account=None):
        """Give to whoever is responsible what some users were called to.

        What people have planned themselves stays with whom they have chosen.

        :param res.users users: who look after an account no more, or leave
        :param lengow.account account: which one; None for all, as they leave
        """
        leaving = self.env["res.users"] if account else users
        for owner, company, theirs in _by_owner(self._find_calls("in", users.ids)):
            if account is None or owner == account:
                self._give(theirs, owner._find_responsible(leaving, company))

    def _hand_over_lost(self):
        """Give to whoever is responsible what users cannot open who are called to it.

        Rights and companies go in many ways, of which nobody is told here.
        """
        called = self._find_calls("!=", False)
        for (user, model), calls in called.grouped(
            lambda call: (call.user_id, call.res_model)
        ).items():
            records = self.env[model].sudo().browse(set(calls.mapped("res_id")))
            lost = records - self._what_opens(records.exists(), user)
            theirs = calls.filtered(lambda call, ids=lost.ids: call.res_id in ids)
            for owner, company, some in _by_owner(theirs):
                self._give(some, owner._find_responsible(user, company))

    def _find_calls(self, operator, ids):
        """Return what some users are called to by the addon.

        :param str operator: of a domain, like what follows
        :param ids: of users
        :rtype: mail.activity
        """
        Activity = self.env["mail.activity"].sudo()
        return Activity.with_context(mail_activity_quick_update=True).search(
            [
                ("user_id", operator, ids),
                ("automated", "=", True),
                ("res_model", "in", ("lengow.account", "lengow.order")),
            ]
        )

    def _give(self, calls, heir):
        """Call somebody else to something, if there is anybody."""
        calls.filtered(lambda call: heir and call.user_id != heir).user_id = heir

    # === DIGEST === #

    def _mail_digest(self, account, company, listed, count):
        """Queue one mail to everybody who is told, with links to the orders to fix.

        It holds no data of a buyer: what exactly is wrong stands on the order.

        :param lengow.account account: one
        :param res.company company: one that it serves
        :param lengow.order listed: the first ones in error, of this account and company
        :param int count: how many there are
        """
        for theirs, address in account._mail_addresses(company):
            subject = theirs.env._(
                "%(account)s: marketplace orders to fix (%(count)s)",
                account=account.name,
                count=count,
            )
            body = self._render_digest(theirs, listed.with_env(theirs.env), count)
            theirs._queue_mail(subject, body, address)

    def _render_digest(self, account, listed, count):
        """Return the body of the mail, in the language of the account's environment.

        :param lengow.account account: one
        :param lengow.order listed: in error
        :param int count: how many are in error, with those that are not listed
        :rtype: Markup
        """
        url = f"{account.get_base_url()}/odoo/lengow-orders"
        return account.env["ir.qweb"]._render(
            "lengow_connector.error_digest",
            {
                "account": account,
                "count": count,
                "groups": [
                    (
                        label,
                        [
                            (order.name, order.marketplace_id.name, f"{url}/{order.id}")
                            for order in group
                        ],
                    )
                    for label, group in listed.grouped(
                        lambda order: order._error_label()
                    ).items()
                ],
                "unlisted": count - len(listed),
                "to_fix_url": f"{url}-to-fix",
            },
        )


def _by_batch(orders):
    """Yield orders some at a time, and forget each batch when it is through."""
    for ids in split_every(BATCH_SIZE, orders.ids):
        batch = orders.browse(ids)
        batch.fetch(TOLD_FIELDS)
        yield batch
        batch.invalidate_recordset()


def _error_of(order):
    """Return the field that says which error an order has, and its value."""
    field = "error_code" if order.import_state == "error" else "invoice_state"
    return field, order[field]


def _by_owner(activities):
    """Yield the account and company that activities are about, with those."""
    for model, some in activities.grouped("res_model").items():
        records = activities.env[model].browse(some.mapped("res_id")).exists()
        owners = {
            record.id: (
                record if model == "lengow.account" else record.account_id,
                record.company_id,
            )
            for record in records
        }
        there = some.filtered(lambda a, known=owners: a.res_id in known)
        for owner, theirs in there.grouped(
            lambda a, known=owners: known[a.res_id]
        ).items():
            yield *owner, theirs


def _labeled(activities, label):
    """Return the activities about one kind of error."""
    return activities.filtered(lambda a: (a.summary or "").startswith(f"{label} ("))
