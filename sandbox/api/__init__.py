"""The engine's HTTP face: CloudFormation actions over moto's request parsing and botocore's service model."""

from sandbox.engine.world import World


def install(world: World) -> None:
    """Put the engine in the place of moto's CloudFormation. Must happen before the first request."""
    from sandbox.api.cloudformation import CloudFormation

    CloudFormation.install(world)
