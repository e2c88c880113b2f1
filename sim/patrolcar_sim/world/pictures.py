"""Pictures of what each sensor model does, against its data sheet's figures.

    python -m patrolcar_sim.world.pictures OUT_DIR

makes sonar.png, tof.png, imu.png, reflectance.png and battery.png, and sensors.png with all.
"""

from __future__ import annotations

import argparse
import math
import struct
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import mujoco
import numpy as np
from matplotlib.figure import Figure

from patrolcar_sim.world.battery import Battery
from patrolcar_sim.world.imu import Mpu6050
from patrolcar_sim.world.loader import load_world
from patrolcar_sim.world.materials import load_materials
from patrolcar_sim.world.parts import GRAVITY, load_parts
from patrolcar_sim.world.reflectance import LINE_MIDDLE, ReflectanceArray
from patrolcar_sim.world.sonar import SonarArray
from patrolcar_sim.world.tof_optics import COMPLETE, TofOptics

# Far from the car, which is not looked at here.
_WALL_X = 8.0
_HALF = 0.05
_LIMIT = 0.25  # Mcps, the API's
_LIGHTS = ((0.0, "dark", "-"), (0.05, "5 klx", "--"))
# Data sheet DocID029104, table 12 (33 ms): material, light, m, standard deviation in %.
_TABLE_12 = (("white", 0.0, 1.2, 4), ("grey", 0.0, 0.7, 7), ("white", 0.05, 0.6, 7),
             ("grey", 0.05, 0.4, 12))  # fmt: skip
_COLOURS = {"white": "tab:blue", "wall": "tab:blue", "grey": "tab:gray", "cloth": "tab:green",
            "glass": "tab:cyan", "metal": "tab:purple", "skin": "tab:orange", "post": "tab:red",
            "velvet": "black"}  # fmt: skip

Axes = Any
Scene = tuple[Any, Any, Any]


def _scene(body: str) -> Scene:
    """Model, data and materials of a world with these geoms."""
    assets = "".join(f'<material name="{name}"/>' for name in load_materials())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scene.xml"
        path.write_text(f"<mujoco><asset>{assets}</asset><worldbody>{body}</worldbody></mujoco>")
        model, info = load_world(str(path))
    data = mujoco.MjData(model)
    mujoco.mj_forward(model, data)
    return model, data, info.materials


def _wall(material: str) -> str:
    """A target larger than any beam; it goes on below the floor."""
    return (
        f'<geom type="box" size="{_HALF} 20 20" pos="{_WALL_X + _HALF} 0 0" '
        f'material="{material}"/>'
    )


def _before(metres: float, face: float, slant: float = 0.0) -> tuple[float, float, float]:
    """The pose from which a sensor that looks ahead has a wall so far away and so slanted."""
    return _WALL_X - metres * math.cos(slant) - face * math.cos(slant), 0.0, slant


def sonar_slant(axes: Axes) -> None:
    """How far a large target is heard, by its slant."""
    spec = load_parts().sonar
    slants = range(0, 41, 2)
    metres = np.linspace(4.0, 0.05, 80)
    for name in ("wall", "metal", "skin", "cloth"):
        sonar = SonarArray(spec, *_scene(_wall(name)), 1)
        farthest = []
        for slant in slants:
            pose = (_before(m, spec.mount_radius, math.radians(slant)) for m in metres)
            heard = (m for m, at in zip(metres, pose, strict=True) if sonar.heard(1, *at))
            farthest.append(next(heard, 0.0))
        axes.plot(slants, farthest, label=name, color=_COLOURS[name])
    axes.axhline(spec.range_max, color="black", lw=0.8, ls=":")
    axes.text(40, spec.range_max, "data sheet: 4 m", ha="right", va="bottom", fontsize=7)
    axes.set(xlabel="slant of the target (deg)", ylabel="heard up to (m)", ylim=(0, 4.6))
    axes.set_title("Sonar HC-SR04: large targets")
    axes.legend(fontsize=7)


def sonar_beam(axes: Axes) -> None:
    """Where a post is heard, from above."""
    spec = load_parts().sonar
    for size, colour in ((0.1, "tab:red"), (0.025, "tab:blue")):
        post = f'<geom type="cylinder" size="{size} 1" pos="{_WALL_X} 0 0" material="post"/>'
        sonar = SonarArray(spec, *_scene(post), 1)
        outline = [(0.0, 0.0)]
        for bearing in range(-30, 31, 2):
            c, s = math.cos(math.radians(bearing)), math.sin(math.radians(bearing))
            for metres in np.arange(3.0, 0.1, -0.05):
                x, y = metres * c, metres * s
                if sonar.heard(1, _WALL_X - x - spec.mount_radius, -y, 0.0) is not None:
                    outline.append((y, x))
                    break
        axes.fill(*zip(*outline, strict=True), color=colour, alpha=0.4,
                  label=f"post, {200 * size:g} cm thick")  # fmt: skip
    for side in (-1, 1):
        edge = math.radians(15) * side
        axes.plot([0, 3 * math.tan(edge)], [0, 3], color="black", lw=0.8, ls=":")
    axes.text(0.85, 3.0, "data sheet: 15 deg", fontsize=7)
    axes.set(xlabel="to the side (m)", ylabel="ahead (m)", aspect="equal", xlim=(-1.6, 1.6))
    axes.set_title("Sonar: where a post is heard")
    axes.legend(fontsize=7, loc="lower right")


