"""One run without pytest, in the order of the flow: plan, apply, watch."""
