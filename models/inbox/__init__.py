from . import (
    lengow_guided,
    lengow_job,
    lengow_status_tone,
)  # first: others inherit from them
from . import (
    lengow_account,
    lengow_fetcher,
    lengow_inbox,
    lengow_judge,
    lengow_order,
    lengow_order_line,
    lengow_todo,
)
