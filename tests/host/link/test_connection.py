"""Connections over PTYs, TCP and UDP, with a made-up car at the other end."""

import os
import socket
import threading
import time

import pytest

from patrolcar.errors import PatrolError
from patrolcar.link.connection import MODES, connect

pty = pytest.importorskip("pty")
tty = pytest.importorskip("tty")


class Pty:
    """The other end of a PTY, raw as the virtual board makes it."""

    def __init__(self):
        self.master, slave = pty.openpty()
        tty.setraw(slave)
        self.name = os.ttyname(slave)
        os.close(slave)
        self.open = True

    def write(self, data):
        while data:
            data = data[os.write(self.master, data) :]

    def read(self):
        return os.read(self.master, 4096)

    def close(self):
        if self.open:
            os.close(self.master)
            self.open = False


def numbered(drive, messages):
    """Their frames with rising sequence numbers."""
    frames = []
    for k, message in enumerate(messages):
        drive.mav.seq = k % 256
        frames.append(drive.frame(message))
    return frames


@pytest.fixture
def port():
    made = Pty()
    yield made
    made.close()


class Car(threading.Thread):
    """Answers each COMMAND_LONG with what `answers` says: (status text or None, result)."""

    def __init__(self, port, drive, answers):
        super().__init__(daemon=True)
        self.port, self.drive, self.answers = port, drive, list(answers)
        self.asked = []

    def run(self):
        d = self.drive.dialect
        parser = d.MAVLink(None)
        while self.answers:
            for message in parser.parse_buffer(self.port.read()) or []:
                if message.get_type() != "COMMAND_LONG":
                    continue
                self.asked.append(message)
                text, result = self.answers.pop(0)
                reply = self.drive.frame(d.MAVLink_attitude_message(1, 0, 0, 0, 0, 0, 0))
                if result is not None:
                    ack = d.MAVLink_command_ack_message(message.command, result)
                    reply += self.drive.frame(ack)
                if text:
                    reply += self.drive.frame(d.MAVLink_statustext_message(4, text.encode()))
                self.port.write(reply)


def test_messages_come_in_order_and_none_is_lost(port, drive):
    frames = numbered(drive, drive.messages(20))
    with connect(port.name) as link:
        threading.Thread(target=port.write, args=(b"".join(frames),), daemon=True).start()
        got = [link.recv(timeout=5) for _ in frames]
        assert [bytes(m.get_msgbuf()) for m in got] == frames
        assert (link.received, link.lost, link.bad_crc) == (len(frames), 0, 0)
        assert abs(got[0]._timestamp - time.time()) < 60
        assert link.recv(timeout=0) is None


def test_a_port_that_already_streams_can_be_opened(port, drive, dialect):
    stop = threading.Event()

    def stream():
        while not stop.is_set():
            port.write(drive.frame(dialect.MAVLink_attitude_message(1, 0, 0, 0, 0, 0, 0)))
            time.sleep(0.001)

    streaming = threading.Thread(target=stream, daemon=True)
    streaming.start()
    time.sleep(0.02)
    with connect(port.name) as link:
        assert link.recv(timeout=5).get_type() == "ATTITUDE"
        stop.set()
        streaming.join()


def test_damage_is_counted(port, drive, dialect):
    message = dialect.MAVLink_attitude_message(1, 0, 0, 0, 0, 0, 1)
    good, bad, other = numbered(drive, [message] * 3)
    with connect(port.name) as link:
        port.write(good + bad[:-1] + bytes([bad[-1] ^ 1]) + other)
        assert [link.recv(timeout=5).get_seq() for _ in range(2)] == [0, 2]
        assert (link.received, link.lost, link.bad_crc) == (2, 1, 1)


def test_a_pty_that_vanishes_is_told_after_its_last_message(port, drive, dialect):
    with connect(port.name) as link:
        port.write(drive.frame(dialect.MAVLink_attitude_message(1, 0, 0, 0, 0, 0, 0)))
        assert link.recv(timeout=5)
        port.close()
        with pytest.raises(PatrolError, match=f"port {port.name} vanished") as caught:
            link.recv(timeout=30)
        assert caught.value.code == 1
        with pytest.raises(PatrolError, match="vanished"):
            link.recv(timeout=30)
        with pytest.raises(PatrolError, match="vanished"):
            link.manual(100, 0)


def test_a_tcp_peer_that_closes_is_told(drive, dialect):
    server = socket.create_server(("127.0.0.1", 0))
    number = server.getsockname()[1]
    with connect(f"tcp:127.0.0.1:{number}") as link:
        peer, _ = server.accept()
        peer.sendall(drive.frame(dialect.MAVLink_attitude_message(1, 0, 0, 0, 0, 0, 0)))
        link.heartbeat()
        assert dialect.MAVLink(None).parse_buffer(peer.recv(100))[0].get_type() == "HEARTBEAT"
        peer.close()
        assert link.recv(timeout=5).get_type() == "ATTITUDE"
        with pytest.raises(PatrolError, match=r"port tcp:.* vanished: closed by the other side"):
            link.recv(timeout=30)
    server.close()


def test_socket_urls_are_tcp_too():
    with socket.create_server(("127.0.0.1", 0)) as server:
        connect(f"socket://127.0.0.1:{server.getsockname()[1]}").close()


