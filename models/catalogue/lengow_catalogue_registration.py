"""Telling Lengow where a catalog is, for whoever would rather not paste its address.

    somebody presses ─► never told, or at another address? ─yes─► all of it (POST)
                                    │ no
                                    ├─► how many products there are by now (PUT)
                                    └─ it knows nothing of it any more: all of it

Nothing is told by itself: the address opens the catalog for whoever has it.
"""

import hashlib
import json
from contextlib import suppress
from urllib.parse import urlsplit

from odoo import fields, models, release
from odoo.exceptions import UserError
from odoo.modules.module import get_manifest

from ...lengow_api import (
    LengowError,
    NotFoundError,
    RequestRefusedError,
    Shop,
    ShopSystem,
    storable,
)
from ..ui import bounded, notification
from .lengow_catalogue_address import MAIN_FILE

ADDON = "lengow_connector"


class LengowCatalogueRegistration(models.AbstractModel):
    """A catalog of which somebody has told Lengow."""

    _name = "lengow.catalogue.registration"
    _description = "Lengow Catalog That Lengow Was Told Of"

    registered_at = fields.Datetime(
        string="Registered at Lengow",
        readonly=True,
        copy=False,
        help="When Lengow was told last where the catalog is and how many products it "
        "has.",
    )
    registration_answer = fields.Text(
        string="Lengow's Answer", readonly=True, copy=False
    )
    # Of the address that Lengow was told.
    registered_digest = fields.Char(
        readonly=True, copy=False, exportable=False, groups="base.group_system"
    )

    # === ACTION METHODS === #

    def action_register(self):
        """Tell Lengow where the catalog is; the second time, what has changed.

        :return: a notification that says what became of it
        :raise AccessError: if the user could not read the address
        :raise UserError: if there is no file at the address yet
        """
        self.ensure_one()
        self.check_access("write")
        self._check_may_see_token()
        catalogue = self.sudo()  # what was done is written by the system
        if not catalogue.published_at:
            raise UserError(
                self.env._(
                    "Lengow would find nothing there yet. Publish %s first.", self.name
                )
            )
        if not catalogue._is_served():
            raise UserError(
                self.env._(
                    "Nobody gets %s from this database: it is archived, or the "
                    "database is a copy. Lengow was not told.",
                    self.name,
                )
            )
        digest = catalogue._address_digest()
        is_known = catalogue.registered_digest == digest
        try:
            answer = catalogue._tell_of(is_known)
        except LengowError as error:
            return notification("danger", self._registration_words(error))
        values = {"registered_at": fields.Datetime.now(), "registered_digest": digest}
        if answer is not None:
            values["registration_answer"] = catalogue._without_secret(answer)
        catalogue.write(values)
        catalogue.message_post(
            body=self.env._("%s told Lengow of the catalog.", self.env.user.name)
        )
        if answer is None:
            return notification(
                "success",
                self.env._("Lengow knows how many products there are by now."),
            )
        return notification(
            "success",
            self.env._(
                "Lengow knows the catalog: choose it there as a source. If it is not "
                "offered, enter its address as a source of the kind URL."
            ),
        )

    # === HELPERS === #

    def _tell_of(self, is_known):
        """Tell Lengow.

        :param bool is_known: whether it was told the address
        :return: what it has answered to all of it; None where it knew the address
        :rtype: dict | None
        :raise LengowError: if it does not take it
        """
        with self.account_id._get_client() as client:
            if is_known:
                # It was deleted there, or the account is another one by now.
                with suppress(NotFoundError, RequestRefusedError):
                    client.update_system(self._system())
                    return None
            return client.register_system(self._system())

    def _system(self):
        """Return what Lengow is told: name, address and how many products.

        :rtype: ShopSystem
        """
        host = urlsplit(self._public_base()).hostname or ""
        token = self._name_at_lengow()
        shop = Shop(
            token=f"{token}-1",
            name=self.name,
            domain=host,
            feed_url=self._file_url(MAIN_FILE),
            total=self._product_total(),
            exported=int(self._attachment(MAIN_FILE).description or 0),
            is_enabled=self.active,
        )
        return ShopSystem(
            token=token,
            domain=host,
            version=release.version,
            plugin_version=get_manifest(ADDON)["version"],
            email=self.company_id.email or "",
            shops=(shop,),
        )

    def _name_at_lengow(self):
        """Return what the catalog is called at Lengow, which opens nothing.

        It is never drawn, so that whoever presses at the same moment, or again after a
        transaction that was undone, speaks of the same one.

        :rtype: str
        """
        database = self.account_id._this_database()
        return hashlib.sha256(f"{database} {self.id}".encode()).hexdigest()[:32]

    def _without_secret(self, answer):
        """Return an answer as it may be shown: it may repeat the address.

        :param dict answer: of Lengow
        :rtype: str
        """
        text = json.dumps(answer, ensure_ascii=False, indent=1)
        for secret in filter(None, (self.token, self.old_token)):
            text = text.replace(secret, "***")
        return bounded(storable(text))

    def _product_total(self):
        """Return how many products the shop has, in the catalog or not.

        :rtype: int
        """
        companies = [False, *self._companies().ids]
        Product = self.env["product.product"].sudo().with_context(active_test=True)
        return Product.search_count([("company_id", "in", companies)])

    def _address_digest(self):
        address = self._file_url(MAIN_FILE).encode()
        return hashlib.sha256(address).hexdigest()

    def _registration_words(self, error):
        """Return a sentence that says why Lengow was not told, and what to do.

        :param LengowError error: what the client raised
        :rtype: str
        """
        words = self.account_id._describe_error(error)
        if isinstance(error, RequestRefusedError):
            return self.env._(
                "%s\nLengow may not know shops of this kind. Enter the address of the "
                "catalog there as a source of the kind URL: that always works.",
                words,
            )
        return words
