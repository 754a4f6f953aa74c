"""What still works: jobs, worker machines in service, machines outside any group; and never less than is known."""

from typing import Any

import pytest

from tests.builders import NOW, job_queue, known, scaling_group, snapshot, unknown
from upgrade.config.product import Workers
from upgrade.facts.compute import Instance
from upgrade.facts.known import Reason, Unknown
from upgrade.rules.quiet import at_work, leaving, serving, worker_groups

WORKERS = Workers(("codeocean:component", "workers"), {}, "codeocean:deployment")

ANY = ("Pending", "Pending:Wait", "Pending:Proceed", "InService", "Quarantined", "EnteringStandby", "Standby")
GOING = ("Terminating", "Terminating:Wait", "Terminating:Proceed", "Terminating:Retained", "Detaching")
POOLED = ("Warmed:Pending", "Warmed:Running", "Warmed:Stopped", "Warmed:Hibernated", "Warmed:Terminating:Wait")


@pytest.mark.parametrize("state", [*ANY, "SomethingNew", ""])
def test_a_machine_may_be_at_work_unless_its_state_says_otherwise(state: str) -> None:
    group = scaling_group(state)

    assert (serving(group), leaving(group)) == (group.instances, ())


@pytest.mark.parametrize("state", GOING)
def test_a_machine_on_its_way_out_serves_no_more(state: str) -> None:
    group = scaling_group(state)

    assert (serving(group), leaving(group)) == ((), group.instances)


@pytest.mark.parametrize("state", POOLED)
def test_a_machine_of_a_warm_pool_does_neither(state: str) -> None:
    group = scaling_group(state)

    assert (serving(group), leaving(group)) == ((), ())


def test_each_machine_is_judged_by_itself() -> None:
    group = scaling_group("InService", "Terminating", "Warmed:Stopped", "Standby")

    assert [machine.id for machine in serving(group)] == ["i-0", "i-3"]
    assert [machine.id for machine in leaving(group)] == ["i-1"]


@pytest.mark.parametrize(
    ("tags", "counts"),
    [
        ({"codeocean:component": "workers"}, True),
        ({"codeocean:component": "workers", "more": "x"}, True),
        ({"codeocean:component": "services"}, False),
        ({"component": "workers"}, False),
        ({"workers": "codeocean:component"}, False),
    ],
    ids=str,
)
def test_worker_groups_are_known_by_their_tag(tags: dict[str, str], *, counts: bool) -> None:
    groups = {"One": scaling_group("InService", **tags)}

    assert worker_groups(groups, WORKERS) == (groups if counts else {})


BUSY = {
    "jobs": known({"Queue": job_queue("RUNNING"), "Other": job_queue("RUNNABLE", "SUBMITTED")}),
    "groups": known(
        {
            "Workers": scaling_group("InService", "Terminating", "Warmed:Stopped"),
            "Services": scaling_group("InService", "InService", "InService", **{"codeocean:component": "services"}),
        }
    ),
    "workers": known((Instance("i-alone", "running"),)),
}


def test_everything_at_work_is_named() -> None:
    assert at_work(snapshot(**BUSY), WORKERS) == known(frozenset({"id-0", "id-1", "i-0", "i-alone"}))


def test_nothing_is_at_work_in_an_idle_deployment() -> None:
    assert at_work(snapshot(), WORKERS) == known(frozenset())


@pytest.mark.parametrize("changes", [{}, {"groups": unknown(), "workers": unknown()}])
def test_of_a_product_without_workers_only_jobs_are_asked(changes: dict[str, Any]) -> None:
    assert at_work(snapshot(**{**BUSY, **changes}), None) == known(frozenset({"id-0", "id-1"}))


@pytest.mark.parametrize("name", ["jobs", "groups", "workers"])
def test_what_could_not_be_read_is_not_nothing(name: str) -> None:
    why = unknown(call=f"{name}:Read")

    assert at_work(snapshot(**{**BUSY, name: why}), WORKERS) == why


@pytest.mark.parametrize("name", ["jobs", "groups", "workers"])
def test_what_was_not_read_is_not_nothing(name: str) -> None:
    found = at_work(snapshot(**{**BUSY, name: unknown()}), WORKERS)

    assert isinstance(found, Unknown)
    assert (found.reason, found.at) == (Reason.DENIED, NOW)


def test_jobs_that_are_not_known_are_unknown_without_workers_too() -> None:
    assert at_work(snapshot(jobs=unknown()), None) == unknown()


def test_any_tag_may_tell_the_workers() -> None:
    own = Workers(("role", "fold"), {}, "")

    assert at_work(snapshot(groups=known({"A": scaling_group("Pending", role="fold")})), own) == known(
        frozenset({"i-0"})
    )
