"""Deal the files of Odoo's tests out to runs that go side by side."""

import os
from pathlib import Path

from . import paths

# Beyond that, preparing a database for each costs more than it saves.
MOST_SHARES = 4


def cores() -> int:
    """Return how many processors this process may use, within bounds."""
    return min(len(os.sched_getaffinity(0)), MOST_SHARES)


def deal(files: list[Path], count: int) -> list[list[Path]]:
    """Deal files out so that every share takes about as long.

    How long tests take follows how long their files are well enough: measured on the
    whole of them, two shares differed by four hundredths.

    :return: at most ``count`` shares, none of them empty
    """
    shares: list[list[Path]] = [[] for _ in range(min(count, len(files)))]
    sizes = [0] * len(shares)
    # An empty file counts, too, or all of them would go to one share.
    weights = {file: file.stat().st_size + 1 for file in files}
    for file in sorted(files, key=lambda file: (-weights[file], file.name)):
        smallest = sizes.index(min(sizes))
        shares[smallest].append(file)
        sizes[smallest] += weights[file]
    return shares


def odoo_test_files() -> list[Path]:
    """Return the files of Odoo's tests."""
    return sorted((paths.ROOT / "tests").glob("test_*.py"))
