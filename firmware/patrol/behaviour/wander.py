"""AUTO, first version: wanders towards where it has not been, and touches nothing.

The car drives straight legs and turns on the spot, which a round car can do anywhere. Before each
leg it stands until all three sonars have measured anew. Where a leg ends it looks around by
turning, keeps what it hears in sectors of a circle, and takes the direction with most that is new.

Three beams of nearly 30 degrees to each side leave no gap ahead, but a smooth surface met at a
slant throws its echo away. Worst is an edge straight ahead with both faces slanted: nothing may be
heard of it until 10 cm before. So speed falls with every range, silence ahead counts as doubt, and
no leg goes on for long without a look.
"""

from patrol.behaviour.sectors import Sectors
from patrol.behaviour.visited import Visited
from patrol.car import SONAR_BEARING_MRAD
from patrol.control.heading import hold, turn_to
from patrol.control.trig import cos_mrad, sin_mrad, wrap_mrad
from patrol.portable import const

# Driving. Ranges in mm from the sensor's face, speeds in mm/s, rates in mrad/s.
_CRUISE = const(360)
_SLOWEST = const(70)
_BLIND = const(220)  # while the front hears nothing: far away, or a corner that mirrors sound away
_FRONT_STOP = const(210)  # a leg ends here
_FRONT_GAIN = const(150)  # percent: mm/s for each mm beyond
_FRONT_FREE = const(480)  # a leg begins only with this much ahead
_SIDE_STOP = const(85)
_SIDE_FREE = const(120)  # a leg begins only with this much at both sides
_SIDE_NEAR = const(330)  # nearer than this it steers away
_SIDE_GAIN = const(4)  # mrad/s for each mm nearer
_SIDE_SPEED = const(120)  # percent: mm/s for each mm beyond the stop
_STEER_MOST = const(900)
_EMERGENCY = const(110)  # nearer than this, whatever it is, the brake and not the ramp
_LEG_MM = const(600)  # after so much way it thinks again
_LEG_MOST_MM = const(2_400)  # and after so much it stops and looks

# Looking around.
_SCAN_RATE = const(2_000)
_TURN_RATE = const(2_600)
_SCAN_MRAD = const(4_800)  # with beams at -45, 0 and 45 degrees that sees the whole circle
_GOOD = const(34)  # novelty with which it looks no further
_WORTH_MORE = const(14)  # by so much a side must be newer to leave a leg for it
_STANDING = const(25)  # mm/s
_RETREAT_MM = const(80)
_RETREAT_SPEED = const(110)
_TRIES = const(4)  # looks all around without a way out, or touches, then it is stuck
_FREE_MM = const(150)  # after so much way it is not
_EDGE_ASIDE = const(600)  # mrad: a cliff sensor's bearing
_EDGE_WIDTH = const(1_900)  # from an edge's direction to each side no leg begins there

_FAR = const(4_000)

_LOOK = const(0)
_SCAN = const(1)
_TURN = const(2)
_LEG = const(3)
_RETREAT = const(4)


