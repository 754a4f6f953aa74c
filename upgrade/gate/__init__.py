"""The gate between pytest and a run: command line, ledger, decision, what a person sees while it goes on."""
