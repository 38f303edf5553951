"""Compares language detectors on the sentences of tests/chat: accuracy, memory, time (docs/language-detection.md).

    uv venv /tmp/detectors && uv pip install --python /tmp/detectors -r bench/detectors.in
    /tmp/detectors/bin/python -m bench.detectors

Each candidate runs in a process of its own, so that one's memory is not counted to the next.
"""

import importlib.util
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.chat import sentence_set as sentences

ROOT = Path(__file__).parent.parent

Detect = Callable[[str], str | None]
FOUR = ("en", "fr", "sv", "es")
NINE = (*FOUR, "de", "it", "pt", "da", "nb")
COLUMNS = ("fr", "sv", "es", "fr plain", "sv plain", "es plain", "short", "en flagged", "others flagged")


def py3langid(codes: tuple[str, ...]) -> Detect:
    from py3langid import langid

    langid.set_languages([code.replace("nb", "no") for code in codes])
    return lambda text: langid.classify(text)[0]


def lingua(codes: tuple[str, ...], *, low: bool) -> Detect:
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    builder = LanguageDetectorBuilder.from_iso_codes_639_1(*(IsoCode639_1.from_str(code) for code in codes))
    detector = (builder.with_low_accuracy_mode() if low else builder).build()

    def detect(text: str) -> str | None:
        language = detector.detect_language_of(text)
        return language.iso_code_639_1.name.lower() if language else None

    return detect


def eldc(codes: tuple[str, ...]) -> Detect:
    import eldc

    eldc.init()
    if codes:
        eldc.set_languages([code.replace("nb", "no") for code in codes])
    return eldc.detect


def cld3() -> Detect:
    import gcld3

    identifier = gcld3.NNetLanguageIdentifier(min_num_bytes=0, max_num_bytes=1000)
    return lambda text: identifier.FindLanguage(text).language


def cld2() -> Detect:
    import pycld2

    return lambda text: pycld2.detect(text, bestEffort=True)[2][0][1]


def langidentify(codes: tuple[str, ...]) -> Detect:
    from langidentify import Detector, Language, Model

    detector = Detector(Model.load(Language.from_comma_separated(",".join(codes).replace("nb", "no"))))
    return lambda text: detector.detect(text).iso_code


def own() -> Detect:
    """helpdesk/chat/detect.py from its file, so that the rest of the desk is not measured with it."""
    spec = importlib.util.spec_from_file_location("detect", ROOT / "helpdesk/chat/detect.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.detect


CANDIDATES: dict[str, Callable[[], Detect]] = {
    "py3langid 9": lambda: py3langid(NINE),
    "lingua low 4": lambda: lingua(FOUR, low=True),
    "lingua low 9": lambda: lingua(NINE, low=True),
    "lingua high 4": lambda: lingua(FOUR, low=False),
    "lingua high 9": lambda: lingua(NINE, low=False),
    "eldc 4": lambda: eldc(FOUR),
    "eldc 9": lambda: eldc(NINE),
    "eldc 60": lambda: eldc(()),
    "cld3": cld3,
    "cld2": cld2,
    "langidentify 9": lambda: langidentify(NINE),
    "detect.py": own,
}


def measure(name: str) -> dict[str, float]:
    """Memory in MB above an empty process, CPU times in ms (the machine may be busy), accuracy in %."""
    everything = [*map(sentences.of, FOUR), sentences.distractors()]
    before, started = _resident_mb(), time.process_time()
    candidate = CANDIDATES[name]()
    candidate("Bonjour, je ne peux pas me connecter")
    first_ms, first_mb = (time.process_time() - started) * 1000, _resident_mb() - before

    def ours(text: str) -> str | None:
        said = candidate(text)
        return said if said in sentences.OURS else None

    started = time.process_time()
    for group in everything:
        for sentence in group:
            ours(sentence.text)
    each_ms = (time.process_time() - started) * 1000 / sum(map(len, everything))
    return {"first": first_mb, "after": _resident_mb() - before, "load": first_ms, "ms": each_ms, **_accuracy(ours)}


def _accuracy(detect: Detect) -> dict[str, float]:
    def wrong(group: list[sentences.Sentence]) -> float:
        return 100 * len(list(sentences.wrong(detect, group))) / len(group)

    found: dict[str, float] = {}
    for code in sentences.OURS:
        long = [sentence for sentence in sentences.of(code) if sentence.words >= sentences.ENOUGH]
        found[code] = 100 - wrong(long)
        found[f"{code} plain"] = 100 - wrong([sentence.plain for sentence in long])
    short = [s for code in sentences.OURS for s in sentences.of(code) if s.words < sentences.ENOUGH]
    found["short"] = 100 - wrong(short)
    found["en flagged"] = wrong(sentences.of("en"))
    found["others flagged"] = wrong(sentences.distractors())
    return found


def _resident_mb() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise OSError("no VmRSS in /proc/self/status")


def main() -> None:
    print("| | MB first | MB after all | load ms | ms a call |", " | ".join(COLUMNS), "|")
    for name in sys.argv[1:] or CANDIDATES:
        ran = subprocess.run(
            [sys.executable, "-m", "bench.detectors", "--one", name], capture_output=True, text=True, check=False
        )
        if ran.returncode:
            print("|", name, "|", ran.stderr.strip().splitlines()[-1])
            continue
        m = json.loads(ran.stdout)
        costs = f"{m['first']:.0f} | {m['after']:.0f} | {m['load']:.0f} | {m['ms']:.2f}"
        print(f"| {name} | {costs} |", " | ".join(f"{m[column]:.1f}" for column in COLUMNS), "|", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measure(sys.argv[2])))
    else:
        main()
