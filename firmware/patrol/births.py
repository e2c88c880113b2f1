"""What only making the car takes: methods that nobody calls any more when it runs.

On a built board this module holds them, for the classes that the build has made one module of
(host/patrolcar/flash/births.py); loading it gives them to the classes. In a tree that was not
built they stay where they are, and there is nothing to forget.
"""

METHODS = ("__init__", "_make", "_wire", "_supervise_by_tables", "calibrate", "plan")

kept = False  # somebody else makes objects of these classes, and may do so later


def forget():
    """Takes the methods off the classes again."""
