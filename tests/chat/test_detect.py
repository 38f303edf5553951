"""What the desk says a message is written in: measured on sentences, and at the edges one by one."""

import subprocess
import sys
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from helpdesk.chat import detect as module
from helpdesk.chat.detect import detect
from tests.chat import sentence_set as sentences
from tests.chat.sentence_set import Sentence

pytest.importorskip("eldc", reason="eldc is not installed: run `make`, or see docs/language-detection.md")

CODES = ("en", *sentences.OURS)


def right(group: list[Sentence]) -> float:
    """How many per cent of them are recognised as wanted."""
    missed = list(sentences.wrong(detect, group))
    for sentence, said in missed:
        print(f"{sentence.language}: {sentence.text!r} was taken for {said}")
    return 100 - 100 * len(missed) / len(group)


def long_enough(group: list[Sentence]) -> list[Sentence]:
    return [sentence for sentence in group if sentence.words >= sentences.ENOUGH]


@pytest.mark.parametrize("code", CODES)
def test_there_are_two_hundred_different_short_sentences_a_language(code: str) -> None:
    texts = [sentence.text for sentence in sentences.of(code)]

    assert len(set(texts)) == len(texts) >= 200
    assert all(2 <= sentence.words <= 20 for sentence in sentences.of(code))


@pytest.mark.parametrize("code", sentences.OURS)
def test_ours_is_recognised_from_four_words_on(code: str) -> None:
    assert right(long_enough(sentences.of(code))) >= 98


@pytest.mark.parametrize("code", sentences.OURS)
def test_ours_is_recognised_from_four_words_on_without_accents(code: str) -> None:
    assert right([sentence.plain for sentence in long_enough(sentences.of(code))]) >= 98


@pytest.mark.parametrize("code", sentences.OURS)
def test_two_or_three_words_of_ours_are_mostly_recognised(code: str) -> None:
    short = [sentence for sentence in sentences.of(code) if sentence.words < sentences.ENOUGH]
    assert right(short) >= 80


def test_english_is_left_alone() -> None:
    assert right(sentences.of("en")) >= 99


@pytest.mark.parametrize("plain", [False, True], ids=["as written", "without accents"])
def test_other_languages_are_not_taken_for_ours(plain: bool) -> None:
    others = [sentence.plain if plain else sentence for sentence in sentences.distractors()]

    assert len({sentence.language for sentence in others}) == 8
    assert right(others) >= 99


def test_sentences_written_afterwards_do_as_well() -> None:
    assert right(sentences.later()) >= 95


EDGES = [
    ("nothing", "", None),
    ("spaces", " \n\t ", None),
    ("an emoji", "👍🏽", None),
    ("signs", "?!…", None),
    ("a number", "48213977", None),
    ("an order number with a word", "order 1003", None),
    ("an address", "claire.dupont@exemple.fr", None),
    ("a link", "https://example.com/fr/mon-panier?je=ne&sais=pas", None),
    ("a link without http", "www.exemple.fr/ou-est-ma-commande", None),
    ("code", "for i in range(10): print(items[i])", None),
    ("a query", "SELECT name FROM orders WHERE id = 1", None),
    ("a stack trace", "Uncaught TypeError: Cannot read properties of undefined (reading 'cart')", None),
    ("one word", "commande", None),
    ("one long word", "inloggningsproblem", None),
    ("a name", "Jean Dupont", None),
    ("another name", "Björn Svensson", None),
    ("a rank", "Blue Diamond", None),
    ("letters without sense", "asdf jkl qwertz uiop", None),
    ("English with a greeting", "hola, do you speak English?", None),
    ("English with a name", "My name is François and I live in Malmö", None),
    ("Russian", "Здравствуйте, где мой заказ?", None),
    ("Chinese", "你好，我的订单在哪里", None),
    ("Arabic", "مرحبا، أين طلبي؟", None),
    ("French with English words", "Hello, mon checkout ne marche plus, j'ai un bug", "fr"),
    ("Spanish with a product", "no encuentro el Peppermint 15 ml en la tienda", "es"),
    ("Swedish in capitals", "JAG KOMMER INTE IN PÅ MITT KONTO", "sv"),
    ("an emoji at the end", "je ne peux pas me connecter 😭😭😭", "fr"),
    ("a link in front", "https://example.com/en/cart?id=12 la page ne s'ouvre pas", "fr"),
    ("a typographic apostrophe", "je n’arrive pas à l’ouvrir", "fr"),
    ("several lines", "hej\n\njag har ett problem\nmed min order", "sv"),
    ("a zero byte in front", "\0je ne peux pas me connecter", "fr"),
    ("half a surrogate pair", "\ud83d je ne peux pas me connecter", "fr"),
    ("greeting, French", "Bonjour !", "fr"),
    ("greeting, Swedish", "hej", "sv"),
    ("greeting, Spanish", "¡HOLA!", "es"),
    ("greeting of two words without accents", "buenos dias", "es"),
    ("thanks", "tack 🙏", "sv"),
    ("a greeting that many languages have", "hallo", None),
    ("an English greeting", "hello", None),
]


