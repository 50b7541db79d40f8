"""The comments as search engines read them: schema.org in JSON-LD, for pages that include the list."""

from collections.abc import Sequence
from typing import Any

import msgspec
from markupsafe import Markup

from commentsvc.domain.comment import Comment, Thread
from commentsvc.domain.decision import Status
from commentsvc.domain.moment import rfc3339
from commentsvc.domain.thread import Article

_ESCAPED = str.maketrans({sign: f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"})
"""What could end the element, or a line of a script; JSON knows them all by their numbers."""


def data_block(article: Article, thread: Thread, comments: Sequence[Comment]) -> Markup:
    """A `<script type="application/ld+json">` with a page of comments: data that no browser runs, under any policy."""
    said = {
        "@context": "https://schema.org",
        "@type": "WebPage",
        "@id": article.url,
        "url": article.url,
        "commentCount": thread.counts[Status.APPROVED],
        "comment": [_comment(article, one) for one in comments if one.body],
    }
    text = msgspec.json.encode(said).decode().translate(_ESCAPED)
    return Markup(f'<script type="application/ld+json">{text}</script>')  # noqa: S704  # escaped above


def _comment(article: Article, comment: Comment) -> dict[str, Any]:
    body = comment.body
    address = f"{article.url}#{comment.id}"
    said: dict[str, Any] = {"@type": "Comment", "@id": address, "url": address}
    if body:
        said |= {"datePublished": rfc3339(body.created_ms), "text": body.text}
        if body.edited_ms:
            said["dateModified"] = rfc3339(body.edited_ms)
        said["author"] = {"@type": "Person", "name": body.name}
    if comment.parent:
        said["parentItem"] = {"@type": "Comment", "@id": f"{article.url}#{comment.parent}"}
    return said
