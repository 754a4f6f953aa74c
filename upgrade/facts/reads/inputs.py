"""Reads what an upgrade takes from outside its template: nested templates, SSM, existing ids, imports."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TypeVar

from upgrade.aws import existing, s3
from upgrade.aws.cloudformation import read_importers
from upgrade.aws.ssm import read_parameter
from upgrade.config.target import S3Object, locate
from upgrade.errors import UsageError
from upgrade.facts.family import family
from upgrade.facts.gather import gather
from upgrade.facts.inputs import Existing, StoredParameter
from upgrade.facts.known import Fact, Known, Reason, Unknown
from upgrade.facts.source import Resources, Source
from upgrade.facts.stack import Stack, Template
from upgrade.rules.inputs import Found, dynamic_references, followed, ids_of, named_in_ssm, target_branches
from upgrade.rules.parameters import PlannedParameters, pseudo_parameters
from upgrade.template.functions import Unresolved
from upgrade.template.tree import DEEPEST, branches

T = TypeVar("T")

Nested = Fact[Mapping[str, Fact[Template]]]


class Inputs:
    """The reads of one stack entry."""

    def __init__(self, source: Source) -> None:
        """Prepare; nothing is read yet."""
        self.source = source

    @family()
    def nested_targets(self, target: Fact[Template], stack: Fact[Stack], planned: Fact[PlannedParameters]) -> Nested:
        """The templates of the stacks nested in the target, level by level."""
        root, values = target.value, planned.value.values
        pseudo = pseudo_parameters(self.source.entry, stack.value)
        found: dict[str, Fact[Template]] = {}
        while True:
            addresses = {
                path: address
                for branch in branches(root, values, pseudo, found)
                for path, address in branch.nested().items()
                if path not in found
            }
            if not addresses:
                return Known(found, self.source.clock.now())
            read = gather([partial(self._template, path, address) for path, address in addresses.items()])
            found |= zip(addresses, read, strict=True)

    @family()
    def references(
        self,
        target: Fact[Template],
        stack: Fact[Stack],
        resources: Resources,
        planned: Fact[PlannedParameters],
        nested_targets: Nested,
    ) -> Fact[tuple[Found, ...]]:
        """The dynamic references of the target."""
        entry, values = self.source.entry, planned.value.values
        tree = target_branches(
            target.value,
            stack.value,
            entry,
            values,
            resources=resources.value,
            nested=nested_targets.value,
            dynamic=True,
        )
        return Known(tuple(dynamic_references(tree)), target.at)

    @family()
    def stored(
        self,
        target: Fact[Template],
        planned: Fact[PlannedParameters],
        references: Fact[tuple[Found, ...]],
    ) -> Fact[Mapping[str, Fact[StoredParameter]]]:
        """Every SSM parameter that a parameter value or a versionless reference names."""
        named = named_in_ssm(target.value, planned.value.values).values()
        return self._each(
            "ssm:GetParameter",
            {*named, *followed(references.value)},
            lambda name: read_parameter(self.source.client("ssm"), name),
        )

    @family()
    def existing(
        self,
        target: Fact[Template],
        planned: Fact[PlannedParameters],
        stored: Fact[Mapping[str, Fact[StoredParameter]]],
    ) -> Fact[Mapping[str, Fact[Existing]]]:
        """Of the ids that parameters of AWS-specific types have, those that exist; by type."""
        ids = ids_of(target.value, planned.value.values, stored.value)
        types = sorted(ids.keys() & existing.TYPES)
        read = [partial(self._existing, type_, ids[type_]) for type_ in types]
        return Known(dict(zip(types, gather(read), strict=True)), self.source.clock.now())

    @family()
    def importers(
        self, stack: Fact[Stack], nested: Fact[tuple[Stack, ...]]
    ) -> Fact[Mapping[str, Fact[tuple[str, ...]]]]:
        """Names of the stacks that import each export of the stack and of those nested in it."""
        client = self.source.client("cloudformation")
        names = {name for each in (stack.value, *nested.value) for name in each.exports.values()}
        return self._each("cloudformation:ListImports", names, lambda name: read_importers(client, name))

    def _each(self, call: str, names: Iterable[str], read: Callable[[str], T]) -> Fact[Mapping[str, Fact[T]]]:
        """One read a name; one that fails leaves the others known."""
        wanted = sorted(set(names))
        facts = gather([partial(self.source.read, call, partial(read, name)) for name in wanted])
        return Known(dict(zip(wanted, facts, strict=True)), self.source.clock.now())

    def _existing(self, type_: str, ids: set[str]) -> Fact[Existing]:
        read = partial(existing.read_existing, self.source.client, type_, ids)
        return self.source.read(existing.action(type_), read)

    def _template(self, path: str, address: str | Unresolved) -> Fact[Template]:
        why = address.why if isinstance(address, Unresolved) else ""
        if not why and path.count(".") >= DEEPEST:
            why = f"nested more than {DEEPEST} levels deep"
        try:
            place = None if isinstance(address, Unresolved) else locate(address)
        except UsageError as error:
            place, why = None, str(error)
        if why or not isinstance(place, S3Object):
            return Unknown(Reason.FAILED, why or f"{address} is not in S3", "", self.source.clock.now())
        client = partial(self.source.connection.client, "s3")
        return self.source.read(
            "s3:GetObject", lambda: s3.read_template(lambda signed: client(signed=signed), place, str(address))
        )
