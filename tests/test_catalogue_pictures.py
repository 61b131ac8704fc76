"""Pictures on addresses that anybody may open, and nobody can make up."""

import base64
import io
import re

from PIL import Image

from odoo.tests import tagged

from .common.catalogue_files import CatalogueFilesCase, picture

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@tagged("post_install", "-at_install")
class TestCataloguePictures(CatalogueFilesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shirt.product_tmpl_id.image_1920 = picture("red")
        cls.list_product(cls.catalogue, cls.shirt)
        cls.list_product(cls.catalogue, cls.mug)

    def urls(self, product=None, catalogue=None):
        pictures = self.env["lengow.catalogue.pictures"]
        product = product or self.shirt
        return pictures._addresses(catalogue or self.catalogue, product)[product.id]

    def url(self, product=None):
        (url,) = self.urls(product)
        return url

    def color_at(self, url):
        """Return the color, the size and the format of the picture at an address."""
        answer = self.fetch(url)
        self.assertEqual(answer.status_code, 200, url)
        image = Image.open(io.BytesIO(answer.content))
        red, _green, blue = image.convert("RGB").getpixel((5, 5))
        names = {(True, False): "red", (False, True): "blue", (False, False): "green"}
        return names[red > 200, blue > 200], image.size[0], image.format

    def add_document(self, record, color, name="more.png", **values):
        return self.env["product.document"].create(
            {
                "name": name,
                "res_model": record._name,
                "res_id": record.id,
                "datas": picture(color),
                "lengow_is_picture": True,
                **values,
            }
        )

    # === WHAT IS SERVED === #

    def test_picture_is_served_and_may_be_kept_for_ever(self):
        answer = self.fetch(self.url())
        self.assertEqual(answer.headers["Content-Type"], "image/png")
        self.assertEqual(
            answer.headers["Cache-Control"], "public, max-age=31536000, immutable"
        )
        self.assertEqual(answer.headers["Content-Length"], str(len(answer.content)))
        self.assertNotIn("Set-Cookie", answer.headers)
        self.assertEqual(self.color_at(self.url()), ("red", 600, "PNG"))
        self.assertFalse(self.fetches())  # of files alone

    def test_programs_that_ask_first_may_fetch_pictures(self):
        """Google refuses products whose pictures it may not read."""
        told = self.fetch("/robots.txt").text.splitlines()
        self.assertIn("Allow: /lengow/image/", told)
        self.assertNotIn("X-Robots-Tag", self.fetch(self.url()).headers)

    def test_address_is_as_it_was_agreed(self):
        path = self.url().removeprefix(self.base_url())
        pattern = (
            rf"/lengow/image/\d+-[0-9a-f]{{32}}/{self.shirt.id}-1-[0-9a-f]{{16}}\.png"
        )
        self.assertTrue(re.fullmatch(pattern, path), path)

    def test_product_without_picture_has_no_address(self):
        """A placeholder is no picture of a product."""
        self.assertEqual(self.urls(self.mug), [])

    def test_conditional_and_partial_requests(self):
        first = self.fetch(self.url())
        again = self.fetch(self.url(), If_None_Match=first.headers["ETag"])
        self.assertEqual((again.status_code, again.content), (304, b""))
        self.assertIn("immutable", again.headers["Cache-Control"])
        part = self.fetch(self.url(), Range="bytes=0-7")
        self.assertEqual((part.status_code, part.content), (206, first.content[:8]))
        head = self.fetch(self.url(), "HEAD")
        self.assertEqual(head.headers["Content-Length"], str(len(first.content)))

    def test_formats_are_sent_as_they_are_stored(self):
        for kind, extension in (("JPEG", "jpg"), ("GIF", "gif"), ("PNG", "png")):
            with self.subTest(kind=kind):
                self.shirt.product_tmpl_id.image_1920 = picture("blue", kind)
                self.assertTrue(self.url().endswith(f".{extension}"))
                self.assertEqual(self.color_at(self.url())[2], kind)

    def test_document_of_another_company_stays_there(self):
        other = self.env["res.company"].create({"name": "Other"})
        before = self.urls()
        document = self.add_document(self.shirt, "blue", company_id=other.id)
        self.assertEqual(self.urls(), before)
        document.company_id = self.company
        sent = self.urls()
        self.assertEqual(len(sent), len(before) + 1)
        self.assertEqual(self.color_at(sent[-1])[0], "blue")
        document.company_id = other
        self.assertEqual(self.fetch(sent[-1]).status_code, 404)

    def test_drawings_are_no_pictures(self):
        """They may carry scripts, and no marketplace takes them."""
        self.mug.product_tmpl_id.image_1920 = base64.b64encode(SVG)
        self.add_document(self.mug, "red", datas=base64.b64encode(SVG), name="x.svg")
        self.assertEqual(self.urls(self.mug), [])

    def test_size_is_the_one_that_was_chosen(self):
        self.shirt.product_tmpl_id.image_1920 = picture("red", pixels=1500)
        sizes = {}
        for size in ("image_512", "image_1024", "image_1920"):
            self.catalogue.picture_size = size
            sizes[size] = self.color_at(self.url())[1], self.url()
        self.assertEqual([s[0] for s in sizes.values()], [512, 1024, 1500])
        self.assertEqual(len({s[1] for s in sizes.values()}), 3)

    # === WHICH === #

    def test_variant_has_its_own_picture_else_that_of_the_template(self):
        color = self.env["product.attribute"].create(
            {
                "name": "Color",
                "value_ids": [(0, 0, {"name": name}) for name in ("Red", "Blue")],
            }
        )
        template = self.env["product.template"].create(
            {
                "name": "Cap",
                "image_1920": picture("red"),
                "attribute_line_ids": [
                    (
                        0,
                        0,
                        {
                            "attribute_id": color.id,
                            "value_ids": [(6, 0, color.value_ids.ids)],
                        },
                    )
                ],
            }
        )
        red, blue = template.product_variant_ids
        blue.image_variant_1920 = picture("blue")
        for variant in (red, blue):
            self.list_product(
                self.catalogue, variant, kind="child", identifier=str(variant)
            )
        self.assertEqual(self.color_at(self.url(red))[0], "red")
        self.assertEqual(self.color_at(self.url(blue))[0], "blue")
        self.assertEqual(self.color_at(self.url(template))[0], "red")

    def test_documents_follow_where_somebody_says_so(self):
        self.add_document(self.shirt.product_tmpl_id, "blue")
        self.add_document(self.shirt, "green", sequence=1)
        colors = [self.color_at(url)[0] for url in self.urls()]
        self.assertEqual(colors, ["red", "green", "blue"])

    def test_what_is_dropped_into_the_chatter_stays_inside(self):
        self.env["ir.attachment"].create(
            {
                "name": "invoice of the supplier.png",
                "res_model": "product.template",
                "res_id": self.shirt.product_tmpl_id.id,
                "datas": picture("blue"),
            }
        )
        self.add_document(self.shirt, "blue", lengow_is_picture=False)
        self.add_document(self.shirt, "blue", active=False)
        self.assertEqual(len(self.urls()), 1)

    def test_other_files_and_links_are_no_pictures(self):
        pdf = base64.b64encode(b"%PDF-1.4 x")
        self.add_document(self.shirt, "blue", name="x.pdf", datas=pdf)
        self.add_document(
            self.shirt,
            "blue",
            name="y.png",
            datas=False,
            type="url",
            url="https://example.com/y.png",
        )
        self.assertEqual(len(self.urls()), 1)

    def test_at_most_ten_and_each_once(self):
        for number in range(12):
            self.add_document(
                self.shirt, "blue", datas=picture("blue", pixels=300 + number)
            )
        self.add_document(self.shirt, "red", datas=picture("red"), sequence=0)
        urls = self.urls()
        self.assertEqual(len(urls), 10)
        self.assertEqual(len({url.split("-")[-1] for url in urls}), 10)
        self.assertEqual(self.color_at(urls[9])[0], "blue")

    def test_queries_do_not_grow_with_the_products(self):
        pictures = self.env["lengow.catalogue.pictures"]
        templates = self.env["product.template"].create(
            [{"name": f"P{i}", "image_1920": picture(pixels=10 + i)} for i in range(30)]
        )
        products = templates.product_variant_ids
        counts = []
        for some in (products[:2], products):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = pictures._addresses(self.catalogue, some)
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual({len(urls) for urls in found.values()}, {1})
            self.assertEqual(list(found), some.ids)
        self.assertLessEqual(counts[1], counts[0])
        self.assertLessEqual(counts[1], 8)

    def test_no_products_have_no_pictures(self):
        none = self.env["product.product"]
        pictures = self.env["lengow.catalogue.pictures"]
        self.assertEqual(pictures._addresses(self.catalogue, none), {})

    # === CHANGES === #

    def test_new_picture_has_a_new_address(self):
        before = self.url()
        self.shirt.product_tmpl_id.image_1920 = picture("blue")
        self.assertNotEqual(self.url(), before)
        self.assertEqual(self.color_at(self.url())[0], "blue")

    def test_address_of_a_replaced_picture_shows_the_new_one_for_a_while(self):
        before = self.url()
        self.shirt.product_tmpl_id.image_1920 = picture("blue")
        self.assertEqual(self.color_at(before)[0], "blue")
        self.assertEqual(
            self.fetch(before).headers["Cache-Control"], "public, max-age=3600"
        )

    def test_address_outlives_another_order_of_pictures(self):
        more = self.add_document(self.shirt, "blue", sequence=5)
        last = self.add_document(self.shirt, "green", sequence=6)
        blue, green = self.urls()[1:]
        more.sequence, last.sequence = 9, 1
        self.assertEqual(self.color_at(blue)[0], "blue")
        self.assertEqual(self.color_at(green)[0], "green")

    def test_picture_that_is_gone_is_not_found(self):
        before = self.url()
        self.shirt.product_tmpl_id.image_1920 = False
        self.assertEqual(self.fetch(before).status_code, 404)
        self.shirt.product_tmpl_id.image_1920 = picture("blue")
        url = self.url()
        self.shirt.unlink()
        self.assertEqual(self.fetch(url).status_code, 404)

    # === WHO GETS NONE === #

    def test_tampered_address_is_not_found(self):
        url = self.url()
        base, signed, name = url.rsplit("/", 2)
        catalogue_id, signature = signed.split("-")
        rest = name[name.index("-") :]
        flipped = ("0" if signature[0] != "0" else "1") + signature[1:]
        foreign = self.create_product("FOREIGN", image_1920=picture("green"))
        self.list_product(self.catalogue, foreign)
        for wrong in (
            f"{base}/{catalogue_id}-{flipped}/{name}",
            f"{base}/{catalogue_id}-{signature[:-1]}/{name}",
            f"{base}/{signature}/{name}",
            f"{base}/{signed}/{name.replace('-1-', '-2-')}",
            f"{base}/{signed}/{foreign.id}{rest}",
            f"{base}/{signed}/t{name}",
            f"{base}/{signed}/t{self.shirt.product_tmpl_id.id}{rest}",
            f"{base}/{int(catalogue_id) + 1}-{signature}/{name}",
            f"{base}/{10**30}-{signature}/{name}",
            f"{base}/{signed}/{10**30}-1-{'0' * 16}.png",
            f"{base}/{signed}/{name}x.html",
            f"{base}/{signed}/x",
            f"{base}/x/{name}",
            f"{base}/%00/%ED%A0%80",
        ):
            with self.subTest(url=wrong):
                answer = self.fetch(wrong)
                self.assertEqual(answer.status_code, 404)
                self.assertFalse(answer.content)
                self.assertNotIn("Set-Cookie", answer.headers)

    def test_product_that_is_not_listed_is_not_shown(self):
        foreign = self.create_product("FOREIGN", image_1920=picture("green"))
        url = self.url(foreign)
        self.assertEqual(self.fetch(url).status_code, 404)
        row = self.list_product(self.catalogue, foreign)
        self.assertEqual(self.fetch(url).status_code, 200)
        row.state = "withdrawn"  # stands in the file for some days more
        self.assertEqual(self.fetch(url).status_code, 200)
        row.state = "removed"
        self.assertEqual(self.fetch(url).status_code, 404)

    def test_product_of_another_catalogue_is_not_shown_by_this_one(self):
        company_b = self.env["res.company"].create({"name": "Company B"})
        self.env["lengow.routing.rule"].create(
            {"account_id": self.account.id, "company_id": company_b.id}
        )
        other = self.create_catalogue(company_id=company_b.id)
        foreign = self.create_product("FOREIGN", image_1920=picture("green"))
        self.list_product(other, foreign)
        (here,), (there,) = self.urls(foreign), self.urls(foreign, other)
        self.assertEqual(self.fetch(here).status_code, 404)
        self.assertEqual(self.fetch(there).status_code, 200)

    def test_archived_catalogue_and_copies_show_nothing(self):
        url = self.url()
        self.catalogue.active = False
        self.assertEqual(self.fetch(url).status_code, 404)
        self.catalogue.active = True
        self.assertEqual(self.fetch(url).status_code, 200)
        self.env["ir.config_parameter"].set_param("database.is_neutralized", "true")
        self.assertEqual(self.fetch(url).status_code, 404)

    def test_draft_shows_its_pictures_to_who_has_their_address(self):
        self.catalogue.state = "draft"
        self.assertEqual(self.color_at(self.url())[0], "red")

    def test_another_database_signs_otherwise(self):
        url = self.url()
        self.env["ir.config_parameter"].set_param("database.secret", "another one")
        self.assertNotEqual(self.url(), url)
        self.assertEqual(self.fetch(url).status_code, 404)
