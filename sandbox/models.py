"""Where moto is first imported, and botocore's service models, loaded once: they are most of what a start costs."""

import os
from functools import cache
from typing import Any
from unittest.mock import patch

import boto3
import botocore.session

from sandbox.account import ACCOUNT

# moto reads these when it is first imported, and when it makes IAM and EC2.
os.environ["MOTO_ACCOUNT_ID"] = ACCOUNT
os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"  # hundreds of images of years ago, in every region


@cache
def session() -> botocore.session.Session:
    """The one botocore session of the sandbox; whoever makes clients of it does so one at a time."""
    return botocore.session.get_session()


# moto makes sessions only to ask for regions, and each reads the models of the services anew: it gets this one.
with patch.object(boto3, "Session", session):
    import moto.ec2.models  # noqa: F401  # asks while it is imported
    from moto.core.utils import get_service_model


def untouched(service: str) -> Any:
    """The model of a service that no client is made of: an S3 client takes the bucket out of the paths of its model.

    botocore/handlers.py, remove_bucket_from_url_paths_from_model.

    Raises:
        botocore.exceptions.UnknownServiceError: there is none of this name.
    """
    return get_service_model(service)
