from pathlib import PurePosixPath

import pytest

from dev.checks import budgets, house, imports, sample_values, translations


def import_problems(source, path):
    return [text for _line, text in imports.problems(source, PurePosixPath(path))]


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("from odoo import fields", "lengow_api/client.py"),
        ("import odoo.tools", "sandbox/app.py"),
        ("from ..models import x", "lengow_api/client.py"),
        ("from .. import sandbox", "lengow_api/client.py"),
        ("import lengow_api", "sandbox/tests/test_x.py"),
        ("from ..lengow_api import Order", "sandbox/app.py"),
        ("from odoo.addons.lengow_connector.sandbox import x", "models/sale_order.py"),
        ("from ..sandbox import SandboxServer", "models/sale_order.py"),
        ("def f():\n    from ..dev import demo", "wizards/ship.py"),
        ("from ..models import sale_order", "dev/demo.py"),
        ("from odoo.addons.lengow_connector.models.x import Y", "dev/bench/b.py"),
        ("import odoo", "dev/setup/venv.py"),
        ("import dev.demo", "tests/common/orders.py"),
        ("from odoo import fields", "exports/xlsx.py"),
        ("from odoo.tools import pdf", "exports/xlsx.py"),
        ("from odoo import models", "documents/packing.py"),
        ("from ..models.inbox import lengow_order", "exports/xlsx.py"),
        ("from ..lengow_api import Order", "documents/packing.py"),
        ("from ..mapper import ImportProblem", "documents/packing.py"),
        ("from ..exports import x", "documents/packing.py"),
        ("from odoo.tools import html2plaintext", "catalogue/texts.py"),
        ("from ..lengow_api import Order", "catalogue/formats.py"),
        ("from ..sandbox import SandboxServer", "documents/packing.py"),
        ("from ..tests import common", "exports/xlsx.py"),
        ("from ..exports import x", "lengow_api/client.py"),
        ("from ..documents import x", "sandbox/app.py"),
        ("from catalogue.formats import write", "sandbox/fetcher.py"),
    ],
)
def test_an_import_across_the_contract_is_refused(source, path):
    assert len(import_problems(source, path)) == 1


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("from .errors import LengowError\nimport requests", "lengow_api/client.py"),
        ("from ..lengow_api import LengowClient", "models/lengow_account.py"),
        ("from ...sandbox import SandboxServer", "tests/common/orders.py"),
        ("from odoo import models", "models/lengow_account.py"),
        ("from odoo.addons.lengow_connector.lengow_api import Order", "dev/bench/b.py"),
        ("from odoo.addons.lengow_connector.mapper import M", "dev/bench/b.py"),
        ("from sandbox import SandboxServer", "sandbox/tests/test_server.py"),
        ("from .. import paths", "dev/setup/venv.py"),
        ("from odoo.tools.pdf import PdfFileReader", "documents/packing.py"),
        ("import zipfile\nfrom .cells import Cell", "exports/xlsx.py"),
        ("from ...catalogue.texts import to_text", "models/catalogue/lengow_x.py"),
        ("from ...exports import Sheet", "models/settlement/lengow_order.py"),
        ("from ..documents import merge", "wizards/lengow_document_print.py"),
    ],
)
def test_an_import_within_the_contract_is_fine(source, path):
    assert import_problems(source, path) == []


def test_a_package_that_has_two_names_imports_itself_relatively():
    found = import_problems("import lengow_api.money", "lengow_api/client.py")
    assert found == ["import lengow_api.money relatively inside lengow_api"]


def test_a_problem_names_its_line():
    source = "import json\n\nimport odoo\n"
    assert list(imports.problems(source, PurePosixPath("sandbox/app.py"))) == [
        (3, "sandbox must not import odoo")
    ]


PLAIN = {"__init__": "from .order import Order", "order": "from .reader import read"}


@pytest.mark.parametrize(
    "reader",
    [
        "import json",
        "from .errors import PayloadError",
        "from lengow_api_of_others import order",
    ],
)
def test_modules_that_import_in_one_direction_are_fine(reader):
    sources = {**PLAIN, "reader": reader, "errors": ""}
    assert imports.circle(sources, "lengow_api") == []


