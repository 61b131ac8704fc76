from . import (
    delivery_carrier,
    lengow_order,
    lengow_order_line,
    lengow_reporter,
    stock_move,
    stock_picking,
)
