"""`python -m reports verify | render | diff | seal`: what is done with the evidence of a run afterwards."""

import argparse
import json
import re
import sys
from pathlib import Path
from typing import NoReturn

from reports import attachments, diff, html, pdf
from reports.record import Record
from reports.seal import completing
from reports.seal.bag import MANIFEST, PAYLOAD, ROOT, sha256
from reports.seal.signer import KeyFile, read_public
from reports.text import harmless
from reports.verify import telling, verify
from reports.verify.bundle import Bundle
from reports.views import RECORD
from upgrade.config.stacks import file_for, load
from upgrade.errors import PlimsollError, UsageError
from upgrade.facts.seal import Kind

USAGE, NOT_WHOLE, NOT_SEALED = 4, 1, 40
STACKS = Path(__file__).resolve().parents[1] / "stacks.toml"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit code."""
    chosen = _parser().parse_args(arguments)
    try:
        return int(chosen.run(chosen))
    except PlimsollError as error:
        sys.stderr.write(f"python -m reports {chosen.command}: {harmless(str(error))}\n")
        return USAGE


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m reports")
    commands = parser.add_subparsers(dest="command", required=True)
    asking = commands.add_parser("verify", help="whether a folder of evidence is whole, and what it says")
    asking.add_argument("bundle", type=Path, metavar="BUNDLE", help="a run's folder; of an evidence folder the newest")
    asking.add_argument("--key", type=Path, metavar="PUB", help="public key of who seals, from outside the folder")
    asking.add_argument("--authority", type=Path, metavar="PEM", help="root certificates of the timestamp authority")
    asking.add_argument("--json", action="store_true", help="for programs")
    asking.set_defaults(run=_verify)
    rendering = commands.add_parser("render", help="make the report page of a record again")
    rendering.add_argument("bundle", type=Path, metavar="BUNDLE")
    rendering.add_argument("--html", type=Path, metavar="FILE", help="default: NAME-OF-THE-BUNDLE.html, here")
    rendering.add_argument("--pdf", type=Path, metavar="FILE", help="as PDF as well; needs the extra `pdf`")
    rendering.add_argument("--attachments", type=Path, metavar="DIR", help="what to attach to a change request as well")
    rendering.set_defaults(run=_render)
    comparing = commands.add_parser("diff", help="what the second run found that the first did not")
    comparing.add_argument("before", type=Path, metavar="A")
    comparing.add_argument("now", type=Path, metavar="B")
    comparing.set_defaults(run=_diff)
    sealing = commands.add_parser("seal", help="complete a bundle whose sealing failed")
    sealing.add_argument("bundle", type=Path, metavar="BUNDLE")
    sealing.add_argument("--stacks-file", type=Path, default=STACKS, metavar="PATH")
    sealing.add_argument("--evidence", type=Path, metavar="DIR", help="where it belongs (default: where it lies)")
    sealing.add_argument("--timestamp", metavar="URL", help="have a timestamp authority witness the seal (RFC 3161)")
    sealing.set_defaults(run=_seal)
    return parser


def _verify(chosen: argparse.Namespace) -> int:
    chosen.bundle = _newest(chosen.bundle)
    for option, file in {"key": chosen.key, "authority": chosen.authority}.items():
        if file is not None and file.resolve().is_relative_to(chosen.bundle.resolve()):
            raise UsageError(
                f"--{option}={file}: lies in the folder that it is to prove, so it proves nothing: name the one "
                "that you were given by other means"
            )
    key = read_public(chosen.key) if chosen.key else None
    try:
        found = verify(chosen.bundle, key, chosen.authority)
    except OSError as error:
        raise UsageError(f"{chosen.bundle}: can't be read: {error.strerror}; name the folder of a run") from None
    if chosen.json:
        sys.stdout.write(telling.document(found))
    else:
        for line in telling.lines(found):
            sys.stdout.write(f"{harmless(line)}\n")
    return 0 if found.is_whole else NOT_WHOLE


def _newest(folder: Path) -> Path:
    """The bundle that is meant: the newest of an evidence folder, or the folder itself.

    Raises:
        UsageError: the newest run has left none.
    """
    file = folder / "latest.json"
    if not file.is_file() or any((folder / name).exists() for name in (PAYLOAD, MANIFEST, ROOT)):
        return folder  # a bundle is judged itself, whatever somebody has put into it
    try:
        name = json.loads(file.read_text(encoding="utf-8"))["bundle"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        name = None
    if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name):
        raise UsageError(f"{file}: the newest run has left no evidence: see its log, or name the folder of a run")
    return folder / name


def _render(chosen: argparse.Namespace) -> int:
    record = _record(chosen.bundle)
    page = html.render(record, sha256((chosen.bundle / RECORD).read_bytes()))
    asked = {chosen.html or Path(f"{chosen.bundle.resolve().name}.html"): page.encode()}
    if chosen.pdf:
        asked[chosen.pdf] = pdf.render(page)
    for path, content in asked.items():
        if path.resolve().is_relative_to(chosen.bundle.resolve()):
            raise UsageError(f"{path}: lies in the bundle, which would no longer be whole: name another place")
        try:
            path.write_bytes(content)
        except OSError as error:
            raise UsageError(f"{path}: can't be written: {error.strerror}") from None
        sys.stdout.write(f"{path}\n")
    if chosen.attachments:
        _attach(chosen.bundle, chosen.attachments)
    return 0


def _attach(bundle: Path, folder: Path) -> None:
    if folder.resolve().is_relative_to(bundle.resolve()):
        raise UsageError(
            f"--attachments={folder}: lies in the bundle, which would no longer be whole: name another folder"
        )
    try:
        listed = attachments.write(bundle, folder)
    except OSError as error:
        raise UsageError(f"{folder}: can't be written: {error.strerror}") from None
    sys.stdout.write("".join(f"{folder / each.name}\n" for each in listed))


def _diff(chosen: argparse.Namespace) -> int:
    for line in diff.lines(_record(chosen.before), _record(chosen.now)):
        sys.stdout.write(f"{harmless(line)}\n")
    return 0


def _seal(chosen: argparse.Namespace) -> int:
    from upgrade.run.sealing import keepers  # noqa: PLC0415  # brings boto3, which nothing else here needs

    chosen.bundle = chosen.bundle.resolve()
    record = completing.record_of(chosen.bundle)
    stacks = load(file_for(record.subject.entry, chosen.stacks_file))
    entry = stacks.entry(record.subject.entry)
    file = entry.evidence.signing_key
    signer = KeyFile(stacks.file.parent / file) if file and record.integrity.seal is Kind.KEY_FILE else None
    home = (chosen.evidence or chosen.bundle.parent).resolve()
    with keepers(entry) as (kms, archive):
        try:
            keys = completing.Keepers(signer or kms, archive, chosen.timestamp or "")
            for said in completing.complete(chosen.bundle, record, keys, home):
                sys.stdout.write(f"{harmless(said)}\n")
        except OSError as error:
            sys.stderr.write(f"EVIDENCE NOT COMPLETE  {harmless(str(error))}\n")
            return NOT_SEALED
    return 0


def _record(bundle: Path) -> Record:
    try:
        found = Bundle.read(bundle)
    except OSError as error:
        raise UsageError(f"{bundle}: can't be read: {error.strerror}; name the folder of a run") from None
    if found.record is None:
        raise UsageError(f"{bundle}: {found.why}; name the folder of a run")
    return found.record


if __name__ == "__main__":
    sys.exit(main())
