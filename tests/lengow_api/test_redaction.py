"""Nothing secret or personal gets into a message or a log line."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lengow_api import PayloadError, RateLimitedError, redact
from lengow_api.redaction import get_logger

TOKEN = "12345678-abcd-4abc-8abc-123456789abc"


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        (f"token {TOKEN} expired", TOKEN),
        ("access_token=abc&secret=hush", "hush"),
        ("access_token=abc&secret=hush", "abc"),
        ("Authorization: Bearer abc123", "abc123"),
        ("Authorization: abc123", "abc123"),
        ("uses bearer abc123 now", "abc123"),
        ("mail camille@example.com now", "camille"),
        ("call +33 6 12 34 56 78 now", "12 34"),
        ("call 06.12.34.56.78", "34.56"),
        ("call 0612345678", "0612345678"),
        ("call 0033612345678", "33612345678"),
        ("https://u:pw@api.lengow.io/x", "pw"),
        ("https://api.lengow.io/v3.0/orders?email=a%40b&x=1", "email"),
        ("Max retries exceeded with url: /v3.0/orders?line=Camille (x)", "Camille"),
        ('{"first_name": "Camille", "x": 1}', "Camille"),
        ("{'last_name': 'Exem\\'ple', 'x': 1}", "ple"),
        ('"{\\"city\\": \\"Lyon\\"}"', "Lyon"),
        ("first_name=Camille Jeanne&x=1", "Jeanne"),
        ("full_name: Camille Exemple, x", "Exemple"),
        ("tracking_number=TRACK1", "TRACK1"),
        ("bad https://a.example/lengow/catalogue/7/x-Y_9abcdef/c.csv", "x-Y_9abcdef"),
        (
            '{"u": "https:\\/\\/a.example\\/lengow\\/catalogue\\/7\\/x-Y_9abc\\/c"}',
            "Y_9",
        ),
    ],
)
def test_secret_or_personal_text_is_hidden(text, hidden):
    assert hidden in text
    assert hidden not in redact(text)
    assert "[hidden]" in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "Request limitation: 500 reached on /v3.0/orders",
        "Missing authentication token",
        "Authentication error - Secret is not accepted",
        "order 408-1234567-1234567 of amazon_fr is waiting_shipment",
        "order 1300435653833-A: total 229.00, expected 26.50",
        "tracking_number: This field is required.",
        "updated_from 2022-12-21T14:22:00+01:00",
        "GET /v3.0/orders/actions/",
        "",
    ],
)
def test_what_helps_to_find_the_case_stays(text):
    assert redact(text) == text


def test_known_secrets_are_hidden_whatever_they_look_like():
    assert redact("key-one was sent", ("key-one", "")) == "[hidden] was sent"


def test_anything_can_be_redacted():
    assert redact(None) == "None"
    assert "b@" not in redact(ValueError("a b@c.example"))


def test_log_records_are_redacted_with_their_traceback(caplog):
    logger = get_logger("lengow_api.test")
    assert get_logger("lengow_api.test") is logger
    assert len(logger.filters) == 1
    with caplog.at_level(logging.INFO, "lengow_api.test"):
        logger.info("mail to %s", "camille@example.com")
        try:
            raise ValueError("camille@example.com")
        except ValueError:
            logger.exception("failed for %(email)s", {"email": "camille@example.com"})
    assert "camille" not in caplog.text
    assert "ValueError" in caplog.text


@given(st.text(max_size=200))
def test_redaction_never_raises_and_settles(text):
    once = redact(text)
    assert isinstance(once, str)


def test_long_text_is_redacted_in_no_time():
    for text in ("a" * 100_000, "1." * 50_000, "+1 2" * 25_000, '"city": "' * 10_000):
        redact(text)


def test_errors_show_their_sentence_and_carry_their_facts():
    error = RateLimitedError("Too many.", status=429, endpoint="GET /x", retry_after=7)
    assert str(error) == "Too many."
    assert repr(error) == "RateLimitedError('Too many.', status=429)"
    assert (error.code, error.retry_after, error.may_have_arrived) == (
        *("rate_limited", 7, False),
    )
    wrong = PayloadError("No.", "a.b", "Camille")
    assert isinstance(wrong, ValueError)
    assert "Camille" not in repr(wrong) + str(wrong)
