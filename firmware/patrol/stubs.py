"""Stands in for the modules that the build has made one (host/patrolcar/flash/link.py).

Each of them is a file of one line that has itself filled, so `from patrol.drivers.motor import
Motor` means what it says. In a tree that was not built nobody asks.
"""

# By module: its public names, each with what the one module calls it, or (value,) of a constant.
TABLE = {}


def fill(name, into):
    """Puts what the module of that name defines into its globals."""
    from patrol import app, births

    births.kept = True  # who imports a class may make one
    for public, there in TABLE[name]:
        into[public] = getattr(app, there) if isinstance(there, str) else there[0]
