"""Settings files and variables against the structs that will read them.

The structs are read from the Rust sources, so that a key that is not one, a value out of
its range and a required key that nobody sets are found here as the process would.
"""

import re
import tomllib
from dataclasses import dataclass, field

from .common import ROLES, ROOT, SECRETS, SERVICES, at, title

SOURCES = {
    "kit": ROOT / "crates/service-kit/src/config/sections.rs",
    "peers": ROOT / "crates/service-kit/src/config/peer.rs",
    "host": ROOT / "crates/service-host/src/config.rs",
}
OWN = ("config.rs", "service.rs", "service/settings.rs")
STRUCT = re.compile(r"pub struct (\w+)(?:<\w+>)? \{\n(.*?)\n\}", re.DOTALL)
FIELD = re.compile(r"((?:^[ \t]*#\[[^\n]*\]\n|^[ \t]*///[^\n]*\n)*)^[ \t]*(?:pub )?(\w+): ([^\n]+),$", re.MULTILINE)
RANGE = re.compile(r"(?:Bounded|Millis|Secs)<([\d_]+), ([\d_]+)>")


@dataclass
class Key:
    """A setting: its type, and whether somebody must set it."""

    type: str
    required: bool


@dataclass
class Structs:
    """Structs by name, of one service and what services share."""

    found: dict = field(default_factory=dict)

    def read(self, path):
        for name, body in STRUCT.findall(path.read_text()):
            keys = {}
            for attributes, key, kind in FIELD.findall(body):
                optional = kind.startswith("Option<") or "serde(default" in attributes
                keys[key] = Key(kind.removeprefix("Option<").removesuffix(">") if kind.startswith("Option<") else kind, not optional)
            self.found[name] = keys
        return self


def root(role):
    """Returns the structs of a role and the name of the outermost one."""
    structs = Structs().read(SOURCES["kit"]).read(SOURCES["peers"])
    own = ROOT / "services" / role / "src"
    if role in SERVICES:
        structs.read(SOURCES["host"])
    for file in OWN:
        if (own / file).is_file():
            before = dict(structs.found)
            structs.read(own / file)
            # A service's own names must not hide those that all share, save its root.
            if role in SERVICES:
                structs.found |= {name: before[name] for name in before}
    outermost = "ServiceConfig" if role in SERVICES else "Config"
    if role in SERVICES:
        declared = "".join((own / file).read_text() for file in OWN if (own / file).is_file())
        kind = re.search(r"pub type Config = ServiceConfig<(?:\w+::)*(\w+)>", declared)
        structs.found["ServiceConfig"]["service"] = Key(kind[1] if kind else "Empty", True)
        structs.found.setdefault("Empty", {})
    return structs, outermost


def defaults(role):
    """Returns the defaults in a role's binary."""
    own = ROOT / "services" / role / "config.default.toml"
    text = own.read_text() if own.is_file() else ""
    declared = "".join(path.read_text() for path in (ROOT / "services" / role / "src").glob("*.rs"))
    if role in SERVICES and ("host.default.toml" in declared or not text):
        text = (ROOT / "crates/service-host/host.default.toml").read_text() + "\n" + text
    return tomllib.loads(text)


def problems(role, text, variables):
    """Yields what a role would refuse of a settings file and environment variables."""
    try:
        settings = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        yield f"is not TOML: {error}"
        return
    structs, outermost = root(role)
    merged = _merge(defaults(role), settings)
    for name, value in sorted(variables.items()):
        if name.startswith("KINDRED__"):
            path = name.removeprefix("KINDRED__").lower().split("__")
            unknown = [problem for problem in _walk(structs, outermost, _nest(path, _parse(value)), "", partial=True)]
            yield from (f"variable {name}: {problem}" for problem in unknown)
            if not unknown:
                merged = _merge(merged, _nest(path, _parse(value)))
    yield from _walk(structs, outermost, merged, "")


def secret_files(settings, found=()):
    """Returns the names of the secrets that settings read."""
    found = set(found)
    for value in settings.values() if isinstance(settings, dict) else settings if isinstance(settings, list) else []:
        if isinstance(value, str) and value.startswith(SECRETS + "/"):
            found.add(value.removeprefix(SECRETS + "/"))
        elif isinstance(value, (dict, list)):
            found |= secret_files(value)
    return found


