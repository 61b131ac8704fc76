from odoo import models

from ..ui import notification


class LengowCataloguePublisher(models.AbstractModel):
    """Makes the files that Lengow fetches from the rows of a catalog."""

    _name = "lengow.catalogue.publisher"
    _description = "Files of Lengow Catalogs"

    def _publish_now(self, catalogue):
        """Publish a catalog because somebody has asked for it.

        :param lengow.catalogue catalogue: one, which the user may change
        :return: a notification
        """
        return notification("success", self.env._("%s is published.", catalogue.name))

    def _publish(self, catalogue):
        """Make the files anew, if they differ and are not held.

        :param lengow.catalogue catalogue: one
        """

    def _release(self, catalogue):
        """Publish what is held.

        :param lengow.catalogue catalogue: one, which the user may change
        :return: a notification
        """
        return notification("success", self.env._("%s is published.", catalogue.name))
