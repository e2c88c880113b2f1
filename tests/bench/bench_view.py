"""The viewer's frame: a full redraw against a blitted one, in the same run, on the Agg canvas.

A window adds what its toolkit needs to put the picture on the screen; that is the same for both.
"""

import math
import time

from matplotlib.backends.backend_agg import FigureCanvasAgg

from patrolcar.view.figure import CarFigure, new_figure
from patrolcar.view.live import Blitter
from patrolcar.view.state import Echo, Telemetry

FRAMES = 40
HISTORY_S = 60.0


def driven() -> Telemetry:
    """A car that has driven for a minute at the firmware's rates."""
    car = Telemetry(HISTORY_S)
    car.mode, car.armed, car.first_time_s = "AUTO", True, 0.0
    for step in range(int(HISTORY_S * 20)):
        advance(car, step)
    return car


def advance(car: Telemetry, step: int) -> None:
    """One twentieth of a second more."""
    t = car.time_s = step / 20
    car.yaw = math.remainder(t / 4, 2 * math.pi)
    car.x, car.y = math.sin(t / 4), 1 - math.cos(t / 4)
    car.wheels.append(t, 0.3 + 0.02 * math.sin(t), 0.3, 0.3, 0.3)
    car.heading.append(t, math.degrees(car.yaw))
    car.trail.append(t, car.x, car.y)
    for sensor in range(3):
        car.echo[sensor] = Echo(t, 1 + 0.5 * math.sin(t + sensor))
        car.ranges[sensor].append(t, car.echo[sensor].range_m)
    car.echoes.append(t, *car.ray(1, car.echo[1].range_m)[1])
    if step % 10 == 0:
        car.battery.append(t, 7.6, 0.4)
        car.load.append(t, 22.0)


def main() -> None:
    car = driven()
    figure = new_figure()
    canvas = FigureCanvasAgg(figure)
    drawing = CarFigure(figure, car)
    blitter = Blitter(canvas, drawing.artists)
    drawing.update(0.0)
    blitter.frame(full=True)
    took = {}
    step = int(HISTORY_S * 20)
    for full in (True, False):
        started = time.perf_counter()
        for _ in range(FRAMES):
            step += 1
            advance(car, step)
            drawing.update(0.0)
            blitter.frame(full)
        took[full] = (time.perf_counter() - started) / FRAMES
    print(
        f"viewer, 1200x800: full redraw {took[True] * 1e3:.1f} ms, "
        f"blitted frame {took[False] * 1e3:.1f} ms, ratio {took[True] / took[False]:.1f}"
    )


if __name__ == "__main__":
    main()
