"""Pictures in and out of the child process: what is shown is fresh, and bombs cost little time and memory."""

import io
import json
import struct
import subprocess
import sys
import threading
import time
import zlib
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from helpdesk.files import images
from helpdesk.files.images import CHILD, Line, recode
from helpdesk.files.policy import KINDS, Limits
from helpdesk.refusals import Busy, Invalid

GPS = 0x8825
ORIENTATION = 0x0112


@pytest.fixture
def recoded(tmp_path):
    """Recodes bytes as a kind."""

    def run(data: bytes, kind: str) -> images.Pictures:
        source = tmp_path / "source"
        source.write_bytes(data)
        return recode(source, KINDS[kind], tmp_path / "made", Limits())

    return run


@pytest.fixture
def refuses(recoded, tmp_path):
    """Asserts that bytes are unreadable, quickly, and that nothing of them stays."""

    def run(data: bytes, kind: str) -> None:
        start = time.monotonic()
        with pytest.raises(Invalid) as refused:
            recoded(data, kind)
        assert refused.value.code == "file_unreadable"
        assert time.monotonic() - start < images.CHILD_SECONDS + 2
        assert [path.name for path in tmp_path.glob("made*")] == []

    return run


def _png_bomb(side: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(side // 8 + 1)) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def _gif_of(frames: int) -> bytes:
    head = b"GIF89a" + struct.pack("<HHBBB", 16, 16, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return head + frame * frames + b";"


def _moving(format: str, frames: int, size: tuple[int, int] = (40, 30)) -> bytes:
    file = io.BytesIO()
    pictures = [Image.new("RGB", size, (place % 256, place * 40 % 256, 99)) for place in range(frames)]
    pictures[0].save(file, format, save_all=True, append_images=pictures[1:], duration=80, loop=0, comment=b"secret")
    return file.getvalue()


@pytest.mark.parametrize(("kind", "format"), [("png", "PNG"), ("jpeg", "JPEG"), ("gif", "GIF"), ("webp", "WEBP")])
def test_a_small_picture_is_its_own_view_and_gets_a_thumb(recoded, picture, kind, format):
    made = recoded(picture(format, (640, 480)), kind)
    assert (made.width, made.height, made.view) == (640, 480, None)
    with Image.open(made.full) as full, Image.open(made.thumb) as thumb:
        assert (full.format, full.size) == (format, (640, 480))
        assert thumb.size == (320, 240)
        assert f"image/{thumb.format.lower()}" == KINDS[kind].view_media_type
    assert made.size == made.full.stat().st_size
    assert all(path.stat().st_mode & 0o077 == 0 for path in made.paths)


def test_a_large_picture_gets_a_view_of_2000_pixels(recoded, picture):
    made = recoded(picture("JPEG", (3000, 2000)), "jpeg")
    with Image.open(made.view) as view, Image.open(made.thumb) as thumb:
        assert (view.size, thumb.size) == ((2000, 1333), (320, 213))


def test_places_camera_data_and_hidden_scripts_are_gone(recoded, picture):
    exif = Image.Exif()
    exif[0x010F] = "Camera of Ana"
    exif[GPS] = {1: "N", 2: (59.0, 20.0, 0.0)}
    profile = b"profile of Ana".ljust(200, b"!")
    sent = picture("JPEG", (200, 100), exif=exif, icc_profile=profile, comment=b"words of Ana")
    sent += b"<script>alert(1)</script>"
    assert all(trace in sent for trace in (b"Camera of Ana", b"profile of Ana", b"words of Ana", b"<script>"))
    for path in recoded(sent, "jpeg").paths:
        kept = path.read_bytes()
        assert not [trace for trace in (b"Ana", b"Exif", b"<script>", b"ICC_PROFILE") if trace in kept]


def test_text_in_a_png_is_gone(recoded, picture):
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "words of Ana")
    sent = picture("PNG", pnginfo=words) + b"<?php"
    assert b"words of Ana" in sent
    for path in recoded(sent, "png").paths:
        assert b"Ana" not in path.read_bytes()
        assert b"<?php" not in path.read_bytes()


def test_a_photo_taken_sideways_stands_upright(recoded, picture):
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    made = recoded(picture("JPEG", (400, 200), exif=exif), "jpeg")
    assert (made.width, made.height) == (200, 400)
    with Image.open(made.full) as full:
        assert full.size == (200, 400)
        assert dict(full.getexif()) == {}


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_way_to_store_pixels_in_a_png_works(recoded, mode):
    file = io.BytesIO()
    Image.new("L", (50, 40), 130).convert("I" if mode == "I;16" else mode).convert(mode).save(file, "PNG")
    made = recoded(file.getvalue(), "png")
    with Image.open(made.full) as full:
        assert full.mode == {"LA": "RGBA", "RGBA": "RGBA", "P": "RGB", "RGB": "RGB"}.get(mode, "L")


def test_a_bright_picture_of_16_bits_stays_bright(recoded):
    file = io.BytesIO()
    Image.new("I;16", (10, 10), 0xF000).save(file, "PNG")
    with Image.open(recoded(file.getvalue(), "png").full) as full:
        assert full.getpixel((5, 5)) == 0xF0


def test_a_print_picture_in_cmyk_becomes_one_for_screens(recoded, picture):
    with Image.open(recoded(picture("JPEG", mode="CMYK"), "jpeg").full) as full:
        assert full.mode == "RGB"


def test_see_through_pixels_stay_see_through(recoded):
    file = io.BytesIO()
    Image.new("RGBA", (400, 400), (255, 0, 0, 0)).save(file, "PNG")
    with Image.open(recoded(file.getvalue(), "png").thumb) as thumb:
        assert thumb.getpixel((0, 0))[3] == 0


def test_a_moving_gif_goes_on_moving_and_its_view_stands_still(recoded):
    sent = _moving("GIF", 12)
    assert b"secret" in sent
    made = recoded(sent, "gif")
    with Image.open(made.full) as full, Image.open(made.view) as view:
        assert (full.format, full.n_frames, full.info["duration"], full.info["loop"]) == ("GIF", 12, 80, 0)
        assert (view.format, getattr(view, "n_frames", 1)) == ("PNG", 1)
    assert b"secret" not in made.full.read_bytes()


def test_a_large_moving_gif_and_a_moving_webp_keep_their_first_picture(recoded):
    for sent, kind in ((_moving("GIF", 20, (1000, 800)), "gif"), (_moving("WEBP", 5), "webp")):
        made = recoded(sent, kind)
        assert made.view is None
        with Image.open(made.full) as full:
            assert full.n_frames == 1
        for path in made.paths:
            path.unlink()


@pytest.mark.parametrize("format", ["GIF", "WEBP"])
def test_more_than_fifty_frames_are_refused(recoded, refuses, format):
    made = recoded(_moving(format, 50), format.lower())
    assert made.width == 40
    for path in made.paths:
        path.unlink()
    refuses(_moving(format, 51), format.lower())


def test_ten_thousand_and_half_a_million_frames_are_refused(refuses):
    refuses(_gif_of(10_000), "gif")
    refuses(_gif_of(500_000), "gif")


@pytest.mark.parametrize("side", [6000, 9000, 13_000, 20_000])
def test_pixel_bombs_are_refused_before_they_are_decoded(refuses, side):
    bomb = _png_bomb(side)
    assert len(bomb) < 60_000
    refuses(bomb, "png")


def test_a_huge_text_or_profile_chunk_is_refused(refuses, picture):
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "x" * 80_000_000, zip=True)
    refuses(picture("PNG", pnginfo=words), "png")


@pytest.mark.parametrize("kind", ["png", "jpeg", "gif", "webp"])
def test_a_truncated_picture_is_refused(refuses, picture, kind):
    whole = picture(kind.upper(), (800, 600), quality=95)
    refuses(whole[: len(whole) // 2], kind)
    refuses(whole[:20], kind)


@pytest.mark.parametrize("format", ["TIFF", "EPS", "BMP", "ICO", "PPM", "TGA", "JPEG2000", "AVIF"])
def test_other_formats_do_not_become_pictures_by_another_name(refuses, picture, format):
    sent = picture(format)
    for kind in ("png", "jpeg", "gif", "webp"):
        refuses(sent, kind)


@pytest.mark.parametrize(
    "sent",
    [
        b"8BPS\0\x01" + b"\0" * 60,
        b"SIMPLE  =                    T".ljust(80) + b"BITPIX  =                    8".ljust(80) + b"END".ljust(2720),
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        b"<html><script>alert(1)</script></html>",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
        b"\xff\xd8\xff\xe0" + b"\xff" * 1000,
        b"GIF89a" + b"\xff" * 1000,
        b"RIFF\xff\xff\xff\x7fWEBPVP8 " + b"\0" * 100,
        b"",
    ],
)
def test_psd_fits_svg_html_and_rubbish_are_refused(refuses, sent):
    for kind in ("png", "jpeg", "gif", "webp"):
        refuses(sent, kind)


def test_one_kind_does_not_pass_as_another(refuses, picture):
    refuses(picture("JPEG"), "png")
    refuses(picture("PNG"), "webp")


def _child(source: Path, into: Path, max_pixels: int) -> subprocess.CompletedProcess[str]:
    asked = [str(part) for part in (source, "png", into, max_pixels, 50, 2**26)]
    return subprocess.run(
        [sys.executable, "-I", str(CHILD), *asked], capture_output=True, text=True, timeout=60, check=False
    )


def test_the_childs_memory_limit_holds_even_when_all_other_checks_are_gone(tmp_path):
    (tmp_path / "bomb").write_bytes(_png_bomb(26_000))
    child = _child(tmp_path / "bomb", tmp_path / "made", 10**10)
    assert child.returncode != 0
    assert "MemoryError" in child.stderr


def test_the_child_says_what_it_made_and_needs_nothing_of_ours(tmp_path, picture):
    (tmp_path / "source").write_bytes(picture("PNG"))
    said = json.loads(_child(tmp_path / "source", tmp_path / "made", 10**6).stdout)
    assert (said["width"], said["height"], said["view"]) == (64, 48, False)
    assert "helpdesk" not in CHILD.read_text()


def test_a_child_that_hangs_is_killed(tmp_path, monkeypatch, picture):
    stuck = tmp_path / "stuck.py"
    stuck.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(images, "CHILD", stuck)
    monkeypatch.setattr(images, "CHILD_SECONDS", 0.5)
    (tmp_path / "source").write_bytes(picture("PNG"))
    start = time.monotonic()
    with pytest.raises(Invalid):
        recode(tmp_path / "source", KINDS["png"], tmp_path / "made", Limits())
    assert time.monotonic() - start < 5


def test_a_full_disk_in_the_child_is_not_the_senders_fault(tmp_path, monkeypatch):
    full = tmp_path / "full.py"
    full.write_text("import errno, sys\nsys.exit(errno.ENOSPC)\n")
    monkeypatch.setattr(images, "CHILD", full)
    with pytest.raises(Busy) as refused:
        recode(tmp_path / "source", KINDS["png"], tmp_path / "made", Limits())
    assert refused.value.code == "disk_full"


def test_two_are_at_work_some_wait_and_the_next_is_sent_away():
    line, at_work, go = Line(children=2, waiting=1), threading.Semaphore(0), threading.Event()
    together, most = 0, 0
    counting = threading.Lock()

    def work() -> None:
        nonlocal together, most
        with line.turn():
            with counting:
                together += 1
                most = max(most, together)
            at_work.release()
            go.wait(10)
            with counting:
                together -= 1

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    assert at_work.acquire(timeout=10)
    assert at_work.acquire(timeout=10)
    while line._places.acquire(blocking=False):  # until the third has taken its place
        line._places.release()
        time.sleep(0.001)
    with pytest.raises(Busy) as refused, line.turn():
        pass
    assert refused.value.code == "pictures_busy"
    go.set()
    for worker in workers:
        worker.join(10)
    assert most == 2
    with line.turn():
        pass


def test_other_greenlets_go_on_while_a_picture_is_made(tmp_path, picture):
    """In a process of its own, because the monkey patch cannot be taken back."""
    (tmp_path / "source").write_bytes(picture("JPEG", (3000, 2000)))
    script = f"""
from gevent import monkey; monkey.patch_all()
import gevent
from pathlib import Path
from helpdesk.files.images import recode
from helpdesk.files.policy import KINDS, Limits
folder, beats = Path({str(tmp_path)!r}), 0
def beat():
    global beats
    while True:
        gevent.sleep(0.005)
        beats += 1
beating = gevent.spawn(beat)
made = [gevent.spawn(recode, folder / "source", KINDS["jpeg"], folder / f"made{{i}}", Limits()) for i in range(3)]
gevent.joinall(made, raise_error=True)
print(beats)
"""
    root = Path(__file__).parents[2]
    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=root, timeout=60, check=True
    )
    assert int(said.stdout) >= 20  # a child waited for without yielding would leave three or four