@pytest.mark.parametrize(
    "reader",
    [
        "from .order import Order",
        "from . import order",
        "from . import Order",
        "def read():\n    from .order import Order",
        "if TYPE_CHECKING:\n    from .order import Order",
        "from odoo.addons.lengow_connector.lengow_api.order import Order",
    ],
)
def test_modules_that_import_each_other_are_refused(reader):
    way = imports.circle({**PLAIN, "reader": reader}, "lengow_api")
    assert way[0] == way[-1]
    assert {"order", "reader"} <= set(way)


def test_a_circle_is_found_across_the_files_of_the_package(tmp_path):
    package = tmp_path / "lengow_api"
    package.mkdir()
    for module, names in {"a": "b", "b": "c", "c": "a", "d": "a"}.items():
        (package / f"{module}.py").write_text(f"from . import {names}\n")
    (found,) = imports.check(tmp_path, sorted(package.iterdir()))
    assert found.startswith("lengow_api: modules in a circle: ")
    assert "a imports b" in found
    assert "d" not in found.removeprefix("lengow_api: modules in a circle: ").split()


def function(lines):
    return "def long():\n" + "    x = 1\n" * (lines - 1)


def budget_problems(source, path):
    return [line for line, _text in budgets.problems(source, PurePosixPath(path))]


def test_a_function_may_have_as_many_lines_as_its_budget():
    assert budget_problems(function(60), "models/x.py") == []
    assert budget_problems("\n" + function(61), "models/x.py") == [2]
    assert budget_problems(function(61), "tests/test_x.py") == [1]


def test_a_file_of_tests_may_be_longer_than_others():
    assert budget_problems("x = 1\n" * 500, "models/x.py") == []
    assert budget_problems("x = 1\n" * 501, "models/x.py") == [1]
    assert budget_problems("x = 1\n" * 501, "tests/test_x.py") == []
    assert budget_problems("x = 1\n" * 501, "sandbox/tests/test_x.py") == []


STAGES = ["inbox", "sales", "outbox"]
# A model with a fact, a service, and an extension of the model in a later stage.
GOOD_TREE = {
    "models/inbox/lengow_order.py": """
class LengowOrder(models.Model):
    _name = "lengow.order"

    name = fields.Char()

    def _mark_ready(self):
        self.write({})
""",
    "models/inbox/lengow_inbox.py": """
class LengowInbox(models.AbstractModel):
    _name = "lengow.inbox"

    def _store(self, payloads):
        return len(payloads)

    def _import(self, orders):
        self.env["lengow.importer"]._process(orders)
""",
    "models/sales/lengow_importer.py": """
from ..inbox.lengow_inbox import LIMIT

class LengowImporter(models.AbstractModel):
    _name = "lengow.importer"

    def _process(self, orders):
        return orders
""",
    "models/sales/lengow_order.py": """
class LengowOrder(models.Model):
    _inherit = "lengow.order"

    sale_count = fields.Integer()

    def _search_sale_count(self, operator, value):
        return []

    def _get_view(self, view_id=None):
        \"\"\"Override of `web` to do something else.\"\"\"
        return 1
""",
}


def house_problems(tree):
    classes, found = [], []
    for name, source in tree.items():
        path = PurePosixPath(name)
        classes += house.model_classes(source, path)
        found += house.backward_imports(source, path, STAGES)
        found += house.commits(source, path)
        found += house.swallowed_collisions(source, path)
        found += house.early_answers(source, path)
        found += house.short_numbers(source, path)
    return found + list(house.problems(classes, STAGES))


def test_a_module_of_tests_that_nothing_imports_is_refused(tmp_path):
    (tmp_path / "__init__.py").write_text("from . import (\n    test_one,\n)\n")
    assert list(house.unrun_tests(tmp_path, ["test_one"])) == []
    [found] = house.unrun_tests(tmp_path, ["test_one", "test_two"])
    assert f"{tmp_path.name}/test_two.py:1: is never run" in found


def test_a_house_in_order_has_no_problem():
    assert house_problems(GOOD_TREE) == []


