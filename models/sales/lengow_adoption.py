"""Sale orders that are here already: of an earlier installation, or another account.

Whatever happened to the addon or its accounts, a marketplace order has one living sale
order. Before one is made, those of its number are looked for:

of no marketplace order         the addon was installed anew     linked
of an account that is no more   this account is its successor    taken over
of another account that works   both bring the same order        ignored, says why
of another company              the shop has moved               ignored, says why
canceled, of an account before  it was imported, and given up    ignored, says why
dismissed on an account before  nobody wants it                  ignored, says why
"""

from odoo import models

from ...mapper import ImportProblem, ProductFinder
from ...mapper.sale_mapper import NO_NUMBER


class LengowAdoption(models.AbstractModel):
    """Links orders to sale orders that exist, so that none is made twice."""

    _name = "lengow.adoption"
    _description = "Adoption of Existing Sale Orders"

    def _settle(self, account, orders):
        """Deal with the orders that have a living sale order already.

        :param lengow.account account: of all the orders
        :param lengow.order orders: ready
        :return: those that were linked, and those that have none yet
        :rtype: tuple[lengow.order, lengow.order]
        """
        by_number = self._find_living(account, orders).grouped(
            lambda sale: sale.lengow_order_id.name or sale.client_order_ref
        )
        done = self._find_done(account, orders)
        linked = new = orders.browse()
        for order in orders:
            sales = by_number.get(order.name, self.env["sale.order"])
            sales = sales.filtered(lambda sale, o=order: self._may_be(sale, o))
            given_up = self._find_given_up(done, order)
            if not sales and given_up and not order.is_asked_for:
                order._mark_ignored(self._reason_given_up(given_up))
            elif not sales:
                new |= order
            elif reason := self._reason_to_leave(order, sales):
                order._mark_ignored(reason)
            elif problem := self._find_doubt(order, sales):
                order._mark_error(problem)
            else:
                self._link(order, sales.sorted("id"))
                linked |= order
        if linked:
            self.env["lengow.outbox"]._plan_links(linked)
        return linked, new

    def _find_living(self, account, orders):
        """Return the sale orders with the numbers of some orders, but their own.

        Those of an account before this one are known by their marketplace order, even
        if somebody has changed their customer reference.
        """
        numbers = orders.mapped("name")
        before = account._of_same_shop() - account
        found = (
            self.env["sale.order"]
            .sudo()
            .search(
                [
                    ("state", "!=", "cancel"),
                    "|",
                    "&",
                    ("lengow_order_id.name", "in", numbers),
                    ("lengow_order_id.account_id", "in", before.ids),
                    "&",
                    "&",
                    ("client_order_ref", "in", numbers),
                    ("origin", "in", numbers),
                    "|",
                    ("company_id", "=", account.company_id.id),
                    ("lengow_order_id", "!=", False),
                ]
            )
        )
        return found.filtered(
            lambda sale: (
                sale.lengow_order_id.account_id in before
                or (
                    sale.origin == sale.client_order_ref
                    and sale.lengow_order_id.account_id != account
                )
            )
        )

    def _find_done(self, account, orders):
        """Return what accounts before this one have imported, or have dismissed.

        :rtype: lengow.order
        """
        before = account._of_same_shop() - account
        return (
            self.env["lengow.order"]
            .sudo()
            .search(
                [
                    ("account_id", "in", before.ids),
                    ("name", "in", orders.mapped("name")),
                    "|",
                    ("import_state", "=", "imported"),
                    ("dismissed_at", "!=", False),
                ]
            )
        )

    def _find_given_up(self, done, order):
        codes = order.marketplace_id._codes()
        return done.filtered(
            lambda row: row.name == order.name and row.marketplace_id._codes() & codes
        )[:1]

    def _reason_given_up(self, row):
        if row.dismissed_at:
            return self.env._(
                "The account %(account)s had dismissed it: %(reason)s. Import it if "
                "there is to be a sale order.",
                account=row.account_id.name,
                reason=row._dismissed_because(),
            )
        return self.env._(
            "The account %(account)s imported it before (%(sales)s), and its sale "
            "order is canceled. Import it if there is to be another.",
            account=row.account_id.name,
            sales=", ".join(row.sale_order_ids.mapped("name")) or "?",
        )

    def _may_be(self, sale, order):
        """Whether a sale order may be for the same order of the same shop.

        Numbers are unique within a shop only. Whose an unlinked sale order was is not
        known any more: its number speaks for it.
        """
        other = sale.lengow_order_id
        if not other:
            return True
        # An account that is read no more knows a marketplace by its earlier name.
        if not other.marketplace_id._codes() & order.marketplace_id._codes():
            return False
        same_shop = (
            other.account_id.lengow_account_ref == order.account_id.lengow_account_ref
        )
        if sale.company_id != order.company_id:
            return same_shop
        return same_shop or other.order_date == order.order_date

    def _reason_to_leave(self, order, sales):
        """Return why an order is left to whoever has its sale orders, maybe False."""
        for sale in sales.filtered("lengow_order_id"):
            owner = sale.lengow_order_id.account_id
            works = owner.active and owner.state != "draft"
            if works or sale.company_id != order.company_id:
                return self.env._(
                    "It is here already, as %(sale)s of the account %(account)s.",
                    sale=sale.name,
                    account=owner.name,
                )
        return False

    def _find_doubt(self, order, sales):
        """Return why unlinked sale orders are maybe not this order's, or None."""
        date = order.order_date or order.create_date
        doubtful = sales.filtered(
            lambda sale: (
                not sale.lengow_order_id
                and sale.date_order.replace(microsecond=0)
                != date.replace(microsecond=0)
            )
        )
        if not doubtful:
            return None
        return ImportProblem(
            "already_here",
            self.env._(
                "%(sales)s has this number as its customer reference, but another "
                "date. If it is this order, give it the date %(date)s (UTC); if not, "
                "change its customer reference.",
                sales=", ".join(doubtful.mapped("name")),
                date=date,
            ),
        )

    def _link(self, order, sales):
        """Make sale orders those of a marketplace order.

        :param lengow.order order: which had none
        :param sale.order sales: living, oldest first
        """
        earlier = sales.lengow_order_id
        for index, sale in enumerate(sales):
            values = {"lengow_order_id": order.id}
            if not sale.lengow_order_id:
                values["lengow_package_index"] = index
            sale.write(values)
        sales.invoice_ids.write({"lengow_order_id": order.id})
        self._link_lines(order, sales)
        order.partner_id = earlier.partner_id[:1] or sales.partner_id[:1]
        order._mark_imported()
        names = ", ".join(sales.mapped("name"))
        order._log_note(
            self.env._("%s was here already, and belongs to this order now.", names)
        )
        for row in earlier:
            row.line_ids.sale_line_id = False
            # What was still to be sent is this account's to send; the number is told
            # anew anyway.
            row.action_ids.sudo().filtered(
                lambda action: (
                    action.state == "todo"
                    and not action.sent_at
                    and action.kind != "link"
                )
            ).order_id = order
            row._mark_ignored(
                self.env._(
                    "%(sales)s belongs to the account %(account)s now.",
                    sales=names,
                    account=order.account_id.name,
                )
            )

    def _link_lines(self, order, sales):
        """Tie lines to sale order lines, as far as it is clear which is which."""
        account = order.account_id
        services = account.fee_product_id | account.discount_product_id
        services |= order.marketplace_id._setting("shipping_product_id")
        sold = [
            line
            for sale in sales
            for line in sale.order_line.sorted("id")
            if not line.display_type and line.product_id not in services
        ]
        kept = order.line_ids.filtered(lambda line: line._is_kept()).sorted("sequence")
        factors = self._find_factors(order, kept, sold)
        if None in factors or len(kept) != len(sold):
            order._log_note(
                self.env._(
                    "Its lines differ from those of the sale order: report its "
                    "shipment by hand."
                )
            )
            return
        for line, sale_line, factor in zip(kept, sold, factors, strict=True):
            line.write(
                {
                    "sale_line_id": sale_line.id,
                    "product_id": sale_line.product_id.id,
                    "factor": factor,
                }
            )
            sale_line.lengow_factor = factor
            if not sale_line.lengow_line_ref:
                sale_line.lengow_line_ref = (
                    line.lengow_line_ref or f"{NO_NUMBER}{line.sequence}"
                )

    def _find_factors(self, order, kept, sold):
        """Return how many units each line's pieces were sold as.

        As noted on the sale order line, one by one, or as its SKU says today.

        :param lengow.order.line kept: of the order
        :param list sold: its sale order lines
        :return: a number per line, None where the quantities do not fit
        :rtype: list
        """
        items = order._content().lines
        finder = ProductFinder(
            order.account_id, [(order.marketplace_id, item) for item in items]
        )
        factors = []
        for line, sale_line in zip(kept, sold, strict=False):
            possible = [sale_line.lengow_factor or 1.0, 1.0]
            if line.sequence < len(items):
                match = finder.find_one(order.marketplace_id, items[line.sequence])
                if match.product == sale_line.product_id:
                    possible.append(match.factor)
            units = sale_line.product_uom_qty
            fitting = (
                factor
                for factor in possible
                if not sale_line.product_uom_id.compare(line.quantity * factor, units)
            )
            factors.append(next(fitting, None))
        return factors
