"""How the files of documents come: claimed, fetched, checked, kept.

An attempt is counted, and the next one dated, before the call. So a worker that dies
over a document leaves it due for later, and no other worker takes it meanwhile.
"""

import logging
import time
from datetime import timedelta
from pathlib import PurePath

from odoo import api, fields, models

from ...documents import ContentDamaged, ContentRefused, check_content
from ...lengow_api import (
    AuthenticationError,
    LengowError,
    LinkReader,
    LinkRefusedError,
    NotFoundError,
    RateLimitedError,
    ServerError,
    TooLargeError,
    UnreachableError,
    document_id_of,
)
from ..ui import notification

_logger = logging.getLogger(__name__)

# Marketplaces often name a document before they have made it, so the first tries are
# close; after five days nothing is to be expected by itself.
PAUSES = [
    timedelta(minutes=minutes) for minutes in (5, 30, 120, 360, 720, 1440, 2880, 2880)
]
# Troubles of the account, not of the document: no use in asking for the next one.
ACCOUNT_TROUBLE = (AuthenticationError, RateLimitedError, UnreachableError)
ACCOUNT_PAUSE = 15 * 60
BUTTON_SECONDS = 60
LONGEST_NAME = 150


class LengowDocument(models.Model):
    _inherit = "lengow.document"

    # === CRON METHODS === #

    @api.model
    def _cron_fetch_documents(self):
        """Fetch the documents that are due, each in a transaction of its own."""
        due = self.search(self._due_domain(), order="next_try_at, id")
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(due))
        for account, documents in due.grouped(lambda d: d.order_id.account_id).items():
            if not documents._cron_fetch_from(account):
                break

    def _cron_fetch_from(self, account):
        """Fetch documents of one account, committing each.

        :return: whether there is time left for the next account
        :rtype: bool
        """
        cron = self.env["ir.cron"]
        with account._get_client() as client:
            for index, one in enumerate(self):
                document = one.try_lock_for_update(allow_referencing=True)
                document = document.filtered_domain(self._due_domain())
                document._claim()
                cron._commit_progress()
                trouble = document and document._fetch(client)
                if trouble:
                    rest = self[index:]
                    rest._postpone(account, trouble)
                    return bool(cron._commit_progress(len(rest)))
                if not cron._commit_progress(1):
                    return False
        return True

    def _due_domain(self):
        return [
            ("state", "in", ("todo", "failed")),
            ("next_try_at", "<=", fields.Datetime.now()),
            ("order_id.account_id.state", "!=", "draft"),
            ("order_id.account_id.active", "=", True),
        ]

    # === ACTION METHODS === #

    def action_fetch(self):
        """Download these documents now, as many as a click can bear.

        :return: a notification with the outcome
        """
        self.check_access("write")
        missing = self.sudo().filtered(lambda document: document.state != "fetched")
        missing.write(self._restart_values())
        deadline = time.monotonic() + BUTTON_SECONDS
        for account, documents in missing.grouped(
            lambda document: document.order_id.account_id
        ).items():
            documents._fetch_from(account, deadline)
        if missing.filtered(lambda document: document.state == "todo"):
            self.env.ref("lengow_connector.cron_fetch_documents")._trigger()
        return self._fetch_notification(missing)

    def _fetch_from(self, account, deadline):
        """Fetch documents of one account without committing.

        :param float deadline: on the clock of `time.monotonic`
        """
        with account._get_client() as client:
            for index, document in enumerate(self):
                if time.monotonic() > deadline:
                    return
                document._claim()
                trouble = document._fetch(client)
                if trouble:
                    self[index:]._postpone(account, trouble)
                    return

    def _fetch_notification(self, documents):
        """Say what became of documents that were asked for."""
        account = self.sudo().order_id.account_id[:1]
        wrong = documents.filtered("error_message")
        fetched = documents.filtered(lambda document: document.state == "fetched")
        message = self.env._(
            "%(fetched)s of %(count)s documents downloaded.",
            fetched=len(fetched),
            count=len(documents),
        )
        if wrong:
            message += f" {wrong[0].error_message}"
        elif fetched != documents and account.error_message:
            message += f" {account.error_message}"
        kind = "success" if fetched == documents else "warning"
        return notification(kind, message)

    # === STATE TRANSITIONS === #

    def _claim(self):
        """Count an attempt and date the next one, before the attempt is made."""
        now = fields.Datetime.now()
        for document in self:
            pause = PAUSES[document.attempt_count : document.attempt_count + 1]
            document.write(
                {
                    "attempt_count": document.attempt_count + 1,
                    "next_try_at": now + pause[0] if pause else False,
                }
            )

    def _postpone(self, account, trouble):
        """Leave documents for later because their account is in trouble.

        The attempt that met the trouble does not count.

        :param lengow.account account: of the documents
        :param LengowError trouble: what the client raised
        """
        account._mark_error(trouble)
        pause = max(trouble.retry_after or 0, ACCOUNT_PAUSE)
        next_try_at = fields.Datetime.now() + timedelta(seconds=pause)
        self.write({"next_try_at": next_try_at})
        self[0].attempt_count -= 1

    def _mark_failed(self, reason):
        self.write({"state": "failed", "error_message": reason})

    def _mark_refused(self, reason):
        self.write({"state": "refused", "error_message": reason, "next_try_at": False})

    def _mark_fetched(self, document, checked):
        """Keep a file that was fetched and found good.

        :param lengow_api.Document document: the file
        :param CheckedContent checked: what it is
        """
        name = self._file_name(document, checked)
        self.write(
            {
                "state": "fetched",
                "name": self.name or name,
                "attachment_id": self._keep(document.content, name, checked).id,
                "is_locked": checked.is_locked,
                "error_message": False,
                "next_try_at": False,
            }
        )

    # === BUSINESS METHODS === #

    def _fetch(self, client):
        """Fetch, check and keep the file of one document.

        What is wrong with the document itself ends on it.

        :param LengowClient client: of the document's account
        :return: the trouble of the account that stopped it, or None
        :rtype: LengowError | None
        """
        self.ensure_one()
        try:
            document = self._download(client)
            checked = check_content(document.content)
        except (LinkRefusedError, TooLargeError) as error:
            self._mark_refused(self._describe(error))
        except ContentRefused as error:
            self._mark_refused(self._describe_content(error.code))
        except ContentDamaged:
            self._mark_failed(self.env._("The file is damaged or incomplete."))
        except ACCOUNT_TROUBLE as error:
            return error
        except LengowError as error:
            self._mark_failed(self._describe(error))
        else:
            self._mark_fetched(document, checked)
        return None

    def _download(self, client):
        """Fetch the file by its id, else by its link.

        :param LengowClient client: of the document's account
        :rtype: lengow_api.Document
        :raise LengowError: when it cannot be had
        """
        document_id = self.remote_id or document_id_of(self.url, self._api_url())
        if not document_id:
            return self._read_link()
        try:
            return client.download_document(document_id)
        except NotFoundError:
            if not (self.remote_id and self.url):
                raise
            return self._read_link()

    def _read_link(self):
        """Fetch the file by its link.

        :raise LengowError: when it cannot be had; never one of the account's troubles,
            since another server is asked
        """
        account = self.order_id.account_id
        reader = LinkReader(
            account._get_document_hosts(),
            own_url=self._api_url(),
            clock=time.monotonic,
        )
        try:
            return reader.read(self.url)
        except ACCOUNT_TROUBLE as error:
            raise ServerError(error.message) from error

    def _api_url(self):
        return self.order_id.account_id.base_url

    def _keep(self, content, name, checked):
        """Return the attachment of a file; the same file of an order is kept once.

        :param bytes content: the file
        :param str name: for people who download it
        :param CheckedContent checked: what it is
        :rtype: ir.attachment
        """
        # As it came: Odoo would otherwise shrink large images.
        Attachment = self.env["ir.attachment"].with_context(image_no_postprocess=True)
        checksum = Attachment._compute_checksum(content)
        known = self.order_id.document_ids.attachment_id.filtered(
            lambda attachment: attachment.checksum == checksum
        )
        return known[:1] or Attachment.create(
            {
                "name": name,
                "raw": content,
                "mimetype": checked.mimetype,
                "res_model": self._name,
                "res_id": self.id,
            }
        )

    def _file_name(self, document, checked):
        """Return a name whose end tells what the file really is."""
        name = document.filename or self._title()
        stem = (
            name.removesuffix(PurePath(name).suffix)
            if _ends_right(name, checked)
            else name
        )
        return stem[:LONGEST_NAME] + checked.extension

    # === WORDS FOR WHAT WENT WRONG === #

    def _describe(self, error):
        """Return a sentence that says why a file could not be had, and what to do.

        :param LengowError error: what was raised
        :rtype: str
        """
        _logger.info("Document %s: %s", self.id, error)
        if isinstance(error, LinkRefusedError):
            return self.env._(
                "The link of this document is not followed, for safety: %(reason)s "
                "(%(host)s) A manager can allow a host on the account %(account)s; "
                "then download again.",
                reason=error.message,
                host=error.host or "",
                account=self.order_id.account_id.name,
            )
        sentences = self._error_sentences()
        return sentences.get(error.code) or self.env._(
            "The file could not be downloaded: %s", error.message
        )

    def _error_sentences(self):
        return {
            "not_found": self.env._(
                "The file does not exist at Lengow, not yet or not any more."
            ),
            "access_denied": self.env._(
                "Access to the file is denied. Its link may have expired: refresh the "
                "order from Lengow."
            ),
            "server_error": self.env._("The server of the file has a problem."),
            "timeout": self.env._("The server of the file took too long."),
            "connection_lost": self.env._("The download broke off."),
            "bad_response": self.env._(
                "What came is empty or a web page, no document."
            ),
            "too_large": self.env._("The file is larger than 25 MB."),
        }

    def _describe_content(self, code):
        return {
            "kind": self.env._(
                "The file is not kept: it is neither a PDF, an image nor a text."
            ),
            "active": self.env._(
                "The file is not kept: it contains scripts or actions, which no "
                "document for printing needs."
            ),
            "too_large": self.env._("The file is not kept: it is too large to print."),
        }[code]


def _ends_right(name, checked):
    """Tell whether the end of a file's name fits what the file is."""
    suffix = PurePath(name).suffix.lower()
    return suffix == checked.extension or (suffix, checked.extension) == (
        ".jpeg",
        ".jpg",
    )
