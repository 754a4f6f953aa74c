"""The composition root: from the command line to a run that is ready to read its first fact.

What can be refused without AWS is refused here: exit 4, nothing called.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from reports.folder import Folder
from reports.terminal import lines
from upgrade.catalogue import CheckInfo, Phase, catalogue
from upgrade.config.stacks import load
from upgrade.gate.console import Console
from upgrade.gate.decision import Mode
from upgrade.gate.gatekeeper import Gatekeeper
from upgrade.gate.options import Options
from upgrade.run.session import Run

if TYPE_CHECKING:
    import pytest

    from upgrade.gate.evidence import Evidence

PHASES = {
    Mode.GATE: frozenset({Phase.FACTS, Phase.PLAN}),
    Mode.UPGRADE: frozenset(Phase),
}
"""What each mode requires to have run."""


def open_run(wish: Options, stacks_file: Path, run_id: str, config: "pytest.Config") -> Gatekeeper:
    """Everything a run needs.

    Raises:
        UsageError: the configuration, the machine or the evidence folder does not allow a run.
    """
    console = Console(config)
    run = Run(load(stacks_file), wish.stack, run_id=run_id, to=wish.to, minutes=wish.minutes, progress=console.progress)
    folder = Folder(wish.evidence)

    def publish(evidence: "Evidence") -> list[str]:
        written = folder.write(evidence, run.secrets())
        paths = {"report": written.report, "record": written.bundle / "data/record.json", "junit": written.junit}
        return lines(written.record, {name: str(path) for name, path in paths.items()})

    return Gatekeeper(run, wish.mode, _required(wish.mode), console, publish, wish.command)


def _required(mode: Mode) -> tuple[CheckInfo, ...]:
    return tuple(info for info in catalogue() if info.phase in PHASES[mode])
