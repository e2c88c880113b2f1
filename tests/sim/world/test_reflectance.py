"""Reflectance sensors: voltages over floors, tape, edges; height and daylight."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Callable
from pathlib import Path

import pytest

from patrolcar_sim.world.parts import load_parts
from patrolcar_sim.world.reflectance import (
    CLIFF_LEFT,
    CLIFF_RIGHT,
    LINE_LEFT,
    LINE_MIDDLE,
    LINE_RIGHT,
    Frame,
    ReflectanceArray,
    current_at,
)
from patrolcar_sim.world.world import World

UPRIGHT = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
PLANE = '<geom name="floor" type="plane" size="0 0 0.1"/>'


class Rig:
    """The sensors over a floor; the car hovers where it is put."""

    def __init__(self, tmp_path: Path, body: str, light: float = 0.0, seed: int = 1) -> None:
        path = tmp_path / "floor.xml"
        names = ("tape", "white", "grey", "wall")
        path.write_text(
            "<mujoco><asset>"
            + "".join(f'<material name="{name}"/>' for name in names)
            + f"</asset><worldbody>{body}</worldbody></mujoco>"
        )
        world = World(str(path), 1)
        self.tick = 0
        self.frame: Frame = (0.0, 0.0, 0.0, *UPRIGHT)
        self.light = light
        self.array = ReflectanceArray(
            load_parts().reflectance, world.model, world.data, world.info.materials, seed,
            lambda: self.tick, lambda: self.frame, lambda: self.light,
        )  # fmt: skip

    def mv(self, sensor: int, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> float:
        """The mean of 50 ticks at a place."""
        self.frame = (x, y, z, *UPRIGHT)
        values = []
        for _ in range(50):
            self.tick += 1
            values.append(self.array.mv()[sensor])
        return statistics.mean(values)


Make = Callable[..., Rig]


@pytest.fixture
def rig(tmp_path: Path) -> Make:
    return lambda body=PLANE, light=0.0, seed=1: Rig(tmp_path, body, light, seed)


def stripe(material: str, x: float = 0.07, width: float = 0.02, top: float = 0.0) -> str:
    """Paint across the car's way."""
    return (
        f'<geom name="paint stripe" type="box" size="{width / 2} 1 0.0005" '
        f'pos="{x} 0 {top - 0.0005}" material="{material}"/>'
    )


def test_a_light_floor_pulls_the_output_down_to_saturation(rig: Make) -> None:
    for sensor in range(5):
        assert rig().mv(sensor) == pytest.approx(300, abs=10)


def test_tape_leaves_it_near_the_supply_and_white_paint_does_not(rig: Make) -> None:
    assert 3050 < rig(PLANE + stripe("tape")).mv(LINE_MIDDLE) < 3250
    assert rig(PLANE + stripe("white")).mv(LINE_MIDDLE) < 350
    assert 1800 < rig(PLANE + stripe("grey")).mv(LINE_MIDDLE) < 2700


def test_paint_in_the_floors_own_plane_covers_it(rig: Make) -> None:
    level = rig(PLANE + stripe("tape")).mv(LINE_MIDDLE)
    assert rig(PLANE + stripe("tape", top=0.0005)).mv(LINE_MIDDLE) == pytest.approx(level, abs=60)


def test_each_sensor_looks_at_its_place(rig: Make) -> None:
    spec = load_parts().reflectance
    places = {
        LINE_LEFT: (0.07, 0.012),
        LINE_MIDDLE: (0.07, 0.0),
        LINE_RIGHT: (0.07, -0.012),
        CLIFF_LEFT: (0.0614, 0.0430),
        CLIFF_RIGHT: (0.0614, -0.0430),
    }
    assert spec.cliff_radius == pytest.approx(0.075)
    for sensor, (x, y) in places.items():
        dot = (
            f'<geom name="paint dot" type="box" size="0.004 0.004 0.0005" pos="{x} {y} 0" '
            'material="tape"/>'
        )
        dark = [rig(PLANE + dot).mv(other) > 2000 for other in range(5)]
        assert dark == [other == sensor for other in range(5)]


