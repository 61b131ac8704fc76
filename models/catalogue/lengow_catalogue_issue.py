from odoo import api, fields, models
from odoo.tools import SQL

from ...catalogue.checks import ISSUES
from .issue_texts import ISSUE_HINTS, ISSUE_LABELS

# As many kinds of issues as will ever be, so that the ids of lines stay apart.
MOST_KINDS = 100


class LengowCatalogueIssue(models.Model):
    """What is wrong with a product of a catalog: a line for each thing, mended in line.

    Lines come from the rows and are as old as their last refresh. What is mended is the
    product itself, with the rights of whoever does it; its row is then looked at again.
    """

    _name = "lengow.catalogue.issue"
    _description = "Catalog Issue"
    _inherit = ["lengow.guarded"]
    _auto = False
    _order = "kind, identifier, id"
    _rec_name = "kind"

    row_id = fields.Many2one("lengow.catalogue.row", readonly=True)
    catalogue_id = fields.Many2one("lengow.catalogue", string="Catalog", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    product_tmpl_id = fields.Many2one("product.template", readonly=True)
    identifier = fields.Char(string="ID at Lengow", readonly=True)
    code = fields.Char(readonly=True)
    # Begins with the level, so that groups of what blocks come first.
    kind = fields.Selection(
        [(f"{ISSUES[code]}.{code}", label) for code, label in ISSUE_LABELS.items()],
        string="Issue",
        readonly=True,
    )
    level = fields.Selection(
        [("error", "Blocks"), ("warning", "Warning")],
        readonly=True,
        help="A product that is blocked is not offered. A warning changes nothing, but "
        "channels may refuse the product.",
    )
    hint = fields.Text(string="What to Do", compute="_compute_hint")
    can_mend = fields.Boolean(compute="_compute_can_mend")
    is_mended = fields.Boolean(string="Mended", compute="_compute_is_mended")
    status_text = fields.Char(string="What Is Wrong", compute="_compute_status_text")

    # === FIELDS: of the product === #

    default_code = fields.Char(related="product_id.default_code", readonly=False)
    barcode = fields.Char(related="product_id.barcode", readonly=False)
    name = fields.Char(related="product_id.name", readonly=False)
    categ_id = fields.Many2one(related="product_id.categ_id", readonly=False)
    lst_price = fields.Float(
        related="product_id.lst_price", readonly=False, aggregator=None
    )
    weight = fields.Float(related="product_id.weight", readonly=False, aggregator=None)

    _depends = {
        "lengow.catalogue.row": [
            *("catalogue_id", "product_id", "product_tmpl_id", "company_id"),
            *("identifier", "issues", "has_error", "has_warning", "state"),
        ]
    }

    @property
    def _table_query(self):
        kinds = SQL(", ").join(
            SQL("(%s, %s, %s)", code, level, number)
            for number, (code, level) in enumerate(ISSUES.items())
        )
        return SQL(
            """
            SELECT row.id::bigint * %(most)s + kind.number AS id,
                   row.id AS row_id,
                   row.catalogue_id,
                   row.company_id,
                   row.product_id,
                   row.product_tmpl_id,
                   row.identifier,
                   kind.code,
                   kind.level || '.' || kind.code AS kind,
                   kind.level
              FROM lengow_catalogue_row row
                   CROSS JOIN LATERAL jsonb_array_elements_text(
                       CASE jsonb_typeof(row.issues)
                           WHEN 'array' THEN row.issues ELSE '[]'
                       END
                   ) AS told (code)
                   JOIN (VALUES %(kinds)s) AS kind (code, level, number)
                       ON kind.code = told.code
             WHERE row.state = 'listed' AND (row.has_error OR row.has_warning)
            """,
            most=MOST_KINDS,
            kinds=kinds,
        )

    # === COMPUTE METHODS === #

    @api.depends("code")
    @api.depends_context("lang", "uid")
    def _compute_hint(self):
        may_write = self.env["product.product"].has_access("write")
        ask = self.env._("Ask somebody who may change products.")
        for issue in self:
            hint = ISSUE_HINTS.get(issue.code)
            said = (hint and self.env._(hint), not may_write and ask)
            issue.hint = " ".join(filter(None, said)) or False

    @api.depends("kind", "product_id", "product_tmpl_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        """Override of `base` to name the issue and the product."""
        for issue in self:
            # It may have become another company's, until the row is looked at again.
            product = (issue.product_id or issue.product_tmpl_id).sudo()
            issue.display_name = f"{issue.status_text}: {product.display_name}"

    @api.depends("code", "row_id.twins")
    @api.depends_context("lang")
    def _compute_status_text(self):
        explainer = self.env["lengow.catalogue.explainer"]
        for issue in self:
            codes = [issue.code] if issue.code else []
            issue.status_text = explainer._issue_text(issue.row_id, codes)

    @api.depends("product_id")
    @api.depends_context("uid")
    def _compute_can_mend(self):
        may_write = self.env["product.product"].has_access("write")
        for issue in self:
            issue.can_mend = may_write and bool(issue.product_id)

    @api.depends("row_id")
    def _compute_is_mended(self):
        there = self.exists()
        for issue in self:
            issue.is_mended = issue not in there

    # === CRUD METHODS === #

    def web_save(self, vals, specification, next_id=None):
        """Override of `web` to look at the products again that were just mended.

        What was wrong with them is still answered, or the list would have lost the line
        that somebody is in; it says that it is mended.
        """
        answer = super().web_save(vals, specification, next_id=next_id)
        gone = self._look_again()
        for values in answer:
            if values["id"] in gone:
                mended = {"is_mended": True, "status_text": self.env._("Mended")}
                values.update((k, v) for k, v in mended.items() if k in values)
        return answer

    # === ACTION METHODS === #

    def action_open_product(self):
        """Open the product, to mend there what the list has no column for."""
        self.ensure_one()
        self.check_access("read")
        if self.product_id and len(self.product_tmpl_id.product_variant_ids) > 1:
            return self.product_id._get_records_action()
        return self.product_tmpl_id._get_records_action()

    # === HELPERS === #

    def _look_again(self):
        """Refresh the rows of these lines.

        :return: the ids of those that are mended
        :rtype: set[int]
        """
        for catalogue, issues in self.grouped("catalogue_id").items():
            catalogue_sudo = catalogue.sudo()  # only the system writes rows
            if not catalogue_sudo.try_lock_for_update(allow_referencing=True):
                continue  # a run is under way, and will find what has changed
            catalogue_sudo.env["lengow.catalogue.refresher"]._refresh(
                catalogue_sudo, products=issues.product_id.sudo()
            )
        self.env.flush_all()
        self.env.invalidate_all()
        return set(self.ids) - set(self.exists().ids)
