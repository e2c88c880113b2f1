# loop.py: the whole car for two seconds, at rest and unable to move.

import gc

import board
from machine import Pin


def loop(ticks):
    from patrol.app import Car

    car = Car()
    # Whoever arms it meanwhile, by button or telemetry: STBY is no output, and no watchdog starts.
    Pin(board.MOTOR_STANDBY, Pin.IN, Pin.PULL_DOWN)
    car.watchdog.running = True
    schedule = car.schedule
    schedule.take_worst = lambda: 0  # telemetry would start it anew
    gc.collect()
    free = gc.mem_free()
    car.run(ticks)
    return (
        schedule.load_permille,
        schedule.worst_us,
        schedule.overruns,
        free,
        car.failures,
    )
