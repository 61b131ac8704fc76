import secrets
from datetime import timedelta

from odoo import fields, models

from ..ui import notification
from .lengow_catalogue import TOKEN_BYTES

# How long the former address serves that somebody has replaced.
GRACE = timedelta(days=7)


class LengowCatalogueAddress(models.AbstractModel):
    """Knows under which address strangers reach a catalog, and what they get there."""

    _name = "lengow.catalogue.address"
    _description = "Addresses of Lengow Catalogs"

    def _url(self, catalogue, file_name="catalogue.csv"):
        """Return the address of a file of a catalog, with its secret part.

        :param lengow.catalogue catalogue: one, of which the user may know the secret
        :param str file_name: of the file
        :rtype: str
        """
        base = (catalogue.base_url or "").rstrip("/")
        return f"{base}/lengow/catalogue/{catalogue.id}/{catalogue.token}/{file_name}"

    def _rotate(self, catalogue):
        """Give a catalog another address, and end the present one after some days.

        :param lengow.catalogue catalogue: one, which the user may change
        """
        catalogue.sudo().write(
            {
                "old_token": catalogue.sudo().token,
                "old_token_until": fields.Datetime.now() + GRACE,
                "token": secrets.token_urlsafe(TOKEN_BYTES),
            }
        )

    def _check(self, catalogue):
        """Fetch a catalog under its address, and say what a stranger gets there.

        :param lengow.catalogue catalogue: one, which the user may change
        :return: a notification
        """
        return notification("info", self._url(catalogue.sudo()))
