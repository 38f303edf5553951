"""The agents' desk at several sizes, beside bare pages with the same rows and beside django-helpdesk.

`pages` (what is asked), `bare` (Flask, Jinja and sqlite3 on the same database), `measuring`, `peer` (django-helpdesk,
in an environment of its own), `report`.
"""
