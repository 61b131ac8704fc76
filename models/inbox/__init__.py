from . import (
    lengow_account_fetch,
    lengow_account_report,
    lengow_order,
    lengow_order_errors,
    lengow_order_inbox,
    lengow_order_line,
    lengow_order_overview,
    lengow_order_presentation,
)
