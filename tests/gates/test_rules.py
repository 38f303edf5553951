"""Our own rules for semgrep: nothing in the product breaks one, and each finds the mutant that was planted for it."""

import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.gates.programs import run
from tests.processes import ROOT

RULES = ROOT / "tests" / "gates" / "rules.yml"
# What each rule has to find: one planted line of each kind that it names.
MUTANTS = {
    "markup-from-text": "from markupsafe import Markup\ndef door(name):\n    return Markup('<b>' + name)\n",
    "unescaped-in-a-template": "<p>{{ ticket.title | safe }}</p>\n",
    "sql-from-parts": "from sqlalchemy import text\ndef find(name):\n    return text(f'SELECT {name}')\n",
    "rooms-and-events-elsewhere": "from flask_socketio import join_room\ndef join(chat):\n    join_room(chat)\n",
    "redirect-to-what-was-asked-for": (
        "from flask import redirect, request\ndef door():\n    onward = request.args.get('next')\n"
        "    return redirect(onward)\n"
    ),
    "files-handed-out-elsewhere": "from flask import send_file\ndef door(path):\n    return send_file(path)\n",
    "address-from-the-request": "from flask import url_for\ndef link():\n    return url_for('x', _external=True)\n",
    "data-that-runs": "import pickle\ndef read(data):\n    return pickle.loads(data)\n",
    "text-that-runs": "from flask import render_template_string\ndef show(t):\n    return render_template_string(t)\n",
    "certificate-not-looked-at": "def ask(client):\n    return client.get('https://a.example', verify=False)\n",
    "something-is-fetched": "import urllib.request\ndef avatar(url):\n    return urllib.request.urlopen(url)\n",
    "archive-unpacked": "import zipfile\ndef unpack(path):\n    zipfile.ZipFile(path).extractall('somewhere')\n",
    "door-without-a-gate": "@bp.get('/technical-issues/export')\ndef export():\n    return everything()\n",
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[str]]:
    """What semgrep says, by the file it says it of: the product and the mutants in one go, which takes its seconds."""
    planted = tmp_path_factory.mktemp("planted") / "helpdesk" / "tickets"
    planted.mkdir(parents=True)
    for rule, mutant in MUTANTS.items():
        suffix = ".html" if rule == "unescaped-in-a-template" else ".py"
        (planted / f"{rule}{suffix}").write_text(mutant)
    done = run(
        "semgrep", "scan", "--metrics=off", "--disable-version-check", "--json", "--quiet", "--no-git-ignore",
        "--config", RULES, ROOT / "helpdesk", ROOT / "templates", planted,
    )  # fmt: skip
    said = json.loads(done.stdout)
    assert said["errors"] == [], said["errors"]
    looked_at = {Path(path).resolve() for path in said["paths"]["scanned"]}
    assert {path.resolve() for path in (ROOT / "helpdesk").rglob("*.py") if path.stat().st_size} <= looked_at
    by_file = defaultdict(list)
    for one in said["results"]:
        by_file[one["path"]].append(f"{one['check_id'].rpartition('.')[2]}:{one['start']['line']}")
    return by_file


def test_nothing_in_the_product_breaks_a_rule(found: Mapping[str, list[str]]) -> None:
    ours = {path: broken for path, broken in found.items() if Path(path).resolve().is_relative_to(ROOT)}
    assert ours == {}


def test_each_rule_finds_its_mutant_and_no_other(found: Mapping[str, list[str]]) -> None:
    planted = {
        Path(path).stem: {one.partition(":")[0] for one in broken}
        for path, broken in found.items()
        if not Path(path).resolve().is_relative_to(ROOT)
    }
    assert planted == {rule: {rule} for rule in MUTANTS}


def test_every_rule_has_a_mutant() -> None:
    named = {line.split()[-1] for line in RULES.read_text().splitlines() if line.strip().startswith("- id:")}
    assert named == set(MUTANTS)
