"""The benchmark's own rules: what it reads from a socket, when a message is done, and what it says of its aims."""

from pathlib import Path

import pytest

from bench import chat_report, measuring, weighing
from bench.chat import FLASK, NODE, OURS, Turns
from bench.desk import measuring as desk_measuring
from bench.desk import pages as desk_pages
from bench.desk import report as desk_report
from bench.desk import running
from bench.frames import Frames, frame
from bench.measuring import Turn
from bench.talking import Chat

SHORT, LONG, LONGER = b"2", b"x" * 300, b"y" * 70_000


def from_server(packet: bytes) -> bytes:
    """A server's frame: without a mask."""
    if len(packet) < 126:
        return bytes((0x81, len(packet))) + packet
    wide, code = (2, 126) if len(packet) < 2**16 else (8, 127)
    return bytes((0x81, code)) + len(packet).to_bytes(wide, "big") + packet


@pytest.mark.parametrize("piece", [1, 2, 3, 7, 1000, 100_000])
def test_frames_are_whole_however_they_come(piece: int) -> None:
    stream, frames = b"".join(map(from_server, (SHORT, LONG, LONGER, SHORT))), Frames()

    packets = [got for at in range(0, len(stream), piece) for got in frames.take(stream[at : at + piece])]

    assert packets == [SHORT, LONG, LONGER, SHORT]


def test_a_close_frame_ends_the_measurement() -> None:
    with pytest.raises(ConnectionResetError):
        list(Frames().take(b"\x88\x00"))


def test_a_clients_frame_is_masked_and_says_its_length() -> None:
    assert frame(SHORT) == b"\x81\x81\0\0\0\0" + SHORT
    assert frame(LONG) == b"\x81\xfe" + (300).to_bytes(2, "big") + b"\0\0\0\0" + LONG
    with pytest.raises(ValueError, match="too large"):
        frame(LONGER)


class Side:
    """A client that notes what it is given to send."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.chat: Chat | None = None

    def send(self, packet: bytes) -> None:
        self.sent.append(packet)


def said(packet: bytes) -> bytes:
    """What the server tells of a message that somebody asked it to say."""
    return b'42["message:said",' + packet[packet.index(b"{") :]


def test_a_stored_message_is_done_when_the_other_side_has_it_and_it_is_acknowledged() -> None:
    sides, heard = (Side(), Side()), []
    chat = Chat(1, sides, stored=True)
    chat.say(0.0)
    speaker, listener = (one for one in sorted(sides, key=lambda side: not side.sent))
    told = said(speaker.sent[0])

    assert not chat.hear(speaker, told, heard), "one's own message is not yet the other's"
    assert not chat.hear(listener, b'42["message:said",{"client_id":"of another"}]', heard)
    assert not chat.hear(listener, told, heard) and len(heard) == 1
    assert chat.busy and chat.hear(speaker, b'431[{"ok":true,"seq":2}]', heard) and not chat.busy


def test_a_refused_message_stops_the_measurement() -> None:
    sides = (Side(), Side())
    chat = Chat(1, sides, stored=True)
    chat.say(0.0)
    speaker = next(side for side in sides if side.sent)
    with pytest.raises(RuntimeError, match="too_fast"):
        chat.hear(speaker, b'431[{"ok":false,"error":"chat_too_fast"}]', [])


def test_an_echo_is_done_when_it_comes_back() -> None:
    sides, heard = (Side(), Side()), []
    chat = Chat(1, sides, stored=False)
    chat.say(0.0)
    speaker = next(side for side in sides if side.sent)
    assert chat.hear(speaker, said(speaker.sent[0]), heard) and len(heard) == 1


def test_a_percentile_is_one_of_the_values() -> None:
    values = [float(number) for number in range(1, 101)]
    assert [chat_report.percentile(values, share) for share in (50, 99, 100)] == [50, 99, 100]
    assert chat_report.percentile([7.0], 99) == 7.0
    with pytest.raises(ValueError, match="nothing"):
        chat_report.percentile([], 50)


def test_the_report_says_what_was_reached_and_what_was_not_measured() -> None:
    ours = Turns([600.0], [0.0005], [0.002], [0.025], [0.0005])
    bare = Turns([1000.0], [0.0004], [0.001], [0.001], [0.0004])

    report = chat_report.tables({(OURS, 1): ours, (FLASK, 1): bare}, {OURS: 50_000.0, FLASK: 70_000.0}, [1])

    assert "NOT reached  at least 0.7 of the echo's messages a second: 0.60 at worst" in report
    assert "NOT reached  p99 under 20 ms at 200 messages a second: 25.0 ms at worst" in report
    assert "reached      at most 60,000 bytes an idle connection: 50,000" in report
    assert [line.split() for line in report.splitlines() if line.startswith(NODE)] == [
        ["Node", "echo", "not", "measured"]
    ] * 2


def test_the_desk_is_measured_at_any_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One round with real servers, as small as can be: each page answers, and each has its line and its figures."""
    some = {"List: all open", "Search: 0.1 %", "Ticket", "Counts (menu)"}
    monkeypatch.setattr(desk_pages, "PAGES", [page for page in desk_pages.PAGES if page.name in some])
    monkeypatch.setattr(measuring, "ROUNDS", 1)
    monkeypatch.setattr(weighing, "COMPRESSIONS", 1)
    monkeypatch.setattr(desk_measuring, "REQUESTS", 1)
    monkeypatch.setattr(desk_measuring, "WARM_UP", 1)

    tables = running.measure(tmp_path, [400], [], seconds=1)

    for page in desk_pages.PAGES:
        speed, weight = (line for line in tables.splitlines() if line.startswith(page.name.ljust(22)))
        assert len(speed.split()) >= 4 and "/" in weight
    assert "as many queries at both sizes" in tables and "1.00 at worst" in tables


def test_an_instance_that_is_kept_is_used_again_unless_it_has_another_schema(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled: list[Path] = []

    def fill(instance: Path, plan: object) -> None:
        filled.append(instance)
        instance.mkdir()

    monkeypatch.setattr(desk_measuring.filling, "fill", fill)
    for schema, times in (("0001", 1), ("0001", 1), ("0002", 2)):
        monkeypatch.setattr(desk_measuring.serving, "head", lambda app, schema=schema: schema)
        assert desk_measuring.make(tmp_path, [400]) == {400: tmp_path / "400"}
        assert len(filled) == times


def test_the_peers_pages_are_told_with_their_rows() -> None:
    theirs = {Turn("List", size, "theirs"): 162_000.0 for size in (1_000, 10_000)}
    ours = {Turn("List: all open", size, "ours"): 4_000.0 for size in (1_000, 10_000)}
    table = desk_report.beside(theirs, ours, {"List": "List: all open"}, (1_000, 10_000))
    assert "reached      List: 30 times less at 10,000 tickets: 40 times" in table and "100,000" not in table
