"""The application behind the load balancer: on loopback, over HTTPS."""

import base64
import http.client
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.application import API, HEALTH, TOKEN, Application, serving
from tests.sandbox.conformance import conformance
from tests.sandbox.conformance.cloud import Cloud

GROUP = {
    "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
    "Web": {
        "Type": "AWS::ElasticLoadBalancingV2::TargetGroup",
        "Properties": {
            "TargetType": "ip",
            "Port": 80,
            "Protocol": "HTTP",
            "VpcId": {"Ref": "Vpc"},
            "Targets": [{"Id": "10.0.0.5", "Port": 80}],
        },
    },
}
SIGNED = {"Authorization": f"Basic {base64.b64encode(f'{TOKEN}:'.encode()).decode()}"}


@pytest.fixture
def application(cloud: Cloud, tmp_path: Path) -> Iterator[Application]:
    with serving(cloud.knobs, tmp_path) as served:
        cloud.create("codeocean", GROUP, Metadata={"CodeOcean::VersionInfo": {"Version": "v4.1.0"}})
        yield served


def status(application: Application, path: str, **headers: str) -> int:
    trust = ssl.create_default_context(cafile=application.bundle)
    connection = http.client.HTTPSConnection("127.0.0.1", application.server_port, context=trust, timeout=10)
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse().status
    connection.close()
    return answer


@conformance("simplifies", "Application")
def test_health(cloud: Cloud, application: Application) -> None:
    """What stands behind the load balancer answers on loopback, over HTTPS with an authority of its own: well while all targets are healthy, or with the status of the knob `answer`."""
    assert [status(application, path) for path in (*HEALTH, "/other")] == [200, 200, 404]
    cloud.knobs.set({"targets": {"Web": "unhealthy"}})
    assert status(application, HEALTH[0]) == 503
    cloud.knobs.set({"answer": 502})
    assert status(application, HEALTH[0]) == 502


@conformance("emulates", "Application")
def test_version(application: Application) -> None:
    """With the token a request is refused (400) whose Min-Server-Version is newer than the version mark of the deployed template."""
    assert status(application, API) == 401
    wanted = {"4.0.9": 200, "4.1.0": 200, "4.1.1": 400, "4.10.0": 400, "not a version": 400}
    assert {each: status(application, API, Min_Server_Version=each, **SIGNED) for each in wanted} == wanted
