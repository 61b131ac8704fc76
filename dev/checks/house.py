"""The rules of the house: where a model may lie, what it may hold, how large.

1. A process is a service, an ``AbstractModel`` that takes records; a method of a stored
   model that never looks at its records is no fact about them.
2. One folder per stage of the data's way below ``models/``, in the order that
   ``models/__init__.py`` lists; in a folder at most one file per model, named after it.
   No stage imports a module of a later one, and services do not call in a ring.
3. The addon never overrides itself: nothing of a model is defined twice in it. A model
   of its own stays within a budget of lines, methods and files.

And five of what every part does alike:

4. Only the one loop of the scheduled actions commits and rolls back, so that no other
   code can let a record that fails stop the ones after it.
5. Whoever catches every exception lets collisions go on: they are no fault of the
   record, and the transaction is to be tried again.
6. Nobody writes a number with ``:g``, which turns 1234567 into ``1.23457e+06``.
7. Odoo runs the tests that the ``__init__.py`` beside them imports, and no others.
8. Nobody returns from within ``contained``: what is written at its end may fail, and
   then the answer would be about rows that are not there.
"""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path, PurePosixPath

FOLDER = "models"
# Addons that join the addon with others.
EXTRAS = "extras"
OWN_PREFIX = "lengow."
MODEL_LINES = 1500
MODEL_METHODS = 100
MODEL_FILES = 6
NUMBER_FOLDERS = (FOLDER, "wizards", "mapper", "exports")
# The one loop of the scheduled actions, and what nobody else calls.
LOOP = PurePosixPath("models/settings/lengow_cron.py")
LOOP_CALLS = ("_commit_progress", "_notify_progress", "commit", "rollback")
KINDS = ("Model", "AbstractModel", "TransientModel")
# What Odoo calls on a model without any record of it.
CALLED_BY_ODOO = ("_search_", "_default_", "_get_default")
# What a model tells others about rows that are still to be.
VALUES_OF_NEW_ROWS = "_prepare_"


@dataclass(frozen=True, slots=True)
class Member:
    """A method, a field or another attribute of a model, and where it is defined."""

    name: str
    line: int
    is_method: bool
    is_idle: bool = False
    """Whether it is a method that never looks at its records."""


@dataclass(frozen=True, slots=True)
class ModelClass:
    """A class that declares or extends one of Odoo's models."""

    model: str
    kind: str
    is_declared: bool
    """Whether the model begins here, rather than being extended."""
    path: PurePosixPath
    line: int
    lines: int
    members: tuple[Member, ...]
    services: tuple[str, ...]
    """The models of ours that its methods name, as in ``self.env["lengow.inbox"]``."""


def model_classes(source: str, path: PurePosixPath) -> Iterator[ModelClass]:
    """Yield the classes of a module that declare or extend a model."""
    for node in ast.parse(source).body:
        if not isinstance(node, ast.ClassDef):
            continue
        kind = next((k for k in map(_base_name, node.bases) if k in KINDS), None)
        declared = _text_attribute(node, "_name")
        model = declared or _text_attribute(node, "_inherit")
        if kind is None or model is None:
            continue
        yield ModelClass(
            model=model,
            kind=kind,
            is_declared=declared is not None,
            path=path,
            line=node.lineno,
            lines=node.end_lineno - node.lineno + 1,
            members=tuple(_members(node)),
            services=tuple(_named_models(node)),
        )


def problems(classes: Iterable[ModelClass], stages: list[str]) -> Iterator[str]:
    """Yield ``path:line: sentence`` for everything that breaks one of the rules.

    :param classes: every class of the addon that declares or extends a model
    :param stages: the folders of the data's way, first one first
    """
    by_model = defaultdict(list)
    for found in classes:
        by_model[found.model].append(found)
        yield from _misplaced(found, stages)
    for model, parts in sorted(by_model.items()):
        yield from _defined_twice(parts)
        if model.startswith(OWN_PREFIX):
            yield from _too_large(model, parts)
            yield from _idle_methods(parts)
    yield from _rings(by_model)


def backward_imports(
    source: str, path: PurePosixPath, stages: list[str]
) -> Iterator[str]:
    """Yield ``path:line: sentence`` for every import from a later stage."""
    stage = _stage_of(path)
    if stage not in stages:
        return
    later = stages[stages.index(stage) + 1 :]
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.ImportFrom) or node.level != 2:
            continue
        named = [node.module] if node.module else [alias.name for alias in node.names]
        for name in named:
            target = name.split(".")[0]
            if target in later:
                yield f"{path}:{node.lineno}: {stage} must not import from {target}"


