"""Reads everything a phase needs, concurrently, nothing twice, by the shortest chain of dependent calls.

Each fact family runs in a thread of its own, and so do the reads a family fans out into (one call a target group, say).
How many calls are under way at once is limited where clients are made (upgrade.aws.session).
"""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

from upgrade.facts.family import Family, families, in_order
from upgrade.facts.known import Fact, Known, Reason, Unknown
from upgrade.facts.reads import all_reads
from upgrade.facts.settling import AFTER, BEFORE, Settling
from upgrade.facts.snapshot import Snapshot
from upgrade.facts.source import Source
from upgrade.facts.stack import Identity, Stack, Template
from upgrade.facts.stoppable import Stoppable

SERVICES = ("sts", "cloudformation", "s3")
"""What every stack is asked for: their clients are made while the first answer is awaited."""

FALLBACK = ("s3:GetObject", "s3:GetObjectVersion")
"""Denied with our credentials a template is read unsigned: what then could be read was not denied."""

CLEANUP = "_CLEANUP_IN_PROGRESS"
"""A stack that has done its update and only tidies up; it ends by itself."""

LONG_BEFORE, LONG_AFTER = timedelta(minutes=5), timedelta(minutes=30)
"""What was read longer ago than this when the slowest read has ended (drift detection before an upgrade, health after it) is
read again."""

Facts = Mapping[str, Fact[Any]]

_FACTS = tuple(each.name for each in fields(Snapshot) if each.name != "denied")


