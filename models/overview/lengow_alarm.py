"""Alarms: people are told when an account stands still, once, and once when it goes on.

    nothing succeeded for an hour ─┐
    Lengow refuses the keys        ├─► noted on the account ──► an activity and a mail
    orders wait too long           │                             for each addressee
    actions wait too long ─────────┘          │
                                              └─ over ──► activities gone, a mail

The same mail lists what could not be sent since the last one. Everybody reads it in
their own language.
"""

from datetime import timedelta

from markupsafe import Markup

from odoo import fields, models
from odoo.fields import Domain

from ..outbox.lengow_action import UNSENT_STATES
from ..settings.lengow_cron import Work

ACTIVITY = "lengow_connector.mail_activity_type_outage"
KEY_ERRORS = ("authentication", "access_denied")
# What is closed in a transaction that is still open is seen by the next run.
MARGIN = timedelta(minutes=2)
# A longer mail is not read; the list in Odoo shows the rest.
LISTED_ACTIONS = 50


class LengowAlarm(models.AbstractModel):
    """Tells people that an account stands still, and that it goes on again."""

    _name = "lengow.alarm"
    _description = "Alarms of Lengow Accounts"

    # === THE LOOP === #

    def _run(self):
        """Look after every account that is connected, or was when it stood still."""
        Account = self.env["lengow.account"]
        is_watched = Domain(self._watched_domain())
        domain = is_watched | Domain("outages", "!=", False)
        work = Work(
            "cron_watch_accounts",
            self,
            step="_watch",
            note="_note_failure",
            domain=domain,
        )
        accounts = Account.with_context(active_test=False).search(domain)
        self.env["lengow.cron"]._each(accounts, work)

    def _watched_domain(self):
        return [
            *self.env["lengow.account"]._connected_domain(),
            ("active", "=", True),
            ("setup_state", "=", False),
        ]

    def _note_failure(self, account, error):
        """Keep on an account that it could not be looked after.

        :param lengow.account account: whose step was undone
        :param Exception error: what was raised
        """
        account._mark_unexpected(error)

    def _watch(self, accounts):
        """Tell what is new about some accounts: what began, what is over, what failed.

        :param lengow.account accounts: to look at
        """
        for account in accounts:
            if not account.filtered_domain(self._watched_domain()):
                self._forget(account)
            elif not account.paused_since:  # somebody knows
                self._watch_one(account)

    def _watch_one(self, account):
        known = account.outages or {}
        found = self._find_outages(account)
        began = [kind for kind in found if kind not in known]
        over = [kind for kind in known if kind not in found]
        failed = self._newly_failed(account)
        if began or over:
            self._activities(account, over).unlink()
            kept = {kind: known[kind] for kind in known if kind in found}
            account.outages = {
                **kept,
                **{kind: self._call(account, kind) for kind in began},
            } or False
        if began or over or failed:
            self._mail(account, began, over, failed)
            self.env["lengow.cron"]._count(account, updated=len(began) + len(over))

    def _forget(self, account):
        """Say no more of an account that nobody wants anything of."""
        self._activities(account, account.outages or {}).unlink()
        account.outages = False

    # === WHAT STANDS STILL === #

    def _find_outages(self, account):
        """Return the kinds of trouble that an account has.

        :rtype: list[str]
        """
        now = fields.Datetime.now()
        if account.state == "error" and account.error_code in KEY_ERRORS:
            # Whatever else stands still does so because of the keys.
            return ["keys"]
        # What stood still already does so until it moves; what is new has as long as
        # ever from when somebody has let it go on.
        found, known = [], account.outages or {}
        if account.alert_minutes:
            patience = timedelta(minutes=account.alert_minutes)
            last = account.last_sync_at or account.connected_at
            if "silent" not in known:
                last = account._synced_or_live()
            if last and last < now - patience:
                found.append("silent")
        if account.alert_waiting_hours:
            late = now - timedelta(hours=account.alert_waiting_hours)
            if self._has_late(
                account,
                "lengow.order",
                [("import_state", "=", "ready")],
                "write_date",
                late,
            ):
                found.append("orders")
            is_due = "actions" in known or (account.live_since or late) <= late
            if (
                is_due
                and not account.test_mode
                and self._has_late(
                    account,
                    "lengow.action",
                    [
                        ("state", "in", UNSENT_STATES),
                        ("marketplace_id.active", "=", True),
                    ],
                    "planned_at",
                    late,
                )
            ):
                found.append("actions")
        return found

    def _has_late(self, account, model, domain, since, late):
        """Whether something of an account waits for longer than it should."""
        waits = [*domain, ("account_id", "=", account.id), (since, "<", late)]
        return bool(self.env[model].search_count(waits, limit=1))

    def _sentence(self, account, kind):
        """Say what stands still, in the language of the account's environment.

        :rtype: str
        """
        if kind == "keys":
            return account.env._(
                "Lengow does not accept the keys of %s any more.", account.name
            )
        if kind == "silent":
            return account.env._(
                "No orders could be fetched for %(account)s for %(minutes)s min.",
                account=account.name,
                minutes=account.alert_minutes,
            )
        if kind == "orders":
            return account.env._(
                "Orders of %(account)s wait for their import for more than %(hours)s "
                "h.",
                account=account.name,
                hours=account.alert_waiting_hours,
            )
        return account.env._(
            "Actions of %(account)s wait to be sent for more than %(hours)s h.",
            account=account.name,
            hours=account.alert_waiting_hours,
        )

    # === ACTIVITIES === #

    def _call(self, account, kind):
        """Call everybody who is to know; return what is kept of it.

        :rtype: dict
        """
        activity_type = self.env.ref(ACTIVITY, raise_if_not_found=False)
        activities = self.env["mail.activity"]
        if activity_type and not self.env.context.get("mail_activity_automation_skip"):
            values = {
                "activity_type_id": activity_type.id,
                "automated": True,
                "date_deadline": fields.Date.context_today(self),
                "res_model_id": self.env["ir.model"]._get_id(account._name),
                "res_id": account.id,
            }
            activities = (
                self.env["mail.activity"]
                .sudo()
                .with_context(mail_activity_quick_update=True)
                .create(
                    [
                        {
                            **values,
                            "user_id": user.id,
                            "summary": self._sentence(theirs, kind),
                            "note": Markup("<p>%s</p>") % (theirs.error_message or ""),
                        }
                        for user, theirs in self._for_each(account)
                    ]
                )
            )
        return {
            "since": fields.Datetime.to_string(fields.Datetime.now()),
            "activities": activities.ids,
        }

    def _activities(self, account, kinds):
        """Return the activities that are still there about some kinds of trouble."""
        ids = [
            id_
            for kind in kinds
            for id_ in (account.outages or {}).get(kind, {}).get("activities", [])
        ]
        return self.env["mail.activity"].sudo().browse(ids).exists()

    def _for_each(self, account):
        """Yield everybody who is to know, with the account in their language."""
        for user in account._find_addressees():
            lang = user.lang or account.env.lang
            yield user, account.with_context(lang=lang)

    # === MAILS === #

    def _newly_failed(self, account):
        """Return what could not be sent since the last run, and remember until when.

        :rtype: lengow.action
        """
        until = fields.Datetime.now() - MARGIN
        since = account.failures_told_until
        failed = self.env["lengow.action"]
        if since:
            failed = failed.search(
                [
                    ("account_id", "=", account.id),
                    ("state", "=", "failed"),
                    ("closed_at", ">", since),
                    ("closed_at", "<=", until),
                ],
                order="closed_at, id",
            )
        if failed or not since or since < until - timedelta(days=1):
            account.failures_told_until = until
        return failed

    def _mail(self, account, began, over, failed):
        """Queue a mail to everybody who is to know; none holds data of a buyer.

        :param list began, over: kinds of trouble
        :param lengow.action failed: what could not be sent
        """
        # Not those beside them, however many have failed at once.
        listed = failed[:LISTED_ACTIONS].with_prefetch()
        for theirs, address in account._mail_addresses():
            if began:
                subject = self._sentence(theirs, began[0])
            elif over:
                subject = theirs.env._("%s works again", account.name)
            else:
                subject = theirs.env._(
                    "%(account)s: failed actions (%(count)s)",
                    account=account.name,
                    count=len(failed),
                )
            body = theirs.env["ir.qweb"]._render(
                "lengow_connector.alarm_mail",
                {
                    "account": theirs,
                    "began": [self._sentence(theirs, kind) for kind in began],
                    "over": [self._sentence(theirs, kind) for kind in over],
                    "failed": [
                        (action.order_id.name, action.kind_label, action.order_id)
                        for action in listed.with_env(theirs.env)
                    ],
                    "unlisted": len(failed) - len(listed),
                    "url": f"{theirs.get_base_url()}/odoo",
                },
            )
            theirs._queue_mail(subject, body, address)
