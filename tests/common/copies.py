"""Many orders in no time: copies of one, made in the database."""

from odoo.tools import SQL


def copy_orders(order, count, values=None):
    """Copy an order and its lines in the database, so many times.

    :param lengow.order order: one
    :param int count: how many copies, named ``COPY-00001`` and so on
    :param dict values: SQL of what is another one in the copies, by column
    :return: the copies
    :rtype: lengow.order
    """
    env = order.env
    env.flush_all()
    copies = SQL("generate_series(1, %s) AS n", count)
    name = SQL("'COPY-' || lpad(n::text, 5, '0')")
    _copy_rows(order, copies, {"name": name, **(values or {})})
    # As the database would by itself, had this not happened in one transaction: to
    # hold each line against its order it would read all orders.
    env.cr.execute("ANALYZE lengow_order")
    copies = SQL("lengow_order AS c")
    is_copy = SQL("c.name ~ '^COPY-'")
    if order.line_ids:
        _copy_rows(order.line_ids, copies, {"order_id": SQL("c.id")}, is_copy)
        env.cr.execute("ANALYZE lengow_order_line")
    return env["lengow.order"].search([("name", "=like", "COPY-%")], order="name")


def _copy_rows(records, copies, values, condition=None):
    columns = [
        name
        for name, field in records._fields.items()
        if field.store and field.column_type and name != "id"
    ]
    table = SQL.identifier(records._table)
    records.env.cr.execute(
        SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s, %s WHERE %s IN %s AND %s",
            table,
            SQL(", ").join(map(SQL.identifier, columns)),
            SQL(", ").join(
                values.get(c) or SQL.identifier(records._table, c) for c in columns
            ),
            table,
            copies,
            SQL.identifier(records._table, "id"),
            tuple(records.ids),
            condition or SQL("true"),
        )
    )
