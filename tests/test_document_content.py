"""What files are found to be, whatever they are called."""

import io
import tracemalloc

from odoo.tests import BaseCase, tagged

from ..documents import ContentDamaged, ContentRefused, Paper, Printer, check_content
from .common.documents import (
    file_on_a_share,
    form_with_scripts,
    hidden_script,
    image,
    launch,
    link_to_web_page,
    opens_web_page,
    pdf,
    pdf_of_shared_pages,
    pdf_with,
    png_without_picture,
    script,
    swollen_pdf,
    texts_of,
)


@tagged("post_install", "-at_install")
class TestDocumentContent(BaseCase):
    def check(self, content):
        """Return what a file is found to be."""
        found = check_content(content)
        return found.mimetype, found.extension, found.is_locked

    def assert_refused(self, content, code):
        with self.assertRaises(ContentRefused) as caught:
            check_content(content)
        self.assertEqual(caught.exception.code, code)

    def test_a_pdf_an_image_and_a_text_are_kept(self):
        self.assertEqual(self.check(pdf()), ("application/pdf", ".pdf", False))
        self.assertEqual(self.check(b"\n " + pdf())[0], "application/pdf")
        self.assertEqual(self.check(image())[:2], ("image/png", ".png"))
        self.assertEqual(self.check(image("JPEG"))[:2], ("image/jpeg", ".jpg"))
        text = "Bon de livraison n° 5\nÀ: <camille@example.com>".encode()
        self.assertEqual(self.check(text)[:2], ("text/plain", ".txt"))

    def test_nothing_else_is_kept(self):
        for content in (
            image("GIF"),
            image("BMP"),
            b"PK\x03\x04" + bytes(60),
            b"MZ" + bytes(200),
            b"\x7fELF" + bytes(60),
            b"text with a bell \x07 and more",
            b"#!/bin/sh\nrm -rf /\n",
        ):
            with self.subTest(content[:8]), self.assertRaises(ContentRefused):
                check_content(content)

    def test_markup_is_refused_whatever_it_is_called(self):
        for content in (
            b"<!DOCTYPE html><html><body>hello</body></html>",
            b"  \n<html><script>alert(1)</script></html>",
            b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
            b"<?xml version='1.0'?><invoice/>",
            b"Dear buyer, click <a href='javascript:alert(1)'>here</a>",
            b"<html>%PDF-1.4 " + pdf(),
        ):
            with self.subTest(content[:20]), self.assertRaises(ContentRefused):
                check_content(content)

    def test_a_pdf_that_acts_is_refused(self):
        for change in (script, launch, hidden_script):
            with self.subTest(change.__name__):
                self.assert_refused(pdf_with(change), "active")

    def test_a_pdf_that_reaches_out_is_refused(self):
        for change in (opens_web_page, file_on_a_share, form_with_scripts):
            with self.subTest(change.__name__):
                self.assert_refused(pdf_with(change), "active")

    def test_a_pdf_with_a_link_to_click_is_kept(self):
        self.assertEqual(self.check(pdf_with(link_to_web_page))[0], "application/pdf")

    def test_a_locked_pdf_that_spells_its_script_oddly_is_refused(self):
        locked = pdf(password="secret")
        for name in (b"/JavaScript", b"/J#61vaScript", b"/Launc#68", b"/GoToR"):
            with self.subTest(name):
                odd = b"9 0 obj\n<</S %s>>\nendobj\nstartxref" % name
                self.assert_refused(locked.replace(b"startxref", odd), "active")

    def test_a_pdf_that_a_password_opens_is_kept_and_marked(self):
        self.assertEqual(
            self.check(pdf(password="secret")), ("application/pdf", ".pdf", True)
        )

    def test_a_pdf_that_only_forbids_changes_is_an_ordinary_one(self):
        self.assertEqual(
            self.check(pdf(password="")), ("application/pdf", ".pdf", False)
        )

    def test_a_file_that_is_not_whole_is_damaged(self):
        whole = pdf("x" * 200)
        for content in (
            b"",
            b" \n ",
            whole[:-100],
            whole[: len(whole) // 2],
            b"%PDF-1.4\nnonsense\n%%EOF\n",
            image()[:30],
        ):
            with self.subTest(content[:8]), self.assertRaises(ContentDamaged):
                check_content(content)

    def test_a_pdf_that_grows_to_gigabytes_never_reaches_memory(self):
        content = swollen_pdf(120)
        self.assertLess(len(content), 400_000)
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        self.assert_refused(content, "too_large")
        _now, peak = tracemalloc.get_traced_memory()
        self.assertLess(peak, 100 * 1024**2)
        self.assertEqual(self.check(swollen_pdf(1))[0], "application/pdf")

    def test_a_pdf_whose_pages_are_shared_a_million_times_is_refused(self):
        self.assert_refused(pdf_of_shared_pages(), "too_large")
        self.assertEqual(self.check(pdf_of_shared_pages(2))[0], "application/pdf")

    def test_a_png_without_picture_is_damaged(self):
        with self.assertRaises(ContentDamaged):
            check_content(png_without_picture())

    def test_a_text_of_nothing_but_page_breaks_is_refused(self):
        self.assert_refused(b"x" + b"\f" * 500_000, "too_large")
        self.assert_refused(b"x" + b"\n" * 500_000, "too_large")

    def test_an_image_that_explodes_in_memory_is_refused(self):
        huge = image(size=(20_000, 20_000), mode="1")
        self.assert_refused(huge, "too_large")

    def test_a_text_that_is_a_book_is_refused(self):
        self.assert_refused(b"word " * 300_000, "too_large")


@tagged("post_install", "-at_install")
class TestPrinter(BaseCase):
    def print(self, *contents, cover=None):
        """Return the texts of the pages, and which files worked."""
        printer = Printer()
        worked = [
            printer.add(Paper(f"File {index}", mimetype, lambda c=content: c))
            for index, (mimetype, content) in enumerate(contents)
        ]
        if cover:
            printer.add_cover(*cover)
        target = io.BytesIO()
        printer.write_to(target)
        return texts_of(target.getvalue()), worked

    def test_pages_come_in_the_order_of_the_files(self):
        texts, worked = self.print(
            ("application/pdf", pdf("First", "Second")),
            ("application/pdf", pdf("Third")),
        )
        self.assertEqual([text.strip() for text in texts], ["First", "Second", "Third"])
        self.assertEqual(worked, [True, True])

    def test_images_and_texts_become_pages(self):
        text = "\n".join(f"Line {number} é" for number in range(100)).encode()
        texts, worked = self.print(
            ("image/png", image()),
            ("image/jpeg", image("JPEG", (20, 40))),
            ("text/plain", text),
            ("text/plain", "naïve".encode("cp1252")),
        )
        self.assertEqual(worked, [True] * 4)
        self.assertEqual(len(texts), 5)
        self.assertIn("Line 0 é", texts[2])
        self.assertIn("Line 99 é", texts[3])
        self.assertIn("naïve", texts[4])

    def test_a_file_that_cannot_be_read_does_not_stop_the_others(self):
        texts, worked = self.print(
            ("application/pdf", pdf("First")),
            ("application/pdf", pdf(password="secret")),
            ("application/pdf", b"%PDF-1.4 nonsense"),
            ("image/png", image()[:40]),
            ("application/pdf", pdf("Last")),
            cover=("Missing:", ["• Łódź, Αθήνα"]),
        )
        self.assertEqual(worked, [True, False, False, False, True])
        self.assertIn("Missing:", texts[0])
        self.assertIn("First", texts[1])
        self.assertIn("Last", texts[2])

    def test_a_file_that_was_kept_before_it_was_found_to_grow_stops_nothing(self):
        texts, worked = self.print(
            ("application/pdf", swollen_pdf(64)),
            ("application/pdf", pdf_of_shared_pages()),
            ("image/png", png_without_picture()),
            ("text/plain", b"\f" * 500_000),
            ("application/pdf", pdf("Last")),
        )
        self.assertEqual(worked, [False, False, False, False, True])
        self.assertEqual(len(texts), 1)

    def test_a_long_line_is_wrapped_and_an_empty_text_is_a_page(self):
        texts, _worked = self.print(
            ("text/plain", b"word " * 100), ("text/plain", b"\f")
        )
        self.assertGreater(len(texts[0].splitlines()), 4)
        self.assertEqual(len(texts), 3)
