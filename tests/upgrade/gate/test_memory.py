import platform
import subprocess
import sys

import pytest

PROGRAM = """
import sys
from pathlib import Path
from upgrade.gate import memory

def mib():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20

if sys.argv[1:] == ["returned"]:
    memory.return_what_is_freed()
large = bytearray(b"x" * 2**23)
del large  # from here on glibc takes blocks of up to this size from its arena
blocks = [bytearray(b"x" * 2**19) for _ in range(100)]
last = bytearray(b"x" * 2**19)
before = mib()
del blocks  # what lies behind `last`
print(before - mib())
"""


def _returned(*arguments: str) -> float:
    """MiB, of the 50 that a process has freed."""
    told = subprocess.run([sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, check=True)
    return float(told.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="of glibc alone")
def test_what_is_freed_is_returned() -> None:
    assert _returned() < 25
    assert _returned("returned") > 45
