from . import lengow_status_tone  # first: others inherit from it
from . import (
    lengow_account,
    lengow_fetcher,
    lengow_inbox,
    lengow_judge,
    lengow_order,
    lengow_order_line,
    lengow_todo,
)
