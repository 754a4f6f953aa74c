"""Which value every parameter will have after the upgrade, and how it is sent; pure.

Every deployed parameter is sent as UsePreviousValue unless it is configured; a new one takes its default; one that the
target no longer has is dropped.
"""

import difflib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from upgrade.config.entry import StackEntry
from upgrade.config.region import url_suffix
from upgrade.config.values import Actual, FromEnvironment, Given
from upgrade.errors import UsageError
from upgrade.facts.services import Database, Databases
from upgrade.facts.snapshot import Snapshot
from upgrade.facts.stack import Stack, Template
from upgrade.template.functions import literal
from upgrade.template.resolve import MASKED, Resolver

ACTUAL_OF: Mapping[tuple[str, str], Callable[[Database], object]] = {
    ("AWS::RDS::DBInstance", "AllocatedStorage"): lambda database: database.allocated_storage,
    ("AWS::RDS::DBInstance", "MaxAllocatedStorage"): lambda database: database.max_allocated_storage,
    ("AWS::RDS::DBInstance", "DBInstanceClass"): lambda database: database.instance_class,
}
"""What `"actual"` can follow: by resource type and property, the live value."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a parameter can't be sent."""

    parameter: str
    found: str
    remedy: str
    paste: str = ""

    def __str__(self) -> str:
        return f"{self.found}; {self.remedy}"


@dataclass(frozen=True, slots=True)
class PlannedParameters:
    """The parameters of the update."""

    values: Mapping[str, str]
    """What the target template will see, by name; `****` for what is secret."""
    previous: tuple[str, ...]
    """Sent as UsePreviousValue."""
    given: Mapping[str, str]
    """Sent with this value: configured, or the live value where `"actual"` is."""
    secret: Mapping[str, str]
    """Sent with the value of this environment variable."""
    new: tuple[str, ...]
    """Not sent: new in the target, they take their default."""
    dropped: tuple[str, ...]
    """Deployed, but unknown to the target."""
    problems: tuple[Problem, ...]
    """Why no change set can be made of this."""

    def request(self, environ: Mapping[str, str]) -> list[dict[str, Any]]:
        """The Parameters of CreateChangeSet."""
        sent = {**self.given, **{name: environ[variable] for name, variable in self.secret.items()}}
        return [
            *({"ParameterKey": name, "UsePreviousValue": True} for name in self.previous),
            *({"ParameterKey": name, "ParameterValue": value} for name, value in sent.items()),
        ]


def require_environment(entry: StackEntry, environ: Mapping[str, str]) -> None:
    """Make sure that every secret is there, before anything is asked of AWS.

    Raises:
        UsageError: an environment variable is not set.
    """
    for name, setting in entry.parameters.items():
        if isinstance(setting, FromEnvironment) and setting.variable not in environ:
            raise UsageError(
                f"stacks.{entry.name}.parameters.{name}: environment variable {setting.variable} is not set: export it"
            )
    token = entry.health.token_env
    if token and not environ.get(token):
        raise UsageError(f"stacks.{entry.name}.health.token_env: environment variable {token} is not set: export it")


def needs_actual(entry: StackEntry) -> bool:
    """Whether a live value has to be known for the plan."""
    return any(isinstance(setting, Actual) for setting in entry.parameters.values())


def plan_parameters(entry: StackEntry, stack: Stack, target: Template, databases: Databases) -> PlannedParameters:
    """Work out the parameters of the update.

    Args:
        entry: the configuration.
        stack: the live stack.
        target: the template to upgrade to.
        databases: the live databases, for what follows them; may be empty if nothing does.
    """
    declared = declarations(target)
    configured = {name: setting for name, setting in entry.parameters.items() if name in declared}
    secret = {name: s.variable for name, s in configured.items() if isinstance(s, FromEnvironment)}
    given = {name: s.value for name, s in configured.items() if isinstance(s, Given)}
    previous = tuple(name for name in stack.parameters if name in declared and name not in configured)
    values = {
        **{name: literal(each["Default"]) for name, each in declared.items() if "Default" in each},
        **{name: stack.parameters[name] for name in stack.parameters if name in declared},
        **given,
        **dict.fromkeys(secret, MASKED),
    }
    problems: list[Problem] = list(_unknown_names(entry, declared))
    for name in (name for name, setting in configured.items() if isinstance(setting, Actual)):
        live = _live_values(name, Resolver(target, values), target, databases)
        if len(live) == 1:
            given[name] = values[name] = live.pop()
        else:
            problems.append(_no_actual(entry, name, live))
    new = tuple(name for name in declared if name not in stack.parameters and name not in configured)
    problems += (_no_value(entry, name) for name in new if name not in values)
    dropped = tuple(name for name in stack.parameters if name not in declared)
    return PlannedParameters(values, previous, given, secret, new, dropped, tuple(problems))


