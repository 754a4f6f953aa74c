import json
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft7Validator
from referencing import Registry, Resource

from reports import sbom

SCHEMAS = files("cyclonedx") / "schema" / "_res"


def schema(name: str) -> Any:
    return json.loads((SCHEMAS / f"{name}.SNAPSHOT.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def cyclonedx() -> Draft7Validator:
    others = {schema(name)["$id"]: Resource.from_contents(schema(name)) for name in ("spdx", "jsf-0.82")}
    return Draft7Validator(schema(f"bom-{sbom.SPECIFICATION}"), registry=Registry().with_resources(others.items()))


@pytest.fixture(scope="module")
def bill() -> dict[str, Any]:
    told: dict[str, Any] = json.loads(sbom.render())
    return told


def test_it_is_what_the_schema_allows(cyclonedx: Draft7Validator, bill: dict[str, Any]) -> None:
    assert [error.message for error in cyclonedx.iter_errors(bill)] == []


def test_the_schema_would_tell(cyclonedx: Draft7Validator, bill: dict[str, Any]) -> None:
    spoilt = {**bill, "components": [{"name": "x"}], "more": 1}

    assert {error.validator for error in cyclonedx.iter_errors(spoilt)} >= {"required", "additionalProperties"}


def test_all_that_a_gate_needs_is_named_and_nothing_of_the_extras(bill: dict[str, Any]) -> None:
    found = {each["name"].lower(): each["version"] for each in bill["components"]}

    assert {"pytest", "boto3", "botocore", "pydantic", "cfn-lint", "securesystemslib", "cryptography"} <= set(found)
    assert not {"moto", "mypy", "ruff"} & set(found)
    assert found["pytest"] == version("pytest")
    assert bill["metadata"]["component"]["name"] == "plimsoll"


def test_every_dependency_is_a_component(bill: dict[str, Any]) -> None:
    refs = {each["bom-ref"] for each in bill["components"]} | {bill["metadata"]["component"]["bom-ref"]}

    assert {each["ref"] for each in bill["dependencies"]} == refs
    assert {other for each in bill["dependencies"] for other in each["dependsOn"]} <= refs
    direct = next(each for each in bill["dependencies"] if each["ref"].startswith("pkg:pypi/plimsoll@"))
    assert f"pkg:pypi/pydantic@{version('pydantic')}" in direct["dependsOn"]


def test_an_extra_that_is_asked_for_counts(bill: dict[str, Any]) -> None:
    of = {each["ref"].rpartition("/")[2].partition("@")[0]: each["dependsOn"] for each in bill["dependencies"]}

    assert f"pkg:pypi/cryptography@{version('cryptography')}" in of["securesystemslib"]


def test_the_same_installation_makes_the_same_bill() -> None:
    assert sbom.render() == sbom.render()


def test_what_is_not_installed_has_none() -> None:
    with pytest.raises(PackageNotFoundError):
        sbom.render("no-such-package-of-ours")
