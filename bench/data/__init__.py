"""Test data: people, tickets, messages, events, tags, notices, kept counts, reports and search index, from a seed.

    python -m bench data FOLDER --tickets 100000 --members 100000 --seed 7

makes the instance FOLDER anew, and refuses one that holds accounts already. The same seed gives the same rows, to the
moment. Its accounts have the demo's password and origin: the desk serves such an instance as a demo only, on this
machine (`HELPDESK_INSTANCE=FOLDER python app.py`), and refuses it in production.

`words` (what people write, and words whose frequency is known), `people`, `lives` (what becomes of a ticket), `rows`
(its rows), `filling` (into the database).
"""
