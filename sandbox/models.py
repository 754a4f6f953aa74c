"""botocore's service models, loaded once: parsing them is most of what a sandbox's start costs."""

from functools import cache

import botocore.session


@cache
def untouched() -> botocore.session.Session:
    """Another session, of which no client is ever made: an S3 client takes the bucket out of the paths of its model.

    botocore/handlers.py, remove_bucket_from_url_paths_from_model.
    """
    return botocore.session.get_session()


@cache
def session() -> botocore.session.Session:
    """The one botocore session of the sandbox; whoever makes clients of it does so one at a time."""
    return botocore.session.get_session()
