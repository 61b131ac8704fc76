import csv
import gzip
import io
from itertools import islice

from odoo import api, fields, models

from ..catalogue import formats

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
        catalogue = self.catalogue_id
        if self.version == "published":
            packed = io.BytesIO(catalogue._attachment(FILE).raw or b"")
            with gzip.open(packed) if packed.getbuffer() else io.BytesIO() as file:
                return self._parse(file)
        file = io.BytesIO()
        headers = catalogue.column_ids.mapped("header")
        rows = self.env["lengow.catalogue.row"].search(
            [("catalogue_id", "=", catalogue.id), ("state", "!=", "removed")],
            order="id",
            limit=SHOWN_ROWS,
        )
        texts = (
            [(row.values or {}).get(header, "") for header in headers] for row in rows
        )
        formats.write("csv", file, headers, texts)
        file.seek(0)
        return self._parse(file)

    def _parse(self, file):
        text = io.TextIOWrapper(file, "utf-8", newline="")
        reader = csv.reader(text, delimiter="|", strict=True)
        return next(reader, []), list(islice(reader, SHOWN_ROWS))

    def _table_text(self, shown):
        catalogue = self.catalogue_id
        if not shown:
            return self.env._("No product is in it yet: look at which are chosen.")
        return self.env._(
            "The first %(shown)s of %(count)s rows, in %(columns)s columns",
            shown=shown,
            count=catalogue.listed_count + catalogue.withdrawn_count,
            columns=len(catalogue.column_ids),
        )
