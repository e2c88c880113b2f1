"""JUnit's XML, as continuous integration reads it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path

from patrolcar.errors import PatrolError
from patrolcar_sim.scenario.result import Result, Verdict

# What XML 1.0 (section 2.2) cannot hold at all.
_UNPARSABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """The text without what no XML can hold."""
    return _UNPARSABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def document(results: Sequence[Result]) -> ET.Element:
    """One suite, with a case a run."""
    failed = sum(not one.verdict.good for one in results)
    skipped = sum(one.verdict is Verdict.NOT_YET for one in results)
    counts = {
        "name": "scenarios",
        "tests": str(len(results)),
        "failures": str(failed),
        "errors": "0",
        "skipped": str(skipped),
        "time": f"{sum(one.wall_s for one in results):.3f}",
    }
    root = ET.Element("testsuites", counts)
    suite = ET.SubElement(root, "testsuite", counts)
    for one in results:
        case = ET.SubElement(
            suite,
            "testcase",
            classname=clean(one.name),
            name=f"seed {one.seed}",
            file=clean(one.file),
            time=f"{one.wall_s:.3f}",
        )
        if one.verdict is Verdict.NOT_YET:
            ET.SubElement(case, "skipped", message=clean(f"not mastered yet: {one.reason}"))
        elif not one.verdict.good:
            failure = ET.SubElement(case, "failure", message=clean(one.reason))
            lines = [one.title, *_lines(one), "", f"repeat: {one.repeat}"]
            failure.text = clean("\n".join(lines))
    return root


def _lines(result: Result) -> list[str]:
    return [
        f"{'ok    ' if one.passed else 'not so'} line {one.line}: {one.expected}: {one.measured}"
        for one in result.judged
    ]


def write(results: Sequence[Result], path: Path) -> None:
    """Writes the file. Raises PatrolError where that cannot be."""
    root = document(results)
    ET.indent(root)
    try:
        path.write_bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n")
    except OSError as error:
        raise PatrolError(f"--junit {path} cannot be written: {error.strerror}") from None
