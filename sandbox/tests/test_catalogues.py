"""The catalogue API of the closed beta: who gets in, and what each call answers."""

import pytest
import requests

from sandbox.errors import ControlError

CATALOGUES = "/v1.0/catalogues"
PRODUCTS = f"{CATALOGUES}/101/products"


@pytest.fixture
def catalogue(state):
    """A catalogue of three products of the first account, which is in the beta."""
    state.allow_catalogues(4242)
    return state.put_catalogue(
        101,
        name="Odoo",
        attributes=["id", "name", "quantity", "price"],
        products=[
            {"id": f"P{n}", "name": f"Lamp {n}", "quantity": n} for n in range(3)
        ],
    )


def write(api, method, value, path=PRODUCTS, **params):
    params = {"account_id": api.account_id, **params}
    return api.session.request(
        method, api.url + path, params=params, json=value, timeout=5
    )


def detail(answer, status):
    assert answer.status_code == status, answer.text
    return answer.json()["detail"]


# === WHO GETS IN === #


def test_nobody_is_in_the_beta_at_first(api, state):
    state.put_catalogue(101)
    for path in (CATALOGUES, f"{CATALOGUES}/101", PRODUCTS):
        answer = api.get(path)
        assert answer.status_code == 403
        assert answer.json()["error"]["code"] == 403


def test_access_is_switched_per_account(api, other_api, state):
    state.allow_catalogues(4242)
    assert api.get(CATALOGUES).status_code == 200
    assert other_api.get(CATALOGUES).status_code == 403
    state.allow_catalogues(4242, False)
    assert api.get(CATALOGUES).status_code == 403


def test_access_is_switched_over_http(api, state):
    assert api.control("PUT", "catalogues/access", {"4242": True}).status_code == 200
    assert api.get(CATALOGUES).status_code == 200
    state.reset()
    api.login()
    assert api.get(CATALOGUES).status_code == 403
    for wrong in ({"4242": 1}, {"x": True}, {"1": True}):
        assert api.control("PUT", "catalogues/access", wrong).status_code == 400


def test_no_token_no_catalogue(server):
    assert requests.get(server.url + CATALOGUES, timeout=5).status_code == 401


def test_the_account_stands_in_the_address(api, catalogue):
    address = api.url + PRODUCTS
    answer = api.session.patch(address, json={"account_id": {"a": 1}}, timeout=5)
    (fault,) = detail(answer, 422)
    assert fault["loc"] == ["query", "account_id"]
    answer = api.session.get(address, params={"account_id": "x"}, timeout=5)
    assert detail(answer, 422)[0]["type"] == "int_parsing"
    answer = api.session.get(address, params={"account_id": "4343"}, timeout=5)
    assert answer.status_code == 403


def test_calls_are_counted(api, state, catalogue):
    state.settings.rate_limit = 2
    paths = [f"{PRODUCTS}/P0", f"{PRODUCTS}/P1", f"{PRODUCTS}/P2"]
    answers = [api.get(path) for path in paths]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert api.get(CATALOGUES).status_code == 200


# === READING === #


def test_catalogues_are_listed(api, state, catalogue):
    state.put_catalogue(102, status="draft")
    state.put_catalogue(201, account_id=4343)
    answer = api.get(CATALOGUES).json()
    assert [one["catalogue_id"] for one in answer["data"]] == [101, 102]
    assert answer["data"][0] == {
        "catalogue_id": 101,
        "name": "Odoo",
        "status": "active",
        "product_id_key": "id",
        "role": "main_source",
        "additional_sources": None,
        "used_by": None,
        "channels_count": 0,
    }
    assert (answer["total"], answer["page"], answer["limit"]) == (2, 1, 20)
    assert answer["next"] is None


def test_one_catalogue_tells_more(api, catalogue):
    answer = api.get(f"{CATALOGUES}/101/").json()
    assert answer["products_count"] == 3
    assert answer["indexed_at"] == "2026-03-10T12:00:00.000000Z"
    assert "source" in answer


@pytest.mark.parametrize("number", [999, 201])
def test_a_catalogue_of_nobody_or_of_others_is_not_found(api, state, catalogue, number):
    state.put_catalogue(201, account_id=4343)
    for path in ("", "/attributes", "/products", "/products/P0"):
        fault = detail(api.get(f"{CATALOGUES}/{number}{path}"), 404)
        assert fault["error_code"] == "catalogue.not_found"
        assert str(number) in fault["message"]


def test_attributes_are_the_columns(api, catalogue):
    answer = api.get(f"{CATALOGUES}/101/attributes").json()
    assert answer["data"] == ["id", "name", "quantity", "price"]
    assert (answer["limit"], answer["total"]) == (50, 4)


