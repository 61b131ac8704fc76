"""Many Lengow orders in seconds, by SQL, for whoever looks at plans and times.

They look like those of large marketplaces: numbers of one shape, three years of dates,
a few open ones, and of every hundredth one the buyer of another. On request each has a
sale order, a delivery and a report of it, too.
"""

from contextlib import contextmanager

FIRST_DATE = "2023-01-01"
ORDERS = """
INSERT INTO lengow_order (
    account_id, company_id, marketplace_id, name, lengow_status, import_state,
    order_date, customer_name, email, amount_total, amount_commission,
    amount_shipping, accept_before, ship_before, due_at, phase, is_to_accept,
    payload_digest, currency_id, currency_rate, is_error_new, create_uid, create_date,
    write_uid, write_date
)
SELECT %(account)s, %(company)s,
       (%(marketplaces)s::int[])[(1 + n %% %(turns)s)::int],
       format('%%s-%%s-%%s', 400 + n %% 9, lpad((n * 7919 %% 9999991)::text, 7,
              '0'), lpad(n::text, 7, '0')),
       status, state, placed,
       'Buyer ' || n %% 99, 'buyer' || n || '@example.com', n %% 500,
       n %% 50, 4.90, accept_before, ship_before,
       CASE status WHEN 'waiting_acceptance' THEN accept_before
                   WHEN 'waiting_shipment' THEN ship_before END,
       CASE WHEN state = 'error' THEN 'to_fix'
            WHEN status = 'waiting_acceptance' THEN 'to_accept'
            WHEN status = 'waiting_shipment' THEN 'to_ship'
            WHEN status = 'to_refund' THEN 'to_refund'
            ELSE 'in_transit' END,
       status = 'waiting_acceptance',
       md5(n::text), %(currency)s, 1, FALSE, 1, now(), 1, now()
  FROM (
    SELECT n, placed,
           CASE WHEN %(open)s = 0 AND n %% 200 = 0 THEN 'waiting_shipment'
                WHEN NOT is_open THEN 'shipped'
                WHEN n %% 40 = 1 THEN 'to_refund'
                WHEN n %% 10 = 2 THEN 'waiting_acceptance'
                ELSE 'waiting_shipment' END AS status,
           CASE WHEN %(open)s = 0 AND n %% 1000 = 0 THEN 'error'
                WHEN NOT is_open THEN 'imported'
                WHEN n %% 10 = 2 THEN 'waiting'
                WHEN n %% 25 = 0 THEN 'error'
                ELSE 'imported' END AS state,
           CASE WHEN is_open AND n %% 10 = 2
                THEN now() + (n %% 72) * interval '1 hour' END AS accept_before,
           CASE WHEN is_open THEN now() + (n %% 96 - 6) * interval '1 hour'
                ELSE placed + interval '2 days' END AS ship_before
      FROM generate_series(1, %(count)s::bigint) AS n,
           LATERAL (
               SELECT n > %(count)s - %(open)s AS is_open,
                      %(first)s::timestamp + n * %(seconds)s * interval '1 second'
                          AS placed
           ) AS facts
  ) AS orders
"""
LINES = """
INSERT INTO lengow_order_line (
    order_id, company_id, sequence, lengow_line_ref, sku, title, quantity,
    amount_total, kept_share, order_share,
    create_uid, create_date, write_uid, write_date
)
SELECT id, company_id, 0, 'L' || id, 'SKU-' || id %% 5000, 'Title', 1,
       amount_total, 1, 1, 1, now(), 1, now()
FROM lengow_order WHERE account_id = %s
"""

