"""`site add | set | list | words`: the publishers' spaces."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from commentsvc.cli import site_look, site_words
from commentsvc.cli.door import opened
from commentsvc.cli.output import show
from commentsvc.cli.site_fields import from_file, from_option
from commentsvc.domain.site import Field, Site, SlashPolicy
from commentsvc.service.sites import BadSite
from commentsvc.service.words import languages

Decorated = Callable[..., None]


@click.group()
def site() -> None:
    """Publishers' spaces: their origins, form fields and policy."""


def _shared(command: Decorated) -> Decorated:
    """The options that `add` and `set` have in common."""
    for option in reversed(
        [
            click.option("--name", help="What the site is called, for people."),
            click.option(
                "--origin", "origins", multiple=True, metavar="URL", help="Where its articles are; repeatable."
            ),
            click.option("--language", metavar="TAG", help="The language of its rules and mails, such as en or ar."),
            click.option(
                "--field",
                "fields",
                multiple=True,
                metavar="KEY:KIND[:LABEL][:CHOICE,…]",
                help="A required field of its form; KIND is text, choice or checkbox. Repeatable.",
            ),
            click.option(
                "--fields",
                "fields_file",
                type=click.Path(path_type=Path),
                help="All fields from a TOML or JSON file: labels per language, optional ones (docs/running.md).",
            ),
            click.option(
                "--words",
                "words_file",
                type=click.Path(path_type=Path),
                help="What its pages say instead of our words, from a TOML file (`commentsvc site words`).",
            ),
            click.option(
                "--look",
                "look_file",
                type=click.Path(path_type=Path),
                help="Its colours, fonts, corners and room, from a TOML file (docs/embedding.md); empty: ours.",
            ),
            click.option("--likes/--no-likes", "likes", default=None, help="Whether readers can like comments."),
            click.option("--open/--closed", "open", default=None, help="Whether new comments are taken."),
            click.option(
                "--cache-seconds", type=click.IntRange(0, 86_400), help="How long others may cache its comments."
            ),
            click.option(
                "--slash",
                type=click.Choice([policy.value for policy in SlashPolicy]),
                help="The slash at an URL's end.",
            ),
            click.option(
                "--email-optional/--email-required", "email_optional", default=None, help="Whether a name is enough."
            ),
        ]
    ):
        command = option(command)
    return command


@site.command("add")
@click.argument("key")
@_shared
@click.option("--partitions", type=int, default=1, show_default=True, help="1, or 8 to 16 on a cluster.")
def add(key: str, partitions: int, origins: tuple[str, ...], **options: Any) -> None:
    """Make the site KEY, such as `daily`."""
    more = _changes(**options)
    with opened("commentsvc site add") as parts:
        made = parts.service.sites.add(
            key=key, name=more.pop("name", key), origins=origins, partitions=partitions, **more
        )
        public_url = parts.settings.public_url
    click.echo(f"Made the site {made.key} for {', '.join(made.origins)}. Put this under an article:")
    example = f"{public_url}/embed/{made.key}?url=<the article's address, URL-encoded>"
    click.echo(f'  <iframe data-comments src="{example}" title="Comments" width="100%" height="600"></iframe>')
    click.echo(f'  <script type="module" async src="{public_url}/embed.js"></script>')


@site.command("set")
@click.argument("key")
@_shared
@click.option("--add-origin", "added", multiple=True, metavar="URL", help="One more origin beside the others.")
def change(key: str, origins: tuple[str, ...], added: tuple[str, ...], **options: Any) -> None:
    """Change the site KEY: what is given replaces what there was, the rest stays."""
    if origins and added:
        raise click.UsageError("give --origin (replaces all origins) or --add-origin (keeps them), not both")
    changes = _changes(**options)
    if origins:
        changes["origins"] = origins
    if not changes and not added:
        raise click.UsageError("nothing to change: give at least one option (--help shows them)")
    with opened("commentsvc site set") as parts:
        before = parts.service.sites.get(key) if added else None
        if isinstance(before, Site):
            changes["origins"] = (*before.origins, *added)
        elif added:
            changes["origins"] = added  # `change` says that there is no such site
        after = parts.service.sites.change(key, changes, seen=before.version if isinstance(before, Site) else None)
    click.echo(f"Changed {', '.join(sorted(changes))} of {after.key}; it holds within a second.")


@site.command("list")
def listed() -> None:
    """Show all sites."""
    with opened("commentsvc site list") as parts:
        rows = [
            (
                one.key,
                one.name,
                " ".join(one.origins),
                one.language,
                "open" if one.open else "closed",
                " ".join(f"{field.key}{'' if field.required else '?'}" for field in one.fields) or "-",
                str(one.partitions),
            )
            for one in parts.service.sites.all()
        ]
    head = ("site", "name", "origins", "language", "comments", "fields", "partitions")
    show(head, rows, empty="There are no sites yet: `commentsvc site add KEY --origin https://…` makes one.")


@site.command("words")
@click.argument("key")
@click.option("--language", "wanted", multiple=True, type=click.Choice(languages()), help="Repeatable; the site's.")
def words(key: str, wanted: tuple[str, ...]) -> None:
    """Show what readers' pages of KEY say, as a file to be changed and given to `site set KEY --words FILE`."""
    with opened("commentsvc site words") as parts:
        found = parts.service.sites.get(key)
    if not isinstance(found, Site):
        raise BadSite(f"there is no site {key!r}: `commentsvc site list` shows them")
    for line in site_words.lines(wanted or (found.language,), found.words):
        click.echo(line)


def _changes(
    *,
    fields: Sequence[str],
    fields_file: Path | None,
    words_file: Path | None,
    look_file: Path | None,
    email_optional: bool | None,
    slash: str | None,
    **plain: Any,
) -> dict[str, Any]:
    changes = {name: value for name, value in plain.items() if value is not None}
    if email_optional is not None:
        changes["email_required"] = not email_optional
    if slash is not None:
        changes["slash"] = SlashPolicy(slash)
    if words_file is not None:
        changes["words"] = site_words.from_file(words_file)
    if look_file is not None:
        changes["look"] = site_look.from_file(look_file)
    declared = _declared(fields, fields_file)
    if declared is not None:
        changes["fields"] = declared
    return changes


def _declared(fields: Sequence[str], fields_file: Path | None) -> tuple[Field, ...] | None:
    if fields and fields_file:
        raise click.UsageError("give --field or --fields, not both")
    if fields_file:
        return from_file(fields_file)
    return tuple(from_option(text) for text in fields) or None
