from odoo import fields, models


class LengowJob(models.AbstractModel):
    """What waits for somebody to do something, and can be searched by what that is.

    The jobs themselves, with what belongs to each, are those of `lengow.overview`.
    """

    _name = "lengow.job"
    _description = "Job of a Lengow Order"

    job = fields.Selection(
        selection="_select_job",
        compute="_compute_job",
        search="_search_job",
        help="The most urgent thing that somebody has to do about it.",
    )

    def _select_job(self):
        return self.env["lengow.overview"]._labels()

    def _compute_job(self):
        for record, job in self.env["lengow.overview"]._most_urgent(self).items():
            record.job = job

    def _search_job(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self.env["lengow.overview"]._domain_of(value)
