"""An action as Lengow sends it: what was asked of a channel, what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from .decimals import to_decimal
from .errors import PayloadError
from .reader import Reader, clean_text
from .rules import ActionRule, is_blank

#: Moments that differ from one try to the next; they do not make an action another.
MOMENTS = frozenset({"shipping_date", "delivery_date"})

#: Members of an action that are not arguments of it.
_OWN_MEMBERS = frozenset(
    {
        "id",
        "account_id",
        "marketplace",
        "marketplace_order_id",
        "action_type",
        "processed",
        "queued",
        "errors",
        "created_at",
        "updated_at",
    }
)


@dataclass(frozen=True, slots=True)
class Action:
    """One action. ``arguments`` holds the arguments that are set, as they came."""

    id: str
    marketplace: str | None = None
    marketplace_order_id: str | None = None
    action_type: str | None = None
    processed: bool = False
    queued: bool = False
    errors: str = field(default="", repr=False)
    arguments: dict = field(default_factory=dict, repr=False, hash=False)
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @classmethod
    def from_payload(cls, payload: object) -> "Action":
        """Read one action object.

        :raise PayloadError: when it is no object or has no id.
        """
        reader = Reader(payload)
        identifier = clean_text(reader.get("id"))
        if identifier is None:
            raise PayloadError("The action has no id", "id", reader.get("id"))
        return cls(
            id=identifier,
            marketplace=reader.text("marketplace"),
            marketplace_order_id=reader.text("marketplace_order_id"),
            action_type=reader.text("action_type"),
            processed=reader.flag("processed"),
            queued=reader.flag("queued"),
            errors=_read_errors(reader.get("errors")),
            arguments={
                name: value
                for name, value in reader.source.items()
                if name not in _OWN_MEMBERS and value is not None
            },
            created_at=reader.moment("created_at"),
            updated_at=reader.moment("updated_at"),
        )

    @property
    def outcome(self) -> str:
        """``"waiting"``, ``"done"`` or ``"failed"``.

        An action that is neither queued nor processed and has no error has just been
        created: it is waiting, not failed.
        """
        if self.queued:
            return "waiting"
        if self.errors:
            return "failed"
        return "done" if self.processed else "waiting"

    def asks_for(self, arguments: Mapping, rule: ActionRule | None = None) -> bool:
        """Whether this action asks for the same thing as these arguments.

        Dates of shipping and delivery are left aside, as Lengow's own plugins do, and
        so is whatever Lengow adds that is no argument.

        :param arguments: as they would be sent; blank ones count as not sent.
        :param rule: of the action, for every argument that it could have.
        """
        declared = rule.arguments if rule else {}
        names = {*arguments, *declared} - MOMENTS
        return all(
            _is_same(
                arguments.get(name),
                self.arguments.get(name),
                name in declared and declared[name].type in ("price", "quantity"),
            )
            for name in names
        )

    def came_of(self, arguments: Mapping, rule: ActionRule | None = None) -> bool:
        """Whether this action may have come of a call with these arguments.

        Only what was sent is looked at: Lengow fills in what was not, as its own
        plugins know, and does not keep the case of letters.

        :param arguments: as they were sent; blank ones count as not sent.
        :param rule: of the action, for the types of the arguments.
        """
        declared = rule.arguments if rule else {}
        return all(
            _folded(value) == _folded(self.arguments.get(name))
            or _is_same(
                value,
                self.arguments.get(name),
                name in declared and declared[name].type in ("price", "quantity"),
            )
            for name, value in arguments.items()
            if name not in MOMENTS and not is_blank(value)
        )


def _is_same(ours: object, theirs: object, is_number: bool) -> bool:
    """Whether two values of an argument are one; numbers may be written differently."""
    if is_blank(ours) or is_blank(theirs):
        return is_blank(ours) and is_blank(theirs)
    if str(ours).strip() == str(theirs).strip():
        return True
    try:
        return is_number and to_decimal(ours) == to_decimal(theirs)
    except PayloadError:
        return False


def _folded(value: object) -> str:
    return str(value).strip().casefold()


def _read_errors(value: object) -> str:
    """Return the refusal as text; ``""``, null and empty lists mean none."""
    if isinstance(value, list | tuple):
        return "\n".join(filter(None, map(_read_errors, value)))
    if isinstance(value, dict):
        return "\n".join(
            f"{key}: {text}"
            for key, item in value.items()
            if (text := _read_errors(item))
        )
    return clean_text(value) or ""
