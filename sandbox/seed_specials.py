"""Special demo orders: one for each case that a connector meets sooner or later.

Each function takes ``make(channel code, status, **members of Spec)`` and returns a
payload.
"""

import copy
from datetime import timedelta
from decimal import Decimal

from .amounts import NO_RATE
from .seed_people import forget


def _mark(payload, kind, label):
    """Give an order and its lines a type."""
    for member in [payload, *payload["packages"][0]["cart"]]:
        types = "order_types" if member is payload else "orderline_types"
        member[types].append({"type": kind, "label": label})


def relay(make):
    """Deliver to a pick-up point that the buyer chose; nothing is shipped yet."""
    payload = make("galeries_lafayette", shipping=Decimal("3.90"))
    package = payload["packages"][0]
    package["delivery"]["trackings"] = [
        {
            "number": None,
            "method": None,
            "carrier": "LAPOSTE",
            "url": None,
            "is_delivered_by_marketplace": False,
            "parcel_weight": None,
            "shipped_at": None,
            "relay": {"id": "015632", "name": "TABAC DE L'EXEMPLE", "type": "A2P"},
            "marketplace_order_line_ids": [
                line["marketplace_order_line_id"] for line in package["cart"]
            ],
        }
    ]
    return payload


def business(make):
    """Sell to a company that has a VAT number."""
    payload = make("amazon_fr", line_count=2, quantity=4)
    _mark(payload, "is_business", "B2B")
    payload["billing_address"].update(
        company="SOCIETE EXEMPLE SAS", vat_number="FR00000000000"
    )
    payload["packages"][0]["delivery"]["company"] = "SOCIETE EXEMPLE SAS"
    payload["payments"] = [
        {
            "id": 799001,
            "checkout": None,
            "status": None,
            "type": "marketplace",
            "settled_at": None,
            "payment_terms": {
                "external_transaction_id": "TX-1",
                "fiscalnb": None,
                "vat_number": "FR00000000000",
                "siret_number": "00000000000000",
            },
        }
    ]
    return payload


def express(make):
    """Deliver in a hurry."""
    payload = make("cdiscount", shipping=Decimal("9.90"))
    _mark(payload, "is_express", "Express")
    return payload


def prime(make):
    """Sell to a Prime member: always in a hurry, too."""
    payload = make("amazon_fr", line_count=1)
    _mark(payload, "is_prime", "Prime")
    _mark(payload, "is_express", "Express")
    return payload


def fulfilled_by_marketplace(make):
    """Shipped by Amazon from its stock: first seen after shipment, without a name."""
    payload = make("amazon_fr", "shipped", line_count=1)
    _mark(payload, "is_delivered_by_marketplace", "AFN")
    package = payload["packages"][0]
    package["cart"][0]["merchant_product_id"] = {"field": None, "id": "LGW-4004_FBA"}
    package["delivery"]["trackings"][0]["is_delivered_by_marketplace"] = True
    for address in (package["delivery"], payload["billing_address"]):
        place = {name: address[name] for name in ("zipcode", "city", "email")}
        forget(address)
        address.update(place)
    return payload


def anonymised(make):
    """Without its buyer, whom Lengow has forgotten."""
    payload = make("galeries_lafayette", "closed")
    payload["anonymized"] = True
    payload["merchant_order_id"] = ["S00042"]
    forget(payload["packages"][0]["delivery"])
    forget(payload["billing_address"])
    return payload


def in_krona(make):
    """Sold in Swedish krona; the account sees euros."""
    return make("zalando", quantity=1, currency="SEK", country="SE")


def in_zloty(make):
    """Sold in zloty by a marketplace that pays the tax itself."""
    payload = make("kaufland_de", quantity=1, currency="PLN", country="PL")
    payload["tax"] = {
        "order_tax_id": 1,
        "is_marketplace_deemed_supplier": True,
        "tax_electronic_portal_type": "OSS",
        "tax_electronic_portal_id": None,
        "marketplace_eori_number": None,
        "buyer_tax": {"type": None, "id": None},
    }
    return payload


def in_pounds(make):
    """Sold in pounds; the account sees euros."""
    return make("ebay_fr", quantity=1, currency="GBP", country="GB")


def two_packages(make):
    """Two packages for two addresses; shipping is paid once."""
    payload = make("galeries_lafayette", line_count=3)
    package = payload["packages"][0]
    other = copy.deepcopy(package["delivery"])
    other.update(id=other["id"] + 5, first_line="3 place du Test", zipcode="69002")
    other["city"] = "Lyon"
    payload["packages"].append({"cart": [package["cart"].pop()], "delivery": other})
    return payload


