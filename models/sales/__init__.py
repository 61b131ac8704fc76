from . import (
    account_move,
    lengow_importer,
    lengow_invoicing,
    lengow_order,
    lengow_refund_proposal,
    lengow_revision,
    lengow_tax_watch,
    mail_thread,
    res_partner,
    sale_order,
    sale_order_line,
)
