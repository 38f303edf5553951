"""Saved replies, with the three that every desk begins with

Revision ID: 0004
Revises: 0003
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

import helpdesk.database

revision = "0004"
down_revision = "0003"

# What a chat is opened, led over to a ticket and closed with; the team changes or deletes them like its own.
FIRST = {
    "Greeting": {
        "en": "Hello {name}, my name is {agent}. I am looking at your question now.",
        "fr": "Bonjour {name}, je m’appelle {agent}. Je regarde votre question tout de suite.",
        "sv": "Hej {name}! Jag heter {agent} och tittar på din fråga nu.",
        "es": "Hola, {name}: me llamo {agent} y estoy viendo tu pregunta.",
    },
    "Please submit a ticket": {
        "en": "Thank you for writing, {name}. We can only chat in English. Please submit a ticket in your own language, "
        "and our IT team will answer you in that language.",
        "fr": "Merci de votre message, {name}. Le chat n’est disponible qu’en anglais. Veuillez transmettre un ticket en "
        "français, et notre équipe informatique vous répondra en français.",
        "sv": "Tack för ditt meddelande, {name}. Vi kan bara chatta på engelska. Skicka ett ärende på svenska, så svarar "
        "vårt IT-team på svenska.",
        "es": "Gracias por tu mensaje, {name}. Solo podemos chatear en inglés. Envía un ticket en español y nuestro equipo "
        "de TI te responderá en español.",
    },
    "Anything else?": {
        "en": "Is there anything else I can help you with, {name}?",
        "fr": "Puis-je vous aider pour autre chose, {name}\u202f?",
        "sv": "Finns det något mer jag kan hjälpa dig med, {name}?",
        "es": "¿Te puedo ayudar en algo más, {name}?",
    },
}


def upgrade() -> None:

    replies = op.create_table(
        "saved_reply",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("changed_at", helpdesk.database.UTCDateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["changed_by"], ["user.id"], name=op.f("fk_saved_reply_changed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_reply")),
    )
    texts = op.create_table(
        "saved_reply_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reply_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["reply_id"], ["saved_reply.id"], name=op.f("fk_saved_reply_text_reply_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_reply_text")),
        sa.UniqueConstraint("reply_id", "language", name=op.f("uq_saved_reply_text_reply_id_language")),
    )
    for title, variants in FIRST.items():
        added = sa.insert(replies).values(title=title, changed_at=datetime.now(UTC)).returning(replies.c.id)
        reply_id = op.get_bind().execute(added).scalar_one()
        rows = [{"reply_id": reply_id, "language": language, "body": body} for language, body in variants.items()]
        op.bulk_insert(texts, rows)


def downgrade() -> None:

    op.drop_table("saved_reply_text")
    op.drop_table("saved_reply")
