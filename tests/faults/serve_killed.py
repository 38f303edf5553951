"""Serves the desk as `python app.py` does, and ends it with SIGKILL at one point: KILL_AT, of those below.

The points are put in from outside: the product has no code for it, and nobody can have it killed by a setting.
"""

from gevent import monkey

monkey.patch_all()

import os  # noqa: E402
import signal  # noqa: E402
from collections.abc import Callable  # noqa: E402

import app  # noqa: E402
from helpdesk.files.store import Store  # noqa: E402
from helpdesk.submission import service, views  # noqa: E402
from helpdesk.submission.views import db  # noqa: E402


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def after_rename() -> None:
    """The bytes of a file are where they stay, and no row names them."""
    keep = Store.keep

    def keep_and_die(store: Store, path: object) -> str:
        keep(store, path)
        die()
        return ""

    Store.keep = keep_and_die


def at_commit(*, done: bool) -> Callable[[], None]:
    """The commit of a submitted ticket: before it, or after it and before its answer."""

    def arm() -> None:
        submit = service.submit

        def submit_and_die(*arguments: object, **facts: object) -> object:
            ticket = submit(*arguments, **facts)
            db.session.flush()
            if done:
                db.session.commit()
            die()
            return ticket

        views.service.submit = submit_and_die

    return arm


POINTS = {
    "after_rename": after_rename, "before_commit": at_commit(done=False), "after_commit": at_commit(done=True),
    "never": lambda: None,
}  # fmt: skip
POINTS[os.environ["KILL_AT"]]()
app.main()
