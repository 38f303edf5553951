"""bandit and ruff's security rules: no finding that does not say why it is none, and both find what is planted."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.gates.programs import run
from tests.processes import ROOT

# What bandit finds and we have looked at: the rule, the file, how often, and why it is sound.
LOOKED_AT = {
    ("B404", "helpdesk/operating/snapshot.py"): (1, "PostgreSQL makes and reads its copies with its own programs"),
    ("B603", "helpdesk/operating/snapshot.py"): (1, "without a shell, its password in the environment"),
    ("B105", "helpdesk/operating/snapshot.py"): (1, "the name of a variable, not what it holds"),
    ("B404", "helpdesk/files/images.py"): (1, "pictures are decoded in a child process"),
    ("B603", "helpdesk/files/images.py"): (1, "without a shell, our own program, names that we made ourselves"),
    ("B105", "helpdesk/demo.py"): (1, "known to everybody, which is why a demo answers this machine only"),
    ("B608", "helpdesk/tickets/search.py"): (4, "names of our own columns; what was typed is a parameter"),
    ("B704", "helpdesk/web/sentences.py"): (2, "translators' own signs; parts are escaped as they are filled in"),
}
# Lines of the product that ruff is told to leave alone, in the files where we have looked at them.
TOLD = {"helpdesk/demo.py": 1, "helpdesk/tickets/search.py": 4, "helpdesk/web/sentences.py": 2}
MUTANTS = {
    "S602": "import subprocess\n\n\ndef run(name):\n    subprocess.run(f'convert {name}', shell=True)\n",
    "S301": "import pickle\n\n\ndef read(data):\n    return pickle.loads(data)\n",
    "S324": "import hashlib\n\n\ndef token(name):\n    return hashlib.md5(name).hexdigest()\n",
    "S311": "import random\n\n\ndef token():\n    return random.randrange(10**9)\n",
}
BANDITS_MUTANTS = {"B602": MUTANTS["S602"], "B301": MUTANTS["S301"], "B324": MUTANTS["S324"], "B311": MUTANTS["S311"]}


def bandit(*paths: Path) -> list[tuple[str, str]]:
    """Each finding as its rule and file."""
    done = run("bandit", "-q", "-r", "-f", "json", *paths)
    said = json.loads(done.stdout)
    assert said["errors"] == [] and said["metrics"]["_totals"]["loc"] > 0
    return [(one["test_id"], one["filename"]) for one in said["results"]]


def test_bandit_finds_nothing_that_nobody_has_looked_at() -> None:
    found = [(rule, Path(name).resolve().relative_to(ROOT).as_posix()) for rule, name in bandit(ROOT / "helpdesk")]
    assert {one: found.count(one) for one in found} == {one: times for one, (times, _) in LOOKED_AT.items()}


def test_bandit_finds_what_is_planted(tmp_path: Path) -> None:
    for rule, mutant in BANDITS_MUTANTS.items():
        (tmp_path / f"{rule}.py").write_text(mutant)
    found = {(rule, Path(name).stem) for rule, name in bandit(tmp_path)}
    assert {(rule, rule) for rule in BANDITS_MUTANTS} <= found


def ruff(*arguments: object) -> subprocess.CompletedProcess[str]:
    """With the settings of the project."""
    command = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--no-cache",
        "--quiet",
        "--output-format=json",
        *map(str, arguments),
    ]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)


def test_ruff_finds_nothing_in_the_whole_project() -> None:
    done = ruff("--select=S", "--ignore=S603", ".")  # S603: pyproject.toml
    assert json.loads(done.stdout) == [], done.stdout[:2000]


def test_no_line_is_left_alone_that_nobody_has_looked_at() -> None:
    told = {
        path.relative_to(ROOT).as_posix(): number
        for path in (ROOT / "helpdesk").rglob("*.py")
        if (number := len(re.findall(r"# (?:noqa: *S\d|nosec|nosemgrep)", path.read_text())))
    }
    assert told == TOLD


@pytest.mark.parametrize("rule", MUTANTS)
def test_ruff_finds_what_is_planted(tmp_path: Path, rule: str) -> None:
    (tmp_path / "mutant.py").write_text(MUTANTS[rule])
    done = ruff("--config", ROOT / "pyproject.toml", tmp_path / "mutant.py")
    assert rule in {one["code"] for one in json.loads(done.stdout)}
