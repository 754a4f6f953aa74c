import json
import re
from dataclasses import replace
from datetime import timedelta

from reports import deviations
from reports.deviations import Deviation, Kind
from reports.provenance import NOT_PROVIDED
from tests.builders import NOW
from tests.reports import builders
from tests.reports.builders import decision, entry, finding, made
from upgrade.catalogue import Outcome, Phase, Severity
from upgrade.config.tables import Waiver
from upgrade.gate.evidence import Evidence
from upgrade.gate.ledger import Entry
from upgrade.gate.mode import Verdict
from upgrade.gate.waivers import Judged, State

MARK = "sha256:" + "1" * 64


def forms(*entries: Entry, **changes: object) -> tuple[Deviation, ...]:
    return deviations.deviations(made(builders.evidence(entries=entries, **changes)))


def judged(state: State = State.USED, check: str = "stack-is-at-rest") -> Judged:
    told = {
        "check": check,
        "finding": MARK,
        "reason": "the vendor said so",
        "approved_by": "Jane Roe",
        "expires": NOW + timedelta(days=30),
    }
    return Judged(Waiver.model_validate(told), state, ends_soon=False)


def test_what_holds_needs_no_form() -> None:
    holding = [Outcome.PASS, Outcome.WARN, Outcome.NOT_APPLICABLE, Outcome.BLOCKED, Outcome.NOT_RUN, Outcome.DEFERRED]

    assert forms(*(entry(f"check-{number}", outcome=each) for number, each in enumerate(holding))) == ()


def test_each_check_that_failed_or_could_not_tell_has_a_form() -> None:
    told = {each.check: each for each in deviations.deviations(made(builders.no_go()))}

    assert {name: each.kind for name, each in told.items()} == {
        "backup-stack-is-upgraded-first": Kind.COULD_NOT_TELL,
        "rds-storage-matches-parameter": Kind.FAILED,
    }
    failed = told["rds-storage-matches-parameter"]
    assert failed.items[0].expected == "at least what the database has"
    assert failed.description.startswith("Rds storage matches parameter: fail: the database has 60 GiB")
    assert failed.risk.startswith("CloudFormation would otherwise")
    assert failed.evidence == "data/record.json#/checks/4"
    unread = told["backup-stack-is-upgraded-first"]
    assert (unread.items, unread.description) == ((), "cloudformation:DescribeStacks: denied: not authorized")


def test_an_error_that_can_only_warn_is_none() -> None:
    assert forms(entry("windows-are-clear", outcome=Outcome.ERROR, severity=Severity.WARNING)) == ()


def test_nobody_is_invented() -> None:
    form = forms(entry("stack-is-at-rest", outcome=Outcome.FAIL, findings=(finding(),)))[0]

    item = form.items[0]
    said = (form.owner, item.disposition, item.reason, item.approver, item.ticket, item.expires)
    assert set(said) == {NOT_PROVIDED}


def test_a_waiver_answers_for_its_finding_alone() -> None:
    covered, other = finding(fingerprint=MARK), finding(found="another", fingerprint="sha256:" + "2" * 64)
    form = forms(entry("stack-is-at-rest", outcome=Outcome.FAIL, findings=(covered, other)), waivers=(judged(),))[0]

    first, second = form.items
    assert (first.approver, first.reason) == ("Jane Roe", "the vendor said so")
    assert first.ticket == NOT_PROVIDED
    assert first.disposition == f"waived until {first.expires}"
    assert second.disposition == NOT_PROVIDED


def test_a_waived_check_has_a_form_too() -> None:
    form = forms(
        entry("stack-is-at-rest", outcome=Outcome.WAIVED, findings=(finding(fingerprint=MARK),)), waivers=(judged(),)
    )[0]

    assert form.kind is Kind.WAIVED
    assert form.items[0].approver == "Jane Roe"


def test_an_expired_waiver_answers_for_nothing() -> None:
    form = forms(
        entry("stack-is-at-rest", outcome=Outcome.FAIL, findings=(finding(fingerprint=MARK),)),
        waivers=(judged(State.EXPIRED),),
    )[0]

    assert form.items[0].disposition == NOT_PROVIDED


def test_a_waiver_of_the_question_before_covers_it_afterwards() -> None:
    told = entry("targets-are-healthy-again", Phase.POSTFLIGHT, Outcome.WAIVED, findings=(finding(fingerprint=MARK),))
    again = replace(told, check=replace(told.check, repeats="targets-are-healthy"))

    assert forms(again, waivers=(judged(check="targets-are-healthy"),))[0].items[0].approver == "Jane Roe"


def test_what_an_upgraded_deployment_lives_with_is_unhealthy() -> None:
    entries = builders.entries(targets_are_healthy_again=Outcome.FAIL, database_is_intact=Outcome.ERROR)

    told = forms(*entries, decision=decision(Verdict.UNHEALTHY, "2 checks failed"))
    assert [each.kind for each in told] == [Kind.UNHEALTHY, Kind.UNHEALTHY]


def test_warnings_beside_a_failure_are_no_part_of_it() -> None:
    form = forms(entry("a", outcome=Outcome.FAIL, findings=(finding(), finding(blocking=False))))[0]

    assert len(form.items) == 1


def rendered(evidence: Evidence) -> dict[str, str]:
    return dict(deviations.render(made(evidence)))


def test_a_form_is_a_file_with_a_short_plain_name() -> None:
    long = "acme-" + "x" * 200
    files = rendered(
        builders.evidence(entries=tuple(entry(each, outcome=Outcome.FAIL) for each in (long, "Äcme-b", "äcme-B")))
    )

    assert len(files) == 3
    for name, text in files.items():
        assert re.fullmatch(r"data/deviations/dev-\d+-[a-z0-9-]{1,60}\.json", name)
        assert f"data/deviations/{json.loads(text)['id']}.json" == name


def test_hostile_text_is_plain_ascii_json() -> None:
    for text in rendered(builders.hostile()).values():
        assert text.isascii()
        assert json.loads(text)["items"][0]["found"] == builders.HOSTILE