def test_udp_listens_and_answers_whoever_spoke(drive, dialect):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as finder:
        finder.bind(("127.0.0.1", 0))
        number = finder.getsockname()[1]
    with (
        connect(f"udp:127.0.0.1:{number}") as link,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as car,
    ):
        car.settimeout(10)
        frame = drive.frame(dialect.MAVLink_attitude_message(1, 0, 0, 0, 0, 0, 0))
        car.sendto(frame, ("127.0.0.1", number))
        assert link.recv(timeout=10).get_type() == "ATTITUDE"
        link.heartbeat()
        assert dialect.MAVLink(None).parse_buffer(car.recv(100))[0].get_type() == "HEARTBEAT"


def test_arming_waits_for_the_cars_yes_and_keeps_what_came_meanwhile(port, drive, dialect):
    car = Car(port, drive, [(None, dialect.MAV_RESULT_ACCEPTED)])
    with connect(port.name) as link:
        car.start()
        link.arm()
        assert (car.asked[0].command, car.asked[0].param1) == (400, 1)
        assert [link.recv(1).get_type() for _ in range(2)] == ["ATTITUDE", "COMMAND_ACK"]


def test_a_refusal_carries_the_cars_reason(port, drive, dialect):
    car = Car(port, drive, [("battery is empty: 6.1 V", dialect.MAV_RESULT_DENIED)])
    with connect(port.name) as link:
        car.start()
        with pytest.raises(PatrolError, match=r"refused to arm: battery is empty: 6\.1 V"):
            link.arm()


def test_a_refusal_without_a_text_says_the_result(port, drive, dialect):
    car = Car(port, drive, [(None, dialect.MAV_RESULT_TEMPORARILY_REJECTED)])
    with connect(port.name) as link:
        car.start()
        with pytest.raises(PatrolError, match="change to mode AUTO: TEMPORARILY_REJECTED"):
            link.set_mode("AUTO")


def test_a_command_that_gets_no_answer_is_repeated(port, drive, dialect, monkeypatch):
    monkeypatch.setattr("patrolcar.link.connection._ACK_TIMEOUT_S", 0.1)
    car = Car(port, drive, [(None, None), (None, dialect.MAV_RESULT_ACCEPTED)])
    with connect(port.name) as link:
        car.start()
        link.set_mode("AUTO")
    assert [m.confirmation for m in car.asked] == [0, 1]
    assert [(m.command, m.param1, m.param2) for m in car.asked] == [(176, 1, MODES["AUTO"])] * 2


def test_silence_is_told(port, monkeypatch):
    monkeypatch.setattr("patrolcar.link.connection._ACK_TIMEOUT_S", 0.01)
    with connect(port.name) as link, pytest.raises(PatrolError, match=r"not answer .* disarm"):
        link.disarm()


def test_an_unknown_mode_is_wrong_usage(port):
    with connect(port.name) as link, pytest.raises(PatrolError, match="use one of MANUAL") as no:
        link.set_mode("FLY")
    assert no.value.code == 2


def test_manual_control_is_clamped_and_signed(port, dialect):
    with connect(port.name) as link:
        link.manual(-2000, 250)
        (message,) = dialect.MAVLink(None).parse_buffer(port.read())
    assert (message.x, message.r, message.target) == (-1000, 250, 1)
    assert (message.get_srcSystem(), message.get_srcComponent()) == (255, 190)


def test_the_target_is_who_sends_heartbeats(port, dialect):
    mav = dialect.MAVLink(None, srcSystem=42, srcComponent=1)
    with connect(port.name) as link:
        port.write(bytes(dialect.MAVLink_heartbeat_message(10, 0, 0, 0, 3, 3).pack(mav)))
        link.recv(timeout=5)
        assert link.target_system == 42


@pytest.mark.parametrize(
    ("uri", "code", "words"),
    [
        ("/dev/pts/99999", 1, "port /dev/pts/99999 does not exist: check"),
        ("/dev/null", 1, "port /dev/null is not a serial port"),
        ("tcp:nowhere", 2, "is not HOST:PORT: write it like"),
        ("udp:127.0.0.1:99999", 2, "is not HOST:PORT"),
        ("/dev/ttyS0?parity=even", 2, "unknown option"),
        ("/dev/ttyS0?baud=fast", 2, "unknown option"),
    ],
)
def test_what_cannot_be_opened_is_one_line_and_a_code(uri, code, words):
    with pytest.raises(PatrolError) as caught:
        connect(uri)
    assert words in str(caught.value)
    assert caught.value.code == code


def test_a_refused_tcp_port_is_one_line():
    with socket.create_server(("127.0.0.1", 0)) as server:
        number = server.getsockname()[1]
    with pytest.raises(PatrolError, match=f"port tcp:127.0.0.1:{number} cannot be reached"):
        connect(f"tcp:127.0.0.1:{number}")


def test_a_port_in_use_is_told_and_keeps_working(port, drive, dialect):
    with connect(port.name) as link:
        with pytest.raises(PatrolError, match=f"port {port.name} is held by .*: close it"):
            connect(port.name)
        port.write(drive.frame(dialect.MAVLink_attitude_message(1, 0, 0, 0, 0, 0, 0)))
        assert link.recv(timeout=5)


def test_a_closed_connection_does_not_wait(port):
    link = connect(port.name)
    link.close()
    link.close()
    with pytest.raises(PatrolError, match="closed here"):
        link.recv()


def test_a_port_can_be_opened_again_after_a_close(port, drive, dialect):
    for _ in range(3):
        with connect(port.name) as link:
            port.write(drive.frame(dialect.MAVLink_attitude_message(1, 0, 0, 0, 0, 0, 0)))
            assert link.recv(timeout=5)
