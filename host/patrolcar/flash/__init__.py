"""Flashing: the firmware compiled for a board and copied to it with mpremote."""
