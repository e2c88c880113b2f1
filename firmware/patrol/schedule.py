"""The cyclic executive: tasks in a fixed order on a 10 ms tick, each every n-th tick.

A tick that ends after the next one was due is an overrun: it is counted, and time is taken anew
from there, so that late ticks never come in a burst.

A module `profiler` on the board's path may account time for each task: `tasks(names)` is called
once with the tuple of names, `task_done(index)` after each run of a task.
"""

import gc
from time import sleep_us, ticks_add, ticks_diff, ticks_us

from patrol.portable import const

try:
    from profiler import task_done
    from profiler import tasks as announce
except ImportError:

    def task_done(index):
        """Does nothing where there is no profiler."""

    def announce(names):
        """Does nothing where there is no profiler."""


PERIOD_US = const(10_000)
_SECOND = const(100)  # ticks
_LONGEST_US = const(100_000)
_COLLECT_US = const(5_000)  # slack that a collection needs, and a look at the heap
_TURN = const(25)  # ticks: 13 tasks have each been told within 3.25 s
_MOST = const(0xFFFF)  # us that a message can tell
_FORGET = const(64)  # collections: so many count for their mean

# Places in `told` and in `heap`.
TASK = const(0)
FREE = const(0)
RUNS = const(1)
MEAN = const(2)
WORST = const(3)


class Schedule:
    """`tasks` is a sequence of (name, function, every, phase): run in each tick with
    tick % every == phase.

    In a task: `now_us` (ticks_us at the tick's start), `dt_us` (since the last one's start),
    `ms` (since boot), `ticks`, `last_us` (what the last tick took). For telemetry: `overruns`,
    `load_permille` (of the last second), `worst_us` (longest tick; take it with `take_worst`),
    `collections`, `heap` (FREE in bytes, measured once a second where there was time; MEAN and
    WORST of a collection in us).

    Every 25 ticks one task after the other is accounted for, with what it took since its last
    turn: `told` has its number (TASK; -1: none yet), RUNS, MEAN and WORST in us. Until then the
    worst stands in `task_worst_us`.
    """

    def __init__(self, may_collect):
        self.now_us = ticks_us()
        self.dt_us = PERIOD_US
        self.ms = 0
        self.ticks = 0
        self.overruns = 0
        self.load_permille = 0
        self.worst_us = 0
        self.last_us = 0
        self.collections = 0
        self.heap = [0, 0, 0, 0]
        self.names = ()
        self.task_worst_us = []
        self.told = [-1, 0, 0, 0]
        self._task_us = []
        self._may_collect = may_collect
        self._functions = []
        self._every = []
        self._left = []
        self._due = self.now_us
        self._rest_us = 0
        self._busy_us = 0

    def plan(self, tasks):
        """Sets the tasks, in their order."""
        self.names = tuple([task[0] for task in tasks])
        self._functions = [task[1] for task in tasks]
        self._every = [task[2] for task in tasks]
        self._left = [task[3] + 1 for task in tasks]
        self._task_us = [0] * len(tasks)
        self.task_worst_us = [0] * len(tasks)
        announce(self.names)

    def start(self):
        """The next tick is due now, whatever happened before."""
        # What was loaded has been cleared. From here on no threshold: a larger function's frame
        # counts as an allocation though it is freed at once, so ticks would collect.
        gc.collect()
        gc.threshold(-1)
        self.heap[FREE] = gc.mem_free()
        self._due = ticks_us()
        self.now_us = self._due

    def run(self, ticks=None):
        """Runs that many ticks, or for ever. An exception of a task comes through."""
        left = -1 if ticks is None else ticks
        while left:
            rest = ticks_diff(self._due, ticks_us())
            if rest > 0:
                sleep_us(rest)
            self.tick()
            left -= 1

    def tick(self):
        """One tick, without the wait before it."""
        now = ticks_us()
        dt = ticks_diff(now, self.now_us)
        self.now_us = now
        # Whatever held the loop up, a task's products of times stay small integers.
        self.dt_us = dt if dt < _LONGEST_US else _LONGEST_US
        rest = self._rest_us + dt
        self.ms += rest // 1000
        self._rest_us = rest % 1000
        self.ticks += 1
        due = ticks_add(self._due, PERIOD_US)
        self._due = due

        before = now
        functions = self._functions
        left = self._left
        took = self._task_us
        worst = self.task_worst_us
        i = 0
        n = len(functions)
        while i < n:
            wait = left[i] - 1
            if wait:
                left[i] = wait
            else:
                left[i] = self._every[i]
                functions[i]()
                task_done(i)
                after = ticks_us()
                spent = ticks_diff(after, before)
                took[i] += spent
                if spent > worst[i]:
                    worst[i] = spent
                before = after
            i += 1

        self.last_us = busy = ticks_diff(before, now)
        if busy > self.worst_us:
            self.worst_us = busy
        self._busy_us += busy
        if self.ticks % _SECOND == 0:
            self.load_permille = self._busy_us // (_SECOND * PERIOD_US // 1000)
            self._busy_us = 0
            if ticks_diff(due, before) > _COLLECT_US:
                before = self._look_after_heap(before)
        if self.ticks % _TURN == 0:
            self._account()
        if ticks_diff(due, before) < 0:
            self.overruns += 1
            self._due = before

    def _look_after_heap(self, now):
        """Collects where that is allowed, and measures what is free; the time afterwards."""
        # Nothing allocates in a tick; what the REPL or an exception left is cleared here.
        if self._may_collect():
            gc.collect()
            after = ticks_us()
            spent = ticks_diff(after, now)
            self.collections += 1
            if spent > _MOST:
                spent = _MOST
            heap = self.heap
            if spent > heap[WORST]:
                heap[WORST] = spent
            n = self.collections if self.collections < _FORGET else _FORGET
            heap[MEAN] += (spent - heap[MEAN] + n // 2) // n
        # The allocation table is gone through for that: about 1 ms for 108 KB.
        self.heap[FREE] = gc.mem_free()
        return ticks_us()

    def _account(self):
        """The next task's turn: what it took since its last one."""
        n = len(self.names)
        if not n:
            return
        told = self.told
        i = told[TASK] + 1
        if i == n:
            i = 0
        told[TASK] = i
        ticks = _TURN * n
        if ticks > self.ticks:
            ticks = self.ticks
        # The next run is `left` ticks away, so the runs behind lie whole periods before that.
        runs = (ticks + self._left[i] - 1) // self._every[i]
        mean = self._task_us[i] // runs if runs else 0
        worst = self.task_worst_us[i]
        told[RUNS] = runs
        told[MEAN] = mean if mean < _MOST else _MOST
        told[WORST] = worst if worst < _MOST else _MOST
        self._task_us[i] = 0
        self.task_worst_us[i] = 0

    def take_worst(self):
        """The longest tick since the last call, in us."""
        worst = self.worst_us
        self.worst_us = 0
        return worst
