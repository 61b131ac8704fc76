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
