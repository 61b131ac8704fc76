"""The texts of products: of each language, each variant and each country its own."""

import base64
import io
from unittest.mock import patch

from PIL import Image

from odoo import Command
from odoo.tests import tagged

from ..models.catalogue import lengow_catalogue_pictures
from .common.catalogue import CatalogueCase
from .common.orders import LengowCase


def picture(width, height, color="red"):
    """Return a picture of a size, as Odoo keeps it."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), color).save(file, "PNG")
    return base64.b64encode(file.getvalue())


class ContentCase(LengowCase):
    """A jacket in two sizes, red, below a category that shops show."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.french, cls.german = (
            cls.env["res.lang"]._activate_lang(code) for code in ("fr_FR", "de_DE")
        )
        cls.size = cls.create_attribute("Size", "S", "M")
        cls.color = cls.create_attribute("Color", "Red", "Blue")
        cls.category = cls.env["product.category"].create(
            {
                "name": "Coats",
                "parent_id": cls.env["product.category"].create({"name": "Men"}).id,
            }
        )
        red = cls.color.value_ids[0]
        cls.jacket = cls.env["product.template"].create(
            {
                "name": "Jacket",
                "categ_id": cls.category.id,
                "list_price": 80.0,
                "attribute_line_ids": [
                    cls.attribute_line(cls.size, cls.size.value_ids),
                    cls.attribute_line(cls.color, red),
                ],
            }
        )
        cls.small, cls.medium = cls.jacket.product_variant_ids
        cls.small.default_code, cls.medium.default_code = "JACKET-S", "JACKET-M"
        cls.catalogue = cls.env["lengow.catalogue"].create(
            {
                "name": "Shop",
                "account_id": cls.account.id,
                "lang_id": cls.env["res.lang"]._get_data(code="en_US").id,
                "domain": f"[('product_tmpl_id', '=', {cls.jacket.id})]",
            }
        )

    @classmethod
    def create_attribute(cls, name, *values):
        return cls.env["product.attribute"].create(
            {
                "name": name,
                "value_ids": [Command.create({"name": value}) for value in values],
            }
        )

    @classmethod
    def attribute_line(cls, attribute, values):
        return Command.create(
            {"attribute_id": attribute.id, "value_ids": [Command.set(values.ids)]}
        )

    def columns(self, **sources):
        """Return new columns: of each header its source, or the standard value."""
        Column = self.env["lengow.catalogue.column"]
        self.catalogue.column_ids.unlink()
        return Column.create(
            [
                {
                    "catalogue_id": self.catalogue.id,
                    "header": header,
                    **(
                        {"source": "standard", "standard": source}
                        if isinstance(source, str)
                        else source
                    ),
                }
                for header, source in sources.items()
            ]
        )

    def texts(self, columns, record):
        content = self.env["lengow.catalogue.content"]
        read = (
            content._read
            if record._name == "product.product"
            else content._read_parents
        )
        self.env.flush_all()
        self.env.invalidate_all()
        return read(self.catalogue, columns, record)[record.id]


