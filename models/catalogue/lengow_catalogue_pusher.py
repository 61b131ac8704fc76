"""Telling Lengow of new quantities and prices, without waiting for its next fetch.

    published file ─► rows with other values than Lengow was told ─► a call
                                                                        │
                          each row keeps what Lengow has answered ◄─────┘

Only what stands in the published file is told: so what is held stays held. An answer
that is lost costs a repetition, which changes nothing at Lengow.
"""

import hashlib
import json
from contextlib import ExitStack
from typing import NamedTuple

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, split_every

from ...lengow_api import (
    AccessDeniedError,
    AuthenticationError,
    CatalogueDraftError,
    LengowError,
    NotFoundError,
    RateLimitedError,
    UnreachableError,
)
from ..errors import FOR_PEOPLE, words_of
from ..outbox.lengow_sender import OutgoingCalls
from ..settings.lengow_cron import Work
from .lengow_catalogue_address import MAIN_FILE
from .published_file import unpacked_rows

CRON = "cron_push_catalogues"
# So many rows of a file are looked at, and told at most, at a time.
PAGE = 5000
TOLD_PARTS = ("price", "quantity")
# Troubles of the account, which rests for a while then.
ACCOUNT_TROUBLE = (AuthenticationError, RateLimitedError, UnreachableError)


class Terms(NamedTuple):
    """What Lengow takes of a catalog.

    :ivar str name: of the catalog at Lengow
    :ivar str key: header of the column with the identifiers
    :ivar list headers: of the columns that are told
    """

    name: str
    key: str
    headers: list


class News(NamedTuple):
    """What Lengow is to be told of a product.

    :ivar int row_id: of the row of the catalog
    :ivar str identifier: of the product at Lengow
    :ivar dict values: texts by header
    :ivar str digest: of the values
    """

    row_id: int
    identifier: str
    values: dict
    digest: str


