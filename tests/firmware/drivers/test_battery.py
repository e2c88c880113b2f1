"""The pack: what is measured, what it would be at rest, what is left, and what cannot be."""

import random

import pytest
from patrol.drivers import chemistry
from patrol.drivers.battery import Battery

FULL_MV, FULL_MA = 14_190, 3_300
LI_ION = 3
KINDS = range(1, 5)


def curve_of(kind):
    """Percent and mV of its points."""
    curve = chemistry.PACKS[kind - 1][2]
    return curve[::2], [4_000 + 20 * step for step in curve[1::2]]


def told(kind):
    """What a Battery is told but its resistance."""
    return FULL_MV, FULL_MA, kind, chemistry.PACKS[kind - 1], 2_600


class Pack:
    """Two ADCs over a pack of `open_mv` and `mohm`, from which `ma` are taken."""

    def __init__(self, open_mv=7_600, ma=120, mohm=100, pack=LI_ION, told_mohm=100):
        self.open_mv, self.ma, self.mohm = open_mv, ma, mohm
        self.factor = 1.0
        self.battery = Battery(Adc(self.volts), Adc(self.amps), *told(pack), told_mohm)

    def volts(self):
        return self.factor * (self.open_mv - self.ma * self.mohm / 1000) / FULL_MV

    def amps(self):
        return self.ma / FULL_MA

    def run(self, seconds):
        for _ in range(round(seconds * 20)):
            self.battery.sample(50)
        return self.battery


class Adc:
    def __init__(self, share):
        self.share = share

    def read_u16(self):
        code = min(4095, max(0, round(self.share() * 4095)))
        return code << 4 | code >> 8


def test_millivolts_and_milliamperes_are_smoothed():
    pack = Pack(7_600, 500)
    assert pack.battery.mv == pytest.approx(7_550, abs=5)  # known before the first sample
    assert pack.run(10).ma == pytest.approx(500, abs=2)
    pack.factor = 0
    assert pack.run(0.05).mv > 6_900  # one bad sample is no empty pack
    assert pack.battery.fault == 0


def test_the_charge_that_was_taken_is_counted():
    pack = Pack(7_600, 1_000)
    assert pack.run(3_600).used_mah == pytest.approx(1_000, abs=5)


@pytest.mark.parametrize("mohm", [50, 100, 300, 600])
def test_the_resistance_is_found_and_load_does_not_make_it_seem_empty(mohm):
    pack = Pack(7_200, mohm=mohm)
    for k in range(20):
        pack.ma = 120 if k % 2 else 1_500
        battery = pack.run(2)
    assert battery.open_mv == pytest.approx(7_200, abs=40)


@pytest.mark.parametrize("kind", KINDS)
def test_the_curve_of_each_chemistry_rises_and_its_levels_lie_low_on_it(kind):
    low, critical, _ = chemistry.PACKS[kind - 1]
    percents, volts = curve_of(kind)
    assert (percents[0], percents[-1]) == (0, 100)
    assert list(percents) == sorted(set(percents))
    assert volts == sorted(set(volts))
    assert (
        volts[0]
        <= critical
        < low
        <= min(v for p, v in zip(percents, volts, strict=True) if p >= 20)
    )


@pytest.mark.parametrize("kind", KINDS)
def test_at_rest_the_charge_is_the_curves(kind):
    for percent, mv in zip(*curve_of(kind), strict=True):
        pack = Pack(mv, 0, pack=kind)
        assert pack.battery.percent == pytest.approx(percent, abs=1)
        assert pack.run(60).percent == pytest.approx(percent, abs=1)


@pytest.mark.parametrize("factor", [0, 0.3, 2, 1_000])
def test_a_voltage_that_no_pack_has_is_told_at_once_and_not_used(factor):
    pack = Pack()
    before = pack.run(5).supply_mv
    pack.factor = factor
    battery = pack.run(0.15)
    assert battery.fault == 8
    assert abs(pack.run(20).supply_mv - before) <= 25
    pack.factor = 1
    assert pack.run(0.05).fault == 0


def test_a_leap_is_told_and_what_the_wheels_are_told_never_jumps():
    pack = Pack()
    last = pack.run(5).supply_mv
    pack.factor = 0.7
    assert pack.run(0.15).fault == 9
    assert last - pack.battery.supply_mv <= 3 * 25
    last = pack.battery.supply_mv
    for _ in range(200):
        now = pack.run(0.05).supply_mv
        assert abs(now - last) <= 30
        last = now
    assert last == pytest.approx(0.7 * 7_588, abs=10)  # it may be true
    assert pack.battery.fault == 0


def test_a_board_on_usb_takes_the_pack_for_what_it_is_when_it_comes():
    pack = Pack(8_000)
    pack.battery = Battery(Adc(lambda: 0), None, *told(LI_ION), 100)
    assert pack.run(1).fault == 8
    pack.battery._voltage = Adc(pack.volts).read_u16
    battery = pack.run(0.05)
    assert battery.fault == 0
    assert battery.supply_mv == pytest.approx(7_988, abs=5)
    assert battery.percent == pytest.approx(82, abs=1)
    assert battery.ma == 0  # no sensor


def test_the_start_of_both_motors_is_no_leap_and_too_much_current_is_told():
    pack = Pack(7_600, mohm=150)
    pack.run(5)
    pack.ma = 2_400
    assert pack.run(0.5).fault == 0
    pack.ma = 3_000
    assert pack.run(0.15).fault == 10


@pytest.mark.parametrize("resistance", [1, 5])
def test_over_a_discharge_the_charge_follows_the_worlds(resistance):
    """Drives and stops by chance until it is empty; told resistance 100 mohm, whatever is true."""
    from patrolcar_sim.world.battery import Battery as TrueBattery
    from patrolcar_sim.world.parts import load_parts

    parts = load_parts()
    truth = TrueBattery(parts, 0.98)
    truth.resistance *= resistance
    pack = Pack()
    pack.factor, pack.mohm = 1, 0
    pack.open_mv, pack.ma = 1000 * truth.volts, 1000 * truth.amps
    battery = pack.battery = Battery(Adc(pack.volts), Adc(pack.amps), *told(LI_ION), 100)
    chance = random.Random("discharge")
    errors, low_at = [], None
    duty = wheel = until = step = 0
    while battery.open_mv >= battery.critical_mv:
        if step == until:
            duty, until = chance.choice((0, 0.25, 0.4, 0.6)), step + chance.randrange(10, 100)
        wheel += (0.93 * duty * truth.volts / parts.motor.ke - wheel) / 6  # 0.3 s
        truth.load(duty, duty, wheel, wheel)
        truth.draw(0.05)
        pack.open_mv, pack.ma = 1000 * truth.volts, 1000 * truth.amps
        battery.sample(50)
        step += 1
        assert truth.charge > 0
        if step > 200:
            errors.append(battery.percent - 100 * truth.charge)
        if low_at is None and battery.open_mv < battery.low_mv:
            low_at = truth.charge
    worst = max(errors, key=abs)
    mean = (sum(error * error for error in errors) / len(errors)) ** 0.5
    print(
        f"resistance x {resistance}: {step / 72_000:.1f} h, error of the charge at most "
        f"{worst:+.1f} %, rms {mean:.1f} %; low at {100 * low_at:.1f} %, critical at "
        f"{100 * truth.charge:.1f} %, resistance {(battery._r >> 3)} mohm"
    )
    assert abs(worst) <= 6
    assert 0.02 < low_at < 0.15
    assert 0.005 < truth.charge < 0.08
