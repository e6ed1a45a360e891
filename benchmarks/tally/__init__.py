"""The parts of `dev.py bench trends`: gates, pages, engine, refreshes, rebuilds."""
