"""Missions: what the car drives from place to place, in files and over a link."""
