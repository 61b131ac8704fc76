from . import lengow_account_health, lengow_sale_settings  # others inherit from them
from . import (
    lengow_account,
    lengow_carrier,
    lengow_connection,
    lengow_cron,
    lengow_marketplace,
    lengow_pause,
    lengow_product_alias,
)
