"""Keeping the rows of a catalog true: what a run does, batch by batch.

    withdraw ─► products ─► prices ─► quantities ─► parents ─► publish
                changed,    if rules, all           sums
                or all      rates or
                            taxes changed

A run keeps on the catalog how far it is, with each batch that it commits. Whatever
stops it, the next one goes on from there; and since every step looks at what is there,
one that is done twice changes nothing the second time.
"""

import time
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, OrderedSet

from ..errors import FOR_PEOPLE, words_of
from ..settings.lengow_cron import Work
from ..ui import notification
from .at_work import at_work
from .layout import Layout
from .lengow_catalogue_column import preset_columns
from .row_store import RowStore

REFRESH_CRON = "cron_refresh_catalogues"
REBUILD_CRON = "cron_rebuild_catalogues"
PARTS = ("content", "price", "quantity")
STAGES = ("withdraw", "products", "prices", "quantities", "parents", "finish")
DUE = ["|", ("state", "!=", "draft"), ("run_stage", "!=", False)]
# So many products are read and written in one transaction.
BATCH = 2500
# Quantities alone are a few numbers each.
QUANTITY_BATCH = 5000
# Odoo stamps a change with the beginning of its transaction.
OVERLAP = timedelta(hours=2)
# What a click may take. The scheduled actions do the rest.
BUTTON_SECONDS = 40
LISTED = SQL("state = 'listed' AND kind != 'parent' AND product_id IS NOT NULL")


