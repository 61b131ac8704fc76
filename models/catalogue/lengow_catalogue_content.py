"""The texts of products: everything in a catalog but prices and quantities.

    columns ─► of each language one reading ─► of each column a reader ─► texts

Records of a batch share what Odoo prefetches, so that a batch costs the same number of
queries whatever its size. What variants inherit is read of their template, once for all
of them: Odoo would compute it for each.
"""

from functools import partial

from odoo import models

from ...catalogue.texts import to_text
from ..overrides import are_known
from .field_path import LONGEST_PATH, UNREADABLE, PathReader, is_secret, steps_of
from .standards import (
    COMBINATION_NAMES,
    INHERITED,
    READERS,
    ROOT_CATEGORY,
    CombinationNames,
    attribute_text,
    category_text,
    child_name,
    has_own,
    is_inherited,
    is_variant,
    look_up,
    may_have,
    template_of,
    value_of,
)

# What the row knows itself: the product need not be asked.
OF_THE_ROW = ("id", "parent_id", "type", "status", "availability")
IMAGE = "image_"


class LengowCatalogueContent(models.AbstractModel):
    """Reads the texts of products: everything but prices and quantities."""

    _name = "lengow.catalogue.content"
    _description = "Texts of Lengow Catalogs"

    def _read(self, catalogue, columns, products):
        """Return the texts of product variants, with as many queries for any number.

        :param lengow.catalogue catalogue: one
        :param lengow.catalogue.column columns: of the part `content`
        :param product.product products: a batch
        :return: the text of each column by its header, by the id of the product; that
            of what the row knows itself is left out
        :rtype: dict[int, dict[str, str]]
        """
        return self._read_records(catalogue, columns, products)

    def _read_parents(self, catalogue, columns, templates):
        """Return the texts of products with variants, as of :meth:`_read`.

        :param product.template templates: a batch
        :rtype: dict[int, dict[str, str]]
        """
        return self._read_records(catalogue, columns, templates)

    def _read_records(self, catalogue, columns, records):
        catalogue = catalogue.sudo()
        texts = {record.id: {} for record in records}
        records = records.sudo().with_company(catalogue.company_id)
        pictures = self._read_pictures(catalogue, columns, records)
        for lang, of_lang in self._by_language(catalogue, columns):
            in_lang = records.with_context(lang=lang)
            look_up(in_lang, of_lang.mapped("standard"))
            shared = of_lang.filtered(partial(_is_of_template, records=in_lang))
            pairs = [(record, template_of(record)) for record in in_lang]
            own = self._texts(catalogue, of_lang - shared, in_lang, pairs, pictures)
            templates = template_of(in_lang)
            of_templates = self._texts(
                catalogue, shared, templates, [(one, one) for one in templates], {}
            )
            for record, template in pairs:
                texts[record.id] |= own[record.id] | of_templates[template.id]
        return texts

    def _texts(self, catalogue, columns, records, pairs, pictures):
        """Return the texts of records, each column by a reader of its own.

        :param product.product records: or templates, in the language of the columns
        :param list pairs: each of them with its template
        :param dict pictures: addresses by the id of the record
        :rtype: dict[int, dict[str, str]]
        """
        told = {
            column.header: self._reader(catalogue, column, records, pictures)
            for column in columns
            if column.source != "standard" or column.standard not in OF_THE_ROW
        }
        same = {header: text for header, text in told.items() if isinstance(text, str)}
        readers = [(h, reader) for h, reader in told.items() if h not in same]
        return {
            record.id: same
            | {header: reader(record, template) for header, reader in readers}
            for record, template in pairs
        }

    def _by_language(self, catalogue, columns):
        """Return columns by the language that they are read in, catalog's first.

        :rtype: list[tuple[str, lengow.catalogue.column]]
        """
        own = self._code_of(catalogue.lang_id)
        groups = columns.grouped(lambda column: self._code_of(column.lang_id) or own)
        return sorted(groups.items(), key=lambda item: item[0] != own)

    def _code_of(self, lang):
        return lang.code if lang.active else None

    def _read_pictures(self, catalogue, columns, records):
        """Return the addresses of pictures, if a column asks for them."""
        if not any((column.standard or "").startswith(IMAGE) for column in columns):
            return {}
        return self.env["lengow.catalogue.pictures"]._addresses(catalogue, records)

    # === READERS === #

    def _reader(self, catalogue, column, records, pictures):
        """Return a function that gives the text of a column for a record.

        It is called with the record and its template.

        :param product.product records: or templates, in the language of the column
        :param dict pictures: addresses by the id of the record
        :return: a text itself where all records have it in common
        """
        if column.issue:
            return ""
        if column.source == "constant":
            return to_text(column.constant)
        if column.source == "attribute":
            return partial(attribute_text, attribute=column.attribute_id)
        if column.source == "field":
            return self._field_reader(column, records)
        return self._standard_reader(catalogue, column, records, pictures)

    def _standard_reader(self, catalogue, column, records, pictures):
        name = column.standard
        if not may_have(records, name):
            return ""
        if name in READERS:
            return READERS[name]
        if name.startswith(IMAGE):
            number = int(name.removeprefix(IMAGE))
            if number > max(map(len, pictures.values()), default=0):
                return ""
            return partial(_picture, pictures=pictures, number=number)
        if name == "child_name":
            is_known = are_known(records.env, COMBINATION_NAMES)
            return partial(child_name, names=CombinationNames() if is_known else None)
        if name == "category":
            # Looked up once: what is not there is looked up each time.
            root = self.env.ref(ROOT_CATEGORY, raise_if_not_found=False)
            return partial(category_text, root=root)
        if name == "url":
            return partial(_page, base=(catalogue.base_url or "").rstrip("/"))
        return self._constant(catalogue, column, records)

    def _constant(self, catalogue, column, records):
        """Return the text of a column that all products have in common."""
        if column.standard == "language":
            return records.env.lang or ""
        if column.standard == "currency":
            pricelist = column.pricelist_id or catalogue.pricelist_id
            return (pricelist or catalogue.company_id).currency_id.name
        if column.standard == "weight_unit":
            Template = records.env["product.template"]
            return to_text(Template._get_weight_uom_name_from_ir_config_parameter())
        return "1" if column.standard == "minimal_quantity" else ""

    def _field_reader(self, column, records):
        """Return a function that reads a field, else that of the template.

        :return: an empty text where there is no such field
        """
        path, env = column.path, records.env
        own = self._path_reader(env, path, records._name)
        if own is None:
            return ""  # a template has no such field
        of_template = None
        if is_variant(records) and column.use_template:
            of_template = self._path_reader(env, path, "product.template")
        if of_template is None:
            return lambda record, _template: own(record)
        return lambda record, template: own(record) or of_template(template)

    def _path_reader(self, env, path, model):
        try:
            return PathReader(env, path, model)
        except KeyError:
            return None

    # === WHAT IS WRONG WITH A COLUMN === #

    def _find_issue(self, column):
        """Return why a column cannot be read, in words; empty if it can.

        :param lengow.catalogue.column column: one
        :rtype: str
        """
        column = column.sudo()
        lang = column.lang_id or column.catalogue_id.lang_id
        has_texts = column.source in ("standard", "field", "attribute")
        if lang and not lang.active and has_texts:
            return self.env._("The language %s is not installed.", lang.name)
        if column.source == "field":
            return self._find_issue_of_path(column.path)
        if column.source == "attribute" and not column.attribute_id:
            return self.env._("The attribute is missing.")
        return ""

    def _check_may_read(self, path):
        """Keep a user from sending out what they may not read themselves.

        :param str path: one of no fields leads to nothing, and is refused where a
            column reads by it
        :raise AccessError: naming the model
        """
        if self._find_issue_of_path(path):
            return
        for step in steps_of(self.env, path):
            self.env[step.model].check_access("read")

    def _find_issue_of_path(self, path):
        """Return why nothing can be read by a path, in words; empty if it can."""
        try:
            steps = steps_of(self.env, path)
        except KeyError as error:
            return self.env._(
                "There is no field %(field)s in %(path)s.",
                field=error.args[0] or "?",
                path=path or "",
            )
        if len(steps) > LONGEST_PATH:
            return self.env._("%s is longer than any property of a product.", path)
        if steps[-1].field.type in UNREADABLE:
            return self.env._("%s holds no text.", path)
        for step in steps:
            if is_secret(step):
                return self.env._(
                    "%s is not for everybody to read, and a catalog leaves the house.",
                    step.field.name,
                )
        return ""


def _is_of_template(column, records):
    """Whether what a column says of variants is what it says of their template.

    :param records: variants, or templates
    """
    if not is_variant(records):
        return False
    names = ()
    if column.source == "standard":
        names = INHERITED.get(column.standard, ())
        if has_own(records, column.standard):
            return False
    elif column.source == "field" and not column.issue:
        names = column.path.split(".")[:1]
    return bool(names) and is_inherited(records, *names)


def _picture(record, _template, pictures, number):
    addresses = pictures.get(record.id, ())
    return addresses[number - 1] if number <= len(addresses) else ""


def _page(record, template, base):
    """Return the address of the page of a product, where it is shown in a web shop."""
    if not value_of(template, "is_published"):
        return ""
    page = value_of(record, "website_url") or value_of(template, "website_url")
    return f"{base}{page}" if page and page.startswith("/") else to_text(page)
