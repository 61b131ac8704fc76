from . import lengow_order_fetch
from . import lengow_order_resolve
