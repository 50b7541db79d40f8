"""Who moderates where: for admins, to read."""

from commentsvc.domain.moderator import Role
from tests.moderation.cast import Cast, Sitting


def test_an_admin_sees_who_moderates_what(cast: Cast) -> None:
    cast.site("weekly")
    cast.hire("wanda", "weekly", "daily")
    cast.hire("ned")
    cast.service.moderators.disable("ned")
    cast.hire("priya", role=Role.ADMIN)
    page = cast.sits_down("priya").get("/moderation/-/people")
    for shown in ("Wanda wanda weekly, daily", "Ned ned disabled", "Priya priya admin, every site"):
        assert shown in page.text
    assert "argon2" not in page.source


def test_a_moderator_does_not(cast: Cast, mo: Sitting) -> None:
    assert mo.get("/moderation/-/people").status == 404
    assert "Moderators" not in mo.get("/moderation/daily/").links
