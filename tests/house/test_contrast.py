"""The colours of the token table can be read: light and dark, and for every hue that a site may take as its own."""

import math
import re
from pathlib import Path

import pytest

SHEET = Path(__file__).parents[2] / "static" / "css" / "app.css"
HUES = (0, 60, 120, 165, 210, 265, 300)
TEXT, CONTROL = 4.5, 3.0
GROUNDS = ("paper", "surface", "sunken")
PAIRS = [
    *((ink, ground, TEXT) for ink in ("ink", "ink-soft", "accent", "accent-strong", "danger") for ground in GROUNDS),
    *(("ink", f"{wash}-wash", TEXT) for wash in ("accent", "await", "danger", "note")),
    *((ink, f"{ink}-wash", TEXT) for ink in ("accent", "open", "await", "closed", "danger", "note")),
    ("accent-ink", "accent", TEXT),
    ("accent-ink", "accent-strong", TEXT),
    ("await", "surface", CONTROL),
    *(("line-strong", ground, CONTROL) for ground in GROUNDS),
    *(("accent", ground, CONTROL) for ground in (*GROUNDS, "accent-wash", "await-wash", "note-wash", "danger-wash")),
]
Colour = tuple[float, float, float]


def tokens(scheme: int, hue: int) -> dict[str, Colour]:
    """The token table of one scheme (0 light, 1 dark) for one hue, as linear sRGB."""
    pairs = re.findall(r"--([a-z-]+): light-dark\((oklch\(.+?\)|#\w+), (oklch\(.+?\)|#\w+)\);", _sheet(hue))
    assert len(pairs) > 20, "the token table of app.css is not where this test looks for it"
    return {name: _linear((light, dark)[scheme]) for name, light, dark in pairs}


def _sheet(hue: int) -> str:
    return SHEET.read_text(encoding="utf-8").replace("var(--brand-hue)", str(hue))


def _linear(colour: str) -> Colour:
    if colour.startswith("#"):
        digits = colour[1:] if len(colour) > 5 else "".join(2 * digit for digit in colour[1:])
        return tuple(_from_srgb(int(digits[i : i + 2], 16) / 255) for i in (0, 2, 4))  # type: ignore[return-value]
    lightness, chroma, hue = re.fullmatch(r"oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)", colour).groups()  # type: ignore[union-attr]
    return _from_oklch(float(lightness) / 100, float(chroma), math.radians(float(hue)))


def _from_srgb(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _from_oklch(lightness: float, chroma: float, hue: float) -> Colour:
    """Björn Ottosson's OKLab matrices; what lies outside sRGB is clipped, as screens do."""
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    return min(max(red, 0), 1), min(max(green, 0), 1), min(max(blue, 0), 1)


def contrast(one: Colour, other: Colour) -> float:
    """The ratio of WCAG 2.2."""
    lights = sorted(0.2126 * red + 0.7152 * green + 0.0722 * blue for red, green, blue in (one, other))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def test_black_on_white_is_twenty_one_to_one() -> None:
    assert contrast(_linear("#000"), _linear("oklch(100% 0 0)")) == pytest.approx(21, abs=0.01)


@pytest.mark.parametrize("hue", HUES)
@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_text_and_control_stands_out_from_its_ground(scheme: int, hue: int) -> None:
    table = tokens(scheme, hue)
    weak = {
        f"{front} on {ground}": round(ratio, 2)
        for front, ground, least in PAIRS
        if (ratio := contrast(table[front], table[ground])) < least
    }
    assert not weak, f"too little contrast in static/css/app.css: {weak}"
