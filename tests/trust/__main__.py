"""`make trust`: runs the tests that prove what we promise, or reads what runs have written, and writes the report.

python -m tests.trust                      runs them (not the long ones) and writes docs/trust-report.md
python -m tests.trust RESULTS.json ...     writes the report from these
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.trust import report, table


def main(arguments: list[str]) -> int:
    """Returns 1 when a row is open or has failed: the report says which."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(argument) for argument in arguments] or [_run(Path(folder))]
        results = report.read(paths)
    (table.ROOT / report.WHERE).write_text(report.written(results), encoding="utf-8")
    bad = [row.name for row in table.all_rows() if report.verdict(row, results) in {"OPEN", "FAILED"}]
    print(f"{report.WHERE} is written.", f"Open or failed: {', '.join(bad)}" if bad else "")
    return bool(bad)


def _run(folder: Path) -> Path:
    """Runs every test that a row names, in one process and in a folder of its own; the file of the results."""
    results = folder / "results.json"
    command = [sys.executable, "-m", "pytest", "-p", "tests.trust.recording", f"--results={results}"]
    subprocess.run([*command, f"--basetemp={folder}/tests", *table.wanted()], cwd=table.ROOT, check=False)
    return results


sys.exit(main(sys.argv[1:]))
