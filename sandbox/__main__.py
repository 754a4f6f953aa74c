"""`python -m sandbox serve | scenarios`."""

import argparse
import shlex
import signal
import sys
import threading
from pathlib import Path
from typing import NoReturn

from sandbox.launch import OVERRIDING, SERVICE_ENDPOINT, CannotStart, launch
from sandbox.scenarios import scenarios

USAGE = 4
"""Exit code of a usage error, as everywhere in Plimsoll."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


_SERVICE_ENDPOINTS = f"$(env | sed -n 's/^\\({SERVICE_ENDPOINT}[A-Z0-9_]*\\)=.*/\\1/p')"
"""Shell: the variables that name the endpoint of one service."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; the exit code."""
    parser = _Parser(prog="python -m sandbox", description="AWS on loopback, for any client.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("scenarios", help="list the named worlds")
    serve = commands.add_parser("serve", help="start a sandbox and keep it until Ctrl-C or SIGTERM")
    serve.add_argument("--port", type=_port, default=0, help="port on 127.0.0.1 (default: a free one)")
    serve.add_argument("--scenario", metavar="NAME", default="healthy", help="the named world (default: healthy)")
    serve.add_argument("--env-file", metavar="FILE", type=Path, help="write the shell exports to this file too")
    chosen = parser.parse_args(arguments)
    if chosen.command == "scenarios":
        _list()
        return 0
    try:
        _serve(chosen.scenario, chosen.port, chosen.env_file)
    except CannotStart as error:
        serve.error(str(error))
    return 0


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:  # noqa: PLR2004  # the highest port there is
        raise ValueError(text)
    return port


def _list() -> None:
    width = max(len(known.name) for known in scenarios())
    for known in scenarios():
        sys.stdout.write(f"{known.name:{width}}  {known.sentence}\n")


def _serve(scenario: str, port: int, env_file: Path | None) -> None:
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    with launch(scenario, port) as sandbox:
        lines = [f"export {name}={shlex.quote(value)}" for name, value in sandbox.environment().items()]
        text = "\n".join([f"unset {' '.join(OVERRIDING)} {_SERVICE_ENDPOINTS}", *lines]) + "\n"
        if env_file:
            _write(env_file, text)
        sys.stdout.write(text)
        sys.stdout.flush()
        sys.stderr.write(f"sandbox: scenario {scenario} at {sandbox.url}; Ctrl-C ends it\n")
        sys.stderr.flush()
        ended.wait()


def _write(path: Path, text: str) -> None:
    """Whole or not at all: somebody may be waiting for the file."""
    try:
        half = path.with_name(f".{path.name}.part")
        half.write_text(text, encoding="utf-8")
        half.replace(path)
    except OSError as error:
        raise CannotStart(f"--env-file={path}: can't be written: {error.strerror}") from error


if __name__ == "__main__":
    sys.exit(main())
