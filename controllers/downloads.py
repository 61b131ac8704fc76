import io
import mimetypes

from werkzeug.utils import send_file

from odoo import fields, http
from odoo.exceptions import AccessError, MissingError
from odoo.http import Response, request


class LengowDownloads(http.Controller):
    """Files that are made when they are asked for, and kept nowhere."""

    @http.route(
        "/lengow/documents/print/<int:job_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=False,
    )
    def print_documents(self, job_id):
        """Stream the PDF of a print job to the user who made it."""
        job = self._own("lengow.document.print", job_id)
        return self._stream(job._write_pdf, "documents.pdf", as_attachment=False)

    @http.route(
        "/lengow/orders/export/<int:export_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=False,
    )
    def export_orders(self, export_id):
        """Stream the file of an export to the user who made it."""
        export = self._own("lengow.order.export", export_id)
        return self._stream(export._write_file, export._file_name())

    @http.route(
        "/lengow/tasks/<int:task_id>/file",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def download_task(self, task_id):
        """Stream the file of a background task to whoever asked for it."""
        task = request.env["lengow.task"].browse(task_id)
        try:
            task.check_access("read")
            if task.kind == "export":  # somebody may have lost that right meanwhile
                request.env["lengow.disclosure"]._check_may_export()
            file_sudo = task.sudo().file_id  # nobody else can read the task
        except (AccessError, MissingError):
            raise request.not_found() from None
        if not file_sudo:
            raise request.not_found()
        stream = request.env["ir.binary"]._get_stream_from(
            file_sudo, mimetype=mimetypes.guess_type(file_sudo.name)[0]
        )
        response = stream.get_response(as_attachment=task.kind != "print")
        return self._keep_nowhere(response)

    @http.route(
        "/lengow/accounts/<int:account_id>/report",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def report_account(self, account_id):
        """Stream the report of an account to a manager who may change it."""
        account = request.env["lengow.account"].browse(account_id)
        try:
            account.check_access("write")
            report = request.env["lengow.support"]._report(account)
        except (AccessError, MissingError):
            raise request.not_found() from None
        file = io.BytesIO()
        file.write(report.encode())
        return self._stream(lambda: file, "lengow report.json")

    def _own(self, model, record_id):
        """Return a record of a wizard that the user made.

        :raise NotFound: for any other, so that nobody learns which there are
        """
        record = request.env[model].browse(record_id)
        try:
            record.check_access("read")
            is_own = record.create_uid == request.env.user
        except (AccessError, MissingError):
            is_own = False
        if not is_own:
            raise request.not_found()
        return record

    def _stream(self, write_file, name, as_attachment=True):
        """Return the answer that carries a file.

        :param write_file: makes it, and returns it open
        :param str name: with the extension, from which the type follows
        """
        file = write_file()
        size = file.tell()
        file.seek(0)
        response = send_file(
            file,
            request.httprequest.environ,
            download_name=f"{fields.Date.context_today(request.env.user)} {name}",
            as_attachment=as_attachment,
            response_class=Response,
            # a part of the file cannot be had: it would have to be made again
            conditional=False,
            etag=False,
        )
        response.headers["Content-Length"] = str(size)
        return self._keep_nowhere(response)

    def _keep_nowhere(self, response):
        """Let no browser or proxy keep a file, nor anything in it do something."""
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Content-Security-Policy"] = "default-src 'none'"
        return response
