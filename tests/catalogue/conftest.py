"""One profile for the property tests, and the texts that others broke on."""

import pytest
from hypothesis import HealthCheck, settings
from strict_readers import HOSTILE

# A machine that does something else meanwhile is not what is tested.
settings.register_profile(
    "plain",
    deadline=None,
    max_examples=60,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("plain")


@pytest.fixture(params=HOSTILE.values(), ids=HOSTILE.keys())
def hostile(request):
    """One text after the other that has broken somebody's catalogue."""
    return request.param
