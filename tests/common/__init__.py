"""What the tests share, by theme.

:mod:`.orders`      a sandbox, an account, products; orders as Lengow sends them
:mod:`.outbox`      orders at any status of any channel; actions, sent and followed
:mod:`.shipping`    orders to ship, delivery methods, the warehouse's deliveries
:mod:`.documents`   orders with documents, and files of every kind
:mod:`.overview`    an order for every job, and some for none
:mod:`.reporting`   orders of several currencies, and the analysis of them
:mod:`.copies`      many orders in no time
:mod:`.privacy`     orders full of markers, and a search of everything Odoo keeps

What Lengow does is said as ``put`` and ``define``, what the addon does as ``sync``,
``send`` and ``follow``, what people do as ``deliver``, ``map_carrier`` and ``enter``.
``create_*`` makes records; ``find_*`` and ``*_of`` look them up; ``import_*`` and
``receive*`` let an order come in and return its row.
"""

from .orders import LengowCase, address, line, package, payload
