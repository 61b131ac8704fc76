"""What the package may depend on, and what it promises to offer."""

import ast
import sys

import lengow_api

ALLOWED = {"requests", "urllib3"} | sys.stdlib_module_names


def imports_of(path):
    """Yield the level and the first name of every import of a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((0, alias.name.partition(".")[0]) for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            yield node.level, (node.module or "").partition(".")[0]


def modules(request):
    folder = request.path.parents[2] / "lengow_api"
    return sorted(folder.glob("*.py"))


def test_package_imports_itself_relatively_and_little_else(request):
    for path in modules(request):
        for level, name in imports_of(path):
            assert level == 1 or (level == 0 and name in ALLOWED), path


def test_only_the_transport_can_sleep(request):
    sleepers = {
        path.name for path in modules(request) if (0, "time") in imports_of(path)
    }
    assert sleepers == {"transport.py"}


def test_every_promised_name_is_there_and_documented():
    for name in lengow_api.__all__:
        assert getattr(lengow_api, name).__doc__


def test_every_error_has_its_own_code():
    kinds = lengow_api.LengowError.__subclasses__()
    codes = [kind.code for kind in kinds]
    assert sorted(codes) == [
        "access_denied",
        "authentication",
        "bad_response",
        "connection_lost",
        "link_refused",
        "not_found",
        "payload",
        "rate_limited",
        "refused",
        "server_error",
        "timeout",
        "unreachable",
    ]
