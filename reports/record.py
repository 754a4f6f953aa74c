"""`record.json`: the one account of a run. Every other file of the evidence is a view of it.

A contract: a reader of a later version understands what an earlier one wrote. What is not known says so, with the
reason; no key is ever left out. docs/record.md tells it to people.
"""

import json
from enum import StrEnum
from functools import cache
from typing import Any

from pydantic import AwareDatetime, JsonValue, model_validator

from reports.changes import Plan
from reports.integrity import EARLIER, Integrity
from reports.part import Fact, Part, described
from reports.provenance import Attempt, Basis, Change, Clock, People, Retention, Stated, provided
from reports.state import State
from upgrade.catalogue import Finding, Outcome, Phase, Severity, When
from upgrade.facts.actual import ActualChange, Compared
from upgrade.facts.call import Call
from upgrade.facts.operation import Operation
from upgrade.facts.reading import Reading
from upgrade.facts.review import Acknowledgement, Approval, Rehearsal, Review
from upgrade.gate.mode import Mode, Verdict
from upgrade.gate.waivers import State as WaiverState
from upgrade.requirements import Requirement

described(Acknowledgement, Approval, Call, Finding, Reading, Rehearsal, Requirement, Review)


class Format(StrEnum):
    """Name and version of this format."""

    V1 = "plimsoll-record/1"
    """Without provenance, integrity, basis and clock; read as if those were not provided."""
    V2 = "plimsoll-record/2"


class Run(Part):
    """The run itself."""

    id: str
    mode: Mode
    command: tuple[str, ...]
    started: AwareDatetime
    finished: AwareDatetime
    seconds: float
    attempt: int
    """1, and one more for each of `attempts`."""
    supersedes: str
    """The newest of `attempts`; empty for the first."""
    plugins: tuple[str, ...]
    """Of pytest, by name and version, as far as they come from packages."""
    configuration_sha256: str
    """Of the stacks file; empty where it is not known."""

    @model_validator(mode="before")
    @classmethod
    def _of_an_earlier_version(cls, value: Any) -> Any:
        """What an earlier version of Plimsoll did not note."""
        later = {"attempt": 1, "supersedes": "", "plugins": (), "configuration_sha256": ""}
        return {**later, **value} if isinstance(value, dict) else value


class Conclusion(Part):
    """The answer."""

    verdict: Verdict
    exit_code: int
    sentence: str
    rule: str
    """What the verdict means, whatever run it is of; empty in records of earlier versions."""
    without_waivers: Verdict | None
    """The verdict if nothing had been waived; null if nothing was."""

    @model_validator(mode="before")
    @classmethod
    def _of_an_earlier_version(cls, value: Any) -> Any:
        """What an earlier version of Plimsoll did not tell."""
        return {"rule": "", **value} if isinstance(value, dict) else value


class Subject(Part):
    """What was judged. Where AWS did not tell, the configuration did."""

    entry: str
    """Name of the entry in stacks.toml."""
    stack_name: str
    stack_arn: str
    """Empty if the stack could not be read."""
    account: str
    region: str
    caller: str
    """ARN of who asked; empty if that could not be read."""
    product: str
    target: str
    """Address of the template to upgrade to."""
    configuration: dict[str, JsonValue]
    """The entry as it was understood, without any secret."""


class Waived(Part):
    """A configured waiver and what became of it."""

    check: str
    finding: str
    """Fingerprint of the finding it is for."""
    reason: str
    approved_by: str
    ticket: str
    expires: AwareDatetime
    state: WaiverState
    ends_soon: bool
    told: str
    """What a person should know about it; empty where there is nothing."""


class Column(Part):
    """One column of a comparison."""

    known: bool
    why: str
    """Why it is not known; empty if it is."""


class Row(Part):
    """One name in a comparison. In a known column null means: there is none."""

    name: str
    before: str | None
    planned: str | None
    after: str | None
    changed: bool
    """Whether two known columns differ."""


class Comparison(Part):
    """Before, planned, after."""

    before: Column
    planned: Column
    after: Column
    rows: tuple[Row, ...]


class Check(Part):
    """One check: what it is, and what it said."""

    id: str
    title: str
    severity: Severity
    phase: Phase
    when: When
    why: str
    remedy: str
    requirement: str
    """What it serves, in words."""
    requirements: tuple[str, ...]
    """What it serves, by id; empty of a check of the user's own that names none of ours."""
    references: tuple[str, ...]
    guards_plan: bool
    """Whether a change set makes no sense while it does not hold."""
    compares_baseline: bool
    """Whether it also judges the state after a rollback."""
    repeats: str
    """Id of the check that asked the same before the upgrade, whose waivers cover it, too; empty if there is none."""
    file: str
    outcome: Outcome
    stops: bool
    """Whether this result keeps a gate shut, or an upgrade from being called healthy."""
    detail: str
    findings: tuple[Finding, ...]
    started: AwareDatetime | None
    """null if it did not run."""
    seconds: float
    max_age_minutes: float
    """How old the facts may be that it judges."""
    reads: tuple[Reading, ...]
    """The facts it has read, and when each was."""

    @model_validator(mode="before")
    @classmethod
    def _of_an_earlier_version(cls, value: Any) -> Any:
        """What an earlier version of Plimsoll did not note."""
        return {"max_age_minutes": 0, "reads": (), "requirements": (), **value} if isinstance(value, dict) else value


