"""An MPU-6050 (InvenSense register map RM-MPU-6000A, revision 4.2): rates and accelerations.

    imu = Imu(bus.i2c)
    imu.sample(at_rest)      # each tick: one burst of 14 bytes
    imu.yaw_rate             # mrad/s, clockwise positive

The chip is mounted x forward, y left, z up; what is given out is the car's frame, x forward,
y right, z down.

A chip that falls silent, is another one, has lost its power (it then sleeps, with its default
ranges) or tells the same 14 bytes again and again (a real one has noise in them all) is not
trusted from that sample on. It is set up anew every 0.1 s until it has told good samples for
0.25 s.
"""

from patrol.portable import const

if 0:  # for the type checker alone: the compiler leaves it out
    from machine import I2C

_SMPLRT_DIV = const(0x19)
_ACCEL_XOUT_H = const(0x3B)
_PWR_MGMT_1 = const(0x6B)
_IDENTITY = const(0x68)  # in WHO_AM_I, ten registers on, whatever the address pin says
_AWAKE = const(0x01)  # clock from the x gyro
_WAKE = b"\x01"
# From SMPLRT_DIV on: 200 Hz, low-pass at 42 Hz, +-500 degrees/s, +-4 g.
_SETUP = b"\x04\x03\x08\x08"

ONE_G = const(8192)  # counts at +-4 g
_FILTER_SHIFT = const(3)
_SCALE = const(1_665)  # 1/100 urad/s for a count << 4

# The bias, in counts << 5, is learnt in blocks: a block's sum is its mean << 5.
_BIAS_SHIFT = const(5)
_BLOCK = const(32)  # samples; the mean's noise is then 0.5 counts, 0.13 mrad/s
_SPREAD = const(32)  # counts from lowest to highest: 12 times the noise, and no hand is as steady
_STEADY = const(96)  # samples that a first bias rests on
_NEAR = const(64)  # 2 counts: within this of the bias a block belongs to it
_DRIFT_SHIFT = const(5)  # and 1 count more for each 1024 samples without one, by the warmth,
_FAR = const(960)  # up to 30 counts, 8 mrad/s: what turns faster is no bias
_DOUBTS = const(188)  # steady blocks elsewhere, a minute: then it has leapt

# Why it is not trusted: `fault`, as in behaviour/faults.py.
SILENT = const(11)
FROZEN = const(12)
IDENTITY = const(13)
ABSENT = const(20)  # from the start

_BAD = const(4)  # failed transfers or equal samples in a row
_RETRY = const(-10)  # ticks
_GOOD = const(25)  # samples; after waking the gyro takes 30 ms (PS-MPU-6000A, 6.1)
_LOOK = const(35)  # ten more: then a look whether it is still the chip, and awake


