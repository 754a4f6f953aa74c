"""The sandbox from outside: boto3 as anybody would use it, and the control addresses."""

import json
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

ONCE = Config(retries={"total_max_attempts": 1}, read_timeout=20)


@dataclass(frozen=True)
class Outside:
    url: str

    def client(self, service: str, region: str = "us-east-1") -> Any:
        return _client(self.url, service, region)

    def ask(self, method: str, name: str, body: bytes = b"") -> tuple[int, Any]:
        """Status and answer of a control address."""
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=20)
        connection.request(method, f"/__sandbox__/{name}", body)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())

    def get(self, name: str) -> Any:
        status, answer = self.ask("GET", name)
        assert status == 200, answer
        return answer

    def post(self, values: object) -> tuple[int, Any]:
        """Status and answer of setting knobs."""
        return self.ask("POST", "faults", values if isinstance(values, bytes) else json.dumps(values).encode())

    def fault(self, **rule: object) -> None:
        """Set one rule of the fault layer."""
        status, answer = self.post({"api": [rule]})
        assert status == 200, answer

    def set(self, **knobs: object) -> None:
        """Set knobs."""
        status, answer = self.post(knobs)
        assert status == 200, answer

    def calls(self) -> list[tuple[str, str]]:
        """Service and action of every call so far."""
        return [(call["service"], call["action"]) for call in self.get("calls")["calls"]]


@cache
def _client(url: str, service: str, region: str) -> Any:
    made = boto3.client(
        service,
        region_name=region,
        endpoint_url=url,
        aws_access_key_id="AKIATEST",
        aws_secret_access_key="test",
        config=ONCE,
    )
    made.meta.events.register("after-call.*.*", has_its_shape)
    return made


def has_its_shape(parsed: dict[str, Any], model: Any, http_response: Any, **_: Any) -> None:
    """An answer holds what the service model says, in the types it says."""
    if http_response.status_code >= 300 or model.output_shape is None:
        return
    members = {name: value for name, value in parsed.items() if name != "ResponseMetadata"}
    report = ParamValidator().validate(members, model.output_shape)
    assert not report.has_errors(), f"{model.name}: {report.generate_report()}"


def refused(call: Any, **request: Any) -> tuple[str, str]:
    """Code and message of the error that a call is answered with."""
    try:
        call(**request)
    except ClientError as error:
        found = error.response["Error"]
        return found["Code"], found["Message"]
    raise AssertionError(f"{call.__name__} was accepted")
