"""Frozen facts about a stack and what hangs on it: what checks judge.

Types only; `upgrade.facts.collector` fills them through the adapters in `upgrade.aws`.
"""
