from odoo import models


class LengowDocumentFetcher(models.AbstractModel):
    _inherit = "lengow.document.fetcher"

    def _run_on(self, documents):
        """Override to have jobs do it."""
        engine = self.env["lengow.engine"]
        if engine._hand_over(self, "cron_fetch_documents", documents):
            return None
        return super()._run_on(documents)
