"""A gatekeeper over a recorded run."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from tests.builders import NOW, plan
from tests.upgrade.gate.recorded import RecordedRun, SilentConsole
from upgrade.catalogue import CheckInfo, Outcome, Phase, catalogue
from upgrade.gate.evidence import Published
from upgrade.gate.gatekeeper import Gatekeeper
from upgrade.gate.ledger import Entry
from upgrade.gate.mode import COURSES, Mode
from upgrade.gate.order import Order
from upgrade.gate.stages import Stages
from upgrade.run.takeup import Begun

REQUIRED = tuple(info for info in catalogue() if info.phase in COURSES[Mode.UPGRADE].phases)


def keeper(
    run: RecordedRun | None = None,
    outcomes: Mapping[str, Outcome] | None = None,
    mode: Mode = Mode.UPGRADE,
    judged: Callable[..., Mapping[str, Entry]] = lambda *_: {},
    held_by: str = "",
    **more: Any,
) -> Gatekeeper:
    """A gatekeeper whose preflight checks all hold, but for the named ones; an empty mapping: none has run."""
    asked, console = cast("Any", run or RecordedRun()), cast("Any", SilentConsole())
    stages = Stages(asked, console, takes_up=COURSES[mode].executes)
    order = Order(asked, mode, stages, REQUIRED, judged=judged, held_by=held_by)
    made = Gatekeeper(
        order, own=frozenset(), console=console, **{"publish": lambda _: Published([], ()), "command": (), **more}
    )
    for info in REQUIRED:
        if outcomes != {} and info.phase in {Phase.FACTS, Phase.PLAN}:
            made.order.ledger.record(Entry(info, (outcomes or {}).get(info.id, Outcome.PASS)))
    return made


def info(check_id: str) -> CheckInfo:
    return next(check for check in REQUIRED if check.id == check_id)


BEGUN = Begun("run-0", "plimsoll-run-0", plan().arn, plan().stack_arn, NOW)