class Imu:
    """Rates in mrad/s (`yaw_urad_s` finer), gyro bias taken off once the car has stood a while;
    accelerations in counts of 1/8192 g, smoothed.

    `fault` is 0 while it is trusted, or why not; `fresh`: it is, and the latest `sample` brought
    something new.
    """

    def __init__(self, i2c: "I2C", address=0x68):
        self.roll_rate = 0
        self.pitch_rate = 0
        self.yaw_rate = 0
        self.yaw_urad_s = 0
        self.accel_x = 0
        self.accel_y = 0
        self.accel_z = ONE_G
        self.settled = 0  # ticks at rest that the bias rests on
        self.fresh = False
        self.fault = 0
        self._i2c = i2c
        self._address = address
        self._buffer = bytearray(14)
        self._last = bytearray(14)
        self._bias_x = self._bias_y = self._bias_z = 0
        self._scale = _SCALE
        # Smoothed, in counts << _FILTER_SHIFT.
        self._ax = self._ay = 0
        self._az = ONE_G << _FILTER_SHIFT
        self._block = 0  # samples in it; their sum, lowest and highest
        self._sum = self._low = self._high = 0
        self._since = 0  # samples since the bias has last been confirmed
        self._doubts = 0
        self._bad = 0
        self._good = 0  # samples; below 0 it waits, at 0 it is set up
        try:
            self._begin()
        except OSError:
            self.lose(SILENT)
        if self.fault == SILENT:
            self.fault = ABSENT

    def calibrate(self, x, y, z, permille):
        """Biases to begin with, in counts, and the scale of what the yaw gyro tells."""
        self._bias_x = x << _BIAS_SHIFT
        self._bias_y = y << _BIAS_SHIFT
        self._bias_z = z << _BIAS_SHIFT
        self._scale = (_SCALE * permille + 500) // 1000

    def sample(self, at_rest):
        """Reads everything; `at_rest` (no wheel has turned for a while) lets the bias follow.

        Raises no OSError: `fault` and `fresh` tell.
        """
        self.fresh = False
        good = self._good
        self._good = good + 1
        if good < 0:
            return
        b = self._last
        fault = FROZEN
        try:
            if good == 0:
                self._begin()  # takes 0.6 ms: the burst has time until the next tick
                return
            if good == _LOOK:
                self._good = _GOOD
                if not self._look(b):
                    return
            self._i2c.readfrom_mem_into(self._address, _ACCEL_XOUT_H, b)
            if b != self._buffer:
                fault = 0
        except OSError:
            fault = SILENT
        if fault:
            self._bad += 1
            if self._bad >= _BAD or self.fault:
                self.lose(fault)
            return
        self._bad = 0
        self._last = self._buffer
        self._buffer = b
        if good == _GOOD:
            self.fault = 0
        self.fresh = not self.fault

        ax = b[0] << 8 | b[1]
        ay = b[2] << 8 | b[3]
        az = b[4] << 8 | b[5]
        gx = b[8] << 8 | b[9]
        gy = b[10] << 8 | b[11]
        gz = b[12] << 8 | b[13]
        # 65.5 counts for 1 degree/s: 266.46 urad/s a count, 8.3269 a count << _BIAS_SHIFT. One
        # bit less of it leaves room for a scale of four digits.
        gx = (gx - ((gx & 0x8000) << 1) << _BIAS_SHIFT) - self._bias_x
        gy = (gy - ((gy & 0x8000) << 1) << _BIAS_SHIFT) - self._bias_y
        gz = (gz - ((gz & 0x8000) << 1) << _BIAS_SHIFT) - self._bias_z
        self.roll_rate = gx * 17 // 2042
        self.pitch_rate = -gy * 17 // 2042
        self.yaw_urad_s = yaw = -(gz >> 1) * self._scale // 100
        self.yaw_rate = yaw // 1000
        self._ax += (ax - ((ax & 0x8000) << 1)) - (self._ax >> _FILTER_SHIFT)
        self._ay += (ay - ((ay & 0x8000) << 1)) - (self._ay >> _FILTER_SHIFT)
        self._az += (az - ((az & 0x8000) << 1)) - (self._az >> _FILTER_SHIFT)
        self.accel_x = self._ax >> _FILTER_SHIFT
        self.accel_y = -(self._ay >> _FILTER_SHIFT)
        self.accel_z = self._az >> _FILTER_SHIFT
        if at_rest and self.fresh:
            self._learn(gx, gy, gz)
            return
        self._block = 0
        if self._since < _FAR << _DRIFT_SHIFT:
            self._since += 1

    def lose(self, fault):
        """It is not trusted any more, and set up anew after a while."""
        self.fresh = False
        if not self.fault:
            self.fault = fault
        self._bad = self._block = 0
        self._good = _RETRY

    def _look(self, b):
        """Whether it is the chip, and awake. Raises OSError where none answers."""
        self._i2c.readfrom_mem_into(self._address, _PWR_MGMT_1, b)
        if b[10] != _IDENTITY:
            self.lose(IDENTITY)
            return False
        if b[0] != _AWAKE and self._good:
            self.lose(FROZEN)
            return False
        return True

    def _begin(self):
        """Sets the chip up, if it is one. Raises OSError where none answers."""
        self._good = 0
        if self._look(self._last):
            self._i2c.writeto_mem(self._address, _PWR_MGMT_1, _WAKE)
            self._i2c.writeto_mem(self._address, _SMPLRT_DIV, _SETUP)
            self._good = 1

    def _learn(self, gx, gy, gz):
        """One more sample at rest: what it is beyond the biases.

        A hand's turn is as steady as a bias for a block, and slower than none. So a steady block
        may only be where the bias was, and how far it can have drifted since the last one.
        """
        n = self._block
        if n == 0:
            self._sum = 0
            self._low = self._high = gz
        self._sum += gz
        if gz < self._low:
            self._low = gz
        elif gz > self._high:
            self._high = gz
        self._block = n = n + 1
        if n < _BLOCK:
            return
        self._block = 0
        if self._high - self._low > _SPREAD << _BIAS_SHIFT:
            return
        n = self.settled
        off = self._sum // _BLOCK
        most = _NEAR + (self._since >> _DRIFT_SHIFT)
        if n >= _STEADY and not -most <= off <= most:
            self._doubts += 1
            self._since += _BLOCK if self._since < _FAR << _DRIFT_SHIFT else 0
            if self._doubts < _DOUBTS:
                return
            n = 0
        self._doubts = self._since = 0
        # Each of the first blocks counts in full, later ones less: a mean over the last four.
        share = n // _BLOCK + 1 if n < _STEADY else 4
        self._bias_z += off // share
        self._bias_x += gx // share  # of these a sample will do
        self._bias_y += gy // share
        if n < 10_000:
            self.settled = n + _BLOCK