def check_file(role, where, text, variables, secrets, findings):
    for problem in [*problems(role, text, variables), *_peers(role, text)]:
        findings.add(where, problem)
    try:
        named = secret_files(tomllib.loads(text))
    except tomllib.TOMLDecodeError:
        return
    for name in sorted(named - secrets):
        findings.add(where, f"names the secret `{name}`, which deploy/make-secrets does not make for {role}")


def _peers(role, text):
    """A service is told of those whom its composition root calls, and of nobody else."""
    source = ROOT / "services" / role / "src/service.rs"
    if role not in SERVICES or not source.is_file():
        return
    called = {peer.lower() for peer in re.findall(r"host\.(?:channel|replicas)\(Role::(\w+)\)", source.read_text())}
    try:
        told = set(tomllib.loads(text).get("peers", {}))
    except tomllib.TOMLDecodeError:
        return
    yield from (f"setting `peers.{peer}`: is required and set nowhere" for peer in sorted(called - told))
    yield from (f"setting `peers.{peer}`: is set, but {role} never calls it" for peer in sorted(told - called))


def check(documents, overlay, secrets, findings):
    """The settings that a rendered overlay hands to each role."""
    maps = {at(document, "metadata.name"): document.get("data") or {} for document in documents if document["kind"] == "ConfigMap"}
    for document in documents:
        role = at(document, "metadata.name")
        if document["kind"] not in ("Deployment", "StatefulSet") or role not in ROLES:
            continue
        container = at(document, "spec.template.spec.containers")[0]
        # What a field of the pod says is a number, such as the pod's own.
        variables = {entry["name"]: str(entry.get("value", 0)) for entry in container.get("env", [])}
        for source in container.get("envFrom", []):
            variables |= maps.get(at(source, "configMapRef.name"), {})
        files = [data[f"{role}.toml"] for data in maps.values() if f"{role}.toml" in data]
        if len(files) != 1 or container.get("args") != ["serve", role, "--config", f"/etc/kindred/{role}.toml"]:
            findings.add(overlay, f"{title(document)}: must serve `{role}` with the one settings file of that name")
        for text in files:
            check_file(role, f"{overlay}: ConfigMap {role}: {role}.toml", text, variables, secrets[role] | secrets[f"{role}-tls"], findings)


def _walk(structs, name, value, path, partial=False):
    keys = structs.found[name]
    for key, inner in value.items():
        where = f"{path}{key}"
        if key not in keys:
            yield f"setting `{where}`: is not a setting"
            continue
        yield from _value(structs, keys[key].type, inner, where, partial)
    for key, known in keys.items():
        if known.required and key not in value and not partial:
            # A table whose own keys all have defaults is made by nobody but named by none.
            if known.type in structs.found and not any(inner.required for inner in structs.found[known.type].values()):
                continue
            yield f"setting `{path}{key}`: is required and set nowhere"


def _value(structs, kind, value, where, partial):
    table = re.fullmatch(r"BTreeMap<Role, (\w+)>", kind)
    if table:
        for role, inner in value.items():
            if role not in (*ROLES, "operator"):
                yield f"setting `{where}.{role}`: there is no such role"
            elif table[1] in structs.found:
                yield from _walk(structs, table[1], inner, f"{where}.{role}.", partial)
    elif kind in structs.found:
        if isinstance(value, dict):
            yield from _walk(structs, kind, value, f"{where}.", partial)
        else:
            yield f"setting `{where}`: must be a table"
    elif bounds := _range(kind):
        least, most = bounds
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            yield f"setting `{where}`: {value!r} is not a number from {least} to {most}"
    elif kind in ("String", "PathBuf") and not isinstance(value, str):
        yield f"setting `{where}`: {value!r} is not a text"
    elif kind == "SocketAddr" and not re.fullmatch(r"(\d+(\.\d+){3}|\[[0-9a-f:]+\]):\d+", str(value)):
        yield f"setting `{where}`: {value!r} is not an address and port"


def _range(kind):
    plain = {"NonZeroU32": (1, 2**32 - 1), "u16": (0, 2**16 - 1)}
    bounds = RANGE.fullmatch(kind)
    return tuple(int(bound.replace("_", "")) for bound in bounds.groups()) if bounds else plain.get(kind)


def _merge(below, above):
    if isinstance(below, dict) and isinstance(above, dict):
        return below | {key: _merge(below.get(key), value) for key, value in above.items()}
    return above


def _nest(path, value):
    for key in reversed(path):
        value = {key: value}
    return value


def _parse(text):
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    return {"true": True, "false": False}.get(text, text)
