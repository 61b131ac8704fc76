"""Orders with documents, and files of every kind."""

import io

from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from odoo.tools.pdf import (
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


def image(kind="PNG", size=(40, 20), mode="RGB"):
    """Return an image of one colour; one of many pixels is made fast in mode `1`."""
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
