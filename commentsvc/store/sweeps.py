"""What carries its own end and is not Redis' to remove. Nothing depends on it being gone."""

from commentsvc.domain.site import Site
from commentsvc.store import keys, scripts
from commentsvc.store.merge import partitions
from commentsvc.store.people import NETWORK_KEPT_MS
from commentsvc.store.scripts import Client

PAGE = 200


class Sweeps:
    """One bounded round of each broom."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def leases(self, site: Site, *, now_ms: int, pages: int) -> int:
        """How many leases past their time were removed; looks at `pages` of 200 a partition."""
        removed = 0
        for _, own in partitions(site):
            cursor = b"0"
            for _ in range(pages):
                cursor, count = scripts.run(self._client, "sweep_leases", [own.leases], [now_ms, cursor, PAGE])
                removed += int(count)
                if cursor == b"0":
                    break
        return removed

    def networks(self, *, now_ms: int) -> int:
        """How many networks were forgotten from which nobody has signed in for 90 days."""
        removed = 0
        names: set[bytes] = self._client.smembers(keys.MODERATORS)  # type: ignore[assignment]
        for name in names:
            key = keys.networks(name.decode())
            known: dict[bytes, bytes] = self._client.hgetall(key)  # type: ignore[assignment]
            old = [network for network, at in known.items() if int(at) <= now_ms - NETWORK_KEPT_MS]
            removed += int(self._client.hdel(key, *old)) if old else 0
        return removed
