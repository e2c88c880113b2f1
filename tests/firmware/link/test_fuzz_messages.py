"""Every message that the car takes, with every field at its extremes and at random: its state is
one of those that there are, every command has its answer, nothing raises and nothing drives."""

from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patrolcar.link.generate import ACCEPTS
from toy_board import ToyBoard

RESULTS = {0, 1, 2, 3, 4, 8, 9}
NOT_BUILT = 3
BUILT = {176, 179, 185, 224, 400, 410, 510, 511, 512, 520}
FLOATS = (0.0, -0.0, 1.0, -1.0, 2.0**30, -(2.0**31), 3e38, 1e-38, float("nan"), float("inf"))
SHORT = 48  # bytes of an array, as in conftest.py
ENDS = {
    "uint8_t": (0, 1, 2, 127, 128, 254, 255),
    "int8_t": (-128, -1, 0, 127),
    "uint16_t": (0, 1, 400, 2**15, 2**16 - 1),
    "int16_t": (-(2**15), -1, 0, 2**15 - 1),
    "uint32_t": (0, 1, 2**30, 2**31, 2**32 - 1),
    "int32_t": (-(2**31), -1, 0, 2**31 - 1),
    "uint64_t": (0, 1, 2**63, 2**64 - 1),
    "int64_t": (-(2**63), -1, 0, 2**63 - 1),
    "float": FLOATS,
}
INTERPRETED = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=150,
)


@pytest.fixture(scope="module")
def talk(mav):
    """A car on the toy board that is told one thing after the other."""
    with pytest.MonkeyPatch.context() as patch:
        board = ToyBoard(patch)
        car = board.car()
        car.schedule.start()
        car.schedule.run(150)
        out = mav.MAVLink(None, srcSystem=255, srcComponent=190)
        back = mav.MAVLink(None)
        back.robust_parsing = True

        def tell(message, armed=False):
            """Says it, and returns what was heard."""
            from patrol.behaviour import supervisor as rules

            car.request(rules.DISARM)
            if armed:
                car.request(rules.ARM)
            board.uart.sent.clear()
            board.uart.rx += message.pack(out)
            out.seq = (out.seq + 1) % 256
            distance = board.body.distance
            received = car.parser.received
            car.schedule.run(4)
            board.settle()
            assert car.parser.received == received + 1
            heard = back.parse_buffer(bytes(board.uart.sent)) or []
            return SimpleNamespace(car=car, heard=heard, way=board.body.distance - distance)

        yield tell


def check(talk, message, armed=False):
    """Tells it, and holds what comes of it against what may."""
    told = talk(message, armed)
    car = told.car
    assert car.failures == 0
    assert 0 <= car.supervisor.state <= 4
    name = message.get_type()
    for_it = getattr(message, "target_system", getattr(message, "target", 0)) in (0, 1)
    may_drive = armed and name == "MANUAL_CONTROL"
    if not may_drive:
        assert told.way < 0.003
    acks = [m for m in told.heard if m.get_type() == "COMMAND_ACK"]
    if not name.startswith("COMMAND_") or not for_it:
        assert not acks
        return
    (ack,) = acks
    assert (ack.command, ack.target_system) == (message.command, 255)
    assert ack.result in RESULTS
    assert (message.command in BUILT) or ack.result == NOT_BUILT
    if message.command != 400 and not (message.command == 176 and armed):
        assert car.supervisor.armed() == armed


def kind_of(mav, name):
    """The message's class, and each field's name, type and length."""
    kind = getattr(mav, f"MAVLink_{name.lower()}_message")
    lengths = dict(zip(kind.ordered_fieldnames, kind.array_lengths, strict=True))
    fields = zip(kind.fieldnames, kind.fieldtypes, strict=True)
    return kind, [(field, of, lengths[field]) for field, of in fields]


def value_of(of, length, one):
    """A field's value with that one, in all of an array."""
    if of == "char":
        return bytes([one % 256]) * min(length, SHORT)
    if length > 1:
        return [one] * min(length, SHORT) + [0] * max(0, length - SHORT)
    return one


def ends(of):
    return ENDS["uint8_t" if of == "char" else of]


@pytest.mark.parametrize("armed", [False, True], ids=["disarmed", "armed"])
@pytest.mark.parametrize("name", sorted(set(ACCEPTS)))
def test_each_field_at_each_of_its_ends(talk, mav, name, armed):
    kind, fields = kind_of(mav, name)
    usual = {f: value_of(of, n, 1 if f.startswith("target") else 0) for f, of, n in fields}
    for field, of, length in fields:
        for one in ends(of):
            check(talk, kind(**{**usual, field: value_of(of, length, one)}), armed)


@pytest.mark.parametrize("command", sorted(BUILT))
@pytest.mark.parametrize("name", ["COMMAND_LONG", "COMMAND_INT"])
def test_each_command_with_each_parameter_at_its_ends(talk, mav, name, command):
    kind, fields = kind_of(mav, name)
    usual = {f: 0 for f, _, _ in fields} | {
        "target_system": 1,
        "command": command,
    }
    for field, of, _ in fields:
        if field not in ("target_system", "command"):
            for one in (*ends(of), *((30.0, 132.0, 9_999.0) if of == "float" else ())):
                check(talk, kind(**{**usual, field: one}))


@INTERPRETED
@given(st.data(), st.booleans())
def test_any_message_with_anything_in_it(talk, accepted, data, armed):
    message = data.draw(accepted)
    check(talk, message, armed)


@INTERPRETED
@given(st.data())
def test_any_built_command_with_any_parameters(talk, mav, data):
    kind, fields = kind_of(mav, data.draw(st.sampled_from(["COMMAND_LONG", "COMMAND_INT"])))
    values = {f: data.draw(st.sampled_from(ends(of))) for f, of, _ in fields}
    values.update(target_system=1, command=data.draw(st.sampled_from(sorted(BUILT))))
    for i in (1, 2):
        values[f"param{i}"] = data.draw(st.floats(width=32) | st.integers(-3, 300).map(float))
    check(talk, kind(**values))
