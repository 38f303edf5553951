"""What holds until administrators decide otherwise: settings of the environment, handed over once at the start."""

from collections.abc import Mapping
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from helpdesk.extensions import db

_given: WeakKeyDictionary[Engine, Mapping[str, object]] = WeakKeyDictionary()


def use(engine: Engine, values: Mapping[str, object]) -> None:
    """Has these values hold for the site of this database."""
    _given[engine] = values


def value(key: str) -> object:
    """What the environment says; None where it says nothing."""
    return _given.get(db.engine, {}).get(key)
