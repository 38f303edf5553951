"""Small rules of the source: sizes, and what is never written."""

import ast
import re

import pytest

from tests.house.source import ROOT, calls, name_of, python_files, templates, tree

MOST_LINES = 250
MOST_LINES_A_FUNCTION = 40


def test_files_stay_short() -> None:
    long = {
        name_of(path): lines for path in python_files() if (lines := len(path.read_text().splitlines())) > MOST_LINES
    }
    assert long == {}, f"split these by noun, at {MOST_LINES} lines: {long}"


def test_functions_stay_short() -> None:
    long = {
        f"{name_of(path)}:{node.lineno} {node.name}": node.end_lineno - node.lineno + 1
        for path in python_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > MOST_LINES_A_FUNCTION
    }
    assert long == {}, f"give a part of these a name of its own, at {MOST_LINES_A_FUNCTION} lines: {long}"


def test_every_file_says_what_it_is() -> None:
    silent = [name_of(path) for path in python_files() if not ast.get_docstring(tree(path))]
    assert silent == [], f"begin with one sentence: what it is, and what it must not know: {silent}"


# Who makes markup out of text, and why that text is ours.
MARKUP = {
    "helpdesk/web/sentences.py": "translators' own signs; parts are escaped as they are filled in",
    "helpdesk/web/links.py": "the element of a link; address and text are escaped as they are filled in",
    "helpdesk/web/filters.py": "the element of a time, filled in by its own format, which escapes",
}


def test_no_text_is_taken_for_markup() -> None:
    in_code = [
        f"{name_of(path)}:{node.lineno}"
        for path in python_files()
        if name_of(path) not in MARKUP
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Markup")
    ]
    in_templates = [
        f"{name_of(path)}:{number}"
        for path in templates()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"\|\s*safe\b|autoescape\s+false|Markup\(", line)
    ]
    assert in_code + in_templates == [], "let the template escape it; markup belongs into templates"


FORBIDDEN_CALLS = {
    "render_template_string": "a template is never made of data",
    "eval": "nothing is ever evaluated",
    "exec": "nothing is ever evaluated",
    "pickle": "JSON, or rows",
    "send_file": "files/serving.py hands out files",
    "send_from_directory": "files/serving.py hands out files",
}
MAY_CALL = {("send_file", "helpdesk/files/serving.py")}


@pytest.mark.parametrize("name", FORBIDDEN_CALLS)
def test_dangerous_calls_are_not_there(name: str) -> None:
    found = [
        f"{name_of(path)}:{node.lineno}"
        for path in python_files()
        if (name, name_of(path)) not in MAY_CALL
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == name
    ]
    assert found == [], FORBIDDEN_CALLS[name]


# SQL that is written by hand; each may only hold our own words, never somebody's text.
SQL_BY_HAND = {
    "helpdesk/tickets/search.py", "helpdesk/home/views.py", "helpdesk/database.py", "helpdesk/accounts/importing.py",
    "helpdesk/serving.py", "helpdesk/janitor.py",
}  # fmt: skip


def test_sql_is_written_by_hand_in_few_named_places() -> None:
    found = {
        name_of(path)
        for path in python_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"text", "sa.text", "sqlalchemy.text"}
    }
    assert found <= SQL_BY_HAND, "use SQLAlchemy's expressions; values are always parameters"


def test_times_come_with_their_zone() -> None:
    found = [
        f"{name_of(path)}:{line}"
        for path in python_files()
        for word in ("utcnow", "today")
        for line in calls(path, word)
    ]
    assert found == [], "use helpdesk.database.now()"


def test_scripts_hold_no_text_for_people() -> None:
    """A text in a script cannot be translated: it comes in a data attribute, or is a sign."""
    found = []
    for path in sorted((ROOT / "static" / "js").glob("*.js")):
        code = re.sub(r"/\*.*?\*/|(?<![:\"'])//[^\n]*", "", path.read_text(encoding="utf-8"), flags=re.S)
        for literal in re.findall(r"\"([^\"\n]*)\"|'([^'\n]*)'|`([^`]*)`", code):
            words = re.sub(r"\$\{[^}]*\}", "", "".join(literal))
            if re.search(r"[A-ZÀ-Þ][a-zà-þ]+ [a-zà-þ]{2,}", words) and not re.search(r"[\[\](){}=;:#.]", words):
                found.append(f"{name_of(path)}: {words}")
    assert found == [], f"put these sentences into the template, inside _(), as data attributes: {found}"


def test_scripts_make_no_markup_of_text() -> None:
    words = r"innerHTML|outerHTML\s*=|insertAdjacentHTML|document\.write|\beval\(|new Function"
    found = [
        f"{name_of(path)}:{number}"
        for path in sorted((ROOT / "static" / "js").glob("*.js"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(words, line)
    ]
    assert found == [], "textContent, never innerHTML"
