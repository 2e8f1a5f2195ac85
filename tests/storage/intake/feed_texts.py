"""The text of a feed."""


def rss(*items: str, head: str = "") -> str:
    """Return a feed of these items."""
    return f'{head}<rss version="2.0"><channel><title>Báo</title>{"".join(items)}</channel></rss>'


def item(title: str = "Mưa lớn ở Hạ Long", **fields: str) -> str:
    """Return an item with these elements."""
    inner = "".join(f"<{name}>{text}</{name}>" for name, text in ({"title": title} | fields).items())
    return f"<item>{inner}</item>"
