from . import (
    account_move,
    lengow_adoption,
    lengow_importer,
    lengow_invoicing,
    lengow_order,
    lengow_refund_proposal,
    lengow_revision,
    mail_thread,
    res_partner,
    sale_order,
    sale_order_line,
)
