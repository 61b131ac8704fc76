"""Databases with their files: create by copying, rename, drop."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from .. import paths
from .postgres import Server


@dataclass(frozen=True, slots=True)
class Databases:
    """The databases of a server together with Odoo's file store of each."""

    server: Server

    def names(self, prefix: str = "") -> list[str]:
        """Return the names of the databases that start with a text."""
        found = self.server.query("SELECT datname FROM pg_database ORDER BY datname")
        return [name for name in found if name.startswith(prefix)]

    def exists(self, name: str) -> bool:
        """Say whether there is a database of this name."""
        return name in self.names(name)

    def copy(self, source: str, target: str) -> None:
        """Copy a database and its files; what was under the new name is gone."""
        self.drop(target)
        files = paths.FILESTORE / source
        if files.is_dir():
            # Odoo never changes a stored file, it only adds and removes: links do.
            shutil.copytree(files, self.files(target), copy_function=_link)
        self.server.query(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')

    def rename(self, source: str, target: str) -> None:
        """Give a database and its files another name; the database goes last."""
        files = self.files(target)
        shutil.rmtree(files, ignore_errors=True)
        if self.files(source).is_dir():
            self.files(source).rename(files)
        self.server.query(f'ALTER DATABASE "{source}" RENAME TO "{target}"')

    def drop(self, name: str) -> None:
        """Delete a database and its files, whoever is connected to it."""
        if self.exists(name):
            self.server.query(f'ALTER DATABASE "{name}" IS_TEMPLATE false')
            self.server.query(f'DROP DATABASE "{name}" WITH (FORCE)')
        shutil.rmtree(self.files(name), ignore_errors=True)

    def freeze(self, name: str) -> None:
        """Let a database be copied by everyone and be changed by nobody."""
        self.server.query(
            f'ALTER DATABASE "{name}" IS_TEMPLATE true ALLOW_CONNECTIONS false'
        )

    @staticmethod
    def files(name: str) -> Path:
        """Return the folder of a database's stored files."""
        return paths.FILESTORE / name


def _link(source: str, target: str) -> None:
    Path(target).hardlink_to(source)
