"""Scenarios: a drive described in a TOML file, run on the virtual car, and judged by the truth."""
