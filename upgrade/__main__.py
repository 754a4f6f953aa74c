"""`python -m upgrade init | doctor | approve`: what people do before a gate, and between plan and upgrade."""

import argparse
import getpass
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from reports.text import harmless
from upgrade import approving
from upgrade.aws.session import SANDBOX, Access, Aws
from upgrade.clock import SystemClock
from upgrade.config.stacks import DEMO, file_for, load
from upgrade.errors import UsageError
from upgrade.gate.options import CHECKOUT
from upgrade.rules import approvals, bound
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
    making.set_defaults(run=_init)
    looking = commands.add_parser("doctor", help="say what is missing before a gate is tried")
    looking.add_argument("--stack", required=True, metavar="NAME", help="the entry of stacks.toml")
    looking.add_argument("--stacks-file", type=Path, metavar="PATH")
    looking.add_argument("--evidence", type=Path, default=Path("evidence"), metavar="DIR")
    looking.set_defaults(run=_doctor)
    signing = commands.add_parser("approve", help="show a plan and sign one's approval of it")
    signing.add_argument("plan", type=Path, metavar="PLAN", help="the plan.json of a run with --ahead")
    signing.add_argument("--name", required=True, help="who approves, as in change.approvers")
    signing.add_argument("--meaning", default="reviewed and approved", help="what the approval says")
    signing.add_argument("--key", type=Path, metavar="PEM", help="private key; without one the approval is not signed")
    signing.add_argument("--digest", metavar="SHA256", help="of the plan that is meant, where nobody can be asked")
    signing.add_argument("--out", type=Path, metavar="PATH", help="default: NAME.approval.json beside the plan")
    signing.add_argument("--stacks-file", type=Path, metavar="PATH")
    signing.set_defaults(run=_approve)
    chosen = parser.parse_args(arguments)
    try:
        return int(chosen.run(chosen))
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


def _approve(chosen: argparse.Namespace) -> int:
    plan, sha256 = bound.load(chosen.plan)
    keys, signed = _approvers(chosen, plan.entry), chosen.key is not None
    now = SystemClock().now()
    for line in approving.shown(plan, sha256, now):
        sys.stdout.write(f"{harmless(line)}\n")
    sys.stdout.flush()
    if told := bound.too_old(plan, now):
        raise UsageError(told)
    approving.confirm(sha256, chosen.digest)
    document = approving.statement(sha256, chosen.name, chosen.meaning, SystemClock().now())
    if signed:
        document = approving.signed(document, chosen.key, lambda: getpass.getpass(f"Password of {chosen.key}: "))
    path = chosen.out or chosen.plan.with_name(f"{approvals.person(chosen.name)}.approval.json")
    try:
        with path.open("x", encoding="utf-8") as file:
            json.dump(document, file, indent=1)
    except OSError as error:
        raise UsageError(f"{path}: can't be written: {error.strerror}; name another with --out=PATH") from None
    if signed and keys and not approvals.read(path, keys).authenticated:
        path.unlink()
        raise UsageError(f"--key={chosen.key}: is not the key of {chosen.name!r} in change.approvers")
    sys.stdout.write(
        f"\n{path} is written: {'signed' if signed else 'asserted, not authenticated'}. Whoever runs the upgrade adds\n\n"
        f"    --plan={chosen.plan} --approval={path}\n"
    )
    return 0


def _approvers(chosen: argparse.Namespace, entry: str) -> Mapping[str, Path]:
    """The configured public keys, by name, as far as there is a configuration to hold the approval against.

    Raises:
        UsageError: this name, or an approval without a signature, would not count there.
    """
    if not chosen.name.strip() or not approvals.person(chosen.name):
        raise UsageError("--name: expected the printed name of who approves")
    file = file_for(entry, chosen.stacks_file or CHECKOUT / "stacks.toml")
    if chosen.stacks_file is None and not file.exists():
        sys.stdout.write(
            f"There is no {file} here: whether this name and key count is seen when the plan is executed.\n\n"
        )
        return {}
    stacks = load(file)
    change = stacks.entry(entry).change
    if change.approvers and chosen.name not in change.approvers:
        raise UsageError(f"--name: {chosen.name!r} is no approver of {entry}: {', '.join(sorted(change.approvers))}")
    if chosen.key is None and not change.unsigned_approvals:
        raise UsageError(f"an approval of {entry} needs a signature: --key=PEM")
    keys = {who: stacks.file.parent / key for who, key in change.approvers.items()}
    approvals.require_keys(keys)
    return keys


if __name__ == "__main__":
    sys.exit(main())
