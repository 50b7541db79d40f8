"""Where a request comes from: the socket's peer, or what the configured number of trusted proxies says."""

import ipaddress

from flask import Request

UNKNOWN = "unknown"


def network_of(request: Request) -> str:
    """The sender's network for limits: an IPv4 address, the /64 of an IPv6 address, or `unknown`.

    Behind proxies werkzeug's ProxyFix has put the right hop into `remote_addr`; what cannot be parsed there (a forged
    header may hold anything) counts as one shared network, never as nobody.
    """
    address = (request.remote_addr or "").strip()
    if address.startswith("["):
        address = address[1:].partition("]")[0]
    elif address.count(":") == 1:
        address = address.partition(":")[0]
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return UNKNOWN
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
