from datetime import timedelta

from odoo import api, fields, models

from ...lengow_api import storable

KEPT_DAYS = 30
LONGEST_TEXT = 200
# So many are forgotten in one transaction.
FORGOTTEN_AT_ONCE = 10_000


class LengowCatalogueFetch(models.Model):
    """That somebody who knows the address has fetched a file of a catalog."""

    _name = "lengow.catalogue.fetch"
    _description = "Fetch of a Lengow Catalog"
    _inherit = ["lengow.guarded"]
    _rec_name = "file"
    _order = "fetched_at desc, id desc"

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
    fetched_at = fields.Datetime(
        string="When",
        required=True,
        readonly=True,
        default=lambda self: fields.Datetime.now(),
    )
    file = fields.Char(required=True, readonly=True)
    # What the web server answers: all, unchanged, a part, nothing, no such part.
    status = fields.Integer(required=True, readonly=True, aggregator=None)
    answer = fields.Char(compute="_compute_answer")
    size = fields.Integer(string="Bytes", readonly=True, aggregator=None)
    seconds = fields.Float(readonly=True, digits=(12, 3), aggregator=None)
    address = fields.Char(string="From", readonly=True)
    agent = fields.Char(string="Program", readonly=True)
    is_old_token = fields.Boolean(
        string="Old Address",
        readonly=True,
        help="It came with the address from before the last change of it.",
    )

    _last_idx = models.Index("(catalogue_id, fetched_at DESC, id DESC)")
    _age_idx = models.Index("(fetched_at)")

    # === COMPUTE METHODS === #

    @api.depends("status")
    @api.depends_context("lang")
    def _compute_answer(self):
        answers = {
            200: self.env._("Whole file"),
            206: self.env._("A part of the file"),
            304: self.env._("Nothing new"),
            404: self.env._("There is no such file"),
            416: self.env._("There is no such part"),
        }
        for fetch in self:
            fetch.answer = answers.get(fetch.status) or str(fetch.status)

    # === BUSINESS METHODS === #

    def _note(self, catalogue, **values):
        """Note that somebody who has the token asked for a file of a catalog.

        What they say of themselves is theirs: any text, of any length.

        :param lengow.catalogue catalogue: one
        :param values: of the fields
        """
        for name in ("file", "address", "agent"):
            values[name] = storable((values.get(name) or "")[:LONGEST_TEXT]).strip()
        self.create({"catalogue_id": catalogue.id, **values})

    # === CLEAN-UP === #

    @api.autovacuum
    def _gc_fetches(self):
        """Forget what is older than anybody asks for.

        :return: how many were forgotten, and whether there may be more
        :rtype: tuple[int, bool]
        """
        oldest = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        fetches = self.search([("fetched_at", "<", oldest)], limit=FORGOTTEN_AT_ONCE)
        count = len(fetches)
        fetches.unlink()
        return count, count == FORGOTTEN_AT_ONCE
