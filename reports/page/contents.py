"""What the page tells, in its order. Pure."""

from reports.deviations import deviations
from reports.record import Record
from reports.told import blockers, warnings


def sections(record: Record) -> list[tuple[str, str]]:
    """The page's sections that there are for this record: anchor and name."""
    standing, warned = blockers(record).number, warnings(record).number
    changes = len(record.plan.value.changes) if record.plan.value else 0
    named = [
        ("blockers", f"Blockers {standing}", standing > 0),
        ("warnings", f"Warnings {warned}", warned > 0),
        ("story", "Story", True),
        ("checks", f"Checks {len(record.checks)}", True),
        ("changes", f"Changes {changes}", True),
        ("parameters", "Parameters", True),
        ("update", "The update", record.operation is not None),
        ("drift", "Drift", True),
        ("services", "Databases and targets", True),
        ("people", "People and exceptions", True),
        ("deviations", f"Deviations {len(deviations(record))}", True),
        ("trace", "Requirements", True),
        ("signatures", "Signatures", True),
        ("calls", "Calls", True),
        ("environment", "Environment", True),
        ("verify", "How to verify", True),
    ]
    return [(anchor, name) for anchor, name, there in named if there]
