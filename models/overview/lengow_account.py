from odoo import api, fields, models


class LengowAccount(models.Model):
    _inherit = "lengow.account"

    accept_warning_hours = fields.Integer(
        string="Warn Before Acceptance Deadlines",
        default=4,
        help="This many hours before an order has to be accepted, the responsible gets "
        "an activity on the account: one for all such orders. 0: no warning. There is "
        "none in test mode, either.",
    )
    ship_warning_hours = fields.Integer(
        string="Warn Before Shipping Deadlines",
        default=4,
        help="This many hours before an order has to be shipped, the responsible gets "
        "an activity on the account: one for all such orders. 0: no warning. There is "
        "none in test mode, either.",
    )

    alert_minutes = fields.Integer(
        string="Alert Without Orders After",
        default=60,
        help="When no order could be fetched for so many minutes, whoever is to know "
        "gets an activity and a mail, and a mail when it is over. 0: never.",
    )
    alert_waiting_hours = fields.Integer(
        string="Alert When Waiting For",
        default=4,
        help="When an order waits for its import, or an action to be sent, for more "
        "hours than that. 0: never.",
    )
    outages = fields.Json(
        readonly=True, copy=False, help="What stands still, and who was told of it."
    )
    failures_told_until = fields.Datetime(readonly=True, copy=False)
    vitals = fields.Json(
        compute="_compute_vitals", help="What the administrator's page shows of it."
    )

    _warning_hours_range = models.Constraint(
        "CHECK(accept_warning_hours BETWEEN 0 AND 720 "
        "AND ship_warning_hours BETWEEN 0 AND 720)",
        "Warn 1 to 720 hours before a deadline. Enter 0 for no warning.",
    )

    _alert_range = models.Constraint(
        "CHECK((alert_minutes = 0 OR alert_minutes BETWEEN 30 AND 10080) "
        "AND alert_waiting_hours BETWEEN 0 AND 720)",
        "Alert after 30 minutes to a week without orders, and when something waits for "
        "1 to 720 hours. Enter 0 for no alert.",
    )

    # === COMPUTE METHODS === #

    @api.depends_context("tz", "lang")
    def _compute_vitals(self):
        for account in self:
            account.vitals = self.env["lengow.vitals"]._of(account._origin)

    # === ACTION METHODS: the record, and pauses === #

    def action_open_runs(self):
        """Open what was done for these accounts lately."""
        self.env["lengow.run"].check_access("read")
        return self._open("lengow_run_action")

    def action_open_pause(self):
        """Open the dialog that asks why nothing is to be fetched or sent by itself."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Pause %s", self.name),
            "res_model": "lengow.account.pause",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_account_id": self.id},
        }

    def action_resume(self):
        """End the pause of a person: what waited is fetched and sent at once."""
        self.check_access("write")
        self._mark_resumed()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    # === ACTION METHODS: the steps of the checklist === #

    def action_setup_connect(self):
        """Open the dialog that asks for the keys."""
        self.ensure_one()
        self.check_access("write")
        return self.env["lengow.setup"]._open_dialog(
            self, "form_connect", self.env._("Connect a Lengow Account")
        )

    def action_setup_import(self):
        """Open the dialog that asks what is imported, and as what."""
        self.ensure_one()
        self.check_access("write")
        return self.env["lengow.setup"]._open_dialog(
            self, "form_import", self.env._("What to Import")
        )

    def action_setup_import_done(self):
        """Confirm what is imported, and read it again if it has changed."""
        self.ensure_one()
        self.check_access("write")
        self.env["lengow.setup"]._confirm_import(self)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_setup_company(self):
        """Look whether the company has what its marketplace orders need."""
        self.ensure_one()
        self.check_access("write")
        return self.env["lengow.company.check"]._open_for(self)

    def action_setup_products(self):
        """Match the SKUs of this account's orders; without any, begin the import.

        :return: the dialog, or a notification with what was imported
        """
        self.ensure_one()
        self.check_access("write")
        dialog = self.env["lengow.order.resolve"]._open_for_setup(self)
        return dialog or self.env["lengow.setup"]._begin_import(self)

    def action_setup_carriers(self):
        """Link delivery methods with the carriers of this account's marketplaces."""
        self.ensure_one()
        self.check_access("write")
        return self.env["lengow.carrier.matrix"]._open_for(
            self.marketplace_ids, setup_account=self
        )

    def action_setup_catalogue(self):
        """Go on with the catalog of this account: make it, or tell Lengow of it."""
        self.ensure_one()
        self.check_access("write")
        return self.env["lengow.setup"]._open_catalogue(self)

    def action_setup_go(self):
        """Open the dialog that asks, once, whether to leave test mode."""
        self.ensure_one()
        self.check_access("write")
        return self.env["lengow.setup"]._open_dialog(
            self, "form_go", self.env._("Go Live")
        )

    def action_begin_import(self):
        """Let orders become sale orders, while nothing is sent yet."""
        self.ensure_one()
        self.check_access("write")
        return self.env["lengow.setup"]._begin_import(self)

    def action_go_live(self):
        """Leave test mode and close the checklist."""
        self.ensure_one()
        self.check_access("write")
        return self.env["lengow.setup"]._go_live(self)

    def action_close_setup(self):
        """Close the checklist, and stay in test mode if it is on."""
        self.ensure_one()
        self.check_access("write")
        self.env["lengow.setup"]._finish(self)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    # === ACTION METHODS: help === #

    def action_download_report(self):
        """Download what support wants to know, without keys and personal data."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_url",
            "url": f"/lengow/accounts/{self.id}/report",
            "target": "self",
        }

    # === CRON === #

    @api.model
    def _cron_watch_accounts(self):
        """Tell of accounts that stand still, and of those that go on again."""
        self.env["lengow.alarm"]._run()

    @api.model
    def _cron_warn_deadlines(self):
        """Warn before deadlines pass, and no longer where they are met."""
        self.env["lengow.deadline.warning"]._run()
