"""What operators do with webhooks: add, list and remove them, and look after what could not be delivered."""

import secrets
from collections.abc import Callable, Sequence

from commentsvc.domain.change import OPERATOR
from commentsvc.domain.ids import place
from commentsvc.domain.refusal import Code, Refused
from commentsvc.domain.site import Site, Webhook
from commentsvc.domain.webhook import EVENTS, WEBHOOKS_MAX, leads_inside, new_secret, target
from commentsvc.service.sites import BadSite, Sites
from commentsvc.store.events import MAIL, DeadLetter, Events, parts
from commentsvc.store.sites import SiteRegistry


class Webhooks:
    """The webhooks of every site and their dead letters."""

    def __init__(
        self, sites: Sites, registry: SiteRegistry, events: Events, *, clock: Callable[[], int], private: bool
    ) -> None:
        """`private` permits addresses that are not public."""
        self._sites = sites
        self._registry = registry
        self._events = events
        self._clock = clock
        self._private = private

    def add(self, site: str, url: str, events: Sequence[str] = (), *, by: str = OPERATOR) -> Webhook:
        """The new webhook; its `secret` is for the receiver and is shown this once. No `events` means all of them.

        BadSite says what is wrong with the address or the events.
        """
        where = target(url)
        if where is None:
            advice = "use http(s)://host[:port]/…, port 80, 443 or from 1024 on"
            raise BadSite(f"{url!r} cannot receive webhooks: {advice}", {"url": Code.INVALID_URL})
        if leads_inside(where.host, private=self._private):
            advice = f"{where.host} is not a public address (see allow_private_webhooks)"
            raise BadSite(f"{url!r} cannot receive webhooks: {advice}", {"url": Code.INVALID_URL})
        for event in events:
            if event not in EVENTS:
                raise BadSite(f"there is no event {event!r}: choose from {', '.join(EVENTS)}")
        before = self._site(site)
        if len(before.webhooks) >= WEBHOOKS_MAX:
            raise BadSite(f"{site!r} has {WEBHOOKS_MAX} webhooks already: remove one first")
        webhook = Webhook(id=secrets.token_hex(6), url=url, secret=new_secret(), events=tuple(dict.fromkeys(events)))
        self._sites.change(site, {"webhooks": (*before.webhooks, webhook)}, seen=before.version, by=by)
        return webhook

    def remove(self, site: str, id: str, *, by: str = OPERATOR) -> Webhook:
        """The webhook that hears of nothing any more, not even of what already waited for it; BadSite if unknown."""
        before = self._site(site)
        found = next((webhook for webhook in before.webhooks if webhook.id == id), None)
        if found is None:
            raise BadSite(f"{site!r} has no webhook {id!r}: `commentsvc webhook list {site}` shows them")
        left = tuple(webhook for webhook in before.webhooks if webhook.id != id)
        self._sites.change(site, {"webhooks": left}, seen=before.version, by=by)
        return found

    def list(self, site: str) -> tuple[Webhook, ...]:
        """The site's webhooks in the order in which they were added; do not show their secrets."""
        return self._site(site).webhooks

    def list_dead(self, site: str, *, limit: int = 100) -> Sequence[DeadLetter]:
        """Deliveries that were given up in the last 30 days, the latest first."""
        return self._events.dead(self._site(site), limit=limit)

    def retry(self, id: str) -> str | Refused:
        """The id of a dead letter that is due again at once, with all its tries before it; `not_found` for any other.

        One whose webhook was removed meanwhile is `not_found` too: there is nobody to send it to.
        """
        found = self._home(id)
        if found is None or found[1] not in {MAIL, *(webhook.id for webhook in found[0].webhooks)}:
            return Refused(code=Code.NOT_FOUND)
        held = self._events.exhume(found[0], id, "retry", now_ms=self._clock())
        return id if held else Refused(code=Code.NOT_FOUND)

    def drop(self, id: str) -> str | Refused:
        """The id of a dead letter that is gone for good; `not_found` for any other."""
        found = self._home(id)
        held = found is not None and self._events.exhume(found[0], id, "drop", now_ms=self._clock())
        return id if held else Refused(code=Code.NOT_FOUND)

    def _home(self, id: str) -> tuple[Site, str] | None:
        read = parts(id)
        site = self._sites.by_number(place(read[0]).site_number) if read else None
        return (site, read[1]) if read and site else None

    def _site(self, key: str) -> Site:
        found = self._registry.all().get(key)  # not from the memory: the list is changed as a whole
        if found is None:
            raise BadSite(f"there is no site {key!r}: `commentsvc site list` shows them")
        return found
