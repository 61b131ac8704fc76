"""How the files of documents come: claimed, fetched, checked, kept.

An attempt is counted, and the next one dated, before the call. So a worker that dies
over a document leaves it due for later, and no other worker takes it meanwhile.
"""

import logging
import time
from contextlib import ExitStack
from datetime import timedelta
from pathlib import PurePath

from odoo import fields, models
from odoo.exceptions import UserError

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
from ..errors import FOR_PEOPLE, is_collision, words_of
from ..outbox.lengow_sender import OutgoingCalls
from ..settings.lengow_cron import Work

_logger = logging.getLogger(__name__)

# Troubles of the account, not of the document: no use in asking for the next one.
ACCOUNT_TROUBLE = (AuthenticationError, RateLimitedError, UnreachableError)
ACCOUNT_PAUSE = 15 * 60
LONGEST_NAME = 150


class LengowDocumentFetcher(models.AbstractModel):
    _name = "lengow.document.fetcher"
    _description = "Fetcher of Marketplace Documents"

    # === CRON METHODS === #

    def _cron_fetch(self):
        """Fetch the documents that are due, each in a transaction of its own."""
        due = self.env["lengow.document"].search(
            self._due_domain(), order="next_try_at, id"
        )
        self._run_on(due)

    def _run_on(self, documents):
        """Fetch those of some documents that are due.

        :param lengow.document documents: that were due when they were found
        """
        with ExitStack() as stack:
            work = Work(
                "cron_fetch_documents",
                self,
                step="_fetch_claimed",
                note="_note_failure",
                domain=self._due_domain(),
                args=(OutgoingCalls(stack),),
            )
            self.env["lengow.cron"]._each(documents, work)

    def _fetch_claimed(self, document, calls):
        """Fetch one document after the attempt was committed.

        :param lengow.document document: due, and locked
        :param OutgoingCalls calls: of this run
        """
        account = document.order_id.account_id
        client = calls.client_of(account)
        if not client:
            return
        document._claim()
        self.env["lengow.cron"]._commit()
        trouble = self._fetch(document, client)
        self.env["lengow.cron"]._count(
            account,
            updated=document.state == "fetched",
            failed=document.state in ("failed", "refused"),
        )
        if trouble:
            calls.pause(account)
            due = [*self._due_domain(), ("order_id.account_id", "=", account.id)]
            self._postpone(document | document.search(due), account, trouble)

    def _note_failure(self, document, error):
        """Keep on a document what stopped it; it is tried again as often as others.

        :param lengow.document document: whose step was undone
        :param Exception error: what was raised
        """
        if document.next_try_at and document.next_try_at <= fields.Datetime.now():
            document._claim()
        document._mark_failed(
            words_of(error)
            if isinstance(error, FOR_PEOPLE)
            else self.env._(
                "It could not be read (%s). Download it again; if it stays, give your "
                "administrator the server log of this moment.",
                type(error).__name__,
            )
        )

    def _due_domain(self):
        """Return the domain of the documents to fetch now.

        :rtype: list
        """
        return [
            ("state", "in", ("todo", "failed")),
            ("next_try_at", "<=", fields.Datetime.now()),
            (
                "order_id.account_id",
                "any",
                self.env["lengow.account"]._working_domain(),
            ),
        ]

    # === BUSINESS METHODS === #

    def _fetch_within(self, documents, deadline):
        """Fetch as many documents as there is time for, without committing.

        :param lengow.document documents: of any accounts
        :param float deadline: on the clock of `time.monotonic`
        """
        for account, of_account in documents.grouped(
            lambda document: document.order_id.account_id
        ).items():
            self._fetch_from(account, of_account, deadline)

    def _fetch_from(self, account, documents, deadline):
        """Fetch documents of one account without committing.

        :param lengow.account account: of all of them
        :param lengow.document documents: to fetch
        :param float deadline: on the clock of `time.monotonic`
        """
        with account._get_client() as client:
            for index, document in enumerate(documents):
                if time.monotonic() > deadline:
                    return
                document._claim()
                trouble = self._fetch(document, client)
                if trouble:
                    self._postpone(documents[index:], account, trouble)
                    return

    def _postpone(self, documents, account, trouble):
        """Leave documents for later because their account is in trouble.

        The attempt that met the trouble does not count.

        :param lengow.document documents: the one that met it, and those after it
        :param lengow.account account: of the documents
        :param LengowError trouble: what the client raised
        """
        account._mark_error(trouble)
        pause = max(trouble.retry_after or 0, ACCOUNT_PAUSE)
        next_try_at = fields.Datetime.now() + timedelta(seconds=pause)
        documents.write({"next_try_at": next_try_at})
        documents[0].attempt_count -= 1

    # === ONE FILE === #

    def _fetch(self, document, client):
        """Fetch, check and keep the file of one document.

        What is wrong with the document itself ends on it.

        :param lengow.document document: whose file is missing
        :param LengowClient client: of the document's account
        :return: the trouble of the account that stopped it, or None
        :rtype: LengowError | None
        """
        document.ensure_one()
        try:
            remote = self._download(document, client)
            checked = check_content(remote.content)
            with self.env.cr.savepoint():
                self._keep(document, remote, checked)
        except (LinkRefusedError, TooLargeError) as error:
            document._mark_refused(self._describe(document, error))
        except ContentRefused as error:
            document._mark_refused(self._describe_content(error.code))
        except ContentDamaged:
            document._mark_failed(self.env._("The file is damaged or incomplete."))
        except ACCOUNT_TROUBLE as error:
            return error
        except LengowError as error:
            document._mark_failed(self._describe(document, error))
        except Exception as error:
            if is_collision(error):
                raise
            # Whatever a stranger's file does to a library, or another module to a file:
            # the other documents do not wait for it.
            _logger.exception("Document %s cannot be kept", document.id)
            document._mark_failed(self._describe_unexpected(error))
        return None

    def _download(self, document, client):
        """Fetch the file of a document by its id, else by its link.

        :param lengow.document document: whose file is missing
        :param LengowClient client: of the document's account
        :rtype: lengow_api.Document
        :raise LengowError: when it cannot be had
        """
        document_id = document.remote_id or document_id_of(
            document.url, document.order_id.account_id.base_url
        )
        if not document_id:
            return self._read_link(document)
        try:
            return client.download_document(document_id)
        except NotFoundError:
            if not (document.remote_id and document.url):
                raise
            return self._read_link(document)

    def _read_link(self, document):
        """Fetch the file of a document by its link.

        :param lengow.document document: whose file is missing
        :rtype: lengow_api.Document
        :raise LengowError: when it cannot be had; never one of the account's troubles,
            since another server is asked
        """
        account = document.order_id.account_id
        reader = LinkReader(
            account._get_document_hosts(),
            own_url=account.base_url,
            clock=time.monotonic,
        )
        try:
            return reader.read(document.url)
        except ACCOUNT_TROUBLE as error:
            raise ServerError(error.message) from error

    def _keep(self, document, remote, checked):
        """Keep what was downloaded as the file of a document.

        :param lengow.document document: whose file it is
        :param lengow_api.Document remote: what came
        :param CheckedContent checked: what it is
        """
        name = _file_name(remote.filename or document._title(), checked)
        file = self._get_file(document, remote.content, name, checked)
        document._mark_fetched(file, name, checked.is_locked)

    def _get_file(self, document, content, name, checked):
        """Return the attachment of a file; the same file of an order is kept once.

        :param lengow.document document: whose file it is
        :param bytes content: the file
        :param str name: for people who download it
        :param CheckedContent checked: what it is
        :rtype: ir.attachment
        """
        # As it came: Odoo would otherwise shrink large images.
        Attachment = document.env["ir.attachment"].with_context(
            image_no_postprocess=True
        )
        checksum = Attachment._compute_checksum(content)
        known = document.order_id.document_ids.attachment_id.filtered(
            lambda attachment: attachment.checksum == checksum
        )
        return known[:1] or Attachment.create(
            {
                "name": name,
                "raw": content,
                "mimetype": checked.mimetype,
                "res_model": document._name,
                "res_id": document.id,
            }
        )

    # === WORDS FOR WHAT WENT WRONG === #

    def _describe(self, document, error):
        """Return a sentence that says why a file could not be had, and what to do.

        :param lengow.document document: whose file it is
        :param LengowError error: what was raised
        :rtype: str
        """
        _logger.info("Document %s: %s", document.id, error)
        if isinstance(error, LinkRefusedError):
            return self.env._(
                "The link of this document is not followed, for safety: %(reason)s "
                "(%(host)s) A manager can allow a host on the account %(account)s; "
                "then download again.",
                reason=error.message,
                host=error.host or "",
                account=document.order_id.account_id.name,
            )
        sentences = self._error_sentences()
        return sentences.get(error.code) or self.env._(
            "The file could not be downloaded: %s", error.message
        )

    def _describe_unexpected(self, error):
        """Return a sentence for what nobody foresaw.

        :param Exception error: what was raised
        :rtype: str
        """
        if isinstance(error, UserError):
            return self.env._("Odoo refused to keep the file: %s", error)
        return self.env._(
            "The file could not be read (%s). Download it again; if it stays, give "
            "your administrator the server log of this moment.",
            type(error).__name__,
        )

    def _error_sentences(self):
        """Return the sentence of each error that says more than its own text.

        :rtype: dict[str, str]
        """
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
        """Return a sentence that says why a file is not kept.

        :param str code: of `ContentRefused`
        :rtype: str
        """
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


def _file_name(name, checked):
    """Return a name whose end tells what the file really is.

    :param str name: as it was told
    :param CheckedContent checked: what the file is
    :rtype: str
    """
    stem = (
        name.removesuffix(PurePath(name).suffix) if _ends_right(name, checked) else name
    )
    return stem[:LONGEST_NAME] + checked.extension


def _ends_right(name, checked):
    """Tell whether the end of a file's name fits what the file is."""
    suffix = PurePath(name).suffix.lower()
    return suffix == checked.extension or (suffix, checked.extension) == (
        ".jpeg",
        ".jpg",
    )
