"""Pod Security `restricted`, as Kubernetes would refuse it, and what we ask for besides."""

from .common import ROLES, at, containers, pod, title

VOLUMES = {"configMap", "downwardAPI", "emptyDir", "projected", "secret", "csi", "persistentVolumeClaim", "ephemeral", "image"}
PROBES = ("startupProbe", "readinessProbe", "livenessProbe")
RUNTIME = ("RuntimeDefault", "Localhost")


def check(documents, overlay, findings):
    for document in documents:
        template = pod(document)
        if template is None:
            continue
        problems = [*_pod(template), *_ours(document, template)]
        for path, container in containers(template):
            problems += [f"{path}.{problem}" for problem in [*_container(template, container), *_limits(document, path, container)]]
        for problem in problems:
            findings.add(overlay, f"{title(document)}: {problem}")
    _namespaces(documents, overlay, findings)


def _pod(template):
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        if at(template, f"spec.{field}"):
            yield f"spec.{field}: must not be set"
    for volume in at(template, "spec.volumes", []):
        for kind in set(volume) - {"name"} - VOLUMES:
            yield f"spec.volumes[{volume['name']}].{kind}: this kind of volume is not `restricted`"
    if at(template, "spec.securityContext.sysctls"):
        yield "spec.securityContext.sysctls: must not be set"


def _container(template, container):
    """The `restricted` policy; a container's own field stands before the pod's."""
    security = container.get("securityContext", {})
    whole = at(template, "spec.securityContext", {})

    def effective(field):
        return security.get(field, whole.get(field))

    if effective("runAsNonRoot") is not True:
        yield "securityContext.runAsNonRoot: must be true"
    if effective("runAsUser") in (None, 0):
        yield "securityContext.runAsUser: must be a number other than 0"
    if security.get("allowPrivilegeEscalation") is not False:
        yield "securityContext.allowPrivilegeEscalation: must be false"
    if security.get("privileged"):
        yield "securityContext.privileged: must not be true"
    if at(security, "capabilities.drop") != ["ALL"]:
        yield "securityContext.capabilities.drop: must be [ALL]"
    if set(at(security, "capabilities.add", [])) - {"NET_BIND_SERVICE"}:
        yield "securityContext.capabilities.add: must be empty"
    if at({"s": effective("seccompProfile") or {}}, "s.type") not in RUNTIME:
        yield "securityContext.seccompProfile.type: must be RuntimeDefault"
    if security.get("procMount", "Default") != "Default":
        yield "securityContext.procMount: must be Default"
    for port in container.get("ports", []):
        if port.get("hostPort"):
            yield f"ports[{port.get('name')}].hostPort: must not be set"
    handlers = {name: container.get(name, {}) for name in PROBES}
    handlers |= {f"lifecycle.{name}": handler for name, handler in container.get("lifecycle", {}).items()}
    for name, handler in handlers.items():
        for kind in ("httpGet", "tcpSocket"):
            if at(handler, f"{kind}.host"):
                yield f"{name}.{kind}.host: must not be set"


def _ours(document, template):
    spec = template["spec"]
    if spec.get("automountServiceAccountToken") is not False:
        yield "spec.automountServiceAccountToken: must be false"
    if spec.get("serviceAccountName") in (None, "default"):
        yield "spec.serviceAccountName: must be an account of its own"
    if spec.get("enableServiceLinks") is not False:
        yield "spec.enableServiceLinks: must be false"
    if spec.get("terminationGracePeriodSeconds") != 60:
        yield "spec.terminationGracePeriodSeconds: must be 60"
    if document["kind"] == "Deployment" and at(document, "spec.strategy.rollingUpdate.maxUnavailable") != 0:
        yield "spec.strategy.rollingUpdate.maxUnavailable: must be 0"


def _limits(document, path, container):
    if at(container, "securityContext.readOnlyRootFilesystem") is not True:
        yield "securityContext.readOnlyRootFilesystem: must be true"
    for kind in ("requests", "limits"):
        for resource in ("cpu", "memory", "ephemeral-storage"):
            if at(container, f"resources.{kind}", {}).get(resource) is None:
                yield f"resources.{kind}.{resource}: must be set"
    if document["kind"] == "Job":
        return
    for probe in PROBES:
        handlers = set(container.get(probe, {})) & {"grpc", "httpGet", "exec", "tcpSocket"}
        if len(handlers) != 1:
            yield f"{probe}: must ask in exactly one way, not {sorted(handlers)}"
    if at(document, "metadata.name") in ROLES and at(container, "lifecycle.preStop.sleep.seconds") != 5:
        yield "lifecycle.preStop.sleep.seconds: must be 5"
    for probe, wanted in (("readinessProbe", "readiness"), ("livenessProbe", "liveness")):
        asked = at(container, f"{probe}.grpc")
        if asked and asked.get("service") != wanted:
            yield f"{probe}.grpc.service: must be `{wanted}`"


def _namespaces(documents, overlay, findings):
    for document in documents:
        if document.get("kind") == "Namespace":
            labels = at(document, "metadata.labels", {})
            for mode in ("enforce", "audit", "warn"):
                label = f"pod-security.kubernetes.io/{mode}"
                if labels.get(label) != "restricted":
                    findings.add(overlay, f"{title(document)}: metadata.labels.{label}: must be restricted")
        elif document.get("kind") == "ServiceAccount" and document.get("automountServiceAccountToken") is not False:
            findings.add(overlay, f"{title(document)}: automountServiceAccountToken: must be false")
        elif document.get("kind") == "Secret":
            findings.add(overlay, f"{title(document)}: a secret's values have no place in the repository")
