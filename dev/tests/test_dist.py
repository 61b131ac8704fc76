"""What merchants install, as they do: beside Odoo, and away from the checkout."""

import json
import os
import subprocess
import zipfile

import pytest

from dev import demo, dist, paths
from dev.odoo import script_source
from dev.process import run_logged
from dev.sandbox_process import running_sandbox
from dev.setup.databases import Databases
from dev.setup.everything import ensure_runtime

EXAMPLES = paths.DEV / "example"
EXAMPLE_CHECK = paths.DEV / "odoo_scripts" / "example_hooks.py"


@pytest.fixture(scope="module")
def runtime_and_template():
    return ensure_runtime()


@pytest.fixture(scope="module")
def built(runtime_and_template, tmp_path_factory):
    runtime, _template = runtime_and_template
    return dist.build(runtime.python, tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def fresh_python(runtime_and_template, built, tmp_path_factory):
    """An interpreter of an environment that has Odoo's packages and the wheel."""
    runtime, _template = runtime_and_template
    place = tmp_path_factory.mktemp("environment")
    subprocess.run([runtime.python, "-m", "venv", place], check=True)
    (packages,) = place.glob("lib/python*/site-packages")
    (odoos,) = paths.VENV.glob("lib/python*/site-packages")
    (packages / "odoo_requirements.pth").write_text(f"{odoos}\n")
    python = place / "bin" / "python"
    # Without the requirement `odoo`: it is here as a tree, which pip knows nothing of.
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--no-deps", built.wheel],
        check=True,
    )
    return python


@pytest.mark.parametrize(
    ("name", "is_of_addon"),
    [
        ("__manifest__.py", True),
        ("static/description/index.html", True),
        ("static/src/lines/lines_field.js", True),
        ("README.rst", True),
        ("static/tests/tours/order_list.js", False),
        ("tests/__init__.py", False),
        ("sandbox/server.py", False),
        ("extras/lengow_connector_queue_job/__manifest__.py", False),
        ("dev/dist.py", False),
        (".ci/run", False),
        (".gitignore", False),
        ("pyproject.toml", False),
    ],
)
def test_what_only_developers_need_is_left_out(name, is_of_addon):
    assert dist.is_of_addon(name) is is_of_addon


def test_wheel_and_archive_hold_the_same_addon(built):
    wheel, archive = (zipfile.ZipFile(path) for path in (built.wheel, built.archive))
    inside = f"odoo/addons/{paths.ADDON}/"
    assert [f"{paths.ADDON}/{name}" for name in dist.addon_files()] == (
        archive.namelist()
    )
    assert {name.replace(inside, f"{paths.ADDON}/") for name in wheel.namelist()} == {
        *archive.namelist(),
        *(name for name in wheel.namelist() if ".dist-info/" in name),
    }


def test_wheel_is_called_and_versioned_as_the_oca_does(built):
    assert built.wheel.name == (f"odoo_addon_{paths.ADDON}-19.0.1.0.0-py3-none-any.whl")
    with zipfile.ZipFile(built.wheel) as wheel:
        (name,) = (name for name in wheel.namelist() if name.endswith("/METADATA"))
        metadata = wheel.read(name).decode()
    for line in (
        f"Name: odoo-addon-{paths.ADDON}",
        "License: LGPL-3",
        "Requires-Dist: odoo==19.0.*",
        "Requires-Dist: python-stdnum",
    ):
        assert line in metadata.splitlines()


def test_each_of_the_extras_is_installed_by_itself(built):
    (extra,) = built.extras
    name = "lengow_connector_queue_job"
    with zipfile.ZipFile(extra.archive) as archive:
        names = archive.namelist()
    assert f"{name}/__manifest__.py" in names
    assert not [one for one in names if "/tests/" in one]
    with zipfile.ZipFile(extra.wheel) as wheel:
        assert f"odoo/addons/{name}/__manifest__.py" in wheel.namelist()
        (info,) = (one for one in wheel.namelist() if one.endswith("/METADATA"))
        metadata = wheel.read(info).decode().splitlines()
    assert f"Requires-Dist: odoo-addon-{paths.ADDON}==19.0.*" in metadata
    assert "Requires-Dist: odoo-addon-queue_job==19.0.*" in metadata


def test_equal_files_make_an_equal_archive(built, tmp_path):
    again = tmp_path / "again.zip"
    dist._build_archive(dist.addon_files(), again)
    assert again.read_bytes() == built.archive.read_bytes()


@pytest.fixture(scope="module")
def imported(runtime_and_template, fresh_python, tmp_path_factory):
    """What came of the sandbox's orders, in a database with the wheel and the example.

    :return: the path of the addon, the report of the orders, that of the hooks
    """
    runtime, template = runtime_and_template
    databases = Databases(runtime.server)
    name = f"lengow_dist_{os.getpid()}"
    place = tmp_path_factory.mktemp("odoo")
    # The checkout's own folder of addons is not among them.
    addons = ",".join(map(str, (EXAMPLES, *runtime.source.addons_paths)))
    start = [fresh_python, "-m", "odoo"]
    options = [
        f"--addons-path={addons}",
        f"--data-dir={paths.DATA}",
        f"--database={name}",
        "--no-http",
    ]
    orders, hooks = place / "orders.json", place / "hooks.json"
    try:
        databases.copy(template, name)
        run_logged(
            [*start, *options, "--init=lengow_example", "--stop-after-init"],
            "dist-install",
            env=runtime.environment(),
            cwd=place,
        )
        with running_sandbox(runtime.python) as sandbox:
            request = {
                "base_url": sandbox.url,
                "catalogue": str(demo.CATALOGUE),
                "currencies": ["EUR"],
                "output": str(orders),
            }
            log = run_logged(
                [*start, "shell", *options],
                "dist-orders",
                env={
                    **runtime.environment(),
                    "LENGOW_DEMO": json.dumps(request),
                    "LENGOW_EXAMPLE": str(hooks),
                },
                cwd=place,
                stdin_text="import odoo.addons.lengow_connector as addon\n"
                "print(addon.__file__)\n"
                + script_source(demo.SCRIPT)
                + script_source(EXAMPLE_CHECK),
            )
    finally:
        databases.drop(name)
    return log.read_text(encoding="utf-8"), *(
        json.loads(path.read_text(encoding="utf-8")) for path in (orders, hooks)
    )


def test_orders_are_imported_by_what_the_wheel_installs(imported, fresh_python):
    log, report, _hooks = imported
    assert f"{fresh_python.parent.parent}/lib" in log
    orders = [one for one in report["orders"] if one["import_state"] == "imported"]
    assert orders
    assert all(order["is_exact"] for order in orders)


@pytest.mark.parametrize("hook", ["partner", "sale", "line", "picking", "action"])
def test_another_module_changes_what_is_written(imported, hook):
    *_others, hooks = imported
    assert hooks[hook]
