import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from dev import paths
from dev.console import RuntimeProblem
from dev.odoo import Runtime, expose_addon
from dev.process import free_port, port_is_free, run_logged
from dev.setup import debian, node, odoo_source, stamps, venv
from dev.setup.odoo_source import ensure_odoo, web_dependencies


@pytest.fixture(autouse=True)
def checkout(tmp_path, monkeypatch):
    """A checkout of its own, so that no test touches the real one."""
    runtime = tmp_path / ".runtime"
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    for name in ("LOGS", "LOCKS", "STATE", "ADDONS", "ODOO"):
        monkeypatch.setattr(paths, name, runtime / name.lower())
        (runtime / name.lower()).mkdir(parents=True)
    return tmp_path


def odoo_tree(folder, version_info):
    (folder / "odoo/addons").mkdir(parents=True)
    (folder / "addons").mkdir()
    release = f"version_info = {version_info}\n"
    (folder / "odoo/release.py").write_text(release)
    return folder


def test_a_tree_of_the_user_is_used_as_it_is(tmp_path, monkeypatch):
    tree = odoo_tree(tmp_path / "tree", "(19, 0, 0, FINAL, 0, '')")
    monkeypatch.setenv("ODOO_SRC", str(tree))
    source = ensure_odoo()
    assert source.python_path == tree
    assert source.addons_paths == (tree / "addons", tree / "odoo/addons")


def test_a_tree_of_another_version_is_refused(tmp_path, monkeypatch):
    tree = odoo_tree(tmp_path / "tree", "(18, 0, 0, FINAL, 0, '')")
    monkeypatch.setenv("ODOO_SRC", str(tree))
    with pytest.raises(RuntimeProblem, match=r"holds Odoo 18\.0; Odoo 19\.0 is needed"):
        ensure_odoo()
    monkeypatch.setenv("ODOO_SRC", str(tmp_path / "nowhere"))
    with pytest.raises(RuntimeProblem, match="holds no Odoo source tree"):
        ensure_odoo()


def test_a_download_that_was_cut_short_is_not_taken_for_odoo(monkeypatch):
    monkeypatch.delenv("ODOO_SRC", raising=False)
    stamps.write_state("odoo", {"version": "19.0-1"})
    downloads = []
    monkeypatch.setattr(
        odoo_source, "_download_and_unpack", lambda: downloads.append(1) or "19.0-1"
    )
    ensure_odoo()
    assert downloads
    odoo_tree(paths.ODOO / "19.0-1" / odoo_source.PACKAGES_PATH, "(19, 0, 0, FINAL)")
    ensure_odoo()
    assert len(downloads) == 1


def test_web_dependencies_are_the_first_choices_of_scripts_and_fonts():
    depends = (
        "python3-babel, python3:any, fonts-dejavu-core | fonts-noto-core, "
        "libjs-jquery (>= 3.6), libjs-underscore:any, postgresql-client"
    )
    assert web_dependencies(depends) == [
        "fonts-dejavu-core",
        "libjs-jquery",
        "libjs-underscore",
    ]


def test_packages_that_cannot_be_installed_are_named(monkeypatch):
    monkeypatch.setattr(debian, "_as_root", lambda: None)
    missing = debian.Need(("some-server", "some-client"), lambda: False)
    with pytest.raises(RuntimeProblem, match=r"some-server some-client\.$"):
        debian.ensure_packages([missing])


def test_packages_that_are_there_are_left_alone(monkeypatch):
    monkeypatch.setattr(debian, "_as_root", lambda: pytest.fail("must not ask"))
    debian.ensure_packages([debian.Need(("some-server",), lambda: True)])


def test_state_is_empty_until_it_is_written_whole():
    assert stamps.read_state("venv") == {}
    stamps.write_state("venv", {"key": "1"})
    assert stamps.read_state("venv") == {"key": "1"}
    (paths.STATE / "venv.json").write_text('{"key": ')
    assert stamps.read_state("venv") == {}
    stamps.forget_state("venv")
    stamps.forget_state("venv")
    assert stamps.read_state("venv") == {}


def test_digest_tells_the_same_text_cut_differently_apart(tmp_path):
    file = tmp_path / "file"
    file.write_text("ab")
    assert stamps.digest("ab", "c") != stamps.digest("a", "bc")
    assert stamps.digest(file) == stamps.digest("ab") == stamps.digest(b"ab")


