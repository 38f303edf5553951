"""One setting as the environment has it, a text, made what its default is. Plain; knows no setting."""

from pathlib import Path


def read(variable: str, default: object, text: str) -> object:
    """The value. Raises ValueError, with a sentence, for what is no whole number where one is needed."""
    if isinstance(default, bool):
        return text.lower() in {"1", "true", "yes", "on"}
    if isinstance(default, int):
        try:
            return int(text)
        except ValueError as error:
            raise ValueError(f"{variable} must be a whole number, not {text!r}.") from error
    if isinstance(default, tuple):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if isinstance(default, Path):
        return Path(text)
    return text
