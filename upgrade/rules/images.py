"""Which machine images a template launches, for given parameter values. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from upgrade.facts.stack import Template
from upgrade.template.functions import Unresolved
from upgrade.template.resolve import NO_VALUE, Resolver

PATHS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "AWS::AutoScaling::LaunchConfiguration": (("ImageId",),),
    "AWS::Batch::ComputeEnvironment": (
        ("ComputeResources", "ImageId"),
        ("ComputeResources", "Ec2Configuration", "*", "ImageIdOverride"),
    ),
    "AWS::CloudFormation::Stack": (),
    "AWS::EC2::Instance": (("ImageId",),),
    "AWS::EC2::LaunchTemplate": (("LaunchTemplateData", "ImageId"),),
    "AWS::EC2::SpotFleet": (),
    "AWS::ImageBuilder::Image": (),
}
"""Where resource types name an image; `*` stands for each of a list. Of those without a path we know only that they may
launch machines."""


@dataclass(frozen=True, slots=True)
class Launched:
    """What a template launches."""

    images: Mapping[str, tuple[str, ...]]
    """Logical ids by image id."""
    unknown: Mapping[str, str]
    """By logical id, why its image is not known from the template."""


def launched(template: Template, parameters: Mapping[str, str], pseudo: Mapping[str, str]) -> Launched:
    """The images of every resource that may exist under these values."""
    resolver = Resolver(template, parameters, pseudo)
    images: dict[str, list[str]] = {}
    unknown: dict[str, str] = {}
    for logical_id, value in _named(template, resolver):
        if isinstance(value, str) and value.startswith("ami-"):
            images.setdefault(value, []).append(logical_id)
        else:
            unknown[logical_id] = value.why if isinstance(value, Unresolved) else f"its image is {value!r}"
    return Launched({image: tuple(ids) for image, ids in images.items()}, unknown)


def _named(template: Template, resolver: Resolver) -> Iterator[tuple[str, Any]]:
    resources: Any = template.body["Resources"]
    for logical_id, exists in resolver.active().items():
        type_ = resources[logical_id].get("Type")
        if exists is False or type_ not in PATHS:
            continue
        if not PATHS[type_]:
            yield logical_id, Unresolved(f"Plimsoll does not look into {type_} for its images")
        for path in PATHS[type_]:
            above = path.index("*") if "*" in path else len(path)
            found = resolver.property(logical_id, *path[:above])
            yield from ((logical_id, value) for value in _below(found, path[above:]) if value is not NO_VALUE)


def _below(value: Any, path: tuple[str, ...]) -> Iterator[Any]:
    """The values at a path below a resolved one; where the way is not known, that it is not."""
    match path, value:
        case (), _:
            yield value
        case _, Unresolved():
            yield value
        case ("*", *rest), list():
            for each in value:
                yield from _below(each, tuple(rest))
        case (key, *rest), Mapping() if key in value:
            yield from _below(value[key], tuple(rest))
