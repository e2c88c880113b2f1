"""People, doors and things that move; and what is done to the car from outside."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path as File

import pytest

from patrolcar.errors import PatrolError
from patrolcar_sim.world.car import OBSTACLE_GROUP
from patrolcar_sim.world.parts import load_parts
from patrolcar_sim.world.props import LEG_DIAMETER, Prop
from patrolcar_sim.world.world import World

Drive = Callable[[World, float, float, int], None]

RADIUS = load_parts().chassis.radius
ACROSS = ((1.2, -1.5), (1.2, 1.5))


def feet(world: World, name: str) -> list[tuple[float, float]]:
    places = [world.data.body(f"{name} {leg}").xpos for leg in ("left leg", "right leg")]
    return [(float(p[0]), float(p[1])) for p in places]


def range_m(world: World) -> float:
    echo = world.ping(1, world.time_us)
    assert echo is not None
    return echo / 2e6 * world.parts.sonar.sound_speed + world.parts.sonar.mount_radius


def write(tmp_path: File, inside: str) -> str:
    path = tmp_path / "moving.xml"
    path.write_text(f"<mujoco>{inside}</mujoco>")
    return str(path)


# -- Placing ----------------------------------------------------------------------------------


def test_prop_without_a_pose_is_not_there() -> None:
    with_, without = World("empty", 1, props=[Prop("d", "door")]), World("empty", 1)
    assert with_.props.where("d") is None
    assert with_.ping(1, 0) == without.ping(1, 0)


def test_placed_door_is_heard_at_once_and_gone_when_removed() -> None:
    world = World("empty", 1, props=[Prop("d", "door")])
    far = range_m(world)
    world.place("d", 0.8, 0.0, math.pi / 2)
    assert range_m(world) == pytest.approx(0.78, abs=0.05)
    world.remove("d")
    assert range_m(world) == pytest.approx(far, abs=0.03)


@pytest.mark.parametrize("kind", ["person", "door", "box", "post"])
def test_car_that_drives_into_a_prop_touches_it_by_its_name(kind: str, drive: Drive) -> None:
    world = World("empty", 1, props=[Prop("thing", kind, pose=(0.5, 0.06, math.pi / 2))])
    drive(world, 0.4, 0.4, 2500)
    assert [name for _, name in world.contact_list] == ["thing"]
    assert world.pose()[0] < 0.5


def test_prop_has_the_size_and_the_material_that_are_asked_for() -> None:
    world = World("empty", 1, props=[Prop("b", "box", (0.2, 0.4, 0.6), "cloth", (1.0, 0, 0))])
    geom = world.model.geom("b")
    assert geom.size == pytest.approx([0.1, 0.2, 0.3])
    assert world.info.materials[geom.id].name == "cloth"


def test_persons_legs_alone_can_be_hit() -> None:
    world = World("empty", 1, props=[Prop("p", "person", pose=(1, 0, 0))])
    solid = {
        world.model.geom(i).name
        for i in range(world.model.ngeom)
        if world.model.geom(i).name.startswith("p ")
        and world.model.geom_group[i] == OBSTACLE_GROUP
    }
    assert solid == {"p left leg", "p right leg"}


@pytest.mark.parametrize(
    ("prop", "reason"),
    [
        (Prop("x", "tree"), "unknown kind 'tree'"),
        (Prop("", "box"), "may not be empty"),
        (Prop("floor x", "box"), "floor"),
        (Prop("x", "box", size=(1.0,)), "length, width, height"),
        (Prop("x", "door", size=(1.0, 0.0, 1.0)), "over 0"),
        (Prop("x", "box", material="jelly"), "'jelly'"),
        (Prop("x", "box", pose=(math.nan, 0, 0)), "finite"),
        (Prop("x", "person", path=((0, 0),), speed=1), "two different points"),
        (Prop("x", "person", path=ACROSS, speed=-1), "speed -1"),
        (Prop("x", "person", path=ACROSS, speed=math.inf), "speed inf"),
        (Prop("wall east", "box"), "already"),
    ],
)
def test_prop_that_cannot_be_is_wrong_usage(prop: Prop, reason: str) -> None:
    with pytest.raises(PatrolError, match=reason) as caught:
        World("empty", 1, props=[prop])
    assert caught.value.code == 2
    assert repr(prop.name) in str(caught.value)


def test_two_props_of_one_name_are_refused() -> None:
    with pytest.raises(PatrolError, match="already"):
        World("empty", 1, props=[Prop("x", "box"), Prop("x", "post")])


def test_name_that_is_not_there_is_told_with_those_that_are() -> None:
    world = World("empty", 1, props=[Prop("anna", "person")])
    with pytest.raises(PatrolError, match=r"'bob'.*anna"):
        world.place("bob", 0, 0)
    with pytest.raises(PatrolError, match="nothing in world 'empty' can move"):
        World("empty", 1).remove("anna")


# -- Walking ----------------------------------------------------------------------------------


def test_person_walks_there_and_back_at_its_speed() -> None:
    world = World("empty", 1, props=[Prop("p", "person", path=ACROSS, speed=0.75)])
    world.advance(2_000_000)
    assert world.props.where("p") == pytest.approx((1.2, 0.0, math.pi / 2), abs=0.02)
    world.advance(6_000_000)
    assert world.props.where("p") == pytest.approx((1.2, 0.0, -math.pi / 2), abs=0.02)


def test_closed_path_is_walked_round() -> None:
    square = ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
    world = World("empty", 1, props=[Prop("p", "person", path=square, speed=1.0)])
    world.advance(9_000_000)
    assert world.props.where("p") == pytest.approx((0.0, -1.0, 0.0), abs=0.03)


def test_feet_stand_still_in_turn_and_stay_near_the_body() -> None:
    world = World("empty", 1, props=[Prop("p", "person", path=ACROSS, speed=1.0)])
    before, standing, widest = feet(world, "p"), [0, 0], 0.0
    for tick in range(1, 200):
        world.advance(tick * 10_000)
        now = feet(world, "p")
        moved = [math.dist(a, b) for a, b in zip(before, now, strict=True)]
        assert max(moved) < 0.035, "no foot jumps, and none is faster than 3 m/s"
        still = [m < 1e-9 for m in moved]
        standing = [n + s for n, s in zip(standing, still, strict=True)]
        widest = max(widest, math.dist(*now))
        before = now
    assert all(60 < n < 140 for n in standing), "each stands for every other step"
    assert 0.5 < widest < 0.75, "a step at 1 m/s is 0.62 m"


def test_person_waits_before_the_car_and_goes_on_when_it_is_gone() -> None:
    path = ((0.0, -1.5), (0.0, 1.5))
    world = World("empty", 1, props=[Prop("p", "person", path=path, speed=1.0)])
    world.advance(5_000_000)
    _, y, _ = world.props.where("p") or (0, 0, 0)
    assert -1.3 < y < -0.5, "its feet are half a step before its body"
    assert world.contacts == 0
    world.teleport(1.5, 1.5, 0.0)
    world.advance(6_000_000)
    _, later, _ = world.props.where("p") or (0, 0, 0)
    assert later == pytest.approx(y + 1.0, abs=0.05)


def test_one_that_does_not_wait_walks_into_the_standing_car_and_pushes_it() -> None:
    path = ((-1.5, 0.0), (1.5, 0.0))
    props = [Prop("p", "person", path=path, speed=1.0, waits=False)]
    world = World("empty", 1, props=props)
    world.advance(2_500_000)
    assert {name for _, name in world.contact_list} == {"p"}
    assert math.dist(world.pose()[:2], world.start_pose[:2]) > 0.05
    assert abs(world.data.qpos[world._q + 2]) < 0.02, "it stays on the floor"


def test_fast_leg_that_just_grazes_the_car_is_seen() -> None:
    """Whoever passes at 3 m/s is near for a few steps only, none of which may be missed."""
    world = World("empty", 1, props=[Prop("b", "post", waits=False)])
    x, y, _ = world.pose()
    beside = x + RADIUS + 0.04 - 0.001
    world.walk("b", ((beside, y - 1.9), (beside, y + 1.9)), 3.0)
    world.advance(1_200_000)
    assert [name for _, name in world.contact_list] == ["b"]


def test_standing_clear_of_what_passes_is_no_contact() -> None:
    world = World("empty", 1, props=[Prop("p", "person", waits=False)])
    gap = RADIUS + 0.09 + LEG_DIAMETER / 2 + 0.02
    world.walk("p", ((gap, -1.5), (gap, 1.5)), 1.0)
    world.advance(3_000_000)
    assert world.contacts == 0


def test_walk_begins_when_it_is_told() -> None:
    world = World("empty", 1, props=[Prop("p", "person")])
    world.advance(1_000_000)
    world.walk("p", ACROSS, 1.0)
    assert world.props.where("p") == pytest.approx((1.2, -1.5, math.pi / 2))
    world.advance(1_500_000)
    assert world.props.where("p") == pytest.approx((1.2, -1.0, math.pi / 2), abs=0.03)
    world.place("p", -1.0, 1.0, 0.0)
    world.advance(2_500_000)
    assert world.props.where("p") == (-1.0, 1.0, 0.0)


def log(cuts: int) -> list[object]:
    props = [Prop("p", "person", path=((0.6, -1.5), (0.3, 1.5)), speed=1.1)]
    world = World("empty", 3, props=props)
    world.set_standby(True)
    for side in (0, 1):
        world.set_motor(side, True, False, 0.3)
    seen: list[object] = []
    for tick in range(1, 200):
        for part in range(1, cuts + 1):
            world.advance((tick - 1) * 20_000 + part * 20_000 // cuts)
        seen += [world.pose(), world.ping(1, world.time_us), world.props.where("p")]
    return [*seen, world.contact_list]


def test_walkers_do_not_depend_on_how_time_is_cut_up() -> None:
    assert log(1) == log(1)
    assert log(1) == log(7)


# -- From a world file ------------------------------------------------------------------------

TRUCK = (
    '<body name="truck" mocap="true" pos="1 0 0.1"><geom type="box" size="0.2 0.1 0.1"/></body>'
)


def test_mocap_body_of_a_file_walks_its_path_looking_ahead(tmp_path: File) -> None:
    text = '<custom><text name="walk truck" data="1,0 1,2 speed=0.5"/></custom>'
    world = World(write(tmp_path, f"<worldbody>{TRUCK}</worldbody>{text}"), 1)
    world.advance(2_000_000)
    assert world.props.where("truck") == pytest.approx((1, 1, math.pi / 2), abs=0.02)
    assert world.data.body("truck").xpos[2] == pytest.approx(0.1)


def test_walk_without_a_body_is_a_person(tmp_path: File) -> None:
    text = '<custom><text name="walk eve" data="1,0 1,2"/></custom>'
    world = World(write(tmp_path, f"<worldbody/>{text}"), 1)
    assert world.props.where("eve") == pytest.approx((1, 0, math.pi / 2))
    assert [prop.kind for prop in world.info.props] == ["person"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("1,0 2", "'2' is neither a point x,y nor speed=M/S"),
        ("1,0", "two different points"),
        ("1,0 2,0 speed=fast", "'speed=fast'"),
        ("1,0 2,0 speed=99", "speed 99"),
        ("1,0 nan,0", "finite"),
    ],
)
def test_walk_that_cannot_be_read_names_the_file_and_the_text(
    data: str, reason: str, tmp_path: File
) -> None:
    path = write(tmp_path, f'<custom><text name="walk eve" data="{data}"/></custom>')
    with pytest.raises(PatrolError, match=reason) as caught:
        World(path, 1)
    assert path in str(caught.value)
    assert "walk eve" in str(caught.value)


def test_body_that_cannot_walk_is_refused(tmp_path: File) -> None:
    still = TRUCK.replace('mocap="true"', "")
    text = '<custom><text name="walk truck" data="1,0 1,2"/></custom>'
    with pytest.raises(PatrolError, match="not a mocap body"):
        World(write(tmp_path, f"<worldbody>{still}</worldbody>{text}"), 1)


# -- The car is carried off, the floor tilts -----------------------------------------------------


def test_kidnapped_car_stands_at_rest_and_has_not_driven(drive: Drive) -> None:
    world = World("office", 1)
    drive(world, 0.4, 0.4, 1000)
    driven = world.distance_m
    counts = [world.encoder_count(side, world.time_us) for side in (0, 1)]
    world.set_motor(0, True, True, 1.0)
    world.set_motor(1, True, True, 1.0)
    world.teleport(4.0, -1.0, 1.0)
    assert [world.encoder_count(side, world.time_us) for side in (0, 1)] == counts
    world.advance(world.time_us + 300_000)
    assert world.pose() == pytest.approx((4.0, -1.0, 1.0), abs=2e-3)
    assert world.distance_m == pytest.approx(driven, abs=2e-3)
    assert world.contacts == 0


@pytest.mark.parametrize(
    ("x", "y", "reason"), [(1.7, -1.0, "post west"), (math.inf, 0.0, "not finite")]
)
def test_car_is_not_put_where_it_cannot_be(x: float, y: float, reason: str) -> None:
    with pytest.raises(PatrolError, match=reason):
        World("office", 1).teleport(x, y, 0.0)


def test_tilted_floor_is_felt_by_the_imu_and_rolls_the_car_down() -> None:
    world = World("empty", 1)
    world.teleport(1.0, 0.0, 0.0)
    world.tilt(math.radians(10), math.radians(-5))
    world.set_standby(True)
    for side in (0, 1):
        world.set_motor(side, True, True, 1.0)
    world.advance(100_000)
    ax, ay, az = world._imu_sample()[:3]
    assert ax == pytest.approx(9.81 * math.sin(math.radians(10)), abs=0.3)
    assert ay == pytest.approx(-9.81 * math.sin(math.radians(5)), abs=0.2)
    assert az == pytest.approx(9.81, rel=0.05)
    world.set_standby(False)
    world.advance(3_000_000)
    assert world.pose()[0] < 1.0 - 0.05


def test_level_again_is_exactly_as_before() -> None:
    world = World("empty", 1)
    before = world.model.opt.gravity.tolist()
    world.tilt(0.3, -0.2)
    world.tilt(0.0, 0.0)
    assert world.model.opt.gravity.tolist() == pytest.approx(before, abs=1e-12)


@pytest.mark.parametrize("angle", [2.0, math.nan, -1.6])
def test_tilt_that_no_floor_has_is_refused(angle: float) -> None:
    with pytest.raises(PatrolError, match="tilt"):
        World("empty", 1).tilt(angle)
