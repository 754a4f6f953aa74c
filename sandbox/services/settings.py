"""The knobs that services act on. moto makes its backends itself, one set a process: so these are the process's too."""

import time
from dataclasses import dataclass

from sandbox.knobs import Knobs

_knobs = Knobs()


def use(knobs: Knobs) -> None:
    """Act on these from now on."""
    global _knobs  # noqa: PLW0603  # see above
    _knobs = knobs


def knobs() -> Knobs:
    """Those in force."""
    return _knobs


@dataclass(frozen=True, slots=True)
class Lasting:
    """Something that lasts as long as a knob said when it began, or shorter if the knob has been turned down since."""

    knob: str
    delay: float
    since: float

    @classmethod
    def begun(cls, knob: str) -> "Lasting":
        """It begins now."""
        return cls(knob, getattr(_knobs, knob), time.monotonic())

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return time.monotonic() - self.since >= min(self.delay, float(getattr(_knobs, self.knob)))
