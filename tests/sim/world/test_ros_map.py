"""Maps of ROS's map_server: what becomes a wall, where the car starts, and every bad file."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from patrolcar.errors import PatrolError
from patrolcar_sim.world.cells import flood, rectangles
from patrolcar_sim.world.loader import load_world
from patrolcar_sim.world.ros_map import MAX_BOXES
from patrolcar_sim.world.world import World

Drive = Callable[[World, float, float, int], None]

HEADER = "image: lab.pgm\nresolution: 0.05\norigin: [-1.5, -1.0, 0.0]\nnegate: 0\n"
WALL, FREE, UNKNOWN = 0, 254, 205


def room() -> np.ndarray:
    """3 x 2 m inside a wall of one cell, with a block of 0.3 x 0.1 m in the upper right."""
    cells = np.full((42, 62), WALL, np.uint8)
    cells[1:-1, 1:-1] = FREE
    cells[6:8, 46:52] = WALL
    return cells


def save(
    folder: Path,
    cells: np.ndarray,
    header: str = HEADER,
    image: str = "lab.pgm",
    ascii_: bool = False,
) -> str:
    rows, columns = cells.shape
    if ascii_:
        body = "\n".join(" ".join(map(str, row)) for row in cells.tolist()).encode()
        data = b"P2\n# made by hand\n%d %d\n# and again\n255\n" % (columns, rows) + body
    else:
        data = b"P5\n# made by hand\n%d %d\n255\n" % (columns, rows) + cells.tobytes()
    (folder / "lab.pgm").write_bytes(data)
    path = folder / "lab.yaml"
    path.write_text(header)
    return str(path)


def failure(name: str) -> str:
    with pytest.raises(PatrolError) as caught:
        load_world(name)
    assert caught.value.code == 1
    assert "\n" not in str(caught.value)
    assert name in str(caught.value)
    return str(caught.value)


def extent(name: str) -> tuple[float, float, float, float]:
    _, info = load_world(name)
    all_ = np.concatenate([o.polygon for o in info.obstacles])
    return (*all_.min(axis=0).tolist(), *all_.max(axis=0).tolist())


# -- What it means ----------------------------------------------------------------------------


@pytest.mark.parametrize("ascii_", [False, True])
def test_room_has_its_walls_where_the_map_has_them(ascii_: bool, tmp_path: Path) -> None:
    _, info = load_world(save(tmp_path, room(), ascii_=ascii_))
    assert len(info.obstacles) == 5
    assert {o.material for o in info.obstacles} == {"wall"}
    block = min(info.obstacles, key=lambda o: float(np.ptp(o.polygon, axis=0).sum()))
    # Columns 46 to 51 and rows 6 and 7 from the top, of 42: 34 and 35 from below.
    low, high = block.polygon.min(axis=0), block.polygon.max(axis=0)
    assert low == pytest.approx([-1.5 + 46 * 0.05, -1.0 + 34 * 0.05])
    assert high == pytest.approx([-1.5 + 52 * 0.05, -1.0 + 36 * 0.05])
    assert info.start == (0.0, 0.0, 0.0)


def test_car_drives_in_a_map_and_hears_and_hits_its_walls(tmp_path: Path, drive: Drive) -> None:
    world = World(save(tmp_path, room()), 1)
    echo = world.ping(1, 0)
    assert echo is not None
    assert echo / 2e6 * 343 == pytest.approx(1.55 - 0.08 - world.pose()[0], abs=0.03)
    assert len(world.coverage.reachable) == 6
    drive(world, 0.4, 0.4, 5000)
    assert world.contact_list[0][1].startswith("wall ")


def test_origins_yaw_turns_the_map_about_its_corner(tmp_path: Path) -> None:
    turned = HEADER.replace("[-1.5, -1.0, 0.0]", f"[1.0, -1.5, {math.pi / 2}]")
    assert extent(save(tmp_path, room(), turned)) == pytest.approx((-1.1, -1.5, 1.0, 1.6))


def test_start_is_0_0_if_free_else_where_there_is_most_room(tmp_path: Path) -> None:
    away = HEADER.replace("[-1.5, -1.0, 0.0]", "[10, 20, 0]")
    _, info = load_world(save(tmp_path, room(), away))
    x, y, yaw = info.start
    assert (x, y) == pytest.approx((10 + 1.3, 20 + 1.0), abs=0.35)
    assert yaw == 0.0
    far = min(float(np.abs(o.polygon - [x, y]).max(axis=1).min()) for o in info.obstacles)
    assert far > 0.8


def test_numbers_are_read_as_map_server_reads_them(tmp_path: Path) -> None:
    header = HEADER.replace("0.05", "5e-2") + "start: [-.03, '0.1', 0]\n"
    _, info = load_world(save(tmp_path, room(), header))
    assert info.start == pytest.approx((-0.03, 0.1, 0.0))


def test_key_start_puts_the_car_there(tmp_path: Path) -> None:
    world = World(save(tmp_path, room(), HEADER + "start: [-1.0, 0.5, 1.57]\n"), 1)
    assert world.info.start == pytest.approx((-1.0, 0.5, 1.57))
    assert world.pose() == pytest.approx((-1.0, 0.5, 1.57), abs=0.06)


def test_unknown_is_not_driven_on_and_is_no_wall(tmp_path: Path) -> None:
    cells = np.full((60, 80), UNKNOWN, np.uint8)
    cells[10:50, 10:70] = FREE
    header = HEADER.replace("[-1.5, -1.0, 0.0]", "[-2.0, -1.5, 0.0]")
    world = World(save(tmp_path, cells, header), 1)
    assert {o.material for o in world.info.obstacles} == {"plain"}
    assert {o.name.split()[0] for o in world.info.obstacles} == {"unknown"}
    assert len(world.info.obstacles) == 4
    assert len(world.coverage.reachable) == 6


def test_image_that_is_free_to_its_rim_ends_there(tmp_path: Path) -> None:
    name = save(tmp_path, np.full((40, 60), FREE, np.uint8))
    assert extent(name) == pytest.approx((-1.55, -1.05, 1.55, 1.05))


def test_room_behind_a_wall_costs_nothing(tmp_path: Path) -> None:
    cells = np.full((40, 200), WALL, np.uint8)
    cells[1:-1, 1:60] = FREE
    cells[1:-1, 70:190] = FREE
    cells[10:30:4, 80:180:4] = WALL
    _, info = load_world(save(tmp_path, cells))
    assert len(info.obstacles) == 4


@pytest.mark.parametrize(
    ("keys", "grey", "is_"),
    [
        ("", 0, "wall"),
        ("", 254, "free"),
        ("", 205, "unknown"),
        ("free_thresh: 0.25\n", 205, "free"),
        ("negate: 1\n", 254, "wall"),
        ("negate: 1\n", 10, "free"),
        ("occupied_thresh: 0.9\n", 50, "unknown"),
        ("mode: scale\n", 128, "unknown"),
        ("mode: raw\n", 100, "wall"),
        ("mode: raw\n", 0, "free"),
        ("mode: raw\n", 50, "unknown"),
        ("mode: raw\n", 255, "unknown"),
    ],
)
def test_grey_means_what_map_server_says(keys: str, grey: int, is_: str, tmp_path: Path) -> None:
    """A block of one grey in a free room, beside the start."""
    free = 10 if "negate: 1" in keys else 0 if "raw" in keys else 254
    cells = np.full((40, 60), free, np.uint8)
    cells[15:25, 45:50] = grey
    header = HEADER.replace("negate: 0\n", "")
    _, info = load_world(save(tmp_path, cells, header + keys))
    inside = [o.name.split()[0] for o in info.obstacles if np.abs(o.polygon).max() < 1.01]
    assert inside == ([] if is_ == "free" else [is_])


def test_fewer_grey_levels_and_16_bits_are_scaled_to_255(tmp_path: Path) -> None:
    path = save(tmp_path, room())
    plain = extent(path)
    rows, columns = room().shape
    shades = (room() // 16).astype(np.uint8)
    (tmp_path / "lab.pgm").write_bytes(b"P5\n%d %d\n15\n" % (columns, rows) + shades.tobytes())
    assert extent(path) == pytest.approx(plain)
    deep = (room().astype(">u2") * 257).tobytes()
    (tmp_path / "lab.pgm").write_bytes(b"P5\n%d %d\n65535\n" % (columns, rows) + deep)
    assert extent(path) == pytest.approx(plain)


def test_png_is_read_and_what_is_transparent_in_it_is_unknown(tmp_path: Path) -> None:
    from PIL import Image

    path = save(tmp_path, room(), HEADER.replace("lab.pgm", "lab.png"))
    grey = room()
    clear = np.full(grey.shape, 255, np.uint8)
    clear[6:8, 46:52] = 0
    Image.fromarray(np.dstack([grey, grey, grey, clear])).save(tmp_path / "lab.png")
    _, info = load_world(path)
    assert sorted(o.name.split()[0] for o in info.obstacles) == ["unknown"] + ["wall"] * 4


def test_same_map_and_seed_give_the_same_drive(tmp_path: Path, drive: Drive) -> None:
    name = save(tmp_path, room())
    poses = []
    for _ in range(2):
        world = World(name, 5)
        drive(world, 0.3, 0.25, 2000)
        poses.append((world.pose(), world.ping(1, world.time_us)))
    assert poses[0] == poses[1]


def test_map_of_four_million_cells_loads_in_seconds(tmp_path: Path) -> None:
    """100 x 100 m of halls, slanted walls between them."""
    cells = np.full((2000, 2000), UNKNOWN, np.uint8)
    cells[300:1700, 300:1700] = FREE
    x, y = np.meshgrid(np.arange(2000), np.arange(2000))
    for a, b in ((1.0, 0.3), (-0.4, 1.0), (0.7, 0.7)):
        slant = (a * x + b * y) % 400 < 3
        door = (b * x - a * y) % 300 < 120
        cells[slant & ~door & (cells == FREE)] = WALL
    header = HEADER.replace("[-1.5, -1.0, 0.0]", "[-50, -50, 0]")
    name = save(tmp_path, cells, header)
    begin = time.perf_counter()
    world = World(name, 1)
    assert time.perf_counter() - begin < 30
    assert 500 < len(world.info.obstacles) < MAX_BOXES
    world.advance(100_000)
    assert world.contacts == 0


# -- What cannot be used ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("image: [", "not YAML"),
        ("\x00\x01", "not YAML"),
        ("- 1\n- 2\n", "not a map"),
        ("", "not a map"),
        ("just words", "not a map"),
        ("resolution: 0.05\norigin: [0, 0, 0]\n", "key image is missing"),
        ("image: lab.pgm\norigin: [0, 0, 0]\n", "key resolution is missing"),
        ("image: lab.pgm\nresolution: 0.05\n", "key origin is missing"),
        (HEADER + "resolutoin: 1\n", "unknown key 'resolutoin'"),
        (HEADER.replace("0.05", "0"), "resolution 0.0 cannot be"),
        (HEADER.replace("0.05", "-0.05"), "resolution -0.05 cannot be"),
        (HEADER.replace("0.05", ".nan"), "resolution nan is not a number"),
        (HEADER.replace("0.05", "five"), "resolution 'five' is not a number"),
        (HEADER.replace("0.05", "true"), "resolution True is not a number"),
        (HEADER.replace("0.05", "9" * 400), "resolution is a number of hundreds of digits"),
        (HEADER + f"start: {'[' * 5000}", "nested too deeply"),
        (HEADER + "start: 2001-99-99", "not YAML: month"),
        (HEADER.replace("lab", "x" * 5000), "too long"),
        (HEADER.replace("lab.pgm", "nowhere.pgm"), "nowhere.pgm is not there"),
        (HEADER.replace("lab.pgm", "."), "is not there"),
        (HEADER.replace("lab.pgm", "7"), "image 7 is not a file's name"),
        (HEADER.replace("[-1.5, -1.0, 0.0]", "3"), "origin 3 is not [x, y, yaw]"),
        (HEADER.replace("[-1.5, -1.0, 0.0]", "[1, a, 0]"), "origin 'a' is not a number"),
        (HEADER.replace("[-1.5, -1.0, 0.0]", "[1.0e+9, 0, 0]"), "farther away"),
        (HEADER.replace("negate: 0", "negate: maybe"), "negate 'maybe' cannot be"),
        (HEADER + "mode: rgb\n", "mode 'rgb' cannot be: use trinary, scale, raw"),
        (HEADER + "free_thresh: 0.8\n", "free <= occupied"),
        (HEADER + "occupied_thresh: 65\n", "occupied_thresh 65"),
        (HEADER + "start: [1.5, 0.9, 0]\n", "does not fit at start (1.50, 0.90)"),
        (HEADER + "start: [99, 0, 0]\n", "does not fit at start (99.00, 0.00)"),
        (HEADER + "start: here\n", "start 'here' is not [x, y, yaw]"),
        (HEADER.replace("negate: 0", "negate: 1"), "does not fit anywhere"),
        (HEADER.replace("0.05", "0.001"), "does not fit anywhere"),
    ],
)
def test_bad_yaml_file_is_told_with_its_name_and_the_reason(
    header: str, reason: str, tmp_path: Path
) -> None:
    assert reason in failure(save(tmp_path, room(), header))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "cannot be read"),
        (b"P5\n60 40\n255\n" + bytes(100), "cannot be read"),
        (b"P2\n60 40\n255\n1 2 3", "cannot be read"),
        (b"P5\nsixty 40\n255\n", "cannot be read"),
        (b"P5\n0 0\n255\n", "cannot be read"),
        (b"P2\n2 2\n255\n1 2 3 x", "cannot be read"),
        (b"not a picture at all", "cannot be read"),
        (b"P5\n9000 9000\n255\n", "over 25000000"),
        (b"P5\n200000 200000\n255\n", "lab.pgm"),
        (b"P5\n2 2\n255\n" + bytes(4), "no free cell"),
    ],
)
def test_bad_image_is_told_with_both_names_and_the_reason(
    data: bytes, reason: str, tmp_path: Path
) -> None:
    name = save(tmp_path, room())
    (tmp_path / "lab.pgm").write_bytes(data)
    error = failure(name)
    assert reason in error
    assert str(tmp_path / "lab.pgm") in error


def test_map_that_would_take_too_many_boxes_says_what_to_do(tmp_path: Path) -> None:
    cells = np.full((300, 300), FREE, np.uint8)
    cells[::3, ::3] = WALL
    header = HEADER.replace("0.05", "0.2")
    assert "coarser resolution" in failure(save(tmp_path, cells, header))


def test_a_yaml_file_that_is_not_there_is_told() -> None:
    with pytest.raises(PatrolError, match=r"'nowhere\.yaml': there is no such file") as caught:
        load_world("nowhere.yaml")
    assert caught.value.code == 2


# -- Cells ------------------------------------------------------------------------------------


def test_flood_finds_just_what_is_joined_by_edges() -> None:
    rng = np.random.default_rng(7)
    for _ in range(50):
        open_ = rng.random(tuple(rng.integers(1, 15, 2))) < 0.6
        open_[0, 0] = True
        expected = np.zeros_like(open_)
        expected[0, 0] = True
        while True:
            padded = np.pad(expected, 1)
            grown = padded[:-2, 1:-1] | padded[2:, 1:-1] | padded[1:-1, :-2] | padded[1:-1, 2:]
            grown = (grown | expected) & open_
            if (grown == expected).all():
                break
            expected = grown
        assert (flood(open_, (0, 0)) == expected).all()


def test_flood_from_a_closed_cell_or_outside_is_empty() -> None:
    assert not flood(np.zeros((3, 3), bool), (1, 1)).any()
    assert not flood(np.ones((3, 3), bool), (5, 1)).any()


def test_rectangles_cover_all_that_is_needed_and_nothing_forbidden() -> None:
    rng = np.random.default_rng(8)
    for _ in range(50):
        allowed = rng.random((12, 17)) < 0.7
        needed = allowed & (rng.random((12, 17)) < 0.6)
        covered = np.zeros_like(allowed)
        for i0, j0, i1, j1 in rectangles(needed, allowed):
            covered[i0:i1, j0:j1] = True
        assert (covered | ~needed).all()
        assert (allowed | ~covered).all()


def test_walls_of_a_room_are_four_rectangles() -> None:
    walls = np.ones((20, 30), bool)
    walls[1:-1, 1:-1] = False
    assert len(rectangles(walls)) == 4
