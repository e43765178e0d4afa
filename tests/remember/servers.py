"""A PostgreSQL server of Debian's packages: made for the tests and gone after them."""

import os
import pwd
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path


def binary(name):
    """The program of the newest server that Debian's packages or the PATH offer."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda p: int(p.parts[4]))
    return str(found[-1]) if found else shutil.which(name)


def account():
    """A server refuses to run as root: then as an account that Debian always has."""
    if os.geteuid() != 0:
        return {}
    name = "postgres" if any(one.pw_name == "postgres" for one in pwd.getpwall()) else "nobody"
    return {"user": name}


@contextmanager
def server(folder, *, durable=False):
    """Its URL; what is written is on the disk where that is asked for: tests need not wait for it."""
    data, who = folder / "data", account()
    for place in (folder, data):
        place.mkdir(exist_ok=True)
        if who:
            shutil.chown(place, who["user"])

    def run(*command):
        subprocess.run(command, check=True, capture_output=True, cwd=folder, **who)

    run(binary("initdb"), "-D", data, "-U", "hunter", "-A", "trust", "-E", "UTF8", "-N")
    options = f"-k {folder} -c listen_addresses='' -c fsync={'on' if durable else 'off'}"
    control = [binary("pg_ctl"), "-D", data, "-w", "-l", folder / "log"]
    run(*control, "-o", options, "start")
    try:
        yield f"postgresql://hunter@/postgres?host={folder}"
    finally:
        run(*control, "-m", "immediate", "stop")
