"""When the chat is open: as administrators have set it, otherwise as the environment says."""

from functools import lru_cache

from helpdesk import hours
from helpdesk.hours import Hours
from helpdesk.site import kept


def hours_now() -> Hours:
    """The chat's hours with the holidays. A change counts at once here, and within seconds in other processes."""
    holidays = kept.value("holidays")
    return _read(str(kept.value("chat_hours") or ""), tuple(holidays) if isinstance(holidays, list) else ())


# Asked on every page of the chat, and always the same: finding out what zones there are takes milliseconds.
@lru_cache(maxsize=8)
def _read(text: str, holidays: tuple[str, ...]) -> Hours:
    return hours.read(text, holidays)
