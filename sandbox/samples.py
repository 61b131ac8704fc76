"""Recorded orders of ``data/samples``, from 2015 to 2024."""

import json

from .errors import ControlError
from .marketplaces import DATA

FOLDER = DATA / "samples"


def sample_names():
    """Return the names of all samples, in order.

    For example ``composed/composed_anonymized_closed``.
    """
    paths = sorted(FOLDER.rglob("*.json"))
    return [path.relative_to(FOLDER).with_suffix("").as_posix() for path in paths]


def read_sample(name):
    """Return the orders of a sample: a list envelope or a bare order.

    :param str name: with or without its folder and ``.json``
    :raise ControlError: for an unknown name
    """
    wanted = name.removesuffix(".json")
    for known in sample_names():
        if wanted in (known, known.rpartition("/")[2]):
            content = json.loads((FOLDER / f"{known}.json").read_text("utf-8"))
            return content.get("results", [content])
    raise ControlError(f"There is no sample {name!r}")
