"""Whether an account may speak: from this database, not in test mode, and how soon.

A copy that Odoo makes or neutralises gets a number of its own. One that PostgreSQL
makes keeps the number, and is known by standing beside the database that was connected:
under another name, on the same server. One that moved alone, was renamed, restored in
place or upgraded with PostgreSQL is no copy; what was put on another server cannot be
told apart from those.
"""

from hashlib import sha256

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, str2bool

# What PostgreSQL calls a database: by its name, and by the number that no copy shares.
PLACE = SQL("datname || ':' || pg_database.oid")


class LengowAccount(models.Model):
    _inherit = "lengow.account"

    database_mark = fields.Char(
        readonly=True,
        copy=False,
        help="Of the database that was connected. A copy of it has another mark.",
    )
    database_place = fields.Char(
        readonly=True,
        copy=False,
        help="Of the database that was connected: what PostgreSQL calls it.",
    )
    is_elsewhere = fields.Boolean(
        compute="_compute_is_elsewhere",
        help="Whether another database was connected, of which this one is a copy.",
    )

    last_follow_at = fields.Datetime(
        readonly=True,
        copy=False,
        help="When it was last asked what became of what was sent.",
    )

    undo_seconds = fields.Integer(
        string="Time to Undo",
        default=30,
        help="For so many seconds what somebody has asked a marketplace for can be "
        "undone; then it is sent.",
    )

    resend_count = fields.Integer(
        compute="_compute_resend_count",
        help="Failed actions that may go through now, after an outage for example.",
    )

    _undo_seconds_check = models.Constraint(
        "CHECK(undo_seconds BETWEEN 0 AND 3600)",
        "The time to undo is from 0 to 3600 seconds.",
    )

    # === COMPUTE METHODS === #

    @api.depends("database_mark", "database_place")
    def _compute_is_elsewhere(self):
        here, beside = self._this_database(), self._places_beside()
        for account in self:
            known = account.database_mark
            is_beside = account.database_place in beside
            account.is_elsewhere = bool(known) and (known != here or is_beside)

    def _compute_resend_count(self):
        counts = self.env["lengow.resender"]._counts(self._origin)
        for account in self:
            account.resend_count = counts.get(account._origin, 0)

    # === ACTION METHODS === #

    def action_resend_failed(self):
        """Send again what failed because of an outage, or may go through now.

        :return: a notification
        """
        self.ensure_one()
        self.check_access("read")
        resender = self.env["lengow.resender"]
        return resender._resend(resender._find_failed(self))

    def action_use_this_database(self):
        """Let this database speak to Lengow, and no longer the one it is a copy of.

        What was still to be sent when the copy was made may have been sent by the other
        one, so it is not sent from here.
        """
        self.check_access("write")
        for account in self.filtered("is_elsewhere"):
            count = self.env["lengow.outbox"]._withhold(
                account, self.env._("Not sent: it waited in a copy of the database.")
            )
            account._bind_to_this_database()
            account.message_post(
                body=self.env._(
                    "%(user)s lets this database speak to Lengow. Not sent of what "
                    "waited before: %(count)s.",
                    user=self.env.user.name,
                    count=count,
                )
            )

    # === BUSINESS METHODS === #

    def init(self):
        """Bind accounts that were connected before databases were told apart."""
        self.env.cr.execute(
            """
            UPDATE lengow_account
               SET database_mark = encode(sha256(parameter.value::bytea), 'hex')
              FROM ir_config_parameter parameter
             WHERE parameter.key = 'database.uuid'
               AND database_mark IS NULL
               AND state != 'draft'
            """
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE lengow_account
                   SET database_place = (SELECT %s FROM pg_database
                                          WHERE datname = current_database())
                 WHERE database_place IS NULL
                   AND database_mark = %s
                """,
                PLACE,
                self._this_database(),
            )
        )

    def _bind_to_this_database(self):
        """Let this database, and no copy of it, speak for some accounts."""
        place = self.env.execute_query(
            SQL("SELECT %s FROM pg_database WHERE datname = current_database()", PLACE)
        )
        self.sudo().write(
            {"database_mark": self._this_database(), "database_place": place[0][0]}
        )

    @api.model
    def _this_database(self):
        """Return the mark of this database; its number itself is nobody's business."""
        parameters = self.env["ir.config_parameter"].sudo()
        return sha256(parameters.get_param("database.uuid", "").encode()).hexdigest()

    @api.model
    def _places_beside(self):
        """Return the places of other databases that accounts were connected in.

        PostgreSQL gives every database a number of its own, which a new name does not
        change. So the one that was connected is there only as long as it is itself.

        :rtype: list[str]
        """
        self.flush_model(["database_place"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT account.database_place
                  FROM lengow_account account
                  JOIN pg_database ON account.database_place = %s
                 WHERE datname != current_database()
                """,
                PLACE,
            )
        )
        return [place for (place,) in rows]

    @api.model
    def _is_copy(self):
        """Whether this database was neutralised, so that it must stay silent."""
        parameters = self.env["ir.config_parameter"].sudo()
        return str2bool(parameters.get_param("database.is_neutralized", ""), False)

    @api.model
    def _connected_domain(self):
        """Return the domain of the accounts that may read from Lengow.

        :rtype: list
        """
        return [
            ("state", "!=", "draft"),
            ("lengow_account_ref", "!=", False),
            ("database_mark", "in", (False, self._this_database())),
            ("database_place", "not in", self._places_beside()),
        ]

    @api.model
    def _working_domain(self):
        """Return the domain of the accounts of which Lengow may be asked by itself.

        :rtype: list
        """
        return [
            *self._connected_domain(),
            ("active", "=", True),
            *self._not_paused_domain(),
        ]

    @api.model
    def _not_paused_domain(self):
        return [
            ("paused_since", "=", False),
            "|",
            ("paused_until", "=", False),
            ("paused_until", "<=", fields.Datetime.now()),
        ]

    @api.model
    def _sending_domain(self):
        """Return the domain of the accounts that may tell Lengow something.

        :rtype: list
        """
        if self._is_copy():
            return [("id", "=", False)]
        return [*self._working_domain(), ("test_mode", "=", False)]

    @api.model
    def _following_domain(self):
        """Return the domain of the accounts whose sent actions are followed.

        An archived one sends no more, but what it has sent is to come to an end.

        :rtype: list
        """
        if self._is_copy():
            return [("id", "=", False)]
        return [
            *self._connected_domain(),
            *self._not_paused_domain(),
            ("active", "in", (True, False)),
            ("test_mode", "=", False),
        ]

    def _reason_to_withhold(self):
        """Say why what is planned now is never to be sent, False if it is to be sent.

        :rtype: str | bool
        """
        self.ensure_one()
        if self._is_copy() or self.is_elsewhere:
            return self.env._("Not sent: this database is a copy.")
        if self.test_mode:
            return self.env._("Not sent: test mode.")
        return False

    def _reason_to_send_nothing(self):
        """Say why nothing may be told to Lengow for this account, False if it may.

        :rtype: str | bool
        """
        self.ensure_one()
        if self._is_copy() or self.is_elsewhere:
            return self.env._("This database is a copy: nothing is sent.")
        if self.test_mode:
            return self.env._("The account is in test mode: nothing is sent.")
        if reason := self._reason_to_rest():
            return reason
        if self.paused_until and self.paused_until > fields.Datetime.now():
            return self.error_message or self.env._("Lengow asked for a pause.")
        return False

    def _reason_to_rest(self):
        """Say why Lengow is not asked by itself until somebody sees to it, maybe False.

        :rtype: str | bool
        """
        if self.state == "draft" or not self.lengow_account_ref:
            return self.env._("The account is not connected.")
        if not self.active:
            return self.env._("The account is archived: nothing is sent.")
        return self.pause_label if self.paused_since else False

    def _check_speaks_here(self):
        """Keep a copy of a database from speaking for the one that was connected.

        :raise UserError: naming the account, and what to do
        """
        for account in self.filtered("is_elsewhere"):
            raise UserError(account._copy_sentence())

    def _copy_sentence(self):
        return self.env._(
            "%s was connected in another database, of which this one is a copy. "
            "Nothing is read or sent here until a manager chooses “Use This Database” "
            "on the account.",
            self.name,
        )

    def _end_test_mode(self):
        """Withhold what waited while nothing was sent: old wishes surprise later."""
        for account in self:
            self.env["lengow.outbox"]._withhold(
                account, self.env._("Not sent: test mode.")
            )
            self.env["lengow.adoption"]._carry_what_waits(account)