def line_still_waiting(make):
    """One line waits for acceptance, so nothing of the order is to be shipped yet."""
    payload = make("galeries_lafayette", line_count=2)
    payload["packages"][0]["cart"][1].update(
        lengow_status="waiting_acceptance", marketplace_status="WAITING_ACCEPTANCE"
    )
    return payload


def canceled_line(make):
    """One line is canceled; the total still holds it."""
    payload = make("kaufland_de", line_count=3)
    payload["packages"][0]["cart"][2].update(
        lengow_status="canceled", marketplace_status="cancelled"
    )
    return payload


def discount(make):
    """Give the order a discount of its own."""
    return make("veepee_fr", line_count=2, quantity=2, discount=Decimal("5.00"))


def fee(make):
    """Charge a processing fee, and write comments as a list."""
    payload = make("cdiscount", line_count=2, fee=Decimal("1.99"))
    payload["comments"] = ["Please ring twice.", "It is a gift."]
    return payload


def only_full_name(make):
    """Give the buyer's name in one piece, across the border."""
    payload = make("bol", line_count=2, country="BE")
    for address in (payload["packages"][0]["delivery"], payload["billing_address"]):
        address.update(first_name=None, last_name=None)
    payload["comments"] = "Leave it with the neighbours & <do not> ring."
    return payload


def bill_elsewhere(make):
    """Billed to another person than it is delivered to."""
    payload = make("manomano_fr", line_count=2)
    payload["billing_address"].update(
        first_name="Morgane",
        last_name="Facture",
        full_name="Morgane Facture",
        first_line="99 rue de la Facture",
        zipcode="59000",
        city="Lille",
    )
    return payload


def unknown_sku(make):
    """Made to fail: one product is in no catalogue."""
    payload = make("fnac", line_count=2)
    payload["packages"][0]["cart"][1]["merchant_product_id"] = {
        "field": "reference",
        "id": "UNKNOWN-0001",
    }
    return payload


def pack_of_three(make):
    """Sell two packs, each of three of a product of the catalogue."""
    payload = make("kaufland_de", line_count=1, quantity=2)
    payload["packages"][0]["cart"][0].update(
        merchant_product_id={"field": "reference", "id": "LGW-1001-3PACK"},
        title="Organic cotton T-shirt, white, M, pack of 3",
    )
    return payload


def unknown_sku_at_bol(make):
    """Sell what is in no catalogue, where a fallback product may stand in for it."""
    payload = make("bol", line_count=2)
    payload["packages"][0]["cart"][1].update(
        merchant_product_id={"field": "reference", "id": "UNKNOWN-0002"},
        title="Canvas bag, natural",
    )
    return payload


def no_exchange_rate(make):
    """Made to fail: Lengow has no rate for the currency and puts -1 as the total."""
    payload = make("ebay_fr", line_count=1)
    payload["total_order"] = NO_RATE
    return payload


def accept_soon(make):
    """Wait for an acceptance whose time is almost over where three days are left."""
    return make("fnac", "waiting_acceptance", age=timedelta(hours=70, minutes=48))


def ship_late(make):
    """Wait for a shipment that should have left hours ago."""
    return make("cdiscount", line_count=2, age=timedelta(hours=52), due="late")


def ship_late_too(make):
    """Wait as long on another marketplace, so that it is no single slip."""
    return make("amazon_fr", line_count=1, age=timedelta(hours=49), due="late")


def ship_today(make):
    """Have to leave before the day is over."""
    return make("manomano_fr", line_count=2, due="today")


def ship_today_too(make):
    """Have to leave before the day is over, from a marketplace that sends papers."""
    return make("zalando", line_count=1, due="today")


SPECIALS = (
    relay,
    business,
    express,
    prime,
    fulfilled_by_marketplace,
    anonymised,
    in_krona,
    in_zloty,
    in_pounds,
    two_packages,
    line_still_waiting,
    canceled_line,
    discount,
    fee,
    only_full_name,
    bill_elsewhere,
    unknown_sku,
    no_exchange_rate,
    accept_soon,
    ship_late,
    ship_late_too,
    ship_today,
    ship_today_too,
    pack_of_three,
    unknown_sku_at_bol,
)


def partly_refunded(payload):
    """Put what was refunded on one line, whichever it was for, as Veepee does."""
    line = payload["packages"][0]["cart"][0]
    half = (Decimal(str(line["amount"])) / 2).quantize(Decimal("0.01"))
    line["refunded_amount"] = line["original_refunded_amount"] = str(half)


SPECIALS_IN_SERIES = {"partial_refunded": partly_refunded}
