from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from reports.terminal import lines
from tests import builders as facts
from tests.reports import builders
from tests.reports.builders import entry, made
from upgrade.catalogue import Outcome, Phase, Severity, When
from upgrade.config.tables import Waiver
from upgrade.gate.decision import Happened, decide
from upgrade.gate.ledger import Entry
from upgrade.gate.mode import Mode, Verdict
from upgrade.gate.waivers import Judged, State

PATHS = {"report": "evidence/x/data/report/report.html", "evidence": "evidence/x"}


def told(evidence: object) -> list[str]:
    return lines(made(evidence), PATHS)  # type: ignore[arg-type]  # an Evidence


def test_the_verdict_comes_first_with_its_sentence() -> None:
    assert told(builders.no_go())[1] == "NO_GO  1 check failed: rds-storage-matches-parameter"


@pytest.mark.parametrize("verdict", list(Verdict), ids=str)
def test_every_ending_tells_verdict_exit_code_and_where_to_read_on(verdict: Verdict) -> None:
    evidence = builders.of_verdict(verdict)
    text = told(evidence)

    assert text[1].startswith(f"{verdict}  ")
    assert text[2].endswith(f"exit code {evidence.decision.exit_code}")
    assert text[-2:] == ["report    evidence/x/data/report/report.html", "evidence  evidence/x"]


def test_a_blocker_tells_resource_reason_remedy_and_the_line_to_paste() -> None:
    text, finding = told(builders.no_go()), builders.finding()
    start = text.index("  rds-storage-matches-parameter (fail)")

    assert text[start + 1 : start + 5] == [
        f"      AnalyticsDBInstance AllocatedStorage: {finding.found} (expected: {finding.expected}) [codeocean-db]",
        "      Do this: Write the actual size into stacks.toml, or let it follow the database.",
        "          [stacks.prod.parameters]",
        '          pRdsAllocatedStorage = "actual"',
    ]


def test_blockers_come_before_warnings_and_what_only_followed_is_one_line() -> None:
    text = told(builders.no_go())

    order = [
        "Blockers (2)",
        "Warnings (1)",
        "Not run because of the above: change-set-is-ready, stateful-resources-survive",
    ]
    assert [line for line in text if line in order] == order
    assert "9 checks: 4 pass, 1 warn, 1 fail, 1 error, 2 blocked; 7 min 04 s" in text


def test_a_run_that_went_well_is_short() -> None:
    assert told(builders.evidence()) == [
        "",
        "UPGRADED  the update ended in UPDATE_COMPLETE; all 4 postflight checks hold",
        f"  codeocean in account {facts.ACCOUNT}, us-east-1; upgrade; exit code 0",
        "",
        "14 checks: 14 pass; 7 min 04 s",
        "report    evidence/x/data/report/report.html",
        "evidence  evidence/x",
    ]


def test_an_error_of_a_check_that_only_warns_is_a_warning() -> None:
    unsure = entry("quotas-leave-room", outcome=Outcome.ERROR, severity=Severity.WARNING, detail="denied")
    text = told(builders.evidence(entries=(unsure,)))

    assert "Warnings (1)" in text
    assert "      denied" in text


def test_a_check_that_did_not_run_is_a_blocker() -> None:
    missing = entry("stack-is-at-rest", outcome=Outcome.NOT_RUN, detail="it was never started")
    text = told(builders.evidence(entries=(missing,)))

    assert text[text.index("Blockers (1)") + 1 :][:2] == ["  stack-is-at-rest (not run)", "      it was never started"]


def test_a_sandbox_says_so() -> None:
    assert "  SANDBOX: nothing of this happened in a real AWS account." in told(builders.hostile())
    assert not any("SANDBOX" in line for line in told(builders.evidence()))


def test_nothing_aws_says_reaches_the_terminal_as_a_command() -> None:
    text = "\n".join(told(builders.hostile()))

    assert "\\x1b[31mred" in text
    assert all(character == "\n" or character.isprintable() for character in text)


def test_a_style_may_add_colour() -> None:
    text = lines(made(builders.no_go()), PATHS, lambda role, text: f"<{role}>{text}</{role}>")

    assert text[1].startswith("<verdict>NO_GO")
    assert any(line.strip().startswith("<paste>[stacks.prod") for line in text)


# ---- exceptions ------------------------------------------------------------------------------------------------------


def waiver(state: State, *, ends_soon: bool = False, **changes: Any) -> Judged:
    told = {
        "check": "drift-is-understood",
        "finding": f"sha256:{'0' * 64}",
        "reason": "known",
        "approved_by": "Ada",
        "expires": facts.NOW + timedelta(days=3),
        **changes,
    }
    return Judged(Waiver.model_validate(told), state, ends_soon)


