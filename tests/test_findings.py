"""Every reproduced fault of the first version has a test that keeps it mended."""

import re
from collections import defaultdict
from pathlib import Path

from odoo.tests import BaseCase, tagged

from .findings import AREAS

ADDON = Path(__file__).parent.parent
KNOWN = [
    *(f"I{number}" for number in range(1, 60)),
    *(f"A{number}" for number in range(1, 41)),
    *(f"L{number}" for number in range(1, 18)),
]


@tagged("post_install", "-at_install")
class TestFindings(BaseCase):
    def findings(self):
        """Return the proofs of every finding, of all areas."""
        proofs = defaultdict(list)
        for area in AREAS:
            for finding, proof in area.FINDINGS.items():
                proofs[finding].append(proof)
        return proofs

    def test_each_finding_has_a_test_or_a_reason(self):
        self.assertFalse(set(KNOWN) - set(self.findings()))

    def test_each_test_that_is_named_exists(self):
        written = set()
        for folder in ("tests", "sandbox", "dev"):
            for path in (ADDON / folder).glob("**/test_*.py"):
                written.add(path.stem)
                written |= set(re.findall(r"def (test_\w+)", path.read_text("utf-8")))
        # The commands do not belong to the addon that Odoo sees.
        if not (ADDON / "dev").exists():
            written.add("test_a_checkout_that_was_copied_runs_its_own_code")
            written.add("test_setup")
        for finding, proofs in self.findings().items():
            for proof in proofs:
                with self.subTest(finding=finding):
                    named = re.findall(r"\btest_\w+", proof)
                    self.assertTrue(named or proof.startswith("["))
                    self.assertLessEqual(set(named), written)
