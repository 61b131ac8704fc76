"""Count tests from what the two test runners leave behind."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

LOG_LINE = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ "
    r"(?P<level>[A-Z]+) (?P<database>\S+) (?P<logger>\S+): (?P<message>.*?)\s*$"
)
STARTING = re.compile(r"^Starting (?P<test>\S+) \.\.\.$")
SKIPPED = re.compile(r"^skipped (?P<test>.+?) : (?P<reason>.*)$")
FAILED = re.compile(r"^(?:FAIL|ERROR): (?:Subtest )?(?P<test>\S+)")
RESULT = re.compile(
    r"^(?P<failed>\d+) failed, (?P<errors>\d+) error\(s\) of (?P<run>\d+) tests"
)
RESULT_LOGGER = "odoo.tests.result"
# What Odoo repeats at the end about tests that it has named before.
ECHO = re.compile(r"^(Module \S+: \d+ failures, |At least one test failed )")
BROWSER_LOGGER = re.compile(r"^(?P<module>.+)\.(?P<test>\w+\.\w+)\.browser$")
# Odoo skips a tour whose browser does not start, our tests one that has no axe or that
# cannot print. All are part of the set-up: it is a failure here, no matter of taste.
SET_UP = re.compile(r"chrom|devtools|websocket|LENGOW_AXE|wkhtmltopdf", re.I)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many tests had which outcome.

    :ivar tuple names: of what failed, for whoever has nothing but the end of a log
    """

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    names: tuple[str, ...] = field(default=(), compare=False)

    def __add__(self, other: "Counts") -> "Counts":
        """Return the counts of both runs together."""
        return Counts(
            self.passed + other.passed,
            self.failed + other.failed,
            self.skipped + other.skipped,
            self.names + other.names,
        )

    @property
    def total(self) -> int:
        """How many tests there were."""
        return self.passed + self.failed + self.skipped

    def __str__(self) -> str:
        """Return the closing line: ``N passed, N failed[, N skipped]``."""
        line = f"{self.passed} passed, {self.failed} failed"
        return f"{line}, {self.skipped} skipped" if self.skipped else line


def read_junit(report: Path, exit_code: int) -> Counts:
    """Count the tests of a pytest run from its JUnit report.

    :param exit_code: what pytest exited with; whatever is not success counts as one
        failure at least, also where no test failed or the report is missing
    """
    counts = Counts()
    if report.is_file():
        root = ElementTree.parse(report).getroot()  # noqa: S314 (we had it written)
        for suite in root.iter("testsuite"):
            numbers = {
                name: int(suite.get(name, "0"))
                for name in ("tests", "failures", "errors", "skipped")
            }
            failed = numbers["failures"] + numbers["errors"]
            passed = numbers["tests"] - failed - numbers["skipped"]
            counts += Counts(max(passed, 0), failed, numbers["skipped"])
        counts += Counts(names=tuple(_failing_cases(root)))
    if (exit_code or not counts.total) and not counts.failed:
        counts += Counts(failed=1, names=(f"pytest ended with {exit_code}",))
    return counts


def _failing_cases(root: ElementTree.Element) -> Iterator[str]:
    for case in root.iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            yield f"{case.get('classname')}.{case.get('name')}"


@dataclass
class OdooLog:
    """Follow the log of an Odoo test run, line by line.

    Odoo's own summary counts every failing subtest, and does not count a class whose
    set-up fails, so that tests are counted here by name. The summary is still what says
    that the run came to its end.
    """

    started: set[str] = field(default_factory=set)
    failing: set[str] = field(default_factory=set)
    skipped: set[str] = field(default_factory=set)
    stray_errors: list[str] = field(default_factory=list)
    summaries: int = 0
    summarised_failures: int = 0
    level: str = "INFO"

    def feed(self, line: str) -> bool:
        """Take in one line; say whether a person following the run wants to see it."""
        match = LOG_LINE.match(line)
        if match is None:
            # The rest of a record of several lines, like a traceback.
            return self.level not in ("INFO", "DEBUG")
        self.level = match["level"]
        self._take_in(match["logger"], match["message"])
        is_test = bool(STARTING.match(match["message"]))
        is_result = match["logger"] == RESULT_LOGGER
        return is_test or is_result or self.level not in ("INFO", "DEBUG")

    def _take_in(self, logger: str, message: str) -> None:
        if match := STARTING.match(message):
            self.started.add(f"{logger}:{match['test']}")
        elif match := SKIPPED.match(message):
            outcome = self.failing if SET_UP.search(match["reason"]) else self.skipped
            outcome.add(f"{logger}:{match['test']}")
        elif logger == RESULT_LOGGER and (match := RESULT.match(message)):
            self.summaries += 1
            self.summarised_failures += int(match["failed"]) + int(match["errors"])
        elif self.level in ("ERROR", "CRITICAL") and not ECHO.match(message):
            self._take_in_error(logger, message)

    def _take_in_error(self, logger: str, message: str) -> None:
        if match := FAILED.match(message):
            self.failing.add(f"{logger}:{match['test']}")
        elif match := BROWSER_LOGGER.match(logger):
            self.failing.add(f"{match['module']}:{match['test']}")
        else:
            self.stray_errors.append(f"{logger}: {message}")

    def counts(self, exit_code: int) -> Counts:
        """Return the outcome; every error that no test expected counts as a failure."""
        skipped = self.skipped - self.failing
        passed = len(self.started - self.failing - skipped)
        names = (*sorted(self.failing), *self.stray_errors)
        trouble = exit_code or not self.summaries or self.summarised_failures
        if not names and (trouble or not self.started):
            names = (f"Odoo ended with {exit_code}",)
        return Counts(passed, len(names), len(skipped), names)
