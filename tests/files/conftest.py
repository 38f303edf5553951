"""A store in a folder of its own, a database with two people in it, and pictures to send."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image

from helpdesk.accounts.models import User
from helpdesk.database import open_engine
from helpdesk.extensions import db
from helpdesk.files.store import Space, Store
from helpdesk.tickets import models as ticket_models  # noqa: F401 (files point to its table)

ROOMY = Space(total=10**12, free=10**11)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "files", free_space=lambda root: ROOMY)


@pytest.fixture
def bare_app(tmp_path: Path) -> Iterator[Flask]:
    """The database alone: no doors, no settings."""
    app = Flask("bare")
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{tmp_path / 'files.sqlite'}"
    db.init_app(app)
    with app.app_context():
        open_engine(db.engine, busy_ms=5000)
        db.create_all()
        for name in ("ana", "bo"):
            address = f"{name}@example.org"
            db.session.add(
                User(username=name, username_key=name, email=address, email_key=address, name=name.title())
            )
        db.session.commit()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def in_app(bare_app: Flask) -> Iterator[Flask]:
    with bare_app.app_context():
        yield bare_app


@pytest.fixture
def picture() -> Callable[..., bytes]:
    """Bytes of a small picture in the asked format; further words go to Pillow's save."""

    def make(format: str = "PNG", size: tuple[int, int] = (64, 48), mode: str = "RGB", **options: object) -> bytes:
        file = io.BytesIO()
        Image.linear_gradient("L").resize(size).convert(mode).save(file, format, **options)
        return file.getvalue()

    return make
