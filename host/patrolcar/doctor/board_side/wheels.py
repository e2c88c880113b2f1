# wheels.py: the wheels turn for a moment, and everything that can tell of it is read.


def spin(left, right, ms):
    """Both wheels at these duties (per mille; 0 is the brake) for so long.

    A dict: counts of both, those of the last half of the time, what the gyro saw (urad), the
    battery before (mV, mA) and in the last half.
    """
    counts = [0, 0]
    late = [0, 0]
    turned = n = ma = mv = 0
    step = 0
    steps = ms // 10
    mv_before, ma_before = power()

    def tick(dt):
        nonlocal turned, n, ma, mv, step
        step += 1
        braking = step > steps
        for i, duty in ((0, left), (1, right)):
            if duty and not braking:
                motors[i].drive(duty)
            else:
                motors[i].brake()
            counts[i] += encoders[i].delta
            if step > steps // 2 and not braking:
                late[i] += encoders[i].delta
        turned += yaw(dt)
        if step > steps // 2 and not braking:
            now_mv, now_ma = power()
            mv += now_mv
            ma += now_ma
            n += 1

    powered(tick, ms + 150)
    return {
        "counts": counts,
        "late": late,
        "turned_urad": turned,
        "rest_mv": mv_before,
        "rest_ma": ma_before,
        "mv": mv // n,
        "ma": ma // n,
    }


def constants():
    """(uV for 1 mm/s, friction in mV, nm for a count, nrad for a count of difference)."""
    nm = (settings["wheel_left"] + settings["wheel_right"]) // 2
    return car.UV_PER_MM_S, car.FRICTION_MV, nm, nm * 100_000 // settings["track"]