class LengowCatalogueRefresher(models.AbstractModel):
    """Keeps the rows of catalogs true."""

    _name = "lengow.catalogue.refresher"
    _description = "Rows of Lengow Catalogs"

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
        cron = self.env["lengow.cron"]
        catalogue = at_work(catalogue)
        catalogue.last_turn_at = fields.Datetime.now()
        self._begin(catalogue, is_whole)
        while catalogue.run_stage:
            created, written = self._advance(catalogue)
            cron._count(
                catalogue.account_id, created=created, updated=written - created
            )
            seconds_left = cron._commit()
            # The commit released the catalog. Whoever holds it now does the same.
            if not catalogue.try_lock_for_update(allow_referencing=True):
                self._trigger()
                return
            if not seconds_left and catalogue.run_stage:
                self._trigger()
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
            self._trigger()

    def _trigger(self, moment=None):
        """Have catalogs refreshed soon, or at a moment that nobody has asked for yet.

        :param datetime moment: maybe None
        """
        cron = self.env.ref(f"lengow_connector.{REFRESH_CRON}")
        if moment is None:
            cron._trigger()
        elif (
            not self.env["ir.cron.trigger"]
            .sudo()
            .search_count(
                [("cron_id", "=", cron.id), ("call_at", "=", moment)], limit=1
            )
        ):
            cron._trigger(moment)

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
        return notification(
            "success",
            self.env._(
                "%(catalog)s is up to date: %(listed)s products, %(errors)s with "
                "errors.",
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
            catalogue.state = "published"
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
                "%(catalog)s is published: %(listed)s products, %(errors)s with "
                "errors.",
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
        self._begin(catalogue, is_whole=False)
        while catalogue.run_stage:
            if time.monotonic() > deadline:
                self._trigger()
                return False
            self._advance(catalogue)
        return True

    # === ROWS === #

    def _refresh(self, catalogue, parts=PARTS, products=None):
        """Bring the rows of a catalog up to date, in one transaction.

        :param lengow.catalogue catalogue: one
        :param tuple parts: of which columns
        :param product.product products: which ones alone; if not given, all that may
            have changed
        """
        catalogue = at_work(catalogue)
        if products is not None:
            self._refresh_products(catalogue, products.sudo(), parts)
            return
        self._begin(catalogue, is_whole=False)
        skipped = {
            stage
            for part, stage in zip(PARTS, STAGES[1:4], strict=True)
            if part not in parts
        }
        while catalogue.run_stage:
            if catalogue.run_stage in skipped:
                catalogue.run_stage = _next_stage(catalogue.run_stage)
            else:
                self._advance(catalogue)

    def _refresh_products(self, catalogue, products, parts):
        """Bring the rows of some products up to date, and count all."""
        self._check_columns(catalogue)
        Product = self.env["product.product"].sudo().with_env(catalogue.env)
        wanted = Domain("id", "in", products.ids)
        held = Product.search(catalogue._selection() & wanted, order="id")
        for start in range(0, len(held), BATCH):
            batch = held[start : start + BATCH]
            self.env["lengow.catalogue.composer"]._compose(catalogue, batch, parts)
        withdrawal = self.env["lengow.catalogue.withdrawal"]
        withdrawal._withdraw_products(catalogue, products - held)
        self._finish_parents(catalogue)
        self._count(catalogue)

    # === A RUN === #

    def _begin(self, catalogue, is_whole):
        """Begin a run, or go on with the one that was stopped.

        :param lengow.catalogue catalogue: one, at work
        :param bool is_whole: whether every product is read anew
        """
        self._check_columns(catalogue)
        layout, run = Layout(catalogue), catalogue.run or {}
        is_same = catalogue.run_stage and run.get("layout") == layout.stamp
        if is_same and (run["whole"] or not is_whole):
            return
        is_new = catalogue.layout_stamp != layout.stamp or not catalogue.content_until
        pricing = self.env["lengow.catalogue.pricing"]
        catalogue.write(
            {
                "run_stage": STAGES[0],
                "run_after": 0,
                "run": {
                    "whole": is_whole or is_new,
                    "began": fields.Datetime.to_string(fields.Datetime.now()),
                    "layout": layout.stamp,
                    "prices": pricing._stamp(catalogue, layout.price),
                },
            }
        )

    def _check_columns(self, catalogue):
        """Say on each column whether it can be read, and why not."""
        content = self.env["lengow.catalogue.content"]
        for column in catalogue.column_ids:
            issue = content._find_issue(column)
            if issue != (column.issue or ""):
                column.issue = issue or False

    def _advance(self, catalogue):
        """Do the next batch of a run, and keep on the catalog how far it is.

        :param lengow.catalogue catalogue: one, at work, with a run
        :return: how many rows are new, and how many were written in all
        :rtype: tuple[int, int]
        """
        stage, after = catalogue.run_stage, catalogue.run_after
        after, created, written = getattr(self, f"_do_{stage}")(catalogue, after)
        if after:
            catalogue.run_after = after
        elif catalogue.run_stage:
            catalogue.write({"run_stage": _next_stage(stage), "run_after": 0})
        # What was read of a batch would pile up.
        self.env.flush_all()
        self.env.invalidate_all(flush=False)
        return created, written

    def _do_withdraw(self, catalogue, after):
        """Withdraw what the catalog no longer holds, and remove what is due."""
        withdrawal = self.env["lengow.catalogue.withdrawal"]
        count = withdrawal._withdraw(catalogue) + withdrawal._remove(catalogue)
        return bool(count) and after + 1, 0, count

    def _do_products(self, catalogue, after):
        """Read the next products anew: those that may have changed, or all."""
        Product = self.env["product.product"].sudo().with_env(catalogue.env)
        domain = catalogue._selection() & Domain("id", ">", after)
        if not catalogue.run["whole"]:
            domain &= self._changed(catalogue)
        products = Product.search(domain, order="id", limit=BATCH)
        if not products:
            return 0, 0, 0
        last = products[-1].id
        composer = self.env["lengow.catalogue.composer"]
        return last, *composer._compose(catalogue, products, PARTS)

    def _changed(self, catalogue):
        """Return which products may have to be told otherwise than they are."""
        since = catalogue.content_until - OVERLAP
        ours = Domain([("catalogue_id", "=", catalogue.id), ("state", "=", "listed")])
        wrong = ours & (
            Domain("has_error", "=", True) | Domain("identifier", "=", False)
        )
        return (
            Domain("write_date", ">=", since)
            | Domain("product_tmpl_id.write_date", ">=", since)
            | Domain("categ_id.write_date", ">=", since)
            | Domain("lengow_row_ids", "not any", ours)
            | Domain("lengow_row_ids", "any", wrong)
        )

    def _do_prices(self, catalogue, after):
        """Read the next prices anew, if any may have changed without its product."""
        run = catalogue.run
        if run["whole"] or run["prices"] == catalogue.price_stamp:
            return 0, 0, 0
        page = RowStore(catalogue).page(LISTED, after, BATCH)
        if not page:
            return 0, 0, 0
        products = self._products_of(catalogue, [row.product_id for row in page])
        composer = self.env["lengow.catalogue.composer"]
        return page[-1].id, *composer._compose(catalogue, products, ("price",))

    def _do_quantities(self, catalogue, after):
        """Look at the next quantities; rows are read and written where one differs."""
        if catalogue.run["whole"]:
            return 0, 0, 0  # they were read with the products
        layout, store = Layout(catalogue), RowStore(catalogue)
        page = store.quantities(LISTED, layout.quantity_headers, after, QUANTITY_BATCH)
        if not page:
            return 0, 0, 0
        # Of what has errors nothing is for sale.
        sold = [told for told in page if not told.has_error]
        products = self._products_of(catalogue, [told.product_id for told in sold])
        composer = self.env["lengow.catalogue.composer"]
        reading = composer._read(catalogue, layout, products, ("quantity",))
        left = reading.stocks
        changed = OrderedSet(
            told.product_id
            for told in sold
            if not _is_told(told, left.get(told.product_id))
        )
        created = written = 0
        if changed:
            created, written = composer._write_quantities(
                catalogue, layout, {id_: left[id_] for id_ in changed if id_ in left}
            )
        if reading.unreadable:
            ids = [id_ for _kind, id_ in reading.unreadable]
            unread = self._products_of(catalogue, ids)
            written += composer._compose(catalogue, unread, ("quantity",))[1]
        return page[-1].id, created, written

    def _do_parents(self, catalogue, _after):
        """Have parents say how much is left of all their variants."""
        return 0, 0, self._finish_parents(catalogue)

    def _finish_parents(self, catalogue):
        withdrawal = self.env["lengow.catalogue.withdrawal"]
        composer = self.env["lengow.catalogue.composer"]
        count = 0
        while found := withdrawal._withdraw_parents(catalogue):
            count += found
        while found := composer._sum_up(catalogue):
            count += found
        return count

    def _do_finish(self, catalogue, _after):
        """Count, publish, and say that the run is through."""
        run = catalogue.run
        self._count(catalogue)
        catalogue.write(
            {
                "content_until": run["began"],
                "layout_stamp": run["layout"],
                "price_stamp": run["prices"],
                "refreshed_at": fields.Datetime.now(),
                "run_stage": False,
                "run": False,
                "run_after": 0,
            }
        )
        self.env["lengow.catalogue.trouble"]._mark_working(catalogue)
        self.env["lengow.catalogue.publisher"]._publish(catalogue)
        pricing = self.env["lengow.catalogue.pricing"]
        moment = pricing._next_change(catalogue, Layout(catalogue).price)
        if moment:
            self._trigger(moment)
        return 0, 0, 0

    def _products_of(self, catalogue, ids):
        """Return products that may have been deleted just now, sorted."""
        Product = self.env["product.product"].sudo().with_env(catalogue.env)
        return Product.browse(sorted(ids))

    # === COUNT === #

    def _count(self, catalogue):
        """Keep on a catalog how many rows are in which state."""
        counted = self.env.execute_query_dict(
            SQL(
                """
                SELECT COUNT(*) FILTER (WHERE state = 'listed') AS listed_count,
                       COUNT(*) FILTER (WHERE state = 'withdrawn') AS withdrawn_count,
                       COUNT(*) FILTER (WHERE state = 'listed' AND has_error)
                           AS error_count,
                       COUNT(*) FILTER (WHERE state = 'listed' AND has_warning)
                           AS warning_count,
                       COUNT(*) FILTER (
                           WHERE state = 'listed' AND kind != 'parent' AND quantity <= 0
                       ) AS out_of_stock_count
                  FROM lengow_catalogue_row
                 WHERE catalogue_id = %s
                """,
                catalogue.id,
            )
        )[0]
        changed = {name: n for name, n in counted.items() if catalogue[name] != n}
        if changed:
            catalogue.write(changed)


def _next_stage(stage):
    return STAGES[STAGES.index(stage) + 1]


def _is_told(told, left):
    """Whether a row says what is left of its product."""
    if left is None:
        return True  # nobody knows
    return told.quantity == left.quantity and all(
        left.values.get(header, text) == text for header, text in told.values.items()
    )
