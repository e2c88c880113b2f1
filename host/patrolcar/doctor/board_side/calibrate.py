# calibrate.py: what `patrol calibrate` measures and stores; common.py and parts.py come before it.

from machine import ADC
from patrol.control.drive import Drive
from patrol.control.wheel_speed import WheelSpeed


def stored():
    """(settings by name, their table, the wheel's diameter in mm by default, what was refused)."""
    said = []
    values = store.load(Log(board.SETTINGS), lambda severity, text: said.append(text.decode()))
    return values, store.TABLE, car.WHEEL_DIAMETER_MM, said


def keep(changes):
    """Stores them and reads them back."""
    log = Log(board.SETTINGS)
    log.tidy()
    store.save(log, changes)
    return store.load(Log(board.SETTINGS), lambda severity, text: None)


def still(samples):
    """The gyro at rest, in counts: mean of x, y, z and the largest deviation from it."""
    bus = hardware.bus(board).i2c
    hardware.imu(board, bus, settings)  # wakes the chip and sets its range
    seen = []
    for _ in range(samples):
        sleep_ms(10)
        data = bus.readfrom_mem(board.IMU_ADDRESS, 0x43, 6)
        rates = []
        for i in (0, 2, 4):
            raw = data[i] << 8 | data[i + 1]
            rates.append(raw - ((raw & 0x8000) << 1))
        seen.append(rates)
    means = [round(sum([rates[i] for rates in seen]) / samples) for i in (0, 1, 2)]
    return means, max([abs(rates[i] - means[i]) for rates in seen for i in (0, 1, 2)])


def places():
    """Both encoders' counters, for a car that is pushed by hand."""
    read = []
    for number, _, _, sign in (board.ENCODER_LEFT, board.ENCODER_RIGHT):
        read.append(sign * Timer(number).counter())
    return read


def travel(speed, turn, left, right, ms):
    """Drives until the counts of both wheels sum up to these, and stops.

    (counts left, counts right, gyro in urad, how it ended: done, bumper, blocked or time).
    """
    wheels = [WheelSpeed() for _ in range(2)]
    drive = Drive(wheels, motors)
    drive.powered = True
    drive.want(speed, turn)
    bumper = hardware.switches(board)[0]
    far = abs(left) + abs(right)
    counts = [0, 0]
    turned = 0
    quiet = 0
    end = ""
    power()

    def step(dt):
        nonlocal turned, quiet, end
        one, two = encoders
        counts[0] += one.delta
        counts[1] += two.delta
        turned += yaw(dt)
        battery.sample(10)
        bumper.sample()
        drive.step(one.speed, two.speed, battery.mv)
        if not end:
            if abs(counts[0]) + abs(counts[1]) >= far:
                end = "done"
            elif bumper.pressed:
                end = "bumper"
            elif drive.blocked_ms >= 600:
                end = "blocked"
            if end:
                drive.want(0, 0)
            if end == "bumper" or end == "blocked":
                drive.halt()
        elif one.delta == 0 == two.delta:
            quiet += 1
        else:
            quiet = 0
        return quiet >= 20

    powered(step, ms)
    return counts[0], counts[1], turned, end or "time"


def levels(names, samples):
    """The mean of 16-bit readings at each of these pins."""
    read = []
    for name in names:
        pin = ADC(Pin(name))
        read.append(sum([pin.read_u16() for _ in range(samples)]) // samples)
    return read
