"""What moto's services lack or get wrong, put right.

Each module registers its part on moto's own backends and routes, before the services are first called.
"""

from sandbox.knobs import Knobs
from sandbox.services import ec2, elbv2, rds


def install(knobs: Knobs) -> None:
    """Put all of it in place; a later call only exchanges the knobs."""
    ec2.install()
    elbv2.install(knobs)
    rds.install()
