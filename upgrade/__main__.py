"""`python -m upgrade init | doctor`: what comes before a gate."""

import argparse
import os
import sys
from pathlib import Path
from typing import NoReturn

from upgrade.aws.session import SANDBOX, Access, Aws
from upgrade.clock import SystemClock
from upgrade.config.stacks import DEMO, file_for, load
from upgrade.errors import UsageError
from upgrade.gate.console import harmless
from upgrade.gate.options import CHECKOUT
from upgrade.setup import doctor, found, init

USAGE = 4
"""Exit code of a usage error, as everywhere in Plimsoll."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit code."""
    parser = _Parser(prog="python -m upgrade")
    commands = parser.add_subparsers(dest="command", required=True)
    making = commands.add_parser("init", help="write stacks.toml from a live stack")
    making.add_argument("--stack-name", required=True, help="name or ARN of the root stack")
    making.add_argument("--region", required=True)
    making.add_argument("--profile", help="AWS profile to read with")
    making.add_argument("--name", help="of the entry (default: the stack's)")
    making.add_argument("--stacks-file", type=Path, default=CHECKOUT / "stacks.toml", metavar="PATH")
    looking = commands.add_parser("doctor", help="say what is missing before a gate is tried")
    looking.add_argument("--stack", required=True, metavar="NAME", help="the entry of stacks.toml")
    looking.add_argument("--stacks-file", type=Path, metavar="PATH")
    looking.add_argument("--evidence", type=Path, default=Path("evidence"), metavar="DIR")
    chosen = parser.parse_args(arguments)
    try:
        return _init(chosen) if chosen.command == "init" else _doctor(chosen)
    except UsageError as error:
        sys.stderr.write(f"python -m upgrade {chosen.command}: {harmless(str(error))}\n")
        return USAGE


def _init(chosen: argparse.Namespace) -> int:
    if chosen.stacks_file.exists():
        raise UsageError(
            f"{chosen.stacks_file} is there already and is left alone: name another with --stacks-file=PATH"
        )
    clock = SystemClock()
    aws = Aws(clock, os.environ.get(SANDBOX) or None)
    aws.guard.install()
    try:
        connection = aws.connect(Access(chosen.region, chosen.profile))
        seen = found.look(connection, clock, chosen.stack_name)
    finally:
        aws.guard.remove()
    name = chosen.name or seen.stack.name
    if name == DEMO:
        raise UsageError(f"`pytest --stack {DEMO}` means the sandbox: call the entry something else with --name=NAME")
    init.write(chosen.stacks_file, init.text(seen, name, chosen.profile))
    where = "" if chosen.stacks_file == CHECKOUT / "stacks.toml" else f" --stacks-file={chosen.stacks_file}"
    sys.stdout.write(
        f"{chosen.stacks_file} is written. Look through it, then:\n\n    pytest --stack {name}{where} --read-only\n"
    )
    return 0


def _doctor(chosen: argparse.Namespace) -> int:
    starts_its_own = chosen.stack == DEMO and not os.environ.get(SANDBOX)
    stacks = None if starts_its_own else load(file_for(chosen.stack, chosen.stacks_file or CHECKOUT / "stacks.toml"))
    problems = 0
    for told in doctor.examine(stacks, chosen.stack, chosen.evidence):
        problems += bool(told.do)
        sys.stdout.write(f"{'!!' if told.do else 'ok'}  {told.what}: {harmless(told.said)}\n")
        if told.do:
            sys.stdout.write(f"    Do this: {harmless(told.do)}\n")
        sys.stdout.flush()
    sys.stdout.write(f"\n{problems or 'no'} problem{'' if problems == 1 else 's'} found\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
