import pytest

from reports.terminal import lines
from tests import builders as facts
from tests.reports import builders
from tests.reports.builders import entry, made
from upgrade.catalogue import Outcome, Severity
from upgrade.gate.mode import Verdict

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
        f"      AnalyticsDBInstance AllocatedStorage: {finding.found} (expected: {finding.expected})",
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
