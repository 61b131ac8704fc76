"""The SKUs of orders that wait, which no single usable product answers to.

Lines are counted by the database and looked up all at once: it takes as many queries
for five thousand SKUs as for one.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from odoo import models

from ..lengow_api import LEFT_OUT_LINE_STATUSES, Line
from .problems import ImportProblem
from .products import FULFILMENT_SUFFIX, ProductFinder, shown_sku, spellings

# Of the orders that are not sold yet, and may be.
OPEN_STATES = ("waiting", "ready", "error")


@dataclass
class UnknownSku:
    """A SKU without a usable product, and what is known of it."""

    account: models.Model
    sku: str
    """As the merchant writes it, without what the marketplace appends to it."""
    marketplaces: models.Model
    order_count: int
    sample: models.Model
    """The latest `lengow.order.line` with it: its title, its price."""
    problem: ImportProblem | None
    """What is wrong with the products that it means; None where it means none."""

    @property
    def company(self):
        """Whose orders name it."""
        return self.sample.company_id


@dataclass
class _Group:
    """The open lines of a marketplace with one spelling of a SKU."""

    marketplace: models.Model
    sku: str
    order_count: int
    last_line_id: int


def find_unknown_skus(account, skus=None) -> Iterator[UnknownSku]:
    """Yield the SKUs of an account's open orders that match nothing, by marketplace.

    :param lengow.account account: in system mode
    :param skus: to look at no others; None for all
    """
    for company in _companies_of(account):
        yield from _find_in(account.with_company(company), skus)


def _companies_of(account):
    """Return the companies of an account that somebody works in, or else its own."""
    served = account.served_company_ids
    return served & account.env.companies or account.company_id


def _find_in(account, skus):
    """Yield the SKUs that match nothing in the company that an account is in."""
    groups = _open_groups(account, skus)
    finder = ProductFinder(account, [(g.marketplace, _bare_line(g)) for g in groups])
    unknown = [
        (group, problem)
        for group in groups
        if (problem := _problem_of(finder, group.marketplace, _bare_line(group)))
    ]
    unknown = _without_other_numbers(account, unknown)
    # One query for all of them.
    samples = account.env["lengow.order.line"].browse(
        [group.last_line_id for group, _problem in unknown]
    )
    for (group, problem), sample in zip(unknown, samples, strict=True):
        yield UnknownSku(
            account=account,
            sku=base_sku(group.sku),
            marketplaces=group.marketplace,
            order_count=group.order_count,
            sample=sample,
            problem=problem if isinstance(problem, ImportProblem) else None,
        )


def merge(found, by_marketplace=False) -> list[UnknownSku]:
    """Return each SKU of an account once, the one that most orders wait for first.

    :param found: of :func:`find_unknown_skus`; a SKU comes in each of its spellings
    :param bool by_marketplace: once for each marketplace
    """
    merged = {}
    for one in found:
        place = one.marketplaces if by_marketplace else None
        known = merged.setdefault((one.account, place, one.sku), one)
        if known is not one:
            known.marketplaces |= one.marketplaces
            known.order_count += one.order_count
            known.sample = max(known.sample, one.sample, key=lambda line: line.id)
            known.problem = known.problem or one.problem
    return sorted(merged.values(), key=lambda one: (-one.order_count, one.sku))


def count_open_skus(account) -> int:
    """Return how many SKUs the open orders of an account name.

    :param lengow.account account: in system mode
    """
    return len(
        {
            base_sku(group.sku)
            for company in _companies_of(account)
            for group in _open_groups(account.with_company(company))
        }
    )


def base_sku(sku):
    """Return a SKU without what the marketplace appended to it."""
    return sku.removesuffix(FULFILMENT_SUFFIX) or sku


def _open_groups(account, skus=None):
    domain = [
        ("order_id.account_id", "=", account.id),
        ("order_id.company_id", "=", account.env.company.id),
        # Sold as the fallback product, a SKU is as unknown as before.
        "|",
        ("order_id.import_state", "in", OPEN_STATES),
        ("is_to_match", "=", True),
        ("sku", "!=", False),
        ("quantity", ">", 0),
        ("lengow_status", "not in", tuple(LEFT_OUT_LINE_STATUSES)),
    ]
    if skus is not None:
        domain.append(("sku", "in", list(spellings(skus))))
    rows = account.env["lengow.order.line"]._read_group(
        domain,
        ["order_id.marketplace_id", "sku"],
        ["order_id:count_distinct", "id:max"],
    )
    return [_Group(*row) for row in rows]


def _bare_line(group):
    """Return a line with nothing but what is stored of it, as Lengow would send it."""
    return Line(merchant_product_id=group.sku)


def _problem_of(finder, marketplace, line):
    """Return what keeps a line from having its product; False if nothing does."""
    try:
        return not finder.find(marketplace, line).product
    except ImportProblem as problem:
        return problem


def _without_other_numbers(account, unknown):
    """Leave out what is known by the marketplace's own number of the product.

    Only the whole order tells that number, and only an alias may stand for it: where
    there are none, nothing has to be read.
    """
    Alias = account.env["lengow.product.alias"]
    if not unknown or not Alias.search_count(
        [("account_id", "=", account.id)], limit=1
    ):
        return unknown
    ids = [group.last_line_id for group, _problem in unknown]
    samples = account.env["lengow.order.line"].browse(ids)
    samples.order_id.fetch(["payload"])
    lines = [_whole_line(sample) for sample in samples]
    pairs = [
        (group.marketplace, line)
        for (group, _problem), line in zip(unknown, lines, strict=True)
    ]
    finder = ProductFinder(account, pairs)
    return [
        one
        for one, (marketplace, line) in zip(unknown, pairs, strict=True)
        if _problem_of(finder, marketplace, line)
    ]


def _whole_line(sample):
    """Return what Lengow sent of a stored line."""
    lines = sample.order_id._content().lines if sample.order_id.payload else ()
    same = [line for line in lines if shown_sku(line) == sample.sku]
    return same[0] if same else Line(merchant_product_id=sample.sku)
