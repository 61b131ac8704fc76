"""Where the values of a catalog come from, and why a quantity is what it is."""

from odoo import models

from ...catalogue.checks import ISSUES

# Where a price or a quantity has more to say than what it is.
KINDS = {"price": "price_kind", "quantity": "quantity_kind"}
# Who else asks for the identifier is half of the trouble.
DUPLICATE = "error.duplicate_identifier"


class LengowCatalogueExplainer(models.AbstractModel):
    """Says in words what stands behind columns and rows of a catalog."""

    _name = "lengow.catalogue.explainer"
    _description = "Explanations of Lengow Catalogs"

    # === COLUMNS === #

    def _origin(self, column):
        """Say where the values of a column come from.

        :param lengow.catalogue.column column: maybe being entered
        :rtype: str
        """
        said = [
            self._what(column),
            column.lang_id.name,
            column.pricelist_id.display_name,
            column.fiscal_position_id.display_name,
            *column.warehouse_ids.mapped("name"),
        ]
        return ", ".join(filter(None, said))

    def _what(self, column):
        if column.source == "field":
            return self._field_label(column.path or "")
        if column.source == "attribute":
            return self.env._("Attribute %s", column.attribute_id.name or "")
        if column.source == "constant":
            return self.env._("Always “%s”", column.constant or "")
        name = KINDS.get(column.source, "standard")
        labels = dict(column._fields[name]._description_selection(self.env))
        return labels.get(column[name], "")

    def _field_label(self, path):
        """Say a dotted path in the words of the forms.

        :param str path: from `product.product`
        :return: the path itself where it leads nowhere
        :rtype: str
        """
        model, said = self.env["product.product"], []
        for name in path.split("."):
            field = model._fields.get(name) if model is not None else None
            if field is None:
                return path
            said.append(field._description_string(self.env))
            model = self.env[field.comodel_name] if field.relational else None
        return " > ".join(said)

    # === ROWS === #

    def _issue_text(self, row, codes):
        """Name issues of a row, one after the other.

        :param lengow.catalogue.row row: one
        :param codes: of issues
        :rtype: str
        """
        kind = self.env["lengow.catalogue.issue"]._fields["kind"]
        labels = dict(kind._description_selection(self.env))
        kinds = sorted(f"{ISSUES.get(code)}.{code}" for code in codes)
        said = {code: labels[code] for code in kinds if code in labels}
        if DUPLICATE in said and row.twins:
            said[DUPLICATE] = self.env._(
                "%(issue)s, also by %(products)s",
                issue=said[DUPLICATE],
                products=row.twins,
            )
        return ", ".join(said.values())

    def _details(self, row):
        """Return every value of a row beside where it comes from.

        :param lengow.catalogue.row row: one
        :return: a table as the widget shows it
        :rtype: dict
        """
        values = row.values or {}
        return {
            "headers": [
                self.env._("Column"),
                self.env._("Value"),
                self.env._("Comes From"),
            ],
            "rows": [
                [column.header, values.get(column.header) or "", column.origin]
                for column in row.catalogue_id.column_ids
            ],
        }

    def _reasons(self, rows):
        """Say why the quantities of rows are what they are.

        :param lengow.catalogue.row rows: of any catalog
        :rtype: dict[int, str]
        """
        reasons = {}
        for catalogue, some in rows.grouped("catalogue_id").items():
            # The stock of the catalog's company, whoever asks.
            catalogue_sudo = catalogue.sudo().with_company(catalogue.company_id)
            products = some.product_id.with_env(catalogue_sudo.env)
            stocked = catalogue_sudo.env["lengow.catalogue.stock"]._read(
                catalogue_sudo, catalogue_sudo.column_ids.browse(), products
            )
            on_hand = self._on_hand(catalogue_sudo, products)
            for row in some:
                product = row.product_id
                reasons[row.id] = self._reason(
                    row, stocked.get(product.id), on_hand.get(product.id, 0)
                )
        return reasons

    def _on_hand(self, catalogue, products):
        """Return what lies in the warehouses of a catalog, where that is counted."""
        warehouses = catalogue.warehouse_ids or self.env[
            "stock.warehouse"
        ].sudo().search([("company_id", "=", catalogue.company_id.id)])
        counted = products.filtered("is_storable").with_context(
            warehouse_id=warehouses.ids
        )
        return {product.id: product.qty_available for product in counted}

    def _reason(self, row, stocked, on_hand):
        if row.state != "listed":
            return self.env._("No longer in the catalog: 0 until it is removed")
        if row.has_error:
            return self.env._("Blocked by what is wrong with it")
        if stocked is None:
            return ""
        if not row.product_id.sudo().is_storable:  # it may be another company's by now
            return self.env._("Its stock is not tracked: as set in the catalog")
        said = [self.env._("%s on hand", self._number(on_hand))]
        promised = on_hand - stocked.free
        if promised > 0:
            said.append(
                self.env._("less %s reserved or to be shipped", self._number(promised))
            )
        if stocked.open_orders:
            said.append(
                self.env._(
                    "less %s on marketplace orders that are no sale orders yet",
                    self._number(stocked.open_orders),
                )
            )
        if stocked.buffer:
            said.append(self.env._("less %s of safety stock", stocked.buffer))
        text = ", ".join(said)
        if stocked.quantity != row.quantity:
            text = self.env._(
                "%(text)s; %(quantity)s with the next refresh",
                text=text,
                quantity=stocked.quantity,
            )
        return text

    def _number(self, quantity):
        return f"{quantity:.2f}".rstrip("0").rstrip(".")