class Collector:
    """Collects the facts of one stack entry."""

    def __init__(self, source: Source, note: Callable[[str], None], denied: Callable[[], tuple[str, ...]]) -> None:
        """Prepare; nothing is read yet.

        Args:
            source: where facts come from.
            note: told while it waits.
            denied: the IAM actions that were denied so far.
        """
        self._clock = Stoppable(source.clock)
        self._source = replace(source, clock=self._clock)
        self._entry, self._note, self._denied = source.entry, note, denied
        self._families = families(all_reads(self._source))
        self._ended: dict[str, datetime] = {}
        """When the read of each family was over."""
        # More threads than families, so that none waits for another's.
        self._threads = ThreadPoolExecutor(len(self._families) + 1, "facts")
        # It takes time, and no answer is needed for it: done while the first one is awaited.
        self._threads.submit(source.connection.prepare, SERVICES)

    def before(self) -> Snapshot:
        """Everything the preflight checks judge. In a wrong account nothing else is read."""
        with self._clock:
            return self._collect_before()

    def recall(self, baseline: Snapshot | None) -> Snapshot:
        """How things were, from the baseline; who asks and the target are read anew. In a wrong account nothing else is."""
        identity = self._identity()
        stop = self._wrong(identity)
        if stop is not None:
            return self._blocked(identity, stop)
        read = self._read(self._only("stack", "target"), {"identity": identity})
        why = _no_baseline(baseline, read["stack"])
        snapshot = self._blocked(identity, why) if why or baseline is None else baseline
        nothing: Any = Known(None, self._clock.now())
        return replace(snapshot, identity=identity, target=read["target"], deploy_role=nothing, backup=nothing)

    def only(self, *names: str) -> Snapshot:
        """Who asks, and these facts alone. In a wrong account nothing else is read."""
        identity = self._identity()
        stop = self._wrong(identity)
        if stop is not None:
            return self._blocked(identity, stop)
        facts = self._read(self._with_unkept(self._only(*names)), {"identity": identity})
        return self._snapshot(facts, "nothing asks for it to recover a stack")

    def target(self) -> Fact[Template]:
        """The template to upgrade to, before anything else is read."""
        read: Fact[Template] = self._read(self._only("target"), {})["target"]
        return read

    def again(self, before: Snapshot, names: Iterable[str]) -> Snapshot:
        """The facts that were judged, these of them read anew."""
        return self._reread(before, names)

    def after(self, before: Snapshot) -> Snapshot:
        """Everything the postflight checks judge, when the application is as healthy as before, or time is over."""
        with self._clock:
            facts = self._read({name: each for name, each in self._families.items() if each.after}, {})
            snapshot = self._snapshot(facts, "nothing asks for it after an upgrade")
            snapshot = self._until_quiet(before, snapshot, AFTER, self._entry.health_minutes * 60)
            return self._renewed(snapshot, facts, LONG_AFTER)

    def _collect_before(self) -> Snapshot:
        identity = self._identity()
        stop = self._wrong(identity)
        if stop is not None:
            return self._blocked(identity, stop)
        snapshot = self._before(identity)
        if isinstance(snapshot.stack, Known) and snapshot.stack.value.status.endswith(CLEANUP):
            self._settle()
            snapshot = self._before(identity)
        snapshot = self._renewed(snapshot, self._families, LONG_BEFORE)
        snapshot = self._until_quiet(snapshot, snapshot, BEFORE, self._entry.polling.settle)
        return replace(snapshot, denied=self._denials(snapshot))

    def _before(self, identity: Fact[Identity]) -> Snapshot:
        wanted = {name: each for name, each in self._families.items() if each.before}
        return self._snapshot(self._read(wanted, {"identity": identity}), "nothing asks for it before an upgrade")

    def _read(self, wanted: Mapping[str, Family], given: Facts) -> dict[str, Fact[Any]]:
        """Read families, each as soon as those it depends on are; `given` are there already."""
        futures: dict[str, Future[Fact[Any]]] = {}

        def read(each: Family) -> Fact[Any]:
            facts = {name: given[name] if name in given else futures[name].result() for name in each.needs}
            found = each.read(**facts)
            self._ended[each.name] = self._clock.now()
            return found

        order = [each for each in in_order(wanted, given) if each.name not in given]
        for each in order:
            futures[each.name] = self._threads.submit(read, each)
        return {**given, **{each.name: futures[each.name].result() for each in order}}

    def _renewed(self, snapshot: Snapshot, names: Iterable[str], long: timedelta) -> Snapshot:
        """A snapshot in which what has grown old while something else was waited for is read anew."""
        since = self._clock.now() - long
        old = [name for name in names if name in _FACTS and name in self._ended and self._ended[name] < since]
        return self._reread(snapshot, old) if old else snapshot

    def _reread(self, snapshot: Snapshot, names: Iterable[str]) -> Snapshot:
        """A snapshot with these facts read anew, on the others as they are."""
        wanted = self._only(*names)
        given = {name: getattr(snapshot, name) for name in _FACTS if name not in wanted}
        read: dict[str, Any] = dict(self._read(self._with_unkept(wanted), given))
        return replace(snapshot, **{name: read[name] for name in wanted})

    def _with_unkept(self, wanted: Mapping[str, Family]) -> Mapping[str, Family]:
        """These families and the facts they are made of that no snapshot keeps."""
        needs = {need for each in wanted.values() for need in each.needs if need not in _FACTS and need not in wanted}
        return self._with_unkept({**wanted, **self._only(*needs)}) if needs else wanted

    def _only(self, *names: str) -> dict[str, Family]:
        return {name: self._families[name] for name in names}

    def _snapshot(self, facts: Facts, why: str) -> Snapshot:
        """The facts as a snapshot; what was not read is unknown for this reason."""
        rest: Any = Unknown(Reason.NOT_ASKED, why, "", self._clock.now())
        return Snapshot(**{name: facts.get(name, rest) for name in _FACTS})

    def _identity(self) -> Fact[Identity]:
        return self._families["identity"].read()

    def _until_quiet(self, before: Snapshot, snapshot: Snapshot, rows: Iterable[Settling], seconds: float) -> Snapshot:
        """Read what moves by itself again and again, until there is nothing to wait for, or time is over."""
        deadline = self._clock.monotonic() + seconds
        while (left := deadline - self._clock.monotonic()) > 0:
            waiting = {row.fact: row.waits(before, snapshot, self._source.product) for row in rows}
            moving = {name: told for name, told in waiting.items() if told}
            if not moving:
                break
            self._note(f"waiting for {', '.join(each for told in moving.values() for each in told)}")
            self._clock.sleep(min(self._entry.polling.health, left))
            snapshot = self._reread(snapshot, moving)
        return snapshot

    def _denials(self, snapshot: Snapshot) -> tuple[str, ...]:
        read = isinstance(snapshot.target, Known)
        return tuple(action for action in self._denied() if not (read and action in FALLBACK))

    def _settle(self) -> None:
        deadline = self._clock.monotonic() + self._entry.polling.settle
        while self._clock.monotonic() < deadline:
            self._note("the stack is still cleaning up after its last update")
            self._clock.sleep(min(self._entry.polling.health, self._entry.polling.settle))
            stack = self._families["stack"].read()
            if isinstance(stack, Known) and not stack.value.status.endswith(CLEANUP):
                return

    def _wrong(self, identity: Fact[Identity]) -> str | None:
        if isinstance(identity, Unknown):
            return str(identity)
        found = (identity.value.account, identity.value.region)
        return None if found == (self._entry.account_id, self._entry.region) else "this is not the configured account"

    def _blocked(self, identity: Fact[Identity], why: str) -> Snapshot:
        now = self._clock.now()
        blocked: Any = Unknown(Reason.BLOCKED, why, "", now)
        absent = {"deploy_role": self._entry.deploy_role, "backup": self._entry.backup}
        nothing = {name: Known(None, now) for name, setting in absent.items() if setting is None}
        facts: dict[str, Any] = {**dict.fromkeys(_FACTS, blocked), **nothing}
        return Snapshot(**{**facts, "identity": identity})


def _no_baseline(baseline: Snapshot | None, stack: Fact[Stack]) -> str:
    """Why an earlier run says nothing about this stack; empty if it does."""
    if baseline is None:
        return "no earlier run's evidence says how things were: name it with --baseline="
    if isinstance(stack, Unknown):
        return f"the stack can't be read ({stack})"
    was = baseline.stack.value.arn
    return "" if was == stack.value.arn else f"the baseline is of {was}, this is {stack.value.arn}"
