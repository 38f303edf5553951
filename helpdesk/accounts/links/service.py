"""Asking for a link by mail. Whether there is such an account changes neither the answer nor what is done for it."""

from datetime import datetime, timedelta

from helpdesk.accounts import queries, throttle
from helpdesk.mail import outbox

KIND = "reset_password"
# One that was asked for a moment ago is on its way; and nobody's mailbox is filled by strangers.
ON_ITS_WAY = timedelta(minutes=5)
MOST_A_DAY = 6


def ask(name: str, *, browser: str, limits: dict[str, throttle.Limit], at: datetime) -> None:
    """Queues a link for the account with this username, address or member ID, if there is one. Raises TooMany.

    Every request is counted and written, and asks the database the same: a known name takes as long as an unknown one.
    The link itself is made when the mail leaves, so that nothing that is stored could be used.
    """
    throttle.check(limits, at=at)
    throttle.count_failure(limits, at=at)
    found = queries.user_by_name(name[:254])
    account = found.id if found else 0
    fresh = outbox.times(KIND, to=account, since=at - ON_ITS_WAY)
    today = outbox.times(KIND, to=account, since=at - timedelta(days=1))
    to = account if not fresh and today < MOST_A_DAY else 0
    facts = {"at": int(at.timestamp()), "browser": browser[:200]}
    outbox.put(KIND, to=to, facts=facts, key=f"{KIND}:{account}:{at.timestamp()}", at=at)
