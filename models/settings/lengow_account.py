from odoo import api, fields, models, release
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.modules.module import get_manifest

from ...lengow_api import LengowClient, UnreachableError
from ...lengow_api.urls import check_base_url
from .lengow_account_health import NO_TROUBLE

USERS = "lengow_connector.group_user"
MANAGERS = "lengow_connector.group_manager"
PRODUCTION_URL = "https://api.lengow.io"
PREPRODUCTION_URL = "https://api.lengow.net"
# What a change of turns a connected account back into a draft: the keys were tested
# against exactly these.
CONNECTION_FIELDS = {"access_token", "secret_token", "base_url"}
# What is paid beside the goods is sold as these, where nobody has chosen otherwise.
DEFAULT_PRODUCTS = {
    "shipping_product_id": "product_product_shipping",
    "fee_product_id": "product_product_processing_fee",
    "discount_product_id": "product_product_discount",
    "difference_product_id": "product_product_difference",
}


class LengowAccount(models.Model):
    """A pair of Lengow API keys and how its orders become sale orders in a company."""

    _name = "lengow.account"
    _description = "Lengow Account"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "lengow.import.rules",
        "lengow.sale.settings",
        "lengow.product.settings",
        "lengow.people.settings",
        "lengow.delivery.settings",
        "lengow.amount.settings",
        "lengow.commission.settings",
        "lengow.account.amounts",
        "lengow.account.health",
        "lengow.account.routing",
        "lengow.account.setup",
        "lengow.order.counter",
        "lengow.mending",
        "lengow.guarded",
    ]
    _check_company_auto = True
    _order = "name, id"

    name = fields.Char(
        required=True,
        default=lambda self: self._is_set_up_by_hand() and self.env.company.name,
        help="How your team calls this account, e.g. the brand it sells.",
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        help="The company whose sale orders, customers and taxes this account uses, "
        "where no routing rule names another one.",
    )
    company_currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        check_company=True,
        help="The person who looks after this account.",
    )

    access_token = fields.Char(
        copy=False,
        exportable=False,
        groups="base.group_system",
        help="From my.lengow.io, company menu, API credentials.",
    )
    secret_token = fields.Char(
        string="Secret", copy=False, exportable=False, groups="base.group_system"
    )
    base_url = fields.Char(
        string="API Address",
        required=True,
        default=PRODUCTION_URL,
        help="Lengow's production API is https://api.lengow.io, its pre-production "
        "https://api.lengow.net. The keys are sent there and nowhere else.",
    )
    environment = fields.Char(compute="_compute_environment")
    lengow_account_ref = fields.Char(
        string="Lengow Account Number", readonly=True, copy=False
    )
    # draft ──connect──► connected ◄──► error      (error: the last call failed; the
    #   ▲                    │            │         crons go on trying, and the first
    #   └────── disconnect / keys changed ┘         call that works heals it)
    state = fields.Selection(
        [("draft", "Not connected"), ("connected", "Connected"), ("error", "Error")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    test_mode = fields.Boolean(
        tracking=True,
        default=lambda self: self._is_set_up_by_hand(),
        help="Orders arrive and are imported, but nothing that is done in Odoo is "
        "reported to the marketplaces, not even after test mode.",
    )

    import_window_days = fields.Float(
        default=3.0,
        help="How many days back the first synchronization looks. Later ones go on "
        "where the last one ended.",
    )
    currency_conversion = fields.Boolean(
        string="Amounts Converted by Lengow",
        help="Off: sale orders are in the currency that the buyer paid. On: Lengow "
        "converts every amount to the currency of the Lengow account.",
    )
    import_max_age_days = fields.Integer(
        string="Oldest Orders",
        default=90,
        help="Orders placed longer ago are ignored, so that a change of an old order "
        "does not create a sale order in a closed period. 0: import them whatever "
        "their age.",
    )
    import_fulfilled_by_marketplace = fields.Boolean(
        string="Import Orders Fulfilled by the Marketplace",
        help="Orders that the marketplace ships from its own warehouse (FBA and the "
        "like). They never create a delivery from your own warehouse.",
    )

    shipping_product_id = fields.Many2one(
        required=True,
        default=lambda self: self._default_product("shipping_product_id"),
    )
    product_match = fields.Selection(required=True, default="reference")
    sale_name = fields.Selection(required=True, default="sequence")
    unsaleable_products = fields.Selection(required=True, default="stop")
    delivery_choice = fields.Selection(required=True, default="order")
    fee_policy = fields.Selection(required=True, default="import")
    service_tax_policy = fields.Selection(required=True, default="dominant")
    difference_limit = fields.Monetary(
        string="Largest Difference to Let Through",
        currency_field="company_currency_id",
        tracking=True,
        help="Where an order's lines, shipping and fees do not add up to its total, a "
        "person may import it all the same, with a reason, up to this difference. "
        "Zero: never.",
    )
    deemed_supplier_policy = fields.Selection(
        [
            ("net", "Without that VAT, where it is known"),
            ("gross", "As the buyer paid"),
        ],
        string="VAT Paid by Marketplace",
        default="net",
        required=True,
        help="What is sold where the marketplace collects the VAT and pays it itself: "
        "what it pays out to you, or what the buyer paid.",
    )

    orders_synced_until = fields.Datetime(
        string="Synchronized Until",
        copy=False,
        help="Everything that Lengow changed before this moment is in Odoo. Set it "
        "back to read a period again: nothing is imported twice.",
    )
    connected_at = fields.Datetime(string="Connected Since", readonly=True, copy=False)
    last_sync_at = fields.Datetime(
        string="Last Synchronization", readonly=True, copy=False
    )

    marketplace_ids = fields.One2many("lengow.marketplace", "account_id")
    order_ids = fields.One2many("lengow.order", "account_id")
    order_error_count = fields.Integer(compute="_compute_order_error_count")
    marketplace_count = fields.Integer(compute="_compute_marketplace_count")

    _import_window_days_range = models.Constraint(
        "CHECK(import_window_days > 0 AND import_window_days <= 30)",
        "The first synchronization looks back at most 30 days.",
    )
    _import_max_age_days_range = models.Constraint(
        "CHECK(import_max_age_days BETWEEN 0 AND 3650)",
        "Orders are ignored from an age of 1 to 3,650 days on. Enter 0 to import them "
        "whatever their age.",
    )
    _difference_limit_positive = models.Constraint(
        "CHECK(difference_limit >= 0)",
        "The largest difference to let through cannot be negative.",
    )
    _orders_synced_until_range = models.Constraint(
        "CHECK(orders_synced_until >= '2010-01-01')",
        "Lengow has no orders from before 2010. Check the year.",
    )

    # === COMPUTE METHODS === #

    def _default_product(self, name):
        """Return this addon's own product for a setting of an account, maybe None."""
        xml_id = f"lengow_connector.{DEFAULT_PRODUCTS[name]}"
        return self.env.ref(xml_id, raise_if_not_found=False)

    @api.depends("base_url")
    def _compute_environment(self):
        for account in self:
            url = (account.base_url or "").rstrip("/")
            account.environment = {
                PRODUCTION_URL: self.env._("Production (%s)", url),
                PREPRODUCTION_URL: self.env._("Pre-production (%s)", url),
            }.get(url, url)

    def _compute_order_error_count(self):
        counts = dict(
            self.env["lengow.order"]._read_group(
                [("account_id", "in", self.ids), ("import_state", "=", "error")],
                ["account_id"],
                ["__count"],
            )
        )
        for account in self:
            account.order_error_count = counts.get(account._origin, 0)

    @api.depends("marketplace_ids")
    def _compute_marketplace_count(self):
        for account in self:
            account.marketplace_count = len(account.marketplace_ids)

    # === CONSTRAINT METHODS === #

    @api.constrains("base_url")
    def _check_base_url(self):
        """Refuse an address that would carry the keys in clear text.

        :raise ValidationError: if it is not plain https, nor this machine itself
        """
        for account in self:
            try:
                check_base_url(account.base_url)
            except UnreachableError:
                raise ValidationError(
                    self.env._(
                        "The API address of %(account)s must start with https:// and "
                        "name nothing but Lengow's server, for example %(example)s.",
                        account=account.name,
                        example=PRODUCTION_URL,
                    )
                ) from None

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override to keep the address Lengow's, and to log why personal data stays."""
        accounts = super().create(vals_list)
        if any(account.base_url != PRODUCTION_URL for account in accounts):
            accounts._check_may_redirect()
        accounts.filtered(lambda a: not a.anonymise_orders)._log_anonymisation()
        return accounts

    def copy_data(self, default=None):
        """Override of `base` to tell the copy from what it was made of."""
        copied = super().copy_data(default)
        if "name" not in (default or {}):
            for account, values in zip(self, copied, strict=True):
                values["name"] = self.env._("%s (copy)", account.name)
        return copied

    def write(self, vals):
        """Override to test changed keys anew, and to log what becomes of buyers' data.

        Who switches the deletion of personal data, and why, is kept in the chatter.
        """
        if any(a.base_url != vals.get("base_url", a.base_url) for a in self):
            self._check_may_redirect()
        was_away = self.filtered(lambda account: not account.active)
        if vals.get("anonymise_orders"):
            vals = {**vals, "anonymise_off_reason": False}
        if "orders_synced_until" in vals and not self.env.su:
            self._log_new_start(vals["orders_synced_until"])
        before = {a: (a.anonymise_orders, a.anonymise_off_reason) for a in self}
        tested = self.filtered("test_mode")
        handed = {a: a._find_responsible() for a in self if "user_id" in vals}
        result = super().write(vals)
        if CONNECTION_FIELDS & vals.keys():
            self._mark_disconnected()
        if vals.get("active") and was_away:
            # Another account may have taken its place: connecting tells.
            was_away._mark_disconnected()
        for account, former in handed.items():
            self.env["lengow.todo"]._hand_over(former, account)
        if ended := tested - tested.filtered("test_mode"):
            ended._end_test_mode()
            for account in ended.filtered(lambda a: a.setup_state == "importing"):
                self.env["lengow.setup"]._finish(account)
        self.filtered(
            lambda a: before[a] != (a.anonymise_orders, a.anonymise_off_reason)
        )._log_anonymisation()
        return result

    def _log_new_start(self, moment):
        """Log that a person has a period read again; what the runs do is no news."""
        for account in self:
            account._message_log(
                body=self.env._(
                    "What Lengow changed since %(since)s (UTC) is read again, asked "
                    "for by %(user)s.",
                    since=fields.Datetime.to_string(fields.Datetime.to_datetime(moment))
                    or "?",
                    user=self.env.user.name,
                )
            )

    def _check_may_redirect(self):
        """Keep the keys from being sent elsewhere by who may not read them.

        :raise AccessError: if the user is no system administrator
        """
        if not self.env.is_system():
            raise AccessError(
                self.env._("Only a system administrator may change the API address.")
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_orders(self):
        """Refuse to delete the history of a shop."""
        if (
            self.env["lengow.order"]
            .sudo()
            .search_count([("account_id", "in", self.ids)], limit=1)
        ):
            raise UserError(self.env._("This account has orders. Archive it instead."))

    # === ACTION METHODS === #

    def action_connect(self):
        """Test the keys, and when Lengow accepts them read the marketplaces.

        A refusal does not raise: it is kept on the account, where it can be read.

        :return: a notification that says what happened
        """
        self.ensure_one()
        self.check_access("write")
        result = self.env["lengow.connection"]._connect(self)
        if self.error_message and self.env.context.get("lengow_dialog"):
            return self.action_setup_connect()  # with what went wrong
        return result

    def action_disconnect(self):
        """Stop every exchange with Lengow until the keys are tested again."""
        self.check_access("write")
        self._mark_disconnected()

    def action_sync_marketplaces(self):
        """Read the marketplaces and their carriers from Lengow now.

        :return: a notification that says what happened
        """
        self.ensure_one()
        self.check_access("write")
        self._check_connected()
        return self.env["lengow.connection"]._sync_marketplaces(self)

    def action_open_orders(self):
        """Open the orders of this account."""
        return self._open("lengow_order_action")

    def action_open_orders_to_fix(self):
        """Open the orders of this account that wait for somebody."""
        return self._open("lengow_order_action", [("import_state", "=", "error")])

    def action_open_marketplaces(self):
        """Open the marketplaces of this account."""
        return self._open("lengow_marketplace_action")

    def _open(self, xml_id, domain=()):
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"lengow_connector.{xml_id}"
        )
        # The filters that the menu sets would hide what was asked for.
        return {
            **action,
            "domain": [("account_id", "in", self.ids), *domain],
            "context": {},
        }

    # === STATE TRANSITIONS === #

    def _mark_disconnected(self):
        """Stop every exchange until the keys are tested."""
        accounts_sudo = self.sudo()  # a person ends it, the system takes note
        accounts_sudo.write({"state": "draft", **NO_TROUBLE})
        # Nothing can be done from here until it is connected.
        accounts_sudo.env["lengow.deadline.warning"]._warn_accounts(accounts_sudo)

    def _mark_identified(self, account_ref):
        """Note whose keys these are, where, and since when their orders are wanted."""
        self._bind_to_this_database()
        if self.lengow_account_ref != account_ref:
            self.sudo().write(
                {
                    "lengow_account_ref": account_ref,
                    "connected_at": fields.Datetime.now(),
                }
            )

    # === BUSINESS METHODS === #

    def _check_connected(self):
        """Keep accounts that nobody connected, or that somebody disconnected, silent.

        :raise UserError: naming the account to connect
        """
        self._check_speaks_here()
        for account in self:
            if account.state == "draft" or not account.lengow_account_ref:
                raise UserError(
                    self.env._("Connect %s before you synchronize.", account.name)
                )

    def _get_client(self, is_first_call=False):
        """Return a client that speaks to Lengow for this account.

        :param bool is_first_call: whether the keys are yet to say whose they are
        :return: a context manager; close it to give its connections back
        :rtype: LengowClient
        :raise UserError: if a key is missing, or another database speaks for it
        """
        self.ensure_one()
        self._check_speaks_here()
        account_sudo = self.sudo()  # the keys are readable by the system only
        if not (account_sudo.access_token and account_sudo.secret_token):
            raise UserError(
                self.env._(
                    "Enter the access token and the secret of %s first. They are in "
                    "Lengow under your company's API credentials.",
                    self.name,
                )
            )
        version = get_manifest("lengow_connector")["version"]
        return LengowClient(
            account_sudo.base_url,
            account_sudo.access_token,
            account_sudo.secret_token,
            account_ref=None if is_first_call else account_sudo.lengow_account_ref,
            user_agent=f"lengow-connector/{version} odoo/{release.version}",
            take_turn=self.env["lengow.limiter"]._turn_of(account_sudo),
        )

    def _find_responsible(self, leaving=(), company=None):
        """Return who looks after the account; who else could if they left or may not.

        :param res.users leaving: who are about to leave
        :param res.company company: whose orders it is about; None for the account's
        :return: an active user; empty if there is no manager of the company
        :rtype: res.users
        """
        self.ensure_one()
        company = company or self.sudo().company_id
        ids = [user.id for user in leaving]
        there = self.user_id.sudo().filtered(lambda u: u.active and u.id not in ids)
        if there._has_group(USERS) and company in there.company_ids:
            return self.user_id
        domain = [
            ("active", "=", True),  # whoever asks may look at what is archived
            ("id", "not in", ids),
            ("all_group_ids", "in", self.env.ref(MANAGERS).id),
            ("company_ids", "in", company.id),
            ("share", "=", False),
        ]
        managers = self.env["res.users"].sudo().search(domain, order="id", limit=1)
        return managers.sudo(self.env.su)

    def _find_language(self):
        """Return the language in which people read what is noted for this account.

        :return: a code, False if nobody has one
        :rtype: str | bool
        """
        return (
            self._find_responsible().lang or self.sudo().company_id.partner_id.lang
            if self
            else False
        )
