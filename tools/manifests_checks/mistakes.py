"""Deliberate mistakes: each check must find each of its own, and name file and field."""

import copy
import shutil

from . import bus, compose, rendered
from .common import ROOT, Findings, at, title


def find(documents, wanted):
    return next(document for document in documents if title(document) == wanted)


def put(document, path, value):
    """Sets, or with None removes, what lies at a path; `~` stands for a slash within a key."""
    *steps, last = [int(step) if step.isdigit() else step.replace("~", "/") for step in path.split("/")]
    for step in steps:
        document = document[step]
    if value is None:
        del document[last]
    else:
        document[last] = value


POD = "spec/template/spec"
ONE = f"{POD}/containers/0"
# In rendered documents: which, where, what instead, what must be said.
RENDERED = [
    ("Deployment posting", "spec/replcas", 2, "Deployment posting: spec: Additional properties are not allowed ('replcas' was unexpected)"),
    ("Deployment posting", f"{ONE}/readinessProbe/grpc/prot", 1, "'prot' was unexpected"),
    ("StatefulSet nats", f"{POD}/terminationGracePeriodSeconds", "60", "terminationGracePeriodSeconds: '60' is not"),
    ("NetworkPolicy posting", "spec/egress/0/ports/0/protocl", "TCP", "'protocl' was unexpected"),
    ("Namespace kindred", "metadata/labels/pod-security.kubernetes.io~enforce", "baseline", "pod-security.kubernetes.io/enforce: must be restricted"),
    ("Deployment membership", f"{POD}/hostNetwork", True, "spec.hostNetwork: must not be set"),
    ("Deployment membership", f"{POD}/securityContext/runAsUser", 0, "securityContext.runAsUser: must be a number other than 0"),
    ("Deployment membership", f"{ONE}/securityContext/runAsNonRoot", False, "securityContext.runAsNonRoot: must be true"),
    ("Deployment membership", f"{ONE}/securityContext/capabilities/drop", ["NET_RAW"], "capabilities.drop: must be [ALL]"),
    ("Deployment membership", f"{ONE}/securityContext/allowPrivilegeEscalation", None, "allowPrivilegeEscalation: must be false"),
    ("Deployment membership", f"{ONE}/securityContext/readOnlyRootFilesystem", None, "readOnlyRootFilesystem: must be true"),
    ("Deployment membership", f"{POD}/securityContext/seccompProfile", None, "seccompProfile.type: must be RuntimeDefault"),
    ("Job migrate", f"{POD}/initContainers/0/securityContext/privileged", True, "initContainers[migrate-membership].securityContext.privileged: must not be true"),
    ("StatefulSet postgres", f"{POD}/volumes/0", {"name": "run", "hostPath": {"path": "/"}}, "spec.volumes[run].hostPath"),
    ("StatefulSet nats", f"{ONE}/livenessProbe/httpGet/host", "127.0.0.1", "livenessProbe.httpGet.host: must not be set"),
    ("Deployment gateway", f"{ONE}/ports/0/hostPort", 80, "ports[web].hostPort: must not be set"),
    ("Deployment gateway", f"{POD}/automountServiceAccountToken", True, "spec.automountServiceAccountToken: must be false"),
    ("ServiceAccount gateway", "automountServiceAccountToken", None, "ServiceAccount gateway: automountServiceAccountToken: must be false"),
    ("Deployment gateway", "spec/strategy/rollingUpdate/maxUnavailable", 1, "maxUnavailable: must be 0"),
    ("Deployment posting", f"{POD}/terminationGracePeriodSeconds", 30, "terminationGracePeriodSeconds: must be 60"),
    ("Deployment posting", f"{ONE}/lifecycle", None, "lifecycle.preStop.sleep.seconds: must be 5"),
    ("Deployment posting", f"{ONE}/livenessProbe", None, "livenessProbe: must ask in exactly one way"),
    ("Deployment posting", f"{ONE}/livenessProbe/grpc/service", "readiness", "livenessProbe.grpc.service: must be `liveness`"),
    ("Deployment posting", f"{ONE}/readinessProbe/grpc/port", 8082, "readinessProbe.grpc.port: the container has no port `8082`"),
    ("Deployment posting", f"{ONE}/resources/limits/memory", None, "resources.limits.memory: must be set"),
    ("Deployment posting", f"{ONE}/image", "kindred:latest", "image: `kindred:latest`"),
    ("Deployment posting", f"{POD}/serviceAccountName", "poster", "there is no ServiceAccount `poster`"),
    ("Deployment posting", f"{POD}/volumes/0/configMap/name", "posting", "there is no ConfigMap `posting`"),
    ("Deployment posting", f"{POD}/volumes/1/projected/sources/0/secret/name", "poster", "makes nothing for a Secret `poster`"),
    ("StatefulSet nats", f"{POD}/volumes/0/projected/sources/2/secret/items/0/key", "tls.crv", "makes no `tls.crv` for Secret `nats-tls`"),
    ("Service posting", "spec/selector/app.kubernetes.io~name", "poster", "Service posting: spec.selector: no pod has"),
    ("Service posting", "spec/ports/0/targetPort", "grcp", "the pods have no port `grcp`"),
    ("PodDisruptionBudget posting", "metadata/name", "poster", "there is no PodDisruptionBudget `posting`"),
    ("NetworkPolicy refuse-all", "spec/policyTypes", ["Ingress"], "NetworkPolicy refuse-all: spec: must select every pod"),
    ("NetworkPolicy posting", "spec/egress/0", None, "NetworkPolicy posting: spec.egress: `posting` cannot reach `membership` on port 8443"),
    ("NetworkPolicy postgres", "spec/ingress/0/from/1", None, "NetworkPolicy postgres: spec.ingress: `posting` cannot reach `postgres`"),
    ("StatefulSet matching", f"{ONE}/env/1", {"name": "KINDRED__PEERS__MATCHING__REPLICAS__COUNT", "value": "3"}, "StatefulSet matching: REPLICAS__COUNT says 3, and StatefulSet matching has 1"),
    ("Deployment gateway", f"{ONE}/env", [{"name": "KINDRED__MATCHING__REPLICAS__COUNT", "value": "1"}], "StatefulSet matching and those who ask it must be told the same REPLICAS"),
    ("StatefulSet matching", f"{ONE}/lifecycle", None, "lifecycle.preStop.sleep.seconds: must be 5"),
    ("NetworkPolicy nats", "spec/ingress/0/ports/0/port", 4223, "spec.ingress: `migrate` cannot reach `nats` on port 4222"),
]
# In settings files: whose, what, what instead, what must be said.
SETTINGS = [
    ("posting", "url_file", "urlfile", "setting `database.urlfile`: is not a setting"),
    ("posting", "[position]", "[positions]", "setting `positions`: is not a setting"),
    ("posting", "signing_key_file", "# ", "setting `identity.signing_key_file`: is required and set nowhere"),
    ("posting", "shutdown_grace_secs = 40", "shutdown_grace_secs = 4000", "setting `server.shutdown_grace_secs`: 4000 is not a number from 1 to 600"),
    ("posting", '"0.0.0.0:8081"', '"0.0.0.0"', "setting `server.health_listen`: '0.0.0.0' is not an address and port"),
    ("posting", "[peers.membership]", "[peers.member]", "setting `peers.member`: there is no such role"),
    ("posting", "[peers.membership", "[peers.notification", "setting `peers.membership`: is required and set nowhere"),
    ("posting", "[peers.matching", "[peers.notification", "setting `peers.matching`: is required and set nowhere"),
    ("posting", "[peers.membership", "[peers.notification", "setting `peers.notification`: is set, but posting never calls it"),
    ("posting", "client_ca_file", "client_authority_file", "setting `server.tls.client_authority_file`: is not a setting"),
    ("posting", "nats-password", "nats-pasword", "names the secret `nats-pasword`"),
    ("matching", "server_name", "servername", "setting `peers.matching.tls.servername`: is not a setting"),
    ("membership", "root_key_file", "rootkey_file", "setting `service.rootkey_file`: is not a setting"),
    ("gateway", "shutdown_grace_secs = 40", 'shutdown_grace_secs = "40"', "setting `http.shutdown_grace_secs`: '40' is not a number"),
    ("gateway", "[http]", "[http", "is not TOML"),
]
# In files of a folder that is copied: file, what, what instead, what must be said.
BUS = [
    ("users.conf", '"es.posting.>"', '"es.>"', "user `posting`: lacks \"es.posting.>\""),
    ("users.conf", '"es.posting.>"', '"es.posting.>"\n"$JS.API.STREAM.PURGE.EVT_POSTING"', "user `posting`: is let through with a publish to $JS.API.STREAM.PURGE.EVT_POSTING"),
    ("users.conf", '"_INBOX_matching.>"', '">"', "user `matching`: is let through with a subscription to _INBOX_admin.>"),
    ("users.conf", '"$JS.API.STREAM.INFO.EVT_POSTING"', "", "user `notification`: is refused a publish to $JS.API.STREAM.INFO.EVT_POSTING"),
    ("users.conf", "user: admin", "user: root", "user `root`: is one too many"),
    ("nats.conf", "sync_interval: always", "sync_interval: 2m", "jetstream.sync_interval: must be always"),
    ("nats.conf", "max_payload: 512KB", "max_payload: 256KB", "max_payload: must be given in KB"),
    ("nats.conf", "max_payload", "max_paylod", 'unknown field "max_paylod"'),
    ("nats.conf", "tls.crt", "tls.cert", "tls.cert"),
    ("cluster.conf", "routes: [", "route: [", 'unknown field "route"'),
]
COMPOSE = [
    ("read_only: true", "read_only: false", "services.nats.read_only: must be true"),
    ("cap_drop: [ALL]", "cap_drop: []", "services.nats.cap_drop: must be [ALL]"),
    ("no-new-privileges:true", "no-new-privileges:false", "security_opt: must hold no-new-privileges:true"),
    ("./nats/users.conf", "./nats/user.conf", "services.nats.volumes: there is no file `./nats/user.conf`"),
    ("./secrets/posting:", "./secrets/poster:", "services.posting.volumes: deploy/make-secrets does not make `./secrets/poster`"),
    ("KINDRED__HTTP__PUBLIC_URL", "KINDRED__HTTP__PUBLIC_ADDRESS", "services.gateway: variable KINDRED__HTTP__PUBLIC_ADDRESS: setting `http.public_address`: is not a setting"),
    ("  matching:\n", "  matcher:\n", "services: there is no `matching`"),
    ("[serve, posting,", "[serve, poster,", "services.posting.command: must serve `posting`"),
    ("streams: {condition", "stream: {condition", "depends_on: there is no `stream`"),
]


