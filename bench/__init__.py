"""The benchmark: `make bench`, or one of its parts by `python -m bench pages`, `… chat` and `… desk`.

`pages` (measuring, weighing): what our pages cost beside a bare Flask page with the same rows, at two sizes.
`chat` (chat, talking): what a message costs, and how long it takes from one side to the other, with 1, 100 and 1,000
open chats, beside a bare Flask-SocketIO echo and, where Node and npm are there, a bare Node echo; and the memory of
5,000 connections.
`desk`: the agents' lists, searches, tickets and counts at up to a million tickets, beside bare pages and
django-helpdesk. Half an hour in all, most of it for making a million tickets. CPU times and ratios mean something on a
busy machine, times on a clock do not.
"""
