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

    def _mark_done(self, catalogue, problem):
        """Say that a catalog is up to date, as far as it can be.

        :param lengow.catalogue catalogue: one, in system mode
        :param str problem: with its files, in words; empty if there is none
        """
        words = problem
        if catalogue.selection_issue and not problem:
            words = self.env._(
                "%(issue)s\nUntil you choose others, it goes on with the products that "
                "it lists: their texts, prices and quantities stay true.",
                issue=catalogue.selection_issue,
            )
        if words:
            self._mark_failed(catalogue, words)
        elif catalogue.error_message:
            catalogue.error_message = False
            catalogue.activity_unlink([ACTIVITY])
