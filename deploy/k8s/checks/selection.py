"""Who chooses whom: selectors, ports, routes."""

from __future__ import annotations

from collections.abc import Iterator

from deploy.k8s.checks.manifests import Manifest, Manifests, Workload, selects

EMPTY_ON_PURPOSE = "not-public"
OURS = ("incident-api", "dispatcher", "escalation")
TO_DISPATCHER = ("/callbacks", "/unsubscribe", "/l")
KEPT_INSIDE = ("/metrics", "/livez", "/readyz")


def problems(manifests: Manifests) -> list[str]:
    return [
        *_deployments_choose_their_own_pods(manifests),
        *_services(manifests),
        *_budgets_and_autoscalers(manifests),
        *_policies(manifests),
        *_routes(manifests),
        *_probes(manifests),
    ]


def _deployments_choose_their_own_pods(manifests: Manifests) -> Iterator[str]:
    for deployment in manifests.kind("Deployment"):
        workload = Workload(deployment)
        if not selects(deployment["spec"]["selector"], workload.labels):
            yield f"{workload.name} does not select its own pods"


def _services(manifests: Manifests) -> Iterator[str]:
    for service in manifests.kind("Service"):
        name = service["metadata"]["name"]
        if name == EMPTY_ON_PURPOSE:
            continue
        chosen = [one for one in manifests.workloads() if _chosen(service, one)]
        if [one.manifest["kind"] for one in chosen] != ["Deployment"]:
            found = ", ".join(one.name for one in chosen) or "nothing"
            yield f"Service {name} selects {found}, not one Deployment"
            continue
        for port in service["spec"]["ports"]:
            if port["targetPort"] not in chosen[0].ports():
                yield f"Service {name}: {chosen[0].name} has no port {port['targetPort']!r}"


def _chosen(service: Manifest, workload: Workload) -> bool:
    return selects(service["spec"]["selector"], workload.labels)


def _budgets_and_autoscalers(manifests: Manifests) -> Iterator[str]:
    for budget in manifests.kind("PodDisruptionBudget"):
        name = budget["metadata"]["name"]
        chosen = [
            one for one in manifests.workloads() if selects(budget["spec"]["selector"], one.labels)
        ]
        if [one.manifest["kind"] for one in chosen] != ["Deployment"]:
            yield f"PodDisruptionBudget {name} does not select one Deployment"
        if "maxUnavailable" not in budget["spec"]:
            yield f"PodDisruptionBudget {name} can keep a node from being drained"
    for scaler in manifests.kind("HorizontalPodAutoscaler"):
        target = scaler["spec"]["scaleTargetRef"]
        deployment = manifests.find(target["kind"], target["name"])
        if deployment is None:
            yield f"HorizontalPodAutoscaler scales {target['name']}, which does not exist"
        elif "replicas" in deployment["spec"]:
            yield f"Deployment {target['name']} sets replicas, which its autoscaler owns"


def _policies(manifests: Manifests) -> Iterator[str]:
    for name in OURS:
        workloads = [one for one in manifests.workloads() if one.service == name]
        for workload in workloads:
            covering = [
                policy
                for policy in manifests.kind("NetworkPolicy")
                if selects(policy["spec"]["podSelector"], workload.labels)
            ]
            types = {kind for policy in covering for kind in policy["spec"]["policyTypes"]}
            if types != {"Ingress", "Egress"}:
                yield f"{workload.name}: no NetworkPolicy limits both what comes in and goes out"


def _routes(manifests: Manifests) -> Iterator[str]:
    for ingress in manifests.kind("Ingress"):
        secured = {host for entry in ingress["spec"]["tls"] for host in entry["hosts"]}
        for rule in ingress["spec"]["rules"]:
            if rule["host"] not in secured:
                yield f"Ingress: {rule['host']} has no TLS"
            for path in rule["http"]["paths"]:
                yield from _backend(manifests, rule["host"], path)
        public, short = ingress["spec"]["rules"]
        yield from _wanted(public, dict.fromkeys(TO_DISPATCHER, "dispatcher"))
        yield from _wanted(public, dict.fromkeys(KEPT_INSIDE, EMPTY_ON_PURPOSE))
        yield from _wanted(public, {"/": "incident-api"})
        yield from _wanted(short, {"/": "dispatcher"})


def _backend(manifests: Manifests, host: str, path: Manifest) -> Iterator[str]:
    backend = path["backend"]["service"]
    service = manifests.find("Service", backend["name"])
    ports = [port["name"] for port in service["spec"]["ports"]] if service else []
    if backend["port"]["name"] not in ports:
        place = f"{host}{path['path']}"
        yield f"Ingress: {place} leads to {backend['name']}:{backend['port']['name']}, not there"


def _wanted(rule: Manifest, routes: dict[str, str]) -> Iterator[str]:
    found = {path["path"]: path["backend"]["service"]["name"] for path in rule["http"]["paths"]}
    for path, service in routes.items():
        if found.get(path) != service:
            yield f"Ingress: {rule['host']}{path} leads to {found.get(path)}, not {service}"


def _probes(manifests: Manifests) -> Iterator[str]:
    for workload in manifests.workloads():
        for container in workload.containers:
            for kind in ("startupProbe", "livenessProbe", "readinessProbe"):
                probe = container.get(kind)
                if probe and probe["httpGet"]["port"] not in workload.ports():
                    yield f"{workload.name}: {kind} asks port {probe['httpGet']['port']!r}"
        if workload.service in OURS and workload.manifest["kind"] == "Deployment":
            [container] = workload.containers
            for kind, path in (("livenessProbe", "/livez"), ("readinessProbe", "/readyz")):
                if container.get(kind, {}).get("httpGet", {}).get("path") != path:
                    yield f"{workload.name}: {kind} does not ask {path}"
