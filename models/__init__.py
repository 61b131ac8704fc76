from . import lengow_sale_settings  # first: others inherit from it
from . import (
    account_move,
    lengow_account,
    lengow_account_fetch,
    lengow_account_health,
    lengow_carrier,
    lengow_marketplace,
    lengow_order,
    lengow_order_import,
    lengow_order_inbox,
    lengow_order_invoice,
    lengow_order_line,
    lengow_product_alias,
    mail_thread,
    res_partner,
    sale_order,
    stock_picking,
)
