"""Every job that is not over is told, whatever its state and however many pages there are."""

import threading
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.upgrade import things
from tests.upgrade.world import World
from upgrade.aws.batch import ACTIVE, read_queue


def states(world: World, queue: str) -> dict[str, str]:
    return {job.id: job.status for job in read_queue(world.client("batch"), queue).jobs}


def test_a_queue_without_jobs_holds_none(world: World) -> None:
    queue = things.queue(world)
    assert read_queue(world.client("batch"), queue).arn == queue
    assert states(world, queue) == {}


def test_a_job_in_each_active_state_is_told_with_that_state(world: World) -> None:
    queue = things.queue(world)
    jobs = {things.job(world, queue): status for status in ACTIVE}
    world.faults(jobs=jobs)
    assert states(world, queue) == jobs


def test_a_job_that_is_over_is_not_told(world: World) -> None:
    queue = things.queue(world)
    over, running = things.job(world, queue), things.job(world, queue)
    world.client("batch").terminate_job(jobId=over, reason="done")
    assert states(world, queue) == {running: "RUNNING"}


def test_jobs_of_another_queue_are_not_told(world: World) -> None:
    queue = things.queue(world)
    things.job(world, things.queue(world))
    assert states(world, queue) == {}


def test_every_page_of_every_state_is_read(world: World) -> None:
    queue = things.queue(world)
    jobs = {things.job(world, queue): ("RUNNING", "RUNNABLE")[number % 2] for number in range(10)}
    world.faults(jobs=jobs, page=2)
    assert states(world, queue) == jobs


def test_a_job_keeps_its_name(world: World) -> None:
    queue = things.queue(world)
    things.job(world, queue, "nightly")
    assert [job.name for job in read_queue(world.client("batch"), queue).jobs] == ["nightly"]


def test_a_queue_that_is_absent_is_no_empty_queue(world: World) -> None:
    with pytest.raises(ClientError, match="does not exist"):
        read_queue(world.client("batch"), things.queue(world) + "x")


def test_one_state_that_may_not_be_listed_spoils_the_answer(world: World) -> None:
    queue = things.queue(world)
    world.fail("ListJobs", "denied", after=len(ACTIVE) - 1)
    with pytest.raises(ClientError, match="AccessDenied"):
        read_queue(world.client("batch"), queue)


def test_a_job_that_moves_on_while_its_queue_is_read_is_not_missed() -> None:
    """It waits while what is ahead of it is asked for, and has started when it is asked for what waits."""
    state, asked_ahead = "RUNNABLE", threading.Event()

    def answer(_: str, body: str) -> dict[str, Any]:
        nonlocal state
        if "RUNNABLE" in body:
            asked_ahead.wait(0.5)
        found = [{"jobId": "1", "jobName": "nightly"}] if state in body else []
        if "STARTING" in body:
            state = "STARTING"
            asked_ahead.set()
        return {"jobSummaryList": found}

    assert read_queue(things.answering("batch", answer), "queue").jobs