def test_products_come_in_pages(api, catalogue):
    first = api.get(PRODUCTS, limit=2).json()
    assert [one["product_id_value"] for one in first["data"]] == ["P0", "P1"]
    assert first["data"][0]["attributes"]["name"] == "Lamp 0"
    second = api.session.get(first["next"], timeout=5).json()
    assert [one["product_id_value"] for one in second["data"]] == ["P2"]
    assert (second["page"], second["next"]) == (2, None)
    assert api.get(PRODUCTS, page=9).json()["data"] == []


@pytest.mark.parametrize("query", [{"limit": 101}, {"limit": 0}, {"page": "x"}])
def test_a_page_that_is_none_is_refused(api, catalogue, query):
    (fault,) = detail(api.get(PRODUCTS, **query), 422)
    assert fault["loc"] == ["query", next(iter(query))]


def test_one_product_is_read(api, catalogue):
    catalogue.products["A/B 1"] = {"id": "A/B 1"}
    assert api.get(f"{PRODUCTS}/P1").json()["name"] == "Lamp 1"
    assert api.get(f"{PRODUCTS}/A%2FB%201").json() == {"id": "A/B 1"}
    fault = detail(api.get(f"{PRODUCTS}/P9"), 404)
    assert fault["error_code"] == "product.not_found"


# === CHANGING === #


def test_a_batch_is_answered_product_by_product(api, catalogue):
    answer = write(
        api,
        "PATCH",
        {
            "P0": {"quantity": 7, "price": 9.5},
            "P1": {"quantity": 7, "colour": "red"},
            "P2": {"id": "P9"},
            "P9": {"quantity": 7},
        },
    )
    assert answer.status_code == 207
    results = answer.json()
    assert results["P0"] == {"status": "updated"}
    assert results["P1"]["status"] == "rejected"
    assert results["P1"]["errors"] == [
        "Unknown attributes for catalogue schema: 'colour'"
    ]
    assert "not mutable" in results["P2"]["errors"][0]
    assert "not found in catalogue 101" in results["P9"]["errors"][0]
    products = catalogue.products
    assert products["P0"] == {"id": "P0", "name": "Lamp 0", "quantity": 7, "price": 9.5}
    assert products["P1"]["quantity"] == 1
    assert "P9" not in products


def test_the_same_batch_twice_is_the_same_as_once(api, catalogue):
    batch = {"P0": {"quantity": 5}}
    first, second = (write(api, "PATCH", batch).json() for _ in range(2))
    assert first == second


@pytest.mark.parametrize("method", ["PATCH", "POST", "DELETE"])
def test_a_draft_takes_no_products(api, state, method):
    state.allow_catalogues(4242)
    state.put_catalogue(101, status="draft", products=[{"id": "P0"}])
    body = {"P0": {}} if method == "PATCH" else [{"id": "P0"}]
    fault = detail(write(api, method, body, product_ids="P0"), 409)
    assert fault["error_code"] == "catalogue.draft.forbidden_operation"


@pytest.mark.parametrize(
    ("method", "body", "place"),
    [
        ("PATCH", [], ["body"]),
        ("PATCH", {"P0": []}, ["body", "P0"]),
        ("PATCH", {"P0": {"name": ["a"]}}, ["body", "P0", "name"]),
        ("POST", {}, ["body"]),
        ("POST", [1], ["body", 0]),
        ("POST", [{"id": {}}], ["body", 0, "id"]),
    ],
)
def test_a_body_of_another_shape_changes_nothing(api, catalogue, method, body, place):
    (fault,) = detail(write(api, method, body), 422)
    assert fault["loc"] == place
    assert catalogue.products["P0"]["name"] == "Lamp 0"


def test_a_batch_has_its_largest_size(api, catalogue):
    batch = {f"X{number}": {} for number in range(10_001)}
    assert detail(write(api, "PATCH", batch), 422)[0]["type"] == "too_long"
    batch.pop("X0")
    answer = write(api, "PATCH", batch)
    assert (answer.status_code, len(answer.json())) == (207, 10_000)


def test_replacing_a_product_clears_what_is_not_sent(api, catalogue):
    answer = write(
        api,
        "POST",
        [
            {"id": "P0", "quantity": 3},
            {"id": "P5", "name": "New"},
            {"id": "P5", "name": "Again"},
            {"name": "Nobody"},
            {"id": "P6", "qrice": 1},
        ],
    )
    assert answer.status_code == 207
    results = answer.json()
    assert [one["status"] for one in results] == [
        "updated",
        "created",
        "rejected",
        "rejected",
        "rejected",
    ]
    assert results[3]["product_id_value"] is None
    assert catalogue.products["P0"] == {"id": "P0", "quantity": 3}
    assert catalogue.products["P5"]["name"] == "New"


