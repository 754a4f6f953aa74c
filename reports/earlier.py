"""What earlier runs of one stack have left in a folder of evidence, for a run that takes up what one of them has begun."""

from collections.abc import Iterable, Iterator, Mapping

from reports import baseline, latest
from reports.archive import JOURNAL, JOURNALS
from reports.chain import Chain
from reports.folder import Folder, run_part
from upgrade.catalogue import CheckInfo
from upgrade.errors import UsageError
from upgrade.facts.baseline import Baseline
from upgrade.facts.operation import Ending
from upgrade.gate.ledger import Entry
from upgrade.gate.mode import UNFINISHED


class Earlier:
    """The journals, kept baselines and evidence of the runs of one entry."""

    def __init__(self, folder: Folder, entry: str) -> None:
        self._folder, self._entry = folder, entry

    def journals(self) -> Iterator[Chain]:
        """Their journals."""
        return map(Chain, self._folder.root.glob(f"{JOURNALS}/{latest.safe_name(self._entry)}/*/{JOURNAL}"))

    def journal(self, run_id: str) -> Chain:
        """That of a run; empty if it has left none."""
        return self._folder.chain(self._entry, run_id)

    def baseline(self, run_id: str) -> Baseline | None:
        """How things were before that run executed; None if that was not kept."""
        try:
            return baseline.read(self._folder.kept(self._entry, run_id))
        except UsageError:
            return None

    def newest(self, account: str) -> Baseline | None:
        """What the newest evidence tells of how the stack was before an upgrade; None if there is none."""
        bundle = baseline.newest(self._folder.root, self._entry, account)
        return baseline.read(bundle) if bundle else None

    def made_evidence(self, run_id: str) -> bool:
        """Whether that run came to its end."""
        return any(self._folder.root.glob(f"[!.]*_{run_part(run_id)}"))

    def has_judged(self, token: str) -> bool:
        """Whether there is evidence of a run that saw this update end, and has judged it."""
        return any(
            record.operation is not None
            and record.operation.token == token
            and record.operation.ending not in {Ending.UNKNOWN, Ending.REFUSED}
            and record.conclusion.verdict not in UNFINISHED
            for _, record in baseline.records(self._folder.root)
        )

    def judged(self, run_id: str, checks: Iterable[CheckInfo]) -> Mapping[str, Entry]:
        """What these checks said before that run executed, by id; empty if that was not kept."""
        rows = {row.id: row for row in baseline.checks(self._folder.kept(self._entry, run_id))}
        return {
            check.id: Entry(
                check=check,
                outcome=row.outcome,
                findings=row.findings,
                detail=": ".join(filter(None, [f"judged by run {run_id}", row.detail])),
                started=row.started,
                seconds=row.seconds,
                reads=row.reads,
            )
            for check in checks
            if (row := rows.get(check.id)) is not None
        }
