from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import human_size

# As much of a value as a table shows.
LONGEST_VALUE = 40
COLUMNS_SHOWN = 8
CLASSES = {
    "success": "text-success fa-check-circle",
    "warning": "text-warning fa-exclamation-triangle",
    "danger": "text-danger fa-times-circle",
}


class LengowCatalogueCheck(models.TransientModel):
    """What a stranger got at the public address of a catalog."""

    _name = "lengow.catalogue.check"
    _description = "Check of a Catalog's Address"
    _inherit = ["lengow.dialog"]

    catalogue_id = fields.Many2one("lengow.catalogue", required=True, readonly=True)
    tone = fields.Selection(
        [("success", "Good"), ("warning", "To Improve"), ("danger", "Wrong")],
        string="Result",
        readonly=True,
    )
    host = fields.Char(string="Asked at", readonly=True)
    points = fields.Html(string="What Was Found", readonly=True)
    status = fields.Integer(readonly=True)
    seconds = fields.Float(string="Seconds to Begin", digits=(12, 2), readonly=True)
    size = fields.Char(string="On Its Way", readonly=True)
    rows = fields.Html(string="First Rows", readonly=True)

    # === ACTION METHODS === #

    @api.model
    def _open_for(self, catalogue):
        """Ask for a catalog, and open the dialog on what came.

        :param lengow.catalogue catalogue: one, which the user may change
        :return: the action that opens it
        """
        found = self.env["lengow.catalogue.checker"]._check(catalogue)
        dialog = self.create(
            {
                "catalogue_id": catalogue.id,
                "tone": found.points[0].tone,
                "host": catalogue._public_base(),
                "points": self._html_list(found.points),
                "status": found.visit.status,
                "seconds": found.visit.seconds,
                "size": found.visit.size and human_size(found.visit.size),
                "rows": self._html_table(found.rows),
            }
        )
        return dialog._open(self.env._("What a Stranger Gets"))

    def action_check_again(self):
        """Ask once more.

        :return: the action that opens the dialog on what comes
        """
        self.ensure_one()
        return self.catalogue_id.action_check_url()

    # === HELPERS === #

    @api.model
    def _html_list(self, points):
        """Return what was found as a list, the worst first."""
        names = dict(self._fields["tone"]._description_selection(self.env))
        return Markup('<ul class="list-unstyled">%s</ul>') % Markup().join(
            Markup(
                '<li><i class="fa %(icon)s" title="%(tone)s"></i> '
                '<span class="visually-hidden">%(tone)s: </span>%(text)s</li>'
            )
            % {
                "icon": CLASSES[point.tone],
                "tone": names[point.tone],
                "text": point.text,
            }
            for point in points
        )

    @api.model
    def _html_table(self, rows):
        """Return the first rows of a catalog as a table, False without any."""
        if not rows:
            return False
        head, *body = [
            [
                value if len(value) <= LONGEST_VALUE else value[:LONGEST_VALUE] + "…"
                for value in row[:COLUMNS_SHOWN]
            ]
            for row in rows
        ]
        return Markup(
            '<table class="table table-sm"><thead>%s</thead><tbody>%s</tbody></table>'
        ) % (
            _row(Markup("<th>%s</th>"), head),
            Markup().join(_row(Markup("<td>%s</td>"), row) for row in body),
        )


def _row(cell, values):
    return Markup("<tr>%s</tr>") % Markup().join(cell % value for value in values)
