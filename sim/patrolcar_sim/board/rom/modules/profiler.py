# profiler.py: what the firmware's profiler hook finds on this board: each task is charged the time
# that it takes on the chip, since the host computes it 60 to 80 times faster.

import chip

cost_us = {}  # by task's name, filled at boot
other_us = 50

_costs = []


def tasks(names):
    """The executive's tasks, in the order of their index."""
    _costs.clear()
    for name in names:
        _costs.append(cost_us.get(name, other_us))


@micropython.native
def task_done(index):
    chip.charge(_costs[index])