class Tally:
    """How many mistakes were made, and which were not found."""

    def __init__(self):
        self.made, self.missed = 0, []

    def expect(self, findings, mistake, said):
        self.made += 1
        if not any(said in wrong for wrong in findings.wrong):
            self.missed.append(f"{mistake}: nothing says {said!r}, but only {findings.wrong}")


def run(work, manifests):
    """Makes every mistake; returns the exit code."""
    tally = Tally()
    secrets, trusted = manifests.make_secrets(work / "secrets")
    overlay = ROOT / "k8s/overlays/dev"
    documents = rendered.render(overlay, findings := Findings())
    if documents is None:
        print("\n".join(findings.wrong))
        return 1
    _rendered(documents, secrets, manifests, tally)
    _settings(documents, secrets, manifests, tally)
    _bus(work, tally)
    _compose(work, secrets, trusted, tally)
    _files(work, manifests, tally)
    for missed in tally.missed:
        print(f"NOT FOUND: {missed}")
    print(f"{tally.made - len(tally.missed)} of {tally.made} deliberate mistakes were found and named")
    return 1 if tally.missed else 0


def _rendered(documents, secrets, manifests, tally):
    for name, path, value, said in RENDERED:
        wrong = copy.deepcopy(documents)
        put(find(wrong, name), path, value)
        # Schemas are slow, and the other documents are as they were.
        changed = [document for document, before in zip(wrong, documents) if document != before]
        findings = Findings()
        rendered.check(changed, "dev", findings)
        manifests.check_names(wrong, "dev", secrets, False, findings)
        tally.expect(findings, f"{name}: {path} = {value}", said)
    findings = Findings()
    manifests.check_names(documents, "production", secrets, True, findings)
    tally.expect(findings, "an image by tag in production", "is not named by registry and digest")
    findings = Findings()
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "x"}, "stringData": {"a": "b"}}
    manifests.check_names([*documents, secret], "dev", secrets, False, findings)
    tally.expect(findings, "a secret among the manifests", "Secret x: a secret's values have no place in the repository")


