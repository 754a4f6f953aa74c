"""The demo's own templates: valid, in pairs that differ as releases do, and named as the vendor names things."""

import os
from pathlib import Path
from typing import Any

import pytest
from cfnlint.api import ManualArgs, lint

from sandbox.scenarios.stage import TEMPLATES
from sandbox.template.load import load

VENDOR = Path(os.environ.get("PLIMSOLL_VENDOR_TEMPLATES") or Path(__file__).parents[3] / "shared" / "vendor")
OURS = sorted(path.stem for path in TEMPLATES.glob("*.yaml"))


def body(name: str) -> dict[str, Any]:
    return load((TEMPLATES / f"{name}.yaml").read_text())


@pytest.mark.parametrize("name", OURS)
def test_cfn_lint_finds_no_error(name: str) -> None:
    found = lint((TEMPLATES / f"{name}.yaml").read_text(), config=ManualArgs(regions=["us-east-1"]))

    assert [str(match) for match in found if match.rule.severity == "error"] == []


@pytest.mark.parametrize("name", OURS)
def test_the_version_mark_is_that_of_the_file_name(name: str) -> None:
    assert body(name)["Metadata"]["CodeOcean::VersionInfo"]["Version"] == "v" + name.rpartition("-v")[2]


def test_the_release_is_small_and_changes_what_releases_change() -> None:
    old, new = body("codeocean-v4.0.0"), body("codeocean-v4.1.0")
    added = new["Parameters"].keys() - old["Parameters"].keys()

    assert 30 <= len(new["Resources"]) <= 60
    assert [new["Parameters"][name].get("Default", "") != "" for name in added] == [True]
    assert len(new["Resources"].keys() - old["Resources"].keys()) == 1
    assert len(old["Resources"].keys() - new["Resources"].keys()) == 1
    assert old["Mappings"]["AMIs"].keys() == new["Mappings"]["AMIs"].keys()
    assert all(new["Mappings"]["AMIs"][region] != image for region, image in old["Mappings"]["AMIs"].items())


def grants(name: str) -> set[str]:
    """Every action that a role template's policies name."""
    found: set[str] = set()
    for resource in body(name)["Resources"].values():
        properties = resource["Properties"]
        documents = [policy["PolicyDocument"] for policy in properties.get("Policies", [])]
        for document in [*documents, *filter(None, [properties.get("PolicyDocument")])]:
            for statement in document["Statement"]:
                actions = statement["Action"]
                found.update([actions] if isinstance(actions, str) else actions)
    return found


def test_the_targets_role_grants_a_bit_more() -> None:
    old, new = (grants(f"codeocean-least-privileged-role-{version}") for version in ("v4.0.0", "v4.1.0"))

    assert old < new


@pytest.mark.vendor
@pytest.mark.skipif(not VENDOR.is_dir(), reason=f"no vendor templates in {VENDOR}")
def test_names_and_types_are_the_vendors() -> None:
    new, vendors = body("codeocean-v4.1.0"), load((VENDOR / "codeocean-v3.8.2.template.yaml").read_text())
    types = {name: resource["Type"] for name, resource in new["Resources"].items()}

    assert new["Parameters"].keys() <= vendors["Parameters"].keys()
    assert types.items() <= {name: resource["Type"] for name, resource in vendors["Resources"].items()}.items()
