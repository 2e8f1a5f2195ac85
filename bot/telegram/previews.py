"""The picture above a message: the preview that Telegram makes of a paper's page. Nothing of it is stored."""

from telegram import LinkPreviewOptions

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


def preview_options(url: str | None) -> LinkPreviewOptions:
    """Return what shows the page's picture, large and above the text; without a page, none."""
    if url is None:
        return NO_PREVIEW
    return LinkPreviewOptions(url=url, prefer_large_media=True, show_above_text=True)
