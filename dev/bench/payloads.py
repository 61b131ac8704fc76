"""Orders as Lengow sends them, for the benchmarks of the import."""

SKUS = [f"BENCH-{number}" for number in range(20)]


def payload(number, buyer=None):
    """Return an order of three lines, to be shipped.

    :param int number: of the order
    :param int buyer: who orders; somebody of the order's own if None
    """
    buyer = number if buyer is None else buyer
    place = {
        "first_name": f"Buyer {buyer}", "last_name": "Exemple",
        "first_line": f"{buyer} rue du Test", "zipcode": "75001", "city": "Paris",
        "common_country_iso_a2": "FR", "email": f"buyer{buyer}@example.com",
        "phone_mobile": "0600000000",
    }  # fmt: skip
    cart = [
        {
            "marketplace_order_line_id": f"{number}-{i}", "quantity": i + 1,
            "merchant_product_id": {"field": "sku", "id": SKUS[(number + i) % 20]},
            "amount": f"{10 + i}.99", "lengow_status": "waiting_shipment", "title": "T",
        }
        for i in range(3)
    ]  # fmt: skip
    return {
        "marketplace": "bench", "marketplace_order_id": f"N-{number}",
        "lengow_status": "waiting_shipment", "marketplace_customer_id": f"C-{buyer}",
        "marketplace_order_date": "2026-01-15T10:00:00Z", "total_order": "40.96",
        "shipping": "4.99", "currency": {"iso_a3": "EUR"}, "billing_address": place,
        "packages": [{"cart": cart, "delivery": dict(place)}],
    }  # fmt: skip
