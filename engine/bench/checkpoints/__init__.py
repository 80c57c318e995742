"""Real checkpoints with random weights, built from their families' own config classes.

Tiny as they are built, for tests; `resize` gives them layers that take a while, for benchmarks.
"""
