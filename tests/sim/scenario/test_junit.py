"""JUnit's XML: counts, reasons, and nothing in it that no reader takes."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from patrolcar.errors import PatrolError
from patrolcar_sim.scenario import junit
from patrolcar_sim.scenario.result import Judged, Result, Verdict


def _result(verdict: Verdict, reason: str = "", seed: int = 1) -> Result:
    judged = (Judged(7, "contacts == 0", verdict is Verdict.PASSED, "1", 2.0),)
    return Result("office", "office.toml", "a title", seed, verdict, reason, judged, wall_s=1.5)


def test_each_verdict_has_its_place(tmp_path: Path) -> None:
    results = [_result(verdict, "why", i) for i, verdict in enumerate(Verdict)]
    junit.write(results, tmp_path / "out.xml")
    suite = ET.parse(tmp_path / "out.xml").getroot()[0]
    assert {k: suite.attrib[k] for k in ("tests", "failures", "skipped", "errors", "time")} == {
        "tests": "4", "failures": "2", "skipped": "1", "errors": "0", "time": "6.000"
    }  # fmt: skip
    passed, failed, not_yet, mastered = suite
    assert len(passed) == 0
    assert failed[0].tag == "failure"
    assert failed[0].attrib["message"] == "why"
    assert "not so line 7: contacts == 0: 1" in str(failed[0].text)
    assert "repeat: patrol scenario run office.toml --seed 1" in str(failed[0].text)
    assert not_yet[0].tag == "skipped"
    assert not_yet[0].attrib["message"] == "not mastered yet: why"
    assert mastered[0].tag == "failure"


def test_what_xml_cannot_hold_is_replaced(tmp_path: Path) -> None:
    junit.write([_result(Verdict.FAILED, 'a\0b\x1bc\ufffe\ud800 <&>"')], tmp_path / "out.xml")
    failure = ET.parse(tmp_path / "out.xml").getroot()[0][0][0]
    assert failure.attrib["message"] == 'a\ufffdb\ufffdc\ufffd\ufffd <&>"'


def test_a_full_disk_is_told_with_the_files_name() -> None:
    with pytest.raises(PatrolError, match="--junit /dev/full cannot be written: No space left"):
        junit.write([], Path("/dev/full"))
