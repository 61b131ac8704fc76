from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...catalogue.headers import clashes, is_header
from ...catalogue.presets import PRESETS

PARTS = {"price": "price", "quantity": "quantity"}
# What is told of a product by the quantity that is left of it.
STANDARD_QUANTITIES = ("availability",)
STANDARDS = [
    ("id", "Identifier"),
    ("sku", "Internal reference"),
    ("parent_id", "Identifier of the parent"),
    ("type", "Simple, parent or child"),
    ("variation", "Names of what varies"),
    ("name", "Name"),
    ("child_name", "Name of the variant"),
    ("ean", "Barcode"),
    ("supplier_code", "Reference of the vendor"),
    ("category", "Category"),
    ("description", "Description, plain"),
    ("description_html", "Description, with markup"),
    ("description_short", "Short description, plain"),
    ("description_short_html", "Short description, with markup"),
    ("url", "Page of the product"),
    *((f"image_{number}", f"Picture {number}") for number in range(1, 11)),
    ("weight", "Weight"),
    ("weight_unit", "Unit of the weight"),
    ("language", "Language"),
    ("status", "Enabled or disabled"),
    ("availability", "In stock or out of stock"),
    ("minimal_quantity", "Smallest quantity"),
    ("tags", "Tags"),
    ("country_of_origin", "Country of origin"),
    ("hs_code", "HS code"),
    ("brand", "Brand"),
    ("currency", "Currency"),
    ("is_virtual", "Whether it is not shipped"),
    ("delay", "Days until it is shipped"),
]


def preset_columns(preset):
    """Return the commands that give a catalog the columns of a preset.

    :param str preset: one of `lengow.catalogue.preset`
    :rtype: list
    """
    return [
        Command.create({**column.values(), "sequence": 10 * number})
        for number, column in enumerate(PRESETS[preset], start=1)
    ]


