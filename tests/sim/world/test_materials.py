"""Materials: every surface has a value for every sensor, and the values are possible ones."""

from __future__ import annotations

import pytest

from patrolcar_sim.world.materials import Material, load_materials, material_of

TABLE = load_materials()


@pytest.mark.parametrize("material", TABLE.values(), ids=lambda material: material.name)
def test_no_surface_gives_more_light_than_it_gets(material: Material) -> None:
    shares = (material.reflectance, material.mirror, material.clear)
    assert all(0.0 <= share <= 1.0 for share in shares)
    assert sum(shares) <= 1.0
    assert material.loss_db >= 0
    assert material.slant_db >= 0


def test_the_surfaces_of_a_house_are_there() -> None:
    assert {"wall", "glass", "cloth", "metal", "skin", "furniture", "post", "plain"} <= set(TABLE)


def test_soft_things_swallow_sound_and_hard_ones_do_not() -> None:
    for soft in ("cloth", "velvet", "trousers", "carpet", "skin"):
        assert TABLE[soft].loss_db > TABLE["wall"].loss_db
        assert TABLE[soft].slant_db < TABLE["wall"].slant_db, "they scatter what they leave"


def test_glass_is_for_the_sonar_what_it_is_not_for_light() -> None:
    glass = TABLE["glass"]
    assert glass.loss_db == TABLE["wall"].loss_db
    assert glass.clear**2 > 0.8
    assert glass.reflectance < 0.05


def test_the_charts_are_the_data_sheets() -> None:
    assert TABLE["white"].reflectance == 0.88
    assert TABLE["grey"].reflectance == 0.17


def test_a_geoms_mjcf_material_goes_before_its_name() -> None:
    assert material_of("wall north", "glass").name == "glass"
    assert material_of("wall north", "oak").name == "wall"
    assert material_of("thing", "").name == "plain"


def test_paint_and_floors_have_materials_by_their_names() -> None:
    assert material_of("paint stop line", "").reflectance < 0.1
    assert material_of("floor", "").reflectance > 0.5
