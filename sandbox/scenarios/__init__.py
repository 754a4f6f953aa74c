"""Named worlds, one hazard each beside a healthy one. Demo and tests use the same.

Importing this is light: neither moto nor boto3, so that a command line can name the scenarios.
"""

from sandbox.scenarios import (  # noqa: F401  # they register
    activity,
    archive,
    company,
    data,
    database,
    drift,
    failures,
    linked,
    macros,
    operation,
    target,
    vendor,
    world,
)
from sandbox.scenarios.registry import Scenario, UnknownScenario, find, scenarios

__all__ = ["Scenario", "UnknownScenario", "find", "scenarios"]
