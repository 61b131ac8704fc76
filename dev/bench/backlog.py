"""A shop whose orders all wait to be imported, for whatever imports them."""

from payloads import SKUS, payload

PAGE = 100


def create_products(env):
    """Create the products that the orders are about."""
    env["product.product"].create(
        [
            {"name": f"Product of {sku}", "default_code": sku, "is_storable": True}
            for sku in SKUS
        ]
    )


def create_backlog(env, number, orders):
    """Create a shop with orders that are ready to be imported.

    Every buyer orders twice, so that those who import at once meet at buyers.

    :param int number: of the shop, from 1; another one for each
    :param int orders: how many
    :return: the id of its account
    """
    name = f"Bench {number}"
    account = env["lengow.account"].create({"name": name, "import_max_age_days": 0})
    env["lengow.marketplace"].create(
        {
            "account_id": account.id,
            "code": "bench",
            "name": name,
            "is_known": True,
            "definition": {"name": name},
        }
    )
    # Those that are not connected are not imported by scheduled actions.
    account.state = "connected"
    for first in range(0, orders, PAGE):
        page = [
            # Numbers of its own, or they would be taken for those of another shop.
            payload(number * 100_000 + one, buyer=one % (orders // 2))
            for one in range(first, min(first + PAGE, orders))
        ]
        env["lengow.inbox"]._store(account, page)
    return account.id


def find_wrong(env, account_id, count):
    """Say what is not as it should be: every order once, every buyer one contact.

    :param int account_id: of the shop
    :param int count: of its orders
    :return: a sentence, empty if nothing is
    """
    orders = env["lengow.order"].search([("account_id", "=", account_id)])
    buyers = env["res.partner"].search_count(
        [
            ("lengow_marketplace_id", "=", orders.marketplace_id.id),
            ("lengow_customer_ref", "!=", False),
            ("parent_id", "=", False),
        ]
    )
    states = set(orders.mapped("import_state"))
    found = len(orders), len(orders.sale_order_ids), buyers, states
    if found == (count, count, count // 2, {"imported"}):
        return ""
    return f"Not every order once, or not every buyer: {found}."
