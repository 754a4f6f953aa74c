"""A verification as a person reads it, and as a program does. Pure."""

import json
from collections.abc import Iterator

from reports.text import count, one_line
from reports.verify.steps import State, Verification

MARKS = {State.HOLDS: "ok", State.BROKEN: "!!", State.NOT_CHECKED: "--"}


def lines(found: Verification) -> Iterator[str]:
    """The answer first, then every step."""
    yield f"{'WHOLE' if found.is_whole else 'NOT WHOLE'}  {_sentence(found)}"
    if found.record is not None and found.record.sandbox:
        yield "  SANDBOX: nothing of this happened in a real AWS account."
    for step in found.steps:
        yield f"  {MARKS[step.state]}  {step.what}: {one_line(step.said)}"


def document(found: Verification) -> str:
    """The same as JSON."""
    record = found.record
    told = {
        "bundle": str(found.folder),
        "whole": found.is_whole,
        "run": record.run.id if record else None,
        "stack": record.subject.entry if record else None,
        "verdict": record.conclusion.verdict if record else None,
        "exit_code": record.conclusion.exit_code if record else None,
        "sandbox": record.sandbox if record else None,
        "steps": [{"what": step.what, "state": step.state, "said": step.said} for step in found.steps],
    }
    return json.dumps(told, indent=1) + "\n"


def _sentence(found: Verification) -> str:
    record, broken = found.record, found.broken
    if record is None:
        return "there is no record that can be read"
    run = f"run {one_line(record.run.id)} of {one_line(record.subject.entry)}"
    if broken:
        return f"{count(len(broken), 'step')} of {len(found.steps)} broken: what {run} says can't be relied on"
    unchecked = [step.what for step in found.steps if step.state is State.NOT_CHECKED]
    besides = f"; not checked: {', '.join(unchecked)}" if unchecked else ""
    return f"{run} says {record.conclusion.verdict}, exit code {record.conclusion.exit_code}{besides}"
