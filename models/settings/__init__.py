# First: others inherit from these.
from . import lengow_guarded
from . import lengow_sale_settings

from . import (
    lengow_account,
    lengow_carrier,
    lengow_connection,
    lengow_marketplace,
    lengow_product_alias,
)
