"""A shop system that tells Lengow where its catalogues are."""

import json

import pytest
from conftest import Reply

from lengow_api import BadResponseError, RequestRefusedError, Shop, ShopSystem

PATH = "/v3.1/cms"
SHOP = Shop(
    token="our-shop",
    name="Shop",
    domain="odoo.example.com",
    feed_url="https://odoo.example.com/catalogue.csv",
    total=12,
    exported=10,
)
SYSTEM = ShopSystem(
    token="our-system",
    domain="odoo.example.com",
    version="19.0",
    plugin_version="19.0.1.0.0",
    email="",
    shops=(SHOP,),
)


def sent(server):
    call = server.calls_to(PATH)[-1]
    assert call.query == {"account_id": "4242"}
    return call.method, json.loads(call.body)


def test_a_system_is_registered_with_the_address_of_its_catalogue(server, client):
    answer = {"common_account": {"id": 4242}, "token": "our-system"}
    server.on(PATH, answer)
    assert client.register_system(SYSTEM) == answer
    method, told = sent(server)
    assert method == "POST"
    assert told.pop("shops") == [
        {
            "token": "our-shop",
            "shop_name": "Shop",
            "domain_url": "odoo.example.com",
            "feed_url": "https://odoo.example.com/catalogue.csv",
            "total_product_number": 12,
            "exported_product_number": 10,
            "enabled": True,
        }
    ]
    assert told == {
        "domain_name": "odoo.example.com",
        "token": "our-system",
        "type": "odoo",
        "version": "19.0",
        "plugin_version": "19.0.1.0.0",
        "email": "",
        "cron_url": "",
        "toolbox_url": "",
    }


@pytest.mark.parametrize("answer", [{}, [], {"token": "our-system"}, "registered"])
def test_only_what_lengow_calls_its_account_is_registered(server, client, answer):
    server.on(PATH, answer)
    with pytest.raises(BadResponseError):
        client.register_system(SYSTEM)


def test_a_refusal_is_told_and_not_tried_again(server, client):
    server.on(PATH, Reply(400, {"error": {"code": 400, "message": "Unknown type"}}))
    with pytest.raises(RequestRefusedError, match="Unknown type"):
        client.register_system(SYSTEM)
    assert len(server.calls_to(PATH)) == 1


def test_numbers_are_told_without_the_address(server, client):
    server.on(PATH, Reply(200, body=b""))
    client.update_system(SYSTEM)
    method, told = sent(server)
    assert method == "PUT"
    assert "example.com" not in json.dumps(told)
    assert told["shops"] == [
        {
            "token": "our-shop",
            "total_product_number": 12,
            "exported_product_number": 10,
            "enabled": True,
            "options": {},
        }
    ]
