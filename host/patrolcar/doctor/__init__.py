"""Bringing a car up: a self-test of each of its parts, run on the board by its own drivers."""
