from itertools import islice

from odoo import api, fields, models

from ..models.catalogue.at_work import at_work
from ..models.catalogue.layout import Layout
from ..models.catalogue.published_file import packed, unpacked_rows

# As many rows as somebody looks at.
SHOWN_ROWS = 20
FILE = "catalogue.csv"


class LengowCataloguePreview(models.TransientModel):
    """Shows the first rows of a catalog as Lengow reads them, and one row with sources.

    Even what is not published yet is written as a file first, and read back from it.
    """

    _name = "lengow.catalogue.preview"
    _description = "Preview of a Lengow Catalog"
    _inherit = ["lengow.dialog"]

    catalogue_id = fields.Many2one("lengow.catalogue", required=True, readonly=True)
    has_file = fields.Boolean(compute="_compute_has_file")
    version = fields.Selection(
        [("published", "As Lengow reads it now"), ("next", "As it would be published")],
        string="Show",
        required=True,
        default="next",
    )
    table = fields.Json(string="First rows", compute="_compute_table")
    text = fields.Char(compute="_compute_table")
    row_id = fields.Many2one(
        "lengow.catalogue.row",
        string="Product",
        domain="[('catalogue_id', '=', catalogue_id), ('state', '!=', 'removed')]",
    )
    details = fields.Json(related="row_id.details", string="Values of one product")
    quantity_reason = fields.Char(related="row_id.quantity_reason")

    # === COMPUTE METHODS === #

    @api.depends("catalogue_id")
    def _compute_has_file(self):
        for dialog in self:
            dialog.has_file = bool(dialog.catalogue_id._attachment(FILE))

    @api.depends("catalogue_id", "version")
    @api.depends_context("lang")
    def _compute_table(self):
        for dialog in self:
            headers, rows = dialog._read_first()
            dialog.table = {"headers": headers, "rows": rows}
            dialog.text = dialog._table_text(len(rows))

    # === ACTION METHODS === #

    @api.model
    def _open_for(self, catalogue):
        """Open the preview of a catalog, with what Lengow reads if there is any.

        :param lengow.catalogue catalogue: one
        """
        row = catalogue.row_ids.search(
            [("catalogue_id", "=", catalogue.id), ("state", "=", "listed")], limit=1
        )
        is_published = catalogue.state != "draft" and catalogue._attachment(FILE)
        dialog = self.create(
            {
                "catalogue_id": catalogue.id,
                "row_id": row.id,
                "version": "published" if is_published else "next",
            }
        )
        action = dialog._open(self.env._("Preview of %s", catalogue.name))
        return {**action, "context": {"dialog_size": "extra-large"}}

    # === HELPERS === #

    def _read_first(self):
        """Return the headers and the first rows, read from a file as Lengow does."""
        # Rows and files are the system's, whoever may see the catalog.
        catalogue = at_work(self.catalogue_id)
        if self.version == "published":
            content = catalogue._attachment(FILE).raw
        else:
            headers = Layout(catalogue).headers
            if not headers:
                return [], []
            rows = self.env["lengow.catalogue.publisher"]._rows(catalogue, headers)
            content = packed("csv", headers, islice(rows, SHOWN_ROWS)).content
        if not content:
            return [], []
        headers, rows = unpacked_rows(content)
        return headers, list(islice(rows, SHOWN_ROWS))

    def _table_text(self, shown):
        if not shown:
            return self.env._(
                "No product is in it yet. Look at which ones are chosen, and at what "
                "is wrong with them."
            )
        text = self.env._("The first rows: %s.", shown)
        if self.version == "next" and self.catalogue_id.error_count:
            text += " " + self.env._(
                "Products with errors are left out, or stay with quantity 0: %s.",
                self.catalogue_id.error_count,
            )
        return text
