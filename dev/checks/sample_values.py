"""Sample data names nobody: no value in this repository may be somebody's.

Mail addresses, phone numbers and parcel numbers are looked for by their form wherever
they stand. What recorded answers say of a buyer has to look like a placeholder,
so that a new recording cannot come in uncleaned.
"""

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

SUFFIXES = (".csv", ".js", ".json", ".md", ".po", ".pot", ".py", ".rst", ".xml")
# They quote what may not be.
SELF = ("dev/checks/sample_values.py", "dev/tests/test_checks.py")

MAIL = re.compile(r"[\w.+%-]@((?:[\w-]+\.)+[A-Za-z]{2,})\b")
# Reserved by RFC 2606 and RFC 6761, and Lengow's own.
MAIL_DOMAIN = re.compile(
    r"(?:.*\.)?(?:example(?:\.(?:com|org|net))?|test|invalid|localhost|lengow\.(?:io|com))"
)
# A national number of France, or any international one.
PHONE = re.compile(
    r"(?<![\w.+-])"
    r"(?:0[1-9]([ .-]?)\d\d(?:\1\d\d){3}|(?:\+|00)[1-9]\d?(?:[ .-]?\d){7,12})"
    r"(?![\w.-]?\w)"
)
# UPS; the postal union; La Poste.
PARCEL = re.compile(
    r"\b(?:1Z[0-9A-Z]{16}|[A-Z]{2}\d{9}[A-Z]{2}|(?:\d[A-Z]|CK)\d{10,11})\b"
)
# Zeros, a count, or the numbers of North America for films.
DUMMY = re.compile(r"0{5}|12345678|55501\d\d$")

# What earlier recordings held: places, and a brand.
FORBIDDEN = re.compile(r"\b(?:vallauris|06220|dallas|75228|emel)\b", re.IGNORECASE)

# Members of an answer that say who bought, where it goes, and by which parcel.
PERSONAL = re.compile(
    r'"(first_name|last_name|full_name|company|first_line|second_line|complement'
    r"|full_address|zipcode|city|phone_home|phone_office|phone_mobile|email|vat_number"
    r'|number|tracking_number)"\s*:\s*"([^"]+)"'
)
PLACEHOLDER = re.compile(r"test|nom\b|masked@|toto|0{5}|1234", re.IGNORECASE)


def problems(source: str, path: PurePosixPath) -> Iterator[tuple[int, str]]:
    """Yield the line and a sentence for every value that could be somebody's."""
    for number, line in enumerate(source.splitlines(), 1):
        for text in _problems_of(line):
            yield number, text
        if path.suffix == ".json":
            for member, value in PERSONAL.findall(line):
                if not PLACEHOLDER.search(value):
                    yield number, f"{member} {value} does not look like a placeholder"


def _problems_of(line: str) -> Iterator[str]:
    for domain in MAIL.findall(line):
        if not MAIL_DOMAIN.fullmatch(domain.lower()):
            yield f"a mail address at {domain}; put it at example.com"
    for kind, pattern in (("phone", PHONE), ("parcel", PARCEL)):
        for match in pattern.finditer(line):
            if not DUMMY.search(re.sub(r"[ .-]", "", match[0])):
                yield f"{kind} number {match[0]}; use one with 00000 or 12345678 in it"
    for match in FORBIDDEN.finditer(line):
        yield f"{match[0]} comes from a real order"


def check(root: Path, files: list[Path]) -> list[str]:
    """Return a line ``path:line: sentence`` for all that could be somebody's."""
    found = []
    for file in files:
        path = PurePosixPath(file.relative_to(root).as_posix())
        if str(path) not in SELF:
            source = file.read_text(encoding="utf-8")
            found += [f"{path}:{line}: {text}" for line, text in problems(source, path)]
    return found
