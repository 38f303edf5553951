"""How often one person may do what in the chat. Each kind counts for itself: typing never eats what may be said."""

from helpdesk.pace import Pace

# A page without script and every socket of the same person count together.
SAY = Pace("say", members=20, team=60, code="chat_too_fast")
TYPING = Pace("typing", members=10, team=40, code="chat_too_fast")
CATCH_UP = Pace("catch_up", members=30, team=90, code="chat_too_fast")
VERB = Pace("verb", members=20, team=60, code="chat_too_fast")
UNKNOWN = Pace("unknown", members=10, team=10, code="chat_too_fast")
CONNECT = Pace("connect", members=60, team=120, seconds=60, code="chat_too_fast")
# What is read of a text at all; service.say has the limit that people are told.
SIGNS = 64 * 1024
