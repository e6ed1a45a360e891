"""What things cost, as ratios measured in one interleaved run; see benchmarks/harness.py."""
