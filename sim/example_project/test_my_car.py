import pytest


@pytest.mark.car(world="empty")
def test_half_a_stick_is_a_quarter_of_the_speed(virtual_car):
    virtual_car.arm("MANUAL")
    virtual_car.steer(500, 0, seconds=1)
    begun = virtual_car.world.distance_m
    virtual_car.steer(500, 0, seconds=2)
    assert virtual_car.world.distance_m - begun == pytest.approx(0.25, rel=0.1)


@pytest.mark.car(world="corridor", seed=3)
def test_it_patrols_as_before(virtual_car):
    virtual_car.patrol(20)
    assert virtual_car.world.contacts == 0


def test_the_curve_is_the_same_both_ways(shared_board):
    shared_board.run("from patrol.behaviour.manual import soft")
    assert shared_board.run("print(soft(500), soft(-500), soft(2000))") == "250 -250 0\n"


@pytest.mark.uart(baud=57600, drop_rate=0.5, seed=2)
def test_a_line_loses_about_half(fake_uart):
    fake_uart.send(bytes(1000), at_us=0)
    assert len(fake_uart.receive(until_us=1_000_000)) == pytest.approx(500, rel=0.1)