def planned_for(before: Snapshot, entry: StackEntry) -> PlannedParameters:
    """The parameters of the update, from what was read; live values only where something follows one."""
    databases = before.databases.value if needs_actual(entry) else {}
    return plan_parameters(entry, before.stack.value, before.target.value, databases)


def followed(template: Template, values: Mapping[str, str], databases: Databases) -> dict[str, str]:
    """By parameter that a live value belongs to, that value: what `"actual"` would give it."""
    resolver = Resolver(template, values)
    live = {name: _live_values(name, resolver, template, databases) for name in declarations(template)}
    return {name: found.pop() for name, found in live.items() if len(found) == 1}


def pseudo_parameters(entry: StackEntry, stack: Stack) -> dict[str, Any]:
    """The values of `AWS::Region` and the like in a stack's template.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html
    """
    return {
        "AWS::AccountId": entry.account_id,
        "AWS::NotificationARNs": list(stack.notification_arns),
        "AWS::Partition": stack.arn.split(":")[1],
        "AWS::Region": entry.region,
        "AWS::StackId": stack.arn,
        "AWS::StackName": stack.name,
        "AWS::URLSuffix": url_suffix(entry.region),
    }


def secret_names(template: Template) -> frozenset[str]:
    """Parameters the template declares as NoEcho."""
    declared = declarations(template).items()
    return frozenset(name for name, each in declared if literal(each.get("NoEcho", "")) == "true")


def declarations(template: Template) -> Mapping[str, Any]:
    """The parameters a template itself declares, by name; what a macro makes there is not among them."""
    found = template.body.get("Parameters", {})
    rows = found.items() if isinstance(found, Mapping) else ()
    return {name: each for name, each in rows if not name.startswith("Fn::")}


def _live_values(name: str, resolver: Resolver, target: Template, databases: Databases) -> set[str]:
    resources: Any = target.body["Resources"]
    return {
        literal(live)
        for (type_, key), read in ACTUAL_OF.items()
        for logical_id, exists in resolver.active().items()
        if exists is True and resources[logical_id].get("Type") == type_ and logical_id in databases
        if resolver.parameter_behind(logical_id, key) == name and (live := read(databases[logical_id])) is not None
    }


def _unknown_names(entry: StackEntry, declared: Mapping[str, Any]) -> Iterator[Problem]:
    for name in entry.parameters:
        if name not in declared:
            close = difflib.get_close_matches(name, declared, n=1)
            guess = f" (did you mean {close[0]}?)" if close else ""
            yield Problem(
                name,
                f"parameter {name} is configured, but the target template has none of that name{guess}",
                f"correct or remove it in [stacks.{entry.name}.parameters]",
            )


def _no_actual(entry: StackEntry, name: str, live: set[str]) -> Problem:
    found = f"several live values belong to it: {', '.join(sorted(live))}" if live else "no live resource belongs to it"
    followed = ", ".join(f"{type_} {key}" for type_, key in ACTUAL_OF)
    return Problem(
        name,
        f'parameter {name} is "actual", but {found}',
        f"write its value in [stacks.{entry.name}.parameters] (what can be followed: {followed})",
        f"{name} = …",
    )


def _no_value(entry: StackEntry, name: str) -> Problem:
    return Problem(
        name,
        f"new parameter {name} has no default",
        f"give it a value in [stacks.{entry.name}.parameters]",
        f"{name} = …",
    )
