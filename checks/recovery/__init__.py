"""Checks of a recovery: how the stack is stuck, the continuation of its rollback, and what was skipped."""
