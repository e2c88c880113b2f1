"""An MPU-6050 (InvenSense register map RM-MPU-6000A, revision 4.2): rates and accelerations.

    imu = Imu(machine.I2C(1, freq=400_000))
    imu.sample(at_rest)      # each tick: one burst of 14 bytes
    imu.yaw_rate             # mrad/s, clockwise positive

The chip is mounted x forward, y left, z up; what is given out is the car's frame, x forward,
y right, z down.
"""

from patrol.portable import const

if 0:  # for the type checker alone: the compiler leaves it out
    from machine import I2C

_SMPLRT_DIV = const(0x19)
_CONFIG = const(0x1A)
_GYRO_CONFIG = const(0x1B)
_ACCEL_CONFIG = const(0x1C)
_ACCEL_XOUT_H = const(0x3B)
_PWR_MGMT_1 = const(0x6B)
_WHO_AM_I = const(0x75)
_IDENTITY = const(0x68)  # whatever the address pin says

ONE_G = const(8192)  # counts at +-4 g
_BIAS_SHIFT = const(6)  # the bias at rest is a mean over about 64 ticks
_STILL = const(30 << 6)  # 8 mrad/s, in counts << _BIAS_SHIFT: eight times the noise
_DOUBTS = const(300)  # samples at rest in a row, 3 s
_FILTER_SHIFT = const(3)
_SCALE = const(1_665)  # 1/100 urad/s for a count << 4


class Imu:
    """Raises OSError when no chip answers, or another one than an MPU-6050 does.

    Rates in mrad/s (`yaw_urad_s` finer), gyro bias taken off once the car has stood for a while;
    accelerations in counts of 1/8192 g, smoothed.
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
        self.errors = 0
        self._doubts = 0
        self._read = i2c.readfrom_mem_into
        self._address = address
        self._buffer = bytearray(14)
        # Biases in counts << _BIAS_SHIFT, smoothed accelerations in counts << _FILTER_SHIFT.
        self._bias_x = self._bias_y = self._bias_z = 0
        self._scale = _SCALE
        self._ax = self._ay = 0
        self._az = ONE_G << _FILTER_SHIFT
        identity = bytearray(1)
        self._read(address, _WHO_AM_I, identity)
        if identity[0] != _IDENTITY:
            raise OSError("IMU at 0x%02x says 0x%02x, not 0x68" % (address, identity[0]))
        for register, value in (
            (_PWR_MGMT_1, 0x01),  # awake, clock from the x gyro
            (_CONFIG, 0x03),  # low-pass at 42 Hz
            (_SMPLRT_DIV, 4),  # 200 Hz
            (_GYRO_CONFIG, 0x08),  # +-500 degrees/s
            (_ACCEL_CONFIG, 0x08),  # +-4 g
        ):
            i2c.writeto_mem(address, register, bytes((value,)))

    def calibrate(self, x, y, z, permille):
        """Biases to begin with, in counts, and the scale of what the yaw gyro tells."""
        self._bias_x = x << _BIAS_SHIFT
        self._bias_y = y << _BIAS_SHIFT
        self._bias_z = z << _BIAS_SHIFT
        self._scale = (_SCALE * permille + 500) // 1000

    def sample(self, at_rest):
        """Reads everything; `at_rest` (no wheel has turned for a while) lets the bias follow.

        Raises OSError when the chip does not answer any more.
        """
        b = self._buffer
        self._read(self._address, _ACCEL_XOUT_H, b)
        ax = b[0] << 8 | b[1]
        ay = b[2] << 8 | b[3]
        az = b[4] << 8 | b[5]
        gx = b[8] << 8 | b[9]
        gy = b[10] << 8 | b[11]
        gz = b[12] << 8 | b[13]
        gx -= (gx & 0x8000) << 1
        gy -= (gy & 0x8000) << 1
        gz -= (gz & 0x8000) << 1
        if at_rest:
            self._learn(gx, gy, gz)
        # 65.5 counts for 1 degree/s: 266.46 urad/s a count, 4.1635 a count << _BIAS_SHIFT. Two
        # bits less of it leave room for a scale of four digits.
        gx = (gx << _BIAS_SHIFT) - self._bias_x
        gy = (gy << _BIAS_SHIFT) - self._bias_y
        gz = (gz << _BIAS_SHIFT) - self._bias_z
        self.roll_rate = gx * 17 // 4083
        self.pitch_rate = -gy * 17 // 4083
        self.yaw_urad_s = yaw = -(gz >> 2) * self._scale // 100
        self.yaw_rate = yaw // 1000
        self._ax += (ax - ((ax & 0x8000) << 1)) - (self._ax >> _FILTER_SHIFT)
        self._ay += (ay - ((ay & 0x8000) << 1)) - (self._ay >> _FILTER_SHIFT)
        self._az += (az - ((az & 0x8000) << 1)) - (self._az >> _FILTER_SHIFT)
        self.accel_x = self._ax >> _FILTER_SHIFT
        self.accel_y = -(self._ay >> _FILTER_SHIFT)
        self.accel_z = self._az >> _FILTER_SHIFT

    def _learn(self, gx, gy, gz):
        """One more sample at rest for the biases."""
        n = self.settled
        if n == 0:
            self._bias_x = gx << _BIAS_SHIFT
            self._bias_y = gy << _BIAS_SHIFT
            self._bias_z = gz << _BIAS_SHIFT
        # The first second counts in full, so that arming soon after boot finds a fair bias; then
        # a turn that the wheels do not tell (somebody carries the car) must not spoil it.
        shift = 3 if n < 16 else (4 if n < 48 else _BIAS_SHIFT)
        off = (gz << _BIAS_SHIFT) - self._bias_z
        if n >= 48 and not -_STILL < off < _STILL:
            self._doubts += 1
            if self._doubts < _DOUBTS:
                return
            self.settled = n = 0  # so long at rest it is the bias that has moved, with the warmth
            self._bias_z = gz << _BIAS_SHIFT
            off = 0
        self._doubts = 0
        self._bias_x += ((gx << _BIAS_SHIFT) - self._bias_x) >> shift
        self._bias_y += ((gy << _BIAS_SHIFT) - self._bias_y) >> shift
        self._bias_z += off >> shift
        if n < 10_000:
            self.settled = n + 1
