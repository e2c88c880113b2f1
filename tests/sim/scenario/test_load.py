"""Scenario files: what is read, and that each broken one is refused by line and reason."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from patrolcar.errors import PatrolError
from patrolcar_sim.faults import Fault
from patrolcar_sim.scenario.comparison import Comparison
from patrolcar_sim.scenario.format import Window
from patrolcar_sim.scenario.load import load_files, load_scenario
from patrolcar_sim.scenario.problems import BrokenScenarios

GOOD = """title = "t"
world = "empty"
duration = "10 s"
[expect]
contacts = "== 0"
"""
ROOT = Path(__file__).resolve().parents[3] / "sim/scenarios"


def _load(tmp_path: Path, text: str):  # type: ignore[no-untyped-def]
    path = tmp_path / "one.toml"
    path.write_text(text)
    return load_scenario(path)


def test_the_shortest_scenario_has_the_usual_rest(tmp_path: Path) -> None:
    made = _load(tmp_path, GOOD)
    assert (made.name, made.world, made.seeds, made.board) == ("one", "empty", (1,), "pyboard_v11")
    assert made.duration_us == 10_000_000
    (expected,) = made.expectations
    assert (expected.name, expected.line) == ("contacts", 5)
    assert expected.window == Window(0, 10_000_000)
    assert isinstance(expected.target, Comparison)


def test_a_long_one_is_read_whole(tmp_path: Path) -> None:
    made = _load(
        tmp_path,
        """
        title = "all of it"
        world = "room:7+people"
        seeds = "1..3, 9"
        board = "blackpill_f411"
        duration = "1 min"
        start = "0.1 m, 0 m, 90 deg"
        not_yet = "a reason"
        mission = [
          { at = "2 s", do = "mode", mode = "AUTO" },
          { at = "1500 ms", do = "arm" },
          { at = "3 s", until = "5 s", do = "manual", forward = "50 %" },
        ]
        [parameters]
        track = "13040 mm/100"
        light = "50 klx"
        battery.charge = "30 %"
        "motor.gear_ratio" = 99
        [[prop]]
        name = "walker"
        kind = "person"
        path = ["1 m, 2 m", "1 m, -200 cm"]
        speed = "0.8 m/s"
        [[fault]]
        name = "deaf"
        kind = "sonar.silent"
        at = "10 s"
        for = "500 ms"
        where = "front"
        [[expect]]
        from = "deaf"
        until = "20 s"
        rates = { ATTITUDE = ">= 19 Hz" }
        telemetry = { "DISTANCE_SENSOR[1].current_distance" = "min > 0.1 m" }
        [[expect]]
        at = "30 s"
        final_mode = "AUTO"
        texts = "ready"
        """,
    )
    assert made.seeds == (1, 2, 3, 9)
    assert made.start == pytest.approx((0.1, 0, 1.5708), abs=1e-4)
    assert [step.do for step in made.mission] == ["arm", "mode", "manual"]
    assert made.mission[2].values == {"forward": 500, "turn": 0}
    assert made.parameters.settings == {"track": 13040}
    assert made.parameters.light == 0.5
    assert made.parameters.parts == {("battery", "charge"): 0.3, ("motor", "gear_ratio"): 99}
    assert made.props[0].path == ((1, 2), (1, -2))
    (fault,) = made.faults
    assert fault.fault == Fault("sonar.silent", 10_000_000, 500_000, "front")
    assert made.expectations[0].window == Window(10_000_000, 20_000_000)
    assert [(e.name, e.what) for e in made.expectations] == [
        ("rates", "ATTITUDE"),
        ("telemetry", "DISTANCE_SENSOR[1].current_distance"),
        ("final_mode", ""),
        ("texts", ""),
    ]
    assert made.expectations[3].window == Window(0, 30_000_000)


def test_the_projects_own_scenarios_are_whole() -> None:
    assert load_files([ROOT])


def _broken(line: str, head: str = GOOD) -> str:
    return head + line


# Each: the file's text, in which the line that has to be named ends with #!, and the reason.
BROKEN = {
    "syntax": ('title = "t"\nworld = #!\n', "not TOML"),
    "open string": ('title = "t #!\n', "not TOML"),
    "a key twice": ('title = "t"\ntitle = "u" #!\n', "not TOML"),
    "unknown key": (GOOD.replace("[expect]", 'wrold = "x" #!\n[expect]'), "did you mean world?"),
    "unknown table": (_broken("[expectation] #!\n"), "did you mean expect?"),
    "no title": (GOOD.replace('title = "t"', "#!"), "title is missing"),
    "empty title": (GOOD.replace('"t"', '" " #!'), "title is empty"),
    "title no text": (GOOD.replace('"t"', "3 #!"), "title = 3 is no text in quotes"),
    "duration without unit": (GOOD.replace('"10 s"', "10 #!"), 'no unit: write "10 s"'),
    "duration wrong unit": (GOOD.replace('"10 s"', '"10 m" #!'), "unit m does not fit"),
    "duration too short": (GOOD.replace('"10 s"', '"0 s" #!'), "less than 0.1 s"),
    "unknown world": (GOOD.replace('"empty"', '"offise" #!'), "did you mean office?"),
    "no world file": (GOOD.replace('"empty"', '"no/such.xml" #!'), "does not exist"),
    "room without seed": (GOOD.replace('"empty"', '"room:x" #!'), "try room:7"),
    "room with an unknown extra": (
        GOOD.replace('"empty"', '"room:7+poeple" #!'),
        "use people, paint, edge",
    ),
    "a world's name beyond all names": (
        GOOD.replace('"empty"', f'"{"x" * 5000}" #!'),
        "too long",
    ),
    "a number beyond all numbers": (f"seed = {'9' * 5000} #!\n", "thousands of digits"),
    "the same in hex": (f"seed = 0x{'f' * 5000} #!\n" + GOOD, "thousands of digits"),
    "without unit, and huge": (GOOD.replace('"10 s"', f"0x{'f' * 5000} #!"), "has no unit"),
    "lists too deep": (f"title = {'[' * 5000} #!\n", "too deeply"),
    "keys too deep": (f"{'.'.join('a' * 3000)} = 1 #!\n", "too deeply"),
    "unknown board": ('board = "pyboard_v10" #!\n' + GOOD, "did you mean pyboard_v11?"),
    "seed no number": ('seed = "3" #!\n' + GOOD, "no whole number"),
    "seed a bool": ("seed = true #!\n" + GOOD, "no whole number"),
    "seed negative": ("seed = -1 #!\n" + GOOD, "not within"),
    "seeds backwards": ('seeds = "5..1" #!\n' + GOOD, "no range"),
    "seed and seeds": ('seed = 1\nseeds = "1..2" #!\n' + GOOD, "drop one"),
    "start incomplete": ('start = "1 m, 2 m" #!\n' + GOOD, 'has to be like "1 m, 1 m, 1 rad"'),
    "start without unit": ('start = "1 m, 2, 0 deg" #!\n' + GOOD, "has no unit"),
    "start in a wall": (
        'start = "-1 m, 0 m, 0 deg" #!\n' + GOOD.replace("empty", "office"),
        "wall west",
    ),
    "unknown step": (_broken('[[mission]]\nat = "1 s"\ndo = "fly" #!\n'), "step"),
    "step without time": (_broken('[[mission]] #!\ndo = "arm"\n'), "at is missing"),
    "step after the end": (_broken('[[mission]]\nat = "10 s" #!\ndo = "arm"\n'), "ends at 10 s"),
    "unknown mode": (
        _broken('[[mission]]\nat = "1 s"\ndo = "mode"\nmode = "AUTOO" #!\n'),
        "did you mean AUTO?",
    ),
    "a key of another step": (
        _broken('[[mission]]\nat = "1 s"\ndo = "arm"\nmode = "AUTO" #!\n'),
        "unknown key mode",
    ),
    "sticks without end": (
        _broken('[[mission]] #!\nat = "1 s"\ndo = "manual"\nforward = "5 %"\n'),
        "until is missing",
    ),
    "sticks too far": (
        _broken('[[mission]]\nat="1 s"\nuntil="2 s"\ndo="manual"\nforward = "101 %" #!\n'),
        "more than 100 %",
    ),
    "sticks that end before": (
        _broken('[[mission]]\nat="3 s"\nuntil="2 s" #!\ndo="manual"\n'),
        "until = 2 s is not after at = 3 s",
    ),
    "raw without hex": (
        _broken('[[mission]]\nat = "1 s"\ndo = "raw"\nbytes = "xyz" #!\n'),
        "not in hex",
    ),
    "mission no list": ('mission = "arm" #!\n' + GOOD, "write [[mission]]"),
    "inside inline tables": (
        'mission = [\n{ at = "1 s", do = "arm" },\n{ at = "2 s", do = "arm", doo = 1 }, #!\n]\n'
        + GOOD,
        "did you mean do?",
    ),
    "unknown parameter": (_broken("[parameters]\ntrak = 3 #!\n"), "did you mean track?"),
    "setting without unit": (_broken("[parameters]\ntrack = 13000 #!\n"), 'write "13000 mm/100"'),
    "setting out of range": (_broken('[parameters]\ntrack = "1 mm/100" #!\n'), "less than 11000"),
    "setting not whole": (_broken("[parameters]\ngyro_bias_x = 1.5 #!\n"), "no whole number"),
    "part of a whole": (_broken("[parameters]\nbattery.charge = 30 #!\n"), "1"),
    "unknown part": (_broken("[parameters]\nbatery.charge = 1 #!\n"), "did you mean battery?"),
    "unknown value of a part": (
        _broken('[parameters]\nbattery.volts = "7 V" #!\n'),
        "battery has no volts",
    ),
    "negative value of a part": (
        _broken('[parameters]\nchassis.mass = "-1 g" #!\n'),
        "less than 9 g",
    ),
    "a value of a part beyond sense": (
        _broken('[parameters]\nmotor.no_load_speed = "1e14 rpm" #!\n'),
        "more than 33000",
    ),
    "a value that something is divided by": (
        _broken('[parameters]\ncaster.radius = "0 mm" #!\n'),
        "less than 0.095 mm",
    ),
    "values that make no car": (
        _broken('[parameters] #!\nchassis.bottom = "1 m"\n'),
        "no car can be made with these values",
    ),
    "light without unit": (_broken("[parameters]\nlight = 1 #!\n"), 'write "1 klx"'),
    "unknown kind of prop": (_broken('[[prop]]\nname = "a"\nkind = "cat" #!\n'), "kind"),
    "unknown material": (
        _broken('[[prop]]\nname = "a"\nkind = "box"\nmaterial = "glas" #!\n'),
        "did you mean glass?",
    ),
    "a path without speed": (
        _broken('[[prop]]\nname = "a"\nkind = "box"\npath = ["1 m, 1 m", "2 m, 2 m"] #!\n'),
        "no speed",
    ),
    "two props of one name": (
        _broken('[[prop]]\nname = "a"\nkind = "box"\n[[prop]]\nname = "a" #!\nkind = "box"\n'),
        "two props are named a",
    ),
    "unknown fault": (_broken('[[fault]]\nat = "1 s"\nkind = "uart.bite" #!\n'), "fault"),
    "fault without time": (_broken('[[fault]] #!\nkind = "imu.hang"\n'), "at is missing"),
    "fault after the end": (
        _broken('[[fault]]\nkind = "imu.hang"\nat = "10 s" #!\n'),
        "ends at 10 s",
    ),
    "fault at no such place": (
        _broken('[[fault]]\nkind = "sonar.silent"\nat = "1 s"\nwhere = "back" #!\n'),
        "cannot be at back: use left, front, right",
    ),
    "fault that cannot last": (
        _broken('[[fault]]\nkind = "interpreter.kill"\nat = "1 s"\nfor = "2 s" #!\n'),
        "over at once",
    ),
    "fault in a wrong unit": (
        _broken('[[fault]]\nkind = "uart.drop"\nat = "1 s"\nrate = "1 m" #!\n'),
        "does not fit",
    ),
    "fault out of range": (
        _broken('[[fault]]\nkind = "uart.drop"\nat = "1 s"\nrate = "101 %" #!\n'),
        "use 0 to 1",
    ),
    "a value of another fault": (
        _broken('[[fault]]\nkind = "imu.nak"\nat = "1 s"\nrat = 0.5 #!\n'),
        "unknown key rat",
    ),
    "two faults of one name": (
        _broken('[[fault]]\nkind = "imu.hang"\nat = "1 s"\nname = "a"\n' * 2 + "#!").replace(
            'name = "a"\n#!', 'name = "a" #!'
        ),
        "two faults are named a",
    ),
    "no expectation": ('#!\ntitle="t"\nworld="empty"\nduration="1 s"\n', "nothing is expected"),
    "an empty one": (_broken('[[expect]] #!\nat = "3 s"\n', GOOD.partition("[")[0]), "nothing"),
    "unknown expectation": (_broken('contact = "== 0" #!\n'), "did you mean contacts?"),
    "expectation no comparison": (_broken("distance = 10 #!\n"), 'write ">= 5 m"'),
    "expectation without unit": (_broken('distance = ">= 10" #!\n'), 'write "10 m"'),
    "expectation in another unit": (_broken('distance = ">= 10 s" #!\n'), "does not fit"),
    "coverage over 100 %": (_broken('coverage = ">= 101 %" #!\n'), "0 % .. 100 %"),
    "bounds that contradict": (_broken('distance = ">= 5 m and < 5 m" #!\n'), "contradict"),
    "fewer contacts than none": (_broken('overruns = "< 0" #!\n'), "at least 0"),
    "half a reset": (_broken('resets = "== 0.5" #!\n'), "whole numbers"),
    "a window after the end": (_broken('until = "11 s" #!\n'), "after the end at 10 s"),
    "a window that is empty": (_broken('from = "5 s"\nuntil = "5 s" #!\n'), "is empty"),
    "at and from": (_broken('from = "5 s"\nat = "6 s" #!\n'), "drop it"),
    "from no fault's name": (_broken('from = "boom" #!\n'), "no fault has a name"),
    "to stop after the window": (
        _broken('from = "5 s"\ntime_to_stop = "> 6 s" #!\n'),
        "0 s .. 5 s",
    ),
    "a mode that is none": (_broken('final_mode = "FLY" #!\n'), "mode"),
    "modes of which one is none": (_broken('modes = ["HOLD", "LAND"] #!\n'), '"LAND"'),
    "modes no list": (_broken("modes = 3 #!\n"), "no list of texts"),
    "no text at all": (_broken("texts = [] #!\n"), "no list of texts"),
    "unknown message": (_broken('rates = { ATITUDE = "> 1 Hz" } #!\n'), "did you mean ATTITUDE?"),
    "no field": (_broken('telemetry = { SYS_STATUS = "> 1" } #!\n'), "names no field"),
    "unknown field": (
        _broken('telemetry = { "SYS_STATUS.voltage" = "> 1 V" } #!\n'),
        "did you mean voltage_battery?",
    ),
    "field in another unit": (
        _broken('[expect.telemetry]\n"SYS_STATUS.voltage_battery" = "> 1 A" #!\n'),
        "does not fit",
    ),
    "a part of what has none": (
        _broken('telemetry = { "SYS_STATUS[0].load" = "> 1 %" } #!\n'),
        "drop [0]",
    ),
    "two that contradict": (
        GOOD.replace("[expect]", "[[expect]]") + '[[expect]]\ncontacts = "> 0" #!\n',
        "contradicts what line 5",
    ),
    "not_yet no text": ("not_yet = true #!\n" + GOOD, "no text"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_by_line_and_reason(name: str, tmp_path: Path) -> None:
    text, reason = BROKEN[name]
    line = next(i for i, one in enumerate(text.splitlines(), 1) if "#!" in one)
    path = tmp_path / "broken.toml"
    path.write_text(text)
    with pytest.raises(BrokenScenarios) as caught:
        load_files([tmp_path])
    told = [str(problem) for problem in caught.value.problems]
    assert any(one.startswith(f"{path}:{line}: ") and reason in one for one in told), told
    assert all(one.startswith(f"{path}:") and "\n" not in one for one in told)
    assert len(told) <= 2


def test_all_problems_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(GOOD.replace('"10 s"', "10") + 'distance = "far"\n')
    (tmp_path / "b.toml").write_text("]")
    with pytest.raises(BrokenScenarios) as caught:
        load_files([tmp_path])
    where = [(Path(p.file).name, p.line) for p in caught.value.problems]
    assert where == [("a.toml", 3), ("a.toml", 6), ("b.toml", 1)]


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(b'title = "t"\nworld = "\xff"\n')
    with pytest.raises(BrokenScenarios, match=":2: not UTF-8"):
        load_files([path])


def test_what_windows_editors_leave_in_a_file_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "one.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load_scenario(path).title == "t"


def test_what_only_looks_like_a_file_in_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "folder.toml").mkdir()
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "way.toml").symlink_to("way.toml")
    with pytest.raises(BrokenScenarios) as caught:
        load_files([tmp_path])
    pipe, way = map(str, caught.value.problems)
    assert pipe.endswith("pipe.toml:1: cannot be read: it is no file")
    assert "way.toml:1: cannot be read: " in way


@pytest.mark.parametrize("name", ["\udcff", "two\nlines", "\x1b[31m"])
def test_a_file_whose_name_no_report_can_show_is_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.toml"
    path.write_text(GOOD)
    with pytest.raises(BrokenScenarios, match="rename it"):
        load_files([path])


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "same.toml").write_text(GOOD)
    with pytest.raises(BrokenScenarios, match="rename one"):
        load_files([tmp_path])


def test_a_path_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    for path in (tmp_path / "no.toml", tmp_path):
        with pytest.raises(PatrolError) as caught:
            load_files([path])
        assert caught.value.code == 2


def test_a_worlds_file_is_found_beside_the_scenario(tmp_path: Path) -> None:
    (tmp_path / "own.xml").write_text("<mujoco><worldbody/></mujoco>")
    path = tmp_path / "one.toml"
    path.write_text(GOOD.replace('"empty"', '"own.xml"'))
    assert load_scenario(path).world == str(tmp_path / "own.xml")
    (tmp_path / "own.xml").write_text(
        "<mujoco><worldbody><geom type='cube'/></worldbody></mujoco>"
    )
    path.write_text(GOOD.replace('"empty"', '"./own.xml"'))
    with pytest.raises(BrokenScenarios, match=":2: world file"):
        load_scenario(path)