SALES = """
INSERT INTO sale_order (
    name, company_id, partner_id, partner_invoice_id, partner_shipping_id, date_order,
    picking_policy, state, client_order_ref, origin, currency_id, amount_total,
    warehouse_id, lengow_order_id, lengow_package_index, create_date, write_date
)
SELECT 'S' || lpad(id::text, 8, '0'), company_id, %(partner)s, %(partner)s,
       %(partner)s, order_date, 'direct', 'sale', name, name, currency_id,
       amount_total, %(warehouse)s, id, 0, order_date, order_date
  FROM lengow_order WHERE account_id = %(account)s AND import_state = 'imported'
"""
PICKINGS = """
INSERT INTO stock_picking (
    name, company_id, location_id, location_dest_id, picking_type_id, move_type, state,
    origin, partner_id, sale_id, carrier_tracking_ref, scheduled_date, create_date,
    write_date
)
SELECT 'WH/OUT/' || lpad(id::text, 8, '0'), company_id, %(from)s, %(to)s, %(type)s,
       'direct', 'done', name, partner_id, id,
       '6A' || lpad((id::bigint * 7919 %% 99999999989)::text, 11, '0'), date_order,
       date_order, date_order
  FROM sale_order
 WHERE lengow_order_id IN (SELECT id FROM lengow_order WHERE account_id = %(account)s)
"""
ACTIONS = """
INSERT INTO lengow_action (
    order_id, account_id, company_id, kind, state, picking_id, tracking_number,
    create_date, write_date
)
SELECT sale_order.lengow_order_id, %(account)s, stock_picking.company_id, 'ship',
       'done', stock_picking.id, carrier_tracking_ref, date_order, date_order
  FROM stock_picking JOIN sale_order ON sale_order.id = sale_id
 WHERE lengow_order_id IN (SELECT id FROM lengow_order WHERE account_id = %(account)s)
"""
ORDER_TABLES = ("lengow_order", "lengow_order_line")
SALE_TABLES = ("sale_order", "stock_picking", "lengow_action")
# What a table is slow to be filled with: each row looks up what it points at, and has
# its place in each index.
FOREIGN_KEYS = """
SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)
  FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY(%s::regclass[])
"""
INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
  FROM pg_index
 WHERE indrelid = ANY(%s::regclass[]) AND NOT indisunique
"""


@contextmanager
def filled_fast(cr, *tables):
    """Fill tables without their indexes and foreign keys, which come back afterwards.

    What is filled in has to point at what there is: nobody checks it.

    :param Cursor cr: of the database, which is somebody's own
    :param str tables: their names
    """
    cr.execute(FOREIGN_KEYS, ([*tables],))
    keys = cr.fetchall()
    cr.execute(INDEXES, ([*tables],))
    indexes = cr.fetchall()
    for table, name, _definition in keys:
        cr.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    for name, _definition in indexes:
        cr.execute(f"DROP INDEX {name}")
    yield
    cr.execute("SET LOCAL maintenance_work_mem = '256MB'")
    for _name, definition in indexes:
        cr.execute(definition)
    for table, name, definition in keys:
        cr.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition} NOT VALID")


def create_orders(
    env, account, marketplaces, count, first=FIRST_DATE, seconds=420, open_last=0
):
    """Create imported orders with a line each, fast, and analyse their tables.

    :param Environment env: of the database, which is somebody's own
    :param lengow.account account: of all of them
    :param lengow.marketplace marketplaces: of the account, which take turns
    :param int count: how many
    :param str first: when the first one was placed
    :param int seconds: from one to the next
    :param int open_last: how many of the last ones are still to be accepted, shipped,
        mended or refunded; without them every two hundredth one is to be shipped
    """
    env.flush_all()
    with filled_fast(env.cr, *ORDER_TABLES):
        fill_orders(env, account, marketplaces, count, first, seconds, open_last)
    _analyse(env, ORDER_TABLES)


def create_sales(env, account):
    """Create what became of imported orders: sale orders, deliveries, their reports.

    :param Environment env: of the database, which is somebody's own
    :param lengow.account account: whose orders were created by :func:`create_orders`
    """
    env.flush_all()
    with filled_fast(env.cr, *SALE_TABLES):
        fill_sales(env, account)
    _analyse(env, SALE_TABLES)


def fill_orders(
    env, account, marketplaces, count, first=FIRST_DATE, seconds=420, open_last=0
):
    """Create orders as :func:`create_orders` does, at the cost that a row has."""
    env.cr.execute(
        ORDERS,
        {
            "account": account.id,
            "company": account.company_id.id,
            "marketplaces": marketplaces.ids,
            "turns": len(marketplaces),
            "currency": account.company_id.currency_id.id,
            "first": first,
            "seconds": seconds,
            "open": open_last,
            "count": count,
        },
    )
    env.cr.execute(LINES, (account.id,))


def fill_sales(env, account):
    """Create sale orders as :func:`create_sales` does, at the cost that a row has."""
    outgoing = env["stock.warehouse"].search([], limit=1).out_type_id
    values = {
        "account": account.id,
        "partner": account.company_id.partner_id.id,
        "warehouse": outgoing.warehouse_id.id,
        "type": outgoing.id,
        "from": outgoing.default_location_src_id.id,
        "to": env.ref("stock.stock_location_customers").id,
    }
    for fill in (SALES, PICKINGS, ACTIONS):
        env.cr.execute(fill, values)


def _analyse(env, tables):
    for table in tables:
        env.cr.execute(f"ANALYZE {table}")
    env.invalidate_all()
