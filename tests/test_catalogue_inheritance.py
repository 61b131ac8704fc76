"""What variants inherit is read once, and says what it would say of each of them."""

from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import tagged

from ..models.catalogue import lengow_catalogue_content
from ..models.catalogue.field_path import PathReader
from ..models.catalogue.lengow_catalogue_content import OF_THE_ROW
from .test_catalogue_content import ContentCase
from .test_catalogue_prices import PriceCase

LANGUAGES = ("en_US", "fr_FR")


@tagged("post_install", "-at_install")
class TestCatalogueInheritance(ContentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Of the variant first: the field of its template is another one then.
        for name, model, kind in (
            ("x_both", "product.product", "char"),
            ("x_both", "product.template", "char"),
            ("x_shared", "product.template", "html"),
            ("x_own", "product.product", "float"),
        ):
            cls.env["ir.model.fields"].create(
                {
                    "name": name,
                    "model_id": cls.env["ir.model"]._get_id(model),
                    "ttype": kind,
                }
            )
        cls.coat = cls.jacket.copy({"name": "Coat"})
        cls.products = cls.jacket.product_variant_ids | cls.coat.product_variant_ids
        cls.fill()

    @classmethod
    def fill(cls):
        jacket, small = cls.jacket, cls.small
        vendor = cls.env["res.partner"].create({"name": "Vendor"})
        tags = cls.env["product.tag"].create([{"name": "Warm"}, {"name": "Last"}])
        jacket.write(
            {
                "x_both": "of all",
                "x_shared": "<p>of <b>all</b></p>",
                "description_sale": "Warm",
                "product_tag_ids": tags[0].ids,
                "responsible_id": cls.manager.id,
                "seller_ids": [
                    Command.create(
                        {
                            "partner_id": vendor.id,
                            "product_code": "V-S",
                            "product_id": small.id,
                        }
                    ),
                    Command.create({"partner_id": vendor.id, "product_code": "V"}),
                ],
            }
        )
        small.write(
            {
                "x_both": "of one",
                "x_own": 1.5,
                "weight": 2.0,
                "additional_product_tag_ids": tags[1].ids,
            }
        )
        jacket.with_context(lang="fr_FR").write(
            {"name": "Veste", "description_sale": "Chaud"}
        )
        tags[0].with_context(lang="fr_FR").name = "Chaude"
        cls.category.with_context(lang="fr_FR").name = "Manteaux"
        # An archived template whose variants are sold: as one script or another does.
        sold = cls.coat.product_variant_ids
        cls.coat.active = False
        sold.active = True
        cls.env.flush_all()

    def texts(self, **sources):
        """Return what columns say of all products, in several languages."""
        columns = self.columns(
            **{
                f"{header}_{lang}".lower(): {
                    **source,
                    "lang_id": self.env["res.lang"]._get_data(code=lang).id,
                }
                for header, source in sources.items()
                for lang in LANGUAGES
            }
        )
        self.env.flush_all()
        self.env.invalidate_all()
        content = self.env["lengow.catalogue.content"]
        return content._read(self.catalogue, columns, self.products)

    def paths(self):
        """Return every path of one or two steps that a column may have."""
        content = self.env["lengow.catalogue.content"]
        models = ("categ_id", "product_tmpl_id", "seller_ids", "product_tag_ids")
        paths = [*self.env["product.product"]._fields] + [
            f"{name}.{below}"
            for name in models
            for below in self.env[
                self.env["product.product"]._fields[name].comodel_name
            ]._fields
        ]
        return [
            path
            for path in sorted(paths)
            if not content._find_issue_of_path(path)
            and "message" not in path
            and "activity" not in path
        ]

    def test_every_field_says_what_it_says_of_each_variant(self):
        self.assertFalse(self.coat.active)
        paths = dict(enumerate(self.paths()))
        self.assertGreater(len(paths), 150)
        told = self.texts(
            **{f"f{n}": {"source": "field", "path": p} for n, p in paths.items()}
        )
        for product in self.products:
            for lang in LANGUAGES:
                record = self.env["product.product"].browse(product.id).sudo()
                record = record.with_company(self.company).with_context(lang=lang)
                for number, path in paths.items():
                    reader = PathReader(record.env, path)
                    expected = reader(record) or (
                        path in record.product_tmpl_id._fields
                        and PathReader(record.env, path, "product.template")(
                            record.product_tmpl_id
                        )
                    )
                    header = f"f{number}_{lang}".lower()
                    self.assertEqual(
                        told[product.id][header], expected or "", f"{path} {lang}"
                    )
        both = next(n for n, path in paths.items() if path == "x_both")
        header = f"f{both}_en_us"
        self.assertEqual(told[self.small.id][header], "of one")
        self.assertEqual(told[self.medium.id][header], "of all")

    def test_every_value_says_what_it_says_of_each_variant(self):
        Column = self.env["lengow.catalogue.column"]
        names = [
            name
            for name, _label in Column._fields["standard"]._description_selection(
                self.env
            )
            if name not in OF_THE_ROW
        ]
        sources = {name: {"source": "standard", "standard": name} for name in names}
        for attribute in (self.size, self.color):
            sources[attribute.name.lower()] = {
                "source": "attribute",
                "attribute_id": attribute.id,
            }
        told = self.texts(**sources)
        with patch.object(
            lengow_catalogue_content, "_is_of_template", lambda _column, records: False
        ):
            self.assertEqual(told, self.texts(**sources))
        small = told[self.small.id]
        self.assertEqual(small["name_fr_fr"], "Veste")
        self.assertEqual(small["supplier_code_en_us"], "V-S")
        self.assertEqual(told[self.medium.id]["supplier_code_en_us"], "V")
        self.assertCountEqual(small["tags_fr_fr"].split(", "), ["Chaude", "Last"])
        self.assertEqual(told[self.medium.id]["tags_fr_fr"], "Chaude")

    def test_variant_is_called_as_odoo_calls_it(self):
        attributes = self.env["product.attribute"].create(
            [
                {"name": "Fit", "create_variant": "always"},
                {"name": "Lining", "create_variant": "always"},
                {"name": "Gift Wrap", "create_variant": "no_variant"},
            ]
        )
        self.env["product.attribute.value"].create(
            [
                {"name": name, "attribute_id": attribute.id}
                for attribute, names in zip(
                    attributes,
                    (("Slim", "Wide"), ("Silk",), ("Yes", "No")),
                    strict=True,
                )
                for name in names
            ]
        )
        parka = self.env["product.template"].create(
            {
                "name": "Parka",
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": attribute.id,
                            "value_ids": attribute.value_ids.ids,
                        }
                    )
                    for attribute in attributes
                ],
            }
        )
        parka_variants = parka.product_variant_ids
        variants = self.products | parka_variants
        wide = parka_variants[1].product_template_attribute_value_ids.filtered(
            lambda value: value.attribute_id == attributes[0]
        )
        for is_wide in (True, False):
            wide.ptav_active = is_wide
            self.products = variants
            told = self.texts(name={"source": "standard", "standard": "child_name"})
            for product in variants:
                record = product.with_context(lang="en_US")
                own = record.product_template_attribute_value_ids
                combination = own._get_combination_name()
                name = f"{record.name} ({combination})" if combination else record.name
                self.assertEqual(told[product.id]["name_en_us"], name)
        self.assertEqual(told[parka_variants[0].id]["name_en_us"], "Parka")
        self.assertEqual(told[parka_variants[1].id]["name_en_us"], "Parka (Wide)")

    def test_variant_is_called_as_a_module_calls_it(self):
        Value = self.registry["product.template.attribute.value"]
        column = {"source": "standard", "standard": "child_name"}

        def in_capitals(values):
            return ", ".join(values.mapped("name")).upper()

        name = self.texts(name=column)[self.small.id]["name_en_us"]
        values = self.small.product_template_attribute_value_ids
        combination = values._get_combination_name()
        with patch.object(Value, "_get_combination_name", in_capitals):
            told = self.texts(name=column)[self.small.id]["name_en_us"]
            self.assertEqual(
                told, name.replace(combination, values._get_combination_name())
            )
        self.assertNotEqual(told, name)

    def test_field_that_a_module_gives_variants_is_read_of_them(self):
        """A field is no longer inherited then: it may say of each what it likes."""
        field = self.env["product.product"]._fields["description_sale"]
        self.assertTrue(field.inherited)
        source = {"source": "standard", "standard": "description_short"}
        with patch.object(field, "inherited", False):
            told = self.texts(text=source)
        self.assertEqual(told, self.texts(text=source))

    def test_product_that_is_asked_for_twice_is_told_once(self):
        self.products = self.products.concat(self.small, self.small)
        told = self.texts(name={"source": "standard", "standard": "name"})
        self.assertEqual(set(told), set(self.products.ids))
        self.assertEqual(told[self.small.id]["name_fr_fr"], "Veste")


