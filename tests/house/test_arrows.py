"""Who may know whom: the arrows of the architecture, held by the imports themselves."""

import ast
import sys
from pathlib import Path

import pytest

from tests.house.source import ROOT, Import, calls, imported_modules, imports, name_of, python_files, tree

PURE = {
    "helpdesk.refusals", "helpdesk.ranks", "helpdesk.languages", "helpdesk.hours", "helpdesk.tickets.lifecycle",
    "helpdesk.tickets.priorities", "helpdesk.tickets.deadlines", "helpdesk.tickets.patience",
    "helpdesk.tickets.round_robin",
    "helpdesk.submission.steps", "helpdesk.files.policy", "helpdesk.tickets.audience",
    "helpdesk.notices.kinds",
    "helpdesk.privacy.keeping", "helpdesk.privacy.marks", "helpdesk.privacy.redaction.passages",
    "helpdesk.reports.scale", "helpdesk.reports.ranges", "helpdesk.reports.chart", "helpdesk.reports.spreadsheet",
}  # fmt: skip
FEATURES = ("site", "accounts", "files", "notices", "reports", "tickets", "submission", "chat", "desk", "privacy")
# The start page and the guides: they belong to no feature and may name any.
ABOVE = ("home",)
WEB_FRAMEWORK = ("flask", "flask_login", "flask_wtf", "flask_socketio", "flask_limiter", "flask_babel", "werkzeug")
INNER = ("models", "queries", "service")
# What must not know a request, and the one thing each may take from the framework all the same.
INNER_EXCEPTIONS = {("helpdesk/accounts/person.py", "flask_login", "UserMixin")}
# Who may commit: doors (pages, sockets, commands), and what stands in for a door.
COMMITTING = {
    "helpdesk/accounts/parking.py": "keeps a form while the request that brought it is refused",
    "helpdesk/accounts/proving.py": "counts a proof that failed while the request that brought it is refused",
    "helpdesk/demo.py": "fills an empty instance, as a command would",
    "helpdesk/accounts/commands.py": "the commands are doors",
    "helpdesk/chat/saying.py": "one commit for the doors of all who speak at the same time",
    "helpdesk/chat/watch.py": "works without a request, each round for itself",
    "helpdesk/janitor.py": "works without a request, each round for itself",
    "helpdesk/work.py": "works without a request, each ticket for itself",
    "helpdesk/desk/reports/rebuilding.py": "works without a request, each batch for itself",
    "helpdesk/privacy/rounds.py": "works without a request, each batch for itself",
    "helpdesk/privacy/exporting/building.py": "works without a request, each copy for itself",
    "helpdesk/privacy/service.py": "replays tombstones for the restore, before anything is served",
    "helpdesk/privacy/commands.py": "the commands are doors",
    "helpdesk/mail/worker.py": "works without a request, each mail for itself",
    "helpdesk/mail/commands.py": "the commands are doors",
}
DOORS = ("views", "sockets")
# What features may know of mail: the outbox, so that a mail is queued with what it tells of, and the kinds. All else of
# it stands above them, because it reads what they have when a mail leaves.
OUTBOX = {"helpdesk.mail", "helpdesk.mail.outbox", "helpdesk.mail.models", "helpdesk.mail.kinds"}
# Who touches the file system, and why.
DISK = {
    "helpdesk/files/store.py": "the store itself",
    "helpdesk/files/holding.py": "gives kept files second names while a backup copies them",
    "helpdesk/files/images.py": "hands a staged picture to the child process",
    "helpdesk/files/recode.py": "is that child process",
    "helpdesk/privacy/exporting/archive.py": "writes the copy of somebody's data, in a folder of its own",
}


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def feature_of(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "helpdesk" and parts[1] in FEATURES else None


def all_imports() -> list[Import]:
    return [one for path in python_files() for one in imports(path)]


def test_pure_modules_know_the_standard_library_and_each_other_only() -> None:
    wrong = [
        f"{one.place} imports {module}"
        for one in all_imports()
        if module_of(one.path) in PURE
        for module in imported_modules(one)
        if module.split(".")[0] not in sys.stdlib_module_names and module not in PURE
    ]
    assert wrong == [], f"rules stay plain: hand in what they need as an argument\n{wrong}"
    missing = [name for name in PURE if not (ROOT / Path(*name.split("."))).with_suffix(".py").exists()]
    assert missing == [], "name the moved module in PURE"


def test_services_queries_and_models_know_no_request() -> None:
    wrong = [
        f"{one.place} imports {one.module}"
        for one in all_imports()
        if one.path.stem in (*INNER, "person", "sessions", "throttle", "counts", "search", "paging", "lifecycle")
        and one.module.split(".")[0] in WEB_FRAMEWORK
        and not all((name_of(one.path), one.module, name) in INNER_EXCEPTIONS for name in one.names)
        and not one.module.startswith("werkzeug.security")
    ]
    assert wrong == [], f"a verb of the desk takes what it needs as an argument (by=, at=); the door reads it\n{wrong}"


def test_services_queries_and_models_know_no_door() -> None:
    wrong = [
        f"{one.place} imports {module}"
        for one in all_imports()
        if one.path.stem in INNER
        for module in imported_modules(one)
        if module.startswith("helpdesk.web") or module.split(".")[-1] in {"views", "sockets", "forms", "labels"}
    ]
    assert wrong == [], f"arrows point inwards: views -> service -> models\n{wrong}"


def test_web_knows_no_feature() -> None:
    wrong = [
        f"{one.place} imports {module}"
        for one in all_imports()
        if module_of(one.path).startswith("helpdesk.web")
        for module in imported_modules(one)
        if feature_of(module) or module.split(".")[1:2] == ["home"]
    ]
    assert wrong == [], f"what all doors share is told by create_app what a feature has to say\n{wrong}"


def test_only_doors_and_words_know_web() -> None:
    wrong = [
        f"{one.place} imports {module}"
        for one in all_imports()
        if feature_of(module_of(one.path)) and one.path.stem not in (*DOORS, "forms", "labels", "parking", "proving")
        for module in imported_modules(one)
        if module.startswith("helpdesk.web")
    ]
    assert wrong == [], f"web/ is for views, sockets, forms and labels\n{wrong}"


def test_features_know_only_those_below_them() -> None:
    wrong = []
    for one in all_imports():
        mine = feature_of(module_of(one.path))
        for module in imported_modules(one):
            other = feature_of(module)
            if mine and other and FEATURES.index(other) > FEATURES.index(mine):
                wrong.append(f"{one.place} imports {module}")
            if mine and module.split(".")[1:2] and module.split(".")[1] in ABOVE and module.startswith("helpdesk."):
                wrong.append(f"{one.place} imports {module}")
    assert wrong == [], (
        f"accounts <- files <- notices <- reports <- tickets <- submission <- chat <- desk; announce instead\n{wrong}"
    )


def test_features_know_only_the_outbox_of_the_mail() -> None:
    wrong = [
        f"{one.place} imports {module}"
        for one in all_imports()
        if feature_of(module_of(one.path)) or module_of(one.path) in OUTBOX
        for module in imported_modules(one)
        if (module.startswith("helpdesk.mail") and module not in OUTBOX)
        or (module_of(one.path) in OUTBOX and (feature_of(module) or module.split(".")[0] in WEB_FRAMEWORK))
    ]
    assert wrong == [], f"queue a mail with outbox.put; mail/ looks up what it says when it leaves\n{wrong}"


def test_only_the_mail_talks_to_the_mail_server() -> None:
    wrong = [
        one.place
        for one in all_imports()
        if one.module.split(".")[0] in {"smtplib", "aiosmtplib"} and name_of(one.path) != "helpdesk/mail/smtp.py"
    ]
    assert wrong == [], f"mail leaves through mail/smtp.py only\n{wrong}"


def test_nobody_imports_the_application_but_those_who_start_it() -> None:
    wrong = [
        one.place
        for one in all_imports()
        if (one.module == "helpdesk" and "create_app" in one.names) or one.module == "app"
    ]
    assert wrong == [], f"use current_app, or take what you need as an argument\n{wrong}"


def commits(path: Path) -> list[int]:
    """The lines that commit: by their own word, or at the end of an engine's transaction."""
    begun = [
        node.lineno
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("engine.begin")
    ]
    return [*calls(path, "commit"), *begun]


def test_only_doors_commit() -> None:
    committing = {name_of(path): commits(path) for path in python_files() if commits(path)}
    wrong = {
        name: lines for name, lines in committing.items() if Path(name).stem not in DOORS and name not in COMMITTING
    }
    assert wrong == {}, f"a service never commits: the door does, once, when all has been done\n{wrong}"


def test_every_exception_is_still_needed() -> None:
    committing = {name_of(path) for path in python_files() if commits(path)}
    gone = {name for name in COMMITTING if (ROOT / name).exists()} - committing
    assert gone == set(), f"take these out of COMMITTING: {gone}"


@pytest.mark.parametrize("word", ["rename", "link", "mkstemp", "NamedTemporaryFile", "write_bytes"])
def test_only_the_store_writes_files_that_people_sent(word: str) -> None:
    wrong = [
        f"{name_of(path)}:{line}"
        for path in python_files()
        if feature_of(module_of(path)) and name_of(path) not in DISK
        for line in calls(path, word)
        if name_of(path) != "helpdesk/accounts/importing.py"  # the operator's own file of links
    ]
    assert wrong == [], f"files/store.py is the one that touches file storage\n{wrong}"


def test_only_the_push_of_the_chat_emits() -> None:
    wrong = [
        f"{name_of(path)}:{line}"
        for path in python_files()
        if name_of(path) != "helpdesk/chat/push.py"
        for word in ("emit", "join_room")
        for line in calls(path, word)
    ]
    assert wrong == [], f"sockets are told by chat/push.py only\n{wrong}"


def test_nothing_is_called_utils() -> None:
    names = {"utils", "util", "helpers", "helper", "common", "misc", "base", "manager", "tools"}
    assert [name_of(path) for path in python_files() if path.stem in names] == [], "name it after what it is about"
