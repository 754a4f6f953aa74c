from datetime import timedelta

import pytest

from reports.page.story import Chapter, story
from tests import builders as facts
from tests.builders import NOW, acknowledgement, approval, review
from tests.reports import builders
from tests.reports.builders import made
from upgrade.facts.operation import Ending
from upgrade.gate.evidence import Evidence
from upgrade.gate.mode import Mode, Verdict


def titles(evidence: Evidence) -> list[str]:
    return [chapter.title for chapter in story(made(evidence))]


def test_an_upgrade_is_told_from_start_to_verdict() -> None:
    assert titles(builders.evidence()) == [
        "Run started",
        "Facts read",
        "Preflight: what is deployed",
        "Preflight: what is planned",
        "Postflight",
        "Change set made",
        "Executed",
        "Facts read again",
        "Watched: complete",
        "Verdict: UPGRADED",
    ]


def test_what_the_run_did_not_come_to_stands_before_the_verdict() -> None:
    never = made(builders.evidence(plan=None, operation=None, after=None, decision=builders.decision(Verdict.NO_GO)))
    *_, change_set, execution, verdict = story(never)

    assert change_set == Chapter("Change set", "the run did not come to it")
    assert execution == Chapter("Execution", "nothing was executed")
    assert (verdict.title, verdict.tone) == ("Verdict: NO_GO", "bad")


@pytest.mark.parametrize("mode", [Mode.READ_ONLY, Mode.VERIFY])
def test_what_a_mode_never_does_is_not_missed(mode: Mode) -> None:
    told = titles(builders.evidence(mode=mode, plan=None, operation=None))

    assert not {"Change set", "Execution"} & set(told)
    assert ("Facts read again" in told) == (mode is Mode.VERIFY)


def test_people_come_when_they_spoke() -> None:
    early = NOW - timedelta(days=2)
    asked = review(acknowledgement(at=early), approvals=(approval("Ada", at=early),))
    first, second, third, *_ = story(made(builders.evidence(review=asked)))

    assert {first.title, second.title} == {"Acknowledged", "Approved"}
    assert third.title == "Run started"


def test_an_approval_that_cannot_count_says_why() -> None:
    bad = review(approvals=(approval("Ada", problem="it is no approval"),))
    told = {chapter.title: chapter for chapter in story(made(builders.evidence(review=bad)))}

    assert told["Approval that cannot count"].told == "Ada: it is no approval"
    assert told["Approval that cannot count"].tone == "bad"


def test_a_failure_and_the_way_back_are_chapters() -> None:
    told = {chapter.title: chapter for chapter in story(made(builders.rolled_back()))}

    assert told["First failure"].told.startswith("DataVolume: Resource handler returned message")
    assert told["Watched: rolled back"].tone == "bad"


def test_a_refused_execution_was_none() -> None:
    refused = builders.operation(ending=Ending.REFUSED, detail="the template has moved")
    told = titles(builders.evidence(operation=refused))

    assert "Execution refused" in told
    assert "Executed" not in told


def test_facts_that_could_not_be_read_are_counted() -> None:
    unread = builders.evidence(before=facts.snapshot(drift=facts.unknown()), plan=facts.unknown())
    told = {chapter.title: chapter for chapter in story(made(unread))}

    assert "1 could not be read" in told["Facts read"].told
    assert told["Facts read"].tone == "warn"
    assert told["No change set"].told == "denied: AWS said no"
