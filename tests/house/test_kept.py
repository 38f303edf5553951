"""Kept pieces of pages show their values and nothing else: what templates/kept/ may name, read out of the templates."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import nodes
from jinja2.visitor import NodeVisitor

from tests.house.source import ROOT, name_of, templates

KEPT = [path for path in templates() if path.parent.name == "kept"]
# What is the same for everybody who reads a language, as long as the process runs.
SAME_FOR_ALL = {
    "_", "pgettext", "ngettext", "url_for", "asset", "dict", "languages", "language_name", "full_title", "rank_name",
    "list_words", "VIEWS",
}  # fmt: skip
FILTERS = {"format", "sort", "replace", "upper", "length", "lower"}
SAY = "a kept piece shows only what it is given: hand the value in (times as they read), or keep this part out of it"


class _Named(NodeVisitor):
    """The names and filters that a template uses, and the templates that it imports from."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.made: set[str] = set()
        self.filters: set[str] = set()
        self.imported: set[tuple[str, str]] = set()
        self.strange: set[str] = set()

    @property
    def asked(self) -> set[str]:
        """What it takes from elsewhere, and is not the same for all."""
        return self.names - self.made - SAME_FOR_ALL - {"caller", "kwargs", "loop"}

    def visit_Name(self, node: nodes.Name) -> None:  # noqa: N802  Jinja's name
        (self.names if node.ctx == "load" else self.made).add(node.name)

    def visit_Filter(self, node: nodes.Filter) -> None:  # noqa: N802
        self.filters.add(node.name)
        self.generic_visit(node)

    def visit_Macro(self, node: nodes.Macro) -> None:  # noqa: N802
        self.made.add(node.name)
        self.generic_visit(node)

    def visit_FromImport(self, node: nodes.FromImport) -> None:  # noqa: N802
        self.imported |= {(node.template.value, name) for name in node.names}  # type: ignore[attr-defined]
        self.made |= set(node.names)
        if node.with_context:
            self.strange.add("import with context")

    def visit_Import(self, node: nodes.Import) -> None:  # noqa: N802
        self.strange.add("a whole import: name the macros")

    def visit_Include(self, node: nodes.Include) -> None:  # noqa: N802
        self.strange.add("include")


def _read(tree: nodes.Node) -> _Named:
    named = _Named()
    named.visit(tree)
    return named


def _reached(app: Flask, path: Path) -> Iterator[tuple[str, _Named]]:
    """What the template says itself, and each macro that it has from another file."""
    tree = app.jinja_env.parse(path.read_text(encoding="utf-8"))
    named = _read(tree)
    yield path.name, named
    for template, macro in sorted(named.imported):
        yield from _of_macro(app, template, macro)


def _of_macro(app: Flask, template: str, macro: str) -> Iterator[tuple[str, _Named]]:
    tree = app.jinja_env.parse((ROOT / "templates" / template).read_text(encoding="utf-8"))
    macros = {one.name: one for one in tree.find_all(nodes.Macro)}
    named = _read(macros[macro])
    for one in sorted(named.names & (macros.keys() - {macro})):
        yield from _of_macro(app, template, one)
    imports = {name: one.template.value for one in tree.find_all(nodes.FromImport) for name in one.names}  # type: ignore[attr-defined, index]
    for one in sorted(named.names & imports.keys()):
        yield from _of_macro(app, imports[one], one)
    named.made |= macros.keys() | imports.keys()
    yield f"{template}: {macro}", named


def test_there_are_kept_pieces() -> None:
    assert len(KEPT) >= 3


@pytest.mark.parametrize("path", KEPT, ids=name_of)
def test_a_kept_piece_asks_for_nothing_but_its_values(app: Flask, path: Path) -> None:
    for place, named in _reached(app, path):
        assert named.asked == set(), f"{place}: {SAY}"
        assert named.filters <= FILTERS, f"{place}: {SAY}"
        assert named.strange == set(), place


@pytest.mark.parametrize(
    "wrong",
    [
        "{{ current_user.name }}", "{{ csrf_token() }}", "{{ at|when }}", "{{ request.path }}", "{{ g.unread }}",
        "{% include 'desk/_nav.html' %}", "{% import 'macros/ui.html' as ui %}",
        "{% from 'macros/forms.html' import csrf %}{% macro m() %}{{ csrf() }}{% endmacro %}",
    ],
)  # fmt: skip
def test_what_belongs_to_one_reader_is_noticed(app: Flask, tmp_path: Path, wrong: str) -> None:
    path = ROOT / "templates" / "kept" / "menu.html"
    fault = tmp_path / "kept.html"
    fault.write_text(path.read_text(encoding="utf-8") + wrong)
    assert any(one.asked or one.filters - FILTERS or one.strange for _place, one in _reached(app, fault))
