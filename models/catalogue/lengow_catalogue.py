from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .lengow_catalogue_address import new_token
from .lengow_catalogue_column import preset_columns

# Those that are there whenever a catalog is published.
FILES = ("catalogue.csv", "stock.csv")
# Those that are made of the first of them for whoever asks, by their formats.
OTHER_FORMATS = {"catalogue.xml": "xml", "catalogue.json": "json"}
# What attachments say they are a value of, so that no list of documents shows them.
FILES_FIELD = "file_ids"
# On what the identifiers depend that Lengow knows.
KEPT_FIELDS = ("account_id", "company_id", "identity")


class LengowCatalogue(models.Model):
    """Products, prices and what is left of them, as Lengow fetches them."""

    _name = "lengow.catalogue"
    _description = "Lengow Catalog"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "lengow.catalogue.settings",
        "lengow.catalogue.address",
        "lengow.catalogue.registration",
        "lengow.catalogue.push",
        "lengow.catalogue.link",
        "lengow.catalogue.screen",
        "lengow.guarded",
    ]
    _check_company_auto = True
    _order = "name, id"

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    account_id = fields.Many2one(
        "lengow.account",
        required=True,
        index=True,
        default=lambda self: self._default_account(),
        help="Whose orders are for products of this catalog.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        help="Whose prices, taxes and stock it tells.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        check_company=True,
        help="Who is called when the catalog waits for a person.",
    )
    token = fields.Char(
        readonly=True,
        copy=False,
        default=lambda self: new_token(),
        exportable=False,
        groups="base.group_system",
        help="The secret part of the address.",
    )
    old_token = fields.Char(
        readonly=True, copy=False, exportable=False, groups="base.group_system"
    )
    old_token_until = fields.Datetime(
        string="Old Address Until",
        readonly=True,
        copy=False,
        groups="base.group_system",
    )
    # draft ──publish──► published ◄──release──► held     (held: Lengow goes on reading
    #                                                      what it read before)
    state = fields.Selection(
        [("draft", "Not published"), ("published", "Published"), ("held", "On hold")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
        tracking=True,
    )
    held_rows = fields.Boolean(
        readonly=True,
        copy=False,
        help="Rows and prices stay as they were; quantities go on.",
    )
    held_zero = fields.Boolean(
        readonly=True,
        copy=False,
        help="Rows and prices stay as they were; quantities only fall.",
    )
    hold_reason = fields.Text(readonly=True, copy=False)
    # Tells one set of reasons from another, in whatever language they are told.
    hold_stamp = fields.Char(readonly=True, copy=False)
    error_message = fields.Text(readonly=True, copy=False)
    # Why nobody can tell which products it holds: it goes on with those that it lists.
    selection_issue = fields.Text(readonly=True, copy=False)

    column_ids = fields.One2many("lengow.catalogue.column", "catalogue_id", copy=True)
    row_ids = fields.One2many("lengow.catalogue.row", "catalogue_id", readonly=True)
    fetch_ids = fields.One2many("lengow.catalogue.fetch", "catalogue_id", readonly=True)
    file_ids = fields.One2many(
        "ir.attachment",
        "res_id",
        string="Files",
        domain=[("res_model", "=", "lengow.catalogue"), ("res_field", "=", "file_ids")],
        readonly=True,
        bypass_search_access=True,
        # Else whoever may change the catalog might change its files, too.
        groups="base.group_system",
    )
    listed_count = fields.Integer(string="Listed", readonly=True, copy=False)
    withdrawn_count = fields.Integer(string="Withdrawn", readonly=True, copy=False)
    error_count = fields.Integer(string="With Errors", readonly=True, copy=False)
    warning_count = fields.Integer(string="With Warnings", readonly=True, copy=False)
    out_of_stock_count = fields.Integer(
        string="Out of Stock", readonly=True, copy=False
    )
    unknown_count = fields.Integer(
        string="Unknown SKUs",
        readonly=True,
        copy=False,
        help="Open orders that lower no quantity: no product is known by their SKUs.",
    )
    refreshed_at = fields.Datetime(string="Refreshed", readonly=True, copy=False)
    published_at = fields.Datetime(
        string="Last Published", readonly=True, copy=False, help="Of the present file."
    )
    checksum = fields.Char(readonly=True, copy=False, help="Of the present file.")

    # How far a run is, which goes on after whatever has stopped it.
    run_stage = fields.Char(readonly=True, copy=False)
    run_after = fields.Integer(readonly=True, copy=False)
    run = fields.Json(readonly=True, copy=False)
    last_turn_at = fields.Datetime(readonly=True, copy=False)
    # Until when what people change of products is in the rows; and what rows, prices
    # and files were made of.
    content_until = fields.Datetime(readonly=True, copy=False)
    # Since when they may have changed some that nobody could see then; empty where
    # nobody could tell.
    unseen_since = fields.Datetime(readonly=True, copy=False)
    # Until when what was sold is in the quantities that Lengow reads.
    told_until = fields.Datetime(readonly=True, copy=False)
    layout_stamp = fields.Char(readonly=True, copy=False)
    price_stamp = fields.Char(readonly=True, copy=False)
    files_stamp = fields.Char(readonly=True, copy=False)

    # === DEFAULTS === #

    @api.model
    def _default_account(self):
        """Return the account of the company, if it has one.

        :rtype: lengow.account
        """
        here = [("company_id", "=", self.env.company.id)]
        return self.env["lengow.account"].search(here, limit=1)

    # === CONSTRAINT METHODS === #

    @api.constrains("account_id", "company_id")
    def _check_company_of_account(self):
        """Keep a catalog within the companies that its account serves.

        :raise ValidationError: naming the company
        """
        for catalogue in self.sudo():
            if catalogue.company_id not in catalogue.account_id.served_company_ids:
                raise ValidationError(
                    self.env._(
                        "The account %(account)s sells nothing for %(company)s.",
                        account=catalogue.account_id.name,
                        company=catalogue.company_id.name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override to give catalogs the columns of their presets.

        :raise AccessError: for an address that only administrators may enter
        """
        defaults = self.default_get(["preset"])
        catalogues = super().create(
            [
                vals
                if vals.get("column_ids")
                else {
                    **vals,
                    "column_ids": preset_columns({**defaults, **vals}["preset"]),
                }
                for vals in vals_list
            ]
        )
        if not self.env.su:
            catalogues._check_opens_as_known()
        return catalogues

    def write(self, vals):
        """Override to give what nobody has read yet the columns of another preset.

        :raise AccessError: for an address that only administrators may enter
        :raise UserError: for what stays once Lengow has read the catalog
        """
        if not self.env.su:
            self._check_may_open(vals)
            self._check_kept(vals)
        changed = self.filtered(
            lambda catalogue: (
                catalogue.preset != vals.get("preset", catalogue.preset)
                and not any(catalogue.column_ids.mapped("is_published"))
            )
        )
        result = super().write(vals)
        if "column_ids" not in vals:
            for catalogue in changed:
                catalogue.column_ids.unlink()
                catalogue.column_ids = preset_columns(catalogue.preset)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        """Refuse to forget under which identifiers products were published."""
        for catalogue in self.filtered(lambda c: c.state != "draft"):
            raise UserError(
                self.env._(
                    "Lengow has read %s, and its orders name products as it did. "
                    "Archive it instead.",
                    catalogue.name,
                )
            )

    def _check_kept(self, vals):
        """Refuse what would make other products of those that Lengow knows.

        :raise UserError: naming the catalog
        """
        for catalogue in self.filtered(lambda c: c.state != "draft"):
            for name in vals.keys() & {*KEPT_FIELDS}:
                field = self._fields[name]
                if field.convert_to_write(catalogue[name], catalogue) != vals[name]:
                    raise UserError(
                        self.env._(
                            "%(catalog)s is published, and Lengow knows its products: "
                            "%(field)s stays. Create another catalog instead.",
                            catalog=catalogue.name,
                            field=field._description_string(self.env),
                        )
                    )

    # === ACTION METHODS === #

    def action_refresh(self):
        """Look at the products anew now, as far as a click can bear.

        :return: a notification that says what has changed
        """
        self.ensure_one()
        self.check_access("write")
        return self.env["lengow.catalogue.schedule"]._refresh_now(self)

    def action_publish(self):
        """Give Lengow its first file; columns and identifiers stay from then on.

        :return: a notification that says what happened
        """
        self.ensure_one()
        self.check_access("write")
        return self.env["lengow.catalogue.schedule"]._publish_now(self)

    def action_release(self):
        """Let what is held go to Lengow.

        :return: a notification that says what happened
        """
        self.ensure_one()
        self.check_access("write")
        return self.env["lengow.catalogue.publisher"]._release(self)

    # === CRON METHODS === #

    @api.model
    def _cron_refresh_catalogues(self):
        """Bring published catalogs up to date."""
        self.env["lengow.catalogue.schedule"]._run("cron_refresh_catalogues")

    @api.model
    def _cron_rebuild_catalogues(self):
        """Read every product of published catalogs anew."""
        self.env["lengow.catalogue.schedule"]._run("cron_rebuild_catalogues")

    @api.model
    def _cron_push_catalogues(self):
        """Tell Lengow of new quantities and prices at once."""
        self.env["lengow.catalogue.pusher"]._cron_push()

    # === BUSINESS METHODS === #

    def _begin_to_publish(self):
        """Have files made for Lengow: by the system alone, and in this database.

        Whatever lies there as a file of the catalog already was made by nobody who may.
        A copy of the database is none of the shop, whether or not it ever spoke to
        Lengow through the account.
        """
        self.ensure_one()
        if not self.published_at:
            self._find_files().unlink()
        account = self.sudo().account_id
        if not account.database_mark:
            account._bind_to_this_database()
        self.state = "published"

    def _find_files(self):
        """Return all that says it is a file of the catalog, the oldest one first.

        :return: in system mode
        :rtype: ir.attachment
        """
        # The web client reads forms with the sizes of files in the place of the files.
        Attachment = self.env["ir.attachment"].sudo().with_context(bin_size=False)
        return Attachment.search(
            [
                ("res_model", "=", self._name),
                ("res_field", "=", FILES_FIELD),
                ("res_id", "=", self.id),
            ],
            order="id",
        )

    def _attachment(self, file_name):
        """Return the published file of a name, such as `catalogue.csv`, gzipped.

        :param str file_name: one of :data:`FILES`, or of :data:`OTHER_FORMATS` of
            which there is one where somebody fetches it; of any other there is none
        :return: in system mode, maybe none
        :rtype: ir.attachment
        """
        self.ensure_one()
        # The web client reads forms with the sizes of files in the place of the files.
        Attachment = self.env["ir.attachment"].sudo().with_context(bin_size=False)
        is_known = file_name in FILES or file_name in OTHER_FORMATS
        if not is_known or not self.sudo().published_at:
            return Attachment
        return Attachment.search(
            [
                ("res_model", "=", self._name),
                ("res_field", "=", FILES_FIELD),
                ("res_id", "=", self.id),
                ("name", "=", f"{file_name}.gz"),
            ],
            # Ours is the first: people may leave others beside it.
            order="id",
            limit=1,
        )
