"""botocore's service models, loaded once: parsing them is most of what a sandbox's start costs."""

from functools import cache

import botocore.session


@cache
def session() -> botocore.session.Session:
    """The one botocore session of the sandbox; whoever makes clients of it does so one at a time."""
    return botocore.session.get_session()
