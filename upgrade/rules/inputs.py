"""What an upgrade takes from outside its template: which SSM parameters, secrets and ids its values name. Pure."""

from collections.abc import Iterable, Iterator, Mapping

from upgrade.config.entry import StackEntry
from upgrade.facts.inputs import SECURE, StoredParameter
from upgrade.facts.known import Fact, Known
from upgrade.facts.stack import Resource, Stack, Template
from upgrade.rules.parameters import declarations, pseudo_parameters, secret_names
from upgrade.template import dynamic
from upgrade.template.dynamic import Reference, references
from upgrade.template.functions import Unresolved
from upgrade.template.resolve import DYNAMIC, MASKED, SSM
from upgrade.template.tree import Branch, branches

SSM_TYPE = "AWS::SSM::Parameter::"
"""Begins a parameter type whose values are names of SSM parameters; of most of them what stands there is used.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-supplied-parameter-types.html"""

_IN_SSM = frozenset({dynamic.SSM, dynamic.SSM_SECURE})

Stored = Mapping[str, Fact[StoredParameter]]
"""SSM parameters by the name they were asked for."""


def item_type(type_: str) -> str:
    """`List<X>` and `AWS::SSM::Parameter::Value<List<X>>` as `X`."""
    return type_.removeprefix(SSM).removeprefix("List<").rstrip(">")


def named_in_ssm(template: Template, values: Mapping[str, str]) -> dict[str, str]:
    """The SSM parameter behind each template parameter of such a type; secret ones left out."""
    hidden = secret_names(template)
    return {
        name: values[name]
        for name, declared in declarations(template).items()
        if str(declared.get("Type")).startswith(SSM_TYPE)
        if name in values and name not in hidden and values[name] not in {"", MASKED}
    }


def ids_of(template: Template, values: Mapping[str, str], stored: Stored) -> dict[str, set[str]]:
    """By AWS-specific type, the ids that parameters of that type have; of SSM types those that stand in SSM."""
    found: dict[str, set[str]] = {}
    behind = named_in_ssm(template, values)
    for name, declared in declarations(template).items():
        type_ = str(declared.get("Type"))
        value = values.get(name, MASKED)
        if name in behind:
            read = stored.get(behind[name])
            value = read.value.value if isinstance(read, Known) and type_.startswith(SSM) else MASKED
        if value != MASKED and DYNAMIC not in value:
            found.setdefault(item_type(type_), set()).update(part.strip() for part in value.split(","))
    return found


Found = tuple[str, Reference | Unresolved]
"""A dynamic reference and the logical id, in the whole tree, of the resource it stands in."""


def target_branches(
    target: Template,
    stack: Stack,
    entry: StackEntry,
    values: Mapping[str, str],
    *,
    resources: tuple[Resource, ...],
    nested: Mapping[str, Fact[Template]],
    dynamic: bool = False,
) -> Iterator[Branch]:
    """The target and the templates nested in it, for the planned values and the resources as they are now."""
    own = {each.logical_id: each.physical_id for each in resources if each.physical_id and "." not in each.logical_id}
    return branches(target, values, {**own, **pseudo_parameters(entry, stack)}, nested, dynamic=dynamic)


def dynamic_references(tree: Iterable[Branch]) -> Iterator[Found]:
    """The dynamic references of every resource that may exist; the tree must leave them as they stand."""
    for branch in tree:
        for logical_id, exists in branch.resolver.active().items():
            if exists is not False:
                for found in references(branch.resolver, logical_id):
                    yield f"{branch.path}.{logical_id}".lstrip("."), found


def followed(found: Iterable[Found]) -> set[str]:
    """Names of the SSM parameters behind references that follow the newest version."""
    return {
        each.name for _, each in found if isinstance(each, Reference) and each.service in _IN_SSM and not each.fixed
    }


def behind(template: Template, values: Mapping[str, str], stored: Stored) -> dict[str, str]:
    """By name of a parameter of such a type, what stands in SSM, as far as it could be read and is no secret."""
    named = named_in_ssm(template, values).items()
    found = {name: stored.get(inside) for name, inside in named}
    return {
        name: fact.value.value for name, fact in found.items() if isinstance(fact, Known) and fact.value.type != SECURE
    }
