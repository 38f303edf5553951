"""The bill of materials: what the product is made of that others made, with versions and licences. `make sbom`.

It is made of the pinned requirements and of the scripts in static/vendor, and kept in the repository, where a test
holds it against these: so no release can forget it. The hashes of the packages stand in the requirements themselves.
"""

import importlib.metadata
import json
import re
from dataclasses import dataclass
from pathlib import Path

from tests.processes import ROOT

WHERE = ROOT / "docs" / "sbom.json"
PINNED = ("requirements.txt", "requirements-scale.txt")
VENDORED = re.compile(r"^(?P<name>.+?) (?P<version>[\d.]+)  \(", re.MULTILINE)
# As SPDX names them, for packages that name their licence in words of their own.
IN_OTHER_WORDS = {
    "MIT License": "MIT",
    "BSD": "BSD-2-Clause",
    "BSD License": "BSD-3-Clause",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
}
# Packages that are installed on other machines or versions of Python only.
ELSEWHERE = {"async-timeout": "Apache-2.0"}
# What static/vendor/LICENSES.txt names: the package of npm, and its licence.
SCRIPTS = {
    "htmx": ("htmx.org", "0BSD"),
    "Tabler Icons": ("@tabler/icons", "MIT"),
    "socket.io-client": ("socket.io-client", "MIT"),
}
# What we may ship: asks for no more than to be named. MPL and LGPL ask for their own source only, which is public.
ALLOWED = frozenset(
    (
        *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "LGPL-3.0-only", "MIT", "MIT-0", "MIT-CMU"),
        *("MPL-2.0", "PSF-2.0", "Unlicense", "ZPL-2.1"),
    )
)


@dataclass(frozen=True, order=True)
class Part:
    """Something that others made; `licence` is an SPDX expression, empty when it is not known."""

    name: str
    version: str
    kind: str
    licence: str

    @property
    def purl(self) -> str:
        return f"pkg:{self.kind}/{self.name.replace('@', '%40')}@{self.version}"


def parts() -> list[Part]:
    """Everything, by name: the pinned packages for all machines, and the scripts that browsers get."""
    found = set()
    for file in PINNED:
        for name, version in re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / file).read_text(), re.MULTILINE):
            found.add(Part(name, version, "pypi", licence_of(name)))
    for entry in VENDORED.finditer((ROOT / "static" / "vendor" / "LICENSES.txt").read_text()):
        package, licence = SCRIPTS.get(entry["name"], (entry["name"], ""))
        found.add(Part(package, entry["version"], "npm", licence))
    return sorted(found)


def licence_of(name: str) -> str:
    """What an installed package says of itself."""
    try:
        about = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return ELSEWHERE.get(name, "")
    classified = [line.rpartition(":: ")[2] for line in about.get_all("Classifier", []) if line.startswith("License")]
    named = [about.get("License-Expression"), *classified, about.get("License")]
    spelled = [IN_OTHER_WORDS.get(words, words) for words in named if words]
    return next((words for words in spelled if _is_allowed(words)), spelled[0][:60] if spelled else "")


def forbidden(of: list[Part]) -> list[str]:
    """The parts that we may not ship, or of which nobody knows."""
    return [
        f"{part.name} {part.version}: {part.licence or 'no licence'}" for part in of if not _is_allowed(part.licence)
    ]


def _is_allowed(licence: str) -> bool:
    """Whether an expression comes to something allowed: one of what stands with OR, all that stands with AND."""
    return any(set(choice.split(" AND ")) <= ALLOWED for choice in licence.split(" OR "))


def written() -> str:
    """The bill in CycloneDX 1.6, the same for the same pins."""
    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": "helpdesk", "name": "helpdesk"}},
        "components": [_component(part) for part in parts()],
    }
    return json.dumps(bill, indent=1) + "\n"


def _component(part: Part) -> dict[str, object]:
    facts = {"type": "library", "bom-ref": part.purl, "name": part.name, "version": part.version, "purl": part.purl}
    return {**facts, "licenses": [{"expression": part.licence}]}


if __name__ == "__main__":
    WHERE.write_text(written())
    print(f"{Path('docs') / WHERE.name} is written.")
