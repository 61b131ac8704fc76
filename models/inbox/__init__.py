# First: others inherit from these.
from . import (
    lengow_guided,
    lengow_job,
    lengow_recipient,
    lengow_status_tone,
    lengow_trail,
)
from . import (
    lengow_account,
    lengow_fetcher,
    lengow_inbox,
    lengow_judge,
    lengow_matcher,
    lengow_order,
    lengow_order_line,
    lengow_todo,
)
