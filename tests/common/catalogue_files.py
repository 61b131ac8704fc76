"""Catalogs with published files, which are asked for over HTTP as strangers ask."""

import base64
import gzip
import io

from PIL import Image

from odoo.tests import HttpCase

from ...catalogue.formats import write
from .orders import LengowCase

HEADERS = ("id", "name", "quantity")
ROWS = (
    ("SHIRT", 'A "blue" shirt | cotton', "3"),
    ("MUG", "Tasse à café", "0"),
    ("LAMP", "Lamp", "12"),
)
FILES = ("catalogue.csv", "stock.csv")


def picture(color="red", kind="PNG", pixels=600):
    """Return a picture as a binary field takes it."""
    file = io.BytesIO()
    Image.new("RGB", (pixels, pixels), color).save(file, kind)
    return base64.b64encode(file.getvalue())


def written(extension, headers=HEADERS, rows=ROWS):
    """Return what a file of rows holds."""
    file = io.BytesIO()
    write(extension, file, headers, rows)
    return file.getvalue()


class PublishedCase(LengowCase):
    """Catalogs with files as a publisher leaves them."""

    @classmethod
    def create_catalogue(cls, **values):
        """Return a published catalog of three rows."""
        catalogue = cls.env["lengow.catalogue"].create(
            {"name": "Catalog", "account_id": cls.account.id, **values}
        )
        catalogue.write({"state": "published", "published_at": "2026-01-15 10:00:00"})
        for name in FILES:
            cls.publish(catalogue, name, written(name.split(".")[1]))
        return catalogue

    @classmethod
    def publish(cls, catalogue, name, content):
        """Leave a file of a catalog as its publisher does."""
        catalogue._attachment(name).unlink()
        return cls.env["ir.attachment"].create(
            {
                "name": f"{name}.gz",
                "res_model": catalogue._name,
                "res_field": "file_ids",
                "res_id": catalogue.id,
                "raw": gzip.compress(content, mtime=0),
                "mimetype": "application/gzip",
            }
        )

    @classmethod
    def list_product(cls, catalogue, product, **values):
        """Let a product stand in the file of a catalog."""
        return cls.env["lengow.catalogue.row"].create(
            {
                "catalogue_id": catalogue.id,
                "product_id": product.id,
                "product_tmpl_id": product.product_tmpl_id.id,
                "identifier": product.default_code,
                "kind": "simple",
                "state": "listed",
                **values,
            }
        )


class CatalogueFilesCase(PublishedCase, HttpCase):
    """A published catalog, for which strangers ask."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.catalogue = cls.create_catalogue()

    @classmethod
    def create_catalogue(cls, **values):
        """Return a published catalog at the address of this server."""
        return super().create_catalogue(**{"base_url": cls.base_url(), **values})

    # === WHAT STRANGERS DO === #

    def fetch(self, path, method="GET", **headers):
        """Ask for a path, or an address, and return what a stranger gets."""
        self.env.flush_all()
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.url_open(
            path,
            method=method,
            headers={"Accept-Encoding": "identity", **headers},
            allow_redirects=False,
        )

    def path(self, name="catalogue.csv", catalogue=None, token=None):
        """Return the path of a file of a catalog."""
        catalogue = catalogue or self.catalogue
        return f"/lengow/catalogue/{catalogue.id}/{token or catalogue.token}/{name}"

    def fetches(self, catalogue=None):
        """Return what was noted of the fetches of a catalog, the last one first."""
        self.env.invalidate_all()
        return (catalogue or self.catalogue).fetch_ids
