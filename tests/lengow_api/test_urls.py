"""Addresses of the API: what is one server, however it is spelt."""

import pytest

from lengow_api.urls import is_same_server


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        ("https://api.lengow.io/", True),
        ("HTTPS://API.Lengow.io", True),
        ("https://api.lengow.io:443", True),
        ("https://api.lengow.net", False),
        ("http://api.lengow.io", False),
        ("https://api.lengow.io:8443", False),
        ("https://api.lengow.io/proxy", False),
        ("", False),
    ],
)
def test_same_server(other, is_same):
    assert is_same_server("https://api.lengow.io", other) is is_same
    assert is_same_server(other, "https://api.lengow.io") is is_same