def test_a_lock_is_free_again_when_its_holder_is_gone():
    with stamps.locked("x") as first, stamps.locked("x") as second:
        assert first
        assert not second
    holder = f"import fcntl; fcntl.flock(open({str(paths.LOCKS / 'x')!r}), 2)"
    subprocess.run([sys.executable, "-W", "ignore", "-c", holder], check=True)
    with stamps.locked("x") as third:
        assert third


def test_the_addon_is_exposed_without_what_only_developers_use(checkout):
    for name in ("models", "dev", ".git"):
        (checkout / name).mkdir()
    (checkout / "__manifest__.py").write_text("{}")
    expose_addon()
    addon = paths.ADDONS / "lengow_connector"
    assert {entry.name for entry in addon.iterdir()} == {"__manifest__.py", "models"}
    (checkout / "models").rename(checkout / "views")
    expose_addon()
    assert {entry.name for entry in addon.iterdir()} == {"__manifest__.py", "views"}
    assert (addon / "views").resolve() == checkout / "views"


def test_a_checkout_that_was_copied_runs_its_own_code(checkout, tmp_path):
    (checkout / "models").mkdir()
    elsewhere = tmp_path / "elsewhere" / "models"
    elsewhere.mkdir(parents=True)
    addon = paths.ADDONS / "lengow_connector"
    addon.mkdir(parents=True, exist_ok=True)
    (addon / "models").symlink_to(elsewhere)
    expose_addon()
    assert (addon / "models").resolve() == checkout / "models"


def test_a_program_that_fails_names_its_log(capsys):
    script = "print('the reason'); raise SystemExit(3)"
    with pytest.raises(RuntimeProblem, match=r"failed \(3\); see .*/step\.log"):
        run_logged([sys.executable, "-c", script], "step")
    assert "the reason" in capsys.readouterr().out


def test_a_program_reads_the_text_it_is_given():
    command = [sys.executable, "-c", "print(input())"]
    log = run_logged(command, "step", stdin_text="hello\n")
    assert log.read_text() == "hello\n"


def test_a_free_port_is_free():
    assert port_is_free(free_port())


def test_packages_that_only_some_tests_need_lie_beside_the_environment(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(paths, "RUNTIME", tmp_path)
    installed = []

    def install(*files, folder):
        folder.mkdir()
        installed.append((*files, folder))

    monkeypatch.setattr(venv, "_install", install)
    requirements = tmp_path / "requirements-some-tests.txt"
    requirements.write_text("some==1")
    folder = tmp_path / "packages-for-some-tests"
    assert [venv.ensure_packages(requirements) for _time in range(2)] == [folder] * 2
    assert installed == [(requirements, folder)]
    requirements.write_text("some==2")
    folder.rename(tmp_path / "old")
    venv.ensure_packages(requirements)
    assert len(installed) == 2


def test_other_addons_are_named_to_the_run_that_needs_them(checkout, monkeypatch):
    monkeypatch.setattr(paths, "RUNTIME", checkout)
    source = odoo_source.OdooSource(checkout, (checkout / "odoo/addons",), "key")
    runtime = Runtime(source, checkout / "python", server=None)
    assert not [one for one in runtime.command("--init=x") if "addons-path" in one]
    more = replace(runtime, addons=(checkout / "extras",))
    (option,) = [one for one in more.command("shell") if "addons-path" in one]
    assert option.endswith(f",{checkout}/extras,{checkout}/odoo/addons")
    assert "extras" not in (checkout / "odoo.conf").read_text()


def test_packages_of_another_checkout_are_left_as_they_are(tmp_path, monkeypatch):
    other = tmp_path / "other"
    other.mkdir()
    (other / "package.json").write_text("{}")
    link = tmp_path / "node"
    link.symlink_to(other)
    monkeypatch.setattr(paths, "NODE", link)
    monkeypatch.setattr(node, "AXE", link / "axe.min.js")
    monkeypatch.setattr(debian, "ensure_packages", lambda needs: None)
    installed = []
    monkeypatch.setattr(node, "run_logged", lambda *args, cwd: installed.append(cwd))
    node.ensure_axe()
    assert installed == [link]
    assert not link.is_symlink()
    assert (link / "package-lock.json").is_file()
    assert (other / "package.json").read_text() == "{}"


def test_threads_that_write_the_same_file_do_not_take_each_others_draft(tmp_path):
    file = tmp_path / "odoo.conf"
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _n: stamps.write_atomically(file, "text"), range(2000)))
    assert [path.name for path in tmp_path.glob("*.conf*")] == ["odoo.conf"]
