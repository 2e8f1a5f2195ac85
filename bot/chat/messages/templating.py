"""The templates of the messages: autoescaped, so that no text of a paper or a reader can become markup."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup


def render(template: str, **values: object) -> Markup:
    """Fill in the template `templates/<template>.html`; what is put in is escaped unless it is `Markup`."""
    return Markup(_environment().get_template(f"{template}.html").render(**values).strip())  # noqa: S704 - its own output


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("bot.chat"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
