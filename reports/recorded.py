"""Facts of a record as the gate has them: what an earlier run has read, read back."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from reports.changes import Plan as PlanPart
from reports.part import EARLIER, Asked, Fact
from reports.state import State
from reports.template_file import TemplateFile
from reports.views import DEPLOYED, TARGET
from upgrade.facts.changes import Plan, ResourceChange
from upgrade.facts.known import Fact as FactOf
from upgrade.facts.known import Known, Reason, Unknown
from upgrade.facts.snapshot import Snapshot
from upgrade.facts.stack import Stack, Template
from upgrade.rules.confidential import REDACTED
from upgrade.template.decode import MalformedTemplate
from upgrade.template.read import parse
from upgrade.template.resolve import MASKED

Texts = Mapping[str, Template | str]
"""By sha256 of what was read, each template whose text is kept; or why it can't be read."""

_NEVER = datetime.min.replace(tzinfo=UTC)

NOT_HELD = Unknown(Reason.FAILED, "the record does not hold it", "", _NEVER)
"""A fact that the run knew, or that no run of that version of Plimsoll read."""


def texts(bundle: Path, before: State) -> Texts:
    """The templates in a folder of evidence: the deployed one and the target."""
    files = {DEPLOYED: before.template.value, TARGET: before.target.value}
    return {file.sha256: _text(bundle / name, file) for name, file in files.items() if file is not None}


def snapshot(state: State, kept: Texts, at: datetime) -> Snapshot:
    """The facts of one phase; what was not asked for is as old as `at`, what is not kept is NOT_HELD."""
    facts: dict[str, Any] = {name: fact(getattr(state, name), at) for name in State.model_fields if name != "denied"}
    for name in ("template", "processed", "target"):
        facts[name] = _template(getattr(state, name), kept, at)
    for name in ("nested_targets", "nested_templates", "deploy_role", "backup"):
        if isinstance(facts[name], Known) and facts[name].value:  # each holds templates whose texts are kept nowhere
            facts[name] = NOT_HELD
    return Snapshot(**{**facts, "prediction": plan(state.prediction, kept, at)}, denied=state.denied)


def plan(part: Fact[PlanPart], kept: Texts, at: datetime) -> FactOf[Plan]:
    """The change set, or what it was predicted to be."""
    read = fact(part, at)
    if not isinstance(read, Known):
        return read
    told = read.value
    changes = tuple(
        ResourceChange(**{name: getattr(each, name) for name in type(each).model_fields if name != "kind"})
        for each in told.changes
    )
    others = {"changes", "parameters", "tags", "template", "processed", "validations", "hooks"}
    return Known(
        Plan(
            **{name: getattr(told, name) for name in PlanPart.model_fields if name not in others},
            changes=changes,
            parameters=_masked(told.parameters),
            tags=_masked(told.tags),
            template=_template(told.template, kept, at),
            processed=_template(told.processed, kept, at),
            validations=fact(told.validations, _NEVER),
            hooks=fact(told.hooks, _NEVER),
        ),
        read.at,
    )


def fact(part: Fact[Any], at: datetime) -> FactOf[Any]:
    """A fact of the record; one that was not asked for is as old as `at`."""
    if part.state is Asked.KNOWN and part.at is not None:
        return Known(_value(part.value, at), part.at)
    if part.state is Asked.UNKNOWN and part.at is not None and part.reason is not None:
        return Unknown(part.reason, part.detail, part.call, part.at)
    return NOT_HELD if part.detail == EARLIER else Unknown(Reason.NOT_ASKED, part.detail, "", at)


def _value(value: Any, at: datetime) -> Any:
    """A value with the facts in it as the gate has them."""
    if isinstance(value, Fact):
        return fact(value, at)
    if isinstance(value, Stack):
        return replace(value, parameters=_masked(value.parameters), tags=_masked(value.tags))
    return {key: _value(each, at) for key, each in value.items()} if isinstance(value, dict) else value


def _masked(values: Mapping[str, str]) -> dict[str, str]:
    """Values as CloudFormation shows secret ones, where the record holds none: they can't be compared."""
    return {name: MASKED if REDACTED in value else value for name, value in values.items()}


def _template(part: Fact[TemplateFile], kept: Texts, at: datetime) -> FactOf[Template]:
    file = fact(part, at)
    if not isinstance(file, Known):
        return file
    match kept.get(file.value.sha256):
        case None:
            return NOT_HELD
        case str() as why:
            return Unknown(Reason.MALFORMED, why, "", file.at)
        case text:
            return Known(replace(text, source=file.value.source), file.at)


def _text(path: Path, file: TemplateFile) -> Template | str:
    try:
        read = parse(path.read_bytes(), file.source)
    except (OSError, MalformedTemplate) as error:
        return f"{path}: {error}"
    # Its digest and size are those of what was read then: the file is without the secrets that stood in it.
    return replace(read, sha256=file.sha256, size=file.size)