@pytest.mark.parametrize(
    ("path", "source", "sentence"),
    [
        (
            "models/sales/lengow_order_import.py",
            'class O(models.Model):\n    _inherit = "lengow.order"',
            "lengow.order belongs into a file lengow_order.py",
        ),
        (
            "models/elsewhere/lengow_order.py",
            'class O(models.Model):\n    _inherit = "lengow.order"',
            "lies in no stage",
        ),
        (
            "models/lengow_order.py",
            'class O(models.Model):\n    _inherit = "lengow.order"',
            "lies in no stage",
        ),
        (
            "models/outbox/lengow_order.py",
            'class O(models.Model):\n    _inherit = "lengow.order"\n'
            "    def _mark_ready(self):\n        return super()._mark_ready()",
            "lengow.order._mark_ready is defined in models/inbox/lengow_order.py",
        ),
        (
            "models/outbox/lengow_order.py",
            'class O(models.Model):\n    _inherit = "lengow.order"\n'
            "    name = fields.Char(index=True)",
            "lengow.order.name is defined in models/inbox/lengow_order.py already",
        ),
        (
            "models/outbox/lengow_order.py",
            'class O(models.Model):\n    _inherit = "lengow.order"\n'
            "    def _erase(self, records):\n        records.unlink()",
            "lengow.order._erase never looks at its records",
        ),
        (
            "models/outbox/lengow_order.py",
            'class O(models.Model):\n    _inherit = "lengow.order"\n'
            + "".join(f"    def m{n}(self):\n        self.x\n" for n in range(100)),
            "lengow.order has 103 methods",
        ),
        (
            "models/outbox/lengow_order.py",
            'class O(models.Model):\n    _inherit = "lengow.order"\n'
            + "    # why\n" * 1490
            + "    x = 1",
            "lines; 1500 are enough",
        ),
        (
            "models/inbox/lengow_todo.py",
            "from ..sales import lengow_importer",
            "inbox must not import from sales",
        ),
        (
            "models/inbox/lengow_todo.py",
            "def f(env):\n    env['ir.cron']._commit_progress(1)",
            "only models/settings/lengow_cron.py may call _commit_progress",
        ),
        (
            "models/inbox/lengow_todo.py",
            "def f(env):\n    env.cr.rollback()",
            "only models/settings/lengow_cron.py may call rollback",
        ),
        (
            "models/inbox/lengow_todo.py",
            "def f(g):\n    try:\n        g()\n    except Exception:\n        pass",
            "may keep a collision; ask is_collision",
        ),
        (
            "models/inbox/lengow_todo.py",
            "def f(g):\n    try:\n        g()\n    except:\n        pass",
            "may keep a collision; ask is_collision",
        ),
        (
            "models/inbox/lengow_todo.py",
            "def f(env, g):\n    with contained(env) as outcome:\n        return g()",
            "may answer with what is undone",
        ),
        (
            "models/inbox/lengow_todo.py",
            "def f(number):\n    return f'{number:,g}'",
            ",g loses digits of large numbers",
        ),
        (
            "models/inbox/lengow_todo.py",
            "def f():\n    from ..outbox.lengow_action import OPEN_STATES",
            "inbox must not import from outbox",
        ),
    ],
)
def test_a_tree_that_breaks_a_rule_of_the_house_is_refused(path, source, sentence):
    found = house_problems(GOOD_TREE | {path: source})
    assert len(found) == 1
    assert sentence in found[0]


def test_a_model_in_more_files_than_its_budget_is_refused():
    more = {
        f"wizards/{n}/lengow_order.py": (
            'class O(models.Model):\n    _inherit = "lengow.order"'
        )
        for n in range(5)
    }
    assert ["lengow.order has 7 files; 6 are enough" in text
            for text in house_problems(GOOD_TREE | more)] == [True]  # fmt: skip


def test_services_that_call_in_a_ring_are_refused():
    ring = GOOD_TREE["models/sales/lengow_importer.py"].replace(
        "return orders", 'return self.env["lengow.inbox"]._store(orders)'
    )
    found = house_problems(GOOD_TREE | {"models/sales/lengow_importer.py": ring})
    assert len(found) == 1
    assert "services call in a ring" in found[0]


def test_stages_are_read_from_the_table_of_contents():
    source = '"""The way of the data."""\n\nfrom . import settings, inbox, sales\n'
    assert house.stages_of(source) == ["settings", "inbox", "sales"]


def sample_problems(source, path="tests/test_x.py"):
    found = sample_values.problems(source, PurePosixPath(path))
    return [text for _line, text in found]


