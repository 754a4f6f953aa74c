"""How long a command line is looked at before it is refused. Prints the median of each; the goal is half a second."""

import os
import statistics
import subprocess
import sys
import tempfile
import time

from tests.acceptance.gate import CHECKOUT

RUNS = 7
REFUSED = (
    ("-k", "stack"),
    ("--collect-only",),
    ("-n", "2"),
    ("-p", "no:upgrade.plugin"),
    ("--noconftest",),
    ("checks/preflight",),
    ("--plan=/nowhere",),
    ("--upgrade", "--read-only"),
)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as evidence:
        for arguments in REFUSED:
            seconds = [_refused(evidence, arguments) for _ in range(RUNS)]
            print(f"{statistics.median(seconds):.2f} s   pytest --stack demo {' '.join(arguments)}")


def _refused(evidence: str, arguments: tuple[str, ...]) -> float:
    command = [sys.executable, "-m", "pytest", "--stack", "demo", *arguments, f"--evidence={evidence}"]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    begun = time.perf_counter()
    ended = subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - begun
    if ended.returncode != 4:
        raise SystemExit(ended.stdout + ended.stderr)
    return seconds


if __name__ == "__main__":
    main()
