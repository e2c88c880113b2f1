# parts.py: what stands still: pins, switches, LEDs, sonars and the IMU; ranges.py has the rest.


def pins(names):
    """Drives each output high and low and reads it back: the levels that were read, 1 and 0.

    The bridges' STBY comes first, while their inputs are low, so that nothing can turn.
    """
    made = [Pin(name, Pin.OUT, value=0) for name in names]
    read = []
    for pin in made:
        pin.value(1)
        sleep_us(5)  # too short to trigger a sonar
        high = pin.value()
        pin.value(0)
        sleep_us(5)
        read.append((high, pin.value()))
    return read


def switches():
    """Whether bumper and start button are pressed."""
    pair = hardware.switches(board)
    for _ in range(10):
        sleep_ms(10)
        for switch in pair:
            switch.sample()
    return [switch.pressed for switch in pair]


def lights(ms):
    """Lights one LED after the other."""
    leds = hardware.leds(board)
    for i in range(len(board.LEDS)):
        leds.patterns[i] = 255
        leds.step()
        sleep_ms(ms)
        leds.patterns[i] = 0
    leds.step()
    return len(board.LEDS)


def make_sonars():
    global sonars
    sonars = hardware.sonars(board).sonars


def ping(number, times):
    """(pings with the echo pin high before, whether pulses come at all, ranges in mm)."""
    sonar = sonars[number]
    echo = Pin(board.SONARS[number][1])
    high = 0
    ranges = []
    for _ in range(times):
        high += echo.value()
        if sonar.listen():
            sonar.pulse()
        sleep_ms(60)
        sonar.collect(False)
        ranges.append(sonar.raw_mm)
    return high, not sonar.dead, ranges


def scan():
    """(addresses that answer, WHO_AM_I of the IMU or None)."""
    bus = hardware.bus(board).i2c
    try:
        found = bus.scan()
        if board.IMU_ADDRESS in found:
            return found, bus.readfrom_mem(board.IMU_ADDRESS, 0x75, 1)[0]
        return found, None
    except OSError:
        return [], None


def rest(samples):
    """The IMU at rest: (yaw bias, its standard deviation, in urad/s; x, y, z in 1/8192 g)."""
    global imu, bias
    imu = hardware.imu(board, hardware.bus(board).i2c, settings)
    imu.calibrate(0, 0, 0, 1000)
    rates = []
    for _ in range(samples):
        sleep_ms(10)
        imu.sample(False)
        rates.append(imu.yaw_urad_s)
    bias = sum(rates) // samples
    spread = int((sum([(rate - bias) ** 2 for rate in rates]) / samples) ** 0.5)
    return bias, spread, imu.accel_x, imu.accel_y, imu.accel_z


def by_hand(ms, enough_urad):
    """How far a person turned the car within that time, clockwise, in urad."""
    turned = 0
    last = ticks_us()
    for _ in range(ms // 10):
        sleep_ms(10)
        now = ticks_us()
        turned += yaw(ticks_diff(now, last))
        last = now
        if not -enough_urad < turned < enough_urad:
            break
    return turned
