"""The jobs of a merchant's day, and what each costs: clicks, fields and keys.

A tour does a job as a person does, from the first page of the app on. What its steps
cost is counted in the browser while they run, and is exactly what stands in
:data:`JOBS`: a screen that asks for one click more is noticed, and so is one that asks
for less, which is worth being kept. Beside it stands the best that was ever counted,
before there was an overview.

With a mouse, a choice from a list costs two clicks, and a page that a menu opens costs
those of the menu. An entry costs one field, however long; what completes it while it is
typed is a click or a key as well.
"""

import logging
from collections import Counter
from contextlib import contextmanager
from typing import NamedTuple

from odoo.tests import HttpCase

SAID = "A step costs a "
OVERVIEW = "/odoo/lengow"
ORDERS = "/odoo/lengow-orders"
CATALOGS = "/odoo/lengow-catalogs"
CATALOG_ISSUES = "/odoo/lengow-catalog-issues"
PRODUCTS = "/odoo/action-sale.product_template_action?view_type=list"
# Of a whole tour, in seconds: slow machines are no fault.
PATIENCE = 240


class Cost(NamedTuple):
    """What somebody does."""

    clicks: int = 0
    fields: int = 0
    keys: int = 0

    @property
    def total(self):
        return sum(self)

    @classmethod
    def of(cls, counts):
        """Return what was counted: who uses no mouse chooses by typing.

        :param Counter counts: of clicks, choices, fields and keys
        """
        clicks, choices, fields = counts["click"], counts["choice"], counts["field"]
        if clicks:
            return cls(clicks + 2 * choices, fields, counts["key"])
        return cls(0, fields + choices, counts["key"])


class Job(NamedTuple):
    """Something that a merchant does day by day, or once."""

    name: str
    best: Cost | None
    """The best that was ever counted, if the job was possible then."""
    cost: Cost
    """What it costs: the tour counts exactly this."""
    start: str = OVERVIEW
    """The page where it begins."""
    above_best: str = ""
    """Why it costs more than the best, if it does."""

    @property
    def is_within_best(self):
        """Whether it takes no more clicks, and no more of everything, than the best."""
        return self.best is None or (
            self.cost.clicks <= self.best.clicks and self.cost.total <= self.best.total
        )


# fmt: off
THE_LIST_WAS_FIRST = "The list of all orders was the first page; now a menu opens it."

