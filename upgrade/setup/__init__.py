"""Before the first gate: `python -m upgrade init` writes the configuration, `doctor` says what is missing."""