def test_output_rises_steadily_across_the_edge_of_a_tape(rig: Make) -> None:
    sensors = rig(PLANE + stripe("tape", x=0.1, width=0.06))
    levels = [sensors.mv(LINE_MIDDLE, x=mm / 1000) for mm in range(-4, 5)]
    assert levels[0] < 350
    assert levels[-1] > 3000
    assert all(b > a - 15 for a, b in itertools.pairwise(levels))
    assert sum(500 < level < 2900 for level in levels) >= 2, "the spot blends"


def test_where_the_floor_ends_the_output_is_that_of_nothing(rig: Make) -> None:
    table = '<geom name="floor table" type="box" size="0.15 0.5 0.4" pos="-0.05 0 -0.4"/>'
    edge = rig(table)
    assert edge.mv(CLIFF_LEFT) == pytest.approx(300, abs=10)
    assert edge.mv(CLIFF_LEFT, x=0.06) > 3250
    assert edge.mv(CLIFF_RIGHT, x=0.06) > 3250


def test_a_floor_20_cm_below_is_none(rig: Make) -> None:
    stairs = (
        '<geom name="floor up" type="box" size="0.15 0.5 0.1" pos="-0.05 0 -0.1"/>'
        '<geom name="floor down" type="box" size="1 1 0.1" pos="0 0 -0.3"/>'
    )
    assert rig(stairs).mv(CLIFF_LEFT, x=0.06) > 3250


# QRE1113 data sheet: the current is greatest at 1 mm and falls from there.
def test_current_over_distance_is_the_data_sheets_curve(rig: Make) -> None:
    currents = [current_at(mm / 1000) for mm in (1, 2, 3, 4, 6, 10, 20)]
    assert currents[0] == 1.0
    assert currents == sorted(currents, reverse=True)
    assert current_at(0.003) == pytest.approx(0.36)
    assert current_at(0.0002) < 0.5
    assert current_at(0.03) == 0.0


@pytest.mark.parametrize("body", [PLANE, PLANE + stripe("tape", x=1.0)])
def test_a_lifted_car_sees_no_floor(rig: Make, body: str) -> None:
    lifted = rig(body)
    levels = [lifted.mv(LINE_MIDDLE, z=mm / 1000) for mm in (0, 2, 4, 8, 20)]
    assert levels == sorted(levels)
    assert levels[0] < 350
    assert levels[-1] > 3250


def test_rays_and_the_shortcut_for_an_endless_floor_agree(rig: Make) -> None:
    box = '<geom name="floor" type="box" size="1 1 0.1" pos="0 0 -0.1"/>'
    short, rays = rig(PLANE), rig(box)
    for z in (0.0, 0.003, 0.01):
        short.frame = rays.frame = (0.2, 0.1, z, *UPRIGHT)
        for one, other in zip(short.array.seen(), rays.array.seen(), strict=True):
            assert one == pytest.approx(other, rel=0.03)


def test_sunlight_makes_a_grey_floor_look_brighter(rig: Make) -> None:
    body = PLANE + stripe("grey")
    assert rig(body, light=0.0).mv(LINE_MIDDLE) - rig(body, light=1.0).mv(
        LINE_MIDDLE
    ) == pytest.approx(170, abs=40)


def test_one_tick_has_one_value_and_the_next_another(rig: Make) -> None:
    sensors = rig()
    first = sensors.array.mv()
    assert sensors.array.mv() is first
    sensors.tick += 1
    assert all(a != b for a, b in zip(sensors.array.mv(), first, strict=True))


def test_noise_and_gains_come_from_the_seed(rig: Make) -> None:
    body = PLANE + stripe("grey")
    assert rig(body).mv(LINE_MIDDLE) == rig(body).mv(LINE_MIDDLE)
    assert rig(body).mv(LINE_MIDDLE) != rig(body, seed=2).mv(LINE_MIDDLE)


def test_in_the_world_a_car_at_rest_sees_its_floor() -> None:
    world = World("office", 1)
    assert all(world.reflectance_mv(i) < 400 for i in range(5))
