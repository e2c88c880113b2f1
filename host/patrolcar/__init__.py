"""patrolcar: the host tools that flash, watch and record the patrol car."""

__version__ = "0.1.0"
