"""Addresses of pictures that need no web shop, and never lead to a placeholder.

    /lengow/image/<catalog>-<signature>/<product>-<number>-<checksum>.<extension>

The signature proves that the address was given out here; nothing is stored for it. The
checksum tells a picture from the one before: what has another checksum has another
address, so that each may be kept for ever by whoever has fetched it.
"""

import io
import re
from collections import defaultdict
from itertools import chain
from typing import NamedTuple

from PIL import Image

from odoo import models
from odoo.fields import Domain
from odoo.tools import consteq
from odoo.tools.misc import hmac

from .standards import template_of

ROOT = "/lengow/image"
MOST = 10
# What marketplaces take; drawings such as SVG may carry scripts and are taken by none.
EXTENSIONS = {
    "image/avif": "avif",
    "image/bmp": "bmp",
    "image/gif": "gif",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/tiff": "tif",
    "image/webp": "webp",
}
SIZES = ("image_1920", "image_1024", "image_512")
SCOPE = "lengow_connector.picture"
_SIGNATURE_LENGTH = 32
_CHECKSUM_LENGTH = 16
_SIGNED = re.compile(r"(\d{1,9})-([0-9a-f]{32})", re.ASCII)
_NAME = re.compile(r"(t?)(\d{1,9})-(\d{1,2})-([0-9a-f]{16})\.[a-z]{3,4}", re.ASCII)
_PREFIXES = {"product.product": "", "product.template": "t"}


class Place(NamedTuple):
    """Where a picture may be: in a field of a record, or in a file of its own."""

    model: str
    field: str
    id: int


class Picture(NamedTuple):
    """A picture of a product, as it is stored.

    :ivar int attachment_id: of the file
    :ivar str checksum: tells it from any other picture, and from other sizes
    :ivar str mimetype: one of those that marketplaces take
    """

    attachment_id: int
    checksum: str
    mimetype: str


