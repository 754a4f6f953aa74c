"""Names the plugins, nothing else."""

pytest_plugins = ["sandbox.plugin", "upgrade.plugin"]
