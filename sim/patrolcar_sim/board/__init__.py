"""The virtual board: a real MicroPython on a flash image, with ports, pins and virtual time."""
