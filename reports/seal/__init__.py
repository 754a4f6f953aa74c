"""A folder of evidence as a bag (RFC 8493) with one signing root, and the signatures over it."""
