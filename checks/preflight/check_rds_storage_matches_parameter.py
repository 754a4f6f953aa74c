"""The planned storage of each database is its real size, or a raise that RDS accepts.

Storage grows by itself and never shrinks; a value below the real size, or a raise of less than 10 %, fails the update
and can leave the stack in UPDATE_ROLLBACK_FAILED.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html
"""

from upgrade.catalogue import Finding, Severity, check, fail, not_applicable
from upgrade.config.entry import StackEntry
from upgrade.facts.services import Database
from upgrade.facts.snapshot import Snapshot
from upgrade.rules.parameters import plan_parameters
from upgrade.rules.storage import PlannedStorage, is_accepted, least_maximum, planned_storage


@check(
    id="rds-storage-matches-parameter",
    title="The planned database storage is the actual size or a raise that RDS accepts",
    severity=Severity.BLOCKER,
    why="Storage grows by itself; a parameter below the real size fails the update, and its rollback may fail, too.",
    remedy='Let the parameter follow the live database: "actual".',
    requirements=("URS-10",),
    references=(
        "https://docs.codeocean.com/admin-guide/deployment-guide/upgrade-code-ocean",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html",
    ),
)
def check_rds_storage_matches_parameter(before: Snapshot, entry: StackEntry) -> None:
    target = before.target.value
    live = before.databases.value
    parameters = plan_parameters(entry, before.stack.value, target, live)
    planned = planned_storage(target, parameters.values)
    if not live and not planned:
        not_applicable("neither the stack nor the target template has an RDS database")
    fail(
        [
            finding
            for name, storage in planned.items()
            if name in live
            for finding in _judge(name, storage, live[name], entry)
        ],
        [_unjudged(name, live[name]) for name in live if name not in planned],
    )


def _judge(name: str, planned: PlannedStorage, live: Database, entry: StackEntry) -> list[Finding]:
    findings = []
    actual, size = live.allocated_storage, planned.allocated
    if size is not None and not is_accepted(size, actual):
        findings.append(
            Finding(
                found=f"{name} has {actual} GiB, the plan sets {size} GiB",
                expected=f"{actual} GiB, or at least 10 % more",
                remedy=_where(planned.allocated_parameter, entry),
                logical_id=name,
                physical_id=live.identifier,
                property="AllocatedStorage",
                paste=_line(planned.allocated_parameter, '"actual"', f"{actual} GiB now"),
            )
        )
    # What is planned below the real size can't become real; the maximum has to fit the size that will be. One that equals
    # it keeps autoscaling off: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html
    least = least_maximum(max(size or 0, actual))
    off = live.max_allocated_storage is None and planned.maximum == max(size or 0, actual)
    if planned.maximum is not None and planned.maximum < least and not off:
        findings.append(
            Finding(
                found=f"{name}: the plan sets a maximum storage of {planned.maximum} GiB, with {max(size or 0, actual)} GiB allocated",
                expected=f"at least {least} GiB, 10 % above",
                remedy=_where(planned.maximum_parameter, entry),
                logical_id=name,
                physical_id=live.identifier,
                property="MaxAllocatedStorage",
                paste=_line(planned.maximum_parameter, str(least), "or more"),
            )
        )
    return findings


def _unjudged(name: str, live: Database) -> Finding:
    return Finding(
        found=f"{name} has {live.allocated_storage} GiB; what is planned for it stands in no resource of the root template",
        expected="a database of the root template",
        remedy="compare its storage by hand; stateful-resources-survive tells whether it would be removed",
        logical_id=name,
        physical_id=live.identifier,
    )


def _where(parameter: str | None, entry: StackEntry) -> str:
    if parameter is None:
        return "the template fixes the size: ask its author to raise it before you upgrade"
    return f"write under [stacks.{entry.name}.parameters]"


def _line(parameter: str | None, value: str, remark: str) -> str:
    return f"{parameter} = {value}  # {remark}" if parameter else ""
