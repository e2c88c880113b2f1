"""The simulator: a virtual board that runs the real firmware, in a physical world."""
