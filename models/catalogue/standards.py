"""The values that every product has, as the columns of presets call them.

Each is a function of a product and its template, in system mode, in the language of the
column and in the company of the catalog: of a variant, or for a parent's row of the
template of several, which is its own template then. What modules beside us add is taken
where it is there.
"""

from collections.abc import Callable
from typing import NamedTuple

from ...catalogue.texts import html_of, plain, reduced_html, to_text

# What modules beside Odoo's own call the brand of a product.
BRAND_FIELDS = ("product_brand_id", "brand_id", "x_brand_id", "x_studio_brand")
# Odoo's own category that holds all others, and is none that a shop shows.
ROOT_CATEGORY = "product.product_category_all"
CATEGORY_SEPARATOR = " > "
# How Odoo names a variant, as long as no module does it in another way.
COMBINATION_NAMES = {
    "product.template.attribute.value": (
        {"product"},
        {
            "_get_combination_name",
            "_without_no_variant_attributes",
            "_filter_single_value_lines",
            "_is_from_single_value_line",
            "_only_active",
        },
    ),
}


def is_variant(record):
    """Whether a record is a product variant, and no template of several.

    :rtype: bool
    """
    return record._name == "product.product"


def look_up(records, names):
    """Read at once what is asked of products; Odoo would read it by the thousand.

    :param records: variants, or templates
    :param names: of the standard values that are asked for
    """
    templates = template_of(records)
    records.fetch()
    if templates != records:
        templates.fetch()
        records.fetch(["product_template_attribute_value_ids"])
        records.product_template_attribute_value_ids.fetch()
    templates.fetch(["attribute_line_ids", "taxes_id"])
    lines = templates.attribute_line_ids
    lines.fetch()
    lines.fetch(["value_ids", "product_template_value_ids"])
    if "tags" in names:
        own = ["additional_product_tag_ids"] if templates != records else []
        templates.fetch(["product_tag_ids"])
        records.fetch(own)
    if "supplier_code" in names:
        templates.fetch(["seller_ids"])


def varying_lines(template):
    """Return what the variants of a template differ in.

    :param product.template template: one
    :rtype: product.template.attribute.line
    """
    return template.attribute_line_ids.filtered(
        lambda line: (
            line.value_count > 1 and line.attribute_id.create_variant != "no_variant"
        )
    )


def template_of(record):
    """Return the template of a product variant, or the one that a record is.

    :rtype: product.template
    """
    return record.product_tmpl_id if is_variant(record) else record


def is_inherited(variants, *names):
    """Whether variants have fields of their template only, as far as there are any.

    :param product.product variants: any number
    :param str names: of the fields
    :rtype: bool
    """
    known = variants._fields
    return all(known[name].inherited for name in names if name in known)


def source_of(record, template, name):
    """Return who has a field: a record, or its template from which it inherits it.

    :param record: variants, or templates
    :param product.template template: theirs
    :param str name: of the field
    """
    field = record._fields.get(name)
    return template if field is None or field.inherited else record


def has_own(variants, name):
    """Whether any of some variants says something that its template does not.

    :param product.product variants: any number
    :param str name: of a standard value that is the template's otherwise
    :rtype: bool
    """
    own = filter(variants._fields.__contains__, OWN.get(name, ()))
    return any(variants[field] for field in own)


def may_have(records, name):
    """Whether any of some products has what a standard value is made of.

    :param records: variants, or templates
    :param str name: of the value
    :rtype: bool
    """
    if name not in MADE_OF:
        return True
    return bool(source_of(records, template_of(records), MADE_OF[name])[MADE_OF[name]])


def value_of(record, name):
    """Return the value of a field that a module beside us may have, else False.

    :param record: maybe without such a field
    :param str name: of the field
    """
    return record[name] if name in record._fields else False


def attribute_text(record, template, attribute):
    """Return what a product is by an attribute: its own values, else all there are.

    What varies is the variants' own; a parent has no value of it.

    :param product.attribute attribute: one
    :rtype: str
    """
    lines = template.attribute_line_ids.filtered(
        lambda line: line.attribute_id == attribute
    )
    if is_variant(record):
        own = record.product_template_attribute_value_ids.filtered(
            lambda value: value.attribute_id == attribute
        )
        if own:
            return to_text(own.product_attribute_value_id.mapped("name"))
    elif lines & varying_lines(template):
        return ""
    return to_text(lines.value_ids.mapped("name"))


def _variation(_record, template):
    return to_text(varying_lines(template).attribute_id.mapped("name"))


