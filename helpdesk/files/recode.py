"""The child process that decodes one picture and writes fresh ones. Run by path; imports Pillow and nothing of ours.

Called as: recode.py SOURCE KIND INTO MAX_PIXELS MAX_FRAMES MAX_OUTPUT_BYTES. Writes INTO.full, INTO.thumb and, if the
full picture is large or moves, INTO.view, and prints what it made as JSON. Any failure is a non-zero exit
(ENOSPC for a full disk).

A GIF stays animated while its frames together are small; a larger one, and any WebP or PNG, keeps its first frame.
"""

import errno
import hashlib
import json
import os
import resource
import sys
import warnings

MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 5
VIEW_PIXELS = 2000
THUMB_PIXELS = 320
ANIMATED_PIXELS = 12_000_000
FORMATS = {"png": "PNG", "jpeg": "JPEG", "gif": "GIF", "webp": "WEBP"}
STILL = {"GIF": "PNG"}
# Fast rather than small: 30 million pixels must take no more than about 3 of the 5 seconds.
OPTIONS = {
    "PNG": {"compress_level": 4},
    "JPEG": {"quality": 90},
    "WEBP": {"quality": 90, "method": 2},
    "GIF": {},
}


def limit_self(max_output_bytes: int) -> None:
    """Takes away memory, time and disk before the first foreign byte is read."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, max_output_bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    os.umask(0o077)
    os.nice(5)  # people who wait for a page come first


def main(source: str, kind: str, into: str, max_pixels: int, max_frames: int) -> dict[str, object]:
    """Makes the pictures and says what they are."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = max_pixels
    format = FORMATS[kind]
    still, moves = decoded(source, format, into, max_pixels, max_frames)
    width, height = still.size
    if not moves:
        save(still, f"{into}.full", format)
    view = moves or max(width, height) > VIEW_PIXELS
    if view:
        still.thumbnail((VIEW_PIXELS, VIEW_PIXELS), Image.Resampling.LANCZOS, reducing_gap=2)
        save(still, f"{into}.view", STILL.get(format, format))
    still.thumbnail((THUMB_PIXELS, THUMB_PIXELS), Image.Resampling.LANCZOS, reducing_gap=2)
    save(still, f"{into}.thumb", STILL.get(format, format))
    return {"width": width, "height": height, "view": view, **measured(f"{into}.full")}


def decoded(source: str, format: str, into: str, max_pixels: int, max_frames: int):
    """The first picture, upright, and whether the file moves: then the whole animation has been written already."""
    from PIL import Image, ImageOps

    with Image.open(source, formats=(format,)) as opened:
        check_size(opened, max_pixels, max_frames)
        frames = getattr(opened, "n_frames", 1)
        moves = format == "GIF" and frames > 1 and frames * opened.width * opened.height <= ANIMATED_PIXELS
        if moves:
            save_animation(opened, f"{into}.full")
            opened.seek(0)
        opened.load()
        # In place, and the decoder let go: each copy of a large picture is a quarter of the memory there is.
        ImageOps.exif_transpose(opened, in_place=True)
        if hasattr(opened, "_decoder"):
            opened._decoder = None
    return plain(opened), moves


def check_size(opened, max_pixels: int, max_frames: int) -> None:
    """Refuses what is too large by its own account, before a single pixel is decoded."""
    if opened.width * opened.height > max_pixels or getattr(opened, "n_frames", 1) > max_frames:
        raise ValueError("too large")


def plain(image):
    """The pixels alone, in a mode that every format here can hold: no profile, no text, no camera data."""
    if image.mode in ("I", "I;16", "I;16B", "I;16L"):
        image = image.convert("I").point(lambda level: level / 256).convert("L")
    elif image.has_transparency_data:
        image = image.convert("RGBA")
    elif image.mode == "1":
        image = image.convert("L")
    elif image.mode not in ("L", "RGB"):
        image = image.convert("RGB")
    image.load()
    image.info = {}
    return image


def save(image, path: str, format: str) -> None:
    if format == "WEBP" and image.mode == "L":
        image = image.convert("RGB")
    with open(path, "xb") as file:
        image.save(file, format=format, **OPTIONS[format])


def save_animation(opened, path: str) -> None:
    """The frames, their times and how often they repeat; comments and application blocks stay behind."""
    from PIL import ImageSequence

    frames, times = [], []
    for frame in ImageSequence.Iterator(opened):
        times.append(min(max(int(frame.info.get("duration", 100)), 20), 65_000))
        frames.append(plain(frame.copy()))
    loop = opened.info.get("loop")
    repeats = {} if loop is None else {"loop": int(loop)}
    with open(path, "xb") as file:
        frames[0].save(
            file, format="GIF", save_all=True, append_images=frames[1:], duration=times, disposal=2, **repeats
        )


def measured(path: str) -> dict[str, object]:
    with open(path, "rb") as file:
        return {"size": os.fstat(file.fileno()).st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


if __name__ == "__main__":
    limit_self(int(sys.argv[6]))
    warnings.simplefilter("error")
    try:
        made = main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]))
    except OSError as error:
        sys.exit(errno.ENOSPC if error.errno == errno.ENOSPC else 1)
    print(json.dumps(made))
