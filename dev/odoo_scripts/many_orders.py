"""Many Lengow orders in seconds, by SQL, for whoever looks at plans and times.

They look like those of large marketplaces: numbers of one shape, three years of dates,
a few open ones, and of every hundredth one the buyer of another.
"""

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


def create_orders(
    env, account, marketplaces, count, first=FIRST_DATE, seconds=420, open_last=0
):
    """Create imported orders with a line each, and analyse their tables.

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
    env.cr.execute("ANALYZE lengow_order")
    env.cr.execute("ANALYZE lengow_order_line")
    env.invalidate_all()
