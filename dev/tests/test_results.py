import pytest

from dev.test_results import Counts, OdooLog, read_junit

TESTS = "odoo.addons.lengow_connector.tests.test_probe"


def line(level, logger, message):
    return f"2026-01-02 03:04:05,678 42 {level} some_db {logger}: {message} "


def summary(failed=0, errors=0, run=1, level="INFO"):
    text = f"{failed} failed, {errors} error(s) of {run} tests when loading database"
    return line(level, "odoo.tests.result", text)


def counts_of(*lines, exit_code=0):
    log = OdooLog()
    for text in lines:
        log.feed(text)
    return log.counts(exit_code)


def starting(name):
    return line("INFO", TESTS, f"Starting {name} ...")


def test_counts_add_up_and_read_as_the_closing_line():
    total = Counts(3, 0, 0) + Counts(4, 1, 0)
    assert str(total) == "7 passed, 1 failed"
    assert str(total + Counts(skipped=2)) == "7 passed, 1 failed, 2 skipped"
    assert total.total == 8


def test_passing_tests_are_counted_by_name():
    assert counts_of(starting("A.x"), starting("A.y"), summary(run=2)) == Counts(2)


def test_a_test_with_several_failing_subtests_fails_once():
    found = counts_of(
        starting("A.x"),
        line("ERROR", TESTS, "FAIL: Subtest A.x (i=0)"),
        line("ERROR", TESTS, "FAIL: Subtest A.x (i=1)"),
        starting("A.y"),
        summary(2, 0, 2, "ERROR"),
    )
    assert found == Counts(1, 1)


def test_a_class_that_cannot_be_set_up_is_a_failure():
    found = counts_of(
        line("ERROR", "odoo.tests.suite", f"ERROR: setUpClass ({TESTS}.A)"),
        starting("B.x"),
        summary(0, 1, 1, "ERROR"),
    )
    assert found == Counts(1, 1)


def test_an_error_that_no_test_expected_is_a_failure():
    found = counts_of(
        starting("A.x"),
        line("ERROR", "odoo.addons.lengow_connector.models.x", "it broke"),
        summary(),
    )
    assert found == Counts(1, 1)


def test_what_odoo_repeats_about_failures_is_not_another_one():
    found = counts_of(
        starting("A.x"),
        line("ERROR", TESTS, "FAIL: A.x"),
        line(
            "ERROR",
            "odoo.modules.loading",
            "Module lengow_connector: 1 failures, 0 errors of 1 tests",
        ),
        line(
            "ERROR",
            "odoo.modules.loading",
            "At least one test failed when loading the modules.",
        ),
        summary(1, 0, 1, "ERROR"),
    )
    assert found == Counts(0, 1)


def test_an_error_of_the_browser_belongs_to_its_tour():
    found = counts_of(
        starting("Tour.test_x"),
        line("ERROR", f"{TESTS}.Tour.test_x.browser", "Uncaught TypeError"),
        line("ERROR", TESTS, "FAIL: Tour.test_x"),
        summary(1, 0, 1, "ERROR"),
    )
    assert found == Counts(0, 1)


@pytest.mark.parametrize(
    "reason",
    [
        "Cannot connect to chrome dev tools",
        "LENGOW_AXE does not say where axe is",
        "There is no wkhtmltopdf",
    ],
)
def test_a_skipped_test_is_told_apart_from_what_the_set_up_lacks(reason):
    found = counts_of(
        starting("A.x"),
        line("INFO", TESTS, "skipped A.x : needs another day"),
        starting("Tour.test_x"),
        line("INFO", TESTS, f"skipped Tour.test_x : {reason}"),
        starting("A.y"),
        summary(run=3),
    )
    assert found == Counts(1, 1, 1)


@pytest.mark.parametrize(
    ("lines", "exit_code"),
    [
        ([], 0),
        ([summary(run=0, level="WARNING")], 0),
        ([starting("A.x")], 0),
        ([starting("A.x"), summary()], 1),
        ([starting("A.x"), summary(1, 0, 1, "ERROR")], 0),
    ],
    ids=["nothing", "no test", "no summary", "exit code", "failure in summary alone"],
)
def test_a_run_that_cannot_be_trusted_fails(lines, exit_code):
    assert counts_of(*lines, exit_code=exit_code).failed == 1


def test_what_failed_is_named_for_whoever_has_only_the_end_of_the_log(tmp_path):
    failing = line("ERROR", TESTS, "FAIL: A.x")
    stray = line("ERROR", "odoo.http", "Exception during request handling.")
    ours = counts_of(starting("A.x"), failing, stray, summary(failed=1))
    assert ours.names == (
        f"{TESTS}:A.x",
        "odoo.http: Exception during request handling.",
    )
    report = tmp_path / "report.xml"
    report.write_text(
        '<testsuites><testsuite tests="2" failures="1">'
        '<testcase classname="test_money" name="test_cents"><failure/></testcase>'
        '<testcase classname="test_money" name="test_euros"/></testsuite></testsuites>'
    )
    theirs = read_junit(report, 1)
    assert theirs.names == ("test_money.test_cents",)
    assert (ours + theirs).names == (*ours.names, "test_money.test_cents")
    assert counts_of(exit_code=137).names == ("Odoo ended with 137",)


def test_only_what_a_person_wants_to_see_is_shown():
    log = OdooLog()
    assert not log.feed(line("INFO", "odoo.modules.loading", "loading sale"))
    assert not log.feed("more of the same")
    assert log.feed(starting("A.x"))
    assert log.feed(line("WARNING", "odoo.x", "hm"))
    assert log.feed("Traceback (most recent call last):")
    assert log.feed(summary())


def junit(tmp_path, **numbers):
    values = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0} | numbers
    attributes = " ".join(f'{name}="{value}"' for name, value in values.items())
    report = tmp_path / "report.xml"
    report.write_text(f"<testsuites><testsuite {attributes}/></testsuites>")
    return report


def test_junit_report_is_counted(tmp_path):
    report = junit(tmp_path, tests=9, failures=2, errors=1, skipped=1)
    assert read_junit(report, 1) == Counts(5, 3, 1)


@pytest.mark.parametrize("exit_code", [0, 5])
def test_a_pytest_run_without_tests_fails(tmp_path, exit_code):
    assert read_junit(junit(tmp_path), exit_code) == Counts(failed=1)


def test_a_pytest_run_that_dies_fails(tmp_path):
    assert read_junit(tmp_path / "missing.xml", 3) == Counts(failed=1)
    assert read_junit(junit(tmp_path, tests=4), 2) == Counts(4, 1)
