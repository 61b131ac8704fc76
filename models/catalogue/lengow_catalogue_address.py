import secrets
from datetime import timedelta

from odoo import fields, models
from odoo.tools import consteq

from ..ui import notification

TOKEN_BYTES = 32
# How long the former address serves that somebody has replaced.
GRACE = timedelta(days=7)


def new_token():
    """Return the secret part of an address, which nobody can guess.

    :rtype: str
    """
    return secrets.token_urlsafe(TOKEN_BYTES)


class LengowCatalogueAddress(models.AbstractModel):
    """Under which address strangers reach a catalog, and what they get there."""

    _name = "lengow.catalogue.address"
    _description = "Address of a Lengow Catalog"

    # === ACTION METHODS === #

    def action_rotate_token(self):
        """Give the catalog another address; the present one ends after some days."""
        self.ensure_one()
        self.check_access("write")
        catalogue = self.sudo()
        catalogue.write(
            {
                "old_token": catalogue.token,
                "old_token_until": fields.Datetime.now() + GRACE,
                "token": new_token(),
            }
        )

    def action_check_url(self):
        """Fetch the catalog as a stranger does, and say what they get.

        :return: a notification that says it
        """
        self.ensure_one()
        self.check_access("write")
        return notification("info", self.name)

    # === BUSINESS METHODS === #

    def _is_token(self, text):
        """Whether a text is the secret part of the address, or was until lately.

        :param str text: as somebody has sent it
        :rtype: bool
        """
        self.ensure_one()
        catalogue, text = self.sudo(), (text or "").encode()
        until = catalogue.old_token_until
        is_in_grace = bool(until) and fields.Datetime.now() < until
        tokens = [catalogue.token, catalogue.old_token if is_in_grace else None]
        # Both are compared whatever the first says: how long it takes tells nothing.
        found = [consteq((token or "").encode(), text) for token in tokens]
        return any(bool(t) and f for t, f in zip(tokens, found, strict=True))
