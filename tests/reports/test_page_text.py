"""What report.html tells, and in which order."""

from dataclasses import replace

import pytest

from reports import html
from reports.integrity import Integrity
from reports.provenance import Attempt
from tests import builders as facts
from tests.reports import builders
from tests.reports.builders import made
from tests.reports.pages import SHA256, Outline, page, text
from upgrade.catalogue import Outcome
from upgrade.facts.operation import Ending
from upgrade.facts.seal import Kind
from upgrade.gate.ledger import Entry
from upgrade.gate.mode import Verdict
from upgrade.rules.diagnosis import diagnose


@pytest.mark.parametrize("verdict", list(Verdict), ids=str)
def test_every_ending_has_its_verdict_and_sentence_first(verdict: Verdict) -> None:
    evidence = builders.of_verdict(verdict)
    text = Outline(page(evidence)).text

    headline = text.index(verdict.replace("_", " "), text.index("upgrade record"))
    sentence = text.index(f"This run ended in {verdict}")
    assert headline < sentence < text.index("Account, region") < text.index("All 14" if "All 14" in text else "All 9")


def test_a_blocker_tells_found_expected_do_this_and_what_to_paste() -> None:
    text = Outline(page(builders.no_go())).text

    start = text.index("What stands in the way")
    parts = [
        "Rds storage matches parameter",
        "Found",
        "60 GiB",
        "Expected",
        "Do this",
        'pRdsAllocatedStorage = "actual"',
    ]
    positions = [text.index(part, start) for part in parts]
    assert positions[0] < positions[2] < positions[5] < text.index("Warnings", positions[5])


def test_a_fact_that_could_not_be_read_says_why() -> None:
    unread = facts.snapshot(drift=facts.unknown(call="cloudformation:DetectStackDrift"), databases=facts.unknown())
    text = Outline(page(builders.evidence(before=unread))).text

    assert "Could not be read: denied. cloudformation:DetectStackDrift : AWS said no" in text
    assert text.count("Could not be read") == 2


def test_planned_and_actual_stand_side_by_side() -> None:
    text = Outline(page(builders.big())).text

    assert "300 of 300 as planned" in text
    for words in ("22 replaced", "22 may be replaced", "22 removed", "22 added", "86 modified", "126 dynamic only"):
        assert words in text
    assert "Service002Resource" in text
    assert "0a1b2c3d4e5f60718" in text


