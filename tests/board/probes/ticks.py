# ticks.py: how long each task takes, tick by tick, with the heap locked.

import gc
from time import ticks_diff, ticks_us

import micropython


def take_ticks(car, count):
    """[(task, runs, mean us, worst us)], and (ticks, mean us, worst us).

    The car stays disarmed. MemoryError where anything allocates.
    """
    schedule = car.schedule
    tasks = len(schedule.names)
    runs = [0] * tasks
    total = [0] * tasks
    worst = [0] * tasks
    busy = most = 0
    car.deadman.release()
    schedule.start()
    schedule.run(200)  # streams, sonars and answers have all had their turn
    schedule.take_worst()
    times = schedule.task_worst_us
    for i in range(tasks):
        times[i] = -1
    micropython.heap_lock()
    try:
        for _ in range(count):
            told = schedule.told[0]
            schedule.run(1)
            if schedule.told[0] != told:  # that one's turn has come: its worst stands there now
                times[schedule.told[0]] = schedule.told[3]
            spent = schedule.take_worst()
            busy += spent
            if spent > most:
                most = spent
            for i in range(tasks):
                spent = times[i]
                if spent >= 0:
                    times[i] = -1
                    runs[i] += 1
                    total[i] += spent
                    if spent > worst[i]:
                        worst[i] = spent
    finally:
        micropython.heap_unlock()
    table = []
    for i in range(tasks):
        table.append((schedule.names[i], runs[i], total[i] // max(1, runs[i]), worst[i]))
    return table, (count, busy // count, most)


def take_collection():
    """(bytes in use, bytes free, us that a collection takes)."""
    gc.collect()
    before = ticks_us()
    gc.collect()
    spent = ticks_diff(ticks_us(), before)
    return gc.mem_alloc(), gc.mem_free(), spent
