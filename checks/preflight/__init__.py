"""Checks before the upgrade: on the facts (`before`) and on the plan (`plan`)."""
