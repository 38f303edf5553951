"""The bill of materials is fresh and valid, and nothing in it is under a licence that we may not ship."""

import json
import re
from pathlib import Path

from tests.gates import bill
from tests.gates.programs import run

VALIDATE = """
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(open(sys.argv[1]).read())
sys.exit(str(fault) if fault else 0)
"""


def test_the_bill_says_what_is_pinned() -> None:
    assert bill.WHERE.read_text() == bill.written(), "make sbom"


def test_every_licence_is_one_that_we_may_ship() -> None:
    assert bill.forbidden(bill.parts()) == []


def test_every_script_that_browsers_get_is_in_the_bill() -> None:
    scripts = {path.name.removesuffix(".min.js") for path in (bill.ROOT / "static" / "vendor").glob("*.js")}
    listed = {re.sub(r"(-client|\.org)$", "", part.name) + f"-{part.version}" for part in bill.parts()}
    assert scripts and scripts <= listed


def test_another_licence_or_none_is_noticed() -> None:
    """A mutant each: what asks for all of our source, what nobody knows, and half of what is needed."""
    for licence in ("AGPL-3.0-only", "GPL-3.0-or-later", "", "MIT AND SSPL-1.0", "Proprietary"):
        assert bill.forbidden([bill.Part("planted", "1", "pypi", licence)]), licence
    for licence in ("MIT", "Apache-2.0 OR GPL-2.0-only", "MIT AND PSF-2.0"):
        assert not bill.forbidden([bill.Part("planted", "1", "pypi", licence)]), licence


def test_the_bill_is_cyclonedx_and_a_broken_one_is_not(tmp_path: Path) -> None:
    whole = run("python", "-c", VALIDATE, bill.WHERE)
    assert whole.returncode == 0, whole.stderr
    broken = json.loads(bill.WHERE.read_text())
    del broken["components"][0]["name"]
    (tmp_path / "broken.json").write_text(json.dumps(broken))
    assert run("python", "-c", VALIDATE, tmp_path / "broken.json").returncode != 0
