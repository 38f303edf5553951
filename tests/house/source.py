"""What the house's tests look at: the source files of the product, parsed."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Import:
    """One import of a module: which file says it, in which line, and whether only for the type checker."""

    path: Path
    line: int
    module: str
    names: tuple[str, ...]
    typing_only: bool

    @property
    def place(self) -> str:
        return f"{name_of(self.path)}:{self.line}"


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def python_files(*, migrations: bool = False) -> list[Path]:
    found = sorted((ROOT / "helpdesk").rglob("*.py"))
    return [path for path in found if migrations or "migrations" not in path.parts]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[Import]:
    """Every import of a file, relative ones as the modules that they mean; also those inside functions."""
    package = ".".join(path.relative_to(ROOT).with_suffix("").parts[:-1])
    typing_only = {
        id(node)
        for branch in ast.walk(tree(path))
        if isinstance(branch, ast.If) and "TYPE_CHECKING" in ast.unparse(branch.test)
        for node in ast.walk(branch)
    }
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(path, node.lineno, alias.name, (), id(node) in typing_only)
        if isinstance(node, ast.ImportFrom):
            module = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                module = ".".join([*above, *([module] if module else [])])
            names = tuple(alias.name for alias in node.names)
            yield Import(path, node.lineno, module, names, id(node) in typing_only)


def imported_modules(one: Import) -> list[str]:
    """The modules of ours that an import may mean: `from helpdesk.files import queries` is helpdesk.files.queries."""
    found = []
    for name in one.names or ("",):
        whole = f"{one.module}.{name}" if name else one.module
        path = ROOT / Path(*whole.split("."))
        found.append(whole if path.with_suffix(".py").exists() or path.is_dir() else one.module)
    return found


def calls(path: Path, attribute: str) -> Iterator[int]:
    """The lines of a file that call something of this name on something: `….commit()`."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == attribute:
            yield node.lineno


def templates() -> list[Path]:
    return sorted((ROOT / "templates").rglob("*.html"))
