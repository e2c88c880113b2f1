"""Calibration: what differs from car to car, measured with its person and kept on the board."""
