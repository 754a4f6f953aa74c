"""What Plimsoll is made of: a CycloneDX bill of materials of a package and all it needs, from what is installed.

Plain JSON, the same each time on the same installation. https://cyclonedx.org/docs/1.6/json/
"""

import json
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

SPECIFICATION = "1.6"

LONGEST = 80
"""Characters of a licence's name; some packages write its whole text in the place of it."""


def render(package: str = "plimsoll") -> str:
    """The file's text.

    What is needed and not installed stands nowhere: it is no part of what runs.

    Raises:
        PackageNotFoundError: the package itself is not installed.
    """
    needs = _closure(package)
    root = canonicalize_name(package)
    made = {name: _component(distribution(name)) for name in sorted(needs)}
    told = {
        "bomFormat": "CycloneDX",
        "specVersion": SPECIFICATION,
        "version": 1,
        "metadata": {"component": {**made[root], "type": "application"}},
        "components": [component for name, component in made.items() if name != root],
        "dependencies": [
            {"ref": made[name]["bom-ref"], "dependsOn": sorted(made[other]["bom-ref"] for other in needs[name])}
            for name in made
        ],
    }
    return json.dumps(told, indent=1) + "\n"


def _closure(package: str) -> dict[str, set[str]]:
    """Every distribution that the package needs, itself included, and what each needs of the others, by canonical name."""
    needs: dict[str, set[str]] = {}
    asked: set[tuple[str, str]] = set()
    left = [(canonicalize_name(package), "")]
    while left:
        name, extra = left.pop()
        if (name, extra) in asked:
            continue
        asked.add((name, extra))
        needs.setdefault(name, set())
        for requirement in _required(distribution(name), extra):
            other = canonicalize_name(requirement.name)
            if _is_installed(other):
                needs[name].add(other)
                left += ((other, each) for each in ("", *sorted(requirement.extras)))
    return needs


def _required(of: Distribution, extra: str) -> Iterator[Requirement]:
    """What it needs here, with this extra or, of none, always."""
    for line in of.requires or ():
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            yield requirement


def _is_installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True


def _component(of: Distribution) -> dict[str, Any]:
    name = canonicalize_name(of.metadata["Name"])
    address = f"pkg:pypi/{name}@{of.version}"
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": address,
        "name": of.metadata["Name"],
        "version": of.version,
        "purl": address,
    }
    return component | ({"licenses": told} if (told := list(_licences(of))) else {})


def _licences(of: Distribution) -> Iterator[dict[str, Any]]:
    """As the package itself states them: one expression (PEP 639), else the names of its classifiers, else its own words."""
    if expressions := of.metadata.get_all("License-Expression"):
        yield {"expression": expressions[0]}
        return
    classifiers = [each for each in of.metadata.get_all("Classifier") or () if each.startswith("License :: ")]
    stated = [each for each in of.metadata.get_all("License") or () if 0 < len(each) <= LONGEST and "\n" not in each]
    for name in [each.rpartition(" :: ")[2] for each in classifiers] or stated:
        yield {"license": {"name": name}}
