from odoo import api, fields, models


class LengowCatalogueRowPush(models.AbstractModel):
    """What Lengow was told of a product at once, and what it answered."""

    _name = "lengow.catalogue.row.push"
    _description = "Row of a Lengow Catalog That Is Told at Once"

    pushed_at = fields.Datetime(string="Last Sent", readonly=True)
    pushed_digest = fields.Char(
        readonly=True, help="Of what Lengow was told; it is told again if it changes."
    )
    push_error = fields.Char(
        string="Answer of Lengow",
        readonly=True,
        help="What Lengow answered. It is sent again once a quantity or a price "
        "changes.",
    )
    push_text = fields.Char(
        string="Refused by Lengow",
        compute="_compute_push_text",
        help="What Lengow answered, and what to do.",
    )

    # === COMPUTE METHODS === #

    @api.depends("push_error", "pushed_digest")
    @api.depends_context("lang")
    def _compute_push_text(self):
        for row in self:
            if said := row.push_error:
                said = said if said.endswith((".", "!", "?")) else f"{said}."
                said = f"{said} {row._push_hint()}"
            row.push_text = said

    def _push_hint(self):
        if not self.pushed_digest:
            return self.env._("It is sent again by itself.")
        return self.env._(
            "Lengow gets the same with its next fetch of the file. After that, send it "
            "again under Live Updates of the catalog; what is refused then, too, has "
            "to be mended in the catalog at Lengow."
        )
