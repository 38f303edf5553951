"""Lines of a member directory, and what the tests ask about the accounts that came of them."""

from collections.abc import Callable
from pathlib import Path

from click.testing import Result
from sqlalchemy import func, select

from helpdesk.accounts.models import User
from helpdesk.extensions import db

HEADER = "username,email,name,member_id,rank,language,password_hash"
ANNA = "anna,anna@example.org,Anna Ek,A1,Gold,sv,"
BERT = "bert,bert@example.org,Bert Roy,B2,Silver,fr,"
WERKZEUG = "scrypt:32768:8:1$salt$" + "0f" * 64

Import = Callable[..., Result]


def account(username: str) -> User:
    return db.session.scalars(select(User).where(User.username_key == username)).one()


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def links_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("set-password-links-*.csv"))
