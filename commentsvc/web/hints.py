"""By what people know a session of theirs again: a kind of browser, and roughly where. Never a whole address."""

import ipaddress

from flask import Request

from commentsvc.web.network import network_of

BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def device_of(request: Request) -> str:
    """Browser and system, of the few words above only, e.g. `Firefox/Linux`; '' for something else."""
    agent = request.headers.get("User-Agent", "")[:400]
    found = [next((name for mark, name in known if mark in agent), "") for known in (BROWSERS, SYSTEMS)]
    return "/".join(name for name in found if name)


def network_hint(request: Request) -> str:
    """The sender's surroundings: 256 IPv4 addresses, or a provider's IPv6 customers' site; '' where it is not known."""
    try:
        whole = ipaddress.ip_network(network_of(request))
    except ValueError:
        return ""
    return str(whole.supernet(new_prefix=24 if whole.version == 4 else 48))
