"""django-helpdesk from PyPI with the same tickets: installed when it is asked for, in an environment of its own.

`project` runs in that environment and knows nothing of ours; it gets its tickets as lines of JSON.
"""
