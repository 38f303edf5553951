"""The report: each row, what proves it and how that ended, out of the files that `recording` has written."""

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.trust.table import LISTS, Row, rows_of, tests_of

WHERE = Path("docs") / "trust-report.md"
INTRODUCTION = """# What is promised, and how each promise was tested

Made by `make trust` from a run of the tests, not by hand. [PROMISES.md](../PROMISES.md) says the promises in words.
A row is proved when every test that it names has passed. Rows that do not apply say why.

"""


@dataclass
class End:
    """How a test ended: passed, failed or skipped; why it was skipped; what it has measured."""

    end: str
    seconds: float = 0.0
    why: str = ""
    figures: Sequence[str] = ()


@dataclass
class Results:
    """What was run, one entry a run, and how each test ended in the last run that held it."""

    runs: list[Mapping[str, object]] = field(default_factory=list)
    ends: dict[str, End] = field(default_factory=dict)


def read(paths: Sequence[Path]) -> Results:
    """The results of several runs as one. A later run replaces what an earlier one said of a test.

    A test that has short and long sizes is in both runs; then the worse of the two ends counts.
    """
    results = Results()
    for path in paths:
        run = json.loads(path.read_text(encoding="utf-8"))
        tests = run.pop("tests")
        results.runs.append({**run, "tests": len(tests)})
        for name, facts in tests.items():
            end, before = End(**facts), results.ends.get(name)
            if before is not None:
                end.figures = [*before.figures, *end.figures]
                end.end = before.end if before.end == "failed" else end.end
            results.ends[name] = end
    return results


def ends_of(proof: str, results: Results) -> dict[str, End]:
    """The tests that a proof means, with their ends; one that was not run is `not run`."""
    path, _, name = proof.partition("::")
    names = [name] if name else sorted(tests_of(path))
    return {f"{path}::{name}": results.ends.get(f"{path}::{name}", End("not run")) for name in names}


def verdict(row: Row, results: Results) -> str:
    """One word or two for a row: what it comes to."""
    if not row.proofs:
        return "does not apply" if row.reason else "OPEN"
    ends = {end.end for proof in row.proofs for end in ends_of(proof, results).values()}
    for worst, words in (("failed", "FAILED"), ("not run", "not run as a whole"), ("skipped", "skipped")):
        if worst in ends:
            return words
    return "proved"


def written(results: Results) -> str:
    """The report as Markdown."""
    parts = [INTRODUCTION, *(_run(run) for run in results.runs), "\n"]
    verdicts = Counter(verdict(row, results) for name in LISTS for row in rows_of(name))
    parts.append(", ".join(f"{number} {words}" for words, number in verdicts.most_common()) + ".\n")
    for name, (heading, _) in LISTS.items():
        parts.append(f"\n## {heading}\n\n| | What | Result | Tests |\n|---|---|---|---|\n")
        parts += [_line(row, results) for row in rows_of(name)]
    return "".join(parts) + _figures(results)


def _run(run: Mapping[str, object]) -> str:
    versions = run["versions"]
    assert isinstance(versions, dict)
    which = "the long tests" if run["marked"] == "soak" else "the tests"
    changed = " with changes that are not committed" if run["changed"] else ""
    return (
        f"- {run['at']}: {run['tests']} of {which}, commit `{run['commit']}`{changed}, on {run['machine']}; "
        + ", ".join(f"{name} {version}" for name, version in versions.items())
        + ".\n"
    )


def _line(row: Row, results: Results) -> str:
    cell = [_proof(proof, ends_of(proof, results)) for proof in row.proofs]
    cell += [row.reason] if row.reason else []
    return (
        f"| {row.name} | {_cell(row.about)} | {verdict(row, results)} | {'<br>'.join(_cell(part) for part in cell)} |\n"
    )


def _proof(proof: str, ends: Mapping[str, End]) -> str:
    path, _, name = proof.partition("::")
    counted = Counter(end.end for end in ends.values())
    words = name.removeprefix("test_").replace("_", " ") if name else "all of it"
    whys = {end.why for end in ends.values() if end.end == "skipped" and end.why}
    said = ", ".join(f"{number} {end}" if len(ends) > 1 else end for end, number in counted.items())
    reason = f" ({'; '.join(sorted(whys))})" if whys else ""
    return f"[{path.removeprefix('tests/')}](../{path}): {words} – {said}{reason}"


def _figures(results: Results) -> str:
    """What the fault tests have measured and counted."""
    lines = [
        f"- [{name.partition('::')[0].removeprefix('tests/')}](../{name.partition('::')[0]}), "
        f"{name.partition('::test_')[2].replace('_', ' ')}: {_cell(figures)}\n"
        for name, end in sorted(results.ends.items())
        for figures in end.figures
    ]
    return "\n## Figures of the fault tests\n\n" + "".join(lines) if lines else ""


def _cell(text: str) -> str:
    return re.sub(r"([|<>*`])", r"\\\1", text) if "](" not in text else text.replace("|", r"\|")
