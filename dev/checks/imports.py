"""Which part of the project may import which.

``lengow_api`` and ``sandbox`` are the two sides of one contract and know nothing of
each other, nor of Odoo; ``dev`` knows nothing of the models; and nothing that ships
depends on what only developers use. ``catalogue``, ``documents`` and ``exports`` work
on plain values: they know no record, and nothing of the rest of the addon. Inside a
package imports are relative, because the packages live under two names: at top level,
and below ``odoo.addons``.

The modules of ``lengow_api`` import each other in one direction only. What is imported
for its types alone counts: who reads the one has to read the other.
"""

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path, PurePosixPath

# Plain Python, for whoever gives the values.
PLAIN_PARTS = ("catalogue", "documents", "exports")
ADDON_PARTS = ("controllers", "mapper", "models", "wizards", *PLAIN_PARTS)
ADDON = "odoo.addons.lengow_connector."
ODOO = frozenset({"odoo", "openerp"})
# Part of the project → what it may not import, as a top-level name or relatively.
FORBIDDEN = {
    "lengow_api": ODOO | {"sandbox", "dev", "tests", *ADDON_PARTS},
    "sandbox": ODOO | {"lengow_api", "dev", "tests", *ADDON_PARTS},
    "dev": ODOO | {*ADDON_PARTS},
    "tests": frozenset({"dev"}),
}
FORBIDDEN |= {part: frozenset({"dev", "sandbox", "tests"}) for part in ADDON_PARTS}
for _part in PLAIN_PARTS:
    FORBIDDEN[_part] |= ODOO | {"lengow_api", *ADDON_PARTS} - {_part}
# Of Odoo, what has nothing to do with records: its repaired PDF library and the like.
ALLOWED = {"documents": "odoo.tools."}
# Packages whose modules may not import each other in a circle.
WITHOUT_CIRCLES = ("lengow_api",)
# These run inside Odoo, and measure, show or extend what turns orders into records.
ODOO_SCRIPTS = ("dev/odoo_scripts/", "dev/bench/", "dev/example/")


def imported_names(source: str, path: PurePosixPath) -> Iterator[tuple[int, str]]:
    """Yield the line and the full name of everything that a module imports.

    :param path: where the module lies in the project; relative imports become full
        names as seen from the project's root
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            yield from _imported_from(node, path)


def _imported_from(
    node: ast.ImportFrom, path: PurePosixPath
) -> Iterator[tuple[int, str]]:
    start = list(path.parts[: len(path.parts) - node.level]) if node.level else []
    prefix = ".".join([*start, *([node.module] if node.module else [])])
    for alias in node.names:
        yield node.lineno, f"{prefix}.{alias.name}" if prefix else alias.name


def _absolute_names(source: str) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.lineno, node.module


def problems(source: str, path: PurePosixPath) -> Iterator[tuple[int, str]]:
    """Yield the line and a sentence for every import that breaks the contract.

    :param path: where the module lies, relative to the project's root
    """
    part = path.parts[0]
    forbidden = FORBIDDEN.get(part, frozenset())
    if str(path).startswith(ODOO_SCRIPTS):
        forbidden -= ODOO | {"mapper"}
    for line, name in imported_names(source, path):
        top = name.removeprefix(ADDON).split(".")[0]
        is_allowed = part in ALLOWED and name.startswith(ALLOWED[part])
        if top in forbidden and not is_allowed:
            yield line, f"{part} must not import {name}"
    is_test = "tests" in path.parts
    if part in ("lengow_api", "sandbox", "dev") and not is_test:
        for line, name in _absolute_names(source):
            if name.split(".")[0] == part:
                yield line, f"import {name} relatively inside {part}"


def circle(sources: Mapping[str, str], package: str) -> list[str]:
    """Return modules of a package that import each other in a circle, if there are any.

    :param sources: the source of every module of the package by its name
    :return: the modules on the way, the first one again at the end; maybe empty
    """
    graph = {
        module: set(_imported_modules(source, module, package, sources))
        for module, source in sources.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        # Each is imported by the next.
        return error.args[1][::-1]
    return []


def _imported_modules(
    source: str, module: str, package: str, modules: Mapping[str, str]
) -> Iterator[str]:
    """Yield the modules of its own package that a module imports."""
    path = PurePosixPath(package, f"{module}.py")
    for _line, name in imported_names(source, path):
        top, _, rest = name.removeprefix(ADDON).partition(".")
        if top == package:
            imported = rest.split(".")[0]
            yield imported if imported in modules else "__init__"


def check(root: Path, files: list[Path]) -> list[str]:
    """Return a line ``path:line: sentence`` for every import that may not be."""
    found = []
    for file in files:
        path = PurePosixPath(file.relative_to(root).as_posix())
        source = file.read_text(encoding="utf-8")
        found += [f"{path}:{line}: {text}" for line, text in problems(source, path)]
    for package in WITHOUT_CIRCLES:
        modules = [file for file in files if file.parent == root / package]
        sources = {file.stem: file.read_text(encoding="utf-8") for file in modules}
        if way := circle(sources, package):
            found.append(f"{package}: modules in a circle: {' imports '.join(way)}")
    return found
