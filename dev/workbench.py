"""The kept database of the inner loop: installed once, then only updated."""

from . import paths
from .console import step
from .odoo import Runtime
from .setup.databases import Databases
from .setup.stamps import digest, read_state, write_state

WORKBENCH = "lengow_dev"
# Files whose change asks for an update of the addon in a kept database.
SOURCE_SUFFIXES = {".css", ".csv", ".js", ".po", ".py", ".scss", ".sql", ".xml"}


def addon_digest() -> str:
    """Return a key of everything in the checkout that Odoo loads into a database."""
    skipped = {"dev", "extras", "sandbox", "tests"}
    files = sorted(
        path
        for path in paths.ROOT.rglob("*")
        if path.suffix in SOURCE_SUFFIXES
        and path.relative_to(paths.ROOT).parts[0] not in skipped
        and not path.relative_to(paths.ROOT).parts[0].startswith(".")
        and path.is_file()
    )
    parts: list = []
    for path in files:
        parts += [str(path.relative_to(paths.ROOT)), path]
    return digest(*parts)


def is_current_copy(runtime: Runtime, name: str, template: str) -> bool:
    """Say whether a kept database exists and stems from the template in use."""
    exists = Databases(runtime.server).exists(name)
    return exists and read_state(name).get("template") == template


def ensure_database(runtime: Runtime, template: str, name: str) -> None:
    """Bring a kept database up to date with the addon's source.

    It is copied from the template where it is missing or stems from another one, and
    updated only when the source has changed since.

    :raise RuntimeProblem: the addon cannot be installed or updated
    """
    source = addon_digest()
    state = {"template": template, "source": source}
    if is_current_copy(runtime, name, template):
        if read_state(name).get("source") == source:
            return
        action, title = "--update", f"updating {paths.ADDON} in {name}"
    else:
        Databases(runtime.server).copy(template, name)
        write_state(name, {"template": template})
        action, title = "--init", f"installing {paths.ADDON} in {name}"
    with step(title):
        runtime.run(
            f"--database={name}",
            f"{action}={paths.ADDON}",
            "--stop-after-init",
            "--no-http",
            log_name=f"install-{name}",
        )
    write_state(name, state)
