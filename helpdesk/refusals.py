"""The ways the desk says no. Plain exceptions with a code: no Flask, no wording, no HTTP."""


class Refusal(Exception):
    """Somebody asked for what the desk will not do. `code` names the reason; `params` fill the sentence for people."""

    code = "refused"

    def __init__(self, code: str | None = None, **params: object) -> None:
        super().__init__(code or self.code)
        self.code = code or self.code
        self.params = params


class NotFound(Refusal):
    """The thing does not exist, or the asker may not know that it does: both read the same from outside."""

    code = "not_found"


class NotSignedIn(Refusal):
    """Nobody is signed in, or the session has ended."""

    code = "not_signed_in"


class NotAllowed(Refusal):
    """This person may not do this at all, whatever the object."""

    code = "not_allowed"


class RankTooLow(NotAllowed):
    """A member whose rank is below the site's minimum."""

    code = "rank_too_low"


class Unproved(NotAllowed):
    """Somebody signed in too long ago for something sensitive: they show first that it is them."""

    code = "unproved"


class FactorMissing(NotAllowed):
    """Somebody of the team has no second factor yet where the site demands one: they set one up first."""

    code = "factor_missing"


class WrongState(Refusal):
    """The object is not in a state in which this can be done."""

    code = "wrong_state"


class AlreadyTaken(Refusal):
    """Somebody else was first."""

    code = "already_taken"


class Invalid(Refusal):
    """What was given cannot be used."""

    code = "invalid"


class TooMany(Refusal):
    """Too often, too many or too much; `params["seconds"]`, where set, says when to try again."""

    code = "too_many"


class Busy(Refusal):
    """The desk is at its limit just now (a full queue, a full disk): try again later."""

    code = "busy"
