"""The way of the data, stage by stage; each calls on the ones below it.

settings   whom the addon talks to, and how their orders are to be sold
inbox      what Lengow sends becomes `lengow.order`
sales      a `lengow.order` becomes sale orders, and what follows from that
outbox     what Odoo asks of a marketplace becomes `lengow.action`, and is sent
shipping   what has left the warehouse, told to the marketplace by way of the outbox
documents  what marketplaces provide for printing
catalogue  the other way: products, prices and stock, as files for Lengow
privacy    the end of it all: personal data goes
overview   what there is to do, counted over everything above
reporting  the same in numbers: analyses, and a page a month
"""

from . import settings, inbox, sales, outbox, shipping, documents, catalogue
from . import privacy, overview, reporting
