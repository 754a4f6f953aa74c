"""What goes wrong in upgrades, one world a hazard: the gate must say so, naming the resource and what is the matter."""

from bench.worlds.hazards import access, afterwards, backup, functions, plan, quiet, stateful, template  # noqa: F401  # they register
