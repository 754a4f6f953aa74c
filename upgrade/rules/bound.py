"""The bound plan, `plan.json`: what was judged and reviewed, and everything it holds only with. Pure but for the file.

It names the change set, which holds all that CloudFormation will do; the rest is there to find out whether the world is
still the one the plan was made for. No secret is in it, and no value the executor needs.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, ValidationError

from upgrade.catalogue import When
from upgrade.config.entry import StackEntry
from upgrade.errors import UsageError
from upgrade.facts.changes import Plan, ResourceChange
from upgrade.facts.services import Database
from upgrade.facts.snapshot import Snapshot
from upgrade.rules import acknowledgements
from upgrade.rules.confidential import hidden
from upgrade.rules.parameters import PlannedParameters, secret_names
from upgrade.rules.rollback import rollback_plan
from upgrade.template.resolve import MASKED


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class BoundOperation(_Part):
    """An operation that has changed the stack."""

    type: str
    id: str


class BoundStack(_Part):
    """The live stack when the plan was made."""

    arn: str
    name: str
    status: str
    updated: AwareDatetime
    """LastUpdatedTime, or CreationTime of a stack never updated."""
    operation: BoundOperation | None
    """The newest that has changed it; null where CloudFormation names none."""
    role_arn: str | None
    parameters: dict[str, str]
    """Those that are NoEcho, or secret by their name, as `****`."""
    tags: dict[str, str]
    template_sha256: str
    processed_sha256: str
    """Of the template with what macros and loops have made of it; the same where it has none."""
    policy_sha256: str
    """Of the stack policy's JSON text; empty where there is none."""
    notification_arns: tuple[str, ...]
    rollback_triggers: dict[str, str]
    """By ARN, the type of what rolls an update back."""
    monitoring_minutes: int


class BoundNested(_Part):
    """A nested stack when the plan was made."""

    arn: str
    status: str
    updated: AwareDatetime
    template_sha256: str


class BoundTarget(_Part):
    """The template to upgrade to."""

    address: str
    sha256: str
    version: str
    """Version mark; where there is none, the beginning of the hash."""


class BoundChangeSet(_Part):
    """Our change set."""

    arn: str
    created: AwareDatetime
    status: str
    execution_status: str
    template_sha256: str
    processed_sha256: str
    parameters: dict[str, str]
    tags: dict[str, str]
    capabilities: tuple[str, ...]
    changes_sha256: str
    """Of all its changes, those of nested stacks included; canonical JSON."""


class BoundDatabase(_Part):
    """What of a database must not move; GiB."""

    resource_id: str
    allocated_storage: int
    max_allocated_storage: int | None
    engine_version: str


class BoundPlan(_Part):
    """The plan."""

    format: Literal["plimsoll-plan/2"]
    made: AwareDatetime
    run: str
    tool: str
    """Version of Plimsoll that made it; no other executes it."""
    valid_until: AwareDatetime
    """Its change set, whose time is AWS's, is `change.plan_hours` old by then."""
    entry: str
    """Its entry in stacks.toml."""
    account: str
    region: str
    deployed: str
    """Version mark of the deployed template."""
    stack: BoundStack
    nested: dict[str, BoundNested]
    """By logical id, `Parent.Child` where it is nested deeper."""
    target: BoundTarget
    change_set: BoundChangeSet
    parameters: dict[str, str]
    """What the target will see; secret ones as `****`."""
    databases: dict[str, BoundDatabase]
    settings: dict[str, JsonValue]
    """What the configuration says that the judgement rests on: tags, capabilities, roles, waivers, acknowledgements."""
    checks_sha256: Annotated[str, Field(min_length=1)]
    """Of the code of all checks and their manifest."""
    changes: tuple[ResourceChange, ...]
    """The changes, for people: what somebody approves is what the change set holds."""
    warnings: tuple[str, ...]
    """What the checks warned of, and what waivers cover."""
    rollback_plan: str

    def text(self) -> str:
        """`plan.json` itself."""
        return json.dumps(self.model_dump(mode="json"), indent=1, sort_keys=True, ensure_ascii=False) + "\n"

    @property
    def sha256(self) -> str:
        """What an approval names: of the canonical form (`jq -cjS . plan.json | sha256sum`)."""
        return digest(self.model_dump(mode="json"))


