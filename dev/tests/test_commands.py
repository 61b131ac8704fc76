import argparse
import threading
import time

import pytest

from dev import paths
from dev.commands import test as testing
from dev.commands.test import split_targets
from dev.commands.test_modules import wanted_tags
from dev.console import RuntimeProblem
from dev.demo import shortcomings, table
from dev.test_results import Counts
from dev.test_shares import deal


@pytest.fixture(autouse=True)
def checkout(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_import.py").touch()


def test_without_targets_everything_runs():
    plain, tags = split_targets([])
    assert plain == list(testing.PLAIN_FOLDERS)
    assert "tests/lengow_api" in plain
    assert tags == "/lengow_connector"


@pytest.mark.parametrize(
    ("target", "tags"),
    [
        (":TestImport.test_x", "/lengow_connector:TestImport.test_x"),
        (".test_x", "/lengow_connector.test_x"),
        ("/lengow_connector:TestImport", "/lengow_connector:TestImport"),
        ("tests", "/lengow_connector"),
        ("tests/", "/lengow_connector"),
        ("tests/test_import.py", "/lengow_connector/tests/test_import.py"),
        ("./tests/test_import.py", "/lengow_connector/tests/test_import.py"),
        (
            "tests/test_import.py:TestImport.test_x",
            "/lengow_connector/tests/test_import.py:TestImport.test_x",
        ),
    ],
)
def test_odoo_tests_become_tags(target, tags):
    assert split_targets([target]) == ([], tags)


@pytest.mark.parametrize(
    "target",
    ["tests/lengow_api", "tests/lengow_api/test_money.py::test_x", "./dev/tests/"],
)
def test_plain_tests_go_to_pytest(target):
    assert split_targets([target]) == ([target.removeprefix("./")], "")


def test_both_kinds_run_side_by_side():
    plain, tags = split_targets(["sandbox/tests", ":A", ":B.test_x"])
    assert plain == ["sandbox/tests"]
    assert tags == "/lengow_connector:A,/lengow_connector:B.test_x"


def test_a_file_that_is_not_there_is_named():
    with pytest.raises(RuntimeProblem, match=r"no test file tests/test_other\.py"):
        split_targets(["tests/test_other.py"])


@pytest.fixture
def fake_runs(monkeypatch):
    """Let nothing but the order of the runs be real; give what began, and a gate."""
    begun, gate = [], threading.Event()

    def run_pytest(target, **_):
        begun.append(target)
        gate.wait(10)
        return Counts(passed=1)

    monkeypatch.setattr(paths, "prepare_runtime", lambda: None)
    monkeypatch.setattr(paths, "LOCKS", paths.ROOT)
    monkeypatch.setattr(testing, "ensure_venv", lambda: None)
    monkeypatch.setattr(testing, "ensure_runtime", lambda: (None, None))
    monkeypatch.setattr(testing, "_run_pytest", run_pytest)
    return begun, gate


class OdooTests:
    """What the test wants Odoo's tests to do."""

    def __init__(self, outcome):
        self.run = outcome

    def __call__(self, *_):
        return self


def run_tests(monkeypatch, outcome, *only):
    monkeypatch.setattr(testing, "OdooTests", OdooTests(outcome))
    return testing.run(argparse.Namespace(only=only, fresh=False, verbose=False))


def test_who_gives_up_does_not_wait_for_what_has_not_begun(fake_runs, monkeypatch):
    begun, gate = fake_runs
    for folder in testing.PLAIN_FOLDERS:
        (paths.ROOT / folder).mkdir(parents=True)

    def give_up(*_args, **_options):
        while not begun:
            time.sleep(0.01)
        threading.Timer(0.2, gate.set).start()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_tests(monkeypatch, give_up)
    assert begun == ["tests/lengow_api"]


def test_both_runs_count(fake_runs, monkeypatch, capsys):
    fake_runs[1].set()
    (paths.ROOT / "sandbox/tests").mkdir(parents=True)

    def fail(*_args, **_options):
        return Counts(passed=2, failed=1)

    assert run_tests(monkeypatch, fail, "sandbox/tests", ":A") == 1
    assert capsys.readouterr().out.splitlines()[-1] == "3 passed, 1 failed"


def test_all_tests_run_in_shares_that_each_count(fake_runs, monkeypatch, capsys):
    fake_runs[1].set()
    for folder in testing.PLAIN_FOLDERS:
        (paths.ROOT / folder).mkdir(parents=True)
    (paths.ROOT / "tests/test_sales.py").touch()
    monkeypatch.setattr(testing, "cores", lambda: 2)
    asked = []

    def succeed(tags, *, number, **_options):
        asked.append((number, tags))
        return Counts(passed=10 * number)

    assert run_tests(monkeypatch, succeed) == 0
    assert sorted(asked) == [
        (1, "/lengow_connector/tests/test_import.py"),
        (2, "/lengow_connector/tests/test_sales.py"),
    ]
    passed = 30 + len(testing.PLAIN_FOLDERS)
    assert capsys.readouterr().out.splitlines()[-1] == f"{passed} passed, 0 failed"


def test_on_one_core_all_tests_are_one_run(monkeypatch):
    monkeypatch.setattr(testing, "cores", lambda: 1)
    (paths.ROOT / "tests/test_sales.py").touch()
    assert testing.tags_of_shares() == [
        "/lengow_connector/tests/test_import.py,/lengow_connector/tests/test_sales.py"
    ]


@pytest.mark.parametrize("count", [1, 2, 3, 9])
def test_every_file_is_dealt_once_and_shares_are_alike(tmp_path, count):
    files = [tmp_path / f"test_{size}.py" for size in (9, 5, 4, 3, 3)]
    for size, file in zip((9, 5, 4, 3, 3), files, strict=True):
        file.write_text("x" * size)
    files[4] = tmp_path / "test_other.py"
    files[4].write_text("xxx")
    shares = deal(files, count)
    dealt = [file for share in shares for file in share]
    assert sorted(dealt) == sorted(files)
    assert len(shares) == min(count, len(files))
    sizes = [sum(file.stat().st_size for file in share) for share in shares]
    assert max(sizes) - min(sizes) <= 9 - 3 if count > 2 else 4


def test_a_plain_target_that_is_not_there_is_named_first(fake_runs, monkeypatch):
    with pytest.raises(RuntimeProblem, match="no test file or folder sandbox/tests/x"):
        run_tests(monkeypatch, pytest.fail, "sandbox/tests/x.py", ":A")


def test_beside_modules_run_the_tests_made_for_that_and_those_that_are_named():
    assert wanted_tags([]) == "lengow_modules"
    assert wanted_tags([":A", "tests/test_import.py"]) == (
        "/lengow_connector:A,lengow_modules/lengow_connector:A,"
        "/lengow_connector/tests/test_import.py,"
        "lengow_modules/lengow_connector/tests/test_import.py"
    )
    with pytest.raises(RuntimeProblem, match="make test runs dev/tests"):
        wanted_tags(["dev/tests"])


def test_a_table_is_as_wide_as_its_contents_and_cut_where_too_wide():
    rows = [["Name", "Total"], ["A", "1.00"], ["Much too long", ""]]
    assert list(table(rows, [6, 10])) == [
        "Name    Total",
        "──────  ─────",
        "A       1.00",
        "Much …",
    ]


def order(number, **values):
    return {
        "marketplace": f"Channel {number % 10}",
        "number": str(number),
        "import_state": "imported",
        "sale_totals": ["10.00"],
        "expected": "10.00",
        "is_exact": True,
    } | values


CATALOGUE = {
    "name": "Demo",
    "rows": 20,
    "faults": [],
    "unchanged": True,
    "errors": 0,
    "warnings": 3,
    "lowered": 1,
}


def report(orders, **values):
    return {
        "catalogue": CATALOGUE,
        "orders": orders,
        "jobs": {"To Fix": 2, "To Ship Today": 0},
        "accounts": 2,
        "invoices": 1,
        "invoice_documents": 1,
        "pending": 1,
        "dismissed": 1,
        "routed": 1,
    } | values


def test_a_demo_with_everything_has_no_shortcoming():
    assert shortcomings(report([order(number) for number in range(40)])) == []


def test_an_empty_demo_says_what_is_missing():
    assert len(shortcomings(report([]))) == 3


def test_a_demo_says_which_job_shows_nothing_and_what_else_is_missing():
    orders = [order(number) for number in range(40)]
    poor = report(orders, jobs={"To Fix": 0, "Late": 1}, accounts=1, invoices=0)
    assert shortcomings(poor) == [
        "Nothing waits under To Fix.",
        "There is no posted invoice.",
        "1 accounts instead of 2.",
    ]


def test_a_total_that_differs_is_named_with_both_sums():
    wrong = order(40, sale_totals=["9.99", "1.00"], is_exact=False)
    orders = [*(order(number) for number in range(40)), wrong]
    assert shortcomings(report(orders)) == [
        "Channel 0 40: sale orders of 9.99 + 1.00 where Lengow says 10.00."
    ]


def test_a_catalogue_that_lengow_cannot_use_is_named():
    orders = [order(number) for number in range(40)]
    broken = {"rows": 0, "faults": ["BOM"], "unchanged": False, "lowered": 0}
    assert shortcomings(report(orders, catalogue=CATALOGUE | broken)) == [
        "Demo: BOM",
        "Demo has no rows.",
        "Demo is sent again although nothing has changed.",
        "No order that waits lowers a quantity of Demo.",
    ]


def test_an_order_that_is_there_twice_is_named():
    orders = [order(number) for number in range(40)] + [order(0)]
    assert shortcomings(report(orders)) == ["Channel 0 0 is there 2 times."]
