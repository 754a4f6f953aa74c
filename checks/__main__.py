"""`python -m checks`: the catalogue of checks, listed and explained, and what is generated from it."""

import argparse
import sys

from upgrade.catalogue import CHECKS, CatalogueError, catalogue
from upgrade.errors import UsageError
from upgrade.gate import handbook, manifest


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m checks")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="all checks, a line each")
    commands.add_parser("explain", help="all there is to say of one check").add_argument("id", metavar="ID")
    commands.add_parser("manifest", help="write checks/manifest.toml anew")
    commands.add_parser("docs", help="write docs/checks.md anew")
    asked = parser.parse_args(arguments)
    try:
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
    except (CatalogueError, UsageError) as error:
        parser.exit(4, f"{error}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
