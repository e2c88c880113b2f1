"""Where the lines of the modules that the build has changed were written. Data only.

`PLACES` is written by the build (host/patrolcar/flash/places.py has the format). Empty in a tree
that was not built.
"""

PLACES = b""
