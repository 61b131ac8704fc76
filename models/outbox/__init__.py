"""Odoo → Lengow: what is possible, asking for it, sending it, and what became of it."""

from . import account_move
from . import lengow_account
from . import lengow_action
from . import lengow_marketplace
from . import lengow_order
from . import lengow_order_line
from . import lengow_outbox
from . import lengow_announcer
from . import lengow_sender
from . import lengow_follower
from . import lengow_acceptance
from . import lengow_settlement
from . import lengow_dismissal
from . import lengow_resender
from . import sale_order
