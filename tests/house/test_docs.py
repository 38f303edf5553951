"""What the documents name exists: commands, settings, files, targets."""

import re
from dataclasses import fields
from pathlib import Path

import pytest
from flask import Flask

from helpdesk import demo
from helpdesk.config import Config

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
every_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)


@every_document
def test_every_link_leads_to_a_file(document: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text()):
        assert (document.parent / target).exists(), f"{document.name}: {target} is not there"


@every_document
def test_every_setting_is_one(document: Path) -> None:
    named = set(re.findall(r"HELPDESK_[A-Z_]+[A-Z]", document.read_text()))
    known = {setting.metadata["variable"] for setting in fields(Config)}
    assert named <= known, f"{document.name}: {named - known}"


@every_document
def test_every_command_is_one(document: Path, app: Flask) -> None:
    text = document.read_text()
    for name in re.findall(r"(?:\bflask|^desk) ([a-z][a-z-]+)", text, re.MULTILINE):
        assert name in {*app.cli.commands, "db"}, f"{document.name}: flask {name}"
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"(?:`|^)make ([a-z]+)", text, re.MULTILINE):
        assert f"\n{target}:" in makefile, f"{document.name}: make {target}"


@every_document
def test_every_path_is_there(document: Path) -> None:
    folders = r"(?:`|/opt/helpdesk/|cp )((?:deploy|docs|helpdesk|tests|translations)/[\w./]*)"
    for path in re.findall(folders, document.read_text()):
        assert (ROOT / path).exists(), f"{document.name}: {path} is not there"


def test_the_readme_names_every_demo_account() -> None:
    readme = (ROOT / "README.md").read_text()
    for account in demo.ACCOUNTS:
        assert f"`{account.username}`" in readme, account.username
    assert f"`{demo.PASSWORD}`" in readme