FORMAT: Final = "plimsoll-plan/2"

FACTS = (
    "stack", "template", "processed", "stack_policy", "nested", "nested_templates", "resources", "target", "databases",
)  # fmt: skip
"""The facts a plan is bound to, by their names in a snapshot."""

CHANGING = frozenset({"UPDATE_STACK", "ROLLBACK", "CONTINUE_ROLLBACK"})
"""Types of operations that change a stack; to make a change set is an operation, too, and changes nothing."""

DISPLAYED = frozenset({"made", "run", "warnings", "rollback_plan"})
"""Parts that do not bind: they say when and by whom, and what else who approves should know."""


def bind(
    *,
    entry: StackEntry,
    before: Snapshot,
    plan: Plan,
    parameters: PlannedParameters,
    run: str,
    tool: str,
    versions: tuple[str, str],
    checks_sha256: str,
    made: datetime,
    warnings: Iterable[str],
    clean: Callable[[str], str],
) -> BoundPlan:
    """Bind a plan to the facts it was made on; every text goes through `clean`, so that no secret gets into the file.

    Raises:
        CannotTell: one of them is not known.
    """
    stack, target = before.stack.value, before.target.value
    secret = secret_names(target)
    as_made = BoundPlan(
        format=FORMAT,
        made=made,
        run=run,
        tool=tool,
        valid_until=plan.created + timedelta(hours=entry.change.plan_hours),
        entry=entry.name,
        account=entry.account_id,
        region=entry.region,
        deployed=versions[0],
        stack=_stack(before, secret),
        nested=_nested(before),
        target=BoundTarget(address=target.source, sha256=target.sha256, version=versions[1]),
        change_set=_change_set(plan),
        parameters={name: MASKED if name in secret else value for name, value in parameters.values.items()},
        databases={name: _database(each) for name, each in before.databases.value.items()},
        settings=_settings(entry),
        checks_sha256=checks_sha256,
        changes=plan.changes,
        warnings=tuple(warnings),
        rollback_plan=rollback_plan(stack, plan, entry, versions[0]),
    )
    cleaned = _cleaned(as_made.model_dump(), clean)
    return BoundPlan.model_validate({**cleaned, "format": as_made.format})


def moved(bound: BoundPlan, now: BoundPlan) -> list[str]:
    """What is no longer as the plan says, a sentence each."""
    if bound.tool != now.tool:
        return [
            f"the plan was made by Plimsoll {bound.tool}, this is {now.tool}: plan again, or check that version out"
        ]
    found = [
        f"{path} was {_shown(was)}, now it is {_shown(found)}"
        for path, was, found in _differences(_binding(bound), _binding(now))
    ]
    if not found and bound.changes != now.changes:
        found.append("changes, as the plan shows them to people, are not those of its change set")
    return found


def too_old(bound: BoundPlan, now: datetime) -> str:
    """Why the plan's age forbids its execution; empty if it does not."""
    if now <= bound.valid_until:
        return ""
    return f"the plan was valid until {bound.valid_until:%Y-%m-%d %H:%M %Z} (change.plan_hours): plan again"


def load(path: Path) -> tuple[BoundPlan, str]:
    """Read a plan, and the digest of what is in the file.

    Raises:
        UsageError: it can't be read, or is no plan.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        _require_format(path, document)
        return BoundPlan.model_validate(document), digest(document)
    except OSError as error:
        raise UsageError(f"{path}: can't be read: {error.strerror}") from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "the document"
        raise UsageError(
            f"{path}: is no plan of this version of Plimsoll: {where}: {first['msg']}; "
            "name the plan.json of a run with --ahead"
        ) from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: is no JSON: {error}; name the plan.json of a run with --ahead") from None


def _require_format(path: Path, document: object) -> None:
    """Name a plan of another format for what it is, before its parts are held against this one's."""
    found = document.get("format") if isinstance(document, dict) else None
    if isinstance(found, str) and found.startswith("plimsoll-plan/") and found != FORMAT:
        raise UsageError(
            f"{path}: is a plan of the format {found}, and this version of Plimsoll executes {FORMAT} only: "
            "plan again with --ahead, or check out the version that made it"
        )


