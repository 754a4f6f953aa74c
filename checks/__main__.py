"""`python -m checks manifest`: writes checks/manifest.toml anew, from the checks on disk."""

import argparse
import sys

from upgrade.catalogue import CHECKS, CatalogueError, catalogue
from upgrade.gate import manifest


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m checks")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("manifest", help="write checks/manifest.toml anew")
    parser.parse_args(arguments)
    try:
        written = manifest.text(catalogue())
    except CatalogueError as error:
        parser.exit(4, f"{error}\n")
    (CHECKS / "manifest.toml").write_text(written, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
