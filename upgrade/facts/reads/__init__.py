"""Every read: one class an area, one method a fact family (upgrade.facts.family)."""

from upgrade.facts.reads.backups import Backups
from upgrade.facts.reads.capacity import Capacity
from upgrade.facts.reads.compute import Compute
from upgrade.facts.reads.data import DataReads
from upgrade.facts.reads.functions import FunctionReads
from upgrade.facts.reads.health import Health
from upgrade.facts.reads.inputs import Inputs
from upgrade.facts.reads.keys import KeyReads
from upgrade.facts.reads.linked import Linked
from upgrade.facts.reads.permissions import PermissionReads
from upgrade.facts.reads.prediction import Prediction
from upgrade.facts.reads.readiness import Readiness
from upgrade.facts.reads.stack import StackReads
from upgrade.facts.reads.stuck import StuckReads
from upgrade.facts.reads.surroundings import Surroundings
from upgrade.facts.reads.upkeep import UpkeepReads
from upgrade.facts.source import Source

READS = (
    StackReads,
    Readiness,
    Inputs,
    Compute,
    FunctionReads,
    UpkeepReads,
    Capacity,
    Linked,
    Prediction,
    PermissionReads,
    DataReads,
    Backups,
    KeyReads,
    Surroundings,
    StuckReads,
    Health,
)
"""In the order in which they are begun, what takes longest first."""


def all_reads(source: Source) -> tuple[object, ...]:
    """An object of each class of reads."""
    return tuple(each(source) for each in READS)
