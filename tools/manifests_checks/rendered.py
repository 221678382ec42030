"""Overlays as kustomize renders them, each document against the schema of its kind."""

import shutil
import subprocess

from .common import title

KUBERNETES = "1.37"
MISSING = (
    "kubectl is missing: its `kubectl kustomize` renders what is checked; "
    "install v1.27 or later from https://kubernetes.io/docs/tasks/tools/ and put it on PATH"
)


def render(folder, findings):
    """Returns the documents of a kustomization, or None if it does not render."""
    import yaml

    if not shutil.which("kubectl"):
        if f"k8s: {MISSING}" not in findings.wrong:
            findings.add("k8s", MISSING)
        return None
    result = subprocess.run(["kubectl", "kustomize", folder], text=True, capture_output=True, check=False)
    if result.returncode:
        findings.add(folder, f"does not render: {result.stderr.strip()}")
        return None
    return [document for document in yaml.safe_load_all(result.stdout) if document]


def check(documents, overlay, findings):
    import kubernetes_validate

    seen = set()
    for document in documents:
        name = (document.get("apiVersion"), title(document))
        if name in seen:
            findings.add(overlay, f"{title(document)}: is there twice")
        seen.add(name)
        try:
            kubernetes_validate.validate(document, KUBERNETES, strict=True)
            findings.checked += 1
        except kubernetes_validate.ValidationError as error:
            where = ".".join(str(step) for step in error.path)
            findings.add(overlay, f"{title(document)}: {where}: {error.message}")
        except kubernetes_validate.SchemaNotFoundError:
            findings.unknown.add(f"{document.get('apiVersion')} {document.get('kind')}")
