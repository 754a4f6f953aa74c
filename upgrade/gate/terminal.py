"""What a run writes to outlives its reader: `| head`, a log collector that ended, a terminal that is gone under nohup.

What can't be written any more is dropped, and the run goes on to its verdict and its evidence. A terminal whose end comes
with a signal ends the run, with evidence (`upgrade.gate.signals`).
"""

import os
from contextlib import suppress
from typing import TextIO, cast


def lasting(stream: TextIO) -> TextIO:
    """The stream, without the errors of writing to it."""
    return cast("TextIO", _Lasting(stream))


class _Lasting:
    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except OSError:
            self._drop()
            return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError:
            self._drop()

    def _drop(self) -> None:
        """Write to nowhere what the stream still holds: Python would try again at exit, and end with a code of its own."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)
        with suppress(OSError):
            self._stream.flush()
