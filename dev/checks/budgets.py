"""How long a function and a file may be."""

import ast
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

FUNCTION_LINES = 60
FILE_LINES = 500


def problems(source: str, path: PurePosixPath) -> Iterator[tuple[int, str]]:
    """Yield the line and a sentence for everything that is too long.

    A file of tests may be as long as its subject needs; a function of it may not.
    """
    lines = len(source.splitlines())
    if lines > FILE_LINES and "tests" not in path.parts:
        yield 1, f"{lines} lines; split the file at {FILE_LINES}"
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = node.end_lineno - node.lineno + 1
            if length > FUNCTION_LINES:
                yield (
                    node.lineno,
                    f"{node.name} has {length} lines; split it at {FUNCTION_LINES}",
                )


def check(root: Path, files: list[Path]) -> list[str]:
    """Return a line ``path:line: sentence`` for everything that is too long."""
    found = []
    for file in files:
        path = PurePosixPath(file.relative_to(root).as_posix())
        source = file.read_text(encoding="utf-8")
        found += [f"{path}:{line}: {text}" for line, text in problems(source, path)]
    return found