@tagged("post_install", "-at_install")
class TestCatalogueVariantPrices(PriceCase):
    def test_extra_prices_of_attributes_are_in_every_price(self):
        attribute = self.env["product.attribute"].create(
            {
                "name": "Size",
                "value_ids": [Command.create({"name": name}) for name in "SML"],
            }
        )
        template = self.env["product.template"].create(
            {
                "name": "Coat",
                "list_price": 80.0,
                "taxes_id": self.tax.ids,
                "uom_id": self.env.ref("uom.product_uom_dozen").id,
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": attribute.id,
                            "value_ids": attribute.value_ids.ids,
                        }
                    )
                ],
            }
        )
        values = template.attribute_line_ids.product_template_value_ids
        for value, extra in zip(values, (0.0, 5.0, 12.5), strict=True):
            value.price_extra = extra
        foreign = self.create_foreign_currency(rate=2.0)
        abroad = self.create_pricelist("Abroad", currency_id=foreign.id)
        self.add_item(pricelist=abroad, compute_price="percentage", percent_price=10)
        self.add_item(compute_price="percentage", percent_price=10)
        pricing = self.env["lengow.catalogue.pricing"]
        products = template.product_variant_ids
        date = fields.Datetime.now()
        for pricelist in (abroad, self.pricelist, abroad.browse()):
            self.catalogue.pricelist_id = pricelist
            self.env.invalidate_all()
            told = pricing._read(self.catalogue, self.create_columns(), products)
            for product in products:
                with self.subTest(pricelist=pricelist.name, product=product.name):
                    price = pricelist._get_product_price(
                        product,
                        1.0,
                        currency=pricelist.currency_id or self.company.currency_id,
                        date=date,
                    )
                    self.assertAlmostEqual(told[product.id].price, price, 2)
                    regular = product.lst_price * (2 if pricelist == abroad else 1)
                    self.assertAlmostEqual(told[product.id].regular, regular, 2)
        self.assertEqual(
            sorted(told[product.id].price for product in products), [80.0, 85.0, 92.5]
        )
