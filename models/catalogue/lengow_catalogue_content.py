from odoo import models


class LengowCatalogueContent(models.AbstractModel):
    """Reads the texts of products: everything but prices and quantities."""

    _name = "lengow.catalogue.content"
    _description = "Texts of Lengow Catalogs"

    def _read(self, catalogue, columns, products):
        """Return the texts of product variants, with as many queries for any number.

        :param lengow.catalogue catalogue: one
        :param lengow.catalogue.column columns: of the part `content`
        :param product.product products: a batch
        :return: the text of each column by its header, by the id of the product
        :rtype: dict[int, dict[str, str]]
        """
        return {
            product.id: dict.fromkeys(columns.mapped("header"), "")
            for product in products
        }

    def _read_parents(self, catalogue, columns, templates):
        """Return the texts of products with variants, as of :meth:`_read`.

        :param product.template templates: a batch
        :rtype: dict[int, dict[str, str]]
        """
        return {
            template.id: dict.fromkeys(columns.mapped("header"), "")
            for template in templates
        }

    def _find_issue(self, column):
        """Return why a column cannot be read, in words; empty if it can.

        :param lengow.catalogue.column column: one
        :rtype: str
        """
        return ""