@tagged("post_install", "-at_install")
class TestCatalogueContent(ContentCase):
    # === LANGUAGES === #

    def test_one_row_has_the_texts_of_several_languages(self):
        tag = self.env["product.tag"].create({"name": "Warm"})
        self.jacket.product_tag_ids = tag
        for lang, name, warm, red in (
            ("fr_FR", "Veste", "Chaud", "Rouge"),
            ("de_DE", "Jacke", "Warm", "Rot"),
        ):
            self.jacket.with_context(lang=lang).name = name
            tag.with_context(lang=lang).name = warm
            self.color.value_ids[0].with_context(lang=lang).name = red
        of_color = {"source": "attribute", "attribute_id": self.color.id}
        by_path = {"source": "field", "path": "product_tag_ids.name"}
        french, german = ({"lang_id": lang.id} for lang in (self.french, self.german))
        columns = self.columns(
            name="name",
            name_fr={"source": "standard", "standard": "name", **french},
            name_de={"source": "standard", "standard": "name", **german},
            color=of_color,
            color_de={**of_color, **german},
            tags_fr={"source": "standard", "standard": "tags", **french},
            path_fr={**by_path, **french},
            language="language",
            language_de={"source": "standard", "standard": "language", **german},
        )
        self.assertEqual(
            self.texts(columns, self.small),
            {
                "name": "Jacket",
                "name_fr": "Veste",
                "name_de": "Jacke",
                "color": "Red",
                "color_de": "Rot",
                "tags_fr": "Chaud",
                "path_fr": "Chaud",
                "language": "en_US",
                "language_de": "de_DE",
            },
        )

    def test_text_that_is_not_translated_is_that_of_the_source(self):
        columns = self.columns(
            name_fr={
                "source": "standard",
                "standard": "name",
                "lang_id": self.french.id,
            }
        )
        self.assertEqual(self.texts(columns, self.small), {"name_fr": "Jacket"})

    def test_language_of_who_asks_makes_no_difference(self):
        self.jacket.with_context(lang="fr_FR").name = "Veste"
        columns = self.columns(name="name")
        content = self.env["lengow.catalogue.content"].with_context(lang="fr_FR")
        small = self.small.with_context(lang="fr_FR")
        told = content._read(self.catalogue, columns, small)
        self.assertEqual(told[small.id], {"name": "Jacket"})

    # === A VARIANT, AND WHAT IT HAS OF ITS TEMPLATE === #

    def test_variant_has_its_own_value_else_that_of_its_template(self):
        # Of each its own, as is a field that somebody has added to both.
        field = {"source": "field", "path": "activity_summary"}
        columns = self.columns(
            either={**field, "use_template": True},
            own={**field, "use_template": False},
        )
        self.assertEqual(self.texts(columns, self.small), {"either": "", "own": ""})
        for record, said in ((self.jacket, "Of all"), (self.medium, "Of M")):
            record.activity_schedule("mail.mail_activity_data_todo", summary=said)
        for record, either, own in (
            (self.small, "Of all", ""),
            (self.medium, "Of M", "Of M"),
            (self.jacket, "Of all", "Of all"),
        ):
            told = self.texts(columns, record)
            self.assertEqual((told["either"], told["own"]), (either, own))

    def test_zero_is_a_value_and_takes_none_of_the_template(self):
        columns = self.columns(weight={"source": "field", "path": "weight"})
        self.medium.weight = 3
        self.assertEqual(float(self.texts(columns, self.small)["weight"]), 0)

    def test_what_varies_is_the_variants_own_and_the_rest_is_of_all(self):
        columns = self.columns(
            size={"source": "attribute", "attribute_id": self.size.id},
            color={"source": "attribute", "attribute_id": self.color.id},
            variation="variation",
        )
        self.assertEqual(
            self.texts(columns, self.medium),
            {"size": "M", "color": "Red", "variation": "Size"},
        )
        self.assertEqual(
            self.texts(columns, self.jacket),
            {"size": "", "color": "Red", "variation": "Size"},
        )

    def test_number_of_another_variant_is_no_barcode_of_this_one(self):
        self.medium.barcode = "4006381333948"
        columns = self.columns(ean="ean", supplier="supplier_code")
        self.env["product.supplierinfo"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Mill"}).id,
                "product_tmpl_id": self.jacket.id,
                "product_id": self.medium.id,
                "product_code": "MILL-M",
            }
        )
        self.assertEqual(self.texts(columns, self.small), {"ean": "", "supplier": ""})
        self.assertEqual(
            self.texts(columns, self.medium),
            {"ean": "4006381333948", "supplier": "MILL-M"},
        )
        self.assertEqual(self.texts(columns, self.jacket), {"ean": "", "supplier": ""})

    # === OF THIS PRODUCT === #

    def test_category_is_that_of_the_product_without_what_holds_all(self):
        columns = self.columns(category="category", delay="delay")
        root = self.env.ref("product.product_category_all", raise_if_not_found=False)
        if root:
            self.category.parent_id.parent_id = root
        self.jacket.sale_delay = 4
        self.assertEqual(
            self.texts(columns, self.small), {"category": "Men > Coats", "delay": "4"}
        )
        content = self.env["lengow.catalogue.content"]
        told = content._read(self.catalogue, columns, self.small | self.mug)
        self.assertEqual(told[self.mug.id]["delay"], "0")

    def test_what_is_empty_is_empty_and_no_word(self):
        self.catalogue.column_ids.unlink()
        self.catalogue.preset = "prestashop"
        bare = self.env["product.product"].create({"name": "Bare"})
        columns = self.catalogue.column_ids.filtered(lambda c: c._part() == "content")
        for header, text in self.texts(columns, bare).items():
            self.assertNotIn(text, ("False", "None", "[]"), header)

    # === WHAT CANNOT BE READ ANY MORE === #

    def test_each_thing_that_is_gone_is_an_issue_of_its_column_alone(self):
        columns = self.columns(
            id="id",
            name="name",
            gone={"source": "field", "path": "categ_id.name"},
            german={
                "source": "standard",
                "standard": "name",
                "lang_id": self.german.id,
            },
        )
        self.env.cr.execute(
            "UPDATE lengow_catalogue_column SET path = 'x_gone.name' "
            "WHERE header = 'gone' AND catalogue_id = %s",
            [self.catalogue.id],
        )
        self.env.invalidate_all()
        self.german.active = False
        self.catalogue.action_refresh()
        issues = dict(columns.mapped(lambda c: (c.header, c.issue)))
        self.assertIn("x_gone", issues["gone"])
        self.assertIn("not installed", issues["german"])
        self.assertFalse(issues["name"])
        values = self.catalogue.row_ids[0].values
        self.assertEqual(
            [values[header] for header in ("name", "gone", "german")],
            ["Jacket", "", ""],
        )


