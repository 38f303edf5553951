"""What the site's own texts are called, and where each is read."""

from flask_babel import gettext as _


def title(key: str) -> str:
    """The name of a text."""
    return {
        "notice": _("Notice"), "chat_greeting": _("Chat greeting"), "chat_away": _("Chat away text"),
        "footer": _("Footer"),
    }[key]  # fmt: skip


def where(key: str) -> str:
    """Who reads it, and where."""
    return {
        "notice": _("On top of My Technical Issues, for every member."),
        "chat_greeting": _("Above the conversation, while somebody waits in the chat queue."),
        "chat_away": _("Instead of the chat, outside its hours and while nobody is available."),
        "footer": _("At the end of every page and every mail."),
    }[key]
