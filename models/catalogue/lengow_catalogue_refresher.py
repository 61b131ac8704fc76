"""Keeping the rows of a catalog true: what a run does, batch by batch.

    withdraw ─► products ─► prices ─► quantities ─► parents ─► publish
                changed,    if rules, all           sums
                or all      rates or
                            taxes changed

A run keeps on the catalog how far it is, with each batch that it commits. Whatever
stops it, the next one goes on from there; and since every step looks at what is there,
one that is done twice changes nothing the second time.
"""

from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL, OrderedSet

from .at_work import at_work
from .layout import Layout
from .row_store import RowStore
from .shelf import Shelves
from .stock_stamps import StockStamps
from .unseen import unseen_since

REFRESH_CRON = "cron_refresh_catalogues"
PARTS = ("content", "price", "quantity")
STAGES = ("withdraw", "products", "prices", "quantities", "parents", "finish")
# So many products are read and written in one transaction.
BATCH = 4000
# Quantities alone are a few numbers each.
QUANTITY_BATCH = 20_000
# Odoo stamps a change with the beginning of its transaction. So long ago it may have
# been, where nobody can tell how long the oldest one was under way.
OVERLAP = timedelta(hours=2)
# For so long a run may tell the quantities that it has read with the products.
YOUNG = timedelta(minutes=5)
LISTED = SQL("state = 'listed' AND kind != 'parent' AND product_id IS NOT NULL")


