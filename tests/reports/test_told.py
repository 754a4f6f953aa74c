"""Checks that can't tell for one cause are told together, and each cause once."""

from reports.terminal import lines
from reports.told import REMEDIES, Section, blockers, warnings
from tests import builders as facts
from tests.reports import builders
from tests.reports.builders import entry, made
from upgrade.catalogue import Outcome, Severity
from upgrade.facts.known import Reason, Unknown
from upgrade.gate.ledger import Entry


def unread(reason: Reason, call: str = "rds:DescribeDBInstances") -> Unknown:
    return Unknown(reason, "AWS said no", call, facts.NOW)


def unsure(id_: str, fact: Unknown, severity: Severity = Severity.BLOCKER) -> Entry:
    return entry(id_, outcome=Outcome.ERROR, severity=severity, detail=str(fact))


def told(*entries: Entry, **before: Unknown) -> tuple[Section, Section]:
    record = made(builders.evidence(entries=entries, before=facts.snapshot(**before)))
    return blockers(record), warnings(record)


def ids(section: Section) -> list[list[str]]:
    return [[check.id for check in cause.checks] for cause in section.causes]


def test_what_a_denial_keeps_from_telling_is_one_block_with_what_to_allow() -> None:
    one, other = unread(Reason.DENIED), unread(Reason.DENIED, "rds:DescribeEvents")
    allow = builders.finding(found="denied: two actions", remedy="add this", paste="{}")
    stops, warns = told(
        entry("gate-may-look", outcome=Outcome.ERROR, findings=(allow,)),
        unsure("keys-are-usable", Unknown(Reason.BLOCKED, str(one), "", facts.NOW)),
        unsure("rds-storage-matches-parameter", one),
        unsure("rds-accepts-changes", other),
        unsure("windows-are-clear", one, Severity.WARNING),
        databases=one,
        storage_changes=other,
    )

    (cause,) = stops.causes
    assert ids(stops) == [
        [
            "gate-may-look",
            "keys-are-usable",
            "rds-storage-matches-parameter",
            "rds-accepts-changes",
            "windows-are-clear",
        ]
    ]
    assert cause.causes == ("denied: two actions", str(one), str(other))
    assert (cause.remedy, cause.paste) == ("add this", "{}")
    assert [check.id for check in cause.only_warn] == ["windows-are-clear"]
    assert (stops.checks, stops.number, warns.number) == ((), 4, 0)


def test_another_cause_is_another_block_with_its_own_remedy() -> None:
    denied, late = unread(Reason.DENIED), unread(Reason.TIMED_OUT, "ec2:DescribeVolumes")
    stops, _ = told(
        unsure("rds-storage-matches-parameter", denied),
        unsure("volumes-are-not-shrunk", late),
        databases=denied,
        volumes=late,
    )

    assert ids(stops) == [["rds-storage-matches-parameter"], ["volumes-are-not-shrunk"]]
    assert [cause.remedy for cause in stops.causes] == [REMEDIES[Reason.DENIED], REMEDIES[Reason.TIMED_OUT]]


def test_one_cause_of_nothing_but_warnings_is_a_warning() -> None:
    slow = unread(Reason.THROTTLED)
    stops, warns = told(unsure("windows-are-clear", slow, Severity.WARNING), databases=slow)

    assert (stops.number, warns.number) == (0, 1)
    assert ids(warns) == [["windows-are-clear"]]


def test_a_check_that_failed_stands_for_itself() -> None:
    failed = entry("rds-storage-matches-parameter", outcome=Outcome.FAIL, findings=(builders.finding(),))
    stops, _ = told(failed)

    assert ([check.id for check in stops.checks], stops.causes) == (["rds-storage-matches-parameter"], ())


def test_the_terminal_tells_the_words_of_aws_once() -> None:
    denied = unread(Reason.DENIED)
    entries = tuple(unsure(id_, denied) for id_ in ("keys-are-usable", "rds-accepts-changes"))
    text = lines(made(builders.evidence(entries=entries, before=facts.snapshot(databases=denied))), {})

    assert len([line for line in text if "AWS said no" in line]) == 1
    assert "      Not judged: keys-are-usable, rds-accepts-changes" in text


def test_blockers_leave_out_what_was_only_blocked_by_them() -> None:
    record = made(builders.no_go())

    standing = blockers(record)
    assert [check.id for check in standing.checks] == ["rds-storage-matches-parameter"]
    assert ids(standing) == [["backup-stack-is-upgraded-first"]]
    assert standing.number == 2
    assert [check.id for check in warnings(record).checks] == ["termination-protection-is-on"]