def test_a_surprise_is_told_before_all_that_went_well() -> None:
    surprise = builders.operation(*builders.steps("DataVolume", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"))
    text = Outline(page(builders.evidence(operation=surprise))).text

    assert "0 of 2 as planned" in text
    assert "Not as planned (2)" in text
    assert "the change set did not name this resource" in text


def test_nothing_to_do_is_told_as_such() -> None:
    plan = facts.plan(nothing_to_do=True)
    idle = builders.evidence(plan=facts.known(replace(plan, changes=())), operation=None, after=None)

    assert "The stack already is what was asked for" in Outline(page(idle)).text


def test_a_sandbox_is_unmistakable_on_screen_and_on_every_printed_page() -> None:
    text = page(builders.hostile())

    assert "SANDBOX: nothing on this page happened in a real AWS account." in text
    assert "<title>SANDBOX ROLLED_BACK: codeocean" in text
    assert 'content: "SANDBOX: not a real AWS account"' in text
    assert "SANDBOX" not in page(builders.evidence())


def test_run_and_record_hash_are_on_every_printed_page() -> None:
    assert f'@bottom-left {{ content: "run {builders.RUN}   record sha256 {SHA256}\\a UNSIGNED: hashes show' in page(
        builders.evidence()
    )


def test_a_failed_update_is_explained() -> None:
    text = page(builders.rolled_back())

    assert "Look at the resource in its own service" in text
    assert '<dt>Given up because of it</dt><dd class="id">AnalyticsDBInstance</dd>' in text
    assert '<dt>Taken back</dt><dd class="id">DataVolume, AlarmsTopic</dd>' in text
    assert text.index("from the cause outwards") < text.index("codeocean</span> UPDATE_ROLLBACK_IN_PROGRESS")


def test_what_failed_in_a_nested_stack_is_named_with_its_path() -> None:
    arn = f"{facts.ARN}-nested"
    events = [
        *builders.steps("codeocean", "UPDATE_IN_PROGRESS"),
        *builders.steps("Child", "UPDATE_IN_PROGRESS", "UPDATE_FAILED", at=1, physical_id=arn),
        *builders.steps("Topic", "UPDATE_FAILED", at=3, reason="full", stack_arn=arn, type="AWS::SNS::Topic"),
        *builders.steps("codeocean", "UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_COMPLETE", at=9),
    ]
    found = diagnose(events, builders.unread, builders.unread, builders.unread)
    assert found.cause is not None
    ended = builders.operation(*events, ending=Ending.ROLLED_BACK, cause=found.cause.event, diagnosis=found)
    text = page(replace(builders.rolled_back(), operation=ended))

    assert 'First failure: <span class="id">Child.Topic</span>' in text
    assert '<dd><span class="id">Child.Topic</span> UPDATE_FAILED' in text


def test_earlier_attempts_stand_with_the_story() -> None:
    earlier = Attempt(
        run="20261122T101010Z-aaaaaaaa",
        mode="gate",
        verdict="NO_GO",
        exit_code=10,
        started=facts.NOW,
        finished=facts.NOW,
        caller="",
        bundle="nochange_prod",
        root_sha256="cd" * 32,
    )
    record = made(builders.evidence()).model_copy(update={"attempts": (earlier,)})
    told = Outline(html.render(record, SHA256)).text

    assert f"20261122T101010Z-aaaaaaaa gate NO GO 2026-11-23 12:00:00 UTC nochange_prod {'cd' * 32}" in told


@pytest.mark.parametrize("seal", [Kind.KEY_FILE, Kind.AWS_KMS])
def test_a_sealed_record_names_its_key_and_is_not_called_unsigned(seal: Kind) -> None:
    sealed = Integrity(seal=seal, algorithm="ECDSA", key="alias/seal", fingerprint="ef" * 32, told="")
    source = html.render(made(builders.evidence()).model_copy(update={"integrity": sealed}), SHA256)

    assert "UNSIGNED" not in source
    assert f"{seal} alias/seal , ECDSA" in Outline(source).text
    assert "ef" * 32 in source
    assert "not that a person agrees" in source


@pytest.mark.parametrize("seal", list(Kind), ids=str)
def test_how_to_verify_asks_for_a_signature_where_there_is_one(seal: Kind) -> None:
    integrity = Integrity(seal=seal, algorithm="", key="", fingerprint="", told="")
    told = Outline(html.render(made(builders.evidence()).model_copy(update={"integrity": integrity}), SHA256)).text

    verifying = told[told.index("How to verify This page is a view") :]
    assert ("openssl dgst -sha256 -verify" in verifying) == (seal is not Kind.NONE)
    assert "sha256sum --strict -c tagmanifest-sha256.txt && sha256sum --strict -c manifest-sha256.txt" in verifying


def test_each_deviation_is_a_form_that_people_go_on_with() -> None:
    told = text(builders.no_go())

    assert (
        "dev-02-rds-storage-matches-parameter failed Rds storage matches parameter Found Expected Disposition" in told
    )
    assert "the plan sets 20 AnalyticsDBInstance at least what the database has not-provided not-provided" in told
    assert "Requirements: URS-07 . Owner: not-provided. Evidence: data/record.json#/checks/4" in told
    assert "None: no check failed, was waived or could not tell." in text(builders.evidence())


def test_requirements_are_traced_both_ways() -> None:
    told = text(builders.no_go())

    assert "URS-07 The current template is replaced by the target version's upgrade guide: template failed" in told
    assert "not executed No check of it belongs to a run of mode gate." in told
    assert "No check is without a requirement." in told
    assert "account-is-the-expected-one data/record.json#/checks/0 pass URS-07" in told


def test_a_check_without_a_requirement_is_named() -> None:
    orphan = replace(builders.check("acme-is-open"), requirements=(), requirement="")
    source = page(builders.evidence(entries=(Entry(orphan, Outcome.PASS),)))

    assert "1 check without a requirement: acme-is-open ." in Outline(source).text
    assert '<a class="id" href="#c-acme-is-open">' in source
    assert '<tr id="c-acme-is-open">' in source