def _settings(documents, secrets, manifests, tally):
    for role, what, instead, said in SETTINGS:
        wrong = copy.deepcopy(documents)
        for document in wrong:
            data = at(document, "data") if document["kind"] == "ConfigMap" else None
            if data and f"{role}.toml" in data:
                data[f"{role}.toml"] = _replaced(data[f"{role}.toml"], what, instead)
        findings = Findings()
        manifests.settings.check(wrong, "dev", secrets, findings)
        tally.expect(findings, f"{role}.toml: {instead}", said)
        tally.expect(findings, f"{role}.toml: {instead}", f"ConfigMap {role}: {role}.toml")


def _replaced(text, what, instead):
    if what not in text:
        raise AssertionError(f"the mistake in `{what}` can no longer be made")
    return text.replace(what, instead)


def _bus(work, tally):
    for index, (file, what, instead, said) in enumerate(BUS):
        folder = work / f"bus-{index}"
        shutil.copytree(bus.FOLDER, folder)
        (folder / file).write_text(_replaced((folder / file).read_text(), what, instead))
        findings = Findings()
        bus.check_users(folder / "users.conf", findings)
        if "let through" in said or "is refused" in said:
            bus.check_running(work / "secrets/nats", findings, folder)
        else:
            bus.check_files(work / "secrets/nats", findings, folder)
        tally.expect(findings, f"{file}: {instead}", said)


