# First: others inherit from these.
from . import lengow_account_amounts
from . import lengow_account_health
from . import lengow_account_routing
from . import lengow_account_setup
from . import lengow_amount_settings
from . import lengow_commission_settings
from . import lengow_delivery_settings
from . import lengow_guarded
from . import lengow_import_rules
from . import lengow_mending
from . import lengow_order_counter
from . import lengow_people_settings
from . import lengow_product_settings
from . import lengow_sale_settings
from . import lengow_scoped

from . import (
    ir_attachment,
    ir_cron,
    lengow_account,
    lengow_allowance,
    lengow_background,
    lengow_carrier,
    lengow_connection,
    lengow_cron,
    lengow_delivery_rule,
    lengow_hooks,
    lengow_known_catalogue,
    lengow_limiter,
    lengow_marketplace,
    lengow_pause,
    lengow_product_alias,
    lengow_recorder,
    lengow_routing_rule,
    lengow_run,
    lengow_task,
    res_country_group,
)
