"""What an attack must not have changed: the chat's rows, and the memory of the serving process."""

from pathlib import Path

from sqlalchemy import select

from helpdesk.chat.models import AgentPresence, Chat, ChatMessage
from helpdesk.extensions import db
from tests.browser.desk import Desk
from tests.chat.clients.web import Web

# These change while somebody is only there.
LIVING = frozenset({"seen_at", "left_at", "agent_read", "member_read"})
TABLES = (Chat, ChatMessage, AgentPresence)
MEGABYTE = 1 << 20


class Looking:
    """Looks at one desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def chats(self) -> list[tuple[object, ...]]:
        """All that is stored of all chats, to be compared with itself."""

        def rows() -> list[tuple[object, ...]]:
            found: list[tuple[object, ...]] = []
            for table in TABLES:
                columns = [column for column in table.__table__.c if column.name not in LIVING]
                found += [tuple(row) for row in db.session.execute(select(*columns).order_by(*columns))]
            return found

        return list(self._desk.make.look(rows))  # type: ignore[call-overload]

    def bodies(self, chat: int) -> list[str]:
        """What is stored of a chat, in its order."""
        said = select(ChatMessage.body).where(ChatMessage.chat_id == chat).order_by(ChatMessage.seq)
        return list(self._desk.make.look(lambda: list(db.session.scalars(said))))  # type: ignore[call-overload]

    def state(self, chat: int) -> str:
        return str(self._desk.make.look(lambda: db.session.scalar(select(Chat.state).where(Chat.id == chat))))

    def forget_peak(self) -> int:
        """Begins a new measurement of memory; the bytes that it begins with."""
        (self._process / "clear_refs").write_text("5")
        return self._status("VmRSS")

    def peak(self) -> int:
        """The most bytes that the process has held since then."""
        return self._status("VmHWM")

    def answers(self) -> bool:
        """Whether the desk still answers."""
        return Web(self._desk.port).get("/healthz")[0] == 200

    @property
    def _process(self) -> Path:
        return Path(f"/proc/{self._desk._process.pid}")

    def _status(self, name: str) -> int:
        for line in (self._process / "status").read_text().splitlines():
            if line.startswith(name + ":"):
                return int(line.split()[1]) * 1024
        raise LookupError(name)
