from . import (
    delivery_carrier,
    lengow_order_line_ship,
    lengow_order_reports,
    lengow_order_ship,
    stock_picking,
    stock_picking_ship,
)
