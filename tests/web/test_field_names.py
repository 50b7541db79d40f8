"""A site may call its own fields what it likes, but for words that our form needs itself."""

from flask import Flask

from commentsvc.domain.site import RESERVED_FIELDS, Site
from commentsvc.service import Service
from commentsvc.web.forms import comment_form
from tests.web.conftest import ARTICLE


def test_no_field_of_a_site_hides_a_part_of_our_form(app: Flask, service: Service, daily: Site) -> None:
    found = service.sites.article("daily", ARTICLE)
    assert isinstance(found, tuple)
    with app.test_request_context():
        form = comment_form(*found)
    ours = {name for name in dir(form) if name.islower() and not name.startswith("_")}
    assert ours <= RESERVED_FIELDS