def _tof(material: str, light: float) -> Callable[[float], TofOptics]:
    """A sensor by its distance from a chart."""
    spec = load_parts().tof
    scene = _scene(_wall(material))

    def at(metres: float) -> TofOptics:
        x, y, _ = _before(metres, spec.mount_radius)
        return TofOptics(spec, *scene, 1, lambda: (x, y, -spec.angle, 0.0), lambda: light)

    return at


def tof_signal(axes: Axes) -> None:
    """What comes back from each material."""
    metres = np.geomspace(0.05, 2.0, 60)
    for name in ("white", "skin", "metal", "cloth", "grey", "glass", "velvet"):
        sensor = _tof(name, 0.0)
        shots = [sensor(m).shot(0, 33_000, _LIMIT) for m in metres]
        axes.loglog(metres, [s.signal for s in shots], label=name, color=_COLOURS[name])
    axes.axhline(_LIMIT, color="black", lw=0.8, ls=":")
    axes.text(0.05, _LIMIT, "limit: 0.25 Mcps", va="bottom", fontsize=7)
    axes.set(xlabel="distance, head-on (m)", ylabel="signal (Mcps)", ylim=(0.005, 40))
    axes.set_title("ToF VL53L0X: signal by material")
    axes.legend(fontsize=7, loc="lower left", ncols=2)


def tof_noise(axes: Axes) -> None:
    """Standard deviation over the distance, to where nine of ten measurements succeed."""
    for name in ("white", "grey"):
        for light, label, line in _LIGHTS:
            sensor = _tof(name, light)
            xs, ys = [], []
            for metres in np.arange(0.1, 1.81, 0.05):
                optics = sensor(metres)
                found = [optics.shot(0, 33_000, _LIMIT) for _ in range(150)]
                good = [shot.range_mm for shot in found if shot.status == COMPLETE]
                if len(good) < 0.9 * len(found):
                    break
                xs.append(metres)
                ys.append(float(np.std(good)) / metres / 10)
            axes.plot(xs, ys, line, label=f"{name}, {label}", color=_COLOURS[name])
    for name, light, metres, percent in _TABLE_12:
        marker = "v" if light else "^"
        axes.plot([metres], [percent], marker, color=_COLOURS[name], mec="black")
    axes.set(xlabel="distance (m)", ylabel="standard deviation (%)", ylim=(0, 14))
    axes.set_title("ToF: noise; marks: data sheet, at most")
    axes.legend(fontsize=7, loc="upper right")


def _imu_rates(n: int) -> np.ndarray:
    """Rates about z (deg/s) and forces along x (mg) of an IMU at rest, every 2 ms; (2, n)."""
    step = 0

    def number() -> int:
        return step

    imu = Mpu6050(load_parts().imu, 1, number, lambda: (0.0, 0.0, GRAVITY, 0.0, 0.0, 0.0))
    imu.write(b"\x6b\x00")
    values = np.empty((2, n))
    for i in range(n):
        step += 1
        imu.write(b"\x3b")
        words = struct.unpack(">7h", imu.read(14))
        values[:, i] = words[6] / 131, words[0] / 16.384
    return values


