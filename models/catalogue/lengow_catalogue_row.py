from odoo import fields, models
from odoo.tools import SQL


class LengowCatalogueRow(models.Model):
    """A product as Lengow reads it, finished, and what is wrong with it.

    It is written in SQL, by the refresher alone.
    """

    _name = "lengow.catalogue.row"
    _description = "Row of a Lengow Catalog"
    _inherit = [
        "lengow.catalogue.row.push",
        "lengow.catalogue.row.screen",
        "lengow.guarded",
    ]
    _rec_name = "identifier"
    _order = "catalogue_id, id"

    catalogue_id = fields.Many2one(
        "lengow.catalogue",
        string="Catalog",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="catalogue_id.company_id", store=True, index=True
    )
    product_id = fields.Many2one(
        "product.product",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Empty for parents, and for products that were deleted.",
    )
    product_tmpl_id = fields.Many2one(
        "product.template",
        string="Product Template",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    identifier = fields.Char(
        readonly=True,
        help="What identifies the product at Lengow. It never changes any more once "
        "it was published. Empty: the product has none, or another one has it.",
    )
    kind = fields.Selection(
        [("simple", "Simple"), ("parent", "Parent"), ("child", "Variant")],
        required=True,
        readonly=True,
    )
    values = fields.Json(readonly=True, help="By the headers of the columns.")
    # What files say, ready for them; of which columns it is, in which order, and of
    # which digest: a version that knows no lines may write the rest of the row.
    line = fields.Text(readonly=True, prefetch=False)
    line_stamp = fields.Char(readonly=True)
    quantity = fields.Integer(string="Available", readonly=True, aggregator=None)
    price = fields.Float(
        readonly=True, digits="Product Price", aggregator=None, help="With tax."
    )
    regular_price = fields.Float(
        readonly=True, digits="Product Price", aggregator=None, help="With tax."
    )
    digest = fields.Char(
        readonly=True, help="Of all that is told of the product; another if it changes."
    )
    # NULL: whoever tells quantities asks for this one.
    stock_stamp = fields.Char(
        readonly=True, help="Of all that the quantity was made of."
    )
    issues = fields.Json(readonly=True)
    twins = fields.Char(
        string="In the Way",
        readonly=True,
        help="Other products that ask for the same identifier.",
    )
    has_error = fields.Boolean(required=True, default=False, readonly=True)
    has_warning = fields.Boolean(required=True, default=False, readonly=True)
    # listed ◄──► withdrawn (quantity 0) ──some days──► removed, and back if it returns
    state = fields.Selection(
        [("listed", "Listed"), ("withdrawn", "Withdrawn"), ("removed", "Removed")],
        required=True,
        readonly=True,
    )
    changed_at = fields.Datetime(string="Last Change", readonly=True)
    withdrawn_at = fields.Datetime(string="Withdrawn Since", readonly=True)
    # What the files hold that Lengow fetches now.
    published_at = fields.Datetime(
        string="Published Since", readonly=True, help="Of the first publication."
    )
    is_published = fields.Boolean(
        readonly=True, help="The file that Lengow fetches lists it as available."
    )
    published_quantity = fields.Integer(readonly=True, aggregator=None)
    # What it was when too much was about to sell out; nothing is held without it.
    held_quantity = fields.Integer(readonly=True, aggregator=None)
    published_price = fields.Float(
        readonly=True, digits="Product Price", aggregator=None, help="With tax."
    )

    _identifier_uniq = models.UniqueIndex(
        "(catalogue_id, identifier) WHERE identifier IS NOT NULL",
        "Another product of this catalog has this identifier.",
    )
    _product_uniq = models.UniqueIndex(
        "(catalogue_id, product_id) WHERE product_id IS NOT NULL AND kind != 'parent'",
        "This product is in this catalog already.",
    )
    _parent_uniq = models.UniqueIndex(
        "(catalogue_id, product_tmpl_id) WHERE product_tmpl_id IS NOT NULL "
        "AND kind = 'parent'",
        "This product is in this catalog already.",
    )
    _page_idx = models.Index("(catalogue_id, id)")
    _issues_idx = models.Index(
        "(catalogue_id, has_error, has_warning) WHERE has_error OR has_warning"
    )
    _sought_idx = models.Index("(identifier) WHERE identifier IS NOT NULL")

    def init(self):
        """Have PostgreSQL keep rows so that they are quick to write.

        Each is written again once it is published: half a page is left for that, so
        that no index has to be told. What rows say is packed with LZ4, where it can be:
        PostgreSQL's own way takes a seventh of all that it takes to write a row.
        """
        self.env.cr.execute(
            SQL("ALTER TABLE %s SET (fillfactor = 50)", SQL.identifier(self._table))
        )
        if self.env.execute_query(
            SQL(
                "SELECT FROM pg_settings "
                "WHERE name = 'default_toast_compression' AND 'lz4' = ANY(enumvals)"
            )
        ):
            for name in ("values", "line"):
                self.env.cr.execute(
                    SQL(
                        "ALTER TABLE %s ALTER COLUMN %s SET COMPRESSION lz4",
                        SQL.identifier(self._table),
                        SQL.identifier(name),
                    )
                )