def test_products_are_deleted_by_their_names(api, catalogue):
    answer = write(api, "DELETE", None, product_ids=["P0,P1", "P9"])
    assert answer.status_code == 207
    assert [one["status"] for one in answer.json()] == ["deleted"] * 2 + ["not_found"]
    assert list(catalogue.products) == ["P2"]
    many = ",".join(map(str, range(101)))
    assert detail(write(api, "DELETE", None, product_ids=many), 422)
    assert detail(write(api, "DELETE", None), 422)


def test_one_product_is_changed_and_deleted(api, catalogue):
    path = f"{PRODUCTS}/P0"
    assert write(api, "PATCH", {"price": 1}, path).json() == {"status": "updated"}
    assert catalogue.products["P0"]["price"] == 1
    fault = detail(write(api, "PATCH", {"id": "P7", "colour": 1}, path), 400)
    assert fault["error_code"] == "product.validation_error"
    assert len(fault["errors"]) == 2
    gone = write(api, "DELETE", None, path)
    assert gone.json() == {"product_id_value": "P0", "status": "deleted"}
    assert detail(write(api, "DELETE", None, path), 404)
    assert detail(write(api, "PATCH", {}, path), 404)


# === IN PROCESS AND BY CONTROL === #


def test_catalogues_are_put_over_http(api, state):
    answer = api.control(
        "PUT",
        "catalogues",
        {
            "catalogue_id": 7,
            "name": "Shop",
            "product_id_key": "sku",
            "products": [{"sku": 5, "name": "x"}],
        },
    )
    assert answer.json()[0]["product_id_key"] == "sku"
    (shown,) = api.control("GET", "catalogues").json()
    assert shown["products"] == {"5": {"sku": 5, "name": "x"}}
    assert (shown["attributes"], shown["account_id"]) == (["sku", "name"], 4242)


@pytest.mark.parametrize(
    "body",
    [
        [1],
        {"name": "x"},
        {"catalogue_id": "7"},
        {"catalogue_id": 7, "colour": 1},
        {"catalogue_id": 7, "account_id": 1},
        {"catalogue_id": 7, "products": [{"name": "x"}]},
    ],
)
def test_a_catalogue_that_makes_no_sense_is_refused(api, state, body):
    assert api.control("PUT", "catalogues", body).status_code == 400
    assert list(state.catalogues) == []


def test_unknown_accounts_have_no_catalogues(state):
    with pytest.raises(ControlError):
        state.allow_catalogues(1)
    with pytest.raises(ControlError):
        state.put_catalogue(1, account_id=1)


def test_a_source_that_was_read_replaces_the_products(api, state, catalogue, clock):
    catalogue.replace(["id", "stock"], [["A", "1"], ["B", "0"]], clock())
    assert api.get(PRODUCTS).json()["total"] == 2
    assert api.get(f"{CATALOGUES}/101/attributes").json()["data"] == ["id", "stock"]


# === THE LIST THAT EVERY ACCOUNT MAY READ === #


def test_every_account_may_list_its_own_catalogues(api, other_api, state):
    state.put_catalogue(101, name="Odoo", products=[{"id": "A"}])
    state.put_catalogue(102, status="draft")
    answer = api.get("/v3.1/cms/catalogs/")
    assert answer.json() == [
        {"id": 101, "name": "Odoo", "is_active": True, "products": 1, "shop": None},
        {
            "id": 102,
            "name": "Catalogue 102",
            "is_active": False,
            "products": 0,
            "shop": None,
        },
    ]
    assert other_api.get("/v3.1/cms/catalogs/").json() == []


# === SHOP SYSTEMS === #


def system(**values):
    return {
        "token": "our-system",
        "type": "odoo",
        "domain_name": "odoo.example.com",
        "shops": [
            {
                "token": "our-shop",
                "shop_name": "Shop",
                "feed_url": "https://odoo.example.com/catalogue.csv",
            }
        ],
        **values,
    }


def test_a_system_registers_itself_and_tells_its_numbers(api, other_api, state):
    answer = write(api, "POST", system(), "/v3.1/cms")
    assert answer.status_code == 201
    assert "common_account" in answer.json()
    news = {
        "token": "our-system",
        "shops": [{"token": "our-shop", "exported_product_number": 3}],
    }
    assert write(api, "PUT", news, "/v3.1/cms").status_code == 200
    (document,) = state.systems.values()
    assert document["shops"][0]["exported_product_number"] == 3
    assert api.get("/v3.1/cms").json() == {
        "cms": [
            {
                "token": "our-system",
                "shops": [{"token": "our-shop", "catalog_ids": []}],
            }
        ]
    }
    assert other_api.get("/v3.1/cms").json() == {"cms": []}
    assert write(other_api, "PUT", news, "/v3.1/cms").status_code == 404


@pytest.mark.parametrize(
    "document",
    [{}, [], system(token=""), system(shops=[]), system(shops=[{"token": "x"}])],
)
def test_a_system_that_does_not_say_what_it_is_is_refused(api, document):
    assert write(api, "POST", document, "/v3.1/cms").status_code == 400
