from . import lengow_sale_settings  # first: others inherit from it
from . import (
    lengow_account,
    lengow_carrier,
    lengow_connection,
    lengow_cron,
    lengow_marketplace,
    lengow_pause,
    lengow_product_alias,
)
