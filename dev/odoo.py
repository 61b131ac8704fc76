"""Run Odoo from the runtime: commands, configuration, environment."""

import os
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import paths
from .process import run_logged
from .setup.odoo_source import OdooSource
from .setup.postgres import Server
from .setup.stamps import write_atomically

# What of the checkout stays out of Odoo's sight; everything else is the addon.
NOT_THE_ADDON = {"dev", "extras", "Makefile", "node_modules", "__pycache__"}


@dataclass(frozen=True, slots=True)
class Runtime:
    """Everything that is needed to run Odoo: its source, an interpreter, a database.

    :ivar tuple packages: folders of Python packages beside those of the interpreter
    :ivar tuple addons: folders of addons beside the addon itself and Odoo's own
    """

    source: OdooSource
    python: Path
    server: Server
    packages: tuple[Path, ...] = ()
    addons: tuple[Path, ...] = ()

    def environment(self) -> dict[str, str]:
        """Return the environment of an Odoo process."""
        env = dict(self.server.env)
        env.update(
            PYTHONPATH=os.pathsep.join(
                str(path) for path in (self.source.python_path, *self.packages)
            ),
            PYTHONNOUSERSITE="1",
            PYTHONUNBUFFERED="1",
            PATH=f"{self.python.parent}{os.pathsep}{env['PATH']}",
        )
        return env

    def command(self, *arguments: str) -> list[str]:
        """Return the command line of ``odoo`` with the runtime's configuration."""
        config = [f"--config={self._write_config()}"]
        if self.addons:
            # Others may run with the same file at this moment.
            config.append(f"--addons-path={self._addons_path(*self.addons)}")
        known = ("shell", "neutralize", "i18n", "cloc", "populate")
        start = [str(self.python), "-m", "odoo"]
        if arguments and arguments[0] in known:
            # At the end: some of them have subcommands of their own.
            return [*start, *arguments, *config]
        return [*start, *config, *arguments]

    def run(self, *arguments: str, log_name: str) -> Path:
        """Run Odoo to its end with its output in a log; return the log's path.

        :raise RuntimeProblem: Odoo failed; the end of its log was printed
        """
        return run_logged(
            self.command(*arguments),
            log_name,
            env=self.environment(),
            cwd=paths.RUNTIME,
        )

    def run_script(
        self, script: Path, database: str, log_name: str, **env: str
    ) -> Path:
        """Run a Python file in an Odoo shell, where ``env`` is the environment.

        :param env: variables that the script reads from its process environment
        :return: the path of the log
        """
        return run_logged(
            self.command("shell", f"--database={database}", "--no-http"),
            log_name,
            env={**self.environment(), **env},
            cwd=paths.RUNTIME,
            stdin_text=script_source(script),
        )

    def foreground(self, *arguments: str, stdin: Sequence[str] | None = None) -> int:
        """Run Odoo on this terminal; return its exit code.

        :param stdin: text for its standard input instead of the terminal's
        """
        process = subprocess.Popen(
            self.command(*arguments),
            env=self.environment(),
            cwd=paths.RUNTIME,
            stdin=None if stdin is None else subprocess.PIPE,
            text=True,
        )
        # Ctrl-C belongs to the program in the foreground.
        previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            process.communicate("".join(stdin) if stdin is not None else None)
        finally:
            signal.signal(signal.SIGINT, previous)
        return process.returncode

    def _addons_path(self, *more: Path) -> str:
        folders = (paths.ADDONS, *more, *self.source.addons_paths)
        return ",".join(map(str, folders))

    def _write_config(self) -> Path:
        expose_addon()
        config = paths.RUNTIME / "odoo.conf"
        lines = [
            "[options]",
            f"addons_path = {self._addons_path()}",
            f"data_dir = {paths.DATA}",
            "http_interface = 127.0.0.1",
            # A synchronization of the demo may take longer than a web request ought to.
            "limit_time_real = 1200",
            f"screenshots = {paths.RUNTIME / 'screenshots'}",
            "",
        ]
        write_atomically(config, "\n".join(lines))
        return config


def script_source(script: Path) -> str:
    """Return the text that makes an Odoo shell run a file under its own name.

    Tracebacks then name the file and its lines, and ``__file__`` is there.
    """
    return (
        f"__file__ = {str(script)!r}\n"
        "exec(compile(open(__file__, encoding='utf-8').read(), __file__, 'exec'))\n"
    )


def expose_addon() -> None:
    """Show the checkout to Odoo as ``lengow_connector``, whatever its folder is called.

    It is a folder of links rather than one link to the checkout: the checkout holds
    ``.runtime/``, and Odoo follows links when it looks for texts to translate.
    """
    addon = paths.ADDONS / paths.ADDON
    addon.mkdir(parents=True, exist_ok=True)
    wanted = {
        entry.name: entry
        for entry in paths.ROOT.iterdir()
        if not entry.name.startswith(".") and entry.name not in NOT_THE_ADDON
    }
    for link in addon.iterdir():
        if link.is_symlink() and link.name not in wanted:
            link.unlink(missing_ok=True)
    for name, entry in wanted.items():
        # A checkout that was copied or moved brings links to where it was.
        if not ((addon / name).is_symlink() and (addon / name).readlink() == entry):
            draft = addon / f".{name}.{os.getpid()}"
            draft.symlink_to(entry)
            draft.replace(addon / name)