@tagged("post_install", "-at_install")
class TestCatalogueCountries(ContentCase):
    """What a file says to several countries, and to the channels of another shop."""

    def publish(self, catalogue=None):
        catalogue = catalogue or self.catalogue
        catalogue.with_user(self.manager).action_publish()
        self.env.invalidate_all()
        return CatalogueCase.read_file(self, catalogue=catalogue)

    def create_pricelist(self, percent, currency="EUR"):
        return self.env["product.pricelist"].create(
            {
                "name": f"{percent} % off",
                "currency_id": self.env.ref(f"base.{currency}").id,
                "item_ids": [
                    Command.create(
                        {
                            "applied_on": "3_global",
                            "compute_price": "percentage",
                            "percent_price": percent,
                        }
                    )
                ],
            }
        )

    def test_one_row_has_prices_of_several_pricelists_and_languages(self):
        self.jacket.with_context(lang="fr_FR").name = "Veste"
        self.jacket.taxes_id = False
        usual, french = self.create_pricelist(10), self.create_pricelist(50)
        self.catalogue.pricelist_id = usual
        price = {"source": "price", "price_kind": "incl"}
        self.columns(
            id="id",
            name="name",
            name_fr={
                "source": "standard",
                "standard": "name",
                "lang_id": self.french.id,
            },
            price=price,
            price_fr={**price, "pricelist_id": french.id},
            discount_fr={
                "source": "price",
                "price_kind": "discount_percent",
                "pricelist_id": french.id,
            },
            currency_fr={
                "source": "standard",
                "standard": "currency",
                "pricelist_id": french.id,
            },
        )
        told = self.publish()["JACKET-S"]
        self.assertEqual(
            told,
            {
                "id": "JACKET-S",
                "name": "Jacket",
                "name_fr": "Veste",
                "price": "72.00",
                "price_fr": "40.00",
                "discount_fr": "50.00",
                "currency_fr": french.currency_id.name,
            },
        )
        self.assertEqual(self.catalogue.row_ids[0].price, 72.0)

    def test_catalogs_of_several_shops_keep_their_settings_apart(self):
        self.jacket.with_context(lang="fr_FR").name = "Veste"
        self.jacket.image_1920 = picture(600, 600)
        other = self.catalogue.copy(
            {
                "name": "Boutique",
                "lang_id": self.french.id,
                "base_url": "https://boutique.example.com",
                "domain": "[('default_code', '=', 'JACKET-M')]",
            }
        )
        self.catalogue.base_url = "https://shop.example.com"
        ours, theirs = self.publish(), self.publish(other)
        self.assertEqual(
            (set(ours), set(theirs)), ({"JACKET-S", "JACKET-M"}, {"JACKET-M"})
        )
        for lines, name, host in (
            (ours, "Jacket", "https://shop.example.com/"),
            (theirs, "Veste", "https://boutique.example.com/"),
        ):
            self.assertEqual(lines["JACKET-M"]["name"], name)
            self.assertTrue(lines["JACKET-M"]["image_url_1"].startswith(host))

    def test_headers_outlive_a_renamed_attribute_and_another_language(self):
        self.columns(
            id="id",
            name="name",
            color={"source": "attribute", "attribute_id": self.color.id},
        )
        headers = list(self.publish()["JACKET-S"])
        self.color.name = "Colour"
        self.color.with_context(lang="fr_FR").name = "Couleur"
        self.catalogue.lang_id = self.french
        self.catalogue.action_refresh()
        self.env.invalidate_all()
        told = CatalogueCase.read_file(self)["JACKET-S"]
        self.assertEqual(list(told), headers)
        self.assertEqual(told["color"], "Red")

    def test_woocommerce_channels_read_the_words_that_they_know(self):
        self.jacket.taxes_id = self.tax
        self.jacket.is_storable = True
        self.env["stock.quant"]._update_available_quantity(
            self.small, self.env.ref("stock.warehouse0").lot_stock_id, 3
        )
        self.catalogue.preset = "woocommerce"
        self.catalogue.pricelist_id = self.create_pricelist(25)
        lines = self.publish()
        self.assertEqual(
            [lines[f"JACKET-{size}"]["availability"] for size in "SM"],
            ["instock", "outofstock"],
        )
        told = lines["JACKET-S"]
        for kind in ("excl", "incl"):
            before, now, discount = (
                float(told[f"{name}_{kind}_tax"])
                for name in ("price_before_discount", "price", "discount_amount")
            )
            self.assertGreater(discount, 0)
            self.assertAlmostEqual(before - now, discount, 2)
        self.assertNotEqual(
            told["discount_amount_excl_tax"], told["discount_amount_incl_tax"]
        )