def _allan(values: np.ndarray, step_s: float) -> tuple[list[float], list[float]]:
    """Averaging times (s) and Allan deviations of a series."""
    times, deviations = [], []
    n = 1
    while len(values) // n > 20:
        means = values[: len(values) // n * n].reshape(-1, n).mean(axis=1)
        times.append(n * step_s)
        deviations.append(math.sqrt(0.5 * float(np.mean(np.diff(means) ** 2))))
        n *= 2
    return times, deviations


def imu_noise(axes: Axes) -> None:
    """Allan deviations at rest, beside the noise densities of the data sheet."""
    spec = load_parts().imu
    rates = _imu_rates(40_000)
    units = (("rate z (deg/s)", math.degrees(spec.gyro_noise), "tab:blue"),
             ("force x (mg)", spec.accel_noise / GRAVITY * 1e3, "tab:orange"))  # fmt: skip
    for values, (label, density, colour) in zip(rates, units, strict=True):
        times, deviations = _allan(values, 2e-3)
        axes.loglog(times, deviations, "o-", ms=3, label=label, color=colour)
        axes.loglog(times, [density / math.sqrt(2 * t) for t in times], ":", color="black", lw=0.8)
    axes.text(0.03, 0.06, "dotted: noise densities of the data sheet", fontsize=7,
              transform=axes.transAxes)  # fmt: skip
    axes.set(xlabel="averaging time (s)", ylabel="Allan deviation")
    axes.set_title("IMU MPU-6050 at rest")
    axes.legend(fontsize=7)


def _floor(body: str) -> Callable[[float, float], float]:
    """The middle line sensor's volts by its place along x and the car's height, both in mm."""
    scene = _scene(f'<geom name="floor" type="plane" size="0 0 0.1"/>{body}')
    spec = load_parts().reflectance
    place, tick = [0.0] * 2, [0]

    def frame() -> tuple[float, ...]:
        return (place[0] - spec.line_x, 0.0, place[1], 1, 0, 0, 0, 1, 0, 0, 0, 1)

    array = ReflectanceArray(spec, *scene, 1, lambda: tick[0], frame, lambda: 0.0)

    def volts(x_mm: float, up_mm: float) -> float:
        place[:] = x_mm / 1000, up_mm / 1000
        tick[0] += 1
        return array.mv()[LINE_MIDDLE] / 1000

    return volts


def _stripe(material: str, half_mm: float) -> str:
    return (
        f'<geom name="paint" type="box" size="{half_mm / 1000} 1 0.0005" pos="0 0 -0.0004" '
        f'material="{material}"/>'
    )


def reflectance_tape(axes: Axes) -> None:
    """Across a tape, and over an edge."""
    xs = np.arange(-30, 30.5, 0.5)
    for material, label in (("tape", "black tape"), ("grey", "grey paint")):
        volts = _floor(_stripe(material, 9.5))
        axes.plot(xs, [volts(x, 0.0) for x in xs], label=f"{label}, 19 mm")
    axes.axvspan(-9.5, 9.5, color="black", alpha=0.1)
    axes.set(xlabel="place across the tape (mm)", ylabel="output (V)", ylim=(0, 3.4))
    axes.set_title("Line sensor QTR-1A over a tape")
    axes.legend(fontsize=7)


def reflectance_height(axes: Axes) -> None:
    """Over the height."""
    height_mm = 1000 * load_parts().reflectance.height
    up = np.arange(1 - height_mm, 20, 0.25)
    for material in ("white", "floor", "grey", "tape"):
        volts = _floor(_stripe(material, 100.0))
        axes.plot(up + height_mm, [volts(0.0, u) for u in up], label=material)
    axes.axvline(height_mm, color="black", lw=0.8, ls=":")
    axes.text(height_mm + 0.2, 0.05, "mounted", fontsize=7)
    axes.set(xlabel="face above the floor (mm)", ylabel="output (V)", ylim=(0, 3.4))
    axes.set_title("Line and cliff sensors: height")
    axes.legend(fontsize=7)


def battery_curve(axes: Axes) -> None:
    """Voltage over the charge, at rest and with both motors stalled at half duty."""
    parts = load_parts()
    charges = np.linspace(0, 1, 60)
    cells = [Battery(parts, charge) for charge in charges]
    axes.plot(100 * charges, [cell.volts for cell in cells], label="electronics alone")
    for cell in cells:
        cell.load(0.5, 0.5, 0.0, 0.0)
    amps = cells[30].amps
    axes.plot(100 * charges, [cell.volts for cell in cells],
              label=f"both motors stalled at half duty ({amps:.1f} A)")  # fmt: skip
    axes.set(xlabel="charge (%)", ylabel="pack (V)")
    axes.set_title("Battery, 2S1P")
    axes.legend(fontsize=7)


Drawing = Callable[[Axes], None]
SENSORS: dict[str, Sequence[Drawing]] = {
    "sonar": (sonar_slant, sonar_beam),
    "tof": (tof_signal, tof_noise),
    "imu": (imu_noise,),
    "reflectance": (reflectance_tape, reflectance_height),
    "battery": (battery_curve,),
}


def save(drawings: Iterable[Drawing], columns: int, out: Path) -> None:
    """One PNG with these drawings."""
    drawings = list(drawings)
    rows = -(-len(drawings) // columns)
    figure = Figure(figsize=(4.2 * columns, 3.3 * rows), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False).flat
    for axes, drawing in zip(grid, drawings, strict=False):
        drawing(axes)
        axes.grid(alpha=0.3)
        axes.title.set_size(10)
    # No version in it: the same picture every time.
    figure.savefig(out, dpi=76, metadata={"Software": None}, pil_kwargs={"optimize": True})


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("out_dir", type=Path, help="folder for the PNGs; made if need be")
    folder: Path = parser.parse_args(arguments).out_dir
    every = [drawing for group in SENSORS.values() for drawing in group]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, drawings in SENSORS.items():
            save(drawings, len(drawings), folder / f"{name}.png")
        save(every, 4, folder / "sensors.png")
    except OSError as error:
        parser.error(f"{error.filename!s:.80}: {error.strerror}: give another folder")


if __name__ == "__main__":
    main()
