"""The demo: marketplace orders of the sandbox become sale orders of a real Odoo."""

import contextlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import paths
from .console import RuntimeProblem, say, step
from .odoo import Runtime
from .sandbox_process import Sandbox, running_sandbox
from .setup.everything import ensure_runtime
from .setup.stamps import locked
from .workbench import ensure_database

DATABASE = "lengow_demo"
SCRIPT = paths.DEV / "odoo_scripts" / "demo_orders.py"
DAY = paths.DEV / "odoo_scripts" / "demo_day.py"
PUBLISH = paths.DEV / "odoo_scripts" / "demo_catalogue.py"
CATALOGUE = paths.ROOT / "sandbox" / "data" / "catalogue.json"
LEAST_ORDERS = 40
LEAST_CHANNELS = 10
LEAST_ACCOUNTS = 2
# What a demo is to show at least once, beside its orders.
SHOWN = {
    "invoices": "posted invoice",
    "invoice_documents": "invoice of a marketplace",
    "pending": "order that waits for an answer",
    "dismissed": "dismissed order",
    "routed": "order of a second company",
}
# The hours before midnight may be too few for it.
MAY_BE_EMPTY = {"To Ship Today"}
COLUMNS = {
    "marketplace": 20,
    "number": 24,
    "lengow_status": 18,
    "import_state": 12,
    "sale_orders": 14,
    "sale_total": 12,
    "total": 12,
    "currency": 8,
}


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo that has run: its runtime, its sandbox and what came of its orders.

    ``report`` is what ``odoo_scripts/demo_orders.py``, ``demo_day.py`` and
    ``demo_catalogue.py`` describe.
    """

    runtime: Runtime
    sandbox: Sandbox
    report: dict


@contextlib.contextmanager
def finished_demo() -> Iterator[Demo]:
    """Set everything up and import the sandbox's orders, which runs until the end.

    :raise RuntimeProblem: something cannot be set up, or the account not be connected
    """
    runtime, template = ensure_runtime()
    with locked(DATABASE) as is_mine:
        if not is_mine:
            raise RuntimeProblem(
                f"Another make demo or make serve uses {DATABASE}: stop it first."
            )
        ensure_database(runtime, template, DATABASE)
        with running_sandbox(runtime.python) as sandbox:
            yield Demo(runtime, sandbox, _import_orders(runtime, sandbox))


def _import_orders(runtime: Runtime, sandbox: Sandbox) -> dict:
    request = {
        "base_url": sandbox.url,
        "catalogue": str(CATALOGUE),
        "currencies": sorted(set(filter(None, map(_currency, sandbox.orders())))),
    }
    with step(f"synchronizing with the sandbox at {sandbox.url}"):
        report = _run_script(runtime, SCRIPT, "demo-orders", request)
    with step("a day's work on the orders"):
        report |= _run_script(runtime, DAY, "demo-day", request)
    with step("publishing a catalog, and fetching it as Lengow would"):
        return report | _run_script(runtime, PUBLISH, "demo-catalogue", request)


def _run_script(runtime: Runtime, script: Path, log_name: str, request: dict) -> dict:
    """Run a script of the demo; return the report that it writes."""
    output = paths.STATE / f"{log_name}.json"
    output.unlink(missing_ok=True)
    request = json.dumps({**request, "output": str(output)})
    runtime.run_script(script, DATABASE, log_name, LENGOW_DEMO=request)
    return json.loads(output.read_text(encoding="utf-8"))


def _currency(order: dict) -> str | None:
    currency = order.get("original_currency") or order.get("currency")
    return currency.get("iso_a3") if isinstance(currency, dict) else currency


def print_report(report: dict) -> None:
    """Print every order as a line of a table, and a summary."""
    rows = [[_heading(name) for name in COLUMNS]]
    rows += [[str(order[name] or "") for name in COLUMNS] for order in report["orders"]]
    for line in table(rows, list(COLUMNS.values())):
        say(line)
    say()
    for order in report["orders"]:
        if order["error"]:
            say(f"! {order['marketplace']} {order['number']}: {order['error']}")
    states = Counter(order["import_state"] for order in report["orders"])
    sales = sum(len(order["sale_totals"]) for order in report["orders"])
    channels = {order["marketplace"] for order in report["orders"]}
    say()
    say(
        f"{len(report['orders'])} orders of {len(channels)} marketplaces: "
        + ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
    )
    say(
        f"{sales} sale orders; new in this run: {report['new_orders']} orders, "
        f"{report['new_sales']} sale orders"
    )
    say(", ".join(f"{label} {count}" for label, count in report["jobs"].items()))
    if sales and all(map(_is_exact, report["orders"])):
        say("Every sale order equals its marketplace order to the cent.")
    catalogue = report["catalogue"]
    say(
        f"{catalogue['name']}: {catalogue['rows']} rows as Lengow reads them, "
        f"{catalogue['errors']} with errors, {catalogue['warnings']} with warnings; "
        f"{catalogue['lowered']} quantities lower for orders that wait"
    )
    if not report["new_orders"]:
        say("Every order was there already, and nothing was imported twice.")


def _is_exact(order: dict) -> bool:
    """Whether an order that was imported equals what it became."""
    return order["import_state"] != "imported" or order["is_exact"]


def _heading(name: str) -> str:
    return name.replace("_", " ").capitalize()


def table(rows: Sequence[Sequence[str]], widest: Sequence[int]) -> Iterator[str]:
    """Yield the lines of a table whose columns are as wide as their contents.

    :param rows: the first one is the heading
    :param widest: how many characters each column may take; longer texts are cut
    """
    cut = [
        [
            text if len(text) <= most else f"{text[: most - 1]}…"
            for text, most in zip(row, widest, strict=True)
        ]
        for row in rows
    ]
    widths = [max(map(len, column)) for column in zip(*cut, strict=True)]
    for number, row in enumerate(cut):
        cells = zip(row, widths, strict=True)
        yield "  ".join(text.ljust(width) for text, width in cells).rstrip()
        if not number:
            yield "  ".join("─" * width for width in widths)


def shortcomings(report: dict) -> list[str]:
    """Return a sentence for everything that a working demo would not show."""
    orders = report["orders"]
    found = []
    if len(orders) < LEAST_ORDERS:
        found.append(f"{len(orders)} orders arrived instead of {LEAST_ORDERS}.")
    channels = {order["marketplace"] for order in orders}
    if len(channels) < LEAST_CHANNELS:
        found.append(f"{len(channels)} marketplaces instead of {LEAST_CHANNELS}.")
    found += [
        f"Nothing waits under {label}."
        for label, count in report["jobs"].items()
        if not count and label not in MAY_BE_EMPTY
    ]
    found += [
        f"There is no {what}." for name, what in SHOWN.items() if not report[name]
    ]
    if report["accounts"] < LEAST_ACCOUNTS:
        found.append(f"{report['accounts']} accounts instead of {LEAST_ACCOUNTS}.")
    found += _shortcomings_of_catalogue(report["catalogue"])
    imported = [order for order in orders if order["import_state"] == "imported"]
    if not any(order["sale_totals"] for order in imported):
        found.append("No sale order was created.")
    for order in imported:
        if not _is_exact(order):
            name = f"{order['marketplace']} {order['number']}"
            found.append(
                f"{name}: sale orders of {' + '.join(order['sale_totals'])} "
                f"where Lengow says {order['expected']}."
            )
    names = Counter(f"{order['marketplace']} {order['number']}" for order in orders)
    found += [f"{name} is there {n} times." for name, n in names.items() if n > 1]
    return found


def _shortcomings_of_catalogue(catalogue: dict) -> Iterator[str]:
    for fault in catalogue["faults"]:
        yield f"{catalogue['name']}: {fault}"
    if not catalogue["rows"]:
        yield f"{catalogue['name']} has no rows."
    if not catalogue["unchanged"]:
        yield f"{catalogue['name']} is sent again although nothing has changed."
    if not catalogue["lowered"]:
        yield f"No order that waits lowers a quantity of {catalogue['name']}."
