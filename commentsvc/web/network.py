"""Where a request comes from: the socket's peer, or what the configured number of trusted proxies says."""

import ipaddress
from functools import lru_cache

from flask import Request

UNKNOWN = "unknown"


def network_of(request: Request) -> str:
    """The sender's network for limits: an IPv4 address, the /64 of an IPv6 address, or `unknown`.

    Behind proxies werkzeug's ProxyFix has put the right hop into `remote_addr`; what cannot be parsed there (a forged
    header may hold anything) counts as one shared network, never as nobody.
    """
    return network(request.remote_addr or "")


@lru_cache(maxsize=4096)
def network(address: str) -> str:
    """The network that an address belongs to."""
    address = address.strip()
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
