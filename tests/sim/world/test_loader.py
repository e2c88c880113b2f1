"""Loading worlds: names, files, what is floor and what is obstacle, and every way it can fail."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest

from patrolcar.errors import PatrolError
from patrolcar_sim.world.footprint import distance
from patrolcar_sim.world.loader import load_world, world_names
from patrolcar_sim.world.materials import load_materials, material_of
from patrolcar_sim.world.world import World

Drive = Callable[[World, float, float, int], None]


def write(tmp_path: Path, text: str) -> str:
    path = tmp_path / "my_world.xml"
    path.write_text(text)
    return str(path)


def failure(name: str) -> PatrolError:
    with pytest.raises(PatrolError) as caught:
        load_world(name)
    assert "\n" not in str(caught.value)
    return caught.value


def test_project_has_seven_worlds() -> None:
    names = ["corridor", "empty", "lobby", "office", "ramp", "table", "track"]
    assert world_names() == names


def test_unknown_world_is_wrong_usage_and_lists_the_known() -> None:
    error = failure("ofice")
    assert error.code == 2
    for word in ("'ofice'", "corridor", "empty", "office", "room:SEED"):
        assert word in str(error)


def test_room_without_a_number_is_wrong_usage() -> None:
    error = failure("room:blue")
    assert error.code == 2
    assert "room:7" in str(error)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("this is not xml", "XML"),
        ("", "XML"),
        ("<mujoco><worldbody>", "XML"),
        ('<mujoco><worldbody><geom type="bax"/></worldbody></mujoco>', "bax"),
        ('<mujoco><worldbody><geom type="mesh" mesh="no"/></worldbody></mujoco>', "mesh"),
        ('<mujoco><worldbody><geom type="box" size="-1 1 1"/></worldbody></mujoco>', "size"),
        ('<mujoco><include file="nowhere.xml"/></mujoco>', "nowhere.xml"),
        ('<mujoco><include file="my_world.xml"/></mujoco>', "already included"),
        (
            '<mujoco><worldbody><geom size="1e300" pos="5 5 1"/></worldbody></mujoco>',
            "larger or farther away",
        ),
        (
            '<mujoco><worldbody><site name="start" pos="nan 0 0"/></worldbody></mujoco>',
            "site `start`",
        ),
    ],
)
def test_broken_file_gives_its_name_and_the_reason(text: str, reason: str, tmp_path: Path) -> None:
    path = write(tmp_path, text)
    error = failure(path)
    assert error.code == 1
    assert path in str(error)
    assert reason in str(error)


def test_binary_file_is_a_broken_file(tmp_path: Path) -> None:
    path = tmp_path / "picture.xml"
    path.write_bytes(bytes(range(256)) * 20)
    assert failure(str(path)).code == 1


def test_folder_is_not_a_world(tmp_path: Path) -> None:
    assert failure(str(tmp_path)).code == 2


def test_start_inside_a_wall_is_refused(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        '<mujoco><worldbody><geom type="box" size="1 1 1" pos="1.05 0 1"/></worldbody></mujoco>',
    )
    error = failure(path)
    assert error.code == 1
    assert "does not fit at its start" in str(error)


def test_height_field_as_an_obstacle_is_refused(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        '<mujoco><asset><hfield name="h" nrow="4" ncol="4" size="1 1 0.1 0.1"/></asset>'
        '<worldbody><geom name="hill" type="hfield" hfield="h" pos="3 0 0"/></worldbody></mujoco>',
    )
    error = failure(path)
    assert "hill" in str(error)
    assert "height field" in str(error)


def test_plain_mjcf_of_a_user_works_with_defaults(tmp_path: Path, drive: Drive) -> None:
    path = write(
        tmp_path,
        """<mujoco>
          <option timestep="0.01" integrator="RK4"/>
          <worldbody>
            <geom type="plane" size="5 5 0.1"/>
            <geom type="box" size="0.1 1 0.2" pos="1 0 0.2"/>
            <geom type="capsule" size="0.1 0.3" pos="-1 0 0.3"/>
            <geom type="ellipsoid" size="0.2 0.1 0.2" pos="0 1 0.1"/>
          </worldbody>
          <keyframe><key name="home"/></keyframe>
        </mujoco>""",
    )
    world = World(path, 1)
    assert len(world.info.obstacles) == 3
    assert {o.material for o in world.info.obstacles} == {"plain"}
    assert world.ping(1, 0) == pytest.approx(2e6 * (0.9 - 0.08) / 343, rel=0.06)
    drive(world, 0.4, 0.4, 4000)
    assert world.contact_list[0][1] == "geom 1"


def test_start_site_places_and_turns_the_car(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        '<mujoco><worldbody><body pos="1 0 0"><site name="start" pos="1 3 0" euler="0 0 90"/>'
        "</body></worldbody></mujoco>",
    )
    world = World(path, 1)
    assert world.info.start == pytest.approx((2, 3, math.pi / 2))
    assert world.pose() == pytest.approx((2, 3, math.pi / 2), abs=0.06)


def test_names_of_a_user_do_not_clash_with_the_cars(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        '<mujoco><worldbody><body name="car" pos="2 0 0.2"><joint name="left" type="hinge"/>'
        '<geom name="body" type="box" size="0.1 0.1 0.1"/></body></worldbody>'
        '<actuator><motor name="left" joint="left"/></actuator></mujoco>',
    )
    world = World(path, 1)
    world.set_standby(True)
    world.set_motor(0, True, False, 0.4)
    world.set_motor(1, True, False, 0.4)
    world.advance(500_000)
    assert world.pose()[0] > 0.05


@pytest.mark.parametrize("light", ["1.5", "-0.1"])
def test_light_that_cannot_be_is_refused(light: str, tmp_path: Path) -> None:
    name = write(
        tmp_path, f'<mujoco><custom><numeric name="light" data="{light}"/></custom></mujoco>'
    )
    error = failure(name)
    for word in ("my_world.xml", f"light = {light}", "0 (a dark room) to 1 (full sun)"):
        assert word in str(error)


def test_light_is_the_files_or_an_offices(tmp_path: Path) -> None:
    text = '<mujoco><custom><numeric name="light" data="0.3"/></custom></mujoco>'
    assert World(write(tmp_path, text)).light == 0.3
    assert World("office").light == 0.005


def test_physics_that_runs_away_is_an_error_and_leaves_no_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "own.xml"
    ball = '<body pos="3 3 1"><freejoint/><geom size="0.1" mass="1e-9"/></body>'
    path.write_text(
        f"<mujoco><worldbody>{ball}</worldbody><option wind='1e9 0 0' density='1e9'/></mujoco>"
    )
    with pytest.raises(PatrolError, match=f"world {path}: its physics ran away at"):
        World(str(path)).advance(1_000_000)
    assert list(tmp_path.iterdir()) == [path]


def test_tilted_plane_is_a_wall(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        '<mujoco><worldbody><geom name="barrier" type="plane" size="2 2 0.1" pos="1 0 0" '
        'zaxis="-1 0 0"/></worldbody></mujoco>',
    )
    _, info = load_world(path, 1)
    (barrier,) = info.obstacles
    assert distance(barrier.polygon, barrier.polygon[:1] * 0)[0] == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize(
    ("geom", "mjcf_material", "expected"),
    [
        ("cloth sofa", "", "cloth"),
        ("thing", "glass", "glass"),
        ("cloth sofa", "glass", "glass"),
        ("wall_3", "blue", "wall"),
        ("geom 4", "", "plain"),
    ],
)
def test_material_by_mjcf_material_then_by_name(
    geom: str, mjcf_material: str, expected: str
) -> None:
    assert material_of(geom, mjcf_material) == load_materials()[expected]


@pytest.mark.parametrize("name", ["office", "corridor", "empty"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_start_varies_with_the_seed_by_centimetres(name: str, seed: int) -> None:
    world = World(name, seed)
    x, y, yaw = world.start_pose
    x0, y0, yaw0 = world.info.start
    assert 0 < abs(x - x0) <= 0.031
    assert 0 < abs(y - y0) <= 0.031
    assert 0 < abs(yaw - yaw0) <= math.radians(3.1)
    assert world.contacts == 0
    assert world.time_us == 0


@pytest.mark.parametrize("name", ["office", "corridor", "room:1", "room:2", "room:3"])
def test_gaps_are_closed_or_wide_enough(name: str) -> None:
    _, info = load_world(name, 1)
    for i, a in enumerate(info.obstacles):
        for b in info.obstacles[:i]:
            gap = min(distance(a.polygon, b.polygon).min(), distance(b.polygon, a.polygon).min())
            assert gap < 0.02 or gap >= 0.6, f"{a.name} and {b.name} are {gap:.3f} m apart"


def test_everything_the_car_can_hit_is_at_the_sonars_height() -> None:
    for name in ("office", "corridor", "empty", "room:1"):
        model, info = load_world(name, 1)
        for obstacle in info.obstacles:
            geom = model.geom(obstacle.name)
            half = geom.size[1] if geom.type[0] == 5 else geom.size[2]
            assert geom.pos[2] - half < 0.06 < geom.pos[2] + half