def exceptions(text: list[str]) -> list[str]:
    """The lines under that heading, up to the next empty one."""
    start = next((number for number, line in enumerate(text) if line.startswith("Exceptions (")), None)
    if start is None:
        return []
    return text[start : text.index("", start)]


def test_what_was_waived_is_told_with_who_answers_for_it() -> None:
    waived = entry("drift-is-understood", outcome=Outcome.WAIVED, detail="Ada: known", findings=(builders.finding(),))
    text = told(builders.evidence(entries=(waived,)))

    assert exceptions(text) == ["Exceptions (1)", "  drift-is-understood: Ada: known"]
    assert not any(line.startswith(("Blockers", "Warnings")) for line in text)


@pytest.mark.parametrize(
    ("judged", "said"),
    [
        (waiver(State.EXPIRED), "the waiver for drift-is-understood has expired on 2026-11-26 12:00 UTC and counts for nothing"),
        (waiver(State.UNUSED), "the waiver for drift-is-understood covers nothing that was found: remove it"),
        (waiver(State.USED, ends_soon=True), "the waiver for drift-is-understood ends on 2026-11-26 12:00 UTC"),
        (waiver(State.USED), None),
    ],
    ids=["expired", "unused", "ends soon", "used"],
)  # fmt: skip
def test_what_a_person_should_know_about_a_waiver_is_told(judged: Judged, said: str | None) -> None:
    text = told(builders.evidence(waivers=(judged,)))

    assert exceptions(text) == ([] if said is None else ["Exceptions (1)", f"  {said}"])


def test_a_check_that_is_lowered_to_a_warning_is_told() -> None:
    text = told(builders.evidence(report_only=("template-lints", "targets-are-healthy")))

    assert exceptions(text) == [
        "Exceptions (2)",
        "  template-lints only warns here (checks.report_only)",
        "  targets-are-healthy only warns here (checks.report_only)",
    ]


def test_exceptions_come_after_what_stands_in_the_way_and_before_the_counts() -> None:
    text = told(replace(builders.no_go(), report_only=("template-lints",), waivers=(waiver(State.UNUSED),)))

    heads = ["Blockers (2)", "Warnings (1)", "Exceptions (2)", "Not run because of the above"]
    assert [head for line in text for head in heads if line.startswith(head)] == heads


def test_an_exception_keeps_to_its_line_whatever_stands_in_it() -> None:
    waived = entry("drift-is-understood", outcome=Outcome.WAIVED, detail=f"{builders.HOSTILE}\nBlockers (0)")
    text = told(builders.evidence(entries=(waived,), waivers=(waiver(State.UNUSED, check=builders.HOSTILE),)))

    assert len(exceptions(text)) == 3
    assert all(line.isprintable() for line in text)


def test_a_verdict_that_rests_on_waivers_says_what_it_would_be_without() -> None:
    waived = entry("drift-is-understood", outcome=Outcome.WAIVED, detail="Ada: known")
    decided = decide(Happened(Mode.GATE, (entry("stack-is-at-rest"), waived)))
    text = told(builders.evidence(mode=Mode.GATE, decision=decided, entries=(waived,), operation=None))

    assert text[1].startswith("GO  ")
    assert text[1].endswith("(without waivers: NO_GO)")


# ---- modes -----------------------------------------------------------------------------------------------------------


def test_a_plan_ahead_tells_what_was_deferred_and_where_the_plan_is() -> None:
    start = builders.check("no-workers-running", when=When.START)
    entries = (entry("stack-is-at-rest"), Entry(start, Outcome.DEFERRED, detail="2 machines are in service"))
    decided = decide(Happened(Mode.AHEAD, entries))
    ahead = builders.evidence(mode=Mode.AHEAD, decision=decided, entries=entries, operation=None, after=None)
    text = lines(made(ahead), {"plan": "evidence/x/data/plan.json"})

    assert text[1].startswith("PLANNED  ")
    assert text[2].endswith("; ahead; exit code 0")
    assert text[-1] == "plan  evidence/x/data/plan.json"
    assert "2 checks: 1 pass, 1 deferred; 7 min 04 s" in text


def test_a_verified_upgrade_needs_no_plan() -> None:
    entries = (entry("account-is-the-expected-one"), entry("update-is-complete", Phase.POSTFLIGHT))
    decided = decide(Happened(Mode.VERIFY, entries))
    text = told(builders.evidence(mode=Mode.VERIFY, decision=decided, entries=entries, plan=None))

    assert text[1].startswith("VERIFIED  ")
    assert text[2].endswith("; verify; exit code 0")


def test_without_paths_nothing_is_named() -> None:
    assert lines(made(builders.evidence()), {})[-1] == "14 checks: 14 pass; 7 min 04 s"
