"""Prices and taxes of an invoice line that is a part of a sale order line."""


class InvoicePart:
    """What an invoice takes of a sale order line, so that all parts sum to the line.

    Each amount of the line is shared by quantity and rounded as a running total: what
    is invoiced up to here, less what was before. So the last part takes what rounding
    left over, whatever the order and the size of the parts. Where earlier invoices
    miss their share by rounding alone, it makes up for that, too; what somebody took
    off an invoice by hand stays off.
    """

    def __init__(self, line, quantity):
        """Fix which part it is.

        :param sale.order.line line: with the exact amounts of its import, if taxed
        :param float quantity: of the part; below zero for what comes back
        """
        self.line = line
        self.quantity = quantity
        self.before = line.qty_invoiced
        self.after = line.qty_invoiced + quantity

    def values(self):
        """Return what the invoice line must have beside what Odoo gives it.

        :rtype: dict
        """
        line = self.line
        if not (line.product_uom_qty and self.quantity):
            return {}
        if not line.tax_ids:
            return {"price_unit": self._untaxed_part() / self.quantity}
        if not self._is_as_imported():
            return {}
        return {"extra_tax_data": self._exact_amounts()}

    def _is_as_imported(self):
        """Whether the amounts of the import still are the line's: nobody edited it."""
        line, exact = self.line, self.line.extra_tax_data
        if not exact or not exact.get("manual_tax_amounts"):
            return False
        compare = line.currency_id.compare_amounts
        return exact["currency_id"] == line.currency_id.id and not any(
            compare(ours, theirs)
            for ours, theirs in (
                (line.price_unit, exact["price_unit"]),
                (line.discount, exact["discount"]),
                (line.product_uom_qty, exact["quantity"]),
            )
        )

    def _untaxed_part(self):
        """Return the part's total before the discount, which Odoo applies again."""
        line = self.line
        undiscounted = line.price_unit * line.product_uom_qty
        missing = 0.0
        if not line.discount:
            missing = self._missing(line.price_subtotal, "price_subtotal")
        return self._share(undiscounted, line.currency_id) + missing

    def _exact_amounts(self):
        """Return the line's exact amounts, each cut down to this part."""
        exact, line = self.line.extra_tax_data, self.line
        own, company = line.currency_id, line.company_id.currency_id
        part = {
            **exact,
            "price_unit": line.price_unit,
            "quantity": self.quantity,
            "manual_total_excluded_currency": self._share(
                exact["manual_total_excluded_currency"], own
            ),
            "manual_total_excluded": self._share(
                exact["manual_total_excluded"], company
            ),
        }
        part["manual_tax_amounts"] = {
            tax: {
                name: self._share(amount, own if "currency" in name else company)
                for name, amount in amounts.items()
            }
            for tax, amounts in exact["manual_tax_amounts"].items()
        }
        self._make_up(part)
        return part

    def _make_up(self, part):
        """Add to the exact amounts of a part what rounding took from earlier ones."""
        line, currency = self.line, self.line.currency_id
        missing = self._missing(line.price_subtotal, "price_subtotal")
        part["manual_total_excluded_currency"] += missing
        amounts = list(part["manual_tax_amounts"].values())
        for tax_amounts in amounts:
            if "base_amount_currency" in tax_amounts:
                tax_amounts["base_amount_currency"] += missing
        # Base and taxes are rounded apart, too: together they are the part's total.
        total = self._share(line.price_total, currency)
        total += self._missing(line.price_total, "price_total")
        taxed = [one for one in amounts if one.get("tax_amount_currency")]
        if taxed:
            largest = max(taxed, key=lambda one: abs(one["tax_amount_currency"]))
            others = sum(one["tax_amount_currency"] for one in taxed)
            others += part["manual_total_excluded_currency"]
            largest["tax_amount_currency"] += currency.round(total - others)

    def _missing(self, amount, name):
        """Return by how little the earlier invoices miss their share of an amount.

        :param float amount: of the whole line
        :param str name: of the same amount on invoice lines
        """
        currency = self.line.currency_id
        earlier = self.line.invoice_lines.filtered(
            lambda line: line.move_id.state != "cancel"
        )
        if not earlier or currency.compare_amounts(
            self.after, self.line.product_uom_qty
        ):
            return 0.0
        invoiced = sum(-line.move_id.direction_sign * line[name] for line in earlier)
        share = currency.round(amount * self.before / self.line.product_uom_qty)
        missing = currency.round(share - invoiced)
        # A cent per invoice and tax; more than that is somebody's decision.
        bearable = currency.rounding * len(earlier) * (1 + len(self.line.tax_ids))
        return missing if abs(missing) <= bearable else 0.0

    def _share(self, amount, currency):
        """Return this part's share of an amount of the whole line."""
        ordered = self.line.product_uom_qty
        return currency.round(
            currency.round(amount * self.after / ordered)
            - currency.round(amount * self.before / ordered)
        )