class LengowCataloguePictures(models.AbstractModel):
    """Finds the pictures of products, gives them addresses and knows these again."""

    _name = "lengow.catalogue.pictures"
    _description = "Pictures of a Lengow Catalog"

    # === ADDRESSES === #

    def _addresses(self, catalogue, records):
        """Return the addresses of the pictures of products, the main one first.

        :param lengow.catalogue catalogue: one, in whose file they stand
        :param records: product.product, or product.template
        :return: a list of at most ten for each id; empty without a picture
        :rtype: dict[int, list[str]]
        """
        base = catalogue._public_base()
        return {
            id_: [
                f"{base}{self._path(catalogue, records._name, id_, number, picture)}"
                for number, picture in enumerate(pictures, start=1)
            ]
            for id_, pictures in self._read(catalogue, records).items()
        }

    def _path(self, catalogue, model, record_id, number, picture):
        signature = self._signature(catalogue.id, model, record_id, number)
        name = f"{_PREFIXES[model]}{record_id}-{number}-{picture.checksum}"
        extension = EXTENSIONS[picture.mimetype]
        return f"{ROOT}/{catalogue.id}-{signature}/{name}.{extension}"

    def _signature(self, catalogue_id, model, record_id, number):
        message = (catalogue_id, model, record_id, number)
        return hmac(self.sudo().env, SCOPE, message)[:_SIGNATURE_LENGTH]

    # === HOW LARGE === #

    def _sides(self, catalogue, records):
        """Return how small the pictures of products are that a catalog sends.

        Each is opened for it, so that only those are asked for that are new.

        :param lengow.catalogue catalogue: one
        :param records: product.product, or product.template
        :return: pixels of the shorter side of the smallest picture, by id; nothing
            where nobody can tell
        :rtype: dict[int, int]
        """
        Attachment, sides = self.env["ir.attachment"].sudo(), {}
        for id_, pictures in self._read(catalogue, records).items():
            files = (Attachment.browse(picture.attachment_id) for picture in pictures)
            if found := list(filter(None, map(_side_of, files))):
                sides[id_] = min(found)
        return sides

    # === WHAT IS ASKED FOR === #

    def _find(self, signed, name):
        """Return the picture that an address leads to, and whether it is that very one.

        What was replaced leads to the picture that is there now.

        :param str signed: the catalog and its signature, as they stand in the address
        :param str name: of the file, as it stands in the address
        :return: a pair of an ir.attachment, empty if there is none for this address,
            and whether it is the picture that the address was made for
        """
        nothing = self.env["ir.attachment"], False
        sign, named = _SIGNED.fullmatch(signed), _NAME.fullmatch(name)
        if not (sign and named):
            return nothing
        catalogue_id, signature = int(sign[1]), sign[2]
        model = "product.template" if named[1] else "product.product"
        record_id, number = int(named[2]), int(named[3])
        expected = self._signature(catalogue_id, model, record_id, number)
        if not consteq(signature, expected):
            return nothing
        catalogue = self.env["lengow.catalogue"].sudo().browse(catalogue_id).exists()
        record = self.env[model].sudo().browse(record_id)
        if not (catalogue and catalogue._has_pictures()):
            return nothing
        if not self._is_listed(catalogue, record):
            return nothing
        return self._pick(catalogue, record, number, named[4])

    def _pick(self, catalogue, record, number, checksum):
        """Return the picture of a checksum, else the one that has its place now."""
        attachments = self.env["ir.attachment"].sudo()
        pictures = self._read(catalogue, record)[record.id]
        for picture in pictures:
            if picture.checksum == checksum:
                return attachments.browse(picture.attachment_id), True
        for picture in pictures[number - 1 : number]:
            return attachments.browse(picture.attachment_id), False
        return attachments, False

    def _is_listed(self, catalogue, record):
        """Whether a product stands in the file of a catalog, or is a parent there."""
        is_template = record._name == "product.template"
        name = "product_tmpl_id" if is_template else "product_id"
        domain = [
            ("catalogue_id", "=", catalogue.id),
            (name, "=", record.id),
            ("state", "in", ("listed", "withdrawn")),
        ]
        return bool(
            self.env["lengow.catalogue.row"].sudo().search_count(domain, limit=1)
        )

    # === PICTURES === #

    def _read(self, catalogue, records):
        """Return the pictures of products, the main one first, each once.

        :param lengow.catalogue catalogue: that they are for, in its size
        :param records: product.product, or product.template
        :return: a list of at most ten for each id
        :rtype: dict[int, list[Picture]]
        """
        # a batch of its own, which is read at once whatever it was taken from
        company = catalogue.sudo().company_id
        records = records.sudo().with_company(company).browse(records.ids)
        size, templates = catalogue.picture_size, template_of(records)
        extras = (
            self._shop_places(size, records, templates),
            self._document_places(records, templates),
        )
        stored = self._stored(_sought(size, (records, templates), extras))
        # Most variants have no picture, or that of their template.
        shown = {(place.model, place.id) for place in stored}.union(*extras)
        pictures = {}
        for record in records:
            owners = [(record._name, record.id)]
            if record._name != templates._name:
                owners.append((templates._name, record.product_tmpl_id.id))
            pictures[record.id] = []
            if not shown.isdisjoint(owners):
                places = _in_order(size, owners, extras)
                pictures[record.id] = _of_places(places, stored)
        return pictures

    def _shop_places(self, size, records, templates):
        """Return where the extra pictures of a web shop are, if there is one.

        :return: by the name of the model and the id of whose they are
        :rtype: dict[tuple, list[tuple[Place, ...]]]
        """
        places = defaultdict(list)
        if "product.image" not in self.env:
            return places
        Image = self.env["product.image"].sudo()
        variants = records.ids if records._name == "product.product" else []
        images = Image.search_fetch(
            [
                ("video_url", "=", False),
                "|",
                ("product_variant_id", "in", variants),
                ("product_tmpl_id", "in", templates.ids),
            ],
            ["product_variant_id", "product_tmpl_id"],
        )
        for image in images:
            owner = image.product_variant_id or image.product_tmpl_id
            places[owner._name, owner.id].append(
                _places_of(size, image._name, image.id)
            )
        return places

    def _document_places(self, records, templates):
        """Return where the documents are that somebody wants to send as pictures.

        Those of other companies are theirs, also where the product is shared.

        :return: by the name of the model and the id of whose they are
        :rtype: dict[tuple, list[tuple[Place, ...]]]
        """
        Document = self.env["product.document"].sudo()
        is_sent = [("lengow_is_picture", "=", True)]
        if "shown_on_product_page" in Document._fields:
            is_sent = ["|", *is_sent, ("shown_on_product_page", "=", True)]
        documents = Document.search_fetch(
            Domain(
                [
                    ("active", "=", True),
                    ("type", "=", "binary"),
                    ("mimetype", "in", list(EXTENSIONS)),
                ]
            )
            & Domain(is_sent)
            & Domain("company_id", "in", [False, *records.env.company.parent_ids.ids])
            & Domain.OR(
                [("res_model", "=", some._name), ("res_id", "in", some.ids)]
                for some in {
                    records._name: records,
                    templates._name: templates,
                }.values()
            ),
            ["ir_attachment_id", "res_model", "res_id"],
        )
        places = defaultdict(list)
        for document in documents:
            place = Place("ir.attachment", "", document.ir_attachment_id.id)
            places[document.res_model, document.res_id].append((place,))
        return places

    def _stored(self, sought):
        """Return the pictures that there are, all of them at once.

        :param dict sought: ids of records by model and field, as a Place has them
        :rtype: dict[Place, Picture]
        """
        for model, field in filter(lambda place: place[1], sought):
            # smaller sizes are made of the picture when it is written
            self.env[model].flush_model([field])
        domains = [
            Domain("res_model", "=", model)
            & Domain("res_field", "=", field)
            & Domain("res_id", "in", list(ids))
            if field
            else Domain("id", "in", list(ids))
            for (model, field), ids in sought.items()
        ]
        attachments = (
            self.env["ir.attachment"]
            .sudo()
            .search_fetch(
                Domain.OR(domains) & Domain("mimetype", "in", list(EXTENSIONS)),
                [
                    *("res_model", "res_field", "res_id", "checksum", "mimetype"),
                    "store_fname",
                ],
            )
        )
        return {
            _place_of(attachment): Picture(
                attachment.id,
                attachment.checksum[:_CHECKSUM_LENGTH],
                attachment.mimetype,
            )
            for attachment in attachments
            if attachment.checksum
        }


