"""How urgent a ticket is. Plain rules: no Flask, no database."""

from enum import StrEnum


class Priority(StrEnum):
    """From the least to the most urgent; agents set it, members never see it."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"