class Redacted(Part):
    """How often a rule found something."""

    rule: str
    count: int
    places: dict[str, int]
    """By place in the record, or by file, how often it was there."""

    @model_validator(mode="before")
    @classmethod
    def _of_an_earlier_version(cls, value: Any) -> Any:
        """An earlier version of Plimsoll did not note where."""
        return {"places": {}, **value} if isinstance(value, dict) else value


class Redaction(Part):
    """What was done to keep secrets out. Values are never told."""

    policy: str
    applied: bool
    watched: int
    """Known secret values that were looked for, in every form."""
    too_short: int
    """Known secret values that were not, because so short a text is found everywhere."""
    counts: tuple[Redacted, ...]


_NEVER_SAID = "a record of this version does not tell it"
_UNSAID = provided("", _NEVER_SAID)
_EARLIER: dict[str, Any] = {
    "own_facts": {},
    "change": Change(**dict.fromkeys(Change.model_fields, _UNSAID)),
    "people": People(
        author=_UNSAID,
        approvers=(),
        executor=_UNSAID,
        runners=(),
        reviewer=_UNSAID,
        separate=_UNSAID,
        approved_first=None,
    ),
    "attempts": (),
    "requirements": (),
    "requirements_sha256": "",
    "clock": Clock(skew_seconds=None, told=_NEVER_SAID),
    "objective": "",
    "parameters_sha256": "",
    "rollback_plan": _UNSAID,
    "rollback_tested": _UNSAID,
    "retention": Retention(archive=_UNSAID, days=_UNSAID, mode=_UNSAID),
    "closure": _UNSAID,
    "basis": None,
    "integrity": EARLIER,
}
"""What a record of an earlier version lacks."""


class Record(Part):
    """One run, whatever its ending."""

    format: Format
    run: Run
    conclusion: Conclusion
    sandbox: bool
    """Whether any call went to an endpoint that is not AWS's: then nothing here happened in a real account."""
    endpoints: tuple[str, ...]
    subject: Subject
    checks: tuple[Check, ...]
    """Every required check of the mode, in running order, whether it ran or not."""
    totals: dict[Outcome, int]
    requirements: tuple[Requirement, ...]
    """The whole set of this version of Plimsoll, in its order, whatever the mode checks of it."""
    requirements_sha256: str
    """sha256 of the set, as `jq -cjS .requirements` writes it; empty in records of earlier versions."""
    waivers: tuple[Waived, ...]
    """Every configured one."""
    report_only: tuple[str, ...]
    """Checks that the configuration lowers to warnings."""
    review: Review
    """What people have said: change id, approvals, acknowledgements."""
    plan_file: str | None
    """sha256 of plan.json's canonical form; null where there is no plan to execute."""
    before: State
    plan: Fact[Plan]
    operation: Operation | None
    """null: nothing was executed."""
    actual: tuple[ActualChange, ...]
    """Empty if nothing was executed."""
    compared: tuple[Compared, ...]
    """Empty if nothing was executed."""
    after: State
    own_facts: dict[str, Fact[JsonValue]]
    """What the user's own checks have read, by name."""
    parameters: Comparison
    tags: Comparison
    outputs: Comparison
    calls: tuple[Call, ...]
    environment: dict[str, str]
    change: Change
    people: People
    attempts: tuple[Attempt, ...]
    """Earlier runs for the same stack and target whose evidence lies in the same folder, the oldest first."""
    clock: Clock
    objective: str
    """What the run was to find out or to do; empty in records of earlier versions."""
    parameters_sha256: str
    """Of the planned parameters, secret ones as they stand here: `jq -cjS` of name to value; empty where none are known."""
    rollback_plan: Stated
    """How the change is taken back."""
    rollback_tested: Stated
    """Whether that was ever tried."""
    retention: Retention
    closure: Stated
    """The review after the change, and its outcome."""
    basis: Basis | None
    """null in records of earlier versions: their verdict can't be computed again."""
    integrity: Integrity
    redaction: Redaction

    @model_validator(mode="before")
    @classmethod
    def _of_an_earlier_version(cls, value: Any) -> Any:
        """What earlier versions of Plimsoll did not tell."""
        is_earlier = isinstance(value, dict) and value.get("format") == Format.V1
        return {**_EARLIER, **value} if is_earlier else value

    def text(self) -> str:
        """`record.json` itself: plain ASCII, so that no terminal obeys what a resource name says."""
        return self.model_dump_json(indent=1, ensure_ascii=True) + "\n"


@cache
def schema() -> str:
    """`record.schema.json`: the format as JSON Schema, generated from the models."""
    generated = Record.model_json_schema(mode="serialization")
    return json.dumps({"$schema": "https://json-schema.org/draft/2020-12/schema", **generated}, indent=1) + "\n"


if __name__ == "__main__":
    print(schema(), end="")  # noqa: T201  # `python -m reports.record > docs/record.schema.json`
