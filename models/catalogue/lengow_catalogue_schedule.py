"""When catalogs are brought up to date, and what people are told of it.

every quarter of an hour, at night, or when orders have come ─► as long as the
                                     scheduled action has time, batch by batch
a click ─► as long as a person can wait; the scheduled action goes on from there
"""

import time

from odoo import fields, models
from odoo.exceptions import UserError

from ..errors import FOR_PEOPLE, words_of
from ..settings.lengow_cron import Work
from ..ui import notification
from .at_work import at_work
from .layout import Layout
from .lengow_catalogue_column import preset_columns

REBUILD_CRON = "cron_rebuild_catalogues"
DUE = ["|", ("state", "!=", "draft"), ("run_stage", "!=", False)]
# What a click may take. The scheduled actions do the rest.
BUTTON_SECONDS = 40


class LengowCatalogueSchedule(models.AbstractModel):
    """Has catalogs brought up to date: by scheduled actions, and by a click."""

    _name = "lengow.catalogue.schedule"
    _description = "Schedule of Lengow Catalogs"

    # === ON SCHEDULE === #

    def _run(self, cron):
        """Bring every published catalog up to date.

        :param str cron: xml id of the scheduled action
        """
        work = Work(
            cron,
            self,
            step="_refresh_committing",
            note="_note_failure",
            domain=DUE,
            takes_turns=True,
            args=(cron == REBUILD_CRON,),
        )
        # Whoever waits longest comes first.
        catalogues = self.env["lengow.catalogue"].search(
            DUE, order="last_turn_at NULLS FIRST, id"
        )
        self.env["lengow.cron"]._each(catalogues, work)

    def _refresh_committing(self, catalogue, is_whole):
        """Bring one catalog up to date, committing every batch.

        :param lengow.catalogue catalogue: one, locked
        :param bool is_whole: whether every product is read anew
        """
        cron, refresher = (
            self.env["lengow.cron"],
            self.env["lengow.catalogue.refresher"],
        )
        catalogue = at_work(catalogue)
        catalogue.last_turn_at = fields.Datetime.now()
        shelves = refresher._begin(catalogue, is_whole)
        while catalogue.run_stage:
            created, written = refresher._advance(catalogue, shelves)
            cron._count(
                catalogue.account_id, created=created, updated=written - created
            )
            seconds_left = cron._commit()
            # The commit released the catalog. Whoever holds it now does the same.
            if not catalogue.try_lock_for_update(allow_referencing=True):
                refresher._trigger()
                return
            if not seconds_left and catalogue.run_stage:
                refresher._trigger()
                return

    def _note_failure(self, catalogue, error):
        """Say on a catalog that it could not be brought up to date.

        :param lengow.catalogue catalogue: whose step was undone
        :param Exception error: what was raised
        """
        if isinstance(error, FOR_PEOPLE):
            words = words_of(error)
        else:
            words = self.env._(
                "It could not be brought up to date (%s). It is tried again by itself; "
                "Lengow goes on reading the last file. If it stays, give your "
                "administrator the server log of this moment.",
                type(error).__name__,
            )
        catalogue.write(
            {
                "last_turn_at": fields.Datetime.now(),
                # What stopped it may be mended by what an earlier step reads.
                "run_stage": False,
                "run": False,
                "run_after": 0,
            }
        )
        self.env["lengow.catalogue.trouble"]._mark_failed(catalogue, words)

    def _follow(self, orders):
        """Have quantities told anew soon, since orders have come or changed.

        :param lengow.order orders: in system mode
        """
        if orders and self.env["lengow.catalogue"].sudo().search_count(
            [
                ("state", "!=", "draft"),
                ("company_id", "in", orders.company_id.ids),
            ],
            limit=1,
        ):
            self.env["lengow.catalogue.refresher"]._trigger()

    # === ON A CLICK === #

    def _refresh_now(self, catalogue):
        """Bring a catalog up to date, as far as a click can bear.

        :param lengow.catalogue catalogue: one, which the user may change
        :return: a notification
        :raise UserError: if that is being done already
        """
        if not self._refresh_within(catalogue, BUTTON_SECONDS):
            return notification(
                "info",
                self.env._(
                    "%s has many products. The rest follows in some minutes.",
                    catalogue.name,
                ),
            )
        if catalogue.error_message:
            return notification("warning", catalogue.error_message)
        return notification(
            "success",
            self.env._(
                "%(catalog)s is up to date. Products: %(listed)s, with errors: "
                "%(errors)s.",
                catalog=catalogue.name,
                listed=catalogue.listed_count,
                errors=catalogue.error_count,
            ),
        )

    def _publish_now(self, catalogue):
        """Publish a catalog because somebody has asked for it.

        :param lengow.catalogue catalogue: one, which the user may change
        :return: a notification
        :raise UserError: if nothing of it can be published
        """
        catalogue = at_work(catalogue)
        if not catalogue.column_ids:
            catalogue.column_ids = preset_columns(catalogue.preset)
        if not Layout(catalogue).standard("id"):
            raise UserError(
                self.env._(
                    "%s has no column with the identifier, by which Lengow tells "
                    "products apart. Add one.",
                    catalogue.name,
                )
            )
        if catalogue.state == "draft":
            if issue := catalogue._find_selection_issue():
                raise UserError(issue)
            catalogue._begin_to_publish()
        if not self._refresh_within(catalogue, BUTTON_SECONDS):
            return notification(
                "info",
                self.env._(
                    "%s has many products. The first file is there in some minutes.",
                    catalogue.name,
                ),
            )
        if catalogue.state == "held":
            return notification("warning", catalogue.hold_reason)
        return notification(
            "success",
            self.env._(
                "%(catalog)s is published. Products: %(listed)s, with errors: "
                "%(errors)s.",
                catalog=catalogue.name,
                listed=catalogue.listed_count,
                errors=catalogue.error_count,
            ),
        )

    def _refresh_within(self, catalogue, seconds):
        """Bring a catalog up to date, without committing, until time is out.

        :param lengow.catalogue catalogue: one
        :param float seconds: how long; the scheduled action goes on after that
        :return: whether that was all
        :rtype: bool
        :raise UserError: if that is being done already
        """
        deadline = time.monotonic() + seconds
        catalogue = at_work(catalogue)
        if not catalogue.try_lock_for_update(allow_referencing=True):
            raise UserError(
                self.env._(
                    "%s is being refreshed right now. Look again in a minute.",
                    catalogue.name,
                )
            )
        refresher = self.env["lengow.catalogue.refresher"]
        shelves = refresher._begin(catalogue, is_whole=False)
        while catalogue.run_stage:
            if time.monotonic() > deadline:
                refresher._trigger()
                return False
            refresher._advance(catalogue, shelves)
        return True
