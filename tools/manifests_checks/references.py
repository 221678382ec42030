"""That what manifests name is there: accounts, settings, secrets, ports, pods, and for each
call that settings make possible a way through both network policies."""

import re
import tomllib

from .common import ROLES, at, containers, pod, title

NAME = "app.kubernetes.io/name"


def check(documents, overlay, secrets, production, findings):
    """`secrets` maps each Secret that deploy/make-secrets stands for to its keys."""
    known = {(document["kind"], at(document, "metadata.name")): document for document in documents}
    pods = {at(pod(document), "metadata.labels", {}).get(NAME): document for document in documents if pod(document)}
    for document in documents:
        for problem in [
            *_workload(document, known, secrets),
            *_images(document, production),
            *_selectors(document, pods),
        ]:
            findings.add(overlay, f"{title(document)}: {problem}")
    for problem in [*_complete(known, pods), *_edges(documents, pods), *_replicas(documents)]:
        findings.add(overlay, problem)


def _workload(document, known, secrets):
    template = pod(document)
    if template is None:
        return
    account = at(template, "spec.serviceAccountName")
    if ("ServiceAccount", account) not in known:
        yield f"spec.serviceAccountName: there is no ServiceAccount `{account}`"
    volumes = {volume["name"] for volume in at(template, "spec.volumes", [])}
    volumes |= {claim["metadata"]["name"] for claim in at(document, "spec.volumeClaimTemplates", [])}
    for volume in at(template, "spec.volumes", []):
        for source in [volume, *at(volume, "projected.sources", [])]:
            yield from _source(f"spec.volumes[{volume['name']}]", source, known, secrets)
    for path, container in containers(template):
        ports = {port.get("name") for port in container.get("ports", [])} | {port["containerPort"] for port in container.get("ports", [])}
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            for kind in ("grpc", "httpGet", "tcpSocket"):
                port = at(container, f"{probe}.{kind}.port")
                if port is not None and port not in ports:
                    yield f"{path}.{probe}.{kind}.port: the container has no port `{port}`"
        for mount in container.get("volumeMounts", []):
            if mount["name"] not in volumes:
                yield f"{path}.volumeMounts[{mount['name']}]: there is no such volume"
        for source in container.get("envFrom", []):
            name = at(source, "configMapRef.name")
            # Made from deploy/make-secrets' file beside the Secrets.
            if name and name != "trusted-keys" and ("ConfigMap", name) not in known:
                yield f"{path}.envFrom: there is no ConfigMap `{name}`"


def _source(path, source, known, secrets):
    name = at(source, "configMap.name")
    if name:
        data = at(known.get(("ConfigMap", name), {}), "data")
        if data is None:
            yield f"{path}.configMap: there is no ConfigMap `{name}`"
        for item in at(source, "configMap.items", []):
            if data is not None and item["key"] not in data:
                yield f"{path}.configMap.items: ConfigMap `{name}` has no `{item['key']}`"
    name = at(source, "secret.secretName", at(source, "secret.name"))
    if name and name not in secrets:
        yield f"{path}.secret: deploy/make-secrets makes nothing for a Secret `{name}`"
    for item in at(source, "secret.items", []) if name in secrets else []:
        if item["key"] not in secrets[name]:
            yield f"{path}.secret.items: deploy/make-secrets makes no `{item['key']}` for Secret `{name}`"


def _images(document, production):
    for path, container in containers(pod(document) or {}):
        image = container.get("image", "")
        if production and not re.fullmatch(r"[^@\s]+/[^@\s]+@sha256:[0-9a-f]{64}", image):
            yield f"{path}.image: `{image}` is not named by registry and digest"
        if not production and (":" not in image or image.endswith(":latest")):
            yield f"{path}.image: `{image}` has no tag"


def _selectors(document, pods):
    selector = {"Service": "spec.selector", "PodDisruptionBudget": "spec.selector.matchLabels"}.get(document["kind"])
    if not selector:
        return
    name = at(document, selector, {}).get(NAME)
    if name not in pods:
        yield f"{selector}: no pod has {NAME} `{name}`"
        return
    ports = {port.get("name") for _, container in containers(pod(pods[name])) for port in container.get("ports", [])}
    for port in at(document, "spec.ports", []):
        target = port.get("targetPort")
        if isinstance(target, str) and target not in ports:
            yield f"spec.ports[{port['name']}].targetPort: the pods have no port `{target}`"


