"""A PostgreSQL server of the tests' own: made in a temporary folder, on a socket only, ended by its process id."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg


def _programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path is None:
        raise RuntimeError("PostgreSQL is not installed: run `make test`, which installs it.")
    return Path(on_path).parent


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """Runs a server with its data in `folder` and gives the folder of its socket."""
    data, socket = folder / "data", folder / "socket"
    for path in (folder, socket):
        path.mkdir(exist_ok=True)
    as_user = _not_root(folder, socket)
    programs = _programs()
    _run(as_user, programs / "initdb", "-D", data, "-U", "helpdesk", "-A", "trust", "-E", "UTF8", "--no-sync")
    _run(as_user, programs / "pg_ctl", "-D", data, "-w", "-o", _options(socket), "-l", folder / "log", "start")
    try:
        yield str(socket)
    finally:
        _run(as_user, programs / "pg_ctl", "-D", data, "-m", "immediate", "stop")


def start_again(folder: Path) -> None:
    """Ends the server that `server` runs in this folder, with whoever is connected, and starts it anew."""
    data, socket = folder / "data", folder / "socket"
    options = ("-m", "fast", "-w", "-o", _options(socket), "-l", folder / "log")
    _run(_not_root(folder, socket), _programs() / "pg_ctl", "-D", data, *options, "restart")


def _options(socket: Path) -> str:
    return f"-k {socket} -c listen_addresses= -c fsync=off -c full_page_writes=off -c max_connections=200"


def _not_root(folder: Path, socket: Path) -> dict[str, object]:
    """PostgreSQL refuses to run as root: then it runs as its own or an unprivileged user."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    entry = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    for path in (folder, socket):
        os.chown(path, entry.pw_uid, entry.pw_gid)
    for parent in folder.parents:
        if parent.owner() == "root" and parent != Path("/") and not parent.stat().st_mode & 0o001:
            parent.chmod(parent.stat().st_mode | 0o011)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _run(as_user: dict[str, object], *command: object) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, cwd="/", **as_user)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed: {done.stdout}{done.stderr}")


def create_database(socket: str, name: str, template: str | None = None) -> str:
    """Makes a database, as a copy of `template` if one is named, and gives its address."""
    with psycopg.connect(host=socket, user="helpdesk", dbname="postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
    return f"postgresql://helpdesk@/{name}?host={socket}"


def drop_database(socket: str, name: str) -> None:
    """Removes a database and whoever is still connected to it."""
    with psycopg.connect(host=socket, user="helpdesk", dbname="postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