class CombinationNames:
    """Names what makes a variant another one, as Odoo's `_get_combination_name` does.

    Odoo looks for each variant anew what all of a template have in common.
    """

    def __init__(self):
        """Know nothing yet."""
        self._facts = {}
        self._single_lines = {}

    def of(self, values):
        """Return the name of the values of a variant, without those that all have.

        :param product.template.attribute.value values: of one variant
        :rtype: str
        """
        facts = [self._facts_of(values, id_) for id_ in values.ids]
        varying = [own for own in facts if own.is_varying]
        only_active = all(own.is_active for own in varying)
        return ", ".join(
            own.name for own in varying if not self._is_single(own, only_active)
        )

    def _facts_of(self, values, id_):
        if id_ not in self._facts:
            value = values.browse(id_).with_prefetch(values._prefetch_ids)
            self._facts[id_] = _ValueFacts(
                value,
                value.attribute_line_id.id,
                value.attribute_id.create_variant != "no_variant",
                value.ptav_active,
                value.product_attribute_value_id.name,
            )
        return self._facts[id_]

    def _is_single(self, own, only_active):
        key = own.line_id, only_active
        if key not in self._single_lines:
            is_single = own.value._is_from_single_value_line(only_active)
            self._single_lines[key] = is_single
        return self._single_lines[key]


class _ValueFacts(NamedTuple):
    """What decides whether a value of a variant is part of its name."""

    value: object
    line_id: int
    is_varying: bool
    is_active: bool
    name: str


def child_name(record, template, names):
    """Return the name of a variant as Odoo shows it: with what makes it another one.

    :param CombinationNames names: of values; None where Odoo is to be asked
    :rtype: str
    """
    name = source_of(record, template, "name").name
    if not is_variant(record):
        return to_text(name)
    values = record.product_template_attribute_value_ids
    combination = names.of(values) if names else values._get_combination_name()
    return to_text(f"{name} ({combination})" if combination else name)


def _ean(record, _template):
    # Another product's number is worse than none.
    return to_text(record.barcode) if is_variant(record) else ""


def _supplier_code(record, template):
    sellers = source_of(record, template, "seller_ids").seller_ids
    if not sellers or not is_variant(record):
        return ""
    company = record.env.company
    sellers = sellers.filtered(
        lambda seller: (
            seller.product_code
            and seller.company_id in (company, company.browse())
            and seller.product_id in (record, record.browse())
        )
    )
    return to_text(sellers[:1].product_code)


def category_text(record, _template, root):
    """Return the category of a product, and those above it.

    :param product.category root: that holds all others, and is no part of it
    :rtype: str
    """
    names, category = [], record.categ_id
    while category:
        if category != root:
            names.append(to_text(category.name))
        category = category.parent_id
    return CATEGORY_SEPARATOR.join(reversed(names))


def _long_text(record, in_shop, otherwise):
    shown = value_of(record, "description_ecommerce")
    return (shown and in_shop(shown)) or otherwise(record.description_sale)


def _description(record, _template):
    return _long_text(record, plain, to_text)


def _description_html(record, _template):
    return _long_text(record, reduced_html, html_of)


def _weight(record, template):
    weight = record.weight or template.weight
    return to_text(weight) if weight else ""


def _tags(record, template):
    tags = source_of(record, template, "product_tag_ids").product_tag_ids
    if is_variant(record) and record.additional_product_tag_ids:
        tags = record.all_product_tag_ids
    return to_text(tags.mapped("name")) if tags else ""


def _brand(record, _template):
    for name in BRAND_FIELDS:
        if brand := value_of(record, name):
            return to_text(brand if isinstance(brand, str) else brand.display_name)
    return ""


_DESCRIPTION = ("description_ecommerce", "description_sale")
#: Of which fields a value is that variants inherit from their template, where nothing
#: gives them fields of their own.
INHERITED = {
    "variation": ("attribute_line_ids",),
    "name": ("name",),
    "category": ("categ_id",),
    "description": _DESCRIPTION,
    "description_html": _DESCRIPTION,
    "description_short": ("description_sale",),
    "description_short_html": ("description_sale",),
    "country_of_origin": ("country_of_origin",),
    "hs_code": ("hs_code",),
    "brand": BRAND_FIELDS,
    "is_virtual": ("type",),
    "delay": ("sale_delay",),
    "tags": ("product_tag_ids",),
}
#: In which fields variants may add to what their template says.
OWN = {"tags": ("additional_product_tag_ids",)}
#: Of what a value is made: where no product of a batch has any, none has a value.
MADE_OF = {"supplier_code": "seller_ids"}
READERS: dict[str, Callable] = {
    "sku": lambda record, _template: to_text(record.default_code),
    "variation": _variation,
    "name": lambda record, _template: to_text(record.name),
    "ean": _ean,
    "supplier_code": _supplier_code,
    "description": _description,
    "description_html": _description_html,
    "description_short": lambda record, _template: to_text(record.description_sale),
    "description_short_html": lambda record, _template: html_of(
        record.description_sale
    ),
    "weight": _weight,
    "tags": _tags,
    "country_of_origin": lambda record, _template: to_text(
        record.country_of_origin.code
    ),
    "hs_code": lambda record, _template: to_text(record.hs_code),
    "brand": _brand,
    "is_virtual": lambda record, _template: "1" if record.type == "service" else "0",
    "delay": lambda record, _template: to_text(record.sale_delay),
}