@tagged("post_install", "-at_install")
class TestCatalogueSmallPictures(ContentCase):
    """Marketplaces refuse pictures of which the shorter side has too few pixels."""

    def setUp(self):
        super().setUp()
        self.catalogue.with_parents = True

    def issues(self, whom=None):
        """Return whom the size of their pictures is an issue of."""
        self.catalogue.action_refresh()
        self.env.invalidate_all()
        return {
            row.identifier
            for row in self.catalogue.row_ids
            if "small_picture" in row.issues
        }

    def test_picture_that_is_small_on_either_side_is_told(self):
        everybody = {f"T{self.jacket.id}", "JACKET-S", "JACKET-M"}
        self.assertFalse(self.issues(), "there is none at all")
        for size, told in (
            ((499, 900), everybody),
            ((500, 500), set()),
            ((1000, 300), everybody),
        ):
            with self.subTest(size=size):
                self.jacket.image_1920 = picture(*size)
                self.assertEqual(self.issues(), told)
        self.small.image_variant_1920 = picture(600, 700)
        self.assertEqual(self.issues(), everybody - {"JACKET-S"})
        self.jacket.image_1920 = False
        self.assertFalse(self.issues())

    def test_picture_that_odoo_makes_small_is_small(self):
        self.jacket.image_1920 = picture(1000, 700)
        self.assertFalse(self.issues())
        self.catalogue.picture_size = "image_512"
        self.assertEqual(len(self.issues()), 3)

    def test_picture_is_opened_once(self):
        self.jacket.image_1920 = picture(300, 300)
        told = self.issues()
        opened = patch.object(
            lengow_catalogue_pictures.Image, "open", side_effect=AssertionError
        )
        with opened:
            self.jacket.name = "Coat"
            self.assertEqual(self.issues(), told)
            refresher = self.env["lengow.catalogue.refresher"]
            refresher._refresh(self.catalogue, parts=("price",))
            refresher._refresh(self.catalogue, products=self.small)
            self.assertEqual(self.issues(), told)

    def test_picture_that_is_kept_in_the_database_is_measured_too(self):
        self.env["ir.config_parameter"].set_param("ir_attachment.location", "db")
        self.jacket.image_1920 = picture(300, 300)
        self.assertEqual(len(self.issues()), 3)
        self.jacket.image_1920 = picture(800, 800)
        self.assertFalse(self.issues())

    def test_picture_that_nobody_can_open_is_none_that_is_small(self):
        self.jacket.image_1920 = picture(300, 300)
        broken = patch.object(
            lengow_catalogue_pictures.Image, "open", side_effect=OSError("truncated")
        )
        with broken:
            self.assertFalse(self.issues())
