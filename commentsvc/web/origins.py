"""Who may send us a form: our own pages, and a site's pages that include it."""

from urllib.parse import urlsplit

from flask import request

from commentsvc.domain.site import Site
from commentsvc.web.parts import settings


def may_send(site: Site) -> bool:
    """Whether the form came from our own page or from one of the site's; true where the browser does not say.

    The ticket protects the form in any case. `Origin: null` (a sandboxed frame) is nobody's origin.
    """
    origin = request.headers.get("Origin")
    if origin is None:
        return request.headers.get("Sec-Fetch-Site", "none") != "cross-site"
    return is_ours(origin) or origin in site.origins


def is_ours(origin: str) -> bool:
    """Whether the origin is the address at which the browser reached us; the scheme may end at a proxy."""
    try:
        host = urlsplit(origin).netloc if origin.startswith(("http://", "https://")) else ""
    except ValueError:  # half an IPv6 address
        return False
    return host != "" and host in (request.host, urlsplit(settings().public_url).netloc)
