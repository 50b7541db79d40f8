"""The forms in front of the console: what they hold is the service's to judge."""

from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField


class CodeForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A code of the second factor."""

    code = StringField()


class InvitationForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A first password, twice."""

    password = PasswordField()
    again = PasswordField()


class SignInForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Name and password; what they are worth is the service's to judge."""

    name = StringField()
    password = PasswordField()
