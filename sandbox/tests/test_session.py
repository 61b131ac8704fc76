"""Tokens, rights, limits, and what unknown addresses get."""

import uuid

import pytest
import requests

PRIVATE_PATHS = [
    "/v3.0/orders",
    "/v3.0/orders/actions/",
    "/v3.0/marketplaces",
    "/v1.0/restrictions",
]


def error_of(answer):
    return answer.json()["error"]


@pytest.mark.parametrize("how", ["data", "json"])
def test_right_keys_get_a_token_and_the_account(server, how):
    keys = dict(zip(("access_token", "secret"), server.keys, strict=True))
    answer = requests.post(server.url + "/access/get_token", **{how: keys}, timeout=5)
    assert answer.status_code == 200
    assert answer.json()["account_id"] == 4242
    uuid.UUID(answer.json()["token"])


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (("sandbox-access-token", "wrong"), "Secret is not accepted"),
        (("wrong", "sandbox-secret"), "Access token is not accepted"),
        (("sandbox-access-token", "sandbox-secret-2"), "Secret is not accepted"),
        ((None, None), "Access token is not accepted"),
    ],
)
def test_wrong_keys_get_400_with_the_envelope(server, keys, message):
    fields = {"access_token": keys[0], "secret": keys[1]}
    answer = requests.post(server.url + "/access/get_token", fields, timeout=5)
    assert answer.status_code == 400
    assert error_of(answer) == {
        "code": 400,
        "message": f"Authentication error - {message}",
    }


@pytest.mark.parametrize("prefix", ["", "Bearer "])
def test_a_token_is_taken_raw_and_as_bearer(api, state, prefix):
    token = api.session.headers["Authorization"]
    api.session.headers["Authorization"] = prefix + token
    assert api.get("/v3.0/orders").status_code == 200
    assert state.calls[-1].authorization == ("bearer" if prefix else "raw")


def test_a_missing_token_gets_403_on_orders_and_401_elsewhere(server):
    orders = requests.get(server.url + "/v3.0/orders", timeout=5)
    limits = requests.get(server.url + "/rate-limits", timeout=5)
    assert (orders.status_code, limits.status_code) == (403, 401)
    assert error_of(orders)["message"] == "No token in headers to access /orders API"
    assert error_of(limits)["message"] == "Missing authentication token"


def test_an_unknown_token_gets_401(api):
    api.session.headers["Authorization"] = str(uuid.uuid4())
    assert api.get("/v3.0/orders").status_code == 401


def test_a_token_lives_3600_seconds(api, clock):
    clock.pass_seconds(3599)
    assert api.get("/v3.0/orders").status_code == 200
    clock.pass_seconds(1)
    answer = api.get("/v3.0/orders")
    assert answer.status_code == 403
    assert error_of(answer)["message"].endswith("is expired")
    api.login()
    assert api.get("/v3.0/orders").status_code == 200


@pytest.mark.parametrize("path", [*PRIVATE_PATHS, "/me", "/rate-limits"])
def test_keys_without_rights_get_a_token_but_403_everywhere(powerless_api, path):
    assert powerless_api.get(path).status_code == 403


@pytest.mark.parametrize("path", PRIVATE_PATHS)
def test_the_account_must_be_named_and_be_the_token_s_own(api, path):
    assert api.get(path, account_id=None).status_code == 400
    assert api.get(path, account_id="4343").status_code == 403
    assert api.get(path, account_id="x").status_code == 403
    assert api.get(path).status_code == 200


def test_the_account_of_a_post_stands_in_its_body(api, make_order):
    answer = api.act(make_order(), "ship", account_id="")
    assert (answer.status_code, error_of(answer)["message"]) == (
        400,
        "account_id is mandatory",
    )


def test_me_tells_the_life_of_the_token(api):
    answer = api.get("/me").json()
    assert answer["token"] == api.session.headers["Authorization"]
    assert answer["expire_at"] == "2026-03-10T13:00:00+00:00"
    assert answer["scopes"]["account_id"] == 4242


@pytest.mark.parametrize("path", ["/v1.0/restrictions", "/v3.0/plans"])
def test_restrictions_tell_the_state_of_the_contract(api, path):
    keys = {"isFreeTrial", "leftDaysBeforeExpired", "isExpired"}
    assert set(api.get(path).json()) == keys


def test_limits_are_null_when_there_is_none(api):
    limit = api.get("/rate-limits").json()[0]
    assert (limit["url_base"], limit["boundary"]) == ("/v3.0/orders", None)


def test_a_passed_limit_gets_429_until_its_minute_is_over(api, state, clock):
    state.settings.rate_limit = 2
    codes = [api.get("/v3.0/orders").status_code for _ in range(3)]
    answer = api.get("/v3.0/orders/")
    assert codes == [200, 200, 429]
    message = "Request limitation: 2 reached on GET /v3.0/orders"
    assert error_of(answer) == {"code": 429, "message": message}
    assert 1 <= int(answer.headers["Retry-After"]) <= 61
    assert api.get("/v3.0/marketplaces").status_code == 200
    limits = api.get("/rate-limits").json()
    assert (limits[0]["remaining_credit"], limits[0]["remaining_time"]) == (0, 60)
    clock.pass_seconds(60)
    assert api.get("/v3.0/orders").status_code == 200


def test_limits_are_counted_per_account(api, other_api, state):
    state.settings.rate_limit = 1
    assert api.get("/v3.0/orders").status_code == 200
    assert other_api.get("/v3.0/orders").status_code == 200


@pytest.mark.parametrize("path", ["", "/", "/nothing", "/v3.0/order"])
def test_an_unknown_address_gets_404_with_the_envelope(api, path):
    answer = api.get(path)
    assert (answer.status_code, error_of(answer)["code"]) == (404, 404)


def test_a_wrong_method_gets_405_with_the_envelope(api):
    answer = api.patch("/v3.0/marketplaces")
    assert (answer.status_code, error_of(answer)["code"]) == (405, 405)


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("path", ["/v3.0/orders", "/v3.0/marketplaces", "/me"])
def test_addresses_work_with_and_without_a_slash(api, path, slash):
    assert api.get(path + slash).status_code == 200


def test_calls_are_kept_without_secrets(api, state, server):
    api.get("/v3.0/orders", page=3)
    login, orders = (call.as_json() for call in state.calls)
    assert (login["method"], login["path"]) == ("POST", "/access/get_token")
    assert orders["query"] == {"account_id": "4242", "page": "3"}
    assert (orders["status"], orders["account_id"]) == (200, 4242)
    token = api.session.headers["Authorization"]
    for secret in (*server.keys, token):
        assert secret not in str(state.calls)
