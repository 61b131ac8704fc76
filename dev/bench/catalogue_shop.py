"""The shop of many products that catalogs are measured in.

It is the one that the limits come from: products of three attributes, whose variants
differ in two of them, in two warehouses, some of them about to be delivered.
What creates it commits: the database is the benchmark's own, other connections of which
read the registry and the statistics.
"""

import math

from odoo import Command, api
from odoo.modules.registry import Registry
from odoo.tools import SQL, sql

SHOP = ("sale_management", "stock_delivery", "mrp", "website_sale")
# How many values each has.
ATTRIBUTES = {"Size": 2, "Color": 2, "Material": 1}
PER_TEMPLATE = math.prod(ATTRIBUTES.values())
# How many of the products wait to be delivered.
IN_DELIVERY = 0.3
# So many products are made by Odoo, the others like them in SQL.
PART = 2_000
FAR = 100_000


def install(env):
    """Install what the shop has, Odoo's own product feed with it.

    :return: an environment that knows it
    """
    modules = env["ir.module.module"].search(
        [("name", "in", SHOP), ("state", "=", "uninstalled")]
    )
    if not modules:
        return env
    modules.button_immediate_install()
    env.cr.commit()
    Registry(env.cr.dbname)
    return api.Environment(env.cr, env.uid, {})


def create_products(env, count):
    """Create products with four variants each, with stock and descriptions.

    :param int count: how many variants
    :return: how many there are
    """
    attributes = env["product.attribute"].create(
        [
            {
                "name": name,
                "value_ids": [
                    Command.create({"name": f"{name} {number}"})
                    for number in range(values)
                ],
            }
            for name, values in ATTRIBUTES.items()
        ]
    )
    lines = [
        {
            "attribute_id": attribute.id,
            "value_ids": [Command.set(attribute.value_ids.ids)],
        }
        for attribute in attributes
    ]
    category = env["product.category"].create({"name": "Bench"})
    templates = env["product.template"].create(
        [
            {
                "name": f"Product {number}",
                "categ_id": category.id,
                "is_storable": True,
                "list_price": 10 + number % 90,
                "weight": 0.5,
                "description_sale": f"What product {number} is like. " * 20,
                "attribute_line_ids": [Command.create(line) for line in lines],
            }
            for number in range(min(PART, count) // PER_TEMPLATE or 1)
        ]
    )
    products = templates.product_variant_ids
    create_stock(env, products)
    made = len(products)
    # Odoo would take an hour to create so many as are asked for.
    for number in range(1, count // made):
        copy_products(env, templates.ids, products.ids, number * FAR)
        made += len(products)
    env.cr.execute(
        "UPDATE product_product SET default_code = 'BENCH-' || id "
        "WHERE product_tmpl_id IN "
        "(SELECT id FROM product_template WHERE categ_id = %s)",
        [category.id],
    )
    env.cr.commit()
    # As PostgreSQL does by itself, sooner or later.
    env.cr.execute("ANALYZE")
    env.cr.commit()
    env.invalidate_all()
    return made


def create_stock(env, products):
    """Put products into two warehouses, and let some of them wait to be delivered."""
    first = env["stock.warehouse"].search([], limit=1)
    second = env["stock.warehouse"].create({"name": "Bench", "code": "BENCH"})
    env["stock.quant"].create(
        [
            {
                "product_id": id_,
                "location_id": warehouse.lot_stock_id.id,
                "quantity": 20,
            }
            for id_ in products.ids
            for warehouse in (first, second)
        ]
    )
    moves = env["stock.move"].create(
        [
            {
                "product_id": id_,
                "product_uom_qty": 2,
                "location_id": first.lot_stock_id.id,
                "location_dest_id": env.ref("stock.stock_location_customers").id,
            }
            for id_ in products.ids[: round(len(products) * IN_DELIVERY)]
        ]
    )
    moves._action_confirm(merge=False)
    env.flush_all()


def copy_products(env, template_ids, product_ids, distance):
    """Create products like others in SQL, each with an id so far from the other's."""
    templates, products = SQL("= ANY(%s)", template_ids), SQL("= ANY(%s)", product_ids)
    of_lines = SQL(
        "IN (SELECT id FROM product_template_attribute_line WHERE product_tmpl_id %s)",
        templates,
    )
    line_values = "product_attribute_value_product_template_attribute_line_rel"
    for table, key, which, *moved in (
        ("product_template", "id", templates),
        ("product_taxes_rel", "prod_id", templates),
        ("product_template_attribute_line", "product_tmpl_id", templates, "id"),
        (line_values, "product_template_attribute_line_id", of_lines),
        (
            "product_template_attribute_value",
            "attribute_line_id",
            of_lines,
            "id",
            "product_tmpl_id",
        ),
        ("product_product", "id", products, "product_tmpl_id", "combination_indices"),
        (
            "product_variant_combination",
            "product_product_id",
            products,
            "product_template_attribute_value_id",
        ),
        ("stock_quant", "product_id", products, "id"),
        ("stock_move", "product_id", products, "id"),
    ):
        copy_rows(
            env,
            table,
            SQL("%s %s", SQL.identifier(key), which),
            {key, *moved},
            distance,
        )


def moved_value(name, distance):
    """Return what a column of a copy says: another id, or several as a text."""
    if name != "combination_indices":
        return SQL("%s + %s", SQL.identifier(name), distance)
    return SQL(
        "(SELECT string_agg((id::int + %s)::text, ',') "
        "FROM string_to_table(%s, ',') id)",
        distance,
        SQL.identifier(name),
    )


def copy_rows(env, table, condition, moved, distance):
    """Copy rows of a table; what points at other copies is moved with them."""
    names = [*sql.table_columns(env.cr, table)]
    values = [
        moved_value(name, distance) if name in moved else SQL.identifier(name)
        for name in names
    ]
    env.cr.execute(
        SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s WHERE %s",
            SQL.identifier(table),
            SQL(", ").join(map(SQL.identifier, names)),
            SQL(", ").join(values),
            SQL.identifier(table),
            condition,
        )
    )
    if "id" in names:
        env.cr.execute(
            SQL(
                "SELECT setval(%s, (SELECT MAX(id) FROM %s))",
                f"{table}_id_seq",
                SQL.identifier(table),
            )
        )
