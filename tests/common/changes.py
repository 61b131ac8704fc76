"""What Lengow may change of an order, and where Odoo may stand: the cells of a table.

The values are what must come of it, a letter each:

===  ==================================================================================
.    nothing is to be done, and nobody is bothered
W    it is no sale order yet, and waits as it should: for its status, or to be mended
I    it never becomes a sale order, and says why
C    its sale orders are canceled, and say why
H    somebody is to decide, and its deliveries are held until then
D    somebody is to decide, and there is nothing to hold
A    somebody is called, to look or to finish by hand
N    a draft credit note is proposed
B    the delivery says that the marketplace knows it as shipped
===  ==================================================================================
"""

# Where Odoo stands when Lengow sends the change.
STAGES = (
    "in error", "quotation", "confirmed", "partly delivered", "delivered", "invoiced",
    "refunded",
)  # fmt: skip

# Order statuses, by Lengow's name.
STATUSES = {
    "new": "W H H H . . .",
    "waiting_acceptance": "W H H H . . .",
    "accepted": "W H H H . . .",
    "waiting_shipment": "W . . . . . .",
    "shipped": "W . B B . . .",
    "closed": "W . B B . . .",
    "refused": "I C C HA A A A",
    "canceled": "I C C HA A A A",
    "refunding": "I HA HA HA A AN .",
    "refunded": "I C C HA A AN .",
    "partial_refunded": "W HA HA HA A AN .",
    "to_refund": "I HA HA HA A AN .",
    "pickup_to_prepare": "W . . . . . .",
    "to_pickup": "W . . . . . .",
    "pickup_completed": "W . B B . . .",
    "pickup_canceled": "I C C HA A A A",
    "strange": "W . . . . . .",
}

# Statuses of the second of two lines, while the order keeps its own.
LINE_STATUSES = {
    "line waiting_acceptance": "W H H H . . .",
    "line shipped": "W H H H . . .",
    "line canceled": "W H H H D D D",
    "line refused": "W H H H D D D",
    "line refunding": "W H H H A AN .",
    "line refunded": "W H H H A AN .",
    "line to_refund": "W H H H A AN .",
}

# Anything else.
CONTENTS = {
    "address": "W H H H . . .",
    "invoice address": "W D D D D D D",
    "more pieces": "W H H H D D D",
    "fewer pieces": "W H H H D D D",
    "amount": "W H H H D D D",
    "line added": "W H H H D D D",
    "line gone": "W H H H D D D",
    "refunded in part": "W H H H A AN .",
    "deadline": "W . . . . . .",
    "commission": "W . . . . . .",
}
