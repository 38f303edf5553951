"""Whole addresses of our pages, for mails: made without a request, from HELPDESK_PUBLIC_URL."""

from urllib.parse import urlsplit

from flask import current_app


def link_to(endpoint: str, **values: object) -> str:
    """The address of a page as people use it."""
    site = urlsplit(current_app.config["HELPDESK"].site)
    address = current_app.url_map.bind(site.netloc, script_name=site.path or "/", url_scheme=site.scheme)
    return address.build(endpoint, values, force_external=True)
