"""Faults: what the server does wrong on purpose, for the next calls of a path."""

import json
import threading
import time
from dataclasses import dataclass, field, fields
from urllib.parse import urlencode

from werkzeug.wrappers import Response

from .errors import ControlError

CUTS = ("before", "mid", "short", "after")
HTML = "<!DOCTYPE html><html><body><h1>Bad gateway</h1></body></html>"


@dataclass
class Fault:
    """One fault and the calls it is for.

    It is for calls whose path starts with ``path`` (or equals it, when ``exact``) and
    whose method is ``method``, after ``skip`` such calls, for ``times`` calls (None:
    until removed). Several effects may be given at once; ``delay`` comes first.
    """

    path: str = "/"
    method: str | None = None
    exact: bool = False
    times: int | None = 1
    skip: int = 0

    status: int | None = None
    """Answer with this HTTP status, without doing anything (but see ``effect``)."""
    body: object = None
    """Body of that answer: text as it is, anything else as JSON. Given alone, the
    status is 200."""
    headers: dict = field(default_factory=dict)
    """Headers added to the answer, whatever it is."""
    effect: bool = False
    """With ``status``, ``body`` or ``html``: the call does its work, only the answer is
    replaced."""
    delay: float = 0
    """Seconds to wait before anything else."""
    cut: str | None = None
    """Cut the connection: ``before`` the call has an effect, ``mid`` in the answer's
    body (chunked), ``short`` likewise after announcing a longer body, ``after`` the
    effect without any answer."""
    html: bool = False
    """Answer with an HTML page (status 200 unless given)."""
    truncate_json: bool = False
    """Send only the first half of the body, as if that were all."""
    expire_token: bool = False
    """The token of the call has just expired."""
    repeat_page: bool = False
    """The page carries the results of page 1, whatever was asked."""
    loop_next: bool = False
    """``next`` of the page is the page itself."""
    null_results: bool = False
    """``results`` of the page is null."""
    replace: dict = field(default_factory=dict)
    """Members of the answer's JSON object to replace, for example ``{"count":
    "many"}``."""

    def __post_init__(self):
        for item in fields(self):
            _check_type(item, getattr(self, item.name))
        if self.cut not in (None, *CUTS):
            raise ControlError(f"A fault cuts at one of {CUTS}, not {self.cut!r}")
        if self.skip < 0 or (self.times is not None and self.times < 1):
            raise ControlError("A fault needs skip >= 0 and times >= 1 (or null)")

    def matches(self, method, path):
        """Tell whether the fault is for a call."""
        if self.method and self.method.upper() != method:
            return False
        path = path.rstrip("/")
        wanted = self.path.rstrip("/")
        return path == wanted if self.exact else path.startswith(wanted)

    @property
    def replaces_answer(self):
        """Whether the answer is the fault's own."""
        return bool(self.status or self.body is not None or self.html)

    def as_json(self):
        """Return path, times, skip and the members that are not the default."""
        default = Fault()
        return {
            item.name: getattr(self, item.name)
            for item in fields(self)
            if item.name in ("path", "times", "skip")
            or getattr(self, item.name) != getattr(default, item.name)
        }


def _check_type(item, value):
    """Check the type of one member of a fault.

    :raise ControlError: naming the member
    """
    allowed = int | float if item.type is float else item.type
    is_flag = isinstance(value, bool)
    if not isinstance(value, allowed) or (is_flag and item.type not in (bool, object)):
        raise ControlError(f"The fault member {item.name!r} cannot be {value!r}")


class FaultList:
    """The faults that wait for their calls; the first that matches takes the call."""

    def __init__(self):
        self._lock = threading.Lock()
        self._faults = []

    def add(self, fault=None, **members):
        """Add a fault, given as a dict or as keyword arguments.

        :return: the fault; its ``times`` counts down
        :raise ControlError: for an unknown or ill-typed member
        """
        members = {**(fault or {}), **members}
        known = {item.name for item in fields(Fault)}
        if unknown := sorted(set(members) - known):
            raise ControlError(f"A fault has no member {unknown[0]!r}")
        added = Fault(**members)
        with self._lock:
            self._faults.append(added)
        return added

    def take(self, method, path):
        """Return the fault for a call and count it, or None."""
        with self._lock:
            for fault in self._faults:
                if not fault.matches(method, path):
                    continue
                if fault.skip:
                    fault.skip -= 1
                    continue
                self._count(fault)
                return fault
        return None

    def _count(self, fault):
        """Count one call of a fault and drop it when it was the last one."""
        if fault.times is not None:
            fault.times -= 1
            if not fault.times:
                self._faults.remove(fault)

    def clear(self):
        """Remove all faults."""
        with self._lock:
            self._faults.clear()

    def __iter__(self):
        with self._lock:
            return iter(list(self._faults))

    def __len__(self):
        return len(self._faults)


def answer_with(fault, request, answer):
    """Answer a call under a fault.

    :param answer: callable that takes a request and answers it as if there were no
        fault
    :return: the answer
    :raise ConnectionAbortedError: to hang up without any answer
    """
    if fault.delay:
        time.sleep(fault.delay)
    if fault.cut == "before":
        raise ConnectionAbortedError("The fault cuts before the effect")
    response = _base_answer(fault, request, answer)
    if fault.cut == "after":
        raise ConnectionAbortedError("The fault cuts after the effect")
    response.headers.extend(fault.headers)
    return response


def _base_answer(fault, request, answer):
    """Return the fault's own answer, or the changed answer of the API."""
    if not fault.replaces_answer:
        return _spoil(fault, request, answer(request), answer)
    if fault.effect:
        answer(request)
    body = HTML if fault.html else fault.body
    if body is None:
        body = {"error": {"code": fault.status, "message": "Sandbox fault"}}
    is_text = isinstance(body, str)
    kind = "text/html" if is_text else "application/json"
    text = body if is_text else json.dumps(body)
    return Response(text, status=fault.status or 200, content_type=kind)


def _spoil(fault, request, response, answer):
    """Change the JSON of an answer as the fault says."""
    changes = dict(fault.replace)
    if fault.repeat_page:
        first = answer(request_for_page(request, 1))
        changes["results"] = json.loads(first.get_data(as_text=True)).get("results")
    if fault.loop_next:
        changes["next"] = request.url
    if fault.null_results:
        changes["results"] = None
    if changes:
        value = json.loads(response.get_data(as_text=True))
        response.set_data(json.dumps({**value, **changes}, ensure_ascii=False))
    if fault.truncate_json:
        body = response.get_data()
        response.set_data(body[: len(body) // 2])
    return response


def request_for_page(request, page):
    """Return the same request for another page."""
    others = [(k, v) for k, v in request.args.items(multi=True) if k != "page"]
    environ = dict(request.environ)
    environ.pop("werkzeug.request", None)
    environ["QUERY_STRING"] = urlencode([*others, ("page", page)])
    return type(request)(environ)


def cut_body(fault, response):
    """Make a response break off in its body, as ``mid`` and ``short`` say.

    ``mid`` sends chunks without their end, ``short`` announces the whole length and
    closes after half of it: clients notice the two in different ways.
    """
    body = response.get_data()

    def half():
        yield body[: max(1, len(body) // 2)]
        raise ConnectionAbortedError("The fault cuts in the body")

    cut = Response(half(), status=response.status, headers=response.headers)
    cut.headers.pop("Content-Length", None)
    if fault.cut == "short":
        cut.headers["Content-Length"] = str(len(body))
    return cut