@pytest.mark.parametrize(
    "text",
    [
        "camille@gmail.com",
        "masked@marketplace.amazon.com",
        "camille@example.com.de",
        "06 31 42 53 64",
        "0631425364",
        "01.31.42.53.64",
        "+49 30 901820",
        "+33631425364",
        "0033631425364",
        "1Z999AA10192837465",
        "RR473124829FR",
        "8V4564654654",
        "CK00879241952",
        "1 rue du Test, Vallauris",
        "Top EMEL avec col montant",
    ],
)
def test_what_could_be_somebody_s_is_refused_anywhere(text):
    for source in (f'x = "{text}"', f"<field>{text}</field>", f'"title": "{text}",'):
        assert len(sample_problems(source)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "camille@example.com, a@shop.example, a@localhost, u:pw@api.lengow.io",
        "06 00 00 00 00 or 0600000000 or +33 6 00 00 00 00 or 0612345678",
        "+1 202 555 0143",
        "8V0000000003 CK00000000002 6A001 FR00000000000",
        "2026-01-15T10:30:00+01:00 01.02.2026 10:00 1300435653833-A 4006381333931",
        "@tagged @api.model odoo@19.0",
        "1 rue du Test, 75001 Paris",
    ],
)
def test_a_placeholder_is_fine(text):
    assert sample_problems(text) == []


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("first_name", "Camille"),
        ("city", "Lyon"),
        ("zipcode", "69002"),
        ("first_line", "12 rue de la Paix"),
        ("number", "JD00023"),
    ],
)
def test_a_recorded_answer_says_nothing_of_its_buyer(member, value):
    source = f'{{\n  "{member}": "{value}",\n  "title": "{value}"\n}}'
    problem = f"{member} {value} does not look like a placeholder"
    assert sample_problems(source, "sandbox/data/samples/x.json") == [problem]
    assert sample_problems(source) == []


def test_sample_values_are_looked_for_in_every_file_of_a_tree(tmp_path):
    for name, text in {
        "tests/data/a.json": '{\n  "city": "Lyon"\n}',
        "static/tests/tours/b.js": 'run: "edit jane@gmail.com",',
        "data/c.xml": "<x>RR473124829FR</x>",
        "tests/test_d.py": 'PHONE = "0631425364"',
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    found = sample_values.check(tmp_path, sorted(files))
    assert [line.partition(": ")[0] for line in found] == [
        *("data/c.xml:1", "static/tests/tours/b.js:1"),
        *("tests/data/a.json:2", "tests/test_d.py:1"),
    ]


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ('msgid "Ship"\nmsgstr "Expédier"\n', None),
        ("", "missing"),
        ('msgid "Ship"\nmsgstr ""\n', "not translated"),
        ('#, fuzzy\nmsgid "Ship"\nmsgstr "Expédier"\n', "fuzzy"),
        ('#~ msgid "Ship"\n#~ msgstr "Expédier"\n', "obsolete"),
        ('msgid "Send"\nmsgstr "Envoyer"\n', "no longer there"),
        ('msgid "Ship"\nmsgstr " Expédier"\n', "other spaces"),
        ('msgid "Ship"\nmsgstr "Expédier %s"\n', "other placeholders"),
        ('msgid "Ship"\nmsgstr "<b>Expédier</b>"\n', "other placeholders"),
        ('msgid "Ship"\nmsgstr "Expédier"\n\n' * 2, "there twice"),
    ],
)
def test_languages_say_what_the_template_says(tmp_path, monkeypatch, entry, problem):
    monkeypatch.setattr(translations, "LANGUAGES", ("fr",))
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    folder = tmp_path / "i18n"
    folder.mkdir()
    template = folder / "shop.pot"
    template.write_text(f'{header}msgid "Ship"\nmsgstr ""\n', encoding="utf-8")
    (folder / "fr.po").write_text(header + entry, encoding="utf-8")
    found = translations.check(tmp_path)
    assert any(problem in sentence for sentence in found) if problem else not found


@pytest.mark.parametrize("addon", [".", "extras/other"])
def test_language_without_a_file_is_told(tmp_path, addon):
    folder = tmp_path / addon / "i18n"
    folder.mkdir(parents=True)
    (folder / "shop.pot").write_text('msgid ""\nmsgstr ""\n', encoding="utf-8")
    assert len(translations.check(tmp_path)) == len(translations.LANGUAGES)
