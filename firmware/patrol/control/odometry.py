"""Position and heading from two encoders and the gyro's yaw rate.

Local frame: x where the car pointed at boot, y to its right, heading clockwise. The gyro gives the
heading from tick to tick. A tenth of a second at a time the wheels are asked too. They slip while
the car begins and ends a turn, by a degree and a half each time, and two tyres are never the same;
the gyro's scale is good to 3 % only (MPU-6050 data sheet, 6.1). So where both agree in a steady
turn the wheels tell the gyro's scale, and until it is known the heading; else the gyro does.
"""

from patrol.control.trig import ONE, cos_urad, sin_urad, wrap_urad
from patrol.portable import const

_WINDOW = const(10)  # ticks
_AGREE_URAD = const(12_000)  # in a window; and a sixteenth of what was turned
_STEADY_URAD = const(6_000)  # from window to window; and a sixteenth of what was turned
_LEAST_URAD = const(1_500)  # of that sixteenth: 0.24 rad/s
_SCALE_MOST = const(655)  # 4 %, in 1/2**14
_TURNED_URAD = const(2_500_000)  # in steady windows, for one more estimate of the scale
_ESTIMATES = const(6)  # it is their mean, and then follows slowly
_HALF = const(8_192)
_LONG_UM = const(65_000)  # 6.5 m/s: more in a tick is a fault, and no small integer times 2**14
_REST_TICKS = const(30)
_MOVED_URAD_S = const(20_000)  # turned by hand, its wheels standing; the gyro's noise is a tenth


class Odometry:
    """`x`, `y` in mm, `heading` in mrad (-3142 to 3142), `speed` in mm/s and `turn` in mrad/s;
    `cos` and `sin` of the heading, times 2**14.

    Each wheel's way for one count is in nm, the wheels' distance in 1/100 mm. `at_rest` is True
    when no wheel has turned for 0.3 s: then the gyro's bias can be learnt. `scale` is what the
    gyro's rate lacks, in 1/2**14, by the wheels.
    """

    def __init__(self, nm_left, nm_right, track):
        self.x = 0
        self.y = 0
        self.heading = 0
        self.cos = ONE
        self.sin = 0
        self.speed = 0
        self.turn = 0
        self.at_rest = True
        self.slips = 0  # windows in which gyro and wheels disagreed
        self.scale = 0
        self._nm_left = nm_left
        self._nm_right = nm_right
        # One count of one wheel turns the car by its way over the wheels' distance.
        self._urad_left = (nm_left * 100 + track // 2) // track
        self._urad_right = (nm_right * 100 + track // 2) // track
        # What division leaves over is kept, so that nothing drifts by rounding: um beyond x and y.
        self._x = 0
        self._y = 0
        self._heading = 0  # urad
        self._rest_way = 0
        self._rest_turn = 0
        self._by_wheels = 0  # turned in this window
        self._by_gyro = 0
        self._window = 0
        self._gyro_was = 0  # in the window before
        self._turned = 0  # in steady windows, and what the wheels said beyond
        self._beyond = 0
        self._estimates = 0
        self._still = _REST_TICKS

    def step(self, left, right, dt_us, gyro_urad_s, has_gyro):
        """`left` and `right` are counts since the last step, the gyro's rate is clockwise."""
        if left or right:
            self._still = 0
            self.at_rest = False
        elif self._still < _REST_TICKS:
            self._still += 1
        else:
            self.at_rest = True
            if not (has_gyro and (gyro_urad_s > _MOVED_URAD_S or gyro_urad_s < -_MOVED_URAD_S)):
                self.turn = 0
                self.speed = 0
                return  # a gyro at rest only adds its noise

        wheels = left * self._urad_left - right * self._urad_right
        turned = wheels
        correction = 0
        if has_gyro:
            # rate/100 * time/10 is 1/1000 urad: both factors stay small, and the rest is kept.
            way = (gyro_urad_s + 50) // 100 * ((dt_us + 5) // 10) + self._rest_turn
            turned = way // 1000
            self._rest_turn = way - turned * 1000
            turned += (turned * self.scale + _HALF) >> 14
            self._by_wheels += wheels
            self._by_gyro += turned
            self._window += 1
            correction = self._compare() if self._window == _WINDOW else 0
        # The way of a tick lies along the heading in its middle.
        middle = wrap_urad(self._heading + (turned >> 1))
        self._heading = wrap_urad(self._heading + turned + correction)
        way = left * self._nm_left + right * self._nm_right + self._rest_way
        um = way // 2000
        self._rest_way = way - um * 2000
        self.cos = cos = cos_urad(middle)
        self.sin = sin = sin_urad(middle)
        if um:
            if not -_LONG_UM < um < _LONG_UM:
                um = _LONG_UM if um > 0 else -_LONG_UM
            way = self._x + ((um * cos + _HALF) >> 14)
            mm = way // 1000
            self._x = way - mm * 1000
            self.x += mm
            way = self._y + ((um * sin + _HALF) >> 14)
            mm = way // 1000
            self._y = way - mm * 1000
            self.y += mm
        self.heading = self._heading // 1000
        if dt_us >= 10:
            self.speed = um * 1000 // dt_us
            self.turn = turned * 100 // (dt_us // 10)

    def _compare(self):
        """Ends a window: what brings the heading towards the wheels', or 0."""
        gyro = self._by_gyro
        slip = self._by_wheels - gyro
        self._by_wheels = self._by_gyro = self._window = 0
        size = (gyro if gyro > 0 else -gyro) // 16
        most = _AGREE_URAD + size
        agree = -most < slip < most
        if not agree:
            self.slips += 1
        most = _STEADY_URAD + size
        steady = agree and -most < gyro - self._gyro_was < most
        self._gyro_was = gyro
        # Straight ahead they differ by single counts, which say nothing of a scale.
        if not steady or size < _LEAST_URAD:
            return 0
        self._turned += size * 16
        self._beyond += slip if gyro > 0 else -slip
        slip //= self._estimates + 1
        if self._turned > _TURNED_URAD:
            self._estimate()
        return slip

    def _estimate(self):
        """One more estimate of the gyro's scale."""
        if self._estimates < _ESTIMATES:
            self._estimates += 1
        # The factors stay small: beyond is a sixteenth of turned at most, and 2**14 = 2**8 * 2**6.
        off = (self._beyond << 8) // (self._turned >> 6) // self._estimates
        self._turned = self._beyond = 0
        scale = self.scale + off
        if scale > _SCALE_MOST:
            scale = _SCALE_MOST
        elif scale < -_SCALE_MOST:
            scale = -_SCALE_MOST
        self.scale = scale

    def reset(self):
        """Here and now becomes the origin."""
        self._x = self._y = self._heading = 0
        self.x = self.y = self.heading = 0
