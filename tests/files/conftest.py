"""A store of its own with room on its disk, and pictures to send."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from helpdesk.files.store import Space, Store

ROOMY = Space(total=10**12, free=10**11)


@pytest.fixture
def bare_store(tmp_path: Path) -> Store:
    """No application and no database around it."""
    return Store(tmp_path / "bare", free_space=lambda root: ROOMY)


@pytest.fixture
def picture() -> Callable[..., bytes]:
    """Bytes of a small picture in the asked format; further words go to Pillow's save."""

    def make(format: str = "PNG", size: tuple[int, int] = (64, 48), mode: str = "RGB", **options: object) -> bytes:
        file = io.BytesIO()
        Image.linear_gradient("L").resize(size).convert(mode).save(file, format, **options)
        return file.getvalue()

    return make
