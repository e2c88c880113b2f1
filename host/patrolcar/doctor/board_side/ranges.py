# ranges.py: the ToF sensors and those that look at the floor; common.py comes before it.

from patrol.drivers import tof_setup

ADDRESSES = (0x30, 0x29)  # left, right, once they are told apart
BEAM_MS = 40


def make_tofs():
    """Starts both ToF sensors; the three bytes of identity of left and right, None: no answer."""
    global tofs
    bus = hardware.bus(board).i2c
    xshut = hardware.xshut(board)
    if xshut is not None:
        tof_setup.start(bus, xshut)
    tofs = hardware.tofs(bus)
    told = []
    for address in ADDRESSES:
        try:
            told.append(tuple(bus.readfrom_mem(address, 0xC0, 3)))
        except OSError:
            told.append(None)
    return told


def beam(number, times):
    """(measurements, their ranges in mm, 0 for nothing that counts)."""
    tof = tofs[number]
    before = tof.count
    ranges = []
    for _ in range(times):
        sleep_ms(BEAM_MS)
        seen = tof.count
        tof.step()
        if tof.count != seen:
            ranges.append(tof.range_mm)
    return tof.count - before, ranges


def nearest(ms, near_mm):
    """Which ToF sensor alone sees something nearer than that, within the time; -1: neither."""
    for _ in range(ms // BEAM_MS):
        sleep_ms(BEAM_MS)
        near = []
        for number in (0, 1):
            tofs[number].step()
            if 0 < tofs[number].range_mm < near_mm:
                near.append(number)
        if len(near) == 1:
            return near[0]
    return -1


def floor(times):
    """Of each sensor that looks at the floor: (mean reading, the level between light and dark)."""
    it = hardware.floor(board, settings)
    sums = [0] * 5
    for _ in range(times):
        sleep_ms(1)
        it.sample()
        for i in range(5):
            sums[i] += it.values[i]
    names = ("cliff_left", "cliff_right", "line_left", "line_middle", "line_right")
    return [(sums[i] // times, settings[names[i]]) for i in range(5) if it.present >> i & 1]
