# pyb.py: timers that never fire and LEDs that nobody sees, beside machine.py.


class Timer:
    PWM, ENC_AB = 1, 2

    def __init__(self, number, **settings):
        pass

    def period(self):
        return 4199

    def counter(self):
        return 0

    def channel(self, number, mode, pin=None, pulse_width=0):
        return Channel()

    def callback(self, function):
        pass


class Channel:
    def pulse_width(self, width):
        pass


class LED:
    def __init__(self, number):
        pass

    def on(self):
        pass

    def off(self):
        pass

    def toggle(self):
        pass
