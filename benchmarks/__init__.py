"""Benchmarks: what a request costs, as ratios to the same answer written by hand."""