class Wander:
    """`start`, then `step` at 25 Hz, in step with the sonars; it asks `drive` for speeds."""

    def __init__(self, drive, odometry, sonars, floor):
        self.visited = Visited()
        self.state = _LOOK
        self._drive = drive
        self._odometry = odometry
        self._sonars = sonars.sonars
        self._floor = floor
        self._counts = [0, 0, 0]
        self._last = [_FAR, _FAR, _FAR]
        self._clear = [_FAR, _FAR, _FAR]  # the nearer one of the last two measurements
        self._fresh = 0  # bit for each sensor measured since standing
        self._sectors = Sectors(_FRONT_FREE, _FRONT_STOP)
        self._target = 0
        self._side = 1  # where it turns to look: 1 right, -1 left
        self._turned = 0
        self._heading_was = 0
        self._leg_x = 0
        self._leg_y = 0
        self._think_mm = 0
        self._way_mm = 0  # of the last leg: so far it may go back
        self._chosen = False  # the present heading was chosen: drive if it is free
        self._fails = 0
        self._edge = None  # the heading of one that was met since the last leg began

    def start(self):
        """Begins here, standing."""
        self._fails = 0
        self._edge = None
        self._way_mm = 0
        self._chosen = False
        self._stand()

    def retreat(self):
        """Something was touched, a wheel sticks or the floor ends: a little back, then look.

        Without floor ahead it goes back wherever it came from: a turn could bring a wheel there.
        """
        odometry = self._odometry
        self._drive.halt()
        self._spoil_ahead()
        self._fails += 1
        edge = self._floor.edge
        if edge:
            aside = 0 if edge == 3 else (_EDGE_ASIDE if edge == 2 else -_EDGE_ASIDE)
            self._edge = wrap_mrad(odometry.heading + aside)
        elif self.state == _RETREAT or self._way_mm < _RETREAT_MM:
            self._look_around()
            return
        self._leg_x = odometry.x
        self._leg_y = odometry.y
        self.state = _RETREAT

    def step(self, touched):
        """One decision; True when there is no way out. While it is `touched` no leg begins."""
        odometry = self._odometry
        self.visited.enter(odometry.x, odometry.y)
        fresh = self._hear()
        state = self.state
        if state == _LEG:
            self._leg()
        elif state == _LOOK:
            self._look(fresh, touched)
        elif state == _SCAN:
            self._scan()
        elif state == _TURN:
            rate = turn_to(odometry.heading, self._target, _TURN_RATE)
            self._drive.want(0, rate)
            if rate == 0:
                self._stand()
        elif self._way() < _RETREAT_MM:
            self._drive.want(-_RETREAT_SPEED, 0)
        else:
            self._way_mm = 0
            if self._floor.edge:
                self._fails = _TRIES  # still no floor: from here no way is safe
            self._stand()
        return self._fails >= _TRIES

    # Hearing.

    def _hear(self):
        """Takes new measurements into the filters; a bit for each sensor that has one."""
        odometry = self._odometry
        sectors = self._sectors
        fresh = 0
        i = 0
        while i < 3:
            sonar = self._sonars[i]
            if sonar.count != self._counts[i]:
                self._counts[i] = sonar.count
                mm = sonar.raw_mm or _FAR
                last = self._last[i]
                self._last[i] = mm
                self._clear[i] = mm if mm < last else last
                fresh |= 1 << i
                if self.state == _LOOK or self.state == _SCAN:
                    heading = wrap_mrad(odometry.heading + SONAR_BEARING_MRAD[i])
                    at = sectors.note(heading, 0 if self._over(heading) else mm)
                    reach = sectors.clear[at] - _FRONT_STOP
                    sectors.worth[at] = self.visited.novelty(
                        odometry.x, odometry.y, heading, reach
                    )
            i += 1
        return fresh

    def _over(self, heading):
        """Whether the floor ends in that direction."""
        edge = self._edge
        return edge is not None and -_EDGE_WIDTH < wrap_mrad(heading - edge) < _EDGE_WIDTH

    # Standing, looking, choosing.

    def _stand(self):
        self._drive.want(0, 0)
        self._fresh = 0
        self.state = _LOOK

    def _look(self, fresh, touched):
        self._drive.want(0, 0)
        odometry = self._odometry
        if (
            odometry.speed > _STANDING
            or odometry.speed < -_STANDING
            or odometry.turn > 100
            or odometry.turn < -100
        ):
            self._fresh = -1  # a measurement that is under way may have begun in motion
            return
        if self._fresh < 0:
            self._fresh = 0
            if fresh:
                return
        # From here on only what was measured while standing counts.
        i = 0
        while i < 3:
            if fresh >> i & 1:
                self._clear[i] = self._last[i]
            i += 1
        self._fresh |= fresh
        if self._fresh != 7:
            return
        clear = self._clear
        free = clear[1] >= _FRONT_FREE and clear[0] >= _SIDE_FREE and clear[2] >= _SIDE_FREE
        free = free and not touched and not self._over(odometry.heading)
        if free and self._chosen:
            self._go()
            return
        if self._chosen:
            # It looked better from the side: this direction is no way.
            self._sectors.note(odometry.heading, 0)
            self._chosen = False
            if self._choose(False):
                return
            self._fails += 1
        elif free:
            ahead = self.visited.novelty(odometry.x, odometry.y, odometry.heading, clear[1])
            if ahead >= _GOOD:
                self._go()
                return
        self._look_around()

    def _look_around(self):
        """Turns towards the side that promises more."""
        odometry = self._odometry
        left = self._promise(-1_571, self._clear[0])
        right = self._promise(1_571, self._clear[2])
        self._side = 1 if right >= left else -1
        self._turned = 0
        self._heading_was = odometry.heading
        self._chosen = False
        self._sectors.forget()
        self.state = _SCAN

    def _promise(self, bearing, clear):
        odometry = self._odometry
        heading = wrap_mrad(odometry.heading + bearing)
        return self.visited.novelty(odometry.x, odometry.y, heading, 1_200) * 20 + clear // 20

    def _scan(self):
        odometry = self._odometry
        heading = odometry.heading
        self._turned += wrap_mrad(heading - self._heading_was) * self._side
        self._heading_was = heading
        self._drive.want(0, _SCAN_RATE * self._side)
        if self._turned >= _SCAN_MRAD:
            if not self._choose(False):
                self._fails += 1
                self._look_around()
        elif self._turned > 700:
            self._choose(True)

    def _choose(self, good_only):
        """Turns to the best sector heard so far; False where none will do."""
        heading = self._sectors.best(_GOOD if good_only else -1)
        if heading is None:
            return False
        self._target = heading
        self._chosen = True
        self.state = _TURN
        return True

    # Driving.

    def _go(self):
        odometry = self._odometry
        self._leg_x = odometry.x
        self._leg_y = odometry.y
        self._target = odometry.heading
        self._think_mm = _LEG_MM
        self._way_mm = 0
        self._chosen = False
        self._edge = None
        i = 0
        while i < 3:
            self._last[i] = self._clear[i]
            i += 1
        self.state = _LEG

    def _way(self):
        """How far it is from where the leg began, in mm (at most 8 % too much)."""
        dx = abs(self._odometry.x - self._leg_x)
        dy = abs(self._odometry.y - self._leg_y)
        return dx + dy * 3 // 8 if dx > dy else dy + dx * 3 // 8

    def _leg(self):
        odometry = self._odometry
        left = self._clear[0]
        front = self._clear[1]
        right = self._clear[2]
        side = left if left < right else right
        self._way_mm = way = self._way()
        if way >= _FREE_MM:
            self._fails = 0
        if front <= _FRONT_STOP or side <= _SIDE_STOP:
            if front <= _EMERGENCY or side <= _SIDE_STOP:
                self._drive.halt()
            if front <= _FRONT_STOP:
                self._spoil_ahead()
            self._stand()
            return
        if way >= self._think_mm:
            self._think_mm += _LEG_MM
            if way >= _LEG_MOST_MM or self._leave(left, front, right):
                if self.state == _LEG:
                    self._stand()
                return

        speed = _CRUISE if front < _FAR else _BLIND
        most = _SLOWEST + (front - _FRONT_STOP) * _FRONT_GAIN // 100
        if most < speed:
            speed = most
        most = _SLOWEST + (side - _SIDE_STOP) * _SIDE_SPEED // 100
        if most < speed:
            speed = most
        steer = 0
        if left < _SIDE_NEAR:
            steer += (_SIDE_NEAR - left) * _SIDE_GAIN
        if right < _SIDE_NEAR:
            steer -= (_SIDE_NEAR - right) * _SIDE_GAIN
        if steer:
            self._target = odometry.heading  # where avoiding has brought it, it goes on
            steer = _STEER_MOST if steer > _STEER_MOST else steer
            steer = -_STEER_MOST if steer < -_STEER_MOST else steer
        else:
            steer = hold(odometry.heading, self._target, _STEER_MOST)
        self._drive.want(speed, steer)

    def _leave(self, left, front, right):
        """Whether something newer than the way ahead lies at a side, or nothing new lies ahead."""
        odometry = self._odometry
        x = odometry.x
        y = odometry.y
        heading = odometry.heading
        visited = self.visited
        ahead = visited.novelty(x, y, heading, front - _FRONT_STOP)
        to_left = visited.novelty(x, y, wrap_mrad(heading - 785), left - _FRONT_STOP)
        to_right = visited.novelty(x, y, wrap_mrad(heading + 785), right - _FRONT_STOP)
        best = to_left if to_left > to_right else to_right
        if best >= ahead + _WORTH_MORE:
            self._target = wrap_mrad(heading + (785 if to_right >= to_left else -785))
            self._sectors.forget()
            self._chosen = True
            self.state = _TURN
            self._drive.want(0, 0)
            return True
        return ahead < 6

    def _spoil_ahead(self):
        odometry = self._odometry
        heading = odometry.heading
        self.visited.spoil(
            odometry.x + (350 * cos_mrad(heading) >> 14),
            odometry.y + (350 * sin_mrad(heading) >> 14),
        )
