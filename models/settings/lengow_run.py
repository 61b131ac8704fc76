from datetime import timedelta

from odoo import api, fields, models

KEPT_DAYS = 60
# So many are forgotten in one transaction.
FORGOTTEN_AT_ONCE = 10_000


class LengowRun(models.Model):
    """What was done for an account: by a scheduled action, or on somebody's click.

        12 new ─ nothing to do, 40 times ─ 3 new ─ no connection, 6 times ─ 5 new

    Runs in a row that had nothing to do, or met the same trouble, are one row.
    """

    _name = "lengow.run"
    _description = "Lengow Run"
    _inherit = ["lengow.guarded"]
    _rec_name = "kind"
    _order = "ended_at desc, id desc"

    account_id = fields.Many2one(
        "lengow.account", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="account_id.company_id", store=True, index=True
    )
    # As the scheduled actions are called, without `cron_`.
    kind = fields.Selection(
        [
            ("fetch_orders", "Fetch Orders"),
            ("process_orders", "Import Orders"),
            ("invoice_orders", "Invoice Orders"),
            ("auto_accept", "Accept Automatically"),
            ("report_shipments", "Report Shipments"),
            ("deliver_fulfilled", "Validate Deliveries"),
            ("send_actions", "Send"),
            ("follow_actions", "Follow Answers"),
            ("fetch_documents", "Fetch Documents"),
            ("sync_marketplaces", "Refresh Marketplaces"),
            ("check_days", "Check Completeness"),
            ("warn_deadlines", "Warn Before Deadlines"),
            ("watch_accounts", "Watch Over Accounts"),
            ("book_commissions", "Book Commissions"),
            ("refresh_catalogues", "Refresh Catalogs"),
            ("rebuild_catalogues", "Rebuild Catalogs"),
            ("push_catalogues", "Send Catalog Updates"),
            ("anonymise", "Delete Buyers' Data"),
            ("run_tasks", "Background Tasks"),
        ],
        string="What",
        required=True,
        readonly=True,
    )
    outcome = fields.Selection(
        [("done", "Done"), ("idle", "Nothing to Do"), ("failed", "Failed")],
        required=True,
        readonly=True,
    )
    started_at = fields.Datetime(string="Since", required=True, readonly=True)
    ended_at = fields.Datetime(string="When", required=True, readonly=True)
    repeat_count = fields.Integer(
        string="Runs",
        default=1,
        readonly=True,
        aggregator="sum",
        help="Runs in a row with nothing to do, or with the same trouble, are one row.",
    )
    created_count = fields.Integer(string="New", readonly=True)
    updated_count = fields.Integer(
        string="Done",
        readonly=True,
        help="Orders that Lengow has changed; in other runs what was sent, answered, "
        "downloaded, accepted, invoiced or deleted.",
    )
    imported_count = fields.Integer(string="Imported", readonly=True)
    failed_count = fields.Integer(string="Failed", readonly=True)
    ignored_count = fields.Integer(string="Ignored", readonly=True)
    seconds = fields.Float(
        readonly=True, digits=(12, 1), help="Of the last of these runs."
    )
    user_id = fields.Many2one(
        "res.users",
        readonly=True,
        ondelete="set null",
        help="Who pressed the button; empty for scheduled actions.",
    )
    who = fields.Char(string="By", compute="_compute_who")
    error = fields.Text(readonly=True)

    _last_idx = models.Index("(account_id, kind, id DESC) WHERE user_id IS NULL")
    _list_idx = models.Index("(ended_at DESC, id DESC)")

    # === COMPUTE METHODS === #

    @api.depends("user_id")
    def _compute_who(self):
        for run in self:
            run.who = run.user_id.name or self.env._("Scheduled action")

    # === CLEAN-UP === #

    @api.autovacuum
    def _gc_runs(self):
        """Forget what is older than anybody asks for.

        :return: how many were forgotten, and whether there may be more
        :rtype: tuple[int, bool]
        """
        oldest = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        runs = self.search([("ended_at", "<", oldest)], limit=FORGOTTEN_AT_ONCE)
        count = len(runs)
        runs.unlink()
        return count, count == FORGOTTEN_AT_ONCE