def _complete(known, pods):
    for role in ROLES:
        if ("Deployment", role) not in known and ("StatefulSet", role) not in known:
            yield f"there is no Deployment or StatefulSet `{role}`"
        for kind in ("Service", "ServiceAccount", "PodDisruptionBudget", "NetworkPolicy"):
            if (kind, role) not in known:
                yield f"there is no {kind} `{role}`"
    for name in pods:
        if ("NetworkPolicy", name) not in known:
            yield f"there is no NetworkPolicy `{name}` for the pods of that name"
    default = at(known.get(("NetworkPolicy", "refuse-all"), {}), "spec", {})
    if default != {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}:
        yield "NetworkPolicy refuse-all: spec: must select every pod, for both ways, and allow nothing"


def _replicas(documents):
    """Whoever places tenants on replicas must know how many there are, and all the same."""
    there, told = {}, {}
    for document in documents:
        if document["kind"] == "StatefulSet":
            there[at(document, "metadata.name")] = at(document, "spec.replicas", 1)
        for _, container in containers(pod(document) or {}):
            for entry in container.get("env", []):
                setting = re.fullmatch(r"KINDRED__(?:PEERS__)?([A-Z]+)__REPLICAS__(\w+)", entry["name"])
                if setting:
                    told.setdefault(setting[1].lower(), {}).setdefault(title(document), {})[setting[2]] = entry.get("value")
    for role, tellers in told.items():
        for name, settings in tellers.items():
            if settings.get("COUNT") != str(there.get(role)):
                yield f"{name}: REPLICAS__COUNT says {settings.get('COUNT')}, and StatefulSet {role} has {there.get(role)}"
        if f"StatefulSet {role}" not in tellers or len({str(sorted(settings.items())) for settings in tellers.values()}) > 1:
            yield f"StatefulSet {role} and those who ask it must be told the same REPLICAS"


def needed(documents):
    """Yields each call that settings make possible: from, to, port."""
    for document in documents:
        for file, text in (at(document, "data", {}) or {}).items() if document["kind"] == "ConfigMap" else []:
            role = file.removesuffix(".toml")
            if role not in ROLES or not file.endswith(".toml"):
                continue
            settings = tomllib.loads(text)
            tables = settings.get("peers", {}) | {key: table for key, table in settings.items() if key in ROLES}
            for peer in tables.values():
                host = re.fullmatch(r"https://([a-z]+):(\d+)", peer["url"])
                if host:
                    yield role, host[1], int(host[2])
            for url in at(settings, "nats.urls", []):
                host = re.fullmatch(r"tls://([a-z]+):(\d+)", url)
                if host:
                    yield role, host[1], int(host[2])
            if "database" in settings:
                yield role, "postgres", 5432
    yield from [("migrate", "nats", 4222), ("migrate", "postgres", 5432)]


def _edges(documents, pods):
    policies = [document["spec"] for document in documents if document["kind"] == "NetworkPolicy"]
    labels = {name: at(pod(document), "metadata.labels") for name, document in pods.items()}
    for source, target, port in needed(documents):
        for way, own, other, peers in (("egress", source, target, "to"), ("ingress", target, source, "from")):
            if own not in labels or other not in labels:
                yield f"settings of `{source}` name `{target}`, of which there are no pods"
                break
            rules = [rule for policy in policies if _selects(policy["podSelector"], labels[own]) for rule in policy.get(way, [])]
            if not any(_allows(rule, peers, labels[other], port) for rule in rules):
                yield f"NetworkPolicy {own}: spec.{way}: `{source}` cannot reach `{target}` on port {port}"


def _allows(rule, peers, labels, port):
    through = any(_selects(peer["podSelector"], labels) for peer in rule.get(peers, []) if "podSelector" in peer and "namespaceSelector" not in peer)
    return through and port in [entry["port"] for entry in rule.get("ports", [])]


def _selects(selector, labels):
    exact = all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items())
    return exact and all(
        expression["operator"] == "In" and labels.get(expression["key"]) in expression["values"]
        for expression in selector.get("matchExpressions", [])
    )