class LengowCatalogueRefresher(models.AbstractModel):
    """Keeps the rows of catalogs true."""

    _name = "lengow.catalogue.refresher"
    _description = "Rows of Lengow Catalogs"

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
        shelves = self._begin(catalogue, is_whole=False)
        skipped = {
            stage
            for part, stage in zip(PARTS, STAGES[1:4], strict=True)
            if part not in parts
        }
        while catalogue.run_stage:
            if catalogue.run_stage in skipped:
                catalogue.run_stage = _next_stage(catalogue.run_stage)
            else:
                self._advance(catalogue, shelves)

    def _refresh_products(self, catalogue, products, parts):
        """Bring the rows of some products up to date, and count all."""
        self._check_settings(catalogue)
        Product = self.env["product.product"].sudo().with_env(catalogue.env)
        wanted = Domain("id", "in", products.ids)
        held = Product.search(catalogue._selection() & wanted, order="id")
        shelves, composer = (
            self._shelves(catalogue),
            self.env["lengow.catalogue.composer"],
        )
        for start in range(0, len(held), BATCH):
            batch = held[start : start + BATCH]
            composer._compose(catalogue, batch, parts, shelf=shelves.now())
        withdrawal = self.env["lengow.catalogue.withdrawal"]
        withdrawal._withdraw_products(catalogue, products - held)
        self._finish_parents(catalogue)
        self._count(catalogue, shelves)

    # === A RUN === #

    def _begin(self, catalogue, is_whole):
        """Begin a run, or go on with the one that was stopped.

        :param lengow.catalogue catalogue: one, at work
        :param bool is_whole: whether every product is read anew
        :return: the stock, for :meth:`_advance`
        :rtype: Shelves
        """
        self._check_settings(catalogue)
        layout, run = Layout(catalogue), catalogue.run or {}
        is_same = catalogue.run_stage and run.get("layout") == layout.stamp
        if is_same and (run["whole"] or not is_whole):
            return self._shelves(catalogue)
        is_new = catalogue.layout_stamp != layout.stamp or not catalogue.content_until
        pricing, unseen = self.env["lengow.catalogue.pricing"], unseen_since(self.env)
        catalogue.write(
            {
                "run_stage": STAGES[0],
                "run_after": 0,
                "run": {
                    "whole": is_whole or is_new,
                    "began": fields.Datetime.to_string(fields.Datetime.now()),
                    "layout": layout.stamp,
                    "prices": pricing._stamp(catalogue, layout.price),
                    "unseen": unseen and fields.Datetime.to_string(unseen),
                    "transaction": self._transaction(),
                },
            }
        )
        return self._shelves(catalogue)

    def _transaction(self):
        """Return what tells the present transaction from those after it."""
        return self.env.cr.now().isoformat()

    def _shelves(self, catalogue):
        stock = self.env["lengow.catalogue.stock"]
        return Shelves(lambda: stock._begin(catalogue))

    def _check_settings(self, catalogue):
        """Say on each column whether it can be read, and of the selection, too."""
        # Whoever runs: the words are for who is responsible, and stay the same.
        lang = catalogue.user_id.lang or self.env.lang
        issue = catalogue.with_context(lang=lang)._find_selection_issue()
        if issue != (catalogue.selection_issue or ""):
            catalogue.selection_issue = issue or False
        content = self.env["lengow.catalogue.content"].with_context(lang=lang)
        for column in catalogue.column_ids:
            issue = content._find_issue(column)
            if issue != (column.issue or ""):
                column.issue = issue or False
            if column.is_issue_accepted and not issue:
                column.is_issue_accepted = False

    def _advance(self, catalogue, shelves):
        """Do the next batch of a run, and keep on the catalog how far it is.

        :param lengow.catalogue catalogue: one, at work, with a run
        :param Shelves shelves: of :meth:`_begin`
        :return: how many rows are new, and how many were written in all
        :rtype: tuple[int, int]
        """
        if catalogue.run["layout"] != Layout(catalogue).stamp:
            self._begin(catalogue, catalogue.run["whole"])  # changed in the middle
        stage, after = catalogue.run_stage, catalogue.run_after
        after, created, written = getattr(self, f"_do_{stage}")(
            catalogue, after, shelves
        )
        if after:
            catalogue.run_after = after
        elif catalogue.run_stage:
            catalogue.write({"run_stage": _next_stage(stage), "run_after": 0})
        # What was read of a batch would pile up.
        self.env.flush_all()
        self.env.invalidate_all(flush=False)
        return created, written

    def _do_withdraw(self, catalogue, after, _shelves):
        """Withdraw what the catalog no longer holds, and remove what is due."""
        withdrawal = self.env["lengow.catalogue.withdrawal"]
        count = withdrawal._withdraw(catalogue) + withdrawal._remove(catalogue)
        return bool(count) and after + 1, 0, count

    def _do_products(self, catalogue, after, shelves):
        """Read the next products anew: those that may have changed, or all."""
        if catalogue.run.get("transaction") == self._transaction():
            # What it sees was settled before it looked who else was at work.
            catalogue.run = {**catalogue.run, "unseen": None}
        Product = self.env["product.product"].sudo().with_env(catalogue.env)
        domain = catalogue._selection() & Domain("id", ">", after)
        if not catalogue.run["whole"]:
            domain &= self._changed(catalogue)
        products = Product.search(domain, order="id", limit=BATCH)
        if not products:
            return 0, 0, 0
        last = products[-1].id
        shelf = shelves.now()
        return last, *self.env["lengow.catalogue.composer"]._compose(
            catalogue, products, PARTS, shelf=shelf
        )

    def _changed(self, catalogue):
        """Return which products may have to be told otherwise than they are."""
        since = catalogue.unseen_since or catalogue.content_until - OVERLAP
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

    def _do_prices(self, catalogue, after, _shelves):
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

    def _do_quantities(self, catalogue, after, shelves):
        """Look at the next quantities; rows are read and written where one differs."""
        if catalogue.run["whole"] and _is_young(catalogue.run):
            return 0, 0, 0  # they were read with the products
        # Stamps are kept of what this one says, and no younger one.
        layout, shelf = Layout(catalogue), shelves.now()
        stamps = StockStamps(catalogue, layout, shelf)
        last, page = stamps.page(after, QUANTITY_BATCH)
        if not page:
            return last or 0, 0, 0
        products = self._products_of(catalogue, [told.product_id for told in page])
        composer = self.env["lengow.catalogue.composer"]
        reading = composer._read(catalogue, layout, products, ("quantity",), shelf)
        left = reading.stocks
        changed = OrderedSet(
            told.product_id
            for told in page
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
        stamps.keep([told.id for told in page if told.product_id in left])
        return last, created, written

    def _do_parents(self, catalogue, _after, _shelves):
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

    def _do_finish(self, catalogue, _after, shelves):
        """Count, publish, and say that the run is through."""
        run = catalogue.run
        self._count(catalogue, shelves)
        catalogue.write(
            {
                "content_until": run["began"],
                "unseen_since": run.get("unseen"),
                "layout_stamp": run["layout"],
                "price_stamp": run["prices"],
                "refreshed_at": fields.Datetime.now(),
                "run_stage": False,
                "run": False,
                "run_after": 0,
            }
        )
        problem = self.env["lengow.catalogue.publisher"]._publish(catalogue)
        self.env["lengow.catalogue.trouble"]._mark_done(catalogue, problem)
        pricing = self.env["lengow.catalogue.pricing"]
        moment = pricing._next_change(catalogue, Layout(catalogue).price)
        if moment:
            self._trigger(moment)
        return 0, 0, 0

    def _products_of(self, catalogue, ids):
        """Return products that may have been deleted just now, sorted."""
        Product = self.env["product.product"].sudo().with_env(catalogue.env)
        return Product.browse(sorted(ids))

    # === WHEN NEXT === #

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

    # === COUNT === #

    def _count(self, catalogue, shelves):
        """Keep on a catalog how many rows are in which state, and what lowers none."""
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
        counted["unknown_count"] = len(shelves.now().unknown_orders)
        changed = {name: n for name, n in counted.items() if catalogue[name] != n}
        if changed:
            catalogue.write(changed)


def _next_stage(stage):
    return STAGES[STAGES.index(stage) + 1]


def _is_young(run):
    """Whether what a run has read first may still be told."""
    began = fields.Datetime.to_datetime(run["began"])
    return fields.Datetime.now() - began < YOUNG


def _is_told(told, left):
    """Whether a row says what is left of its product."""
    if left is None:
        return True  # nobody knows
    return told.quantity == left.quantity and all(
        left.values.get(header, text) == text for header, text in told.values.items()
    )
