"""The rules of the gate: one small file a check, judged on frozen facts."""
