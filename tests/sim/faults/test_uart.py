"""Faults of the telemetry line, at a board that writes to it and listens."""

from __future__ import annotations

from pathlib import Path

from patrolcar_sim.bench import Bench
from patrolcar_sim.faults import Timeline, parse

SENT = bytes(range(256)) * 4
WRITE = (
    "import machine, time; u = machine.UART(6, 115200, rxbuf=4096)\n"
    "for i in range(4): u.write(bytes(range(256)))\n"
    "time.sleep_ms(20)"
)


class Far:
    """The far end: keeps what comes, sends what it is told to."""

    def __init__(self, say: bytes = b"") -> None:
        self.heard = bytearray()
        self.times: list[int] = []
        self.say = say

    def receive(self, data: bytes, at_us: int) -> None:
        self.heard += data
        self.times.append(at_us)

    def poll(self, now_us: int) -> bytes:
        said, self.say = self.say, b""
        return said


def heard(image: Path, fault: str, seed: int = 1) -> bytes:
    """What the far end hears of SENT."""
    far = Far()
    with Bench(image) as bench:
        bench.board.line.station = far
        Timeline([parse(fault)], seed).attach(bench.board)
        bench.run(WRITE)
    return bytes(far.heard)


def test_bits_flip_by_the_seed(tmp_path: Path) -> None:
    one = heard(tmp_path / "a.img", "uart.bits,rate=0.01")
    assert len(one) == len(SENT)
    wrong = sum(bin(a ^ b).count("1") for a, b in zip(one, SENT, strict=True))
    assert 40 < wrong < 130
    assert heard(tmp_path / "b.img", "uart.bits,rate=0.01") == one
    assert heard(tmp_path / "c.img", "uart.bits,rate=0.01", seed=2) != one


def test_bytes_are_lost_and_come_twice(tmp_path: Path) -> None:
    assert 850 < len(heard(tmp_path / "a.img", "uart.drop,rate=0.1")) < 1000
    assert 1050 < len(heard(tmp_path / "b.img", "uart.duplicate,rate=0.1")) < 1200


def test_a_cut_wire_from_the_car_loses_all_and_the_other_way_nothing(tmp_path: Path) -> None:
    assert heard(tmp_path / "a.img", "uart.cut:from") == b""
    assert heard(tmp_path / "b.img", "uart.cut:to") == SENT


def test_what_is_sent_during_a_stall_comes_after_it(bench: Bench) -> None:
    far = Far()
    bench.board.line.station = far
    start = bench.board.now_us
    Timeline([parse(f"uart.stall@{start / 1e6}+0.5")]).attach(bench.board)
    bench.run(WRITE.replace("20", "700"))
    bench.board.line.station = None
    assert bytes(far.heard) == SENT
    assert min(far.times) >= start + 500_000


def test_a_cut_wire_to_the_car_mends_at_its_end(bench: Bench) -> None:
    far = Far()
    bench.board.line.station = far
    bench.run("import machine, time; u = machine.UART(6, 115200, rxbuf=100)")
    now = bench.board.now_us
    Timeline([parse(f"uart.cut@{now / 1e6}+0.1:to")]).attach(bench.board)
    bench.board.run(now + 10_000)
    far.say = b"lost"
    bench.board.run(now + 120_000)
    far.say = b"found"
    bench.board.run(now + 140_000)
    bench.board.line.station = None
    assert bench.run("print(u.read())") == "b'found'\n"
