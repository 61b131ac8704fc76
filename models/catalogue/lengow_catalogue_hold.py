"""Whether a file may go to Lengow as it is, or waits for a person.

A file that suddenly lacks many products is more often somebody's mistake than their
wish, and marketplaces act on it within minutes.
"""

import hashlib
import json
from typing import NamedTuple

from odoo import fields, models
from odoo.tools import SQL, format_amount

from ...catalogue.changes import Changes, Limits, Offer
from ...mapper.shipment import number_text
from .held_quantities import HeldQuantities
from .layout import Layout

ACTIVITY = "lengow_connector.mail_activity_type_catalogue_held"
# So many rows are compared at once.
PAGE = 20_000
COMPARED = SQL("is_published AND kind != 'parent'")
# What the last file says is left.
TOLD = SQL("COALESCE(held_quantity, published_quantity, 0)")
# Rows that say what they said: most of them, most of the time.
SAME = SQL(
    "(state = 'listed' AND COALESCE(quantity, 0) = %s "
    "AND COALESCE(price, 0) = COALESCE(published_price, 0))",
    TOLD,
)


class Findings(NamedTuple):
    """Why a file is to be held."""

    zero: list
    """Sentences: too much would sell out."""
    rows: list
    """Sentences: rows, prices or columns would change too much."""
    stamp: str
    """Another one as soon as any number or example is another one."""

    @property
    def text(self):
        """All of it in words."""
        return "\n".join([*self.zero, *self.rows])


