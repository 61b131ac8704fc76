from . import (
    delivery_carrier,
    lengow_action,
    lengow_dispatcher,
    lengow_fulfilment,
    lengow_hold,
    lengow_order,
    lengow_order_line,
    lengow_reporter,
    sale_order,
    stock_move,
    stock_picking,
    stock_rule,
)
