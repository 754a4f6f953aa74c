"""What moto's services lack or get wrong, put right.

Each module registers its part on moto's own backends and routes, before the services are first called.
"""

from sandbox.knobs import Knobs
from sandbox.services import acm, backup, batch, cloudwatch, ec2, efs, elasticache, elbv2, iam, rds, s3


def install(knobs: Knobs) -> None:
    """Put all of it in place; a later call only exchanges the knobs."""
    elbv2.install(knobs)
    for service in (acm, backup, batch, cloudwatch, ec2, efs, elasticache, iam, rds, s3):
        service.install()
