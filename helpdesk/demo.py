"""demo"""


def load(app):
    pass


def accounts_text():
    return ""
