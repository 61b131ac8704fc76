# First: others inherit from these.
from . import (
    lengow_dismissable,
    lengow_findable,
    lengow_guided,
    lengow_job,
    lengow_order_rate,
    lengow_order_views,
    lengow_phase,
    lengow_recipient,
    lengow_routed,
    lengow_status_tone,
    lengow_trail,
)
from . import (
    lengow_account,
    lengow_day_check,
    lengow_day_watch,
    lengow_fetcher,
    lengow_inbox,
    lengow_judge,
    lengow_marketplace,
    lengow_matcher,
    lengow_order,
    lengow_order_line,
    lengow_router,
    lengow_todo,
    res_users,
)
