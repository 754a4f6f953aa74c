"""What moto's services lack or get wrong, put right.

Each module registers its part on moto's own backends and routes, before the services are first called.
"""

from sandbox.knobs import Knobs
from sandbox.services import (
    acm,
    autoscaling,
    backup,
    batch,
    cloudwatch,
    ec2,
    efs,
    elasticache,
    elbv2,
    functions,
    iam,
    kms,
    opensearch,
    quotas,
    rds,
    s3,
    settings,
)

OURS = (
    acm,
    autoscaling,
    backup,
    batch,
    cloudwatch,
    ec2,
    efs,
    elasticache,
    elbv2,
    functions,
    iam,
    kms,
    opensearch,
    quotas,
    rds,
    s3,
)
"""In any order."""


def install(knobs: Knobs) -> None:
    """Put all of it in place; a later call only exchanges the knobs."""
    settings.use(knobs)
    for service in OURS:
        service.install()
