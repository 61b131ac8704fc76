"""What a marketplace is told about Odoo's own invoice with the actions of an order."""


def invoice_number(sales):
    """Return the number of the invoice of some sale orders; of several, nobody's.

    An invoice that was reversed, as a whole or by another one, is none any more.

    :param sale.order sales: of one marketplace order, in system mode
    :rtype: str | None
    """
    invoices = sales.invoice_ids.filtered(
        lambda move: (
            move.move_type == "out_invoice"
            and move.state == "posted"
            and move.payment_state != "reversed"
        )
    )
    return invoices.name if len(invoices) == 1 else None