class LengowCatalogueHold(models.AbstractModel):
    """Holds what would change too much at once, and calls a person."""

    _name = "lengow.catalogue.hold"
    _description = "Lengow Catalogs on Hold"

    def _judge(self, catalogue):
        """Hold a catalog if what Lengow would read differs too much from what it reads.

        :param lengow.catalogue catalogue: one, in system mode, published
        """
        findings = self._find(catalogue)
        if not findings.zero and not findings.rows:
            self._end(catalogue)
            return
        values = {
            "state": "held",
            "held_zero": bool(findings.zero),
            "held_rows": bool(findings.rows),
            "hold_reason": findings.text,
            "hold_stamp": findings.stamp,
        }
        is_new = catalogue.state != "held"
        if values["held_zero"] != catalogue.held_zero:
            quantities = HeldQuantities(catalogue, Layout(catalogue))
            quantities.begin() if values["held_zero"] else quantities.end()
        if any(catalogue[name] != value for name, value in values.items()):
            catalogue.write(values)
        if is_new:
            self._call(catalogue, ACTIVITY, findings.text)

    def _find(self, catalogue):
        """Return why a catalog is to be held, in words; no words if it is not.

        :rtype: Findings
        """
        reasons = self._find_reasons(catalogue)
        zero = [self._words(catalogue, r) for r in reasons if r.holds_quantities]
        rows = [self._words(catalogue, r) for r in reasons if not r.holds_quantities]
        columns = list(self._judge_columns(catalogue))
        told = [
            [
                [r.code, r.count, r.total, r.limit, [*map(_example_stamp, r.examples)]]
                for r in reasons
            ],
            [column.header for column in columns],
        ]
        digest = hashlib.sha1(json.dumps(told).encode(), usedforsecurity=False)
        rows += map(self._say_column, columns)
        return Findings(zero, rows, digest.hexdigest())

    def _end(self, catalogue):
        """Hold a catalog no longer.

        :param lengow.catalogue catalogue: one, in system mode
        """
        if catalogue.state != "held":
            return
        catalogue.write(
            {
                "state": "published",
                "held_zero": False,
                "held_rows": False,
                "hold_reason": False,
                "hold_stamp": False,
            }
        )
        catalogue.activity_unlink([ACTIVITY])
        catalogue._message_log(body=self.env._("It is no longer on hold."))

    # === REASONS === #

    def _find_reasons(self, catalogue):
        """Compare what Lengow reads now with what it would read.

        :return: as of :class:`Changes`
        """
        changes = Changes(
            Limits(catalogue.hold_lost, catalogue.hold_zero, catalogue.hold_price)
        )
        changes.add_same(*self._count_same(catalogue))
        after = 0
        while page := self._page(catalogue, after):
            for _id, identifier, *old, is_listed, quantity, price in page:
                new = Offer(quantity, price) if is_listed else None
                changes.add(identifier, Offer(*old), new)
            after = page[-1][0]
        return changes.reasons()

    def _count_same(self, catalogue):
        """Count the rows that say what Lengow reads now.

        :return: how many, how many of them had stock, and how many a price
        :rtype: tuple[int, int, int]
        """
        [counts] = self.env.execute_query(
            SQL(
                """
                SELECT COUNT(*), COUNT(*) FILTER (WHERE quantity > 0),
                       COUNT(*) FILTER (WHERE price > 0)
                  FROM lengow_catalogue_row
                 WHERE catalogue_id = %s AND %s AND %s
                """,
                catalogue.id,
                COMPARED,
                SAME,
            )
        )
        return counts

    def _page(self, catalogue, after):
        """Return the next rows that say something else than Lengow reads now."""
        return self.env.execute_query(
            SQL(
                """
                SELECT id, identifier, %s,
                       COALESCE(published_price, 0)::float8,
                       state = 'listed', COALESCE(quantity, 0),
                       COALESCE(price, 0)::float8
                  FROM lengow_catalogue_row
                 WHERE catalogue_id = %s AND %s AND NOT %s AND id > %s
              ORDER BY id LIMIT %s
                """,
                TOLD,
                catalogue.id,
                COMPARED,
                SAME,
                after,
                PAGE,
            )
        )

    def _words(self, catalogue, reason):
        """Return a reason in words, with its numbers and some products."""
        say = {"lost": self._say_lost, "zero": self._say_zero, "price": self._say_price}
        owner = catalogue.pricelist_id or catalogue.company_id

        def shown(price):
            return format_amount(self.env, price, owner.currency_id)

        return say[reason.code](
            count=reason.count,
            total=reason.total,
            limit=number_text(reason.limit),
            examples=", ".join(_example_text(e, shown) for e in reason.examples),
        )

    def _say_lost(self, **numbers):
        return self.env._(
            "%(count)s of %(total)s products would be lost; more than %(limit)s %% "
            "wait for you: %(examples)s.",
            **numbers,
        )

    def _say_zero(self, **numbers):
        return self.env._(
            "%(count)s of %(total)s products in stock would sell out at once; more "
            "than %(limit)s %% wait for you: %(examples)s. Until then these go on "
            "being sold with what they had, less what is ordered meanwhile.",
            **numbers,
        )

    def _say_price(self, **numbers):
        return self.env._(
            "%(count)s of %(total)s prices would change by more than half; more than "
            "%(limit)s %% wait for you: %(examples)s.",
            **numbers,
        )

    def _judge_columns(self, catalogue):
        for column in catalogue.column_ids.filtered("is_published"):
            if column.issue and not column.is_issue_accepted:
                yield column

    def _say_column(self, column):
        return self.env._(
            "The column %(column)s would be empty: %(issue)s",
            column=column.header,
            issue=column.issue,
        )

    # === PEOPLE === #

    def _call(self, catalogue, activity, reason):
        """Call whoever is responsible, in their language.

        :param lengow.catalogue catalogue: one, in system mode
        :param str activity: xml id of its type; one of it is enough
        :param str reason: what is said
        """
        user = catalogue.user_id
        if not user.active:
            user = catalogue.account_id._find_responsible(company=catalogue.company_id)
        catalogue.activity_unlink([activity])
        theirs = catalogue.with_context(lang=user.lang)
        kind = theirs.env.ref(activity, raise_if_not_found=False)
        theirs.activity_schedule(
            activity,
            # Without a summary, the chatter of Odoo gives it no name at all.
            summary=kind and kind.name,
            date_deadline=fields.Date.context_today(catalogue),
            note=reason,
            user_id=user.id,
        )
        catalogue._message_log(body=reason)


def _example_text(example, shown):
    """Return a product that changed, with its prices where they are the reason.

    :param Example example: of a reason
    :param shown: returns a price in words
    """
    old, new = example.old, example.new
    if new and old.price != new.price and new.quantity > 0:
        return f"{example.identifier} ({shown(old.price)} → {shown(new.price)})"
    return example.identifier


def _example_stamp(example):
    """Return a product that changed, whatever the language of whoever compares."""
    return _example_text(example, "{:.2f}".format)
