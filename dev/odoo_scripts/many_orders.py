"""Many Lengow orders in seconds, by SQL, for whoever looks at plans and times.

They look like a large marketplace's: numbers of one shape, three years of dates, a few
open ones, and of every hundredth one the buyer of another.
"""

FIRST_DATE = "2023-01-01"


def create_orders(env, account, marketplace, count):
    """Create imported orders with a line each, and analyse their tables.

    :param Environment env: of the database, which is somebody's own
    :param lengow.account account: of all of them
    :param lengow.marketplace marketplace: of the account
    :param int count: how many
    """
    env.flush_all()
    env.cr.execute(
        """
        INSERT INTO lengow_order (
            account_id, company_id, marketplace_id, name, lengow_status, import_state,
            order_date, customer_name, email, amount_total, payload_digest,
            ship_before, due_at, phase, currency_id, is_error_new,
            create_uid, create_date, write_uid, write_date
        )
        SELECT %(account)s, %(company)s, %(marketplace)s,
               format('%%s-%%s-%%s', 400 + n %% 9, lpad((n * 7919 %% 9999991)::text, 7,
                      '0'), lpad(n::text, 7, '0')),
               CASE WHEN n %% 200 = 0 THEN 'waiting_shipment' ELSE 'shipped' END,
               CASE WHEN n %% 1000 = 0 THEN 'error' ELSE 'imported' END,
               %(first)s::timestamp + n * interval '7 minutes',
               'Buyer ' || n %% 99, 'buyer' || n || '@example.com', n %% 500,
               md5(n::text), deadline, CASE WHEN n %% 200 = 0 THEN deadline END,
               CASE WHEN n %% 1000 = 0 THEN 'to_fix' WHEN n %% 200 = 0 THEN 'to_ship'
               ELSE 'in_transit' END,
               %(currency)s, FALSE, 1, now(), 1, now()
        FROM generate_series(1, %(count)s) AS n,
             LATERAL (SELECT %(first)s::timestamp + n * interval '7 minutes'
                             + interval '2 days' AS deadline) AS due
        """,
        {
            "account": account.id,
            "company": account.company_id.id,
            "marketplace": marketplace.id,
            "currency": account.company_id.currency_id.id,
            "first": FIRST_DATE,
            "count": count,
        },
    )
    env.cr.execute(
        """
        INSERT INTO lengow_order_line (
            order_id, company_id, sequence, lengow_line_ref, sku, title, quantity,
            amount_total, create_uid, create_date, write_uid, write_date
        )
        SELECT id, company_id, 0, 'L' || id, 'SKU-' || id %% 5000, 'Title', 1,
               amount_total, 1, now(), 1, now()
        FROM lengow_order WHERE account_id = %s
        """,
        (account.id,),
    )
    env.cr.execute("ANALYZE lengow_order")
    env.cr.execute("ANALYZE lengow_order_line")
    env.invalidate_all()
