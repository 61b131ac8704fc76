"""What an account knows of its synchronization; the service does it."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...lengow_api.urls import is_same_server
from ..settings.lengow_account import USERS
from .lengow_fetcher import WINDOW_MINUTES

SHORTEST_WINDOW_MINUTES = 10


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

    import_taken_orders = fields.Boolean(
        string="Import Orders of Another System",
        tracking=True,
        help="Also import orders that another system has taken: Lengow knows its "
        "numbers of them, and none of ours. Only for when it does not ship them.",
    )
    report_errors_by_mail = fields.Boolean(
        string="Report Errors by Mail",
        default=True,
        help="One mail per run lists the orders which cannot be imported; another one "
        "what could not be sent, and what stands still. Nothing is reported twice.",
    )
    alert_user_ids = fields.Many2many(
        "res.users",
        "lengow_account_alert_users_rel",
        string="Alerts To",
        domain=[("share", "=", False)],
        help="Who gets these mails, and an activity when the account stands still, in "
        "their own language. Empty: the responsible.",
    )

    error_calls = fields.Json(
        readonly=True,
        copy=False,
        help="The activity that was made for each kind of error that there is.",
    )

    completeness_days = fields.Integer(
        string="Check Completeness",
        default=7,
        help="Every night so many days are compared with Lengow. The responsible gets "
        "an activity where orders are missing here. 0: never. Accounts in test mode "
        "are not checked.",
    )
    day_check_ids = fields.One2many("lengow.day.check", "account_id", readonly=True)
    missing_order_count = fields.Integer(compute="_compute_missing_order_count")

    _completeness_days_range = models.Constraint(
        "CHECK(completeness_days BETWEEN 0 AND 31)",
        "At most 31 days are compared with Lengow every night. Enter 0 for none.",
    )

    # === COMPUTE METHODS === #

    @api.depends("day_check_ids.missing_count")
    def _compute_missing_order_count(self):
        for account in self:
            account.missing_order_count = sum(
                account.day_check_ids.mapped("missing_count")
            )

    # === CONSTRAINT METHODS === #

    @api.constrains("alert_user_ids", "company_id")
    def _check_alert_users(self):
        """Alert those only who may look at the account.

        :raise ValidationError: naming who may not
        """
        for account in self:
            for user in account.alert_user_ids - account._who_may_look(
                account.alert_user_ids
            ):
                raise ValidationError(
                    self.env._(
                        "%(user)s cannot be alerted about %(account)s: choose Lengow "
                        "users of %(company)s.",
                        user=user.name,
                        account=account.name,
                        company=account.company_id.name,
                    )
                )

    # === ACTION METHODS === #

    def action_fetch_missing(self):
        """Read from Lengow now what the last check has found missing.

        :return: a notification with what came
        :raise UserError: if an account is not connected, or is being synchronized
        """
        return self.day_check_ids.filtered("missing_count").action_fetch()

    def action_sync_orders(self):
        """Fetch and import orders now, as many as a click can bear.

        Nothing is committed before the end, so a failure in Odoo leaves no trace; what
        does not fit into the time is handed to the scheduled actions. A failure at
        Lengow is kept on its account and does not undo what was fetched.

        :return: a notification with the counts
        :raise UserError: if an account is not connected, or already synchronizing
        """
        self.check_access("read")
        accounts_sudo = self.sudo()  # a user may ask for it, the system does it
        return accounts_sudo.env["lengow.fetcher"]._sync(accounts_sudo)

    # === CRON METHODS === #

    @api.model
    def _cron_fetch_orders(self):
        """Fetch the changed orders of every connected account."""
        self.env["lengow.fetcher"]._cron_fetch_orders()

    @api.model
    def _cron_sync_marketplaces(self):
        """Refresh the marketplaces of every connected account."""
        self.env["lengow.fetcher"]._cron_sync_marketplaces()

    @api.model
    def _cron_check_days(self):
        """Compare the last days of every account with Lengow."""
        self.env["lengow.day.watch"]._run()

    # === WHO IS TOLD === #

    def _who_may_look(self, users, company=None):
        """Return those of some users who can see the orders of a company."""
        company = company or self.sudo().company_id
        return users.sudo().filtered(
            lambda user: (
                user.active and company in user.company_ids and user._has_group(USERS)
            )
        )

    def _find_addressees(self, company=None):
        """Return whom the account tells of trouble: as set, else the responsible.

        :param res.company company: whose orders it is about; None for the account's
        :rtype: res.users
        """
        self.ensure_one()
        chosen = self._who_may_look(self.sudo().alert_user_ids, company)
        return chosen or self._find_responsible(company=company).sudo()

    def _mail_addresses(self, company=None):
        """Return where mails about the account go, with it in the readers' language.

        Who has no address of their own is left out; where nobody has one, the company
        reads it.

        :param res.company company: whose orders it is about; None for the account's
        :rtype: list[tuple[lengow.account, str]]
        """
        if not self.report_errors_by_mail:
            return []
        users = self._find_addressees(company)
        readers = users.filtered("email")
        found = [(user.lang, user.email_formatted) for user in readers]
        office = (company or self.company_id).email_formatted
        if not found and office:
            found = [(users[:1].lang, office)]
        return [
            (self.with_context(lang=lang or self.env.lang), address)
            for lang, address in found
        ]

    def _queue_mail(self, subject, body, address):
        """Queue a mail about the account."""
        sender = self.company_id.email_formatted or self.env.user.email_formatted
        self.env["mail.mail"].sudo().create(
            {
                "subject": subject,
                "body_html": body,
                "email_from": sender,
                "email_to": address,
                "auto_delete": True,
            }
        )

    # === BUSINESS METHODS === #

    def _of_same_shop(self):
        """Return the accounts that have, or had, the orders of the same Lengow account.

        Those that are archived are among them: this one has taken their place.

        :rtype: lengow.account
        """
        self.ensure_one()
        every = self.sudo().with_context(active_test=False)
        return self | every._find_of(every.lengow_account_ref, every.base_url)

    @api.model
    def _find_of(self, account_ref, base_url):
        """Return the accounts here that have the orders of one Lengow account.

        :param str account_ref: Lengow's number of it; none has no orders
        :param str base_url: of its server, however it is spelt
        :rtype: lengow.account
        """
        if not account_ref:
            return self.browse()
        return self.search([("lengow_account_ref", "=", account_ref)]).filtered(
            lambda account: is_same_server(account.base_url, base_url)
        )

    # === STATE TRANSITIONS === #

    def _mark_window_stored(self, start, end, unreadable, is_here=True):
        """Move the watermark, unless an order up to here has no number.

        Such an order cannot be kept, so the period is read again until Lengow mends it,
        though not for longer than the first synchronization looks back: an order that
        stays broken must not make every run read a longer period. Nor is it where that
        does not fit into a run: none would ever come to what is behind it.

        :param datetime start, end: of the window
        :param int unreadable: orders without identity in this run's windows so far
        :param bool is_here: whether some of them are in this one
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
            "Some of the orders changed since %(since)s (UTC) cannot be shown, as they "
            "have no marketplace or no number: %(count)s. Ask Lengow's support. The "
            "other orders are here.",
            count=unreadable,
            since=fields.Datetime.to_string(self.orders_synced_until),
        )
        if is_here and self.error_message != message:
            self.write({"error_code": "payload", "error_message": message})
        is_too_much = self.fetch_window_minutes < WINDOW_MINUTES
        reach = timedelta(days=self.import_window_days)
        if is_too_much or self.orders_synced_until < end - reach:
            if is_here or not is_too_much:
                self.message_post(body=message)
            self._move_watermark(end)

    def _move_watermark(self, moment):
        """Note up to when everything is here."""
        self.sudo().orders_synced_until = moment

    def _narrow_window(self):
        """Read in smaller pieces after a window that did not fit into a run."""
        self.fetch_window_minutes = max(
            self.fetch_window_minutes // 4, SHORTEST_WINDOW_MINUTES
        )