@pytest.mark.parametrize(("text", "code"), [edge[1:] for edge in EDGES], ids=[edge[0] for edge in EDGES])
def test_at_the_edges(text: str, code: str | None) -> None:
    assert detect(text) == code


@pytest.mark.parametrize(
    "text", ["Où est ma commande préférée", "¿Dónde está mi pedido?", "Jag förstår inte någonting"]
)
def test_composed_and_decomposed_signs_are_the_same(text: str) -> None:
    assert detect(unicodedata.normalize("NFD", text)) == detect(text) is not None


HOSTILE = {
    "one letter": "a", "spaces": " ", "zero bytes": "\0", "lines": "\n", "digits": "1", "emoji": "😀", "at signs": "a@",
    "apostrophes": "a'", "hyphens": "a-", "marks in the wrong order": "\u0301\u0316", "surrogates": "\ud800",
    "signs that grow": "\ufdfa", "Chinese": "中", "French": "je ne sais pas ",
}  # fmt: skip


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_million_signs_cost_no_more_than_a_message(unit: str) -> None:
    detect("Bonjour, je ne peux pas me connecter")
    text = unit * (1_000_000 // len(unit))

    assert min(_seconds(text) for _ in range(3)) < 0.005


def _seconds(text: str) -> float:
    started = time.perf_counter()
    detect(text)
    return time.perf_counter() - started


MEASURE = """
import importlib.util, pathlib, sys
def resident_kb():
    return int(pathlib.Path("/proc/self/status").read_text().split("VmRSS:")[1].split()[0])
spec = importlib.util.spec_from_file_location("detect", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
sentences = sys.stdin.read().splitlines()
assert "eldc" not in sys.modules, "the detector is loaded before it is needed"
before = resident_kb()
for sentence in sentences:
    module.detect(sentence)
assert "eldc" in sys.modules
print((resident_kb() - before) / 1024)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_it_is_loaded_when_first_needed_and_stays_small() -> None:
    lines = "\n".join(sentence.text for code in CODES for sentence in sentences.of(code))
    ran = subprocess.run(
        [sys.executable, "-c", MEASURE, module.__file__], input=lines, capture_output=True, text=True, check=True
    )

    assert float(ran.stdout) < 40


@pytest.fixture
def without_the_package(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(sys.modules, "eldc", None)
    module._detector.cache_clear()
    yield
    module._detector.cache_clear()


@pytest.mark.usefixtures("without_the_package")
def test_without_the_package_there_is_no_hint_and_the_log_says_so(caplog: pytest.LogCaptureFixture) -> None:
    assert detect("Bonjour, je ne peux pas me connecter") is None
    assert detect("Bonjour, je ne peux pas me connecter") is None
    assert detect("bonjour") == "fr"
    assert [record.message for record in caplog.records] == [
        "eldc is not installed: the language of chat messages is not recognised"
    ]
