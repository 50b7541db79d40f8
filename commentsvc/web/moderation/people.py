"""Who moderates where, for admins to read; people are made and disabled on the command line."""

from dataclasses import dataclass

from flask import Response

from commentsvc.domain.moderator import Moderator, Right
from commentsvc.web.moderation.door import asks, blueprint, sheet
from commentsvc.web.parts import service


@dataclass(frozen=True, kw_only=True, slots=True)
class PeoplePage:
    """Every moderator by sign-in name."""

    people: tuple[Moderator, ...]


# No site's key begins with a hyphen, so this address can be no site's.
@blueprint.get("/-/people")
@asks(Right.ADMIN)
def people() -> Response:
    """Every moderator with role and sites."""
    return sheet("moderation/people.html", PeoplePage(people=tuple(service().moderators.all())))
