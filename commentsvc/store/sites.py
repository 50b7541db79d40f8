"""The registry of sites: one hash, read whole."""

from commentsvc.domain.change import Change
from commentsvc.domain.site import Site
from commentsvc.store import changes, keys, records, scripts
from commentsvc.store.scripts import Client


class SiteRegistry:
    """Every site, as JSON that an operator can read."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._read: dict[bytes, tuple[bytes, Site]] = {}

    def all(self) -> dict[str, Site]:
        """Every site by key, in one round trip."""
        stored: dict[bytes, bytes] = self._client.hgetall(keys.SITES)  # type: ignore[assignment]
        # A record that has not changed stays the same object: thousands of words are not read anew each second, and
        # what was made ready from them is found again by it.
        read = {key: self._read.get(key) for key in stored}
        self._read = {
            key: known if (known := read[key]) and known[0] == raw else (raw, records.from_json(raw, Site))
            for key, raw in stored.items()
        }
        return {key.decode(): site for key, (_, site) in self._read.items()}

    def next_number(self) -> int:
        """A site number that no site has had before."""
        return int(scripts.write(self._client, "INCR", keys.SITE_NUMBERS))

    def put(self, before: Site | None, after: Site, *, change: Change) -> bool:
        """Whether `after` was written, and `change` into the log; False when the record is no longer `before`.

        With None for `before` it must not exist yet.
        """
        old = self._client.hget(keys.SITES, after.key) if before else None
        # What an earlier version wrote reads as `before` although not one byte of a new field is in it.
        if before and (old is None or records.from_json(old, Site) != before):  # type: ignore[arg-type]
            return False
        args = [after.key, old or b"", records.as_json(after), changes.row(change)]
        return bool(scripts.run(self._client, "replace", [keys.SITES, keys.changes(keys.SITES)], args))
