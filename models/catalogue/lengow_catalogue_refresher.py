from odoo import models

from ..errors import FOR_PEOPLE, words_of
from ..settings.lengow_cron import Work
from ..ui import notification

PARTS = ("content", "price", "quantity")
DUE = [("state", "!=", "draft")]


class LengowCatalogueRefresher(models.AbstractModel):
    """Keeps the rows of catalogs true."""

    _name = "lengow.catalogue.refresher"
    _description = "Rows of Lengow Catalogs"

    # === ON SCHEDULE === #

    def _run(self, cron):
        """Bring every published catalog up to date.

        :param str cron: xml id of the scheduled action
        """
        work = Work(
            cron,
            self,
            step="_refresh_committing",
            note="_note_failure",
            domain=DUE,
            takes_turns=True,
            args=(cron == "cron_rebuild_catalogues",),
        )
        catalogues = self.env["lengow.catalogue"].search(
            DUE, order="refreshed_at NULLS FIRST, id"
        )
        self.env["lengow.cron"]._each(catalogues, work)

    def _refresh_committing(self, catalogue, is_whole):
        """Bring one catalog up to date, committing every batch.

        :param lengow.catalogue catalogue: one, locked
        :param bool is_whole: whether every product is read anew
        """
        self._refresh(catalogue)

    def _note_failure(self, catalogue, error):
        """Say on a catalog that it could not be brought up to date.

        :param lengow.catalogue catalogue: whose step was undone
        :param Exception error: what was raised
        """
        if isinstance(error, FOR_PEOPLE):
            catalogue.error_message = words_of(error)
        else:
            catalogue.error_message = self.env._(
                "It could not be brought up to date (%s). It is tried again by itself; "
                "Lengow goes on reading the last file. If it stays, give your "
                "administrator the server log of this moment.",
                type(error).__name__,
            )

    # === ON A CLICK === #

    def _refresh_now(self, catalogue):
        """Bring a catalog up to date, as far as a click can bear.

        :param lengow.catalogue catalogue: one, which the user may change
        :return: a notification
        """
        self._refresh(catalogue.sudo())
        return notification("success", self.env._("%s is up to date.", catalogue.name))

    # === ROWS === #

    def _refresh(self, catalogue, parts=PARTS, products=None):
        """Bring the rows of a catalog up to date.

        :param lengow.catalogue catalogue: one, in system mode
        :param tuple parts: of which columns
        :param product.product products: which ones alone; if not given, all that may
            have changed
        """