def commits(source: str, path: PurePosixPath) -> Iterator[str]:
    """Yield ``path:line: sentence`` for every commit outside of the one loop."""
    if path == LOOP:
        return
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in LOOP_CALLS
        ):
            yield f"{path}:{node.lineno}: only {LOOP} may call {node.func.attr}"


def swallowed_collisions(source: str, path: PurePosixPath) -> Iterator[str]:
    """Yield ``path:line: sentence`` for every catch-all that may keep a collision."""
    if path == LOOP:
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ExceptHandler) and _catches_all(node):
            called = [
                call.func.id
                for call in ast.walk(node)
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
            ]
            if "is_collision" not in called:
                yield f"{path}:{node.lineno}: may keep a collision; ask is_collision"


def early_answers(source: str, path: PurePosixPath) -> Iterator[str]:
    """Yield ``path:line: sentence`` for every return from within ``contained``."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.With) and any(map(_is_contained, node.items)):
            for inner in ast.walk(node):
                if isinstance(inner, ast.Return):
                    yield f"{path}:{inner.lineno}: may answer with what is undone"


def short_numbers(source: str, path: PurePosixPath) -> Iterator[str]:
    """Yield ``path:line: sentence`` for every number that is written with ``:g``."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FormattedValue) and node.format_spec:
            spec = ast.unparse(node.format_spec).strip("f'\"")
            if spec.endswith(("g", "G")):
                yield f"{path}:{node.lineno}: {spec} loses digits of large numbers"


def stages_of(source: str) -> list[str]:
    """Return the stages that ``models/__init__.py`` imports, in its order."""
    return [
        alias.name
        for node in ast.parse(source).body
        if isinstance(node, ast.ImportFrom) and node.module is None
        for alias in node.names
    ]


def unrun_tests(folder: Path, tests: Iterable[str]) -> Iterator[str]:
    """Yield ``path:line: sentence`` for every module of tests that Odoo never runs.

    :param folder: of an addon, with what imports its tests
    :param tests: names of the modules that there are
    """
    imported = stages_of((folder / "__init__.py").read_text(encoding="utf-8"))
    for name in sorted({*tests} - {*imported}):
        yield f"{folder.name}/{name}.py:1: is never run; __init__.py does not import it"


def check(root: Path, files: list[Path]) -> list[str]:
    """Return a line ``path:line: sentence`` for everything that breaks a rule."""
    stages = stages_of((root / FOLDER / "__init__.py").read_text(encoding="utf-8"))
    classes, found = [], []
    for file in files:
        path = PurePosixPath(file.relative_to(root).as_posix())
        source = file.read_text(encoding="utf-8")
        if path.parts[0] in NUMBER_FOLDERS:
            found += short_numbers(source, path)
        if path.parts[0] in (FOLDER, "wizards", EXTRAS) and "tests" not in path.parts:
            found += commits(source, path)
            found += swallowed_collisions(source, path)
        if "tests" not in path.parts:
            found += early_answers(source, path)
        if path.parts[0] in (FOLDER, "wizards"):
            classes += model_classes(source, path)
            found += backward_imports(source, path, stages)
    return [*found, *_unrun_tests(files), *problems(classes, stages)]


def _unrun_tests(files: Iterable[Path]) -> Iterator[str]:
    tests = defaultdict(set)
    for file in files:
        if file.parent.name == "tests" and file.name.startswith("test_"):
            tests[file.parent].add(file.stem)
    for folder, names in tests.items():
        # Without it they are pytest's, which finds them by itself.
        if (folder / "__init__.py").exists():
            yield from unrun_tests(folder, names)


