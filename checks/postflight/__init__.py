"""Checks after the upgrade: on `before`, `plan`, `upgrade` and `after`."""