def _compose(work, secrets, trusted, tally):
    folder = work / "deploy"
    shutil.copytree(ROOT / "deploy", folder, ignore=shutil.ignore_patterns("secrets", "data", "demo"))
    shutil.copytree(ROOT / "k8s", work / "k8s")
    for what, instead, said in COMPOSE:
        path = folder / "compose.yaml"
        path.write_text(_replaced((ROOT / "deploy/compose.yaml").read_text(), what, instead))
        findings = Findings()
        compose.check(path, secrets, trusted, findings)
        tally.expect(findings, f"compose.yaml: {instead}", said)


def _files(work, manifests, tally):
    """Kustomizations, what they name, and the Dockerfile."""
    base = work / "k8s/base"
    (base / "posting/forgotten.yaml").write_text("kind: ConfigMap\n")
    kustomization = base / "matching/kustomization.yaml"
    kustomization.write_text(_replaced(kustomization.read_text(), "service.yaml", "services.yaml"))
    findings = Findings()
    manifests.check_kustomizations([work / "k8s", work / "deploy"], findings)
    tally.expect(findings, "a manifest that nobody names", "forgotten.yaml: is named by no kustomization")
    tally.expect(findings, "a name of nothing", "names `services.yaml`, which does not exist")
    rendered.render(work / "k8s/overlays/dev", findings)
    tally.expect(findings, "a name of nothing", "overlays/dev: does not render")
    dockerfile = work / "Dockerfile"
    dockerfile.write_text(_replaced((ROOT / "deploy/Dockerfile").read_text(), "USER 10001:10001", "USER root"))
    manifests.check_dockerfile(dockerfile, findings)
    tally.expect(findings, "an image that runs as root", "DL3002")
