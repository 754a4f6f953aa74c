"""What seals and keeps the evidence of an entry, without a run: for `python -m reports seal`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from upgrade.aws.archive import Archive
from upgrade.aws.session import SANDBOX, Aws
from upgrade.aws.signing import KmsKey
from upgrade.clock import SystemClock
from upgrade.config.entry import StackEntry
from upgrade.run.identities import Identities


@contextmanager
def keepers(entry: StackEntry) -> Iterator[tuple[KmsKey | None, Archive | None]]:
    """The key in KMS and the archive that an entry names, each None if it names none.

    Raises:
        UsageError: no credentials.
    """
    clock = SystemClock()
    aws = Aws(clock, os.environ.get(SANDBOX) or None)
    identities = Identities(aws, entry, clock)
    aws.guard.install()
    try:
        yield identities.signer(), identities.archive()
    finally:
        aws.guard.remove()