def _catches_all(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or (
        isinstance(handler.type, ast.Name)
        and handler.type.id in ("Exception", "BaseException")
    )


def _is_contained(item: ast.withitem) -> bool:
    call = item.context_expr
    is_named = isinstance(call, ast.Call) and isinstance(call.func, ast.Name)
    return is_named and call.func.id == "contained"


def _misplaced(found: ModelClass, stages: list[str]) -> Iterator[str]:
    if found.path.parts[0] != FOLDER:
        return  # the rows of a dialog stand beside it
    where = f"{found.path}:{found.line}:"
    expected = f"{found.model.replace('.', '_')}.py"
    if found.path.name != expected:
        yield f"{where} {found.model} belongs into a file {expected}"
    if _stage_of(found.path) not in stages:
        yield f"{where} {found.model} lies in no stage; the stages are {stages}"


def _defined_twice(parts: list[ModelClass]) -> Iterator[str]:
    first: dict[str, PurePosixPath] = {}
    for part in parts:
        for member in part.members:
            if member.name in first:
                yield (
                    f"{part.path}:{member.line}: {part.model}.{member.name} is defined "
                    f"in {first[member.name]} already"
                )
            first.setdefault(member.name, part.path)


def _too_large(model: str, parts: list[ModelClass]) -> Iterator[str]:
    where = f"{parts[0].path}:{parts[0].line}: {model} has"
    lines = sum(part.lines for part in parts)
    methods = sum(member.is_method for part in parts for member in part.members)
    if lines > MODEL_LINES:
        yield f"{where} {lines} lines; {MODEL_LINES} are enough"
    if methods > MODEL_METHODS:
        yield f"{where} {methods} methods; {MODEL_METHODS} are enough"
    if len(parts) > MODEL_FILES:
        yield f"{where} {len(parts)} files; {MODEL_FILES} are enough"


def _idle_methods(parts: list[ModelClass]) -> Iterator[str]:
    for part in parts:
        if part.kind != "Model":
            continue  # a service; or a dialog, which is a process by nature
        for member in part.members:
            if member.is_idle:
                yield (
                    f"{part.path}:{member.line}: {part.model}.{member.name} never "
                    "looks at its records: it belongs into a service or is a function"
                )


def _rings(by_model: dict[str, list[ModelClass]]) -> Iterator[str]:
    """Yield a sentence if services call each other in a ring."""
    services = {
        model
        for model, parts in by_model.items()
        if any(part.is_declared and part.kind == "AbstractModel" for part in parts)
    }
    calls = {
        service: {
            name
            for part in by_model[service]
            for name in part.services
            if name in services and name != service
        }
        for service in services
    }
    try:
        TopologicalSorter(calls).prepare()
    except CycleError as error:
        yield f"{FOLDER}: services call in a ring: {' → '.join(error.args[1])}"


def _stage_of(path: PurePosixPath) -> str:
    return path.parts[1] if len(path.parts) > 2 and path.parts[0] == FOLDER else ""


def _members(node: ast.ClassDef) -> Iterator[Member]:
    for item in node.body:
        if isinstance(item, ast.FunctionDef):
            yield Member(item.name, item.lineno, True, _is_idle(item))
        elif isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name):
            name = item.targets[0].id
            if name not in ("_inherit", "_name"):
                yield Member(name, item.lineno, False)


def _is_idle(method: ast.FunctionDef) -> bool:
    if any(isinstance(d, ast.Name) for d in method.decorator_list):
        return False  # static, or a property
    exempt = (*CALLED_BY_ODOO, VALUES_OF_NEW_ROWS)
    if method.name.startswith(exempt) or method.name.endswith("_domain"):
        return False
    if (ast.get_docstring(method) or "").startswith("Override of"):
        return False  # Odoo decides where it stands
    first = method.args.args[0].arg if method.args.args else None
    return not any(
        isinstance(node, ast.Name) and node.id in (first, "super")
        for node in ast.walk(method)
    )


def _named_models(node: ast.ClassDef) -> set[str]:
    return {
        sub.slice.value
        for sub in ast.walk(node)
        if isinstance(sub, ast.Subscript)
        and isinstance(sub.slice, ast.Constant)
        and isinstance(sub.slice.value, str)
        and isinstance(sub.value, ast.Attribute)
        and sub.value.attr == "env"
    }


def _base_name(base: ast.expr) -> str:
    return base.attr if isinstance(base, ast.Attribute) else getattr(base, "id", "")


def _text_attribute(node: ast.ClassDef, name: str) -> str | None:
    for item in node.body:
        if (
            isinstance(item, ast.Assign)
            and isinstance(item.targets[0], ast.Name)
            and item.targets[0].id == name
            and isinstance(item.value, ast.Constant)
        ):
            return item.value.value
    return None
