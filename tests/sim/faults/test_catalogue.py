"""The catalogue: every kind can be told, checked and refused by its key."""

from __future__ import annotations

import pytest

from patrolcar_sim.faults import CATALOGUE, Fault, FaultError, check, parse, props_of
from patrolcar_sim.faults.catalogue import complete
from patrolcar_sim.faults.notation import EXAMPLE, listing

WANTED = """
uart.bits uart.drop uart.stall uart.cut sonar.silent sonar.late sonar.crosstalk sonar.stuck
tof.hang tof.nak tof.frozen tof.identity imu.hang imu.nak imu.frozen imu.identity
encoder.missing encoder.reversed encoder.stuck motor.stall motor.weak motor.runaway
battery.sag battery.brownout flash.cut flash.rot flash.full clock.jump interpreter.kill
memory.shortage world.kidnap world.person world.door world.ramp world.sun
"""


def test_every_kind_that_scenarios_name_is_there() -> None:
    assert set(WANTED.split()) <= set(CATALOGUE)


@pytest.mark.parametrize("name", CATALOGUE)
def test_a_kind_with_its_defaults_can_be_everywhere_that_it_says(name: str) -> None:
    kind = CATALOGUE[name]
    assert kind.sentence
    assert kind.sentence[0].islower()
    for where in kind.where or (None,):
        whole = complete(Fault(name, where=where))
        assert whole.where == where
        for one in kind.parameters:
            assert one.lowest <= whole.values.get(one.name, one.lowest) <= one.highest
    assert complete(Fault(name)).where == (kind.where[-1] if kind.where else None)


@pytest.mark.parametrize(
    ("fault", "key", "reason"),
    [
        (Fault("sonar.loud"), "kind", "did you mean sonar.late"),
        (Fault("uart.cut", -1), "at_us", "-1"),
        (Fault("uart.cut", 0, 0), "for_us", "over 0"),
        (Fault("interpreter.kill", 0, 5), "for_us", "leave it out"),
        (Fault("sonar.silent", where="back"), "where", "left, front, right"),
        (Fault("imu.nak", where="left"), "where", "no place"),
        (Fault("uart.bits", values={"share": 0.1}), "share", "it takes rate"),
        (Fault("uart.cut", values={"rate": 0.1}), "rate", "it takes none"),
        (Fault("uart.bits", values={"rate": 1.5}), "rate", "0 to 1"),
        (Fault("uart.bits", values={"rate": float("nan")}), "rate", "nan"),
        (Fault("imu.hang", values={"clocks": 0.5}), "clocks", "whole"),
        (Fault("clock.jump", values={"by": 0}), "by", "no jump"),
        (Fault("world.kidnap", values={"x": 1.0}), "y", "both"),
    ],
)
def test_what_cannot_be_is_refused_by_its_key(fault: Fault, key: str, reason: str) -> None:
    with pytest.raises(FaultError, match=reason) as refused:
        check(fault)
    assert refused.value.key == key
    assert refused.value.code == 2
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("uart.cut", Fault("uart.cut")),
        ("uart.cut+2", Fault("uart.cut", 0, 2_000_000)),
        ("sonar.silent@10+5:front", Fault("sonar.silent", 10_000_000, 5_000_000, "front")),
        ("uart.bits@3.5:to,rate=0.01", Fault("uart.bits", 3_500_000, None, "to", {"rate": 0.01})),
        ("clock.jump@2,by=-300", Fault("clock.jump", 2_000_000, values={"by": -300.0})),
        ("floor.stuck:cliff-left", Fault("floor.stuck", where="cliff-left")),
    ],
)
def test_a_fault_is_told_in_one_word(text: str, fault: Fault) -> None:
    assert parse(text) == fault


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "KIND"),
        ("uart.cut+3s", "KIND"),
        ("uart.cut@1.2.3", "no number"),
        ("uart.cut@" + "9" * 400, "cannot be"),
        ("uart.bits,rate", "NAME=VALUE"),
        ("uart.bits,rate=much", "no number"),
        ("uart.bits,rate=2", "0 to 1"),
        ("uart.bits,rate=0.1,rate=0.2", "given twice"),
    ],
)
def test_a_word_that_is_none_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(FaultError, match=reason):
        parse(text)


def test_the_list_for_a_person_has_every_kind_place_and_number() -> None:
    lines = "\n".join(listing())
    assert parse(EXAMPLE).values == {"factor": 0.3}
    assert EXAMPLE in lines
    for name, kind in CATALOGUE.items():
        assert name in lines
        assert kind.sentence in lines
        for one in kind.parameters:
            assert one.sentence in lines


def test_a_person_and_a_door_come_along_with_the_world_each_under_its_own_name() -> None:
    faults = [Fault("world.person"), Fault("uart.cut"), Fault("world.door"), Fault("world.person")]
    props = props_of(faults)
    assert [prop.kind for prop in props] == ["person", "door", "person"]
    assert len({prop.name for prop in props}) == 3
    assert all(prop.pose is None for prop in props)
