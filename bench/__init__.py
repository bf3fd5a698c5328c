"""Benchmarks: each prints a ratio to a limit measured in the same run, so that the machine's speed cancels out."""