def digest(document: object) -> str:
    """sha256 of the canonical form: keys sorted, no spaces, UTF-8; DEL escaped, as jq does."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).replace("\x7f", "\\u007f")
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _stack(before: Snapshot, secret: frozenset[str]) -> BoundStack:
    stack, policy = before.stack.value, before.stack_policy.value
    return BoundStack(
        arn=stack.arn,
        name=stack.name,
        status=stack.status,
        updated=stack.updated or stack.created,
        operation=next(
            (BoundOperation(type=each.type, id=each.id) for each in stack.operations if each.type in CHANGING), None
        ),
        role_arn=stack.role_arn,
        parameters={name: MASKED if name in secret else value for name, value in stack.parameters.items()},
        tags=dict(stack.tags),
        template_sha256=before.template.value.sha256,
        processed_sha256=before.processed.value.sha256,
        policy_sha256=hashlib.sha256(policy.encode()).hexdigest() if policy else "",
        notification_arns=stack.notification_arns,
        rollback_triggers=dict(stack.rollback_triggers),
        monitoring_minutes=stack.monitoring_minutes,
    )


def _nested(before: Snapshot) -> dict[str, BoundNested]:
    names = {each.physical_id: each.logical_id for each in before.resources.value}
    templates = before.nested_templates.value
    return {
        (name := names[stack.arn]): BoundNested(
            arn=stack.arn,
            status=stack.status,
            updated=stack.updated or stack.created,
            template_sha256=templates[name].sha256,
        )
        for stack in before.nested.value
    }


def _change_set(plan: Plan) -> BoundChangeSet:
    return BoundChangeSet(
        arn=plan.arn,
        created=plan.created,
        status=plan.status,
        execution_status=plan.execution_status,
        template_sha256=plan.template.value.sha256,
        processed_sha256=plan.processed.value.sha256,
        parameters=dict(plan.parameters),
        tags=dict(plan.tags),
        capabilities=plan.capabilities,
        changes_sha256=digest([asdict(change) for change in plan.changes]),
    )


def _database(database: Database) -> BoundDatabase:
    return BoundDatabase(
        resource_id=database.resource_id,
        allocated_storage=database.allocated_storage,
        max_allocated_storage=database.max_allocated_storage,
        engine_version=database.engine_version,
    )


def _settings(entry: StackEntry) -> dict[str, Any]:
    """Acknowledgements that are asked for at the start are not among them: they are made after the plan."""
    keys = ("capabilities", "execute_role_arn", "expected_drift", "rollback_triggers", "service_role_arn", "tags")
    told = entry.public()
    lasting = [each for each in acknowledgements.configured(entry) if acknowledgements.KNOWN.get(each.id) is When.PLAN]
    return {
        **{key: told.get(key) for key in (*keys, "waivers", "checks", "backup", "deploy_role", "backup_policy")},
        "acknowledge": [f"{each.id} by {each.by} at {each.at.isoformat()}" for each in lasting],
    }


def _binding(plan: BoundPlan) -> dict[str, Any]:
    return plan.model_dump(mode="json", exclude={*DISPLAYED, "changes"})


def _cleaned(node: Any, clean: Callable[[str], str]) -> Any:
    match node:
        case str():
            return clean(node)
        case {"path": str(path), "name": str(name), "before": before, "after": after}:  # a detail of a change
            told = {
                side: value and hidden(path or name, value) for side, value in (("before", before), ("after", after))
            }
            return {key: _cleaned(told.get(key, value), clean) for key, value in node.items()}
        case dict():
            shown = {key: hidden(key, value) if isinstance(value, str) else value for key, value in node.items()}
            return {key: _cleaned(value, clean) for key, value in shown.items()}
        case list() | tuple():
            return [_cleaned(value, clean) for value in node]
    return node


def _differences(was: Any, found: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    if isinstance(was, Mapping) and isinstance(found, Mapping):
        names: Iterable[str] = sorted(was.keys() | found.keys())
        for name in names:
            yield from _differences(was.get(name), found.get(name), f"{path}.{name}" if path else name)
    elif was != found:
        yield path, was, found


def _shown(value: object) -> str:
    return "absent" if value is None else json.dumps(value, ensure_ascii=False)
