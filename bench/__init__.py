"""Benchmarks: each runs alone (`python -m bench.NAME`) and prints figures. They judge nothing."""
