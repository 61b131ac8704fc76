from pathlib import PurePosixPath

import pytest

from dev.checks import budgets, imports


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
        ("import dev.demo", "tests/common.py"),
        ("from odoo import fields", "exports/xlsx.py"),
        ("from odoo.tools import pdf", "exports/xlsx.py"),
        ("from odoo import models", "documents/packing.py"),
        ("from ..models.inbox import lengow_order", "exports/xlsx.py"),
        ("from ..lengow_api import Order", "documents/packing.py"),
        ("from ..mapper import ImportProblem", "documents/packing.py"),
        ("from ..exports import x", "documents/packing.py"),
        ("from ..sandbox import SandboxServer", "documents/packing.py"),
        ("from ..tests import common", "exports/xlsx.py"),
        ("from ..exports import x", "lengow_api/client.py"),
        ("from ..documents import x", "sandbox/app.py"),
    ],
)
def test_an_import_across_the_contract_is_refused(source, path):
    assert len(import_problems(source, path)) == 1


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("from .errors import LengowError\nimport requests", "lengow_api/client.py"),
        ("from ..lengow_api import LengowClient", "models/lengow_account.py"),
        ("from ..sandbox import SandboxServer", "tests/common.py"),
        ("from odoo import models", "models/lengow_account.py"),
        ("from odoo.addons.lengow_connector.lengow_api import Order", "dev/bench/b.py"),
        ("from odoo.addons.lengow_connector.mapper import M", "dev/bench/b.py"),
        ("from sandbox import SandboxServer", "sandbox/tests/test_server.py"),
        ("from .. import paths", "dev/setup/venv.py"),
        ("from odoo.tools.pdf import PdfFileReader", "documents/packing.py"),
        ("import zipfile\nfrom .cells import Cell", "exports/xlsx.py"),
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
    assert budget_problems("x = 1\n" * 400, "models/x.py") == []
    assert budget_problems("x = 1\n" * 401, "models/x.py") == [1]
    assert budget_problems("x = 1\n" * 401, "tests/test_x.py") == []
    assert budget_problems("x = 1\n" * 401, "sandbox/tests/test_x.py") == []
