"""The switches of a sandbox."""

from collections.abc import Callable
from dataclasses import dataclass, fields

from .errors import ControlError
from .times import utc_now


@dataclass
class Settings:
    """How the server behaves where time passes or Lengow's ways are not certain.

    All may be changed while it runs, in process or with ``PUT /_sandbox/settings``;
    only ``clock`` is for the process itself.
    """

    action_delay: float = 2.0
    """Seconds from an accepted action to its effect; half of it until it is queued."""
    fail_actions: str = ""
    """When set, every action that comes due fails with this text and changes
    nothing."""
    no_error: str | None = ""
    """What an action without error carries in ``errors``: ``""`` (2016) or null
    (2020)."""
    action_created_status: int = 200
    """HTTP status of an accepted action: 200 or 201."""
    moi_not_found_status: int = 404
    """HTTP status beside the ``detail`` body for an unknown order: 404 or 200."""
    beyond_last_page_status: int = 200
    """A page after the last: 200 with no results, or 404."""
    token_lifetime: float = 3600
    """Seconds a token lives."""
    rate_limit: int | None = None
    """Calls per route, account and minute; more are answered with 429. None: no
    limit."""
    default_page_size: int = 100
    """Orders and actions per page when the client does not say (at most 100)."""
    clock: Callable = utc_now
    """Gives the current instant, aware."""

    def as_json(self):
        """Return the settings as the control side shows them."""
        names = [field.name for field in fields(self) if field.name != "clock"]
        return {name: getattr(self, name) for name in names}

    def update(self, values):
        """Change settings by name.

        :raise ControlError: for a name that is no setting, or a value of another type
        """
        types = {field.name: field.type for field in fields(self)}
        for name, value in values.items():
            if name not in self.as_json():
                raise ControlError(f"There is no setting {name!r}")
            allowed = int | float if types[name] is float else types[name]
            if isinstance(value, bool) or not isinstance(value, allowed):
                raise ControlError(f"The setting {name!r} cannot be {value!r}")
        for name, value in values.items():
            setattr(self, name, value)
