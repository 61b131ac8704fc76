"""A catalog with rows as the refresher leaves them, to be looked at."""

from datetime import timedelta

from odoo import Command, fields

from ...models.catalogue.published_file import packed
from .orders import LengowCase

COLUMNS = (
    {"header": "id", "source": "standard", "standard": "id"},
    {"header": "name", "source": "standard", "standard": "name"},
    {"header": "quantity", "source": "quantity", "quantity_kind": "sellable"},
    {"header": "condition", "source": "constant", "constant": "new"},
)


class CatalogueScreenCase(LengowCase):
    """What the screens of a catalog show is written here as the system writes it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.catalogue = cls.env["lengow.catalogue"].create(
            {
                "name": "Tour Catalog",
                "account_id": cls.account.id,
                "column_ids": [
                    Command.create({**column, "sequence": sequence})
                    for sequence, column in enumerate(COLUMNS)
                ],
            }
        )

    @classmethod
    def list_product(cls, product, *issues, **values):
        """Return the row of a product, with what is wrong with it."""
        told = {
            "id": product.default_code or "",
            "name": product.name,
            "quantity": "5",
            "condition": "new",
        }
        return cls.env["lengow.catalogue.row"].create(
            {
                "catalogue_id": cls.catalogue.id,
                "product_id": product.id,
                "product_tmpl_id": product.product_tmpl_id.id,
                "identifier": product.default_code,
                "kind": "simple",
                "values": told,
                "quantity": 5,
                "issues": list(issues),
                "has_error": False,
                "has_warning": bool(issues),
                "state": "listed",
                **values,
            }
        )

    @classmethod
    def publish(cls, headers, rows):
        """Let Lengow read a file of these rows."""
        file = packed("csv", headers, rows)
        cls.env["ir.attachment"].create(
            {
                "name": "catalogue.csv.gz",
                "res_model": "lengow.catalogue",
                "res_field": "file_ids",
                "res_id": cls.catalogue.id,
                "raw": file.content,
                "description": str(file.row_count),
            }
        )
        cls.catalogue.write(
            {"state": "published", "published_at": fields.Datetime.now()}
        )

    @classmethod
    def pull(cls, minutes_ago, status=200, file="catalogue.csv", **values):
        """Note that Lengow has fetched a file."""
        return cls.env["lengow.catalogue.fetch"].create(
            {
                "catalogue_id": cls.catalogue.id,
                "file": file,
                "status": status,
                "size": 1000 if status == 200 else 0,
                "fetched_at": fields.Datetime.now() - timedelta(minutes=minutes_ago),
                **values,
            }
        )
