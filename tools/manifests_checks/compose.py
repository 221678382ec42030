"""deploy/compose.yaml: each role is there, contained, with settings that it will take."""

import re

from .common import ROLES, ROOT, at
from .settings import check_file

VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


def substituted(value):
    """Returns a value with the defaults of its variables in place."""
    if isinstance(value, str):
        return VARIABLE.sub(lambda match: match[3] if match[2] == "-" else "1", value)
    if isinstance(value, list):
        return [substituted(inner) for inner in value]
    return {key: substituted(inner) for key, inner in value.items()} if isinstance(value, dict) else value


def check(path, secrets, trusted, findings):
    import yaml

    try:
        compose = substituted(yaml.safe_load(path.read_text()))
    except yaml.YAMLError as error:
        findings.add(path, f"is not YAML: {error}")
        return
    services = compose.get("services", {})
    for role in ("nats", "postgres", "streams", *ROLES):
        if role not in services:
            findings.add(path, f"services: there is no `{role}`")
    for name, service in services.items():
        for problem in [*_contained(service), *_mounts(path, service, secrets), *_starts(compose, service)]:
            findings.add(path, f"services.{name}.{problem}")
        if name in ROLES:
            _settings(path, name, service, secrets, trusted, findings)


def _contained(service):
    if service.get("read_only") is not True:
        yield "read_only: must be true"
    if service.get("cap_drop") != ["ALL"]:
        yield "cap_drop: must be [ALL]"
    if "no-new-privileges:true" not in service.get("security_opt", []):
        yield "security_opt: must hold no-new-privileges:true"
    if str(service.get("user", "0")).split(":")[0] in ("0", "root"):
        yield "user: must be one other than root"
    if service.get("stop_grace_period") != "60s":
        yield "stop_grace_period: must be 60s"
    if service.get("privileged") or service.get("network_mode") == "host":
        yield "privileged, network_mode: must not be set"


def _mounts(path, service, secrets):
    for volume in service.get("volumes", []):
        source, target, *mode = volume.split(":")
        secret = re.fullmatch(r"\./secrets/([\w-]+)(?:/([\w.-]+))?", source)
        if secret:
            if secret[1] not in secrets or (secret[2] and secret[2] not in secrets[secret[1]]):
                yield f"volumes: deploy/make-secrets does not make `{source}`"
        elif not source.startswith("./data/") and not (path.parent / source).is_file():
            yield f"volumes: there is no file `{source}`"
        if not source.startswith("./data/") and mode != ["ro"]:
            yield f"volumes: `{target}` must be mounted ro"


def _starts(compose, service):
    for name, how in service.get("depends_on", {}).items():
        other = compose["services"].get(name)
        if other is None:
            yield f"depends_on: there is no `{name}`"
        elif how.get("condition") == "service_healthy" and "healthcheck" not in other:
            yield f"depends_on: `{name}` has no healthcheck to wait for"
    for network in service.get("networks", []):
        if network not in compose.get("networks", {}):
            yield f"networks: there is no `{network}`"


def _settings(path, role, service, secrets, trusted, findings):
    if service.get("command") != ["serve", role, "--config", f"/etc/kindred/{role}.toml"]:
        findings.add(path, f"services.{role}.command: must serve `{role}`")
    files = [volume.split(":")[0] for volume in service.get("volumes", []) if volume.split(":")[1] == f"/etc/kindred/{role}.toml"]
    variables = {name: str(value) for name, value in (at(service, "environment") or {}).items()}
    if "secrets/trusted-keys.env" in service.get("env_file", []):
        variables |= trusted
    for file in files:
        source = (path.parent / file).resolve()
        if source.is_file():
            where = f"{path.relative_to(ROOT)}: services.{role}" if path.is_relative_to(ROOT) else f"{path}: services.{role}"
            check_file(role, where, source.read_text(), variables, secrets[role], findings)
    if len(files) != 1:
        findings.add(path, f"services.{role}.volumes: must mount one /etc/kindred/{role}.toml")