# By the tour that does it: the job, the best that was ever counted, what it costs.
JOBS = {
    # === BEGIN === #
    "lengow_first_sale_order": Job(
        "From nothing to the first sale orders",
        best=Cost(7, 3), cost=Cost(5, 2),
    ),
    # === DECIDE === #
    "lengow_job_accept": Job(
        "Accept five orders of five marketplaces",
        best=Cost(6), cost=Cost(4),
    ),
    "lengow_job_refuse": Job(
        "Refuse three orders, with a reason",
        best=Cost(8, 1), cost=Cost(6, 1),
    ),
    # === MEND === #
    "lengow_resolve_unknown_sku": Job(
        "Match an unknown SKU",
        best=Cost(6, 1), cost=Cost(5, 1),
    ),
    "lengow_job_vat_paid_by_marketplace": Job(
        "Set the fiscal position of VAT that the marketplace pays",
        best=Cost(11, 1), cost=Cost(4, 1),
    ),
    # === SHIP === #
    "lengow_job_deliver_without_carrier": Job(
        "Validate a delivery that has no carrier",
        best=Cost(10, 1), cost=Cost(5, 2),
        # The number of the parcel is a field of its own: then it never arrived.
    ),
    "lengow_job_link_carrier": Job(
        "Link a carrier, and add a late tracking number",
        best=Cost(10, 2), cost=Cost(6, 1),
    ),
    "lengow_ship_by_other_carrier": Job(
        "Ship by a carrier that the marketplace does not list",
        best=Cost(12, 6), cost=Cost(7, 3),
    ),
    "lengow_job_ship_many": Job(
        "Ship eight orders at once",
        best=Cost(11), cost=Cost(6, 1),
    ),
    # === CANCEL AND REFUND === #
    "lengow_job_cancel_a_piece": Job(
        "Cancel one of three pieces",
        best=Cost(5, 1), cost=Cost(5, 1),
    ),
    "lengow_job_refund_a_part": Job(
        "Refund a part of a line",
        best=Cost(8, 1), cost=Cost(8, 1),
    ),
    # === SEE === #
    "lengow_job_due_today": Job(
        "See what must ship today",
        best=Cost(4), cost=Cost(1),
    ),
    "lengow_job_failed": Job(
        "See what marketplaces refused",
        best=Cost(2), cost=Cost(1),
    ),
    "lengow_correct_failed_action": Job(
        "Find what a marketplace refused, correct it and send it again",
        best=Cost(5, 1), cost=Cost(4, 1),
    ),
    # === DOCUMENTS === #
    "lengow_job_print": Job(
        "Print the documents of ten orders",
        best=Cost(5), cost=Cost(4),
    ),
    "lengow_job_export": Job(
        "Export ten orders",
        best=Cost(3), cost=Cost(5), above_best=THE_LIST_WAS_FIRST,
    ),
    "lengow_job_accountant": Job(
        "Find the marketplaces' invoices, as an accountant",
        best=Cost(4), cost=Cost(4), start="/odoo",
    ),
    # === SETTINGS === #
    "lengow_job_configure": Job(
        "Let a marketplace accept by itself, confirm, and link its carriers",
        best=Cost(9), cost=Cost(9),
    ),
    "lengow_job_alias": Job(
        "Match a SKU ahead",
        best=Cost(2, 3), cost=Cost(4, 2, 1),
        above_best="The best was counted from the list of SKUs on: two clicks away.",
    ),
    "lengow_job_delete_data": Job(
        "Delete a buyer's data",
        best=Cost(4), cost=Cost(6), above_best=THE_LIST_WAS_FIRST,
    ),
    # === CATALOG === #
    "lengow_new_catalogue": Job(
        "Make a catalog of your products",
        best=None, cost=Cost(2, 1), start=CATALOGS,
    ),
    "lengow_preview_catalogue": Job(
        "See what Lengow reads of a product, and where it comes from",
        best=None, cost=Cost(4), start=CATALOGS,
    ),
    "lengow_publish_catalogue": Job(
        "Publish a catalog, and read what is to be done in Lengow",
        best=None, cost=Cost(5), start=CATALOGS,
    ),
    "lengow_release_catalogue": Job(
        "Look at what a catalog holds back, and let it go out",
        best=None, cost=Cost(5), start=CATALOGS,
    ),
    "lengow_mend_catalogue_issue": Job(
        "Enter a weight that is missing, in the list of issues",
        best=None, cost=Cost(3, 1, 1), start=CATALOG_ISSUES,
    ),
    "lengow_mend_catalogue_issue_on_a_phone": Job(
        "Enter a weight that is missing, on a phone",
        best=None, cost=Cost(2, 1), start=CATALOG_ISSUES,
    ),
    "lengow_switch_products": Job(
        "Send two products to Lengow",
        best=None, cost=Cost(4), start=PRODUCTS,
    ),
    # === ELSEWHERE === #
    "lengow_ship_on_a_phone": Job(
        "Ship on a phone",
        best=None, cost=Cost(6, 1),
    ),
    "lengow_ship_by_keyboard": Job(
        "Ship by keyboard alone",
        best=None, cost=Cost(0, 2, 6), start=ORDERS,
    ),
    "lengow_accept_in_french": Job(
        "Accept an order, in French",
        best=None, cost=Cost(2), start=ORDERS,
    ),
}
# fmt: on


class JobCase(HttpCase):
    """Counts what the tours cost that do a job of the day."""

    def start_tour(self, url_path, tour_name, **kwargs):
        """Override to compare what the tour cost with what its job costs."""
        kwargs.setdefault("timeout", PATIENCE)
        with self._counting() as counts:
            result = super().start_tour(url_path, tour_name, **kwargs)
        if job := JOBS.get(tour_name):
            self.assertEqual(url_path, job.start, job.name)
            self.assertEqual(Cost.of(counts), job.cost, job.name)
        return result

    @contextmanager
    def _counting(self):
        """Count what the steps of a tour say that they cost."""
        listener = _Listener()
        console = self._logger.getChild("browser")
        level = console.level
        console.addHandler(listener)
        console.setLevel(logging.INFO)
        try:
            yield listener.counts
        finally:
            console.setLevel(level)
            console.removeHandler(listener)


class _Listener(logging.Handler):
    """Reads the browser's console."""

    def __init__(self):
        super().__init__()
        self.counts = Counter()

    def emit(self, record):
        """Override to keep what is said of costs."""
        _before, said, kind = record.getMessage().partition(SAID)
        if said:
            self.counts[kind.split()[0]] += 1
