"""The renderer does what kustomize does, and refuses what it does not know."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.k8s.patching import Patch, PatchError, apply
from deploy.k8s.render import RenderError, main, render
from deploy.k8s.tests.overlay import HOME, OVERLAYS, rendered

Manifest = dict[str, Any]

JOB = """\
apiVersion: batch/v1
kind: Job
metadata: {name: migrate}
spec: {template: {spec: {containers: [{name: m, image: "host:5000/tocsin/api"}]}}}
"""


def folder(tmp_path: Path, kustomization: str) -> Path:
    (tmp_path / "job.yaml").write_text(JOB)
    (tmp_path / "kustomization.yaml").write_text(kustomization)
    return tmp_path


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="needs kubectl")
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_it_renders_as_kubectl_does(overlay: str) -> None:
    answer = subprocess.run(
        ["kubectl", "kustomize", str(HOME / "overlays" / overlay)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert by_name(yaml.safe_load_all(answer.stdout)) == by_name(rendered(overlay).all)


def by_name(manifests: Any) -> dict[tuple[str, str], Manifest]:
    return {(one["kind"], one["metadata"]["name"]): one for one in manifests}


def test_names_images_and_namespace(tmp_path: Path) -> None:
    [job] = render(
        folder(
            tmp_path,
            "resources: [job.yaml]\n"
            "namespace: tocsin\n"
            "nameSuffix: -0-2-0\n"
            "images: [{name: 'host:5000/tocsin/api', newName: other/api, newTag: 0.2.0}]\n",
        )
    )
    assert job["metadata"] == {"name": "migrate-0-2-0", "namespace": "tocsin"}
    assert job["spec"]["template"]["spec"]["containers"][0]["image"] == "other/api:0.2.0"


@pytest.mark.parametrize(
    ("kustomization", "says"),
    [
        ("resources: [nowhere.yaml]", "nowhere.yaml: no such file"),
        ("configMapGenerator: []", "configMapGenerator is not among what render.py knows"),
        (
            "resources: [job.yaml]\nlabels: [{pairs: {a: b}, includeSelectors: true}]",
            "only pairs without selectors",
        ),
    ],
)
def test_what_it_does_not_know_it_refuses(tmp_path: Path, kustomization: str, says: str) -> None:
    with pytest.raises(RenderError, match=says):
        render(folder(tmp_path, kustomization))


def test_the_command_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 1
    assert "no kustomization.yaml" in capsys.readouterr().err


def deployment() -> Manifest:
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "api", "annotations": {"a/b": "1"}},
        "spec": {"replicas": 2, "list": [1, 2]},
    }


def patched(content: Any, **target: str) -> Manifest:
    manifest = deployment()
    apply(Patch(content, target or None), [manifest])
    return manifest


def operation(op: str, path: str, value: object = None) -> Manifest:
    return {"op": op, "path": path, "value": value}


def test_a_merge_changes_maps_and_removes_nulls() -> None:
    change = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "api", "annotations": {"a/b": None, "c": "2"}},
    }
    assert patched(change)["metadata"]["annotations"] == {"c": "2"}


def test_a_json_patch_adds_replaces_and_removes() -> None:
    assert (
        patched([operation("replace", "/spec/replicas", 3)], kind="Deployment")["spec"]["replicas"]
        == 3
    )
    assert patched([operation("add", "/spec/list/-", 3)], name="api")["spec"]["list"] == [1, 2, 3]
    assert patched([operation("remove", "/spec/list/0")], name="a.*")["spec"]["list"] == [2]
    annotations = patched([operation("remove", "/metadata/annotations/a~1b")], name="api")
    assert annotations["metadata"]["annotations"] == {}


@pytest.mark.parametrize(
    ("content", "target", "says"),
    [
        ([operation("replace", "/spec/replicas", 3)], {"kind": "Job"}, "a patch fits nothing"),
        ([operation("replace", "/spec/replica", 3)], {"kind": "Deployment"}, "no 'replica'"),
        ([operation("move", "/spec/replicas")], {"kind": "Deployment"}, "'move' is not among"),
        ([operation("replace", "/spec/replicas", 3)], {}, "a JSON patch needs a target"),
        ({**deployment(), "spec": {"list": []}}, {}, "list: a list is changed by a JSON patch"),
    ],
)
def test_a_patch_that_would_do_nothing_or_too_much_is_refused(
    content: Any, target: dict[str, str], says: str
) -> None:
    with pytest.raises(PatchError, match=says):
        patched(content, **target)
