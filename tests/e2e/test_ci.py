"""The workflow for build servers and the script that it runs, here."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
WORKFLOW = ROOT / ".github" / "workflows" / "scenarios.yml"
SCRIPT = ROOT / "sim" / "run_scenarios.sh"
STANDS = """
title = "It stands where it booted"
world = "empty"
duration = "3 s"

[expect]
distance = "{distance}"
"""


@pytest.fixture(scope="module")
def steps() -> list[dict[str, Any]]:
    (job,) = yaml.safe_load(WORKFLOW.read_text())["jobs"].values()
    found: list[dict[str, Any]] = job["steps"]
    return found


def test_the_workflow_runs_only_what_is_there(steps: list[dict[str, Any]]) -> None:
    commands = [line for step in steps for line in step.get("run", "").splitlines()]
    assert commands
    for command in commands:
        assert os.access(ROOT / shlex.split(command)[0], os.X_OK), command


def test_it_uses_only_actions_of_a_known_version(steps: list[dict[str, Any]]) -> None:
    used = [step["uses"] for step in steps if "uses" in step]
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", action) for action in used), used
    assert [action.partition("@")[0] for action in used] == [
        "actions/checkout",
        "actions/setup-python",
        "actions/upload-artifact",
    ]


def test_it_keeps_what_the_script_leaves_also_where_scenarios_fail(
    steps: list[dict[str, Any]],
) -> None:
    keeps = steps[-1]
    assert keeps["if"] == "${{ !cancelled() }}"
    assert f"${{RESULTS:-{keeps['with']['path']}}}" in SCRIPT.read_text()


@pytest.mark.parametrize(("distance", "code"), [("<= 0.01 m", 0), (">= 5 m", 1)])
def test_the_script_leaves_results_and_artifacts_and_tells_by_its_exit_code(
    tmp_path: Path, distance: str, code: int
) -> None:
    scenarios, results = tmp_path / "mine", tmp_path / "my results"
    scenarios.mkdir()
    (scenarios / "stands.toml").write_text(STANDS.format(distance=distance))
    beside = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [SCRIPT, scenarios, "--jobs", "2", "--junit", results / "own.xml"],
        env={**os.environ, "PATH": beside, "RESULTS": str(results)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == code, done.stdout + done.stderr
    suite = ET.parse(results / "own.xml").getroot()
    (case,) = suite.iter("testcase")
    assert (case.find("failure") is not None) == bool(code)
    assert list(results.rglob("*.tlog"))
    assert list(results.rglob("*.png"))


def test_the_script_has_no_syntax_of_one_shell_alone() -> None:
    assert SCRIPT.read_text().startswith("#!/bin/sh\n")
    subprocess.run(["sh", "-n", SCRIPT], check=True)