class LengowCataloguePusher(models.AbstractModel):
    """Tells Lengow of what has changed in the published files of catalogs."""

    _name = "lengow.catalogue.pusher"
    _description = "Telling of Lengow Catalogs at Once"

    # === CRON METHODS === #

    def _cron_push(self):
        """Tell Lengow what has changed in each catalog that is told at once."""
        domain = self._due_domain()
        catalogues = self.env["lengow.catalogue"].search(
            domain, order="pushed_at NULLS FIRST, id"
        )
        with ExitStack() as stack:
            work = Work(
                CRON,
                self,
                step="_push",
                note="_note_failure",
                domain=domain,
                args=(OutgoingCalls(stack),),
            )
            self.env["lengow.cron"]._each(catalogues, work)

    def _due_domain(self):
        """Return the domain of the catalogs of which Lengow is told at once.

        :rtype: list
        """
        return [
            ("is_pushed", "=", True),
            ("active", "=", True),
            ("state", "!=", "draft"),
            ("account_id", "any", self.env["lengow.account"]._sending_domain()),
        ]

    def _push(self, catalogue, calls):
        """Tell Lengow what has changed in the published file since it was told last.

        :param lengow.catalogue catalogue: due, and locked
        :param OutgoingCalls calls: of this run
        :raise UserError: if Lengow does not take it
        """
        file = catalogue._attachment(MAIN_FILE)
        if not file or file.checksum == catalogue.pushed_checksum:
            return
        account = catalogue.account_id
        client = calls.client_of(account)
        if not client:
            return
        try:
            self._tell(catalogue, client, file)
        except ACCOUNT_TROUBLE as error:
            calls.pause(account)
            account._mark_error(error)
            catalogue.push_error = self._words(catalogue, error)
        except LengowError as error:
            raise UserError(self._words(catalogue, error)) from None

    def _note_failure(self, catalogue, error):
        """Say on a catalog why Lengow is not told.

        :param lengow.catalogue catalogue: whose step was undone
        :param Exception error: what was raised
        """
        catalogue.push_error = (
            words_of(error)
            if isinstance(error, FOR_PEOPLE)
            else self.env._(
                "Lengow could not be told (%s). It is tried again by itself, and "
                "Lengow goes on fetching the file. If it stays, give your "
                "administrator the server log of this moment.",
                type(error).__name__,
            )
        )

    # === WHAT LENGOW TAKES === #

    def _agree(self, catalogue, client):
        """Return what Lengow takes of a catalog.

        :param lengow.catalogue catalogue: one
        :param LengowClient client: of its account
        :rtype: Terms
        :raise UserError: if it takes nothing, or calls products otherwise
        """
        if not catalogue.lengow_number:
            raise UserError(
                self.env._("Enter the number of the catalog at Lengow first.")
            )
        remote = client.get_catalogue(catalogue.lengow_number)
        if remote.is_draft:
            raise CatalogueDraftError("The catalogue is a draft.")
        columns = catalogue.column_ids
        key = columns.filtered(lambda column: column.standard == "id")[:1].header
        if not key or remote.product_id_key not in (key, None):
            raise UserError(
                self.env._(
                    "%(name)s at Lengow takes its products from the column %(theirs)s, "
                    "and not from %(ours)s. Choose that one in its settings at Lengow.",
                    name=remote.name,
                    theirs=remote.product_id_key,
                    ours=key or "id",
                )
            )
        known = set(client.get_catalogue_attributes(catalogue.lengow_number))
        told = columns.filtered(lambda column: column._part() in TOLD_PARTS)
        headers = [header for header in told.mapped("header") if header in known]
        if not headers:
            raise UserError(
                self.env._(
                    "%(name)s at Lengow has none of the columns with quantities and "
                    "prices: %(columns)s. Have it fetch the file first.",
                    name=remote.name,
                    columns=", ".join(told.mapped("header")) or "0",
                )
            )
        return Terms(remote.name, key, headers)

    def _words(self, catalogue, error):
        """Return a sentence that says why Lengow is not told, and what to do.

        :param lengow.catalogue catalogue: one
        :param LengowError error: what the client raised
        :rtype: str
        """
        if isinstance(error, AccessDeniedError):
            return self.env._(
                "Lengow has not opened this to your account: it is for few accounts as "
                "yet. Ask Lengow, or go on without; the file is fetched all the same."
            )
        if isinstance(error, NotFoundError):
            return self.env._(
                "Lengow has no catalog with the number %s. Copy the number again.",
                catalogue.lengow_number,
            )
        if isinstance(error, CatalogueDraftError):
            return self.env._(
                "The catalog at Lengow is a draft. Finish its settings at Lengow first."
            )
        return catalogue.account_id._describe_error(error)

    # === TELLING === #

    def _tell(self, catalogue, client, file):
        """Tell all that Lengow does not know yet of a file, committing every page.

        :param lengow.catalogue catalogue: one, locked
        :param LengowClient client: of its account
        :param ir.attachment file: the published one
        """
        checksum, (headers, rows) = file.checksum, unpacked_rows(file.raw)
        terms = self._agree(catalogue, client)
        unanswered = 0
        for page in split_every(PAGE, rows, list):
            if news := self._news(catalogue, terms, headers, page):
                self._forget_told(catalogue, news)
                goes_on, seconds_left = self._commit(catalogue)
                if goes_on:
                    unanswered += self._send(catalogue, client, news)
                    goes_on, seconds_left = self._commit(catalogue)
                if not (goes_on and seconds_left):
                    self.env.ref(f"lengow_connector.{CRON}")._trigger()
                    return
        if unanswered:
            raise UserError(
                self.env._(
                    "Lengow has not said what became of some products: %s. They are "
                    "told again by themselves.",
                    unanswered,
                )
            )
        self._forget_removed(catalogue)
        catalogue.write(
            {
                "pushed_checksum": checksum,
                "pushed_at": fields.Datetime.now(),
                "push_error": False,
            }
        )

    def _commit(self, catalogue):
        """Commit, which releases the catalog: whoever holds it then may change it.

        :param lengow.catalogue catalogue: one, locked
        :return: whether it is ours still, and how many seconds the run has left
        :rtype: tuple[bool, float]
        """
        seconds_left = self.env["lengow.cron"]._commit()
        catalogue.invalidate_recordset(["is_pushed"])
        is_ours = catalogue.try_lock_for_update(allow_referencing=True)
        return bool(is_ours and catalogue.is_pushed), seconds_left

    def _news(self, catalogue, terms, headers, page):
        """Return what Lengow is to be told of some rows of a file.

        :param list headers: of the file
        :param list page: the rows of the file
        :rtype: list[News]
        """
        places = [
            (name, headers.index(name)) for name in terms.headers if name in headers
        ]
        key = headers.index(terms.key)
        told = {row[key]: {name: row[place] for name, place in places} for row in page}
        known = self.env.execute_query(
            SQL(
                "SELECT id, identifier, pushed_digest FROM lengow_catalogue_row "
                "WHERE catalogue_id = %s AND identifier = ANY(%s) ORDER BY id",
                catalogue.id,
                list(told),
            )
        )
        news = []
        for row_id, identifier, known_digest in known:
            digest = _digest(told[identifier])
            if digest != known_digest:
                news.append(News(row_id, identifier, told[identifier], digest))
        return news

    def _send(self, catalogue, client, news):
        """Tell Lengow, and keep on each row what it answers.

        :param list news: of :class:`News`
        :return: of how many it has not said what became of them
        :rtype: int
        """
        pairs = ((one.identifier, one.values) for one in news)
        answers = {
            result.identifier: result
            for results in client.update_products(catalogue.lengow_number, pairs)
            for result in results
        }
        kept = []
        for one in news:
            result = answers.get(one.identifier)
            if result and result.is_done:
                kept.append((one.row_id, one.digest, None))
            elif result and result.status:
                # told again once something changes, since the same is refused again
                error = result.error or result.status
                kept.append((one.row_id, one.digest, error))
            else:
                error = self.env._("Lengow has not said what became of it.")
                kept.append((one.row_id, None, error))
        self._keep(kept)
        failed = sum(error is not None for _id, _digest, error in kept)
        self.env["lengow.cron"]._count(
            catalogue.account_id, updated=len(kept) - failed, failed=failed
        )
        return sum(digest is None for _id, digest, _error in kept)

    def _keep(self, answers):
        """Write what Lengow has answered, with one statement.

        :param list answers: ids of rows, digests of what was told, errors
        """
        ids, digests, errors = (list(values) for values in zip(*answers, strict=True))
        self.env.cr.execute(
            SQL(
                """
                UPDATE lengow_catalogue_row AS row
                   SET pushed_at = %s, pushed_digest = told.digest,
                       push_error = told.error
                  FROM UNNEST(%s::int[], %s::varchar[], %s::varchar[])
                       AS told (id, digest, error)
                 WHERE row.id = told.id
                """,
                fields.Datetime.now(),
                ids,
                digests,
                errors,
            )
        )
        self.env["lengow.catalogue.row"].invalidate_model(flush=False)

    def _forget(self, catalogue):
        """Forget what Lengow was told, so that it is told everything.

        :param lengow.catalogue catalogue: one
        """
        catalogue.pushed_checksum = False
        self._rewrite(
            catalogue,
            SQL("pushed_digest = NULL, push_error = NULL"),
            SQL("(pushed_digest IS NOT NULL OR push_error IS NOT NULL)"),
        )

    def _forget_told(self, catalogue, news):
        """Forget what Lengow was told of products that it is about to be told anew.

        Should the answer be lost, nobody knows what it has of them: they are told once
        more, also where the file says by then what it said before.

        :param lengow.catalogue catalogue: one
        :param list news: of :class:`News`
        """
        catalogue.pushed_checksum = False
        ids = [one.row_id for one in news]
        self._rewrite(catalogue, SQL("pushed_digest = NULL"), SQL("id = ANY(%s)", ids))

    def _forget_removed(self, catalogue):
        """Forget what Lengow has refused of products that no file names any more.

        Nobody could mend it, or send it again.

        :param lengow.catalogue catalogue: one
        """
        self._rewrite(
            catalogue,
            SQL("push_error = NULL"),
            SQL("state = 'removed' AND push_error IS NOT NULL"),
        )

    def _forget_refused(self, catalogue):
        """Forget what Lengow has refused, so that it is told once more.

        :param lengow.catalogue catalogue: one
        :return: of how many products that is
        :rtype: int
        """
        catalogue.pushed_checksum = False
        return self._rewrite(
            catalogue, SQL("pushed_digest = NULL"), SQL("push_error IS NOT NULL")
        )

    def _rewrite(self, catalogue, values, condition):
        """Write rows of a catalog with one statement.

        :param SQL values: as for SET
        :param SQL condition: on the rows
        :return: how many there were
        :rtype: int
        """
        self.env.cr.execute(
            SQL(
                "UPDATE lengow_catalogue_row SET %s WHERE catalogue_id = %s AND %s",
                values,
                catalogue.id,
                condition,
            )
        )
        count = self.env.cr.rowcount
        self.env["lengow.catalogue.row"].invalidate_model(flush=False)
        return count


def _digest(values):
    """Return what tells some texts from others."""
    text = json.dumps(values, sort_keys=True)
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()
