"""`python -m checks`: the catalogue of checks, listed and explained, and what is generated from it."""

import argparse
import sys
from pathlib import Path
from typing import NoReturn

from upgrade.catalogue import CHECKS, catalogue
from upgrade.errors import PlimsollError
from upgrade.gate import handbook, manifest

USAGE = 4
STACKS = CHECKS.parent / "stacks.toml"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit code."""
    parser = _Parser(prog="python -m checks")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="all checks, a line each")
    commands.add_parser("explain", help="all there is to say of one check").add_argument("id", metavar="ID")
    commands.add_parser("manifest", help="write checks/manifest.toml anew")
    commands.add_parser("docs", help="write docs/checks.md anew")
    replaying = commands.add_parser("replay", help="today's checks over the facts that a run recorded")
    replaying.add_argument("bundle", type=Path, metavar="BUNDLE", help="a run's folder")
    replaying.add_argument("--stacks-file", type=Path, metavar="PATH", default=STACKS, help="default: stacks.toml")
    asked = parser.parse_args(arguments)
    try:
        if asked.command == "replay":
            return _replay(asked.bundle, asked.stacks_file)
        infos = catalogue()
        match asked.command:
            case "list":
                sys.stdout.write(handbook.listing(infos))
            case "explain":
                sys.stdout.write(handbook.explained(infos, asked.id))
            case "manifest":
                (CHECKS / "manifest.toml").write_text(manifest.text(infos), encoding="utf-8")
            case "docs":
                (CHECKS.parent / "docs" / "checks.md").write_text(handbook.page(infos), encoding="utf-8")
    except PlimsollError as error:
        parser.exit(USAGE, f"{error}\n")
    return 0


def _replay(bundle: Path, stacks_file: Path) -> int:
    from upgrade.gate.replay import replay  # noqa: PLC0415  # pydantic

    code, text = replay(bundle, stacks_file)
    sys.stdout.write(text)
    return code


if __name__ == "__main__":
    sys.exit(main())
