from odoo import models

ACTIVITY = "lengow_connector.mail_activity_type_catalogue_trouble"


class LengowCatalogueTrouble(models.AbstractModel):
    """Calls a person where a catalog does not get up to date by itself.

    Lengow goes on reading the last file meanwhile, and marketplaces sell what it says.
    """

    _name = "lengow.catalogue.trouble"
    _description = "Lengow Catalogs That Fail"

    def _mark_failed(self, catalogue, words):
        """Say that a catalog could not be brought up to date.

        What fails once may be through a moment later: a person is called the second
        time, and once.

        :param lengow.catalogue catalogue: one, in system mode
        :param str words: what was in the way
        """
        is_second = bool(catalogue.error_message)
        catalogue.error_message = words
        if is_second and not catalogue.activity_search([ACTIVITY]):
            self.env["lengow.catalogue.hold"]._call(catalogue, ACTIVITY, words)

    def _mark_working(self, catalogue):
        """Say that a catalog is up to date.

        :param lengow.catalogue catalogue: one, in system mode
        """
        if catalogue.error_message:
            catalogue.error_message = False
            catalogue.activity_unlink([ACTIVITY])
