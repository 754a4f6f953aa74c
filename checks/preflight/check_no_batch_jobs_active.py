"""No pipeline or system job is under way: an update replaces the machines they run on.

https://docs.aws.amazon.com/batch/latest/userguide/job_states.html
"""

from upgrade.catalogue import Finding, Severity, When, check, fail, not_applicable
from upgrade.config.product import Product
from upgrade.facts.snapshot import Snapshot

TOLD = 3
"""Jobs of a queue that are named."""


@check(
    id="no-batch-jobs-active",
    title="No Batch job of the stack is submitted, waiting or running",
    severity=Severity.BLOCKER,
    when=When.START,
    why="The update replaces the machines that jobs run on; what runs is lost, and what waits may start half-way.",
    remedy="Switch maintenance mode on, or wait until the jobs have ended.",
    requirements=("URS-06",),
    references=("https://docs.aws.amazon.com/batch/latest/userguide/job_states.html",),
)
def check_no_batch_jobs_active(before: Snapshot, product: Product) -> None:
    queues = before.jobs.value
    if not queues:
        not_applicable("the stack has no Batch job queue")
    fail(
        [
            Finding(
                found=f"{name} holds {len(queue.jobs)} {'job' if len(queue.jobs) == 1 else 'jobs'}: "
                + ", ".join(f"{job.name} ({job.status})" for job in queue.jobs[:TOLD])
                + (", …" if len(queue.jobs) > TOLD else ""),
                expected="no job from SUBMITTED to RUNNING",
                remedy=f"switch maintenance mode on ({product.maintenance.how}), or wait until they have ended"
                if product.maintenance
                else "wait until they have ended",
                logical_id=name,
                physical_id=queue.arn,
            )
            for name, queue in queues.items()
            if queue.jobs
        ]
    )
