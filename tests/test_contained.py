"""What may fail without harm to others: undone, kept, and gone on behind."""

from psycopg2.errors import SerializationFailure, UniqueViolation

from odoo.exceptions import ConcurrencyError, RedirectWarning, UserError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from ..models.errors import contained, in_halves


@tagged("post_install", "-at_install")
class TestContained(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.env["res.partner"].create({"name": "Before"})

    def name(self):
        """Return the name that the database has, and the one that Odoo shows."""
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT name FROM res_partner WHERE id = %s", [self.partner.id]
        )
        return self.env.cr.fetchone()[0], self.partner.name

    def fail_with(self, error):
        """Change something, fail, and return how it went."""
        with contained(self.env) as outcome:
            self.partner.name = "Within"
            self.partner.flush_recordset()
            raise error
        return outcome

    def test_what_works_stays(self):
        with contained(self.env) as outcome:
            self.partner.name = "Within"
        self.assertIsNone(outcome.error)
        self.assertIsNone(outcome.reason)
        self.assertFalse(outcome.is_for_people)
        self.assertEqual(self.name(), ("Within", "Within"))

    def test_what_fails_is_undone_and_kept(self):
        self.partner.name = "Outside"
        error = ValueError("with who knows what in it")
        outcome = self.fail_with(error)
        self.assertIs(outcome.error, error)
        self.assertEqual(outcome.reason, "ValueError")
        self.assertFalse(outcome.is_for_people)
        self.assertEqual(self.name(), ("Outside", "Outside"))

    def test_words_for_people_are_the_reason(self):
        warning = RedirectWarning("Set it there.", 1, "There")
        for error, words in ((UserError("No."), "No."), (warning, "Set it there.")):
            outcome = self.fail_with(error)
            self.assertTrue(outcome.is_for_people)
            self.assertEqual(outcome.reason, words)

    def test_what_the_database_refuses_is_kept_too(self):
        with contained(self.env) as outcome, mute_logger("odoo.sql_db"):
            self.env.cr.execute("INSERT INTO res_lang SELECT * FROM res_lang LIMIT 1")
        self.assertIsInstance(outcome.error, UniqueViolation)
        self.assertEqual(self.name(), ("Before", "Before"))

    def test_collisions_go_on(self):
        wrapped = ValueError("while it was rendered")
        wrapped.__cause__ = SerializationFailure()
        for error in (SerializationFailure(), ConcurrencyError("Taken."), wrapped):
            with self.assertRaises(type(error)):
                self.fail_with(error)

    def test_what_others_have_not_written_is_none_of_its_failures(self):
        self.partner.name = "Outside"
        with contained(self.env) as outcome:
            raise ValueError
        self.assertTrue(outcome.error)
        self.assertEqual(self.name(), ("Outside", "Outside"))
        country = self.env["res.country"].create({"name": "One", "code": "X1"})
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            country.code = "FR"  # taken, and not written yet
            with contained(self.env):
                self.fail("It must not begin.")

    def fail_at_the_end(self):
        """Change something, and let what is written at the end of it fail."""

        def fail():
            raise ValueError

        self.partner.name = "Within"
        self.env.cr.precommit.add(fail)
        return self.partner

    def test_what_fails_at_its_end_is_undone_and_kept_too(self):
        with contained(self.env) as outcome:
            self.fail_at_the_end()
        self.assertIsInstance(outcome.error, ValueError)
        self.assertEqual(self.name(), ("Before", "Before"))

    def test_what_fails_at_the_end_of_halves_has_found_nothing(self):
        found = list(in_halves(self.partner, lambda _some: self.fail_at_the_end()))
        [(some, read, error)] = found
        self.assertEqual((some, read), (self.partner, None))
        self.assertIsInstance(error, ValueError)

    def test_what_others_have_left_to_do_is_none_of_its_failures(self):
        with self.assertRaises(ValueError):
            self.fail_at_the_end()
            with contained(self.env):
                self.fail("It must not begin.")

    def test_what_fails_in_halves_costs_no_other_one(self):
        partners = self.env["res.partner"].create(
            [{"name": str(number)} for number in range(9)]
        )
        bad, tries = partners[5], []

        def read(some):
            tries.append(some)
            some.city = "Read"
            if bad in some:
                raise ValueError
            return some.mapped("name")

        found = list(in_halves(partners, read))
        self.assertEqual([some for some, _names, error in found if error], [bad])
        names = [name for _some, names, error in found if not error for name in names]
        self.assertEqual(names, (partners - bad).mapped("name"))
        self.assertFalse(bad.city, "what it did is undone")
        self.assertEqual(set((partners - bad).mapped("city")), {"Read"})
        self.assertLess(len(tries), 9)

    def test_of_nothing_nothing_is_read(self):
        nobody = self.env["res.partner"]
        self.assertFalse(list(in_halves(nobody, lambda _some: self.fail("read"))))

    def test_collisions_go_on_from_halves_too(self):
        def read(_some):
            raise SerializationFailure

        with self.assertRaises(SerializationFailure):
            list(in_halves(self.partner, read))
