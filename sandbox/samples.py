"""Recorded orders of ``data/samples``, from 2015 to 2024."""

import json

from .errors import ControlError
from .marketplaces import DATA

FOLDER = DATA / "samples"
# It shows an order that another system has taken. The others were taken by the shop
# software that they were recorded with, which no shop that tries the sandbox has.
TAKEN = "v3-2015_galeries_lafayette_merchant_order_id_already_set"


def sample_names():
    """Return the names of all samples, in order.

    For example ``composed/composed_anonymized_closed``.
    """
    paths = sorted(FOLDER.rglob("*.json"))
    return [path.relative_to(FOLDER).with_suffix("").as_posix() for path in paths]


def read_sample(name):
    """Return the orders of a sample: a list envelope or a bare order.

    They are as recorded, but for the numbers of another system.

    :param str name: with or without its folder and ``.json``
    :raise ControlError: for an unknown name
    """
    wanted = name.removesuffix(".json")
    for known in sample_names():
        if wanted in (known, known.rpartition("/")[2]):
            content = json.loads((FOLDER / f"{known}.json").read_text("utf-8"))
            orders = content.get("results", [content])
            if known != TAKEN:
                orders = [{**order, "merchant_order_id": None} for order in orders]
            return orders
    raise ControlError(f"There is no sample {name!r}")
