"""How fast we may call a service: a bucket of tokens each, shared by all threads of a run.

AWS publishes no rates for CloudFormation; DescribeStacks is reported to be throttled at about 5 a second when kept up
(https://github.com/aws/aws-sam-cli/issues/2671). A gate's first look at a stack fits into the bucket; only what goes on
and on is slowed down, before AWS has to say so to us and to everybody else in the account.
"""

import threading

from upgrade.clock import Clock

BURST = 30
"""Calls of one service that may be made at once."""

RATE = 10.0
"""Calls of one service a second, once the burst is used up."""


class Budget:
    """Tokens of one service."""

    def __init__(self, clock: Clock, burst: int = BURST, rate: float = RATE) -> None:
        self._clock, self._burst, self._rate = clock, float(burst), rate
        self._tokens, self._at = float(burst), clock.monotonic()
        self._lock = threading.Lock()

    def take(self) -> None:
        """Take a token; wait until there is one."""
        with self._lock:
            now = self._clock.monotonic()
            self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate) - 1
            self._at = now
            owed = -self._tokens / self._rate
        if owed > 0:
            self._clock.sleep(owed)

    def has_left(self) -> bool:
        """Whether a token can be taken without waiting."""
        with self._lock:
            return self._tokens + (self._clock.monotonic() - self._at) * self._rate >= 1
