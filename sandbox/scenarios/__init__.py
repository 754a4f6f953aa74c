"""Named worlds: one hazard each, beside healthy ones."""
