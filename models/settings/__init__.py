from . import lengow_sale_settings  # first: others inherit from it
from . import (
    lengow_account,
    lengow_account_connection,
    lengow_account_health,
    lengow_account_outbox,
    lengow_carrier,
    lengow_marketplace,
    lengow_marketplace_auto_accept,
    lengow_marketplace_invoice,
    lengow_marketplace_ship,
    lengow_product_alias,
)
