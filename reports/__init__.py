"""The evidence: one record, many views rendered from it, hashes over all of it. Judges nothing."""
