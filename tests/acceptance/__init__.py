"""The real command line in a process of its own, on the sandbox: one file a story."""
