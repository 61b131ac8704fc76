from . import (
    # inherited by account.move and sale.order
    lengow_document_owner,
    account_move,
    ir_attachment,
    lengow_account,
    lengow_document,
    lengow_document_fetcher,
    lengow_document_printer,
    lengow_order,
    lengow_task_print,
    sale_order,
)
