"""The orders of the fault campaign, and what is asked of their marketplaces."""

from datetime import UTC, datetime

SKU = "CAMPAIGN"
ADDRESS = {
    "id": 1,
    "first_name": "Camille",
    "last_name": "Exemple",
    "first_line": "1 rue du Test",
    "zipcode": "75001",
    "city": "Paris",
    "common_country_iso_a2": "FR",
    "email": "camille@example.com",
}
# One order of each kind makes eight actions: marketplace, status, pieces per line.
KINDS = {
    "accept": ("zalando", "waiting_acceptance", [1]),
    "refuse": ("cdiscount", "waiting_acceptance", [1]),
    "ship": ("amazon_fr", "waiting_shipment", [1, 1]),
    # Twice the same for two deliveries: Lengow cannot tell them apart.
    "twice": ("zalando", "waiting_shipment", [2]),
    # The marketplace refuses it, after Lengow has accepted it.
    "refused": ("galeries_lafayette", "closed", [1]),
    # Lengow has forgotten the order: refused at once.
    "gone": ("fnac", "waiting_acceptance", [1]),
}
ACTIONS_OF_A_ROUND = 8


def prepare_accounts(env, server):
    """Create a connected account, and the product that every line sells."""
    access_token, secret = server.keys
    env["product.product"].create(
        {
            "name": "Campaign",
            "default_code": SKU,
            "taxes_id": [(6, 0, [])],
            "is_storable": True,
        }
    )
    account = env["lengow.account"].create(
        {
            "name": "Campaign",
            "access_token": access_token,
            "secret_token": secret,
            "base_url": server.url,
            "calls_per_minute": 0,
        }
    )
    account.action_connect()
    return account


def payloads_for(actions):
    """Return orders for at least so many actions."""
    rounds = -(-actions // ACTIONS_OF_A_ROUND)
    return [
        _payload(f"{kind}-{number}", *KINDS[kind])
        for number in range(rounds)
        for kind in KINDS
    ]


def _payload(name, marketplace, status, pieces):
    # Old orders are left alone by the import.
    now = datetime.now(UTC).isoformat(timespec="seconds")
    lines = [
        {
            "id": index,
            "marketplace_order_line_id": f"{name}-{index}",
            "merchant_product_id": {"field": "sku", "id": SKU},
            "lengow_status": status,
            "title": "Campaign",
            "amount": "10.00",
            "quantity": quantity,
        }
        for index, quantity in enumerate(pieces)
    ]
    return {
        "marketplace": marketplace,
        "account_id": 4242,
        "marketplace_order_id": name,
        "marketplace_status": status.upper(),
        "lengow_status": status,
        "marketplace_order_date": now,
        "total_order": f"{10 * len(lines)}.00",
        "currency": {"iso_a3": "EUR"},
        "packages": [{"cart": lines, "delivery": {**ADDRESS, "trackings": []}}],
        "billing_address": ADDRESS,
        "imported_at": now,
        "updated_at": now,
        "order_types": [],
    }


def intended_of(account):
    """Write every action into the outbox.

    :return: (order number, kind, arguments) to ``count``, how often it has to happen,
        and ``expect``: ``done``, ``refused`` by the marketplace, or ``gone``
    """
    intended = {}
    for order in account.order_ids:
        kind = order.name.rpartition("-")[0]
        for action in _plan(order, kind):
            arguments = tuple(
                sorted((k, str(v)) for k, v in (action.parameters or {}).items())
            )
            facts = intended.setdefault(
                (order.name, action.kind, arguments),
                {"count": 0, "expect": kind if kind in ("refused", "gone") else "done"},
            )
            facts["count"] += 1
    return intended


def _plan(order, kind):
    """Ask for what the kind of the order is for."""
    if kind == "ship":
        return order._plan_action(
            "ship", {"carrier": "4PX", "shipping_method": "Std", "tracking_number": "1"}
        )
    if kind == "twice":
        first = order.sale_order_ids.picking_ids
        return order._plan_action(
            "cancel", {"cancel_quantity": "1"}, picking=first
        ) | order._plan_action("cancel", {"cancel_quantity": "1"}, picking=first.copy())
    if kind == "refused":
        return order._plan_action("refund", {"reason": "OTHER"})
    if kind == "gone":
        return order._plan_action("accept", {"expedition_country_code": "FRA"})
    return order._plan_action(kind)