class LengowCatalogueColumn(models.Model):
    """A column of a catalog: its header, and where its values come from."""

    _name = "lengow.catalogue.column"
    _description = "Column of a Lengow Catalog"
    _inherit = ["lengow.catalogue.column.screen", "lengow.guarded"]
    _rec_name = "header"
    _order = "catalogue_id, sequence, id"
    _check_company_auto = True

    catalogue_id = fields.Many2one(
        "lengow.catalogue",
        string="Catalog",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="catalogue_id.company_id", store=True, index=True
    )
    sequence = fields.Integer(
        string="Position", default=10, help="Columns stand from the lowest on."
    )
    header = fields.Char(
        required=True,
        help="How Lengow calls the column: small letters, digits and _. It never "
        "changes once published, since settings at Lengow name it.",
    )
    source = fields.Selection(
        [
            ("standard", "Product"),
            ("field", "Field"),
            ("attribute", "Attribute"),
            ("constant", "Always the same"),
            ("price", "Price"),
            ("quantity", "Quantity"),
        ],
        required=True,
        default="standard",
    )
    standard = fields.Selection(STANDARDS, string="Value")
    path = fields.Char(
        string="Field",
        help="From a product variant, with dots from one record to the next, such as "
        "categ_id.name.",
    )
    attribute_id = fields.Many2one("product.attribute", ondelete="restrict")
    constant = fields.Char(string="Text")
    lang_id = fields.Many2one(
        "res.lang",
        string="Language",
        ondelete="restrict",
        help="Empty: that of the catalog.",
    )
    pricelist_id = fields.Many2one(
        "product.pricelist",
        check_company=True,
        ondelete="restrict",
        help="Empty: that of the catalog.",
    )
    fiscal_position_id = fields.Many2one(
        "account.fiscal.position",
        check_company=True,
        ondelete="restrict",
        help="Empty: that of the catalog.",
    )
    price_kind = fields.Selection(
        [
            ("incl", "Price with tax"),
            ("excl", "Price without tax"),
            ("regular_incl", "Regular price with tax"),
            ("regular_excl", "Regular price without tax"),
            ("discount_amount", "Discount with tax"),
            ("discount_amount_excl", "Discount without tax"),
            ("discount_percent", "Discount in percent"),
            ("start", "Begin of the discount"),
            ("end", "End of the discount"),
        ],
        string="Price",
    )
    quantity_kind = fields.Selection(
        [("sellable", "For sale"), ("on_hand", "On hand")], string="Quantity"
    )
    warehouse_ids = fields.Many2many(
        "stock.warehouse",
        string="Warehouses",
        check_company=True,
        ondelete="restrict",
        context={"active_test": False},
        help="Empty: those of the catalog.",
    )
    use_template = fields.Boolean(
        string="If Empty, as on the Template",
        default=True,
        help="Where a variant has no value of its own it gets that of its template.",
    )
    is_published = fields.Boolean(readonly=True, copy=False)
    issue = fields.Char(readonly=True, copy=False)
    # Whether a person has let the column be empty, until it can be read again.
    is_issue_accepted = fields.Boolean(readonly=True, copy=False)

    # === CONSTRAINT METHODS === #

    @api.constrains("source", "standard", "path", "attribute_id", "price_kind")
    def _check_source(self):
        """Refuse a column of which nobody knows what it holds.

        :raise ValidationError: naming it
        """
        needed = {
            "standard": "standard",
            "field": "path",
            "attribute": "attribute_id",
            "price": "price_kind",
            "quantity": "quantity_kind",
        }
        for column in self:
            name = needed.get(column.source)
            if name and not column[name]:
                label = column._fields[name]._description_string(self.env)
                raise ValidationError(
                    self.env._(
                        "Column %(column)s: %(field)s is missing.",
                        column=column.header,
                        field=label,
                    )
                )

    @api.constrains("header", "catalogue_id")
    def _check_header(self):
        """Refuse a header that Lengow does not take, or takes for another one.

        :raise ValidationError: naming it
        """
        for column in self:
            if not is_header(column.header):
                raise ValidationError(
                    self.env._(
                        "%s cannot be a header: use at most 58 letters without "
                        "accents, digits, - and _.",
                        column.header,
                    )
                )
        for catalogue in self.catalogue_id:
            if groups := clashes(catalogue.column_ids.mapped("header")):
                raise ValidationError(
                    self.env._(
                        "%(catalog)s: Lengow cannot tell these columns apart: "
                        "%(headers)s.",
                        catalog=catalogue.name,
                        headers=", ".join(groups[0]),
                    )
                )

    @api.constrains("path", "source", "catalogue_id")
    def _check_path(self):
        """Refuse a field that is not there, or not for everybody.

        :raise ValidationError: saying why
        """
        content = self.env["lengow.catalogue.content"]
        for column in self.filtered(lambda column: column.source == "field"):
            if issue := content._find_issue_of_path(column.path):
                raise ValidationError(
                    self.env._(
                        "Column %(header)s: %(issue)s",
                        header=column.header,
                        issue=issue,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override to send nothing out that the user may not read."""
        columns = super().create(vals_list)
        columns._check_may_read()
        return columns

    def write(self, vals):
        """Override to keep what settings at Lengow name.

        :raise UserError: naming the column
        """
        if not self.env.su:
            for column in self.filtered("is_published"):
                column._check_frozen(vals)
        result = super().write(vals)
        if "path" in vals:
            self._check_may_read()
        return result

    def _check_may_read(self):
        """Keep users from sending out what they may not read themselves.

        :raise AccessError: naming the model
        """
        if not self.env.su:
            content = self.env["lengow.catalogue.content"]
            for column in self.filtered("path"):
                content._check_may_read(column.path)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        for column in self.filtered("is_published"):
            raise UserError(column._frozen_text())

    def _check_frozen(self, vals):
        """Refuse another header, and another identifier than the one that is known.

        :raise UserError: naming the column
        """
        frozen = ["header", "catalogue_id"]
        if self.standard == "id":
            frozen += ["source", "standard"]
        for name in frozen:
            value = self._fields[name].convert_to_write(self[name], self)
            if name in vals and vals[name] != value:
                raise UserError(self._frozen_text())

    def _frozen_text(self):
        return self.env._(
            "Lengow knows the column %s, and settings of channels name it. It can "
            "neither be renamed nor deleted; choose another value for it instead.",
            self.header,
        )

    # === BUSINESS METHODS === #

    def _part(self):
        """Return which pass writes a column: `content`, `price` or `quantity`.

        :rtype: str
        """
        self.ensure_one()
        if self.source == "standard" and self.standard in STANDARD_QUANTITIES:
            return "quantity"
        return PARTS.get(self.source, "content")
