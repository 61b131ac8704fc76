from contextlib import suppress
from datetime import timedelta

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models
from odoo.tools import SQL

from ...lengow_api import storable

KEPT_DAYS = 30
LONGEST_TEXT = 200
TEXTS = ("file", "address", "agent")
# So many are forgotten in one transaction.
FORGOTTEN_AT_ONCE = 10_000


class LengowCatalogueFetch(models.Model):
    """That somebody who knows the address has fetched a file of a catalog."""

    _name = "lengow.catalogue.fetch"
    _description = "Fetch of a Lengow Catalog"
    _inherit = ["lengow.guarded"]
    _rec_name = "file"
    _order = "fetched_at desc, id desc"

    catalogue_id = fields.Many2one(
        "lengow.catalogue",
        string="Catalog",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="catalogue_id.company_id", store=True, index=True
    )
    fetched_at = fields.Datetime(
        string="When",
        required=True,
        readonly=True,
        default=lambda self: fields.Datetime.now(),
    )
    file = fields.Char(required=True, readonly=True)
    # What the web server answers: all, unchanged, a part, nothing, no such part.
    status = fields.Integer(required=True, readonly=True, aggregator=None)
    answer = fields.Char(compute="_compute_answer")
    size = fields.Integer(string="Bytes", readonly=True, aggregator=None)
    seconds = fields.Float(readonly=True, digits=(12, 3), aggregator=None)
    address = fields.Char(string="From", readonly=True)
    agent = fields.Char(string="Program", readonly=True)
    is_old_token = fields.Boolean(
        string="Old Address",
        readonly=True,
        help="It came with the address from before the last change of it.",
    )
    is_refused = fields.Boolean(
        string="Refused",
        readonly=True,
        help="The address works no longer, or not for whoever asked. Of these one a "
        "minute is noted.",
    )

    _last_idx = models.Index("(catalogue_id, fetched_at DESC, id DESC)")
    _age_idx = models.Index("(fetched_at)")
    _refused_uniq = models.UniqueIndex(
        "(catalogue_id, date_trunc('minute', fetched_at)) WHERE is_refused",
        "Another one of this minute is noted already.",
    )

    # === COMPUTE METHODS === #

    @api.depends("status", "is_refused")
    @api.depends_context("lang")
    def _compute_answer(self):
        answers = {
            200: self.env._("Whole file"),
            206: self.env._("A part of the file"),
            304: self.env._("Nothing new"),
            404: self.env._("There is no such file"),
            416: self.env._("There is no such part"),
        }
        # From outside it looks as if there were no such file: here it is told apart.
        refused = self._fields["is_refused"]._description_string(self.env)
        for fetch in self:
            told = answers.get(fetch.status) or str(fetch.status)
            fetch.answer = refused if fetch.is_refused else told

    # === BUSINESS METHODS === #

    def _note(self, catalogue, **values):
        """Note that somebody who has the token asked for a file of a catalog.

        What they say of themselves is theirs: any text, of any length.

        :param lengow.catalogue catalogue: one
        :param values: of the fields
        """
        self.create({"catalogue_id": catalogue.id, **_bounded(values)})

    def _note_refused(self, catalogue, is_told, **values):
        """Note that somebody asked who has a token, and gets nothing for it.

        One a minute is enough, however many ask at once: nobody fills the database with
        a token that was taken from them. Whoever has none at all is answered after the
        same work, and nobody waits for a disk: from outside neither can be told from
        the other.

        :param lengow.catalogue catalogue: one; maybe none, if it is not told
        :param bool is_told: whether it is noted; else the work alone is done
        :param values: of the fields
        """
        values = {
            "catalogue_id": catalogue.id or None,
            "company_id": catalogue.company_id.id or None,
            "is_refused": True,
            **_bounded(values),
        }
        # Whoever was quicker has noted it.
        with suppress(SerializationFailure), self.env.cr.savepoint():
            self.env.cr.execute("SET LOCAL synchronous_commit TO OFF")
            self.env.cr.execute(
                _insert_once(values, is_told, self.env.uid), log_exceptions=False
            )

    # === CLEAN-UP === #

    @api.autovacuum
    def _gc_fetches(self):
        """Forget what is older than anybody asks for.

        :return: how many were forgotten, and whether there may be more
        :rtype: tuple[int, bool]
        """
        oldest = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        fetches = self.search([("fetched_at", "<", oldest)], limit=FORGOTTEN_AT_ONCE)
        count = len(fetches)
        fetches.unlink()
        return count, count == FORGOTTEN_AT_ONCE


def _bounded(values):
    """Return values of a note with texts that can be kept, whatever they are."""
    texts = {name: (values.get(name) or "")[:LONGEST_TEXT] for name in TEXTS}
    return {**values, **{name: storable(text).strip() for name, text in texts.items()}}


def _insert_once(values, is_told, uid):
    """Return the statement that inserts a note unless there is one of this minute.

    :rtype: SQL
    """
    names = SQL(", ").join(map(SQL.identifier, values))
    return SQL(
        """
        INSERT INTO lengow_catalogue_fetch
                    (%s, fetched_at, create_uid, create_date, write_uid, write_date)
             SELECT %s, now.utc, %s, now.utc, %s, now.utc
               FROM (SELECT date_trunc('second', NOW() AT TIME ZONE 'UTC') AS utc) now
              WHERE %s
        ON CONFLICT (catalogue_id, date_trunc('minute', fetched_at)) WHERE is_refused
         DO NOTHING
        """,
        names,
        SQL(", ").join(SQL("%s", value) for value in values.values()),
        uid,
        uid,
        is_told,
    )
