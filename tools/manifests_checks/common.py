"""What the checks share: findings, pinned tools, walking a document."""

import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SERVICES = ("membership", "posting", "matching", "notification")
ROLES = (*SERVICES, "gateway")
SECRETS = "/run/secrets/kindred"


class Findings:
    """What is wrong, and what could not be looked at."""

    def __init__(self):
        self.wrong, self.unknown, self.checked = [], set(), 0

    def add(self, where, what):
        """`where` is a file of the repository, or a name that tells as much."""
        if isinstance(where, pathlib.Path):
            where = where.relative_to(ROOT) if where.is_relative_to(ROOT) else where
        self.wrong.append(f"{where}: {what}")


def unpacked(package):
    """Returns the cache folder of a pinned tool."""
    command = [ROOT / "tools/unpacked", package]
    return pathlib.Path(subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout.strip())


def program(package, name):
    """Returns an executable of a pinned tool."""
    return next(path for path in unpacked(package).rglob(name) if path.is_file())


def at(document, path, default=None):
    """Returns what lies at a dotted path, or the default."""
    for step in path.split("."):
        if not isinstance(document, dict) or step not in document:
            return default
        document = document[step]
    return document


def title(document):
    return f"{document.get('kind')} {at(document, 'metadata.name')}"


def pod(document):
    """Returns a workload's pod template, or None."""
    return at(document, "spec.template") if document.get("kind") in ("Deployment", "StatefulSet", "Job", "DaemonSet") else None


def containers(template):
    """Yields each container of a pod with its path."""
    for group in ("initContainers", "containers"):
        for container in at(template, f"spec.{group}", []):
            yield f"spec.{group}[{container.get('name')}]", container