def _fields_of(size, model):
    """Return in which fields a picture may be: in the size asked for, or as it came."""
    prefix = "image_variant_" if model == "product.product" else "image_"
    wanted = size.removeprefix("image_")
    return tuple(prefix + pixels for pixels in dict.fromkeys((wanted, "1920")))


def _places_of(size, model, id_):
    """Return where the picture of a record may be, what is wanted most first."""
    return tuple(Place(model, field, id_) for field in _fields_of(size, model))


def _sought(size, owners, extras):
    """Return where pictures may be, many at once.

    :param owners: recordsets, each record of which may have a main picture
    :param extras: dicts of further places by their owner
    :return: ids of records by model and field
    :rtype: dict[tuple[str, str], set[int]]
    """
    ids_of = defaultdict(set)
    for records in owners:
        for field in _fields_of(size, records._name):
            ids_of[records._name, field].update(records._ids)
    for of_owner in chain.from_iterable(of_kind.values() for of_kind in extras):
        for place in chain.from_iterable(of_owner):
            ids_of[place.model, place.field].add(place.id)
    return ids_of


def _in_order(size, owners, extras):
    """Return where the pictures of a product may be, in the order to show them in.

    :param owners: model and id of a variant and of its template, or of a template
    :param extras: dicts of further places by their owner
    :return: tuples of alternatives
    :rtype: list[tuple[Place, ...]]
    """
    main = tuple(chain.from_iterable(_places_of(size, *owner) for owner in owners))
    more = (of_kind.get(owner, ()) for of_kind in extras for owner in owners)
    return [main, *chain.from_iterable(more)]


def _of_places(places, stored):
    """Return the pictures that there are, each once, and not too many.

    :param places: tuples of alternatives, the first of which is shown that there is
    :param dict stored: pictures by their Place
    :rtype: list[Picture]
    """
    found = (next(filter(None, map(stored.get, some)), None) for some in places)
    by_checksum = {picture.checksum: picture for picture in found if picture}
    return list(by_checksum.values())[:MOST]


def _place_of(attachment):
    """Return the place of a picture: of a field, or of the file itself."""
    if attachment.res_field:
        return Place(attachment.res_model, attachment.res_field, attachment.res_id)
    return Place(attachment._name, "", attachment.id)


def _side_of(attachment):
    """Return the shorter side of a picture in pixels, None where nobody can tell.

    Its first bytes say it; the rest is not read.

    :param ir.attachment attachment: one
    """
    try:
        if attachment.store_fname:
            file = attachment._full_path(attachment.store_fname)
        else:
            file = io.BytesIO(attachment.raw or b"")
        with Image.open(file) as picture:
            return min(picture.size)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
