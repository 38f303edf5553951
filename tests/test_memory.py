"""What a process keeps of what it has made and nobody needs any more."""

import gc
import shutil
import weakref
from pathlib import Path

from tests.conftest import make_app


def test_applications_that_nobody_has_any_more_are_forgotten(tmp_path: Path, prepared_sqlite: Path) -> None:
    shutil.copy(prepared_sqlite, tmp_path / "helpdesk.sqlite")
    made = []
    for _ in range(3):
        app = make_app(tmp_path)
        assert app.test_client().get("/sign-in").status_code == 200
        made.append(weakref.ref(app))
    del app
    gc.collect()
    left = [one for one in made if one()]
    assert len(left) <= 1, "what listens to a database holds its application"
