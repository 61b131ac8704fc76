class Pricing:
    """Prices and taxes of sale order lines that total exactly what the buyer pays.

    Marketplaces state each line's total with tax. Odoo computes totals from unit
    prices, and its taxes may be included or not, one or several, rounded by line or
    globally; a unit price alone can miss the total by a cent. So Odoo's tax engine
    computes the line backwards from its total, and the amounts are stored with the line
    the way Odoo stores those of down payments (`sale.order.line.extra_tax_data`). They
    hold as long as quantity, price and taxes stay; Odoo drops them by itself when one
    is edited.

    See `account.tax._import_base_line_extra_tax_data` in Odoo's `account`.
    """

    def __init__(self, company, currency, date):
        """Fix whose taxes apply, and at which rate amounts convert.

        :param res.company company: whose taxes apply
        :param res.currency currency: of the sale order
        :param datetime date: of the sale order, for its exchange rate
        """
        self.env = company.env
        self.company = company
        self.currency = currency
        self.rate = self.env["res.currency"]._get_conversion_rate(
            company.currency_id, currency, company, date.date()
        )

    def line_values(self, product, quantity, total, taxes):
        """Return the price and tax values of a sale order line.

        :param product.product product: sold
        :param Decimal quantity: positive
        :param Decimal total: of the whole line with tax, in the order's currency
        :param account.tax taxes: that apply, already mapped by the fiscal position
        :rtype: dict
        """
        base_line = self._base_line(product, quantity, total, taxes)
        price_unit = self._price_unit(base_line)
        values = {
            "product_id": product.id,
            "product_uom_qty": float(quantity),
            "tax_ids": [(6, 0, taxes.ids)],
            "price_unit": price_unit,
            # Odoo takes a price for its own unless this differs from it, and would
            # replace it by the product's at the next change of quantity.
            "technical_price_unit": 0.0,
            "discount": 0.0,
        }
        if taxes:
            values["extra_tax_data"] = self._exact_amounts(base_line, price_unit, total)
        return values

    def _base_line(self, product, quantity, total, taxes):
        AccountTax = self.env["account.tax"]
        base_line = AccountTax._prepare_base_line_for_taxes_computation(
            None,
            product_id=product,
            tax_ids=taxes,
            price_unit=float(total / quantity),
            quantity=float(quantity),
            currency_id=self.currency,
            rate=self.rate,
            special_mode="total_included",
        )
        AccountTax._add_tax_details_in_base_line(base_line, self.company)
        AccountTax._round_base_lines_tax_details([base_line], self.company)
        return base_line

    def _price_unit(self, base_line):
        """Return the unit price that Odoo shows: with the taxes that prices include."""
        details = base_line["tax_details"]
        included = sum(
            tax_data["raw_tax_amount_currency"]
            for tax_data in details["taxes_data"]
            if tax_data["tax"].price_include
        )
        raw_total = details["raw_total_excluded_currency"] + included
        return raw_total / base_line["quantity"]

    def _exact_amounts(self, base_line, price_unit, total):
        """Return what fixes the line's base and taxes so that they sum to its total."""
        details = base_line["tax_details"]
        base = details["total_excluded_currency"]
        base += details["delta_total_excluded_currency"]
        taxed = sum(data["tax_amount_currency"] for data in details["taxes_data"])
        # Base and tax are rounded apart and may miss the total by a cent together.
        missing = self.currency.round(float(total) - base - taxed)
        details["total_excluded_currency"] += missing
        for tax_data in details["taxes_data"]:
            tax_data["base_amount_currency"] += missing
        AccountTax = self.env["account.tax"]
        base_line.update(price_unit=price_unit, special_mode=False)
        AccountTax._fix_base_lines_tax_details_on_manual_tax_amounts(
            [base_line], self.company
        )
        return AccountTax._export_base_line_extra_tax_data(base_line)
