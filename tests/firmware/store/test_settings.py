"""Settings: kept, taken over from an older layout, refused with a reason, never misread."""

from struct import pack

import pytest
from patrol import car

from flash_chip import SECTOR_10, SECTOR_11, SECTOR_BYTES, FlashChip

TWO = ((SECTOR_10, SECTOR_BYTES), (SECTOR_11, SECTOR_BYTES))


@pytest.fixture
def store(monkeypatch):
    FlashChip().install(monkeypatch)
    from patrol.store import settings
    from patrol.store.log import Log

    class Store:
        module = settings
        said = []  # noqa: RUF012

        def log(self):
            return Log(TWO)

        def load(self):
            self.said = []
            return settings.load(self.log(), lambda severity, text: self.said.append(text))

    return Store()


def test_without_a_record_there_are_defaults_and_nothing_to_say(store):
    assert store.load() == store.module.defaults()
    assert store.said == []


def test_defaults_are_the_cars(store):
    values = store.module.defaults()
    assert values["wheel_left"] == values["wheel_right"] == car.NM_PER_COUNT
    assert values["track"] == car.TRACK_MM * 100
    for name, _, lowest, highest, default, since in store.module.TABLE:
        assert lowest <= default <= highest < 1 << 30, name
        assert 1 <= since <= store.module.LAYOUT
        assert (
            len(b"setting %s %d refused: %d..%d" % (name.encode(), 99999, lowest, highest)) <= 50
        )


def test_keys_are_the_tables_places():
    from patrol.store import keys, table

    places = {name: value for name, value in vars(keys).items() if name.isupper()}
    assert places == {row[0].upper(): i for i, row in enumerate(table.TABLE)}


def test_names_fit_a_parameters_id(store):
    values, names, ranges = store.module.parameters(store.module.defaults())
    ids = names.decode().split("|")[:-1]
    assert ids == [row[0].upper() for row in store.module.TABLE]
    assert max(map(len, ids)) <= 16
    assert len(set(ids)) == len(values) == len(ranges) // 2
    # What a REAL32 tells exactly.
    assert all(abs(limit) <= 1 << 24 for limit in ranges)


def test_products_with_settings_stay_small_integers(store):
    table = {row[0]: row for row in store.module.TABLE}
    assert 65_535 * table["battery_full"][3] < 1 << 30
    assert 1_000 * table["wheel_left"][3] * 2 < 1 << 30
    scale = 1_665 * table["gyro_scale"][3] // 1_000
    assert (32_768 + table["gyro_bias_z"][3]) * 16 * scale < 1 << 30


def test_what_was_saved_is_loaded_and_the_rest_stays(store):
    store.module.save(store.log(), {"track": 13_040})
    store.module.save(store.log(), {"gyro_bias_z": -77})
    values = store.load()
    assert (values["track"], values["gyro_bias_z"]) == (13_040, -77)
    assert values["wheel_left"] == car.NM_PER_COUNT
    assert store.said == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"track": 99}, "setting track 99 refused: 11000..15000"),
        ({"track": "wide"}, "setting track wide refused"),
        ({"traack": 13_000}, "setting traack is not known"),
    ],
)
def test_a_wrong_value_is_refused_by_name(store, change, words):
    with pytest.raises(ValueError, match=words):
        store.module.save(store.log(), change)
    assert store.log().newest(1) is None


def test_a_value_out_of_range_in_flash_is_said_and_the_others_are_used(store):
    values = store.module.defaults()
    values.update(track=1, wheel_left=150_000)
    payload = b"".join(pack("<i", values[row[0]]) for row in store.module.TABLE)
    store.log().append(1, store.module.LAYOUT, payload)
    loaded = store.load()
    assert loaded["track"] == 13_000
    assert loaded["wheel_left"] == 150_000
    assert store.said == [b"setting track 1 refused: 11000..15000"]


def test_a_newer_layout_is_refused_with_the_reason(store):
    store.module.save(store.log(), {"track": 13_040})
    store.log().append(1, store.module.LAYOUT + 1, bytes(80))
    assert store.load() == store.module.defaults()
    layout = store.module.LAYOUT
    assert store.said == [b"settings refused: layout %d, known up to %d" % (layout + 1, layout)]


def test_a_record_of_another_length_than_its_layout_is_refused(store):
    store.log().append(1, store.module.LAYOUT, bytes(8))
    assert store.load() == store.module.defaults()
    assert store.said == [b"settings refused: not as long as layout %d is" % store.module.LAYOUT]


def test_an_older_layout_is_taken_over_as_far_as_it_goes(store, monkeypatch):
    store.module.save(store.log(), {"track": 13_040, "cliff_left": 2_500})
    layout = store.module.LAYOUT
    newer = (*store.module.TABLE, ("horn", "Hz", 100, 4_000, 440, layout + 1))
    monkeypatch.setattr(store.module, "TABLE", newer)
    monkeypatch.setattr(store.module, "LAYOUT", layout + 1)
    values = store.load()
    assert (values["track"], values["cliff_left"], values["horn"]) == (13_040, 2_500, 440)
    assert store.said == [b"settings of layout %d taken over" % layout]
    store.module.save(store.log(), {"horn": 880})
    values = store.load()
    assert (values["track"], values["horn"]) == (13_040, 880)
    assert store.said == []


def test_a_store_that_is_not_there_is_said(store, monkeypatch):
    from patrol.store.log import Log

    monkeypatch.setattr(store, "log", lambda: Log(()))
    assert store.load() == store.module.defaults()
    assert store.said == [b"no flash for settings on this board"]
    with pytest.raises(OSError, match="no flash for settings"):
        store.module.save(store.log(), {"track": 13_040})
